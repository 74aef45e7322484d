"""Where the two syntaxes of EN 16931 keep what: Cross Industry Invoice and UBL.

Elements are found by their local names, because prefixes and namespaces change with every edition
while the names stay. BT-numbers are those of the semantic model of EN 16931-1.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """Paths of one syntax; `|` separates names of editions, `,` places in order."""

    namespace: str
    """A part of the root's namespace without which it is another document of the same name."""
    type_code: str
    not_original: str
    """Marks of a test or a copy: elements that then say "true"."""
    texts: Mapping[str, str]
    trading_name: str
    days: Mapping[str, str]
    money: Mapping[str, str]
    """Beside the fields net, tax and total: what they are checked against."""
    accounts: str
    """Where IBANs and accounts with a number of the bank's own stand."""
    seller: str
    tax_ids: str
    address: tuple[str, ...]
    line: str
    line_status: str
    line_order: str
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
_PAYEE_ACCOUNT = (
    f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount"
)
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement"
_LINE_DELIVERY = "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement"
_NET_PRICE = f"{_LINE_AGREEMENT}/NetPriceProductTradePrice"

CII = Syntax(
    namespace="",  # no other document is called so
    type_code=f"{_DOCUMENT}/TypeCode",  # BT-3
    not_original="ExchangedDocumentContext|SpecifiedExchangedDocumentContext/TestIndicator/Indicator"
    f",{_DOCUMENT}/CopyIndicator/Indicator",
    texts={
        "vendor": f"{_AGREEMENT}/SellerTradeParty/Name"  # BT-27
        f",{_AGREEMENT}/SellerTradeParty/SpecifiedLegalOrganization/TradingBusinessName",
        "buyer": f"{_AGREEMENT}/BuyerTradeParty/Name"  # BT-44
        f",{_AGREEMENT}/BuyerTradeParty/SpecifiedLegalOrganization/TradingBusinessName",
        "invoice_number": f"{_DOCUMENT}/ID",  # BT-1
        "po_number": f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID|ID",  # BT-13
        "currency": f"{_SETTLEMENT}/InvoiceCurrencyCode",  # BT-5
        "terms": f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/Description",  # BT-20
    },
    trading_name=f"{_AGREEMENT}/SellerTradeParty/SpecifiedLegalOrganization/TradingBusinessName",
    days={
        "date": f"{_DOCUMENT}/IssueDateTime/DateTimeString|DateTime",  # BT-2
        "due_date": f"{_SETTLEMENT}/SpecifiedTradePaymentTerms/DueDateDateTime"
        "/DateTimeString|DateTime",  # BT-9
    },
    money={
        "goods": f"{_SUMS}/LineTotalAmount",  # BT-106
        "allowances": f"{_SUMS}/AllowanceTotalAmount",  # BT-107
        "charges": f"{_SUMS}/ChargeTotalAmount",  # BT-108
        "net": f"{_SUMS}/TaxBasisTotalAmount",  # BT-109
        "tax": f"{_SUMS}/TaxTotalAmount",  # BT-110, and BT-111 in the seller's currency
        "total": f"{_SUMS}/GrandTotalAmount",  # BT-112
        "prepaid": f"{_SUMS}/TotalPrepaidAmount",  # BT-113
        "rounding": f"{_SUMS}/RoundingAmount",  # BT-114
        "payable": f"{_SUMS}/DuePayableAmount",  # BT-115
    },
    accounts=f"{_PAYEE_ACCOUNT}/IBANID,{_PAYEE_ACCOUNT}/ProprietaryID",  # BT-84
    seller=f"{_AGREEMENT}/SellerTradeParty",
    tax_ids="SpecifiedTaxRegistration",  # BT-31, BT-32
    address=(  # BT-35, BT-36, BT-162, BT-38, BT-37, BT-39, BT-40
        "PostalTradeAddress/LineOne",
        "PostalTradeAddress/LineTwo",
        "PostalTradeAddress/LineThree",
        "PostalTradeAddress/PostcodeCode",
        "PostalTradeAddress/CityName",
        "PostalTradeAddress/CountrySubDivisionName",
        "PostalTradeAddress/CountryID",
    ),
    line=f"{_TRADE}/IncludedSupplyChainTradeLineItem",
    line_status="AssociatedDocumentLineDocument/LineStatusReasonCode",
    line_order=f"{_LINE_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID|ID",
    line_texts="SpecifiedTradeProduct/Name,SpecifiedTradeProduct/Description",  # BT-153, BT-154
    line_numbers={
        "quantity": f"{_LINE_DELIVERY}/BilledQuantity",  # BT-129
        "unit_price": f"{_NET_PRICE}/ChargeAmount",  # BT-146
        "base": f"{_NET_PRICE}/BasisQuantity",  # BT-149
        "amount": f"{_LINE_SETTLEMENT}/SpecifiedTradeSettlementLineMonetarySummation"
        "|SpecifiedTradeSettlementMonetarySummation/LineTotalAmount",  # BT-131
    },
)

