"""Each profile of CII and UBL says what its fields are; BT-numbers are those of EN 16931-1."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from config.reasons import Reason
from extractors import einvoice, embedded
from extractors.interface import Box, Document, Extraction, Field, Kind, LineItem, Page, Word

RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
CII = """<{p}:CrossIndustryInvoice
  xmlns:{p}="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns="{ram}" xmlns:t="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<{p}:ExchangedDocument><ID>Q-77</ID><TypeCode>{code}</TypeCode>
<IssueDateTime><t:DateTimeString format="102">20260305</t:DateTimeString></IssueDateTime>
</{p}:ExchangedDocument>
<{p}:SupplyChainTradeTransaction>{lines}
<ApplicableHeaderTradeAgreement>
<SellerTradeParty><Name>Halde &amp; Söhne KG</Name>{seller}</SellerTradeParty>
<BuyerTradeParty><Name>Amt Nord</Name></BuyerTradeParty>{order}
</ApplicableHeaderTradeAgreement>
<ApplicableHeaderTradeSettlement><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>{payment}
<SpecifiedTradeSettlementHeaderMonetarySummation>{sums}
</SpecifiedTradeSettlementHeaderMonetarySummation></ApplicableHeaderTradeSettlement>
</{p}:SupplyChainTradeTransaction></{p}:CrossIndustryInvoice>"""

ADDRESS = (  # BT-35, BT-38, BT-37, BT-40
    "<PostalTradeAddress><PostcodeCode>24103</PostcodeCode><LineOne>Werft 2</LineOne>"
    "<CityName>Kiel</CityName><CountryID>DE</CountryID></PostalTradeAddress>"
)
NATIONAL = (  # BT-32: no VAT number, but the one of the tax office
    '<SpecifiedTaxRegistration><ID schemeID="FC">19/815/08150</ID></SpecifiedTaxRegistration>'
)
TRADING = (  # BT-28
    "<SpecifiedLegalOrganization><TradingBusinessName>Haldes Hafenladen</TradingBusinessName>"
    "</SpecifiedLegalOrganization>"
)
ORDER = (  # BT-13
    "<BuyerOrderReferencedDocument><IssuerAssignedID>B-5</IssuerAssignedID>"
    "</BuyerOrderReferencedDocument>"
)
TERMS = (  # BT-20, BT-9: two instalments
    "<SpecifiedTradePaymentTerms><Description>in two parts</Description><DueDateDateTime>"
    '<t:DateTimeString format="102">20260404</t:DateTimeString></DueDateDateTime>'
    "</SpecifiedTradePaymentTerms><SpecifiedTradePaymentTerms><DueDateDateTime>"
    '<t:DateTimeString format="102">20260504</t:DateTimeString></DueDateDateTime>'
    "</SpecifiedTradePaymentTerms>"
)
MINIMUM = """<TaxBasisTotalAmount>100.00</TaxBasisTotalAmount>
<TaxTotalAmount currencyID="EUR">19.00</TaxTotalAmount><GrandTotalAmount>119.00</GrandTotalAmount>
<DuePayableAmount>69.00</DuePayableAmount>"""
FULL = """<LineTotalAmount>98.00</LineTotalAmount><ChargeTotalAmount>5.00</ChargeTotalAmount>
<AllowanceTotalAmount>3.00</AllowanceTotalAmount><TaxBasisTotalAmount>100.00</TaxBasisTotalAmount>
<TaxTotalAmount currencyID="SEK">210.00</TaxTotalAmount>
<TaxTotalAmount currencyID="EUR">19.00</TaxTotalAmount><RoundingAmount>0.02</RoundingAmount>
<GrandTotalAmount>119.00</GrandTotalAmount><TotalPrepaidAmount>50.00</TotalPrepaidAmount>
<DuePayableAmount>69.02</DuePayableAmount>"""


def line(price: str, base: str, quantity: str, amount: str, *, status: str = "") -> str:
    """BT-153, BT-146, BT-149, BT-129, BT-131, and the status of a line of EXTENDED."""
    return (
        f"<IncludedSupplyChainTradeLineItem><AssociatedDocumentLineDocument>"
        f"<LineStatusReasonCode>{status}</LineStatusReasonCode></AssociatedDocumentLineDocument>"
        f"<SpecifiedTradeProduct><Name>Rope</Name></SpecifiedTradeProduct>"
        f"<SpecifiedLineTradeAgreement>{ORDER}<NetPriceProductTradePrice>"
        f"<ChargeAmount>{price}</ChargeAmount><BasisQuantity>{base}</BasisQuantity>"
        f"</NetPriceProductTradePrice></SpecifiedLineTradeAgreement>"
        f"<SpecifiedLineTradeDelivery><BilledQuantity>{quantity}</BilledQuantity>"
        f"</SpecifiedLineTradeDelivery><SpecifiedLineTradeSettlement>"
        f"<SpecifiedTradeSettlementLineMonetarySummation><LineTotalAmount>{amount}"
        f"</LineTotalAmount></SpecifiedTradeSettlementLineMonetarySummation>"
        f"</SpecifiedLineTradeSettlement></IncludedSupplyChainTradeLineItem>"
    )


def cii(sums: str = FULL, *, code: str = "380", prefix: str = "x", **parts: str) -> bytes:
    filled = {"lines": "", "seller": "", "order": "", "payment": "", **parts}
    return CII.format(p=prefix, ram=RAM, code=code, sums=sums, **filled).encode()


def account(number: str, kind: str) -> str:
    """BT-84 as an IBAN or as the bank's own number."""
    return (
        "<SpecifiedTradeSettlementPaymentMeans><PayeePartyCreditorFinancialAccount>"
        f"<{kind}>{number}</{kind}></PayeePartyCreditorFinancialAccount>"
        "</SpecifiedTradeSettlementPaymentMeans>"
    )


