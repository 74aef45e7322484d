"""Finds the fields of invoices, credit notes and, with their own required fields, receipts."""

from collections.abc import Sequence
from decimal import Decimal

from config.reasons import Reason, ordered
from extractors import addresses, amounts, blocks, days, items, numbers, recipients, senders, taxes
from extractors.candidates import View, view
from extractors.interface import Field, Findings, Hints, Kind, Page

PROFILE = "bill"


def find(pages: Sequence[Page], hints: Hints) -> Findings:
    """The fields, line items and problems of an invoice or credit note; money is positive."""
    return read_bill(view(pages, PROFILE), hints, Kind.INVOICE)


def read_bill(seen: View, hints: Hints, kind: Kind) -> Findings:
    """The fields, line items and problems of a bill of the given kind."""
    printed = amounts.amounts(seen)
    money = amounts.upright(printed)
    checks = amounts.sums(money)
    totals = amounts.totals(money, checks)
    total = _money(totals)
    nets, dues = taxes.nets(money, checks, total), taxes.taxes(money, checks, total)
    dated = days.days(seen, hints.date_order)
    coded = numbers.codes(seen)
    lines = blocks.lines(seen)
    theirs = recipients.buyer_rows(lines)
    names = senders.vendor(seen, lines, theirs)
    accounts = numbers.accounts(seen)
    contradictions = _contradictions(total, nets, dues, money)
    if contradictions or amounts.is_paid_otherwise(money, total):
        totals = amounts.doubted(totals)
    fields = (
        *names,
        *addresses.address(seen, lines, names),
        *numbers.tax_ids(coded, theirs, seen.profile.words["theirs"]),
        *recipients.buyer(seen, lines, names[0] if names else None),
        *numbers.own(coded),
        *days.issued(dated),
        *days.due(dated),
        *numbers.order(coded),
        *taxes.currency(seen, money),
        *nets,
        *dues,
        *totals,
        *accounts.fields,
        *numbers.terms(seen),
    )
    problems = [*_missing(fields, seen, kind), *contradictions]
    if accounts.unsound:
        problems.append(Reason.CHECKSUM)
    sums = [one for one in (_money(nets), total) if one is not None]
    goods = items.items(seen, money, sums, hints.rules)
    return Findings(
        kind=None if money == printed else Kind.CREDIT_NOTE,
        fields=fields,
        lines=goods,
        problems=ordered(problems),
    )


def _money(readings: Sequence[Field]) -> Decimal | None:
    value = readings[0].value if readings else None
    return value if isinstance(value, Decimal) else None


def _missing(fields: Sequence[Field], seen: View, kind: Kind) -> list[Reason]:
    found = {one.name for one in fields}
    wanted = seen.profile.required[kind]
    return [] if found.issuperset(wanted) else [Reason.FIELD_MISSING]


def _contradictions(
    total: Decimal | None,
    nets: Sequence[Field],
    dues: Sequence[Field],
    money: Sequence[amounts.Amount],
) -> list[Reason]:
    """Net and tax were both read, and do not come to the total, with or without a charge."""
    net = _money([one for one in nets if one.confidence >= NAMED])
    tax = _money([one for one in dues if one.confidence >= LIKELY])
    if total is None or net is None or tax is None or net in (tax, total) or tax > total:
        return []  # the price with its tax, or no tax at all: net or tax is wrong, not the total
    rest = abs(net + tax - total)
    charges = [abs(one.value) for one in money if one.meaning in _CHARGES]
    slack = amounts.ROUNDING if total % amounts.ROUNDING == 0 else ROUNDED_RATES
    if rest <= slack or any(abs(rest - one) <= slack for one in charges):
        return []
    return [Reason.ARITHMETIC]


_CHARGES = ("fee", "discount", "rounding", "paid", "tax")
"""What may stand between net, tax and total besides."""

ROUNDED_RATES = Decimal("0.02")
"""The most by which a tax that was rounded line by line misses a total that was not rounded."""

LIKELY = 0.5
"""Probability from which a reading is taken for what the page says."""

NAMED = 0.4
"""The same for a net amount: one with a clear label that adds up to nothing has no more."""
