"""Letters as offices of several countries lay them out, with and without a windowed envelope."""

import datetime as dt

import pytest

from extractors.finders import letter
from extractors.interface import Hints
from tests.extractors.typed import page

DIN = """
                                                             NORDLICHT VERLAG GMBH
                                                             Hafenweg 3, 20457 Hamburg

Nordlicht Verlag GmbH · Hafenweg 3 · 20457 Hamburg
Firma                                                        Ihr Zeichen: AB-1234
Bergmann Möbel KG                                            Unser Zeichen: mm-77120
Frau Jana Blau                                               Telefon: 040 123456
Lange Straße 12                                              Datum: 04.09.2025
70173 Stuttgart


Anzeigenvertrag 2026


Sehr geehrte Frau Blau,

vielen Dank für Ihre Nachricht. Wir melden uns in der nächsten Woche bei Ihnen
und senden Ihnen dann den Vertrag in zwei Exemplaren zu.

Mit freundlichen Grüßen

Otto Grün
Nordlicht Verlag GmbH
"""
ROW_OF_REFERENCES = """
ELBE LOGISTIK AG

Elbe Logistik AG, Kai 7, 01067 Dresden
Stadtwerke Görlitz
Postfach 11 22
02826 Görlitz

Ihr Zeichen                Unser Zeichen              Telefon              Datum
SG-4471                    EL-9920                    0351 4455            12. März 2026

Ihre Anfrage vom 3. März 2026

Sehr geehrte Damen und Herren,

wir danken Ihnen und antworten gern.

Freundliche Grüße

Petra Lang
"""
AMERICAN = """
                              PEMBERTON VALVE WORKS
                     1200 Foundry Road, Akron, OH 44301


September 4, 2025


Larkfield Instruments Inc.
Attn: Accounts Payable
88 Harbor Street
Boston, MA 02110

Re: Account No. 70-5521

Dear Sir or Madam:

Please send me a statement of my account for the last six months.

Sincerely,


Ruth Ellison
Controller
"""
FRENCH = """
Ateliers du Moulin SARL
14 rue des Lilas
69003 Lyon
                                                    Imprimerie Vasseur
                                                    Service comptabilité
                                                    3 place du Marché
                                                    75011 Paris

                                                    Lyon, le 4 septembre 2025

N/Réf. : AM-2025-118
Objet : Demande de duplicata

Madame, Monsieur,

Nous vous prions de bien vouloir nous adresser un duplicata.

Veuillez agréer, Madame, Monsieur, nos salutations distinguées.

Claire Dubois
"""
BRITISH = """
                                                    Thornbury & Sons Ltd
                                                    4 Mill Lane
                                                    Leeds LS1 4AB

                                                    4th September 2025
Our ref: TS/118/25

Harrow Printing Company
21 Station Road
York YO1 7HT

Dear Sirs

CHANGE OF OUR DELIVERY ADDRESS

Please note that from October we shall be at the address below.

Yours faithfully


Margaret Hill
"""
SPANISH = """
Talleres Moreno S.L.
Calle Mayor 8
28013 Madrid

Madrid, 4 de septiembre de 2025

Papelera del Norte S.A.
Avenida Central 20
48001 Bilbao

Asunto: Solicitud de copia

Estimados señores:

Les rogamos que nos envíen una copia.

Atentamente,

Lucía Moreno
"""
ITALIAN = """
Officine Ferri S.r.l.
Via Roma 5
20121 Milano

                                                    Spett.le
                                                    Cartiera Bianchi S.p.A.
                                                    Corso Italia 9
                                                    10121 Torino

Milano, 4 settembre 2025

Oggetto: Richiesta di duplicato

Gentile signora,

vi preghiamo di inviarci un duplicato.

Distinti saluti

Paolo Ferri
"""
PORTUGUESE = """
Oficinas Ferreira Lda
Rua das Flores 12
1200-192 Lisboa

Lisboa, 4 de setembro de 2025

Para: Gráfica do Sul
Assunto: Pedido de segunda via

Prezados senhores,

Pedimos que nos enviem uma segunda via.

Atenciosamente,

Ana Ferreira
"""
MALAY = """
Syarikat Jaya Sdn Bhd
12 Jalan Merdeka
50050 Kuala Lumpur

Rujukan Kami: SJ/118/25
Tarikh: 4 Julai 2025

Kepada: Percetakan Utama Sdn Bhd
Perkara: Permohonan salinan

Tuan/Puan,

Sila hantar salinan kepada kami.

Yang benar,

Aminah Hassan
"""
DUTCH = """
Drukkerij De Vries B.V.
Kade 4
1012 AB Amsterdam

Aan: Papierhandel Jansen
Datum: 4 september 2025
Onderwerp: Verzoek om kopie

Geachte heer Jansen,

graag ontvangen wij een kopie.

Met vriendelijke groet,

Sanne de Vries
"""
FAX = """
09/04/2025 10:32   FROM PEMBERTON VALVE   330-555-0144   P.01

                         FAX TRANSMISSION

TO: Dana Whitlock                       FROM: Ruth Ellison
COMPANY: Larkfield Instruments          PAGES: 3
FAX: (617) 555-0199                     DATE: 9/3/2025
RE: Corrected certificate

Please call if you do not receive all pages.
"""
MEMO = """
INTEROFFICE MEMORANDUM

TO:        S. P. Zolot
FROM:      R. W. Richardson
DATE:      Sept. 4, '25
SUBJECT:   Progress in the northern region after the second quarter, and what there is to
           do in the third

We are pleased to report that all goes well.
"""