_SELLER = "AccountingSupplierParty/Party"
_BUYER = "AccountingCustomerParty/Party"
UBL = Syntax(
    namespace="oasis:names:specification:ubl:schema:xsd",
    type_code="InvoiceTypeCode|CreditNoteTypeCode",
    not_original="CopyIndicator",
    texts={
        "vendor": f"{_SELLER}/PartyLegalEntity/RegistrationName,{_SELLER}/PartyName/Name",
        "buyer": f"{_BUYER}/PartyLegalEntity/RegistrationName,{_BUYER}/PartyName/Name",
        "invoice_number": "ID",
        "po_number": "OrderReference/ID",
        "currency": "DocumentCurrencyCode",
        "terms": "PaymentTerms/Note",
    },
    trading_name=f"{_SELLER}/PartyName/Name",  # BT-28
    days={"date": "IssueDate", "due_date": "DueDate,PaymentMeans/PaymentDueDate"},
    money={
        "goods": "LegalMonetaryTotal/LineExtensionAmount",
        "allowances": "LegalMonetaryTotal/AllowanceTotalAmount",
        "charges": "LegalMonetaryTotal/ChargeTotalAmount",
        "net": "LegalMonetaryTotal/TaxExclusiveAmount",
        "tax": "TaxTotal/TaxAmount",
        "total": "LegalMonetaryTotal/TaxInclusiveAmount",
        "prepaid": "LegalMonetaryTotal/PrepaidAmount",
        "rounding": "LegalMonetaryTotal/PayableRoundingAmount",
        "payable": "LegalMonetaryTotal/PayableAmount",
    },
    accounts="PaymentMeans/PayeeFinancialAccount/ID",
    seller=_SELLER,
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
    line_status="",
    line_order="OrderLineReference/OrderReference/ID",
    line_texts="Item/Name,Item/Description",
    line_numbers={
        "quantity": "InvoicedQuantity|CreditedQuantity",
        "unit_price": "Price/PriceAmount",
        "base": "Price/BaseQuantity",
        "amount": "LineExtensionAmount",
    },
)
SYNTAXES = {
    "CrossIndustryInvoice": CII,
    "CrossIndustryDocument": CII,
    "Invoice": UBL,
    "CreditNote": UBL,
}
"""The syntax of a document by the name of its root."""


def name_of(node: Element) -> str:
    """The element's name without its namespace."""
    return str(node.tag).rpartition("}")[2]


def nodes(node: Element, path: str) -> Iterator[Element]:
    """The elements at a path of local names below *node*, in document order."""
    for place in path.split(","):
        found = [node]
        for step in place.split("/"):
            names = step.split("|")
            found = [child for one in found for child in one if name_of(child) in names]
        yield from found


def texts(node: Element, path: str) -> Iterator[str]:
    """What stands in the elements at *path*, white space folded, empty ones left out."""
    return (text for one in nodes(node, path) if (text := " ".join((one.text or "").split())))


def text(node: Element, path: str) -> str:
    """The first text at *path*, or nothing."""
    return next(texts(node, path), "")
