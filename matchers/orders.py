"""Two- and three-way match: what a bill asks for, against what was ordered and received. Pure.

An order comes into the ledger as records of the type `purchase_order`: one with its amount, or one
for each line with quantity and price, and with what was received and invoiced before where the
office books receipts. A bill whose order the ledger does not hold is judged without one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from config.reasons import Reason
from extractors.interface import Kind, LineItem
from extractors.values import names
from matchers.assignment import assign
from matchers.compare import READ, Paper
from matchers.findings import Case, Finding, entry, listed, money
from matchers.interface import ORDER, Counted, LedgerRecord, Status
from matchers.likeness import PARTY_UNLIKE, name_likeness
from matchers.standing import Standing
from matchers.uncounted import Given, Posting, postings, uncounted

MOST_LINES = 100
"""Lines of a bill that are assigned one to one; of longer bills only the sum is compared."""

BY_WORDS, BY_PRICE, BY_QUANTITY = 500, 300, 200
"""What the description, the price and the quantity add to a pair of lines, of a thousand."""

LEAST_WORTH = 450
"""What a pair of lines is worth at least: price and quantity alone, or the words and one of them,
or nearly the very words; below, the bill's line is another one."""

ROUNDING = Decimal("0.01")
"""By as much a line's amount may be rounded."""

DEAD = frozenset({Status.CLOSED, Status.VOID, Status.STOPPED})
"""An order of which nothing more may be invoiced."""

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A line of an order: lines of the same goods at the same price are one.

    *rows* are the ids of its records. *left* is what was not invoiced before, *waiting* what was
    received of that, or None where the ledger does not say what was received. *posted* is what
    neither has any more, as bills were posted for it that no export counts yet.
    """

    rows: tuple[str, ...]
    name: str
    price: Decimal | None
    quantity: Decimal
    left: Decimal
    waiting: Decimal | None
    posted: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """A line of a bill: lines of the same goods at the same price are one."""

    name: str
    price: Decimal | None
    quantity: Decimal | None
    amount: Decimal | None


def of_order(case: Case, one: Standing) -> list[Finding]:
    """What the purchase order, and what was received of it, say against a bill."""
    number = _number(case.paper, one.record)
    if case.paper.kind is Kind.CREDIT_NOTE or one.record.direction == "AR" or not number:
        return []
    named = case.ledger.of_order(number)
    ways = {"", one.record.direction or "AP"}
    every = [line for line in named if line.doc_type == ORDER and line.direction in ways]
    order = [line for line in every if _same_party(line, one.record)]
    if not order:
        return [_of_another(number, every[0])] if every else []
    alive = [line for line in order if line.status not in DEAD]
    if not alive:
        return [_exhausted(f"Order {number} is {order[0].status}; nothing more can be invoiced.")]
    if stopped := _stopped(number, alive, one.record):
        return [stopped]
    ordered = _pooled(alive)
    billed = _joined(case.paper.extraction.lines)
    found = []
    by_line = bool(ordered and billed) and len(billed) <= MOST_LINES
    taxed = by_line and _with_tax(case.paper)
    posted = postings(case.history, number, _others(one.record, named, order))
    counted = case.ledger.counted(tuple(line.record_id for line in order)) if posted else ()
    prices = {line.record_id: line.unit_price or Decimal(0) for line in order}
    since = uncounted([(each.at, each.amount) for each in posted], counted, prices)
    if by_line:
        billed = [replace(one, price=None) for one in billed] if taxed else billed
        rest = _less(case, ordered, posted, counted) if since else ordered
        found = _of_lines(case, number, rest, billed)
    if not (by_line and _whole(case.paper)) or taxed or since:
        found += _of_sum(case, number, alive, ordered, since)
    return found


def _others(
    record: LedgerRecord, named: Sequence[LedgerRecord], order: Sequence[LedgerRecord]
) -> list[LedgerRecord]:
    """The other records for an order; none that is for another supplier's of the same number."""
    theirs = [line for line in named if line.doc_type == ORDER and line not in order]
    ways = {"", record.direction or "AP"}
    return [
        bill
        for bill in named
        if bill.direction in ways
        and bill.record_id != record.record_id
        and (_same_party(bill, record) or not any(_same_party(line, bill) for line in theirs))
    ]


