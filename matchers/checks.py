"""The trade's rules for checks: positive pay for our own, payments for those received. Pure."""

import datetime as dt
from decimal import Decimal

from config.reasons import Reason
from matchers.compare import READ, discount_late, discount_taken, due
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
)
from matchers.interface import Status
from matchers.likeness import plain_identifier
from matchers.standing import Standing, rivals

STATUS = {
    Status.VOID: (Reason.CHECK_VOID, "was voided"),
    Status.STOPPED: (Reason.CHECK_STOPPED, "was stopped"),
    Status.CLOSED: (Reason.CHECK_ALREADY_PAID, "is already paid"),
    Status.HOLD: (Reason.ITEM_ON_HOLD, "is on hold"),
}
"""What a record's status means for the check that answers to it."""

OPEN = frozenset({Status.OPEN, Status.PARTIAL})
"""What a ledger calls a record that nothing is left of, where only its open amount tells."""


def judge(case: Case, one: Standing, key: str | None) -> list[Finding]:
    """Everything that speaks against posting the check to this record."""
    found = [
        *_status(one),
        *of_posting(case, one, key, Reason.CHECK_PRESENTED_TWICE, Reason.CHECK_PRESENTED_TWICE),
        *of_currency(case, one),
        *of_amount(case, one, _amount_reason(case, one)),
        *of_party(case, one, Reason.CHECK_PAYEE_MISMATCH),
        *of_fields(
            case,
            one,
            {
                "check_number": Reason.NUMBER_CONFLICT,
                "memo": Reason.NUMBER_CONFLICT,
                "account_number": Reason.ACCOUNT_CONFLICT,
            },
        ),
        *_routing(case, one),
        *of_date(case, one),
        *of_rivals(case, one, rivals(one, case.standings[1:])),
        *of_confidence(case, one),
    ]
    return [*found, *of_proof(case, one, found)]


def face(case: Case) -> list[Finding]:
    """What is wrong with the check in itself, whatever the ledger says."""
    return [*_witnesses(case), *_age(case)]


def _status(one: Standing) -> list[Finding]:
    settled = one.record.open_amount == 0 and bool(one.record.amount)
    status = Status.CLOSED if settled and one.record.status in OPEN else one.record.status
    if status not in STATUS:
        return []
    reason, state = STATUS[status]
    if one.payment and reason is Reason.CHECK_ALREADY_PAID:
        reason = Reason.ITEM_CLOSED
    name = entry(one.record)
    return [
        Finding(
            reason=reason,
            words=f"{name[0].upper()}{name[1:]} {state}.",
            change=f"{name} been open",
        )
    ]


def _amount_reason(case: Case, one: Standing) -> Reason:
    """Our own check must be right to the cent; a payment may fall short, or take a discount."""
    read, expected = case.paper.amount, due(case.paper, one.record)
    if not one.payment or read is None or expected is None or not isinstance(read.value, Decimal):
        return Reason.CHECK_AMOUNT_MISMATCH
    if read.value > expected:
        return Reason.OVERPAY
    if discount_taken(case.paper, one.record) and discount_late(case.paper, one.record):
        return Reason.DISCOUNT_LATE
    offered = one.record.discount_amount or Decimal(0)
    return Reason.DISCOUNT_WRONG if expected - read.value <= 2 * offered else Reason.SHORT_PAY


def _routing(case: Case, one: Standing) -> list[Finding]:
    read = case.paper.extraction.get("routing")
    if not read or not one.record.routing or read.confidence < READ:
        return []
    if plain_identifier(str(read.value)) == plain_identifier(one.record.routing):
        return []
    return [
        Finding(
            reason=Reason.ROUTING_DIFFERS,
            words=f"The check is drawn on {read.value}, {entry(one.record)} on "
            f"{one.record.routing}.",
            change=f"the routing number been {one.record.routing}",
        )
    ]


def _witnesses(case: Case) -> list[Finding]:
    """The amount in words: a check is never posted on its figures alone."""
    figures, words = case.paper.amount, case.paper.extraction.get("amount_words")
    if figures is None or not isinstance(figures.value, Decimal):
        return []
    if words is None or not isinstance(words.value, Decimal):
        return [_alone(figures.value, "could not be read to confirm them")]
    if words.confidence < READ:
        perhaps = f"is hardly legible, perhaps {money(words.value)} ({words.text!r})"
        return [_alone(figures.value, perhaps)]
    if words.value == figures.value:
        return []
    return [
        Finding(
            reason=Reason.WORDS_FIGURES_DIFFER,
            words=f"The figures say {money(figures.value)}, the words {money(words.value)} "
            f"({words.text!r}).",
            change="the words and the figures stated the same amount",
        )
    ]


def _alone(figures: Decimal, words: str) -> Finding:
    return Finding(
        reason=Reason.LOW_CONFIDENCE,
        words=f"The figures say {money(figures)}; the amount in words {words}.",
        change="the amount in words been readable",
    )


UNDATED = Finding(
    reason=Reason.FIELD_MISSING,
    words="The date of the check could not be read, so nobody knows whether it is still good.",
    change="the date been read",
)
"""A check that may be stale or dated ahead, for all that was read."""


def _age(case: Case) -> list[Finding]:
    """Too old, or dated ahead."""
    read, limit = case.paper.date, case.rules.stale_check_days
    if read is None or not isinstance(read.value, dt.date) or read.confidence < READ:
        return [UNDATED] if limit else []
    age = (case.today - read.value).days
    if age < 0:
        return [
            Finding(
                reason=Reason.CHECK_POST_DATED,
                words=f"The check is dated {read.value}, {-age} days ahead.",
                change=f"it come on {read.value} or later",
            )
        ]
    if not limit or age <= limit:
        return []
    return [
        Finding(
            reason=Reason.CHECK_STALE,
            words=f"The check is dated {read.value}, {age} days ago; {limit} are allowed.",
            change=f"it come within {limit} days",
        )
    ]
