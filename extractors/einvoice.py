"""E-invoices: the XML inside or beside a PDF, read into the contract's fields.

Both syntaxes of EN 16931 are known: Cross Industry Invoice (ZUGFeRD 1 and 2, Factur-X, XRechnung)
and UBL (invoice and credit note), in every profile from MINIMUM to EXTENDED.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from config.reasons import Reason
from extractors.interface import ExtractionError, Field, Kind, LineItem, Value
from extractors.syntaxes import SYNTAXES, Syntax, name_of, nodes, text, texts

XML_CONFIDENCE = 0.995
"""The XML is the legal invoice; what remains is that its writer erred."""

FURTHER_CONFIDENCE = 0.5
"""A second bank account, due date or name on the same invoice; a total that was rounded."""

ROUNDING = Decimal("0.05")
"""How far sums may be apart: editions allow each line its own rounding."""

PRICE_DIGITS = Decimal("0.00000001")
"""To what a price for one is rounded where the invoice prices a hundred, or three."""

CREDIT_CODES = frozenset("81 83 261 262 296 308 381 396 420 458 502 503 532".split())
"""Document types that reduce what is owed (UNTDID 1001, as listed in EN 16931)."""

NO_DEMAND_CODES = frozenset("310 315 325 351 385".split())
"""Document types that ask for no payment: offers, orders, pro forma and information only."""

BOOKING_AID = "751"
"""The type of an XML that only helps to book the page beside it, which is the invoice."""

_NO_ORDER = frozenset({"NA", "N/A", "NONE", "-"})
"""What writers put where the syntax demands an order number and there is none."""

_SUMMED_UP = frozenset({"GROUP", "INFORMATION"})
"""Lines of EXTENDED whose amounts stand in other lines already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Einvoice:
    """What an e-invoice says; money of a credit note is positive, its kind carries the sign.

    *accounts* are numbers to pay to that are no IBANs. A *booking_aid* is no invoice without the
    page that it goes with.
    """

    kind: Kind
    fields: tuple[Field, ...]
    lines: tuple[LineItem, ...]
    problems: tuple[Reason, ...] = ()
    accounts: tuple[str, ...] = ()
    booking_aid: bool = False


