"""The letters, emails and unreadable things of the scene."""

import datetime as dt
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

import numpy as np

from config.reasons import Reason
from extractors.interface import Kind
from ingest.samples import files, letters, parties, wear
from ingest.samples.facts import Party
from ingest.samples.ledger import account
from ingest.samples.letters import Letter
from ingest.samples.pen import Pen
from ingest.samples.sheet import LETTER, Sheet, pdf, picture
from ingest.samples.stage_bills import subscription
from ingest.samples.truth import Outcome, Paper, Planted

DPI = 200
ENVELOPE_DPI = 150

ACCOUNT = "70-5521"
"""Dana Whitlock's account with us."""

PASSWORD = "larkfield"  # noqa: S105 - nobody has to open that document
"""Opens the encrypted sample."""

_COMPLAINT = """\
I am writing to complain about the two bore gauges that you delivered last week under our order
77190. One arrived with a cracked dial, and the certificate in the box belongs to another
instrument.

This is the second time in three months that we have had to return goods. We are very dissatisfied,
and we expect a replacement or a full refund within ten days.

Until this is settled we will not pay the invoice in question.
"""
_REQUEST = """\
Please send me a statement of my account for the last six months. I have moved since the spring, and
I believe that two of your statements went to my old address.

Would you also change the address on the account to the one at the head of this letter?
"""
_QUESTION = """\
Good morning,

could you please tell me when our invoice PV-2291 over $1,912.00 will be paid? It was due
last week. If anything is missing, let me know and I will send it.

Thank you
Ruth Ellison
Pemberton Valve Works
"""


def papers(pen: Pen) -> tuple[Paper, ...]:
    """All of them, in the order of their arrival."""
    return (
        _complaint(pen),
        _request(pen),
        _returned(pen),
        _mail_with_invoice(pen),
        _question(pen),
    )


def unreadable(pen: Pen) -> tuple[Paper, ...]:
    """A blank page, an encrypted file and one with nothing in it."""
    return _blank(pen), _encrypted(), _empty()


def _letter_planted(file: str, plant: str, facts: Letter, reason: Reason) -> Planted:
    return Planted(
        file=file,
        plant=plant,
        kind=Kind.LETTER,
        outcome=Outcome.EXCEPTION,
        reason=reason,
        fields={
            "sender": facts.sender.name,
            "recipient": facts.recipient.name,
            "date": facts.date,
            "subject": facts.subject,
        },
    )


def _complaint(pen: Pen) -> Paper:
    facts = Letter(
        sender=parties.PEMBERTON,
        recipient=parties.US,
        date=pen.ago(3),
        subject="Complaint about our order 77190",
        greeting="To whom it may concern,",
        body=_COMPLAINT,
        signed="Ruth Ellison",
    )
    image = wear.crease(picture(letters.letter(facts), DPI), 0.345)
    scan = wear.flatbed(wear.crease(image, 0.67), pen.rng("complaint"), 0.5)
    file = "020-scan-pemberton.jpg"
    planted = _letter_planted(file, "a complaint", facts, Reason.COMPLAINT)
    return Paper(planted=planted, content=files.jpeg(scan, DPI))


def _request(pen: Pen) -> Paper:
    facts = Letter(
        sender=parties.WHITLOCK,
        recipient=parties.US,
        date=pen.ago(2),
        subject=f"Account No. {ACCOUNT}",
        greeting="Dear Accounts Department,",
        body=_REQUEST,
        signed="Dana R. Whitlock",
    )
    planted = _letter_planted(
        "021-letter-whitlock.pdf", "a request about an account", facts, Reason.NEEDS_ROUTING
    )
    planted = Planted(
        file=planted.file,
        plant=planted.plant,
        kind=planted.kind,
        outcome=planted.outcome,
        reason=planted.reason,
        fields={**planted.fields, "account_number": ACCOUNT},
    )
    content = pdf([letters.letter(facts, font="sans", columns=80)], title="Letter")
    record = account(pen, parties.WHITLOCK, ACCOUNT)
    return Paper(planted=planted, content=content, records=(record,))


