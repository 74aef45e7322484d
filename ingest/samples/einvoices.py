"""The same bills as XML: UN/CEFACT CII as Factur-X embeds it, and OASIS UBL 2.1 on its own."""

from html import escape

from ingest.samples.facts import Bill, Item, Party

PROFILE = "urn:cen.eu:en16931:2017"
"""The European core invoice, by which both syntaxes say what they follow."""

_CII_NAMES = (
    'xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" '
    'xmlns:ram="urn:un:unece:uncefact:data:standard:'
    'ReusableAggregateBusinessInformationEntity:100" '
    'xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"'
)
_UBL_NAMES = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def cii(bill: Bill) -> bytes:
    """The bill as a Cross Industry Invoice, type 380."""
    lines = "".join(_cii_line(place, item, bill) for place, item in enumerate(bill.items, 1))
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice {_CII_NAMES}>
<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
<ram:ID>{PROFILE}</ram:ID>
</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
<rsm:ExchangedDocument>
<ram:ID>{escape(bill.number)}</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime>{_cii_day(bill.date.strftime("%Y%m%d"))}</ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>{lines}
<ram:ApplicableHeaderTradeAgreement>
<ram:SellerTradeParty>{_cii_party(bill.seller)}</ram:SellerTradeParty>
<ram:BuyerTradeParty>{_cii_party(bill.buyer)}</ram:BuyerTradeParty>
<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>{escape(bill.po_number)}\
</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeDelivery/>
<ram:ApplicableHeaderTradeSettlement>{_cii_settlement(bill)}</ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""
    return text.encode()


def _cii_day(digits: str) -> str:
    return f'<udt:DateTimeString format="102">{digits}</udt:DateTimeString>'


def _cii_party(party: Party) -> str:
    town_code, _, town = party.town.partition(" ")
    return f"""
<ram:Name>{escape(party.name)}</ram:Name>
<ram:PostalTradeAddress><ram:PostcodeCode>{escape(town_code)}</ram:PostcodeCode>
<ram:LineOne>{escape(party.street)}</ram:LineOne><ram:CityName>{escape(town)}</ram:CityName>
<ram:CountryID>{party.country}</ram:CountryID></ram:PostalTradeAddress>
<ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{party.tax_id}</ram:ID>\
</ram:SpecifiedTaxRegistration>"""


def _cii_line(place: int, item: Item, bill: Bill) -> str:
    return f"""
<ram:IncludedSupplyChainTradeLineItem>
<ram:AssociatedDocumentLineDocument><ram:LineID>{place}</ram:LineID>\
</ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>{escape(item.description)}</ram:Name>\
</ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
<ram:ChargeAmount>{item.unit}</ram:ChargeAmount>
</ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">{item.quantity}\
</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement>
<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{bill.tax_rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>{item.amount}</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"""


def _cii_settlement(bill: Bill) -> str:
    return f"""
<ram:InvoiceCurrencyCode>{bill.currency}</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>
<ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{bill.seller.iban}</ram:IBANID>
</ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
<ram:ApplicableTradeTax><ram:CalculatedAmount>{bill.tax}</ram:CalculatedAmount>
<ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>{bill.net}</ram:BasisAmount>
<ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>{bill.tax_rate}</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>{_cii_day(bill.due.strftime("%Y%m%d"))}\
</ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation>
<ram:LineTotalAmount>{bill.net}</ram:LineTotalAmount>
<ram:TaxBasisTotalAmount>{bill.net}</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="{bill.currency}">{bill.tax}</ram:TaxTotalAmount>
<ram:GrandTotalAmount>{bill.total}</ram:GrandTotalAmount>
<ram:DuePayableAmount>{bill.total}</ram:DuePayableAmount>
</ram:SpecifiedTradeSettlementHeaderMonetarySummation>"""


def ubl(bill: Bill) -> bytes:
    """The bill as a UBL invoice, type 380."""
    lines = "".join(_ubl_line(place, item, bill) for place, item in enumerate(bill.items, 1))
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice {_UBL_NAMES}>
<cbc:CustomizationID>{PROFILE}</cbc:CustomizationID>
<cbc:ID>{escape(bill.number)}</cbc:ID>
<cbc:IssueDate>{bill.date}</cbc:IssueDate>
<cbc:DueDate>{bill.due}</cbc:DueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cbc:DocumentCurrencyCode>{bill.currency}</cbc:DocumentCurrencyCode>
<cac:OrderReference><cbc:ID>{escape(bill.po_number)}</cbc:ID></cac:OrderReference>
<cac:AccountingSupplierParty>{_ubl_party(bill.seller)}</cac:AccountingSupplierParty>
<cac:AccountingCustomerParty>{_ubl_party(bill.buyer)}</cac:AccountingCustomerParty>
<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>
<cac:PayeeFinancialAccount><cbc:ID>{bill.seller.iban}</cbc:ID></cac:PayeeFinancialAccount>
</cac:PaymentMeans>
<cac:TaxTotal>{_ubl_amount("TaxAmount", bill, str(bill.tax))}
<cac:TaxSubtotal>{_ubl_amount("TaxableAmount", bill, str(bill.net))}\
{_ubl_amount("TaxAmount", bill, str(bill.tax))}
<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{bill.tax_rate}</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:TaxCategory></cac:TaxSubtotal>
</cac:TaxTotal>
<cac:LegalMonetaryTotal>
{_ubl_amount("LineExtensionAmount", bill, str(bill.net))}
{_ubl_amount("TaxExclusiveAmount", bill, str(bill.net))}
{_ubl_amount("TaxInclusiveAmount", bill, str(bill.total))}
{_ubl_amount("PayableAmount", bill, str(bill.total))}
</cac:LegalMonetaryTotal>{lines}
</Invoice>
"""
    return text.encode()


def _ubl_amount(name: str, bill: Bill, amount: str) -> str:
    return f'<cbc:{name} currencyID="{bill.currency}">{amount}</cbc:{name}>'


def _ubl_party(party: Party) -> str:
    return f"""<cac:Party>
<cac:PartyName><cbc:Name>{escape(party.name)}</cbc:Name></cac:PartyName>
<cac:PostalAddress><cbc:StreetName>{escape(party.street)}</cbc:StreetName>
<cbc:CityName>{escape(party.town)}</cbc:CityName>
<cac:Country><cbc:IdentificationCode>{party.country}</cbc:IdentificationCode></cac:Country>
</cac:PostalAddress>
<cac:PartyTaxScheme><cbc:CompanyID>{party.tax_id}</cbc:CompanyID>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
<cac:PartyLegalEntity><cbc:RegistrationName>{escape(party.name)}</cbc:RegistrationName>
</cac:PartyLegalEntity></cac:Party>"""


def _ubl_line(place: int, item: Item, bill: Bill) -> str:
    return f"""
<cac:InvoiceLine><cbc:ID>{place}</cbc:ID>
<cbc:InvoicedQuantity unitCode="C62">{item.quantity}</cbc:InvoicedQuantity>
{_ubl_amount("LineExtensionAmount", bill, str(item.amount))}
<cac:Item><cbc:Name>{escape(item.description)}</cbc:Name>
<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>{bill.tax_rate}</cbc:Percent>
<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:ClassifiedTaxCategory></cac:Item>
<cac:Price>{_ubl_amount("PriceAmount", bill, str(item.unit))}</cac:Price>
</cac:InvoiceLine>"""