def read(xml: bytes) -> einvoice.Einvoice:
    found = einvoice.find(xml)
    assert found is not None
    return found


def values(found: einvoice.Einvoice, name: str) -> list[object]:
    return [one.value for one in found.fields if one.name == name]


def test_minimum_says_parties_day_and_sums_but_not_what_was_prepaid() -> None:
    found = read(cii(MINIMUM, order=ORDER))

    assert values(found, "vendor") == ["Halde & Söhne KG"]
    assert values(found, "buyer") == ["Amt Nord"]
    assert values(found, "po_number") == ["B-5"]
    assert values(found, "date") == [dt.date(2026, 3, 5)]
    assert [values(found, one) for one in ("net", "tax", "total")] == [[100], [19], [119]]
    assert (found.lines, found.problems) == ((), ())


def test_basic_without_lines_adds_address_tax_number_and_account() -> None:
    iban = account("DE89 3704 0044 0532 0130 00", "IBANID")
    found = read(cii(seller=ADDRESS + NATIONAL, payment=iban + TERMS))

    assert values(found, "vendor_address") == ["Werft 2, 24103, Kiel, DE"]
    assert values(found, "vendor_tax_id") == ["19/815/08150"]
    assert values(found, "iban") == ["DE89370400440532013000"]
    assert values(found, "terms") == ["in two parts"]
    assert values(found, "due_date") == [dt.date(2026, 4, 4), dt.date(2026, 5, 4)]
    assert found.problems == ()


def test_a_price_for_a_hundred_is_a_price_for_one() -> None:
    found = read(cii(lines=line("5.00", "100", "1960", "98.00")))

    assert [(one.quantity, one.unit_price, one.amount) for one in found.lines] == [
        (Decimal(1960), Decimal("0.05"), Decimal("98.00"))
    ]
    assert values(found, "po_number") == ["B-5"]  # all lines name one order, the head none
    assert found.problems == ()


def test_lines_of_extended_that_sum_up_others_are_left_out() -> None:
    lines = line("49.00", "1", "2", "98.00", status="GROUP") + 2 * line("49", "1", "1", "49.00")
    found = read(cii(lines=lines))

    assert [one.amount for one in found.lines] == [49, 49]
    assert found.problems == ()


