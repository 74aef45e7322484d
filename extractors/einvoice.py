"""E-invoices: the XML inside or beside a PDF, read into the contract's fields.

Both syntaxes of EN 16931 are known: Cross Industry Invoice (ZUGFeRD 1 and 2, Factur-X, XRechnung)
and UBL (invoice and credit note). Elements are found by their local names, because the namespaces
change with every edition while the names stay.
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

XML_CONFIDENCE = 0.995
"""The XML is the legal invoice; what remains is that its writer erred."""

FURTHER_CONFIDENCE = 0.5
"""A second bank account on the same invoice."""

ROUNDING = Decimal("0.05")
"""How far net, tax and total may be apart: editions allow each line its own rounding."""

CREDIT_CODES = frozenset("81 83 261 262 296 308 381 396 420 458 502 503 532".split())
"""Document types that reduce what is owed (UNTDID 1001, as listed in EN 16931)."""


NO_DEMAND_CODES = frozenset("310 315 325 351 385 751".split())
"""Document types that ask for no payment: offers, orders, pro forma and information only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Einvoice:
    """What an e-invoice says; money of a credit note is positive, its kind carries the sign."""

    kind: Kind
    fields: tuple[Field, ...]
    lines: tuple[LineItem, ...]
    problems: tuple[Reason, ...] = ()


def find(xml: bytes) -> Einvoice | None:
    """The e-invoice in *xml*; None where the XML is something else.

    Raises:
        ExtractionError: the XML is broken, or brings a document type or entities of its own.
    """
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ExtractionError(
            f"The XML cannot be read ({error}). Ask the sender for the invoice again.",
            Reason.UNREADABLE,
        ) from error
    for node in (root, *root):  # Peppol wraps the invoice in an envelope
        syntax = _SYNTAXES.get(_name(node))
        if syntax is not None and syntax.namespace in str(node.tag):
            return _read(node, syntax)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Syntax:
    """Where one syntax keeps what; `|` separates names of editions, `,` places in order."""

    namespace: str
    type_code: str
    not_original: str
    """Marks of a test or a copy: elements that then say "true"."""
    texts: Mapping[str, str]
    days: Mapping[str, str]
    money: Mapping[str, str]
    taxes: str
    ibans: str
    seller: str
    tax_ids: str
    address: tuple[str, ...]
    line: str
    line_texts: str
    line_numbers: Mapping[str, str]


