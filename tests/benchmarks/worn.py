"""Documents about records, as readers give them: worn, short of words, sure or unsure.

Two ways. `worn` wears each field letter by letter, for measuring whether the record is found at
all. `read_as` gives each reading a confidence and makes it wrong exactly that often, for measuring
decisions: the contract says that a confidence is the probability that the value is right.
"""

import datetime as dt
import random
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from extractors.finders.check import AGREED
from extractors.interface import Extraction, Field, Kind
from matchers.compare import amount_field, number_field
from matchers.interface import LedgerRecord
from tests.benchmarks.world import DAYS_TO_PAY, FIRST_NAMES, FORMS
from tests.matchers.build import extraction, read

KIND_OF = {
    "invoice": Kind.INVOICE,
    "receipt": Kind.RECEIPT,
    "credit_note": Kind.CREDIT_NOTE,
    "issued_check": Kind.CHECK,
    "expected_payment": Kind.CHECK,
}

LOOKALIKES = dict(zip("0O1lI5S8B2Z6GcerntuvmhQD", "O0lI1S5B8Z2G6ecnrlvunbO0", strict=True))
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORT = {"International": "Intl", "Services": "Svcs", "Enterprise": "Ent", "Technology": "Tech"}


@dataclass(frozen=True, slots=True)
class Wear:
    """How worn a document is: shares of signs misread, words lost or shortened, fields missing."""

    signs: float
    words: float
    shortened: float
    missing: float


CLEAN = Wear(signs=0.0, words=0.0, shortened=0.0, missing=0.0)
MEDIUM = Wear(signs=0.04, words=0.10, shortened=0.30, missing=0.0)
HEAVY = Wear(signs=0.10, words=0.20, shortened=0.30, missing=0.22)
FULLER = Wear(signs=0.10, words=0.20, shortened=0.30, missing=0.05)
"""As heavy, with more of the fields there. Of heavy ones every field is missing by itself, so that
of each hundred some five have neither number nor amount, and whoever knew this wear itself, and
held every record against it, would have found 97.7 % among ten (n=300); of the fuller ones numbers,
amounts and days alone find 97 %."""


def worn(record: LedgerRecord, wear: Wear, rnd: random.Random, *, bare: bool = False) -> Extraction:
    """A document about a record, each field worn and read with a confidence of .9.

    A *bare* one is a check of which only party and amount were read, and of those that are
    received the day, mostly weeks later, and now and then what it pays.
    """
    kind = KIND_OF[record.doc_type]
    fields: dict[str, object] = {}
    for name, value in (_bare(record, rnd) if bare else _stated(record)).items():
        if value is None or value == "" or rnd.random() < wear.missing:
            continue
        if (seen := _worn_value(name, value, wear, rnd)) is not None:
            fields[name] = read(name, seen, 0.9)
    return extraction(kind, fields, name=f"{record.record_id}.pdf")


def _stated(record: LedgerRecord) -> dict[str, object]:
    """What a document about a record states, by field."""
    kind = KIND_OF[record.doc_type]
    payment = record.doc_type == "expected_payment"
    assert record.doc_date is not None
    party = ("payer" if payment else "payee") if kind is Kind.CHECK else "vendor"
    stated: dict[str, object] = {
        party: record.party_name,
        amount_field(kind): record.amount,
        "date": record.doc_date + dt.timedelta(days=_key(record) % DAYS_TO_PAY if payment else 0),
        "currency": record.currency,
    }
    if payment:
        return stated | {
            "memo": record.number,
            "check_number": f"{int(record.record_id[1:]) % 9973}",
        }
    return stated | {
        number_field(kind): record.number,
        "po_number": record.po_number,
        "account_number": record.account_ref,
        "vendor_tax_id": record.party_tax_id,
        "iban": record.party_iban,
    }


def _key(record: LedgerRecord) -> int:
    return int(record.record_id[1:])


def _bare(record: LedgerRecord, rnd: random.Random) -> dict[str, object]:
    stated = _stated(record)
    kept = {"payee", "payer", "amount"}
    if record.doc_type == "expected_payment":
        assert record.amount is not None
        kept |= {"date"} | ({"memo"} if rnd.random() < 0.35 else set())
        if rnd.random() < SHORT_PAID:
            less = rnd.choice((Decimal("0.98"), Decimal("0.99"), Decimal("0.5"), Decimal("0.9")))
            stated["amount"] = (record.amount * less).quantize(Decimal("0.01"))
    return {name: value for name, value in stated.items() if name in kept}


SHORT_PAID = 0.12
"""Share of received checks that are over less than was billed."""


