"""Invoices and credit notes on paper, in three hands: American, German and French."""

import datetime as dt
from collections.abc import Sequence

from ingest.samples.facts import Bill, Item, Party
from ingest.samples.sheet import A4, GREY, LETTER, WHITE, Colour, Sheet
from ingest.samples.speech import day, long_day, money, plain, priced

NAVY: Colour = (28, 54, 96)
GREEN: Colour = (24, 92, 72)
RUST: Colour = (150, 66, 34)
PALE: Colour = (232, 236, 242)

_LINES_A_PAGE = 18
"""Lines that fit on one page of the American layout."""


def american(bill: Bill, colour: Colour = NAVY) -> list[Sheet]:
    """A US letter with a coloured head, a box of particulars and a ruled table."""
    chunks = [
        bill.items[at : at + _LINES_A_PAGE] for at in range(0, len(bill.items), _LINES_A_PAGE)
    ]
    sheets = []
    for number, items in enumerate(chunks, start=1):
        sheet = Sheet(*LETTER)
        _american_head(sheet, bill, colour, f"Page {number} of {len(chunks)}")
        y = _american_table(sheet, items, colour)
        if number == len(chunks):
            _american_foot(sheet, bill, y)
        else:
            sheet.text(558, y + 16, "continued on next page", align="right", colour=GREY)
        sheets.append(sheet)
    return sheets


def _american_head(sheet: Sheet, bill: Bill, colour: Colour, page: str) -> None:
    seller, credit = bill.seller, bill.credit
    sheet.area(54, 44, 92, 82, colour)
    sheet.text(73, 72, seller.name[0], font="serif bold", size=26, align="centre", colour=WHITE)
    sheet.text(102, 60, seller.name, font="sans bold", size=14, colour=colour)
    sheet.text(102, 74, seller.trade, size=8.5, colour=GREY)
    sheet.block(54, 100, (seller.street, seller.town, seller.phone, seller.email), size=8.5)
    title = "CREDIT MEMO" if credit else "INVOICE"
    sheet.text(558, 64, title, font="sans bold", size=22, align="right", colour=colour)
    rows = [
        ("Credit Memo No." if credit else "Invoice No.", bill.number),
        ("Date" if credit else "Invoice Date", long_day(bill.date, "en")),
    ]
    if bill.po_number:
        rows.append(("PO Number", bill.po_number))
    if credit:
        rows.append(("Original Invoice", bill.refers_to))
    else:
        rows += [("Terms", bill.terms), ("Due Date", long_day(bill.due, "en"))]
    for place, (label, value) in enumerate(rows):
        y = 100 + place * 14
        sheet.text(360, y, label, font="sans bold", size=9)
        sheet.text(558, y, value, align="right", size=9)
    sheet.text(54, 176, "BILL TO", font="sans bold", size=8.5, colour=colour)
    to = bill.buyer
    sheet.block(54, 190, (to.name, "Accounts Payable", to.street, to.town))
    sheet.text(558, 760, page, size=8, align="right", colour=GREY)


def _american_table(sheet: Sheet, items: Sequence[Item], colour: Colour) -> float:
    top = 252.0
    sheet.area(54, top, 558, top + 18, colour)
    heads = (("Qty", 88, "right"), ("Description", 100, "left"), ("Unit Price", 470, "right"))
    for head, x, align in (*heads, ("Amount", 552, "right")):
        sheet.text(x, top + 12.5, head, font="sans bold", size=9, align=align, colour=WHITE)
    y = top + 34
    for item in items:
        sheet.text(88, y, plain(item.quantity, "en"), align="right", size=9)
        sheet.text(100, y, item.description, size=9)
        sheet.text(470, y, money(item.unit, "en"), align="right", size=9)
        sheet.text(552, y, money(item.amount, "en"), align="right", size=9)
        sheet.line(54, y + 5.5, 558, y + 5.5, 0.4, (190, 194, 200))
        y += 19
    return y


