"""Checks that we receive: what they pay, whom they name, and where they are drawn. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from config.reasons import Reason
from extractors.micr import grammar
from matchers.compare import PAYMENT, READ, Paper, due, family
from matchers.face import stated
from matchers.findings import Case, Finding, entry, listed, money, value
from matchers.interface import Allocated, LedgerRecord, Status
from matchers.likeness import PARTY_ALIKE, PARTY_UNLIKE, name_likeness, plain_identifier
from matchers.memo import numbers as numbers_in
from matchers.standing import Standing

OPEN = frozenset({Status.OPEN, Status.PARTIAL})

MOST_OWED = 8
"""Open items of one payer that are looked at together."""

HOME = {"US": "USD", "CA": "CAD", "IN": "INR"}
"""The currency at home of each layout of the line."""

_IN_PART = re.compile(
    r"\b(?:partial|part\s?(?:payment|pmt|pay)|on\s?account|instal{1,2}ment|down\s?payment|deposit"
    r"|progress\s?(?:payment|billing))\b",
    re.IGNORECASE,
)
"""Words by which a payer says that more will come."""


def of_allocation(case: Case, one: Standing) -> list[Finding]:
    """A memo that names more than one invoice: who says which of them is paid?"""
    others = tuple(other for other in case.standings if _named_too(one, other))
    unknown = unknown_numbers(case.paper, (one, *others))
    if not others and not unknown:
        return []
    records = [one.record, *(other.record for other in others)]
    due_for = [due(case.paper, record) or Decimal(0) for record in records]
    read = case.paper.amount
    together = sum(due_for, start=Decimal(0))
    said = listed([*dict.fromkeys(record.number for record in records), *unknown])
    exactly = "exactly" if read and read.value == together and not unknown else "together"
    are = f"are {exactly}" if others else "is over"
    missing = f"; the ledger knows nothing open under {listed(unknown)}" if unknown else ""
    return [
        Finding(
            reason=Reason.AMBIGUOUS_ALLOCATION,
            words=f"The memo names {said}. The check is over {value(read)}; "
            f"{listed([entry(record) for record in records])} {are} {money(together)}"
            f"{missing}.",
            change="it paid one invoice only",
            allocation=_spread(records, due_for) if exactly == "exactly" else (),
        )
    ]


def _spread(
    records: Sequence[LedgerRecord], amounts: Sequence[Decimal], remark: str = ""
) -> tuple[Allocated, ...]:
    """Each item paid as it is open, for a person to carry out."""
    return tuple(
        Allocated(
            number=one.number,
            amount=amount,
            record_id=one.record_id,
            expected=amount,
            remark=remark,
        )
        for one, amount in zip(records, amounts, strict=True)
    )


SUGGESTED = "not named on the check: the only open items that add up to it"
"""What is said of an allocation that nobody asked for."""


def _named_too(one: Standing, other: Standing) -> bool:
    """Whether the memo names this record of the same payer as well.

    Where the payer is not clear, of whoever it may be; but the very number is a rival's then.
    """
    same = other.record.record_id == one.record.record_id
    if same or family(other.record) != PAYMENT or not other.exact("memo"):
        return False
    return other.alike() if one.alike() else not _same_number(one, other)


def _same_number(one: Standing, other: Standing) -> bool:
    return plain_identifier(one.record.number) == plain_identifier(other.record.number)


def unknown_numbers(paper: Paper, known: tuple[Standing, ...]) -> tuple[str, ...]:
    """Numbers in the memo that look like those of the records it names, and are none of them.

    What is joined to such a number ("RG-20417/18") is one, whatever it looks like.
    """
    full = {plain_identifier(one.record.number) for one in known if one.exact("memo")}
    numbers = full | {re.sub(r"\D", "", one) for one in full}
    shapes = {_shape(one) for one in numbers}
    found: list[str] = []
    memo = paper.extraction.get("memo")
    for parts in numbers_in(str(memo.value)) if memo else ():
        plain = [plain_identifier(one) for one in parts]
        if "".join(plain) in numbers:
            continue
        joined = any(one in numbers for one in plain)
        found += [
            shown
            for shown, one in zip(parts, plain, strict=True)
            if one not in numbers and (joined or _shape(one) in shapes)
        ]
    return tuple(dict.fromkeys(found))


def _shape(number: str) -> str:
    return re.sub(r"\d", "9", number)


def short(paper: Paper) -> Reason:
    """Why less was paid: the payer says that more will come, or does not."""
    memo = paper.extraction.get("memo")
    more = memo is not None and _IN_PART.search(str(memo.value))
    return Reason.PARTIAL_PAY if more else Reason.SHORT_PAY


def received(case: Case) -> bool:
    """Whether a check was sent to us: it names us, one who owes us, or an invoice of ours."""
    owed = any(one.payment and (one.alike() or one.exact("memo")) for one in case.standings)
    return owed or _names_us(case)


def of_payer(case: Case) -> list[Finding]:
    """A payer who owes us, but nothing says which of the open items is paid."""
    owed = [
        one.record
        for one in case.standings
        if one.payment and one.alike() and not one.unlike() and one.record.status in OPEN
    ][:MOST_OWED]
    amount = case.paper.amount
    if not owed or amount is None:
        return []
    open_items = listed([f"{entry(one)}, {money(_open(case, one))}" for one in owed])
    fitting = _adding_up(case, owed)
    told = (
        f"; {listed([one.record_id for one in fitting])} together are just that" if fitting else ""
    )
    return [
        Finding(
            reason=Reason.AMBIGUOUS_ALLOCATION,
            words=f"{owed[0].party_name} owes {open_items}. Neither the memo nor the amount of "
            f"{value(amount)} says which is paid{told}.",
            change="the memo named one open invoice, and the amount been the open one",
            allocation=_spread(fitting, [_open(case, one) for one in fitting], SUGGESTED),
        )
    ]


def _adding_up(case: Case, owed: Sequence[LedgerRecord]) -> tuple[LedgerRecord, ...]:
    """The only two, or more, open items whose amounts add up to the check's; else nothing."""
    paid = stated(case)
    found = [
        some
        for count in range(2, len(owed) + 1)
        for some in combinations(owed, count)
        if sum((_open(case, one) for one in some), Decimal(0)) == paid
    ]
    return found[0] if len(found) == 1 else ()


