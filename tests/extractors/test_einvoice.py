import datetime as dt
import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reasons import Reason
from extractors import einvoice
from extractors.interface import ExtractionError, Kind

CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
    xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
    xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocument>
    <ram:ID>F-2026-17</ram:ID><ram:TypeCode>{code}</ram:TypeCode>
    <ram:IssueDateTime>
      <udt:DateTimeString format="102">20260305</udt:DateTimeString>
    </ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:SpecifiedTradeProduct><ram:Name>Olive  oil</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
        <ram:ChargeAmount>5.0000</ram:ChargeAmount>
      </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery>
        <ram:BilledQuantity unitCode="H87">20</ram:BilledQuantity>
      </ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>
        <ram:LineTotalAmount>{sign}100.00</ram:LineTotalAmount>
      </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:SpecifiedTradeProduct>
        <ram:Name>Thank you for your order</ram:Name>
      </ram:SpecifiedTradeProduct>
    </ram:IncludedSupplyChainTradeLineItem>
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty>
        <ram:Name>Contoso GmbH</ram:Name>
        <ram:PostalTradeAddress>
          <ram:PostcodeCode>12345</ram:PostcodeCode><ram:LineOne>Hauptstr. 1</ram:LineOne>
          <ram:CityName>Musterstadt</ram:CityName><ram:CountryID>DE</ram:CountryID>
        </ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration>
          <ram:ID schemeID="FC">12/345/67890</ram:ID>
        </ram:SpecifiedTaxRegistration>
        <ram:SpecifiedTaxRegistration>
          <ram:ID schemeID="VA">DE136695976</ram:ID>
        </ram:SpecifiedTaxRegistration>
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>Fabrikam AG</ram:Name></ram:BuyerTradeParty>
      <ram:BuyerOrderReferencedDocument>
        <ram:IssuerAssignedID>PO-9</ram:IssuerAssignedID>
      </ram:BuyerOrderReferencedDocument>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>
        <ram:IBANID>DE89 3704 0044 0532 0130 00</ram:IBANID>
      </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>
        <ram:IBANID>GB82WEST12345698765432</ram:IBANID>
      </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
      <ram:SpecifiedTradePaymentTerms>
        <ram:Description>30 days net</ram:Description>
        <ram:DueDateDateTime>
          <udt:DateTimeString format="102">20260404</udt:DateTimeString>
        </ram:DueDateDateTime>
      </ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:TaxBasisTotalAmount>{sign}100.00</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="USD">{sign}21.00</ram:TaxTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">{sign}19.00</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>{sign}{total}</ram:GrandTotalAmount>
        <ram:TotalPrepaidAmount>{sign}50.00</ram:TotalPrepaidAmount>
        <ram:DuePayableAmount>{sign}69.00</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>"""

FIRST_EDITION = (
    ("CrossIndustryInvoice:100", "CrossIndustryDocument:invoice:1p0"),
    ("CrossIndustryInvoice", "CrossIndustryDocument"),
    ("rsm:ExchangedDocument", "rsm:HeaderExchangedDocument"),
    ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
    ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
    ("SpecifiedLineTrade", "SpecifiedSupplyChainTrade"),
    ("SpecifiedTradeSettlementLineMonetary", "SpecifiedTradeSettlementMonetary"),
    ("SpecifiedTradeSettlementHeaderMonetary", "SpecifiedTradeSettlementMonetary"),
    ("IssuerAssignedID", "ID"),
)

UBL = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
    xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
    xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>F-2026-17</cbc:ID><cbc:IssueDate>2026-03-05</cbc:IssueDate>
  {due}<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:OrderReference><cbc:ID>PO-9</cbc:ID></cac:OrderReference>
  <cac:AccountingSupplierParty><cac:Party>
    <cac:PartyName><cbc:Name>Contoso</cbc:Name></cac:PartyName>
    <cac:PostalAddress>
      <cbc:StreetName>Hauptstr. 1</cbc:StreetName><cbc:CityName>Musterstadt</cbc:CityName>
      <cbc:PostalZone>12345</cbc:PostalZone>
      <cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country>
    </cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>12/345/67890</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyTaxScheme><cbc:CompanyID>DE136695976</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>Contoso GmbH</cbc:RegistrationName>
    </cac:PartyLegalEntity>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyLegalEntity>
      <cbc:RegistrationName>Fabrikam AG</cbc:RegistrationName>
    </cac:PartyLegalEntity>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:PaymentMeans>
    <cac:PayeeFinancialAccount><cbc:ID>DE89370400440532013000</cbc:ID></cac:PayeeFinancialAccount>
  </cac:PaymentMeans>
  <cac:PaymentTerms><cbc:Note>30 days net</cbc:Note></cac:PaymentTerms>
  <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">19.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal>
    <cbc:TaxExclusiveAmount currencyID="EUR">100.00</cbc:TaxExclusiveAmount>
    <cbc:TaxInclusiveAmount currencyID="EUR">119.00</cbc:TaxInclusiveAmount>
    <cbc:PrepaidAmount currencyID="EUR">50.00</cbc:PrepaidAmount>
    <cbc:PayableAmount currencyID="EUR">69.00</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
  <cac:{root}Line>
    <cbc:{quantity}>20</cbc:{quantity}><cbc:LineExtensionAmount>100.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Olive oil</cbc:Name></cac:Item>
    <cac:Price><cbc:PriceAmount>5.00</cbc:PriceAmount></cac:Price>
  </cac:{root}Line>
</{root}>"""

