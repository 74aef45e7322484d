"""The people, firms and banks of the samples. All are invented.

Routing numbers begin with 1299: a well-formed number of the San Francisco district (its check digit
is right), but no office of the Federal Reserve has that symbol, so it can belong to no bank. IBANs
carry bank codes that are not given out, telephone numbers the 555-01 range that is kept for
fiction, mail addresses the domains of RFC 2606.
"""

from ingest.samples.facts import Bank, Party

US = Party(
    name="Larkfield Instruments Inc.",
    street="2200 Mill Pond Road",
    town="Larkfield, OH 45899",
    phone="(614) 555-0140",
    email="ap@larkfield.example.com",
    trade="Precision measuring equipment",
)
"""The company whose mailroom this is."""

GERMANY = Party(
    name="Larkfield Instruments GmbH",
    street="Am Lerchenfeld 12",
    town="97099 Neuhausen",
    country="DE",
    tax_id="DE900012347",
    email="rechnung@larkfield.example.com",
)
"""Its German daughter."""

BRIGHTWATER = Party(
    name="Brightwater Office Supply Co.",
    street="415 Canal Street",
    town="Tilden Falls, OH 44798",
    phone="(330) 555-0117",
    email="billing@brightwater.example.com",
    trade="Paper, toner and furniture since 1987",
)
TIDEMARK = Party(
    name="Tidemark Freight Lines LLC",
    street="88 Harbor Terminal Way",
    town="Port Ellery, MD 21999",
    phone="(410) 555-0162",
    email="accounts@tidemark.example.com",
    trade="Less-than-truckload and dedicated freight",
)
COPPERLEAF = Party(
    name="Copperleaf Industrial Gases Inc.",
    street="1700 Foundry Road",
    town="Ashgrove, PA 15399",
    phone="(724) 555-0108",
    email="ar@copperleaf.example.com",
    trade="Argon, nitrogen, helium and mixed gases",
)
QUILLHAVEN = Party(
    name="Quillhaven Software LLC",
    street="9 Lantern Court, Suite 300",
    town="Westbridge, MA 02799",
    phone="(617) 555-0135",
    email="billing@quillhaven.example.com",
    trade="Calibration records in the browser",
)
STONEBRIDGE = Party(
    name="Stonebridge Facility Services",
    street="640 Granite Avenue",
    town="Larkfield, OH 45899",
    phone="(614) 555-0171",
    email="office@stonebridge.example.com",
    trade="Cleaning, grounds and snow",
)
VANTREL = Party(
    name="Vantrel Global Business Register",
    street="PO Box 77120",
    town="Mirage City, NV 89699",
    phone="(702) 555-0199",
    email="renewals@vantrel.example.com",
    trade="International business directory",
)
AHORNBLATT = Party(
    name="Ahornblatt Werkzeugbau GmbH",
    street="Schmiedegasse 7",
    town="99099 Eichenrode",
    country="DE",
    tax_id="DE990000176",
    iban="DE46900000170012345678",
    phone="+49 30 5550 0142",
    email="rechnung@ahornblatt.example.com",
    trade="Vorrichtungen und Spannmittel",
)
LINDENHOF = Party(
    name="Lindenhof Elektronik GmbH",
    street="Gewerbepark Süd 31",
    town="98099 Birkenau am See",
    country="DE",
    tax_id="DE990000424",
    iban="DE78900000230044110077",
    phone="+49 30 5550 0177",
    email="buchhaltung@lindenhof.example.com",
    trade="Leiterplatten und Baugruppen",
)
NORDLICHT = Party(
    name="Nordlicht Messtechnik GmbH",
    street="Hafenstraße 104",
    town="96099 Seewarden",
    country="DE",
    tax_id="DE135792460",
    iban="DE39900000170098765432",
    phone="+49 30 5550 0163",
    email="info@nordlicht.example.com",
    trade="Sensoren und Kalibrierung",
)
OTHER_IBAN = "DE83900000230055551234"
"""An account that is nobody's in the ledger."""

VIEUX_PONT = Party(
    name="Papeterie du Vieux Pont SARL",
    street="14, rue des Tanneurs",
    town="99123 Montclair-sur-Ource",
    country="FR",
    tax_id="FR66999000011",
    iban="FR7699999000170001234567860",
    phone="+33 1 99 00 55 01",
    email="facturation@vieuxpont.example.com",
    trade="Fournitures de bureau",
)
ZEEWIND = Party(
    name="Zeewind Logistics B.V.",
    street="Dijkweg 55",
    town="9999 ZZ Oosterhaven",
    country="NL",
    tax_id="NL999000007B01",
    iban="NL13TEST0123456789",
    phone="+31 20 555 0123",
    email="billing@zeewind.example.com",
)
HARDWARE = Party(
    name="Mill Pond Hardware",
    street="37 Market Square",
    town="Larkfield, OH 45899",
    phone="(614) 555-0126",
)
DINER = Party(
    name="The Copper Kettle",
    street="210 Station Road",
    town="Larkfield, OH 45899",
    phone="(614) 555-0184",
)
MARLOW = Party(
    name="Marlow & Finch Architects",
    street="18 Observatory Hill",
    town="Westbridge, MA 02799",
    phone="(617) 555-0151",
)
WHITLOCK = Party(
    name="Dana R. Whitlock",
    street="5 Orchard Lane",
    town="Tilden Falls, OH 44798",
    phone="(330) 555-0193",
    email="dana.whitlock@example.com",
)
PEMBERTON = Party(
    name="Pemberton Valve Works",
    street="301 Quarry Street",
    town="Ashgrove, PA 15399",
    phone="(724) 555-0119",
    email="r.ellison@pemberton.example.com",
)

OUR_BANK = Bank(
    name="Larkfield Merchants Bank",
    town="Larkfield, OH",
    routing="129978411",
    fraction="90-7841/1299",
)
OUR_ACCOUNT = "4471880026"
COUNTY_BANK = Bank(
    name="Westbridge County Bank",
    town="Westbridge, MA",
    routing="129944160",
    fraction="90-4416/1299",
)
VALLEY_BANK = Bank(
    name="Tilden Valley Savings Bank",
    town="Tilden Falls, OH",
    routing="129960584",
    fraction="90-6058/1299",
)
