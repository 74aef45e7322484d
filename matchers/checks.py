"""The trade's rules for checks: positive pay for our own, payments for those received. Pure."""

from decimal import Decimal

from config.reasons import Reason
from matchers import amounts, payments
from matchers.compare import (
    CHECK,
    READ,
    SURE,
    date_agrees,
    discount_late,
    discount_taken,
    due,
    family,
)
from matchers.face import of_face, stale
from matchers.findings import (
    Case,
    Finding,
    entry,
    label,
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
from matchers.interface import LedgerRecord, Status
from matchers.likeness import (
    PARTY_ALIKE,
    account,
    added,
    name_likeness,
    same_identifier,
    told_apart,
)
from matchers.standing import Standing, rivals

STATUS = {
    Status.VOID: (Reason.CHECK_VOID, "was voided"),
    Status.STOPPED: (Reason.CHECK_STOPPED, "was stopped"),
    Status.CLOSED: (Reason.CHECK_ALREADY_PAID, "is already paid"),
    Status.HOLD: (Reason.ITEM_ON_HOLD, "is on hold"),
}
"""What a record's status means for the check that we issued."""

PAYMENT_STATUS = STATUS | {
    Status.VOID: (Reason.ITEM_CLOSED, "was voided"),
    Status.STOPPED: (Reason.ITEM_ON_HOLD, "is stopped"),
    Status.CLOSED: (Reason.ITEM_CLOSED, "is already paid"),
}
"""The same for a payment that we expect."""

OPEN = frozenset({Status.OPEN, Status.PARTIAL})
"""What a ledger calls a record that nothing is left of, where only its open amount tells."""


def judge(case: Case, one: Standing, key: str | None) -> list[Finding]:
    """Everything that speaks against posting the check to this record."""
    others = rivals(one, case.standings[1:], case.rules.least_confidence)
    alone = all(other.record.status is one.record.status for other in others)
    found = [
        *(_status(one) if alone or one.close(one.number_name) else []),
        *_sign(case, one),
        *(_of_payment(case, one, key) if one.payment else _of_issue(case, one, key)),
        *of_currency(case, one),
        *of_fields(
            case,
            one,
            {
                "check_number": Reason.NUMBER_CONFLICT,
                "memo": Reason.NUMBER_CONFLICT,
                "account_number": Reason.ACCOUNT_CONFLICT,
            },
        ),
        *_routing(one),
        *_sure_date(case, one),
        *of_rivals(case, one, others),
        *of_confidence(case, one),
    ]
    return [*found, *of_proof(case, one, found)]


def face(case: Case) -> list[Finding]:
    """What is wrong with the check in itself, whatever the ledger says."""
    return [*amounts.of_words(case), *of_face(case)]


def _of_issue(case: Case, one: Standing, key: str | None) -> list[Finding]:
    """Positive pay: what an issued check must agree in."""
    again = Reason.CHECK_PRESENTED_TWICE
    return [
        *_said_twice(case, one),
        *of_posting(case, one, key, again, again),
        *amounts.of_figures(case, one),
        *(of_party(case, one, Reason.CHECK_PAYEE_MISMATCH) or _namesake(case, one)),
        *of_date(case, one),
        *_issued_long_ago(case, one),
    ]


def _of_payment(case: Case, one: Standing, key: str | None) -> list[Finding]:
    """What a check that we receive must agree in with the payment that is due."""
    spread = payments.of_allocation(case, one)
    return [
        *of_posting(case, one, key, Reason.CHECK_PRESENTED_TWICE, Reason.DUP_POSTING),
        *([] if spread else of_amount(case, one, _amount_reason(case, one))),
        *(of_party(case, one, Reason.PARTY_MISMATCH) or _namesake(case, one)),
        *payments.of_payee(case),
        *payments.of_drawee(case, one.record),
        *spread,
    ]


def _status(one: Standing) -> list[Finding]:
    """Whether the item may still be paid."""
    record = one.record
    settled = record.open_amount == 0 and bool(record.amount)
    status = Status.CLOSED if settled and record.status in OPEN else record.status
    name = entry(record)
    begun = f"{name[0].upper()}{name[1:]}"
    if status in STATUS:
        reason, state = (PAYMENT_STATUS if one.payment else STATUS)[status]
        return [Finding(reason=reason, words=f"{begun} {state}.", change=f"{name} been open")]
    rest = record.open_amount
    begun_on = rest is not None and record.amount is not None and rest < record.amount
    if one.payment or not (status is Status.PARTIAL or begun_on):
        return []
    left = f": {money(rest, record.currency)} is open" if rest is not None else ""
    return [
        Finding(
            reason=Reason.PARTIAL_PAY,
            words=f"{begun} is already paid in part{left}. A check is paid once and whole.",
            change=f"{name} been untouched",
        )
    ]


def _said_twice(case: Case, one: Standing) -> list[Finding]:
    """The same account and number in another record: a number is issued once."""
    found = []
    for other in case.standings:
        if not _same_issue(one.record, other.record):
            continue
        name, status = entry(other.record), other.record.status
        reason, state = STATUS.get(status, (Reason.AMBIGUOUS_ITEMS, f"is {status}"))
        found.append(
            Finding(
                reason=reason,
                words=f"The ledger holds the same account and number twice: {name} {state}.",
                change=f"the ledger held the check once, without {name}",
            )
        )
    return found


def _same_issue(one: LedgerRecord, other: LedgerRecord) -> bool:
    """Whether two records speak of one issued check; what one does not state may be any."""
    if one.record_id == other.record_id or family(other) != CHECK:
        return False
    accounts, banks = (
        {account(stated) for stated in two} - {""}
        for two in ((one.account_ref, other.account_ref), (one.routing, other.routing))
    )
    apart = len(accounts) > 1 or len(banks) > 1
    if apart or not same_identifier(one.number, other.number):
        return False
    # Without any account two checks of two payees may be drawn on two of them.
    strangers = one.party_name and other.party_name and other.status in OPEN
    return bool(accounts) or not strangers or _one_name(one.party_name, other.party_name)


def _one_name(one: str, other: str) -> bool:
    return name_likeness(one, other) >= PARTY_ALIKE


def _sign(case: Case, one: Standing) -> list[Finding]:
    """An amount below zero, which no check is over, or nothing at all."""
    stated = [one.record.amount, one.record.open_amount]
    if case.paper.amount is not None and isinstance(case.paper.amount.value, Decimal):
        stated.append(case.paper.amount.value)
    settled = one.record.open_amount == 0 and bool(one.record.amount)
    if settled or all(amount is None or amount > 0 for amount in stated):
        return []
    return [
        Finding(
            reason=Reason.SIGN_MISMATCH,
            words=f"A check pays money; {entry(one.record)} or the check itself states an amount "
            "that is not above zero.",
            change="both been over an amount above zero",
        )
    ]


def _namesake(case: Case, one: Standing) -> list[Finding]:
    """A name that is nearly the ledger's, but for what tells two parties apart.

    Nothing is added to the payee of a check that we issued; a payer may print more than his name.
    """
    read = case.paper.extraction.get(one.party_name)
    known = one.record.party_name
    if read is None or read.confidence < READ or not known:
        return []
    more = () if one.payment or read.confidence < SURE else added(str(read.value), known)
    if not more and not told_apart(str(read.value), known):
        return []
    reason = Reason.PARTY_MISMATCH if one.payment else Reason.CHECK_PAYEE_MISMATCH
    return [
        Finding(
            reason=reason,
            words=f"The check names {read.value!r}; {entry(one.record)} is "
            f"{known!r}: alike, but not the same.",
            change=f"the {label(one.party_name)} been {known!r}",
        )
    ]


def _issued_long_ago(case: Case, one: Standing) -> list[Finding]:
    """Stale by the ledger's day of issue, where the check does not say it itself."""
    day, read = one.record.doc_date, case.paper.date
    if day is None or (read and read.confidence >= READ and date_agrees(case.paper, one.record)):
        return []
    return stale(case, day, f"{entry(one.record).capitalize()} was issued on {day}")


def _sure_date(case: Case, one: Standing) -> list[Finding]:
    """A date that was not read surely, and that the ledger does not bear out."""
    read, limit = case.paper.date, case.rules
    if not limit.stale_check_days or read is None or one.dated() or one.differs("date"):
        return []
    if not READ <= read.confidence < limit.least_confidence:
        return []
    return [
        Finding(
            reason=Reason.LOW_CONFIDENCE,
            words=f"The date {value(read)} was read with a confidence of only "
            f"{read.confidence:.2f} ({limit.least_confidence:.2f} is asked for), and nothing else "
            "says how old the check is.",
            change="the date been read clearly",
        )
    ]


def _amount_reason(case: Case, one: Standing) -> Reason:
    """A payment may fall short, or take a discount."""
    read, expected = case.paper.amount, due(case.paper, one.record)
    if read is None or expected is None or not isinstance(read.value, Decimal):
        return Reason.CHECK_AMOUNT_MISMATCH
    if read.value > expected:
        return Reason.OVERPAY
    if discount_taken(case.paper, one.record) and discount_late(case.paper, one.record):
        return Reason.DISCOUNT_LATE
    offered = one.record.discount_amount or Decimal(0)
    if offered and expected - read.value <= 2 * offered:
        return Reason.DISCOUNT_WRONG
    return payments.short(case.paper)


def _routing(one: Standing) -> list[Finding]:
    read = one.of("routing")
    if read is None or not one.clashes("routing"):
        return []
    return [
        Finding(
            reason=Reason.ROUTING_DIFFERS,
            words=f"The check is drawn on {read.read}, {entry(one.record)} on "
            f"{one.record.routing}.",
            change=f"the routing number been {one.record.routing}",
        )
    ]