WANTED = {
    "vendor": "Contoso GmbH",
    "vendor_tax_id": "DE136695976",
    "buyer": "Fabrikam AG",
    "invoice_number": "F-2026-17",
    "date": dt.date(2026, 3, 5),
    "due_date": dt.date(2026, 4, 4),
    "po_number": "PO-9",
    "currency": "EUR",
    "net": Decimal("100.00"),
    "tax": Decimal("19.00"),
    "total": Decimal("119.00"),
    "iban": "DE89370400440532013000",
    "terms": "30 days net",
}


def cii(code: str = "380", sign: str = "", total: str = "119.00") -> bytes:
    return CII.format(code=code, sign=sign, total=total).encode()


def first_edition() -> bytes:
    text = cii().decode()
    for new, old in FIRST_EDITION:
        text = text.replace(new, old)
    return text.encode()


def ubl(root: str = "Invoice", code: str = "380") -> bytes:
    invoice = root == "Invoice"
    return UBL.format(
        root=root,
        code=code,
        due="<cbc:DueDate>2026-04-04</cbc:DueDate>" if invoice else "",
        quantity="InvoicedQuantity" if invoice else "CreditedQuantity",
    ).encode()


def read(xml: bytes) -> tuple[einvoice.Einvoice, dict[str, object]]:
    found = einvoice.find(xml)
    assert found is not None
    values: dict[str, object] = {}
    for one in found.fields:
        assert one.source == "xml"
        values.setdefault(one.name, one.value)
    return found, values


@pytest.mark.parametrize("xml", [cii(), first_edition(), ubl()], ids=["cii", "zugferd 1", "ubl"])
def test_every_field_of_the_contract_is_read_from_both_syntaxes(xml: bytes) -> None:
    found, values = read(xml)
    address = values.pop("vendor_address")
    assert values == WANTED
    assert str(address).startswith("Hauptstr. 1, 12345")
    assert (found.kind, found.problems) == (Kind.INVOICE, ())
    assert [(one.description, one.quantity, one.unit_price, one.amount) for one in found.lines] == [
        ("Olive oil", Decimal(20), Decimal(5), Decimal(100))
    ]


def test_a_second_bank_account_is_an_alternative() -> None:
    found, _ = read(cii())
    accounts = [one for one in found.fields if one.name == "iban"]
    assert [one.value for one in accounts] == ["DE89370400440532013000", "GB82WEST12345698765432"]
    assert accounts[0].confidence > accounts[1].confidence


@pytest.mark.parametrize(
    "xml",
    [cii("381"), cii("380", "-"), ubl("CreditNote", "381"), ubl("Invoice", "381")],
    ids=["381", "negative 380", "ubl credit note", "ubl 381"],
)
def test_what_reduces_the_debt_is_a_credit_note_with_positive_money(xml: bytes) -> None:
    found, values = read(xml)
    assert found.kind is Kind.CREDIT_NOTE
    assert [values[name] for name in ("net", "tax", "total")] == [100, 19, 119]
    assert found.lines[0].amount == 100
    assert found.problems == ()


def test_the_text_of_a_field_is_what_the_xml_says() -> None:
    found, _ = read(cii("380", "-"))
    texts = {one.name: one.text for one in reversed(found.fields)}
    assert (texts["total"], texts["date"]) == ("-119.00", "20260305")
    assert texts["iban"] == "DE89 3704 0044 0532 0130 00"