def _returned(pen: Pen) -> Paper:
    label = ("NIXIE 430 DE 1", "RETURN TO SENDER", "ATTEMPTED - NOT KNOWN", "UNABLE TO FORWARD")
    gone = Party(
        name="Bellweather Laboratories", street="44 Assay Street", town="Mirage City, NV 89699"
    )
    image = picture(letters.returned(parties.US, gone, label), ENVELOPE_DPI)
    scan = wear.flatbed(image, pen.rng("envelope"), -0.4)
    planted = Planted(
        file="022-envelope.jpg",
        plant="our own letter came back",
        kind=Kind.LETTER,
        outcome=Outcome.EXCEPTION,
        reason=Reason.RETURN_TO_SENDER,
    )
    return Paper(planted=planted, content=files.jpeg(scan, ENVELOPE_DPI))


def _message(sender: tuple[str, Party], subject: str, date: dt.date, body: str) -> EmailMessage:
    name, party = sender
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name, addr_spec=party.email)
    message["To"] = Address("Accounts Payable", addr_spec=parties.US.email)
    message["Subject"] = subject
    message["Date"] = dt.datetime.combine(date, dt.time(9, 14), dt.UTC)
    message["Message-ID"] = f"<{date:%Y%m%d}.0914.{len(body)}@{party.email.partition('@')[2]}>"
    message.set_content(body)
    return message


def _mail_planted(file: str, plant: str, message: EmailMessage, date: dt.date) -> Planted:
    return Planted(
        file=file,
        plant=plant,
        kind=Kind.EMAIL,
        outcome=Outcome.EXCEPTION,
        reason=Reason.NEEDS_ROUTING,
        fields={
            "sender": tuple(one.addr_spec for one in message["From"].addresses),
            "recipient": tuple(one.addr_spec for one in message["To"].addresses),
            "subject": str(message["Subject"]),
            "date": date,
        },
    )


def _mail_with_invoice(pen: Pen) -> Paper:
    bill, invoice = subscription(pen)
    message = _message(
        ("Quillhaven Billing", parties.QUILLHAVEN),
        f"Invoice {bill.number}",
        bill.date,
        f"Hello,\n\nplease find attached our invoice {bill.number}.\n\nKind regards\n"
        "Quillhaven Billing\n",
    )
    name = invoice.planted.file
    message.add_attachment(invoice.content, maintype="application", subtype="pdf", filename=name)
    message.set_boundary(f"=_{pen.seed:08d}_{bill.number}")
    mail = _mail_planted("023-invoice.eml", "an invoice attached", message, bill.date)
    planted = Planted(
        file=mail.file,
        plant=mail.plant,
        kind=mail.kind,
        outcome=Outcome.SPLIT,
        fields=mail.fields,
        parts=(invoice.planted,),
    )
    return Paper(planted=planted, content=message.as_bytes(), records=invoice.records)


def _question(pen: Pen) -> Paper:
    date = pen.ago(1)
    message = _message(
        ("Ruth Ellison", parties.PEMBERTON),
        "When will you pay our invoice PV-2291?",
        date,
        _QUESTION,
    )
    planted = _mail_planted("024-question.eml", "a question", message, date)
    return Paper(planted=planted, content=message.as_bytes())


def _blank(pen: Pen) -> Paper:
    rng = pen.rng("blank")
    paper = np.full((round(LETTER[1] / 72 * DPI), round(LETTER[0] / 72 * DPI), 3), 252, np.uint8)
    scan = wear.dust(wear.grain(wear.uneven_light(paper, rng, 0.03), rng, 1.5), rng, specks=12)
    planted = Planted(
        file="027-scan.jpg",
        plant="a blank page",
        outcome=Outcome.EXCEPTION,
        reason=Reason.EMPTY_PAGE,
    )
    return Paper(planted=planted, content=files.jpeg(scan, DPI))


def _encrypted() -> Paper:
    sheet = Sheet(*LETTER)
    sheet.text(72, 90, "Confidential", font="sans bold", size=16)
    planted = Planted(
        file="028-confidential.pdf",
        plant="asks for a password",
        outcome=Outcome.QUARANTINED,
        reason=Reason.ENCRYPTED,
    )
    return Paper(planted=planted, content=pdf([sheet], password=PASSWORD))


def _empty() -> Paper:
    planted = Planted(
        file="029-scan.pdf",
        plant="an empty file",
        outcome=Outcome.QUARANTINED,
        reason=Reason.UNREADABLE,
    )
    return Paper(planted=planted, content=b"")