def _worn_value(name: str, value: object, wear: Wear, rnd: random.Random) -> object:
    match value:
        case Decimal():
            return _worn_amount(value, wear.signs, rnd)
        case dt.date():
            return _worn_day(value, wear.signs, rnd)
        case _ if name == "currency":
            return value
        case _ if name in {"vendor", "payee", "payer"}:
            return misread(shortened(str(value), wear, rnd), wear.signs, rnd)
        case _:
            return misread(str(value), wear.signs, rnd)


def shortened(name: str, wear: Wear, rnd: random.Random) -> str:
    """A name with words lost or shortened; one word always stays."""
    words = name.split()
    kept = [one for one in words if rnd.random() >= wear.words] or words[:1]
    if rnd.random() < wear.shortened:
        at = rnd.randrange(len(kept))
        kept[at] = SHORT.get(kept[at], kept[at][: max(3, len(kept[at]) // 2)])
    return " ".join(kept)


def misread(text: str, share: float, rnd: random.Random) -> str:
    """Signs taken for others that look alike, or for anything; lost, or doubled."""
    found = []
    for own in text:
        if rnd.random() >= share:
            found.append(own)
            continue
        lot = rnd.random()
        if lot < 0.15:
            continue
        if lot < 0.25:
            found.append(own * 2)
        elif lot < 0.7 and own in LOOKALIKES:
            found.append(LOOKALIKES[own])
        else:
            found.append(rnd.choice("0123456789" if own.isdecimal() else LETTERS))
    return "".join(found)


def _worn_amount(value: Decimal, share: float, rnd: random.Random) -> Decimal | None:
    """An amount with figures misread; None where no money is left."""
    figures = _misread_figures(f"{value:.2f}", share, rnd)
    try:
        found = Decimal(figures)
    except InvalidOperation:
        return None
    return found if found == round(found, 2) else None


def _worn_day(value: dt.date, share: float, rnd: random.Random) -> dt.date | None:
    """A day with figures misread; None where no day of the last decade is left."""
    try:
        found = dt.date.fromisoformat(_misread_figures(value.isoformat(), share, rnd))
    except ValueError:
        return None
    return found if abs((found - value).days) < 3650 else None


def _misread_figures(text: str, share: float, rnd: random.Random) -> str:
    """Figures taken for others, now and then lost."""
    seen = ""
    for own in text:
        if own.isdecimal() and rnd.random() < share:
            seen += rnd.choice("0123456789" if rnd.random() < 0.85 else ("",))
        else:
            seen += own
    return seen


# ---- readings that are as often wrong as they say


def read_as(record: LedgerRecord, rnd: random.Random) -> Extraction:
    """A document about a record whose every reading is right as often as it says."""
    kind = KIND_OF[record.doc_type]
    fields: dict[str, object] = {}
    for name, value in _stated(record).items():
        if value is None or value == "" or rnd.random() < UNREAD.get(name, UNREAD["other"]):
            continue
        if readings := _readings(name, value, rnd):
            fields[name] = readings
    if kind is Kind.CHECK and "amount" in fields:
        fields |= _spelt(fields["amount"], record.amount, rnd)
    return extraction(kind, fields, name=f"{record.record_id}.pdf")


UNREAD = {
    "other": 0.05,
    "total": 0.02,
    "amount": 0.02,
    "currency": 0.4,
    "po_number": 0.3,
    "iban": 0.4,
    "vendor_tax_id": 0.4,
}
"""Shares of fields that are not read, or not printed; set, like the next."""

SURENESS = ((0.80, 0.985, 0.9995), (0.12, 0.93, 0.985), (0.05, 0.8, 0.93), (0.03, 0.4, 0.8))
"""Shares of readings by confidence: how many lie between the two."""


def _sure(rnd: random.Random) -> float:
    _, low, high = rnd.choices(SURENESS, [one[0] for one in SURENESS])[0]
    return rnd.uniform(low, high)


def _readings(name: str, value: object, rnd: random.Random) -> list[Field]:
    sure = _sure(rnd)
    if rnd.random() < sure:
        return [read(name, _named(name, value, rnd), sure)]
    wrong = _wrong(name, value, rnd)
    if wrong is None or wrong == value:
        return []
    found = [read(name, wrong, sure)]
    if rnd.random() < 0.5:
        found.append(read(name, value, round(0.8 * (1 - sure), 4)))
    return found


def _named(name: str, value: object, rnd: random.Random) -> object:
    """A value as it is printed: a name now and then not as the ledger has it, yet no misreading."""
    if name in {"vendor", "payee", "payer"} and rnd.random() < OTHERWISE:
        return printed(str(value), rnd)
    return value


OTHERWISE = 0.15
"""Share of names that are printed otherwise than the ledger has them; set."""

WIDTH = 22
"""Signs of a name that a form of fixed width has room for: that of a company or a person in an
entry of the ACH network (Nacha Operating Rules, appendix three)."""

WRITTEN_OUT = {
    "Ltd": "Limited",
    "Pte": "Private",
    "Inc": "Incorporated",
    "Corp": "Corporation",
    "Sdn": "Sendirian",
    "Bhd": "Berhad",
    "Co": "Company",
    "&": "and",
}

CUSTOMARY = SHORT | {
    "Construction": "Constr",
    "Engineering": "Engg",
    "Electric": "Elec",
    "Furniture": "Furn",
    "Insurance": "Ins",
    "Logistics": "Log",
    "Packaging": "Pkg",
    "Restaurant": "Rest",
    "Solutions": "Solns",
    "Supplies": "Supp",
    "Systems": "Sys",
    "Transport": "Transp",
    "National": "Natl",
    "Northern": "N",
    "Southern": "S",
}


def printed(name: str, rnd: random.Random) -> str:
    """A name as its bearer prints it, or as it fits a form, where that is not the ledger's way.

    In capitals; its legal form left out, written out, or there where the ledger has none; with
    customary abbreviations; a first name as an initial; a word left out; or cut at the form's end.
    """
    words = name.split()
    ways = [
        name.upper(),
        name[:WIDTH],
        " ".join(WRITTEN_OUT.get(one, one) for one in words),
        " ".join(CUSTOMARY.get(one, one) for one in words),
    ]
    if words[0] in FIRST_NAMES:
        ways.append(f"{words[0][0]} {' '.join(words[1:])}")
    elif form := next((one for one in FORMS if one and name.endswith(one)), ""):
        ways.append(name.removesuffix(form))
    else:
        ways.append(name + rnd.choice([one for one in FORMS if one]))
    if len(words) > 2:
        left = rnd.randrange(1, len(words))
        ways.append(" ".join(words[:left] + words[left + 1 :]))
    return rnd.choice([one for one in ways if one != name])


def _wrong(name: str, value: object, rnd: random.Random) -> object:
    """A misreading: a slip of one sign or of some, or another value that the page states too."""
    match value:
        case Decimal() if rnd.random() < 0.3:
            other = value * rnd.choice((Decimal("0.84"), Decimal("1.06"), Decimal(2)))
            return other.quantize(Decimal("0.01"))
        case Decimal():
            return _slip_amount(value, rnd)
        case dt.date() if rnd.random() < 0.5:
            return value + dt.timedelta(days=rnd.choice((14, 30, -1, 10)))
        case dt.date():
            return _worn_day(value, 0.2, rnd)
        case _:
            return _wrong_text(name, str(value), rnd)


def _wrong_text(name: str, value: str, rnd: random.Random) -> str:
    if name == "currency":
        return rnd.choice([one for one in ("USD", "EUR", "MYR", "GBP") if one != value])
    if rnd.random() < 0.2:
        return f"{rnd.randrange(10**6)}"
    if rnd.random() < 0.7:
        return _slip(value, rnd)
    far = Wear(signs=0.3, words=0.2, shortened=0.2, missing=0)
    return misread(shortened(value, far, rnd), far.signs, rnd) or value[:1]


def _slip(text: str, rnd: random.Random) -> str:
    at = rnd.randrange(len(text))
    new = rnd.choice("0123456789" if text[at].isdecimal() else LETTERS)
    return text[:at] + new + text[at + 1 :]


def _slip_amount(value: Decimal, rnd: random.Random) -> Decimal:
    figures = f"{value:.2f}"
    places = [at for at, one in enumerate(figures) if one.isdecimal()]
    at = rnd.choice(places)
    return Decimal(figures[:at] + rnd.choice("0123456789") + figures[at + 1 :])


def _spelt(figures: object, over: Decimal | None, rnd: random.Random) -> dict[str, list[Field]]:
    """What the words state, mostly the same, beside the figures.

    Where both say so, both are as sure as the reader of checks takes them to be then.
    """
    sure = _sure(rnd)
    assert isinstance(figures, list)
    said = over if rnd.random() < sure else _slip_amount(over or Decimal(1), rnd)
    words = [read("amount_words", said, sure)]
    if figures[0].value == said:
        figures, words = (
            [replace(one[0], confidence=max(one[0].confidence, AGREED)), *one[1:]]
            for one in (figures, words)
        )
    return {"amount": figures, "amount_words": words}