def _american_foot(sheet: Sheet, bill: Bill, y: float) -> None:
    rows = [("Subtotal", bill.net)]
    if bill.tax_rate:
        rows.append((f"Sales Tax ({plain(bill.tax_rate, 'en')}%)", bill.tax))
    for label, amount in rows:
        y += 15
        sheet.text(470, y, label, align="right", size=9)
        sheet.text(552, y, priced(amount, bill.currency, "en"), align="right", size=9)
    y += 24
    sheet.area(330, y - 15, 558, y + 7, PALE)
    label = "TOTAL CREDIT" if bill.credit else "TOTAL DUE"
    sheet.text(470, y, label, font="sans bold", size=11, align="right")
    total = priced(bill.total, bill.currency, "en")
    sheet.text(552, y, total, font="sans bold", size=11, align="right")
    words = (
        ("This credit has been applied to your account.",)
        if bill.credit
        else (
            f"Please make checks payable to {bill.seller.name}",
            f"and write {bill.number} on your check.",
            "Thank you for your business.",
        )
    )
    sheet.block(54, y + 40, words, size=8.5, colour=GREY)


def german(bill: Bill) -> list[Sheet]:
    """A letter after DIN 5008: address window left, particulars right, bank details at the foot."""
    sheet = Sheet(*A4)
    seller, to = bill.seller, bill.buyer
    sheet.text(538, 66, seller.name, font="sans bold", size=16, align="right", colour=GREEN)
    sheet.text(538, 80, seller.trade, size=8.5, align="right", colour=GREY)
    sender = f"{seller.name} · {seller.street} · {seller.town}"
    sheet.text(71, 134, sender, size=6.5, colour=GREY)
    sheet.line(71, 137, 300, 137, 0.3, GREY)
    sheet.block(71, 154, (to.name, "Buchhaltung", to.street, to.town), size=10)
    rows = [("Rechnungsnummer", bill.number), ("Rechnungsdatum", day(bill.date, "de"))]
    if bill.po_number:
        rows.append(("Ihre Bestellnummer", bill.po_number))
    rows += [("Leistungsdatum", day(bill.date, "de")), ("Ihre USt-IdNr.", to.tax_id)]
    for place, (label, value) in enumerate(rows):
        sheet.text(360, 154 + place * 14, label, size=9, colour=GREY)
        sheet.text(538, 154 + place * 14, value, size=9, align="right")
    sheet.text(71, 268, f"Rechnung Nr. {bill.number}", font="sans bold", size=13)
    sheet.block(
        71,
        290,
        (
            "Sehr geehrte Damen und Herren,",
            "für unsere Lieferungen und Leistungen berechnen wir Ihnen wie folgt:",
        ),
    )
    y = _german_table(sheet, bill)
    y = _german_sums(sheet, bill, y)
    sheet.block(
        71,
        y + 34,
        (*_german_terms(bill), "", "Mit freundlichen Grüßen", seller.name),
    )
    _german_foot(sheet, seller)
    return [sheet]


def _german_table(sheet: Sheet, bill: Bill) -> float:
    y = 330.0
    columns = (("Pos.", 71, "left"), ("Bezeichnung", 100, "left"), ("Menge", 362, "right"))
    for head, x, align in (*columns, ("Einzelpreis", 450, "right"), ("Gesamt", 538, "right")):
        sheet.text(x, y, head, font="sans bold", size=9, align=align)
    sheet.line(71, y + 4, 538, y + 4, 0.8)
    for place, item in enumerate(bill.items, start=1):
        y += 18
        sheet.text(71, y, str(place), size=9)
        sheet.text(100, y, item.description, size=9)
        sheet.text(362, y, plain(item.quantity, "de"), size=9, align="right")
        sheet.text(450, y, priced(item.unit, "EUR", "de"), size=9, align="right")
        sheet.text(538, y, priced(item.amount, "EUR", "de"), size=9, align="right")
    sheet.line(71, y + 6, 538, y + 6, 0.8)
    return y + 6


def _german_sums(sheet: Sheet, bill: Bill, y: float) -> float:
    rate = plain(bill.tax_rate, "de")
    for label, amount in (("Nettobetrag", bill.net), (f"zzgl. {rate} % USt.", bill.tax)):
        y += 16
        sheet.text(360, y, label)
        sheet.text(538, y, priced(amount, "EUR", "de"), align="right")
    y += 19
    sheet.text(360, y, "Rechnungsbetrag", font="sans bold", size=10.5)
    total = priced(bill.total, "EUR", "de")
    sheet.text(538, y, total, font="sans bold", size=10.5, align="right")
    sheet.line(360, y + 4, 538, y + 4, 0.6)
    sheet.line(360, y + 6, 538, y + 6, 0.6)
    return y