def find(xml: bytes) -> Einvoice | None:
    """The e-invoice in *xml*; None where the XML is something else.

    Raises:
        ExtractionError: the XML is broken, brings a document type or entities of its own, or
            holds several invoices.
    """
    try:
        root = fromstring(xml.lstrip(_BLANKS), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ExtractionError(
            f"The XML cannot be read ({error}). Ask the sender for the invoice again.",
            Reason.UNREADABLE,
        ) from error
    found = [(one, syntax) for one in (root, *root) if (syntax := _syntax(one))]
    if len(found) > 1:
        raise ExtractionError(
            f"The XML holds {len(found)} invoices. Ask the sender for a file for each.",
            Reason.SPLIT_UNCERTAIN,
        )
    return _read(*found[0]) if found else None


_BLANKS = b" \t\r\n"
"""What exporters put before the declaration, where the standard allows nothing."""


def _syntax(node: Element) -> Syntax | None:
    """The syntax of an invoice, which Peppol wraps in an envelope; None for other elements."""
    syntax = SYNTAXES.get(name_of(node))
    return syntax if syntax is not None and syntax.namespace in str(node.tag) else None


def _read(root: Element, syntax: Syntax) -> Einvoice:
    money = _money(root, syntax)
    owed = [money[name].value for name in ("total", "net") if name in money]
    code = text(root, syntax.type_code)
    by_code = code in CREDIT_CODES or name_of(root) == "CreditNote"
    no_demand = code in NO_DEMAND_CODES or text(root, syntax.not_original).lower() == "true"
    negative = bool(owed) and owed[0] < 0
    sign = -1 if negative else 1
    ibans, accounts = _accounts(root, syntax)
    fields = (*_texts(root, syntax), *_days(root, syntax), *_sums(money, sign), *ibans)
    lines = tuple(_line(node, syntax, sign) for node in _goods(root, syntax))
    return Einvoice(
        kind=Kind.CREDIT_NOTE if by_code or negative else Kind.INVOICE,
        fields=fields,
        lines=lines,
        problems=(
            *([Reason.SIGN_MISMATCH] if by_code and negative else []),
            *(
                []
                if _adds_up(money, [line.amount for line in lines], sign)
                else [Reason.ARITHMETIC]
            ),
            *([] if {"invoice_number", "total"} <= {one.name for one in fields} else [_MISSING]),
            *([Reason.CLASS_UNCERTAIN] if no_demand else []),
        ),
        accounts=accounts,
        booking_aid=code == BOOKING_AID,
    )


_MISSING = Reason.FIELD_MISSING


def _texts(root: Element, syntax: Syntax) -> Iterator[Field]:
    for name, path in syntax.texts.items():
        value = text(root, path)
        if name == "po_number" and value.upper() in {"", *_NO_ORDER}:
            value = _order_of_lines(root, syntax)
        if value:
            yield _field(name, value, value)
    trading = text(root, syntax.trading_name)
    if trading not in ("", text(root, syntax.texts["vendor"])):
        yield _field("vendor", trading, trading, FURTHER_CONFIDENCE)
    for seller in nodes(root, syntax.seller):
        if number := _tax_id(seller, syntax):
            yield _field("vendor_tax_id", number, number)
        parts = [part for path in syntax.address if (part := text(seller, path))]
        if parts:
            yield _field("vendor_address", ", ".join(parts), ", ".join(parts))


def _order_of_lines(root: Element, syntax: Syntax) -> str:
    """The buyer's order where only the lines name it, and all name the same one."""
    lines = list(nodes(root, syntax.line))
    orders = {text(line, syntax.line_order) for line in lines}
    return orders.pop() if len(orders) == 1 else ""


def _tax_id(seller: Element, syntax: Syntax) -> str:
    """The VAT number, or else the national tax number."""
    numbers: dict[str, str] = {}
    for node in nodes(seller, syntax.tax_ids):
        place = next(nodes(node, "ID"), None)
        scheme = text(node, "TaxScheme/ID") if place is None else place.get("schemeID", "")
        numbers.setdefault(scheme, text(node, "ID|CompanyID"))
    preferred = ("VA", "VAT", "FC", *numbers)
    return next((numbers[scheme] for scheme in preferred if numbers.get(scheme)), "")


def _days(root: Element, syntax: Syntax) -> Iterator[Field]:
    """The day of issue and the due dates; instalments have several, of which the first counts."""
    for name, path in syntax.days.items():
        printed: dict[dt.date, str] = {}
        for one in texts(root, path):
            if day := _day(one):
                printed.setdefault(day, one)
        for place, (day, one) in enumerate(printed.items()):
            yield _field(name, day, one, FURTHER_CONFIDENCE if place else XML_CONFIDENCE)


def _accounts(root: Element, syntax: Syntax) -> tuple[tuple[Field, ...], tuple[str, ...]]:
    """The IBANs to pay to, the first as the surest, and the accounts that have none."""
    found: dict[str, str] = {}
    for printed in texts(root, syntax.accounts):
        found.setdefault(printed.replace(" ", ""), printed)
    ibans = [account for account in found if _IBAN.match(account)]
    return tuple(
        _field("iban", one, found[one], FURTHER_CONFIDENCE if place else XML_CONFIDENCE)
        for place, one in enumerate(ibans)
    ), tuple(account for account in found if account not in ibans)


_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]+$", re.IGNORECASE)
"""How IBANs begin, sound or not: other numbers of accounts do not."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount with its sign, and its text in the XML."""

    value: Decimal
    text: str = ""


def _money(root: Element, syntax: Syntax) -> dict[str, _Amount]:
    """The sums in the invoice's currency; net, tax or total from the others where left out."""
    currency = text(root, syntax.texts["currency"])
    found: dict[str, list[_Amount]] = {}
    for name, path in syntax.money.items():
        for node in nodes(root, path):  # the tax may be stated in the seller's own currency as well
            amount = _decimal(node.text)
            if amount is not None and node.get("currencyID", currency) == currency:
                found.setdefault(name, []).append(_Amount(amount, (node.text or "").strip()))
    money = {name: amounts[0] for name, amounts in found.items()}
    value = {name: one.value for name, one in money.items()}
    if "payable" in money and not text(root, syntax.money["total"]):  # UBL may leave it out
        before = value["payable"] + value.get("prepaid", _NONE) - value.get("rounding", _NONE)
        money["total"] = _Amount(before)
    if {"net", "total"} <= money.keys():
        rest = money["total"].value - money["net"].value
        taxes = found.get("tax", [])  # of several kinds, each with a sum of its own
        if not taxes or (len(taxes) > 1 and sum(one.value for one in taxes) == rest):
            money["tax"] = _Amount(rest)
    elif {"tax", "total"} <= money.keys():
        money["net"] = _Amount(money["total"].value - money["tax"].value)
    return money


