"""Documents that cost milliseconds to read, one of each end, and the ledger that they need."""

import datetime as dt
import hashlib
import io
from decimal import Decimal
from email.message import EmailMessage

from extractors.separators import Ticket
from ingest.samples.einvoices import ubl
from ingest.samples.facts import Bill, Item, Party
from tests.extractors import stacks

DAY = dt.date(2026, 11, 2)
SELLER = Party(
    name="Nordwind Papier GmbH",
    street="Hafenstr. 4",
    town="20457 Hamburg",
    country="DE",
    tax_id="DE136695976",
    iban="DE89370400440532013000",
)
BUYER = Party(name="Harbour Works Ltd", street="1 Quay", town="20457 Hamburg", country="DE")
COLUMNS = (
    "record_id,direction,doc_type,party_name,number,doc_date,currency,amount,open_amount,status,"
    "party_iban"
)


def price(number: int) -> Decimal:
    """The net price of an invoice of that number, in EUR."""
    return Decimal(100 + number % 900) + Decimal(number % 97) / 100


def invoice(number: int) -> bytes:
    """An invoice as XML, `INV-<number>`, read without eyes."""
    return ubl(
        Bill(
            seller=SELLER,
            buyer=BUYER,
            number=f"INV-{number:06d}",
            date=DAY,
            due=DAY + dt.timedelta(days=30),
            currency="EUR",
            items=(Item(description="Paper", quantity=Decimal(1), unit=price(number)),),
        )
    )


def row(number: int, off: Decimal = Decimal(0), iban: str = "") -> str:
    """The ledger's line for that invoice; *off* is by how much its amount differs."""
    return (
        f"R{number:06d},AP,invoice,{SELLER.name},INV-{number:06d},{DAY},EUR,"
        f"{price(number) + off},{price(number) + off},open,{iban}"
    )


def ledger(*rows: str) -> bytes:
    """An export with these lines."""
    return "\n".join((COLUMNS, *rows, "")).encode()


def letter(number: int) -> bytes:
    """A plain letter: a case for a person, since nothing in the ledger fits it."""
    return (
        f"Harbour Works Ltd\n1 Quay\n20457 Hamburg\n\n2 November 2026\n\nDear Sir or Madam,\n\n"
        f"please note our new opening hours, notice {number}.\n\nYours faithfully,\nA. Person\n"
    ).encode()


def stack(number: int) -> bytes:
    """A PDF of two letters with a separator sheet between them, read without eyes."""
    letters = [letter(-number - side).decode().splitlines() for side in (0, 1)]
    return stacks.stacked(letters[0], stacks.SEPARATOR, letters[1])


def batch(number: int) -> bytes:
    """A PDF of a batch ticket and two letters: read before it is cut, without eyes."""
    letters = [letter(-number - side).decode().splitlines() for side in (0, 1)]
    ticket = Ticket(name=f"B{number}", count=2)
    return stacks.stacked(ticket, letters[0], stacks.SEPARATOR, letters[1])


def broken(number: int) -> bytes:
    """Bytes that are no document: quarantine."""
    return b"\x00\x01\x02" + hashlib.sha256(str(number).encode()).digest()


def mail(number: int, *attachments: bytes) -> bytes:
    """An email whose attachments are documents of their own."""
    message = EmailMessage()
    message["From"] = "sender@example.com"
    message["To"] = "mail@example.net"
    message["Subject"] = f"Documents {number}"
    message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0000"
    message["Message-ID"] = f"<{number}@example.com>"
    message.set_content(f"Please find our documents {number} attached.\n")
    for place, content in enumerate(attachments, start=1):
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=f"{place}.xml"
        )
    return bytes(message)


def picture(number: int, paper: tuple[int, int, int] = (255, 255, 255)) -> bytes:
    """A page image on paper of that colour, which `tests.crash.eyes` obeys."""
    from PIL import Image, ImageDraw, PngImagePlugin

    page = Image.new("RGB", (400, 520), paper)
    pen = ImageDraw.Draw(page)
    for line in range(40, 480, 40):
        pen.rectangle((40, line, 360, line + 8), fill=(0, 0, 0))
    own = PngImagePlugin.PngInfo()
    own.add_text("Number", str(number))
    file = io.BytesIO()
    page.save(file, "PNG", pnginfo=own)
    return file.getvalue()


DEADLY = (255, 150, 150)
SLOW = (150, 255, 150)