PRINTED_MAIL = """
Von:       Petra Lang
Gesendet:  Montag, 4. September 2025 10:32
An:        Buchhaltung
Betreff:   Rückfrage

Guten Tag, wir melden uns morgen.
"""
FORM = """
DATE RECEIVED      9/6/2025
DATE
Sept. 4, 2025
TO                 Anna Miller
FROM               Paul Brown
SUBJECT            Travel
"""
LONG_SUBJECT = (
    "Progress in the northern region after the second quarter, and what there is to do in the third"
)


@pytest.mark.parametrize(
    ("text", "sender", "recipient", "day", "subject"),
    [
        (DIN, "Otto Grün", "Bergmann Möbel KG", dt.date(2025, 9, 4), "Anzeigenvertrag 2026"),
        (
            ROW_OF_REFERENCES,
            "Petra Lang",
            "Stadtwerke Görlitz",
            dt.date(2026, 3, 12),
            "Ihre Anfrage vom 3. März 2026",
        ),
        (
            AMERICAN,
            "Ruth Ellison",
            "Larkfield Instruments Inc.",
            dt.date(2025, 9, 4),
            "Account No. 70-5521",
        ),
        (
            FRENCH,
            "Claire Dubois",
            "Imprimerie Vasseur",
            dt.date(2025, 9, 4),
            "Demande de duplicata",
        ),
        (
            BRITISH,
            "Margaret Hill",
            "Harrow Printing Company",
            dt.date(2025, 9, 4),
            "CHANGE OF OUR DELIVERY ADDRESS",
        ),
        (
            SPANISH,
            "Lucía Moreno",
            "Papelera del Norte S.A.",
            dt.date(2025, 9, 4),
            "Solicitud de copia",
        ),
        (
            ITALIAN,
            "Paolo Ferri",
            "Cartiera Bianchi S.p.A.",
            dt.date(2025, 9, 4),
            "Richiesta di duplicato",
        ),
        (
            PORTUGUESE,
            "Ana Ferreira",
            "Gráfica do Sul",
            dt.date(2025, 9, 4),
            "Pedido de segunda via",
        ),
        (
            MALAY,
            "Aminah Hassan",
            "Percetakan Utama Sdn Bhd",
            dt.date(2025, 7, 4),
            "Permohonan salinan",
        ),
        (
            DUTCH,
            "Sanne de Vries",
            "Papierhandel Jansen",
            dt.date(2025, 9, 4),
            "Verzoek om kopie",
        ),
        (FAX, "Ruth Ellison", "Dana Whitlock", dt.date(2025, 9, 3), "Corrected certificate"),
        (
            MEMO,
            "R. W. Richardson",
            "S. P. Zolot",
            dt.date(2025, 9, 4),
            LONG_SUBJECT,
        ),
        (PRINTED_MAIL, "Petra Lang", "Buchhaltung", dt.date(2025, 9, 4), "Rückfrage"),
        (FORM, "Paul Brown", "Anna Miller", dt.date(2025, 9, 4), "Travel"),
    ],
    ids=[
        "din",
        "row of references",
        "american",
        "french",
        "british",
        "spanish",
        "italian",
        "portuguese",
        "malay",
        "dutch",
        "fax",
        "memo",
        "printed mail",
        "form",
    ],
)
def test_a_letter_is_read_as_its_country_lays_it_out(
    text: str, sender: str, recipient: str, day: dt.date, subject: str
) -> None:
    found = letter.find([page(text)], Hints())
    best: dict[str, object] = {}
    for one in sorted(found.fields, key=lambda one: -one.confidence):
        best.setdefault(one.name, one.value)
    assert {name: best.get(name) for name in ("sender", "recipient", "date", "subject")} == {
        "sender": sender,
        "recipient": recipient,
        "date": day,
        "subject": subject,
    }


@pytest.mark.parametrize(
    ("text", "references"),
    [
        (DIN, ("AB-1234", "mm-77120")),
        (ROW_OF_REFERENCES, ("SG-4471", "EL-9920")),
        (FRENCH, ("AM-2025-118",)),
        (BRITISH, ("TS/118/25",)),
        (MALAY, ("SJ/118/25",)),
    ],
    ids=["din", "row of references", "french", "british", "malay"],
)
def test_references_are_read_wherever_they_stand(text: str, references: tuple[str, ...]) -> None:
    found = {one.name: one.value for one in letter.find([page(text)], Hints()).fields}
    assert found["references"] == references
