"""The contract's reason codes, in the order in which one of them becomes the primary one."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class Reason(StrEnum):
    """Why a document is not simply posted. Declared from the first to the last to be primary."""

    # intake
    PARTIAL_WRITE = "partial_write"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    UNSUPPORTED_TYPE = "unsupported_type"
    TOO_LARGE = "too_large"
    EMPTY_PAGE = "empty_page"
    SPLIT_UNCERTAIN = "split_uncertain"
    PAGE_COUNT_MISMATCH = "page_count_mismatch"
    BATCH_OUT_OF_BALANCE = "batch_out_of_balance"
    TIMEOUT = "timeout"
    WORKER_LOST = "worker_lost"
    FAULT = "fault"
    # control
    DUP_DOCUMENT = "dup_document"
    DUP_INVOICE = "dup_invoice"
    DUP_SUSPECT = "dup_suspect"
    DUP_POSTING = "dup_posting"
    CREDIT_UNAPPLIED = "credit_unapplied"
    ITEM_CLOSED = "item_closed"
    ITEM_ON_HOLD = "item_on_hold"
    BANK_DETAILS_CHANGED = "bank_details_changed"
    BANK_DETAILS_INVALID = "bank_details_invalid"
    PO_PRICE_VARIANCE = "po_price_variance"
    PO_QUANTITY_VARIANCE = "po_quantity_variance"
    NOT_RECEIVED = "not_received"
    PO_EXHAUSTED = "po_exhausted"
    STALE_LEDGER = "stale_ledger"
    # checks
    WORDS_FIGURES_DIFFER = "words_figures_differ"
    CHECK_NOT_ISSUED = "check_not_issued"
    CHECK_AMOUNT_MISMATCH = "check_amount_mismatch"
    CHECK_PAYEE_MISMATCH = "check_payee_mismatch"
    CHECK_VOID = "check_void"
    CHECK_STOPPED = "check_stopped"
    CHECK_STALE = "check_stale"
    CHECK_POST_DATED = "check_post_dated"
    CHECK_ALREADY_PAID = "check_already_paid"
    CHECK_PRESENTED_TWICE = "check_presented_twice"
    CHECK_OVER_LIMIT = "check_over_limit"
    ENCODED_AMOUNT_DIFFERS = "encoded_amount_differs"
    SERIAL_DIFFERS = "serial_differs"
    ROUTING_DIFFERS = "routing_differs"
    MISSING_SIGNATURE = "missing_signature"
    MISSING_ENDORSEMENT = "missing_endorsement"
    NOT_NEGOTIABLE = "not_negotiable"
    FOREIGN_ITEM = "foreign_item"
    # amount
    AMOUNT_MISMATCH = "amount_mismatch"
    SHORT_PAY = "short_pay"
    OVERPAY = "overpay"
    PARTIAL_PAY = "partial_pay"
    DISCOUNT_LATE = "discount_late"
    DISCOUNT_WRONG = "discount_wrong"
    CURRENCY_MISMATCH = "currency_mismatch"
    SIGN_MISMATCH = "sign_mismatch"
    TOLERANCE_CAP = "tolerance_cap"
    # matching
    NO_CANDIDATE = "no_candidate"
    NO_IDENTIFIER = "no_identifier"
    PARTY_UNKNOWN = "party_unknown"
    PARTY_MISMATCH = "party_mismatch"
    NUMBER_CONFLICT = "number_conflict"
    PO_CONFLICT = "po_conflict"
    ACCOUNT_CONFLICT = "account_conflict"
    DATE_MISMATCH = "date_mismatch"
    AMBIGUOUS_ITEMS = "ambiguous_items"
    AMBIGUOUS_ALLOCATION = "ambiguous_allocation"
    LOW_SCORE = "low_score"
    LOW_MARGIN = "low_margin"
    UNCERTIFIED = "uncertified"
    # reading
    LOW_CONFIDENCE = "low_confidence"
    FIELD_MISSING = "field_missing"
    ARITHMETIC = "arithmetic"
    CHECKSUM = "checksum"
    CLASS_UNCERTAIN = "class_uncertain"
    BARCODE_CONFLICT = "barcode_conflict"
    # mail
    NEEDS_ROUTING = "needs_routing"
    COMPLAINT = "complaint"
    RETURN_TO_SENDER = "return_to_sender"


OPENING = frozenset(
    {
        Reason.UNREADABLE,
        Reason.ENCRYPTED,
        Reason.UNSUPPORTED_TYPE,
        Reason.TOO_LARGE,
        Reason.TIMEOUT,
        Reason.WORKER_LOST,
    }
)
"""Reasons that speak of how a file opens: such a file rests in quarantine/, not in exceptions/."""

_ORDER = {reason: place for place, reason in enumerate(Reason)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a reason says to people: one sentence, the steps to take, and the queue that owns it."""

    sentence: str
    steps: tuple[str, ...]
    queue: str


def ordered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Each reason once, the primary one first."""
    return tuple(sorted(set(reasons), key=_ORDER.__getitem__))


@cache
def meanings() -> dict[Reason, Meaning]:
    """Every reason's words, from reasons.toml."""
    table = tomllib.loads(files("config").joinpath("reasons.toml").read_text(encoding="utf-8"))
    return {
        Reason(code): Meaning(
            sentence=row["sentence"], steps=tuple(row["steps"]), queue=row["queue"]
        )
        for code, row in table.items()
    }