def _open(case: Case, record: LedgerRecord) -> Decimal:
    return due(case.paper, record) or Decimal(0)


def _names_us(case: Case) -> bool:
    read = case.paper.extraction.get("payee")
    names = [name for name in case.rules.own_names if name]
    return read is not None and any(
        name_likeness(str(read.value), name) >= PARTY_ALIKE for name in names
    )


def of_payee(case: Case) -> list[Finding]:
    """A check that we receive, but that is made out to somebody else."""
    own = [name for name in case.rules.own_names if name]
    read = case.paper.extraction.get("payee")
    if not own:
        return []
    if read is None or read.confidence < READ:
        return [UNNAMED]
    if any(name_likeness(str(read.value), name) >= PARTY_UNLIKE for name in own):
        return []
    return [
        Finding(
            reason=Reason.CHECK_PAYEE_MISMATCH,
            words=f"The check is made out to {read.value!r}, not to {listed(own)}.",
            change=f"it been made out to {own[0]!r}",
        )
    ]


UNNAMED = Finding(
    reason=Reason.FIELD_MISSING,
    words="It could not be read to whom the check is made out, so it may not be ours.",
    change="its payee been read",
)
"""A check that may be made out to others, for all that was read."""


def of_drawee(case: Case, record: LedgerRecord) -> list[Finding]:
    """A check drawn in another country, or in another currency, than the payment is due in."""
    line, said = (case.paper.extraction.get(name) for name in ("micr", "currency"))
    layout = grammar.parse(str(line.value)).layout if line and line.confidence >= READ else ""
    home, wanted = HOME.get(layout, ""), record.currency.upper()
    if wanted and home and home != wanted:
        words = f"The check is drawn on a bank that keeps its accounts in {home}"
    elif wanted and said and said.confidence >= READ and str(said.value).upper() != wanted:
        words = f"The check is in {said.value}"
    else:
        return []
    return [
        Finding(
            reason=Reason.FOREIGN_ITEM,
            words=f"{words}; {entry(record)} is due in {wanted}.",
            change=f"it been drawn at home, in {wanted}",
        )
    ]