def _whole(paper: Paper) -> bool:
    """Whether the lines that were read add up to the bill, so that none was missed."""
    together = sum((line.amount or Decimal(0) for line in paper.extraction.lines), Decimal(0))
    stated = (paper.extraction.get(name) for name in ("net", "total"))
    return any(
        isinstance(one.value, Decimal) and abs(abs(one.value) - abs(together)) <= ROUNDING
        for one in stated
        if one
    )


def _of_another(number: str, order: LedgerRecord) -> Finding:
    """The order that a bill names is not one with its supplier."""
    return Finding(
        reason=Reason.PO_CONFLICT,
        words=f"Order {number} is with {order.party_name or 'somebody else'}, not with the "
        "supplier of the bill.",
        change="the order been one with its supplier",
    )


def _stopped(number: str, alive: Sequence[LedgerRecord], record: LedgerRecord) -> Finding | None:
    """An order that nothing may be paid for now, or whose sums cannot be compared with the bill."""
    held = next((line for line in alive if line.status in {Status.HOLD, Status.STOPPED}), None)
    if held is not None:
        return Finding(
            reason=Reason.ITEM_ON_HOLD,
            words=f"Order {number} is on {held.status}.",
            change="the order been released",
        )
    wanted = record.currency
    foreign = next((line.currency for line in alive if line.currency not in {"", wanted}), "")
    if wanted and foreign:
        return Finding(
            reason=Reason.CURRENCY_MISMATCH,
            words=f"Order {number} is in {foreign}, {entry(record)} in {wanted}.",
            change="both been in one currency",
        )
    return None


def _number(paper: Paper, record: LedgerRecord) -> str:
    """The order that a bill is for: as the ledger states it, else as it was read."""
    read = paper.extraction.get("po_number")
    said = str(read.value) if read and read.confidence >= READ else ""
    return record.po_number or said


def _same_party(line: LedgerRecord, record: LedgerRecord) -> bool:
    """Whether an order may be one with this supplier: numbers of two suppliers may be alike."""
    if not line.party_name or not record.party_name:
        return True
    return name_likeness(line.party_name, record.party_name) >= PARTY_UNLIKE


# ---- lines


def _pooled(order: Iterable[LedgerRecord]) -> list[Ordered]:
    """The lines of an order that state a quantity; the same goods at the same price added up."""
    found: dict[tuple[str, Decimal | None], Ordered] = {}
    for line in order:
        if line.quantity is None:
            continue
        before = line.invoiced_quantity or Decimal(0)
        received = line.received_quantity
        new = Ordered(
            rows=(line.record_id,),
            name=line.description or f"line {line.line}".strip(),
            price=line.unit_price,
            quantity=line.quantity,
            left=line.quantity - before,
            waiting=None if received is None else received - before,
        )
        key = (names.fold_name(new.name), new.price)
        old = found.get(key)
        found[key] = new if old is None else _sum(old, new)
    return list(found.values())


def _sum(one: Ordered, other: Ordered) -> Ordered:
    waiting = None
    if one.waiting is not None or other.waiting is not None:
        # of a line without a receipt as much is waiting as is left: nobody books its receipts
        parts = (each.left if each.waiting is None else each.waiting for each in (one, other))
        waiting = sum(parts, Decimal(0))
    return replace(
        one,
        rows=one.rows + other.rows,
        quantity=one.quantity + other.quantity,
        left=one.left + other.left,
        waiting=waiting,
    )


def _less(
    case: Case,
    ordered: Sequence[Ordered],
    posted: Iterable[Posting],
    counted: Sequence[Counted],
) -> list[Ordered]:
    """The lines of an order without what was posted for them and no export counts yet."""
    used: list[list[Given]] = [[] for _ in ordered]
    for one in posted:
        billed = _joined(case.history.lines(one.document_id))
        for mine, place in zip(billed, _assigned(ordered, billed), strict=True):
            asked = None if place is None else _asked(mine, ordered[place])
            if place is not None and asked is not None:
                used[place].append((one.at, min(asked, ordered[place].quantity)))
    return [_without(one, given, counted) for one, given in zip(ordered, used, strict=True)]


def _without(one: Ordered, given: Sequence[Given], counted: Iterable[Counted]) -> Ordered:
    own = [each for each in counted if each.record_id in one.rows]
    posted = uncounted(given, own, dict.fromkeys(one.rows, Decimal(1)))
    waiting = None if one.waiting is None else one.waiting - posted
    return replace(one, left=one.left - posted, waiting=waiting, posted=posted)