_DOCUMENT = "ExchangedDocument|HeaderExchangedDocument"
_TRADE = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction"
_AGREEMENT = f"{_TRADE}/ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement"
_SETTLEMENT = f"{_TRADE}/ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement"
_SUMS = (
    f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"
    "|SpecifiedTradeSettlementMonetarySummation"
)
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"
_CII = _Syntax(
    namespace=":CrossIndustry",
    type_code=f"{_DOCUMENT}/TypeCode",
    not_original="ExchangedDocumentContext|SpecifiedExchangedDocumentContext/TestIndicator/Indicator",
    texts={
        "vendor": f"{_AGREEMENT}/SellerTradeParty/Name",
        "buyer": f"{_AGREEMENT}/BuyerTradeParty/Name",
        "invoice_number": f"{_DOCUMENT}/ID",
        "po_number": f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID|ID",
        "currency": f"{_SETTLEMENT}/InvoiceCurrencyCode",
        "terms": f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/Description",
    },
    days={
        "date": f"{_DOCUMENT}/IssueDateTime/DateTimeString",
        "due_date": f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",
    },
    money={
        "net": f"{_SUMS}/TaxBasisTotalAmount",
        "total": f"{_SUMS}/GrandTotalAmount",
    },
    taxes=f"{_SUMS}/TaxTotalAmount",
    ibans=f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID",
    seller=f"{_AGREEMENT}/SellerTradeParty",
    tax_ids="SpecifiedTaxRegistration",
    address=(
        "PostalTradeAddress/LineOne",
        "PostalTradeAddress/LineTwo",
        "PostalTradeAddress/LineThree",
        "PostalTradeAddress/PostcodeCode",
        "PostalTradeAddress/CityName",
        "PostalTradeAddress/CountryID",
    ),
    line=f"{_TRADE}/IncludedSupplyChainTradeLineItem",
    line_texts="SpecifiedTradeProduct/Name",
    line_numbers={
        "quantity": "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery/BilledQuantity",
        "unit_price": f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/ChargeAmount",
        "amount": f"{_LINE_SETTLEMENT}/SpecifiedTradeSettlementLineMonetarySummation"
        "|SpecifiedTradeSettlementMonetarySummation/LineTotalAmount",
    },
)
_UBL_SELLER = "AccountingSupplierParty/Party"
_UBL_BUYER = "AccountingCustomerParty/Party"
_UBL = _Syntax(
    namespace="oasis:names:specification:ubl:schema:xsd",
    type_code="InvoiceTypeCode|CreditNoteTypeCode",
    not_original="CopyIndicator",
    texts={
        "vendor": f"{_UBL_SELLER}/PartyLegalEntity/RegistrationName,{_UBL_SELLER}/PartyName/Name",
        "buyer": f"{_UBL_BUYER}/PartyLegalEntity/RegistrationName,{_UBL_BUYER}/PartyName/Name",
        "invoice_number": "ID",
        "po_number": "OrderReference/ID",
        "currency": "DocumentCurrencyCode",
        "terms": "PaymentTerms/Note",
    },
    days={"date": "IssueDate", "due_date": "DueDate,PaymentMeans/PaymentDueDate"},
    money={
        "net": "LegalMonetaryTotal/TaxExclusiveAmount",
        "total": "LegalMonetaryTotal/TaxInclusiveAmount",
    },
    taxes="TaxTotal/TaxAmount",
    ibans="PaymentMeans/PayeeFinancialAccount/ID",
    seller=_UBL_SELLER,
    tax_ids="PartyTaxScheme",
    address=(
        "PostalAddress/StreetName",
        "PostalAddress/AdditionalStreetName",
        "PostalAddress/AddressLine/Line",
        "PostalAddress/PostalZone",
        "PostalAddress/CityName",
        "PostalAddress/CountrySubentity",
        "PostalAddress/Country/IdentificationCode",
    ),
    line="InvoiceLine|CreditNoteLine",
    line_texts="Item/Name,Item/Description",
    line_numbers={
        "quantity": "InvoicedQuantity|CreditedQuantity",
        "unit_price": "Price/PriceAmount",
        "amount": "LineExtensionAmount",
    },
)
_SYNTAXES = {
    "CrossIndustryInvoice": _CII,
    "CrossIndustryDocument": _CII,
    "Invoice": _UBL,
    "CreditNote": _UBL,
}


def _read(root: Element, syntax: _Syntax) -> Einvoice:
    money = _money(root, syntax)
    owed = [money[name].value for name in ("total", "net") if name in money]
    code = _text(root, syntax.type_code)
    by_code = code in CREDIT_CODES or _name(root) == "CreditNote"
    no_demand = code in NO_DEMAND_CODES or _text(root, syntax.not_original).lower() == "true"
    negative = bool(owed) and owed[0] < 0
    sign = -1 if negative else 1
    amounts = [_field(name, sign * one.value, one.text) for name, one in money.items()]
    fields = (*_texts(root, syntax), *_days(root, syntax), *amounts, *_accounts(root, syntax))
    lines = (_line(node, syntax, sign) for node in _all(root, syntax.line))
    return Einvoice(
        kind=Kind.CREDIT_NOTE if by_code or negative else Kind.INVOICE,
        fields=fields,
        lines=tuple(line for line in lines if line.amount is not None),  # others are remarks
        problems=(
            *_problems(fields, contradictory=by_code and negative),
            *([Reason.CLASS_UNCERTAIN] if no_demand else []),
        ),
    )


def _texts(root: Element, syntax: _Syntax) -> Iterator[Field]:
    for name, path in syntax.texts.items():
        if text := _text(root, path):
            yield _field(name, text, text)
    for seller in _all(root, syntax.seller):
        if number := _tax_id(seller, syntax):
            yield _field("vendor_tax_id", number, number)
        parts = [text for path in syntax.address if (text := _text(seller, path))]
        if parts:
            yield _field("vendor_address", ", ".join(parts), ", ".join(parts))


