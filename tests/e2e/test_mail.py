"""Letters and mail come to the person whom they concern, with the steps to take."""

from pathlib import Path

import pytest

from tests.e2e.shop import Shop, make
from tests.extractors.compound import file, message, nested, ole, recipient, text
from tests.extractors.finders.test_remittance import ENGLISH as ADVICE
from tests.extractors.test_kinds_of_mail import COMPLAINT, REMINDER
from tests.extractors.test_mail import BOUNCE, mail_showing, picture

INVOICE = b"""Pemberton Valve Works
INVOICE
Invoice no. PV-2291
Date: 2025-09-04
Total due USD 432.00
"""
ENVELOPE = b"""Nordlicht Verlag, Hafenweg 3, 20457 Hamburg

    Anna Muster
    Lange Str. 1

RETURN TO SENDER
ATTEMPTED NOT KNOWN
"""


def outlook_message() -> bytes:
    """An invoice and a passed-on complaint in one Outlook message that itself says nothing."""
    inner = message(text(0x0037, "Valves"), text(0x1000, "Two arrived damaged."), head=24)
    return ole(
        message(
            text(0x0037, "Invoice PV-2291"),
            text(0x1000, "Hello,\nplease find attached our invoice.\nKind regards\nRuth"),
            text(0x5D01, "ruth@pemberton.example"),
            people=[recipient("AP", "ap@larkfield.example")],
            files=[file("invoice.txt", INVOICE), nested("complaint", inner)],
        )
    )


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("mail")
    shop = make(folder / "workspace")
    for name, content in {
        "advice.txt": ADVICE.encode(),
        "bounce.eml": BOUNCE % b"failed",
        "complaint.txt": COMPLAINT.encode(),
        "envelope.txt": ENVELOPE,
        "logo.eml": mail_showing(picture(160, 60)),
        "message.msg": outlook_message(),
        "old.doc": ole({"WordDocument": b"x" * 5000}),
        "reminder.txt": REMINDER.encode(),
    }.items():
        source = folder / f"made-{name}"
        source.write_bytes(content)
        shop.drop(source, name)
    done = shop.call("run")
    assert done.returncode == 0, done.stderr
    return shop


def test_each_piece_comes_to_its_place_for_its_reason(worked: Shop) -> None:
    ends = {one["name"]: (one["kind"], one["state"], one["reasons"]) for one in worked.documents()}
    assert ends == {
        "advice.txt": ("remittance", "exception", ["needs_routing"]),
        "bounce.eml": ("email", "exception", ["return_to_sender"]),
        "complaint.txt": ("letter", "exception", ["complaint"]),
        "envelope.txt": ("letter", "exception", ["return_to_sender"]),
        "logo.eml": ("email", "exception", ["needs_routing"]),
        "message.msg": ("email", "split", []),
        "invoice.txt": ("invoice", "exception", ends["invoice.txt"][2]),
        "complaint.eml": ("email", "exception", ["complaint"]),
        "old.doc": (None, "quarantined", ["unsupported_type"]),
        "reminder.txt": ("letter", "exception", ["needs_routing"]),
    }


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("complaint.txt", "Send it to the person who answers complaints"),
        ("bounce.eml", "look for a newer address in the ledger"),
        ("envelope.txt", "look for a newer address in the ledger"),
    ],
)
def test_the_case_says_what_to_do(worked: Shop, name: str, step: str) -> None:
    [one] = (one for one in worked.documents() if one["name"] == name)
    assert step in ((worked.root / one["path"]).parent / "report.html").read_text()


def test_the_lines_of_a_payment_advice_are_in_its_case(worked: Shop) -> None:
    [advice] = (one for one in worked.documents() if one["kind"] == "remittance")
    report = (worked.root / Path(advice["path"]).parent / "report.json").read_text()
    assert "PV-2305" in report
    assert advice["fields"]["total"] == "2413.76"


def test_nothing_is_lost_and_the_message_rests_as_it_came(worked: Shop) -> None:
    assert worked.call("verify").returncode == 0
    assert outlook_message() in worked.originals("archive/originals")