def _joined(lines: Sequence[LineItem]) -> list[Billed]:
    """The lines of a bill that ask for money or goods; the same at the same price added up."""
    found: dict[tuple[str, Decimal | None], Billed] = {}
    for line in lines:
        if not line.amount and not line.quantity:
            continue
        price = _price(line)
        key = (names.fold_name(line.description), price)
        old = found.get(key)
        new = Billed(name=line.description, price=price, quantity=line.quantity, amount=line.amount)
        if old is not None and None not in {old.quantity, old.amount, new.quantity, new.amount}:
            new = replace(
                old,
                quantity=(old.quantity or 0) + (new.quantity or Decimal(0)),
                amount=(old.amount or 0) + (new.amount or Decimal(0)),
            )
        elif old is not None:
            key = (f"{key[0]} {len(found)}", price)
        found[key] = new
    return list(found.values())


def _price(line: LineItem) -> Decimal | None:
    """What one costs: by the amount where a discount lies between, else as printed."""
    if line.quantity and line.amount is not None:
        printed = line.unit_price
        if printed is None or abs(printed * line.quantity - line.amount) > ROUNDING:
            return line.amount / line.quantity
    return line.unit_price


def _of_lines(
    case: Case, number: str, ordered: Sequence[Ordered], billed: Sequence[Billed]
) -> list[Finding]:
    """Every line of the bill held against the line of the order that it is for."""
    told: dict[Reason, list[str]] = {}
    for mine, place in zip(billed, _assigned(ordered, billed), strict=True):
        for reason, words in (
            _of_pair(case, mine, ordered[place]) if place is not None else _unordered(mine)
        ):
            told.setdefault(reason, []).append(words)
    return [
        Finding(
            reason=reason,
            words=f"Against order {number}: {listed(words)}.",
            change=CHANGES[reason].format(number),
        )
        for reason, words in told.items()
    ]


def _assigned(ordered: Sequence[Ordered], billed: Sequence[Billed]) -> Sequence[int | None]:
    """For each line of a bill the place of the order's line that it is for, if there is one."""
    return assign([[_alike(mine, theirs) for theirs in ordered] for mine in billed])


CHANGES = {
    Reason.PO_PRICE_VARIANCE: "the prices been those of order {}",
    Reason.PO_QUANTITY_VARIANCE: "it asked for no more than order {} has open",
    Reason.NOT_RECEIVED: "the goods of order {} been received",
    Reason.PO_EXHAUSTED: "order {} had enough left",
}


def _with_tax(paper: Paper) -> bool:
    """Whether the lines of a bill add up to its total, not to what it is without tax."""
    net, total = (paper.extraction.get(name) for name in ("net", "total"))
    together = sum((line.amount or Decimal(0) for line in paper.extraction.lines), Decimal(0))
    if net is None or total is None:
        return False
    return net.value != total.value and total.value == together


def _alike(mine: Billed, theirs: Ordered) -> int:
    """What a pair of lines is worth, of a thousand; 0 below the least."""
    worth = round(BY_WORDS * names.likeness(mine.name, theirs.name))
    if mine.price is not None and theirs.price:
        gap = abs((mine.price - theirs.price) / theirs.price)
        worth += round(BY_PRICE * max(Decimal(0), 1 - 5 * gap))
    if mine.quantity is not None:
        fits = mine.quantity == theirs.left or mine.quantity in {theirs.waiting, theirs.quantity}
        worth += BY_QUANTITY if fits else BY_QUANTITY // 2 * (mine.quantity <= theirs.left)
    return worth if worth >= LEAST_WORTH else 0


def _unordered(mine: Billed) -> list[tuple[Reason, str]]:
    sum_of = f" ({money(mine.amount)})" if mine.amount is not None else ""
    return [(Reason.PO_QUANTITY_VARIANCE, f"{mine.name!r}{sum_of} was not ordered")]


