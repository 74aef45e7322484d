"""The trade's rules for invoices, receipts and credit notes. Pure."""

from decimal import Decimal

from config.reasons import Reason
from extractors.interface import Field, Kind
from extractors.values.identifiers import is_valid_iban
from matchers.compare import READ
from matchers.findings import (
    Case,
    Finding,
    entry,
    money,
    of_amount,
    of_confidence,
    of_currency,
    of_date,
    of_fields,
    of_party,
    of_posting,
    of_proof,
    of_rivals,
    value,
)
from matchers.interface import Status
from matchers.likeness import identifier_likeness, same_identifier
from matchers.orders import of_order
from matchers.standing import Standing, rivals

MISREAD = 0.85
"""An IBAN with wrong check digits, but this like the ledger's, is the ledger's misread."""


def judge(case: Case, one: Standing, key: str | None) -> list[Finding]:
    """Everything that speaks against posting the document to this record."""
    found = [
        *_status(one),
        *of_posting(case, one, key, Reason.DUP_INVOICE, Reason.DUP_POSTING),
        *_bank(case, one),
        *of_order(case, one),
        *_sign(case, one),
        *of_currency(case, one),
        *of_amount(case, one, Reason.AMOUNT_MISMATCH),
        *of_party(case, one, Reason.PARTY_MISMATCH),
        *of_fields(
            case,
            one,
            {
                "invoice_number": Reason.NUMBER_CONFLICT,
                "po_number": Reason.PO_CONFLICT,
                "account_number": Reason.ACCOUNT_CONFLICT,
            },
        ),
        *of_date(case, one),
        *of_rivals(case, one, rivals(one, case.standings[1:], case.rules.least_confidence)),
        *of_confidence(case, one),
    ]
    return [*found, *of_proof(case, one, found)]


def _status(one: Standing) -> list[Finding]:
    """Whether the item is still open."""
    record = one.record
    if one.settled():
        what = "void" if record.status is Status.VOID else "already settled"
        return [_item(Reason.ITEM_CLOSED, one, f"is {what}", "been open")]
    if record.status in {Status.HOLD, Status.STOPPED}:
        return [_item(Reason.ITEM_ON_HOLD, one, f"is on {record.status}", "been released")]
    rest_is_less = None not in {record.open_amount, record.amount} and (
        abs(record.open_amount or 0) != abs(record.amount or 0)
    )
    if record.status is Status.PARTIAL or rest_is_less:
        rest = (
            f": {money(record.open_amount, record.currency)} is open" if record.open_amount else ""
        )
        return [_item(Reason.PARTIAL_PAY, one, f"is already paid in part{rest}", "been untouched")]
    return []


def _item(reason: Reason, one: Standing, state: str, change: str) -> Finding:
    name = entry(one.record)
    return Finding(
        reason=reason, words=f"{name[0].upper()}{name[1:]} {state}.", change=f"{name} {change}"
    )


def _bank(case: Case, one: Standing) -> list[Finding]:
    """The bank account to pay to: wrong in itself, or another one than the ledger's."""
    stated = [one for one in case.paper.extraction.readings("iban") if one.confidence >= READ]
    known = one.record.party_iban
    if not stated or (known and same_identifier(str(stated[0].value), known)):
        return []
    read = str(stated[0].value)
    if not is_valid_iban(read):
        return _invalid(case, stated[0], known)
    if not another_account(read, known):
        return []
    return [
        Finding(
            reason=Reason.BANK_DETAILS_CHANGED,
            words=f"It asks for payment to {read}; the ledger knows {one.record.party_name} "
            f"with {known}.",
            change=f"the IBAN been {known}",
        )
    ]


def another_account(read: str, known: str) -> bool:
    """Whether a valid IBAN on the paper is another than the one that the ledger knows."""
    return bool(known) and is_valid_iban(read) and not same_identifier(read, known)


def _invalid(case: Case, field: Field, known: str) -> list[Finding]:
    """Wrong check digits: a misreading of the ledger's IBAN, or one not to be relied on.

    Where the ledger states none to pay to instead, only a clear reading counts: of IBANs on scans
    more are misread than wrong.
    """
    if known and identifier_likeness(str(field.value), known) >= MISREAD:
        return []
    if not known and field.confidence < case.rules.least_confidence:
        return []
    return [
        Finding(
            reason=Reason.BANK_DETAILS_INVALID,
            words=f"The IBAN {field.value} is wrong in itself: its length or its check digits do "
            "not fit.",
            change=f"the IBAN been {known}" if known else "the IBAN been a valid one",
        )
    ]


def _sign(case: Case, one: Standing) -> list[Finding]:
    """A bill where the ledger expects a credit, or the other way round; or one below zero."""
    read = case.paper.amount
    below = read is not None and isinstance(read.value, Decimal) and read.value < 0
    if below and case.paper.kind is not Kind.CREDIT_NOTE:
        return [
            Finding(
                reason=Reason.SIGN_MISMATCH,
                words=f"The {case.noun} is over {value(read)}, which gives money back; "
                f"{entry(one.record)} is of the type {one.record.doc_type!r}.",
                change="its amount been above zero",
            )
        ]
    if not one.differs("kind"):
        return []
    return [
        Finding(
            reason=Reason.SIGN_MISMATCH,
            words=f"The document is of the kind {case.noun!r}; {entry(one.record)} is of the type "
            f"{one.record.doc_type!r}: one asks for money, the other gives it back.",
            change="both been of one kind",
        )
    ]