_NONE = Decimal(0)


def _sums(money: Mapping[str, _Amount], sign: int) -> Iterator[Field]:
    """Net, tax and total; beside a total that is rounded for payment what comes out."""
    for name in ("net", "tax", "total"):
        if one := money.get(name):
            yield _field(name, sign * one.value, one.text)
    if {"total", "rounding"} <= money.keys() and (step := money["rounding"].value):
        rounded = sign * (money["total"].value + step)
        yield _field("total", rounded, money["rounding"].text, FURTHER_CONFIDENCE)


def _adds_up(money: Mapping[str, _Amount], lines: list[Decimal | None], sign: int) -> bool:
    """The lines come to the goods, these to the net, that to the total, and that to the payment.

    A sum is only known where all that it needs is stated: MINIMUM, which has no lines, leaves out
    what is prepaid.
    """
    value = {name: one.value for name, one in money.items()}
    if lines:
        value.setdefault("prepaid", _NONE)
    amounts = [sign * one for one in lines if one is not None]
    gross = sum(amounts, _NONE) == value.get("total")  # as writers for consumers state them
    if amounts and not gross:
        value["lines"] = sum(amounts, _NONE)
    return all(
        abs(value[whole] - sum(way * value.get(name, _NONE) for name, way in parts.items()))
        <= ROUNDING
        for (whole, *needed), parts in _SUMS
        if {whole, *needed} <= value.keys()
    )


_SUMS: tuple[tuple[tuple[str, ...], Mapping[str, int]], ...] = (
    (("lines", "goods"), {"goods": 1}),
    (("goods", "net"), {"net": 1, "allowances": 1, "charges": -1}),
    (("total", "net", "tax"), {"net": 1, "tax": 1}),
    (("payable", "total", "prepaid"), {"total": 1, "prepaid": -1, "rounding": 1}),
)
"""Sums, what each needs to be known, and what it is made of."""


def _goods(root: Element, syntax: Syntax) -> Iterator[Element]:
    """The lines with an amount; others are remarks, or sum up lines that stand there too."""
    for node in nodes(root, syntax.line):
        summed_up = syntax.line_status and text(node, syntax.line_status).upper() in _SUMMED_UP
        if not summed_up and _number(node, syntax.line_numbers["amount"]) is not None:
            yield node


def _line(node: Element, syntax: Syntax, sign: int) -> LineItem:
    """A line with its price for one; turned with the document, it still multiplies."""
    numbers = {name: _number(node, path) for name, path in syntax.line_numbers.items()}
    quantity, price, amount = numbers["quantity"], numbers["unit_price"], numbers["amount"]
    base = numbers["base"]
    if price is not None and base is not None and base > 0:
        price = Decimal(f"{(price / base).quantize(PRICE_DIGITS).normalize():f}")
    if price is not None and price < 0:
        price *= sign
    elif quantity is not None:
        quantity *= sign
    return LineItem(
        description=text(node, syntax.line_texts),
        quantity=quantity,
        unit_price=price,
        amount=None if amount is None else sign * amount,
    )


def _field(name: str, value: Value, printed: str, confidence: float = XML_CONFIDENCE) -> Field:
    return Field(name=name, value=value, text=printed, confidence=confidence, source="xml")


_DECIMAL = re.compile(r"[-+]?(?:\d{1,15}(?:\.\d{0,10})?|\.\d{1,10})")


def _decimal(printed: str | None) -> Decimal | None:
    plain = (printed or "").strip()
    return Decimal(plain) if _DECIMAL.fullmatch(plain) else None


def _number(node: Element, path: str) -> Decimal | None:
    return _decimal(text(node, path))


def _day(printed: str) -> dt.date | None:
    """A day as CII (20181225) or UBL (2018-12-25, perhaps with a zone) write it."""
    digits = re.sub(r"\D", "", printed[: len("2018-12-25")])[: len("20181225")]
    try:
        return dt.date.fromisoformat(digits) if len(digits) == len("20181225") else None
    except ValueError:
        return None
