"""What the sample documents say, before any of it is drawn."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Somebody who sends or gets mail; all are invented."""

    name: str
    street: str
    town: str
    country: str = "US"
    tax_id: str = ""
    iban: str = ""
    phone: str = ""
    email: str = ""
    trade: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a bill; *unit* is the price of one in the bill's currency, net of tax."""

    description: str
    quantity: Decimal
    unit: Decimal

    @property
    def amount(self) -> Decimal:
        """Quantity times price, to the cent."""
        return rounded(self.quantity * self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """An invoice or a credit note; *tax_rate* is in percent of the net sum."""

    seller: Party
    buyer: Party
    number: str
    date: dt.date
    due: dt.date
    currency: str
    items: tuple[Item, ...]
    tax_rate: Decimal = Decimal(0)
    po_number: str = ""
    terms: str = ""
    credit: bool = False
    refers_to: str = ""

    @property
    def net(self) -> Decimal:
        """The sum of the lines."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The tax on the net sum, to the cent."""
        return rounded(self.net * self.tax_rate / 100)

    @property
    def total(self) -> Decimal:
        """What the document asks for, or gives back, tax included."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A till receipt; prices are net, *tax_rate* is in percent, *stamp* is the date as printed."""

    shop: Party
    number: str
    date: dt.date
    stamp: str
    time: str
    items: tuple[Item, ...]
    tax_rate: Decimal
    paid_with: str

    @property
    def net(self) -> Decimal:
        """The sum of the lines."""
        return sum((item.amount for item in self.items), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """The sales tax, to the cent."""
        return rounded(self.net * self.tax_rate / 100)

    @property
    def total(self) -> Decimal:
        """What was paid."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """An invented bank; *fraction* is the number printed in the check's top right corner."""

    name: str
    town: str
    routing: str
    fraction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check as written: *figures* in the box and *words* on the line, usually the same amount."""

    payer: Party
    bank: Bank
    account: str
    number: str
    date: dt.date
    payee: str
    figures: Decimal
    words: Decimal
    memo: str
    by_hand: bool = False

    @property
    def micr(self) -> str:
        """The E-13B line with spaces; the number stands first on a business check, else last."""
        if self.by_hand:
            return f"A{self.bank.routing}A {self.account}C {self.number}"
        return f"C{self.number.zfill(8)}C A{self.bank.routing}A {self.account}C"


def rounded(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)