def test_a_rounded_total_and_a_trading_name_are_alternatives() -> None:
    found = read(cii(seller=TRADING))

    assert values(found, "total") == [Decimal("119.00"), Decimal("119.02")]
    assert values(found, "vendor") == ["Halde & Söhne KG", "Haldes Hafenladen"]
    doubtful = [one for one in found.fields if one.confidence < 0.9]
    assert [one.name for one in doubtful] == ["vendor", "total"]


@pytest.mark.parametrize(
    "wrong",
    [
        FULL.replace("98.00", "97.00"),
        FULL.replace("5.00<", "6.00<", 1),
        FULL.replace("69.02", "79.02"),
    ],
    ids=["lines", "charges", "payment"],
)
def test_sums_that_contradict_each_other_are_a_problem(wrong: str) -> None:
    lines = line("98.00", "1", "1", "98.00")
    assert read(cii(wrong, lines=lines)).problems == (Reason.ARITHMETIC,)


@pytest.mark.parametrize("code", ["380", "384", "389", "326", "386", "71", "575"])
def test_partial_corrected_and_self_billed_invoices_ask_for_money(code: str) -> None:
    found = read(cii(code=code))
    assert (found.kind, found.problems) == (Kind.INVOICE, ())


@pytest.mark.parametrize("code", ["381", "261", "396", "532"])
def test_credit_notes_of_every_code_are_known(code: str) -> None:
    assert read(cii(code=code)).kind is Kind.CREDIT_NOTE


def test_a_turned_line_still_multiplies() -> None:
    minus = FULL.replace(">", ">-").replace("-<", "<").replace("-\n", "\n")
    found = read(cii(minus.rstrip("-"), lines=line("49.00", "1", "-2", "-98.00")))

    assert (found.kind, found.problems) == (Kind.CREDIT_NOTE, ())
    assert found.lines == (LineItem(
        description="Rope", quantity=Decimal(2), unit_price=Decimal("49.00"),
        amount=Decimal("98.00"),
    ),)  # fmt: skip


@pytest.mark.parametrize("prefix", ["rsm", "ns0", "CII"])
def test_prefixes_do_not_matter(prefix: str) -> None:
    assert values(read(cii(prefix=prefix)), "invoice_number") == ["Q-77"]


UBL = """<u:{root} xmlns:u="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
  xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
<ID>Q-77</ID><IssueDate>2026-03-05+01:00</IssueDate><DocumentCurrencyCode>EUR</DocumentCurrencyCode>
<a:OrderReference><ID>NA</ID></a:OrderReference>
<a:PaymentMeans><PaymentDueDate>2026-04-04</PaymentDueDate>
<a:PayeeFinancialAccount><ID>{account}</ID></a:PayeeFinancialAccount></a:PaymentMeans>
{taxes}<a:LegalMonetaryTotal>{sums}</a:LegalMonetaryTotal></u:{root}>"""
TAX = '<a:TaxTotal><TaxAmount currencyID="EUR">{}</TaxAmount></a:TaxTotal>'


def ubl(
    sums: str, *, root: str = "Invoice", account: str = "12345678", tax: str = "19.00"
) -> bytes:
    taxes = "".join(TAX.format(one) for one in tax.split())
    return UBL.format(root=root, account=account, taxes=taxes, sums=sums).encode()


def test_ubl_may_say_only_what_is_payable() -> None:
    found = read(ubl("<PrepaidAmount>50.00</PrepaidAmount><PayableAmount>69.00</PayableAmount>"))

    assert [values(found, one) for one in ("net", "tax", "total")] == [[100], [19], [119]]
    assert values(found, "due_date") == [dt.date(2026, 4, 4)]
    assert values(found, "po_number") == []  # "NA" is no order


def test_taxes_of_several_kinds_are_added_where_they_make_up_the_total() -> None:
    net, total = "<TaxExclusiveAmount>100.00<", "<TaxInclusiveAmount>125.00<"
    sums = f"{net}/TaxExclusiveAmount>{total}/TaxInclusiveAmount>"
    assert values(read(ubl(sums, tax="19.00 6.00")), "tax") == [25]