def test_a_tax_in_another_currency_is_not_taken_for_the_tax() -> None:
    xml = cii().replace(b'<ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>', b"")
    assert read(xml)[1]["tax"] == Decimal("19.00")


def test_a_credit_note_with_a_negative_total_is_a_question_for_a_person() -> None:
    found, values = read(cii("381", "-"))
    assert (found.kind, values["total"]) == (Kind.CREDIT_NOTE, 119)
    assert found.problems == (Reason.SIGN_MISMATCH,)


def test_sums_that_do_not_add_up_are_a_problem() -> None:
    assert read(cii(total="129.00"))[0].problems == (Reason.ARITHMETIC,)


def test_a_payment_that_no_prepayment_explains_is_a_problem() -> None:
    prepaid = re.compile(rb"\s*<ram:TotalPrepaidAmount>[^<]*</ram:TotalPrepaidAmount>")
    unexplained = prepaid.sub(b"", cii())
    assert unexplained != cii()
    assert read(unexplained)[0].problems == (Reason.ARITHMETIC,)
    assert read(unexplained.replace(b">69.00<", b">119.00<"))[0].problems == ()


def test_an_invoice_without_number_or_total_says_so() -> None:
    xml = cii().replace(b"<ram:ID>F-2026-17</ram:ID>", b"")
    assert read(xml)[0].problems == (Reason.FIELD_MISSING,)
    assert read(cii(total="119,00"))[0].problems == (Reason.FIELD_MISSING,)


def test_several_invoices_in_one_xml_are_refused() -> None:
    one = ubl().decode().partition("?>")[2]
    with pytest.raises(ExtractionError, match="holds 2 invoices") as refused:
        einvoice.find(f"<batch>{one}{one}</batch>".encode())
    assert refused.value.reason is Reason.SPLIT_UNCERTAIN


def test_blank_lines_before_the_declaration_do_no_harm() -> None:
    assert einvoice.find(b"\n  " + cii()) == einvoice.find(cii())


def test_an_invoice_in_an_envelope_is_found() -> None:
    inner = ubl().partition(b"?>")[2]
    _, values = read(
        b"<StandardBusinessDocument xmlns='urn:x'>" + inner + b"</StandardBusinessDocument>"
    )
    assert values["total"] == Decimal("119.00")


@pytest.mark.parametrize(
    "xml", [b"<html/>", b"<Invoice xmlns='urn:someone-elses'><ID>1</ID></Invoice>"]
)
def test_xml_that_is_no_invoice_gives_nothing(xml: bytes) -> None:
    assert einvoice.find(xml) is None


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"<Invoice>",
        b"\xff\xfe\x00",
        b"<?xml version='1.0' encoding='no-such-code'?><a/>",
        b"<!DOCTYPE a><a/>",
        b"<!DOCTYPE a [<!ENTITY b 'bbbb'>]><a>&b;</a>",
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
    ],
)
def test_broken_xml_and_xml_with_entities_is_unreadable(xml: bytes) -> None:
    with pytest.raises(ExtractionError) as raised:
        einvoice.find(xml)
    assert raised.value.reason is Reason.UNREADABLE


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(xml: bytes) -> None:
    with suppress(ExtractionError):
        assert einvoice.find(xml) is None


@given(at=st.integers(min_value=0, max_value=len(cii()) - 1), byte=st.integers(0, 255))
def test_an_invoice_with_a_damaged_byte_is_read_or_refused(at: int, byte: int) -> None:
    damaged = bytearray(cii())
    damaged[at] = byte
    with suppress(ExtractionError):
        found = einvoice.find(bytes(damaged))
        assert found is None or all(one.name for one in found.fields)


@pytest.mark.parametrize(
    "xml",
    [
        cii(code="325"),
        ubl().replace(b"<cbc:ID>", b"<cbc:CopyIndicator>true</cbc:CopyIndicator><cbc:ID>", 1),
        cii().replace(
            b"<rsm:ExchangedDocument>",
            b"<rsm:ExchangedDocumentContext><ram:TestIndicator><udt:Indicator>true</udt:Indicator>"
            b"</ram:TestIndicator></rsm:ExchangedDocumentContext><rsm:ExchangedDocument>",
            1,
        ),
    ],
    ids=["pro forma", "copy", "test"],
)
def test_what_asks_for_no_payment_is_a_question_for_a_person(xml: bytes) -> None:
    assert Reason.CLASS_UNCERTAIN in read(xml)[0].problems