def _tax_id(seller: Element, syntax: _Syntax) -> str:
    """The VAT number, or else the local tax number."""
    numbers: dict[str, str] = {}
    for node in _all(seller, syntax.tax_ids):
        place = next(_all(node, "ID"), None)
        scheme = _text(node, "TaxScheme/ID") if place is None else place.get("schemeID", "")
        numbers.setdefault(scheme, _text(node, "ID|CompanyID"))
    preferred = ("VA", "VAT", "FC", *numbers)
    return next((numbers[scheme] for scheme in preferred if numbers.get(scheme)), "")


def _days(root: Element, syntax: _Syntax) -> Iterator[Field]:
    for name, path in syntax.days.items():
        text = _text(root, path)
        if day := _day(text):
            yield _field(name, day, text)


def _accounts(root: Element, syntax: _Syntax) -> Iterator[Field]:
    found: dict[str, str] = {}
    for node in _all(root, syntax.ibans):
        printed = " ".join((node.text or "").split())
        found.setdefault(printed.replace(" ", ""), printed)
    found.pop("", None)
    for place, (account, printed) in enumerate(found.items()):
        yield _field("iban", account, printed, FURTHER_CONFIDENCE if place else XML_CONFIDENCE)


@dataclass(frozen=True, slots=True)
class _Amount:
    """An amount with its sign, and its text in the XML."""

    value: Decimal
    text: str


def _money(root: Element, syntax: _Syntax) -> dict[str, _Amount]:
    currency = _text(root, syntax.texts["currency"])
    places = {name: list(_all(root, path)) for name, path in syntax.money.items()}
    places["tax"] = [  # it may be stated in the seller's own currency as well
        node for node in _all(root, syntax.taxes) if node.get("currencyID", currency) == currency
    ]
    found = {
        name: _Amount(amount, (node.text or "").strip())
        for name, nodes in places.items()
        for node in nodes[:1]
        if (amount := _decimal(node.text)) is not None
    }
    if "tax" not in found and {"net", "total"} <= found.keys():
        tax = found["total"].value - found["net"].value
        found["tax"] = _Amount(tax, "")
    return found


def _problems(fields: tuple[Field, ...], *, contradictory: bool) -> Iterator[Reason]:
    values = {one.name: one.value for one in fields}
    sums = [one for name in ("net", "tax", "total") if isinstance(one := values.get(name), Decimal)]
    if contradictory:
        yield Reason.SIGN_MISMATCH
    if len(sums) == len(("net", "tax", "total")) and abs(sums[0] + sums[1] - sums[2]) > ROUNDING:
        yield Reason.ARITHMETIC
    if not {"invoice_number", "total"} <= values.keys():
        yield Reason.FIELD_MISSING


def _line(node: Element, syntax: _Syntax, sign: int) -> LineItem:
    numbers = {name: _number(node, path) for name, path in syntax.line_numbers.items()}
    amount = numbers["amount"]
    return LineItem(
        description=_text(node, syntax.line_texts),
        quantity=numbers["quantity"],
        unit_price=numbers["unit_price"],
        amount=None if amount is None else sign * amount,
    )


def _field(name: str, value: Value, text: str, confidence: float = XML_CONFIDENCE) -> Field:
    return Field(name=name, value=value, text=text, confidence=confidence, source="xml")


def _name(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]


def _all(node: Element, path: str) -> Iterator[Element]:
    """The elements at a path of local names below *node*, in document order."""
    for place in path.split(","):
        nodes = [node]
        for step in place.split("/"):
            names = step.split("|")
            nodes = [child for one in nodes for child in one if _name(child) in names]
        yield from nodes


def _text(node: Element, path: str) -> str:
    texts = (" ".join((one.text or "").split()) for one in _all(node, path))
    return next((text for text in texts if text), "")


_DECIMAL = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,10})?")


def _decimal(text: str | None) -> Decimal | None:
    plain = (text or "").strip()
    return Decimal(plain) if _DECIMAL.fullmatch(plain) else None


def _number(node: Element, path: str) -> Decimal | None:
    return _decimal(_text(node, path))


def _day(text: str) -> dt.date | None:
    """A day as CII (20181225) or UBL (2018-12-25, perhaps with a zone) write it."""
    digits = re.sub(r"\D", "", text[: len("2018-12-25")])[: len("20181225")]
    try:
        return dt.date.fromisoformat(digits) if len(digits) == len("20181225") else None
    except ValueError:
        return None
