"""Invoices typed in eight languages; the words that print a field change from page to page."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

ISSUED, DUE, DELIVERED = dt.date(2024, 5, 3), dt.date(2024, 5, 31), dt.date(2024, 4, 29)
NET = Decimal("1530.00")
LINES = (
    ("Desk lamp brass", Decimal(4), Decimal("57.50"), Decimal("230.00")),
    ("Office chair oak", Decimal(2), Decimal("650.00"), Decimal("1300.00")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How one language prints an invoice; words are tried one after the other."""

    rate: int
    tax_id: str
    thousands: list[str]
    days: list[str]
    words: dict[str, list[str]]

    def word(self, name: str, turn: int) -> str:
        """The word for a field on the page of this turn."""
        words = self.words[name]
        return words[turn % len(words)]

    def turns(self) -> int:
        """Pages until every word was printed."""
        return max(len(words) for words in self.words.values())

    def money(self, value: Decimal, turn: int) -> str:
        """An amount with the marks of the language."""
        mark = self.thousands[turn % len(self.thousands)]
        text = f"{value:,.2f}"
        return text if mark == "," else text.replace(".", ";").replace(",", mark).replace(";", ",")

    def day(self, day: dt.date, turn: int) -> str:
        """A day in figures, in ISO form, or with the month as a word."""
        form = self.days[turn % len(self.days)]
        return form.format(d=day.day, m=day.month, y=day.year) if day.month == 5 else str(day)


def _speeches() -> dict[str, Speech]:
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: Speech(**speech) for name, speech in table.items()}


SPEECHES = _speeches()


def page_of(speech: Speech, turn: int) -> str:
    """A page of an invoice; turns are typed with colons, in columns, or under headings."""

    def word(name: str) -> str:
        return speech.word(name, turn)

    def money(value: Decimal) -> str:
        return speech.money(value, turn)

    named = {
        word("number"): "BW-2024-0117",
        word("date"): speech.day(ISSUED, turn),
        word("due"): speech.day(DUE, turn),
        word("order"): "PO-77123",
    }
    rows = [f"{'Brightwater Optics Ltd':52}{word('title')}", "4 Mill Lane", "20457 Leeds"]
    rows += [f"{word('tax_id')}: {speech.tax_id}", ""]
    if turn % 3 == 0:
        rows.append("".join(f"{label:26}" for label in named))
        rows.append("".join(f"{value:26}" for value in named.values()))
    else:
        colon = ":" if turn % 3 == 1 else ""
        named |= {word("delivery"): str(DELIVERED), word("customer"): "55021"}
        rows += [f"{'':44}{label + colon:30}{value}" for label, value in named.items()]
    rows += ["", word("buyer"), "Northern Offices plc", "9 High Street", "69001 York", ""]
    heads = [word(name) for name in ("quantity", "unit", "amount")]
    rows.append(f"{word('description'):30}{heads[0]:>16}{heads[1]:>22}{heads[2]:>20}")
    rows += [
        f"{name:30}{count:>16}{money(price):>22}{money(amount):>20}"
        for name, count, price, amount in LINES
    ]
    tax = tax_of(speech)
    sums = {word("net"): NET, word("tax"): tax, word("total"): NET + tax}
    if turn % 2 and word("total") != word("rest"):
        sums |= {word("paid"): Decimal("-500.00"), word("rest"): NET + tax - 500}
    code = currency_of(speech)
    rows += ["", *(f"{'':34}{label:34}{code} {money(value):>18}" for label, value in sums.items())]
    rows += ["", f"{word('terms')}: {word('days')}", "IBAN: DE89 3704 0044 0532 0130 00"]
    return "\n".join(rows)


def tax_of(speech: Speech) -> Decimal:
    """The tax on the goods of the page."""
    return (NET * speech.rate / 100).quantize(Decimal("0.01"))


def currency_of(speech: Speech) -> str:
    """The currency in which the page is priced."""
    return {20: "GBP", 6: "MYR"}.get(speech.rate if speech.thousands == [","] else 0, "EUR")


def fields_of(speech: Speech) -> dict[str, object]:
    """What the page says."""
    tax = tax_of(speech)
    return {
        "vendor": "Brightwater Optics Ltd",
        "vendor_tax_id": speech.tax_id,
        "buyer": "Northern Offices plc",
        "invoice_number": "BW-2024-0117",
        "date": ISSUED,
        "due_date": DUE,
        "po_number": "PO-77123",
        "currency": currency_of(speech),
        "net": NET,
        "tax": tax,
        "total": NET + tax,
        "iban": "DE89370400440532013000",
        "terms": speech.words["days"][0],
    }


def pages() -> list[tuple[str, int]]:
    """Every language with every turn of its words."""
    return [(name, turn) for name, speech in SPEECHES.items() for turn in range(speech.turns())]