def test_an_account_without_iban_is_not_taken_for_one() -> None:
    found = read(ubl("<PayableAmount>119.00</PayableAmount>", root="CreditNote"))

    assert (values(found, "iban"), found.accounts) == ([], ("12345678",))
    assert found.kind is Kind.CREDIT_NOTE


def shown(text: str, *fields: Field, sure: float = 0.99) -> Extraction:
    words = tuple(
        Word(word, Box(100 * place, 10, 100 * place + 90, 34))
        for place, word in enumerate(text.split())
    )
    page = Page(number=1, width=1653, height=2339, words=words, source="text_layer")
    return Extraction(
        document=Document.__new__(Document),
        kind=Kind.INVOICE,
        kind_confidence=sure,
        pages=(page,),
        fields=fields,
    )


def field(name: str, value: str | Decimal | dt.date, confidence: float = 0.95) -> Field:
    return Field(name=name, value=value, text=str(value), confidence=confidence)


IBAN = "GB33BUKB20201555555555"


@pytest.mark.parametrize(("number", "differs"), [("55555555", False), ("12345678", True)])
def test_an_account_without_iban_is_looked_for_in_that_of_the_page(
    number: str, differs: bool
) -> None:
    found = embedded.led(
        shown("", field("iban", IBAN)), [ubl("<PayableAmount>119</PayableAmount>", account=number)]
    )

    iban = found.get("iban")
    assert iban is not None
    assert (iban.confidence < 0.5) is differs
    assert (Reason.LOW_CONFIDENCE in found.problems) is differs


@pytest.mark.parametrize(
    ("text", "sureness", "differs"),
    [("Net 90.00", 0.95, True), ("Net 90.00 100,00", 0.95, False), ("Net 90.00", 0.6, False)],
    ids=["shown nowhere", "shown elsewhere", "hardly read"],
)
def test_a_net_amount_differs_where_the_page_shows_it_nowhere(
    text: str, sureness: float, differs: bool
) -> None:
    page = shown(text, field("net", Decimal("90.00"), sureness))
    found = embedded.led(page, [cii(MINIMUM)])

    assert len(found.readings("net")) == (2 if differs else 1)
    assert (Reason.LOW_CONFIDENCE in found.problems) is differs


@pytest.mark.parametrize(("sure", "doubts"), [(0.99, ()), (0.5, (Reason.CLASS_UNCERTAIN,))])
def test_a_booking_aid_needs_a_page_that_is_an_invoice(
    sure: float, doubts: tuple[Reason, ...]
) -> None:
    aid = cii(MINIMUM, code="751")
    invoice = read(aid)

    assert embedded.led(shown("Invoice", sure=sure), [aid]).problems == doubts
    assert embedded.alone(shown(""), invoice).problems == (Reason.CLASS_UNCERTAIN,)


def test_of_several_xml_files_the_first_invoice_leads() -> None:
    found = embedded.led(shown(""), [b"<order/>", b"<broken", cii(MINIMUM)])

    number = found.get("invoice_number")
    assert number is not None
    assert (number.value, found.problems) == ("Q-77", ())
    assert embedded.led(shown(""), [b"<order/>", b"<broken"]).problems == (Reason.LOW_CONFIDENCE,)


def test_invoices_with_different_numbers_in_one_file_are_a_question_for_a_person() -> None:
    one = cii(MINIMUM)
    other = one.replace(b"Q-77", b"Q-78")
    assert other != one
    assert embedded.led(shown(""), [one, one]).problems == ()
    assert embedded.led(shown(""), [one, other]).problems == (Reason.SPLIT_UNCERTAIN,)


def test_what_is_wrong_with_the_pages_stays_a_finding_beside_their_xml() -> None:
    wrong = (Reason.SPLIT_UNCERTAIN, Reason.BARCODE_CONFLICT)
    page = replace(shown(""), problems=(*wrong, Reason.FIELD_MISSING))
    assert embedded.led(page, [cii(MINIMUM)]).problems == wrong
