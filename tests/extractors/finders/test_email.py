"""An email gives its headers, what its text mentions, and where it must go."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reasons import Reason
from extractors.finders import email, mentions
from extractors.interface import Findings, Hints
from extractors.mail import open_mail

HEAD = (
    b"From: Anna <anna@example.com>\nTo: ap@example.org\nSubject: Account\n"
    b"Date: Mon, 1 Jun 2026 10:00:00 +0200\n\n"
)


def values(found: Findings) -> dict[str, object]:
    return {one.name: one.value for one in found.fields}


def test_headers_become_fields_as_the_contract_names_them() -> None:
    found = values(email.find_mail(open_mail(HEAD + b"hello")))
    assert found == {
        "sender": ("anna@example.com",),
        "recipient": ("ap@example.org",),
        "subject": "Account",
        "date": dt.date(2026, 6, 1),
    }


def test_numbers_and_money_in_the_text_are_kept_for_routing() -> None:
    body = b"Invoice no. INV-2026/0012 over EUR 1.234,50, your account number: 884422-1.\n"
    found = values(email.find_mail(open_mail(HEAD + body)))
    assert found["references"] == ("INV-2026/0012",)
    assert found["amounts"] == ("1234.50",)
    assert found["account_number"] == "884422-1"


def test_mail_that_is_not_understood_needs_routing() -> None:
    assert email.find_mail(open_mail(HEAD + b"See you")).problems == (Reason.NEEDS_ROUTING,)
    assert email.find_mail(open_mail(b"")).problems == (Reason.NEEDS_ROUTING,)


def test_a_complaint_goes_to_who_hears_complaints() -> None:
    for body in (b"Two lamps arrived damaged.", "Wir möchten reklamieren.".encode()):
        assert email.find_mail(open_mail(HEAD + body)).problems == (Reason.COMPLAINT,)


def test_a_bounce_is_returned_mail() -> None:
    data = HEAD.replace(b"Account", b"Undelivered Mail Returned to Sender") + b"x"
    assert email.find_mail(open_mail(data)).problems == (Reason.RETURN_TO_SENDER,)


def test_a_payment_advice_that_says_what_was_paid_needs_nobody_to_route_it() -> None:
    body = b"Remittance advice: invoice INV-20012, 99.00 EUR\n"
    assert email.find_mail(open_mail(HEAD + body)).problems == ()


def test_bare_text_gives_what_it_mentions() -> None:
    found = email.find((), Hints(text="Rechnung Nr. 2026-114: 19,90 EUR"))
    assert values(found) == {"references": ("2026-114",), "amounts": ("19.90",)}


def test_a_year_or_a_page_is_no_reference() -> None:
    assert mentions.references("your order of May, invoice a copy, reference 7") == ()
    assert mentions.amounts("we met 12 people in 2026") == ()


@given(st.text(max_size=200))
def test_no_text_raises_and_places_hold_their_values(text: str) -> None:
    for one in mentions.references(text) + mentions.accounts(text):
        assert " ".join(text[one.start : one.end].split()) == one.value
    mentions.amounts(text)


ADVICE = """Dear Sirs,

Remittance advice: we have paid the following invoices.

Invoice no.    Invoice date    Gross amount    Discount    Amount paid
PV-2291        08/01/2025      1,912.00        38.24       1,873.76
PV-2305        08/12/2025      640.00          0.00        640.00

Total paid USD 2,513.76
"""
CELLS = [
    ("Invoice no.", "Invoice date", "Gross amount", "Discount", "Amount paid"),
    ("PV-2291", "08/01/2025", "1,912.00", "38.24", "1,873.76"),
    ("PV-2305", "08/12/2025", "640.00", "0.00", "640.00"),
]
TABBED = "Remittance advice\n\n" + "\n".join("\t".join(row) for row in CELLS)


def in_html(cell: str) -> str:
    rows = ("".join(cell.format(one) for one in row) for row in CELLS)
    table = "".join(f"<tr>\n  {row}\n</tr>" for row in rows)
    return f"<html><body><p>Remittance advice</p><table>{table}</table><p>Regards</p></body></html>"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("plain", ADVICE),
        ("plain", TABBED),
        ("html", in_html("<td>{}</td>\n  ")),
        ("html", in_html("<td width=90>\n<p class=MsoNormal><span>{}<o:p></o:p></span></p></td>")),
    ],
)
def test_an_advice_in_the_text_lists_what_was_paid(form: str, text: str) -> None:
    head = HEAD[:-1] + f"Content-Type: text/{form}; charset=utf-8\n\n".encode()

    found = email.find_mail(open_mail(head + text.encode()))

    assert [(one.description, one.unit_price, one.amount) for one in found.lines] == [
        ("PV-2291", Decimal("1912.00"), Decimal("1873.76")),
        ("PV-2305", Decimal("640.00"), Decimal("640.00")),
    ]
    assert values(found)["references"] == ("PV-2291", "PV-2305")
    assert found.problems == ()


def test_a_list_in_a_mail_that_pays_nothing_gives_no_lines() -> None:
    body = "\n".join(line for line in ADVICE.splitlines() if "emittance" not in line)
    found = email.find_mail(open_mail(HEAD + body.replace("paid", "sent").encode()))
    assert found.lines == ()
