"""What is wrong with a check in itself, whatever the ledger says. Pure."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

from config.reasons import Reason
from extractors.interface import RECORDED, Field
from extractors.micr import grammar
from extractors.values.conditions import Condition, conditions, days_on
from matchers.compare import READ
from matchers.findings import Case, Finding, label, money
from matchers.likeness import same_identifier

POSSIBLE = 0.2
"""Confidence from which a number on the check may be what it says, against a bank's record."""

UNDATED = Finding(
    reason=Reason.FIELD_MISSING,
    words="The date of the check could not be read, so nobody knows whether it is still good.",
    change="the date been read",
)
"""A check that may be stale or dated ahead, for all that was read."""


def of_face(case: Case) -> list[Finding]:
    """Every rule that a check can break by itself, but for its figures against its words."""
    return [
        *of_age(case),
        *_limit(case),
        *_encoded(case),
        *_serials(case),
        *_banks(case),
        *_against_record(case),
        *_signature(case),
    ]


# ---- too old, or dated ahead


def of_age(case: Case) -> list[Finding]:
    """Older than the settings or its own print allow, or dated ahead."""
    read = case.paper.date
    if read is None or not isinstance(read.value, dt.date) or read.confidence < READ:
        return [UNDATED] if case.rules.stale_check_days else []
    day = read.value
    if day > case.today:
        ahead = _days((day - case.today).days)
        return [
            Finding(
                reason=Reason.CHECK_POST_DATED,
                words=f"The check is dated {day}, {ahead} ahead.",
                change=f"it come on {day} or later",
            )
        ]
    return stale(case, day, f"The check is dated {day}")


def stale(case: Case, day: dt.date, said: str) -> list[Finding]:
    """A check of that *day* that is too old; *said* begins the sentence."""
    if not case.rules.stale_check_days:
        return []
    last, why = min(_last_days(case, day))
    if case.today <= last:
        return []
    return [
        Finding(
            reason=Reason.CHECK_STALE,
            words=f"{said}, {_days((case.today - day).days)} ago; {why}.",
            change=f"it come on {last} at the latest",
        )
    ]


def _last_days(case: Case, day: dt.date) -> Iterator[tuple[dt.date, str]]:
    """The last day on which a check is good, by the settings and by each condition it prints."""
    limit = case.rules.stale_check_days
    yield days_on(day, limit), f"{limit} are allowed"
    for field, condition in _conditions(case):
        if last := condition.last_day(day):
            yield last, f"it says {field.text!r} itself, so {last} was its last day"


def _conditions(case: Case) -> Iterator[tuple[Field, Condition]]:
    """What the check says of itself, as far as it was read."""
    for field in case.paper.extraction.readings("terms"):
        if field.confidence >= READ:
            yield from ((field, one) for one in conditions(str(field.value)))


def _days(count: int) -> str:
    return f"{count} {'day' if count == 1 else 'days'}"


# ---- the amount


def _limit(case: Case) -> list[Finding]:
    """More than the check says it is good for."""
    amount = stated(case)
    return [
        Finding(
            reason=Reason.CHECK_OVER_LIMIT,
            words=f"The check is over {money(amount)} and says {field.text!r} itself.",
            change=f"the check been over {money(one.limit)} at most",
        )
        for field, one in _conditions(case)
        if amount is not None and one.limit is not None and amount > one.limit
    ][:1]


def _encoded(case: Case) -> list[Finding]:
    """Another amount than in figures: in the line, or in the record that a bank sent with it."""
    amount, line = stated(case), case.paper.extraction.get("micr")
    told: list[tuple[str, object]] = [
        ("the bank's record states", one.value)
        for one in case.paper.extraction.readings("amount")
        if one.source == RECORDED
    ]
    if line:
        told.append(("the line at its bottom states", grammar.parse(str(line.value)).amount))
    return [
        Finding(
            reason=Reason.ENCODED_AMOUNT_DIFFERS,
            words=f"The check is over {money(amount)}, {where} {money(encoded)}.",
            change=f"the bank had encoded {money(amount)}",
        )
        for where, encoded in told
        if amount is not None and isinstance(encoded, Decimal) and encoded != amount
    ][:1]


def stated(case: Case) -> Decimal | None:
    """The amount that the check is over: selected with the ledger, else read in figures."""
    read, best = case.paper.amount, case.best
    if best is not None and best.selected() and best.candidate.selection is not None:
        return best.candidate.selection.amount
    if read is None or read.confidence < READ or not isinstance(read.value, Decimal):
        return None
    return read.value


# ---- two witnesses of one number


def _serials(case: Case) -> list[Finding]:
    """Another number at the top than in the line."""
    in_line, printed = _witnesses(case, "check_number")
    return _differ(
        Reason.SERIAL_DIFFERS,
        in_line,
        printed,
        "The number printed on the check is {printed}, the one in the line at the bottom {line}.",
    )


def _banks(case: Case) -> list[Finding]:
    """Another bank by the fraction at the top than by the line."""
    in_line, printed = _witnesses(case, "routing")
    return _differ(
        Reason.ROUTING_DIFFERS,
        in_line,
        printed,
        "The fraction at the top names the bank {printed}, the line at the bottom {line}.",
    )


def _witnesses(case: Case, name: str) -> tuple[list[str], list[str]]:
    """What the line, and what the face says, where it was read."""
    sure = [one for one in case.paper.extraction.readings(name) if one.confidence >= READ]
    in_line = [str(one.value) for one in sure if one.source == "micr"]
    return in_line, [str(one.value) for one in sure if one.source != "micr"]


def _differ(reason: Reason, in_line: list[str], printed: list[str], words: str) -> list[Finding]:
    agreed = any(same_identifier(one, other) for one in in_line for other in printed)
    if agreed or not in_line or not printed:
        return []
    return [
        Finding(
            reason=reason,
            words=words.format(printed=printed[0], line=in_line[0]),
            change="both been the same",
        )
    ]


def _against_record(case: Case) -> Iterator[Finding]:
    """Numbers of the record that a bank sent, where the check itself may well say others."""
    for name, reason in (
        ("check_number", Reason.SERIAL_DIFFERS),
        ("routing", Reason.ROUTING_DIFFERS),
        ("account_number", Reason.ACCOUNT_CONFLICT),
    ):
        read = case.paper.extraction.readings(name)
        told = [str(one.value) for one in read if one.source == RECORDED]
        shown = [
            str(one.value) for one in read if one.source != RECORDED and one.confidence >= POSSIBLE
        ]
        yield from _differ(
            reason,
            told,
            shown,
            f"The bank's record states the {label(name)} {{line}}, the check itself {{printed}}.",
        )


def _signature(case: Case) -> list[Finding]:
    """No ink where a check is signed."""
    read = case.paper.extraction.get("signature_present")
    if read is None or read.value is not False or read.confidence < READ:
        return []
    return [
        Finding(
            reason=Reason.MISSING_SIGNATURE,
            words="No signature was found on the check.",
            change="it been signed",
        )
    ]