def _of_pair(case: Case, mine: Billed, theirs: Ordered) -> list[tuple[Reason, str]]:
    """What keeps a line of the bill from being paid, each with its words."""
    found = []
    if _price_differs(case, mine, theirs):
        assert mine.price is not None
        assert theirs.price is not None
        found.append(
            (
                Reason.PO_PRICE_VARIANCE,
                f"{mine.name!r} costs {_figure(mine.price)}, ordered at {_figure(theirs.price)}",
            )
        )
    asked = _asked(mine, theirs)
    if asked is None:
        return found
    more = theirs.quantity * case.rules.order_quantity_percent / WHOLE
    open_now = theirs.left + more
    told = f"{_figure(asked)} of {mine.name!r} invoiced"
    if theirs.posted:
        told = f"{told} ({_figure(theirs.posted)} on bills that no export counts yet)"
    if theirs.left <= 0 < asked:
        found.append(
            (Reason.PO_EXHAUSTED, f"{told}, but all {_figure(theirs.quantity)} were before")
        )
        return found
    if asked > open_now:
        found.append(
            (
                Reason.PO_QUANTITY_VARIANCE,
                f"{told}, of {_figure(theirs.quantity)} ordered {_figure(theirs.left)} are open",
            )
        )
    if theirs.waiting is not None and min(asked, theirs.left) > theirs.waiting + more:
        waiting = _figure(max(theirs.waiting, Decimal(0)))
        found.append((Reason.NOT_RECEIVED, f"{told}, but only {waiting} more were received"))
    return found


def _asked(mine: Billed, theirs: Ordered) -> Decimal | None:
    """How many a line of a bill asks for; of one that states no quantity, by what one costs."""
    if mine.quantity is None and mine.amount is not None and theirs.price:
        return mine.amount / theirs.price
    return mine.quantity


def _price_differs(case: Case, mine: Billed, theirs: Ordered) -> bool:
    """Whether a price is another than was ordered, beyond rounding and what the setting allows."""
    if mine.price is None or theirs.price is None:
        return False
    allowed = theirs.price * case.rules.order_price_percent / WHOLE
    gap = abs(mine.price - theirs.price)
    if gap <= allowed:
        return False
    of_all = abs(gap - allowed) * (mine.quantity or Decimal(1))
    return of_all > ROUNDING or mine.quantity is None


def _figure(value: Decimal) -> str:
    """A quantity or a price for people: no more decimals than it needs."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


# ---- sums


def _of_sum(
    case: Case,
    number: str,
    order: Sequence[LedgerRecord],
    ordered: Sequence[Ordered],
    since: Decimal,
) -> list[Finding]:
    """A bill over more than its order has left, or has received; without tax, if that is stated.

    *since* is what was posted for other bills of the order and is in none of its figures yet.
    """
    amounts = [
        abs(field.value)
        for name in ("net", "total")
        if (field := case.paper.extraction.get(name))
        and isinstance(field.value, Decimal)
        and field.confidence >= READ
    ]
    if not amounts:
        return []
    asked = min(amounts)
    most = ROUNDING + asked * case.rules.order_price_percent / WHOLE
    left, waiting = _left(order, ordered), _waiting(ordered)
    bill = f"The {case.noun} is over {money(asked)}; of order {number}"
    if since:
        bill = f"{bill}, for which {money(since)} were posted that no export counts yet,"
    if left is not None and asked > left - since + most:
        return [_exhausted(f"{bill} only {money(max(left - since, Decimal(0)))} is left.")]
    if waiting is not None and asked > waiting - since + most:
        waiting = max(waiting - since, Decimal(0))
        return [
            Finding(
                reason=Reason.NOT_RECEIVED,
                words=f"{bill} goods for only {money(waiting)} were received and not yet invoiced.",
                change=CHANGES[Reason.NOT_RECEIVED].format(number),
            )
        ]
    return []


def _left(order: Sequence[LedgerRecord], ordered: Sequence[Ordered]) -> Decimal | None:
    """What may still be invoiced of an order, without tax; None where the ledger does not say."""
    if ordered:
        worth = [None if one.price is None else one.left * one.price for one in ordered]
    else:
        worth = [line.amount if line.open_amount is None else line.open_amount for line in order]
    known = [one for one in worth if one is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(worth) else None


def _waiting(ordered: Sequence[Ordered]) -> Decimal | None:
    """What was received and not invoiced before, in money; None where no receipts are booked."""
    if not ordered or all(one.waiting is None for one in ordered):
        return None
    return sum(
        (
            max(one.left if one.waiting is None else min(one.waiting, one.left), Decimal(0))
            * (one.price or Decimal(0))
            for one in ordered
        ),
        Decimal(0),
    )


def _exhausted(words: str) -> Finding:
    return Finding(reason=Reason.PO_EXHAUSTED, words=words, change="the order had enough left")