def _german_terms(bill: Bill) -> tuple[str, ...]:
    due = f"Zahlbar ohne Abzug bis zum {day(bill.due, 'de')}."
    if not bill.terms:
        return (due,)
    early = bill.date + dt.timedelta(days=10)
    return (f"Bei Zahlung bis zum {day(early, 'de')} gewähren wir {bill.terms}.", due)


def _german_foot(sheet: Sheet, seller: Party) -> None:
    sheet.line(71, 778, 538, 778, 0.3, GREY)
    columns = (
        (71, (seller.name, seller.street, seller.town)),
        (230, (f"Telefon {seller.phone}", seller.email, f"USt-IdNr. {seller.tax_id}")),
        (400, ("Musterbank Nord", "IBAN", spaced(seller.iban))),
    )
    for x, lines in columns:
        sheet.block(x, 790, lines, size=7, leading=9, colour=GREY)


def french(bill: Bill) -> list[Sheet]:
    """A serif page with the customer on the right and the sums in a frame."""
    sheet = Sheet(*A4)
    seller, to = bill.seller, bill.buyer
    sheet.text(57, 70, seller.name, font="serif bold", size=17, colour=RUST)
    sheet.block(
        57,
        86,
        (seller.trade, seller.street, seller.town, f"Tél. {seller.phone}"),
        font="serif",
        size=9.5,
    )
    sheet.text(57, 136, f"N° TVA : {seller.tax_id}", font="serif", size=9.5)
    sheet.text(538, 70, "FACTURE", font="serif bold", size=20, align="right")
    rows = (
        ("Facture n°", bill.number),
        ("Date de facture", day(bill.date, "fr")),
        ("Votre commande", bill.po_number),
        ("Date d'échéance", day(bill.due, "fr")),
    )
    for place, (label, value) in enumerate(rows):
        sheet.text(360, 96 + place * 14, f"{label} :", font="serif", size=10)
        sheet.text(538, 96 + place * 14, value, font="serif bold", size=10, align="right")
    sheet.frame(330, 172, 538, 242, 0.5)
    sheet.text(340, 188, "Facturé à :", font="serif", size=9, colour=GREY)
    sheet.block(340, 203, (to.name, to.street, to.town), font="serif", size=10.5)
    y = _french_table(sheet, bill)
    _french_sums(sheet, bill, y)
    return [sheet]


def _french_table(sheet: Sheet, bill: Bill) -> float:
    y = 290.0
    sheet.area(57, y - 13, 538, y + 5, PALE)
    columns = (("Désignation", 62, "left"), ("Qté", 350, "right"), ("P.U. HT", 440, "right"))
    for head, x, align in (*columns, ("Montant HT", 533, "right")):
        sheet.text(x, y, head, font="serif bold", size=10, align=align)
    for item in bill.items:
        y += 19
        sheet.text(62, y, item.description, font="serif", size=10)
        sheet.text(350, y, plain(item.quantity, "fr"), font="serif", size=10, align="right")
        sheet.text(440, y, money(item.unit, "fr"), font="serif", size=10, align="right")
        sheet.text(533, y, money(item.amount, "fr"), font="serif", size=10, align="right")
    sheet.line(57, y + 7, 538, y + 7, 0.5)
    return y + 24


def _french_sums(sheet: Sheet, bill: Bill, y: float) -> None:
    rate = plain(bill.tax_rate, "fr")
    rows = (
        ("Total HT", bill.net, "serif"),
        (f"TVA {rate} %", bill.tax, "serif"),
        ("Total TTC", bill.total, "serif bold"),
    )
    sheet.frame(350, y - 4, 538, y + 60, 0.5)
    for place, (label, amount, font) in enumerate(rows):
        at = y + 12 + place * 19
        sheet.text(360, at, label, font=font, size=11)
        sheet.text(530, at, priced(amount, "EUR", "fr"), font=font, size=11, align="right")
    sheet.block(
        57,
        y + 110,
        (
            f"Règlement par virement à réception, au plus tard le {long_day(bill.due, 'fr')}.",
            f"IBAN : {spaced(bill.seller.iban)}",
            "Pas d'escompte pour paiement anticipé. En cas de retard, indemnité",
            "forfaitaire pour frais de recouvrement : 40 €.",
        ),
        font="serif",
        size=10,
    )


def spaced(iban: str) -> str:
    """In groups of four, as it is printed."""
    return " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
