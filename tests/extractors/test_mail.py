"""Email is opened whatever its shape, and nothing inside it is lost."""

import base64
import datetime as dt
import io
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.reasons import Reason
from extractors.interface import ExtractionError
from extractors.mail import MAX_ATTACHMENTS, open_mail
from extractors.mailbody import own_words, says_something

PDF = b"%PDF-1.4 not really"


def mail_with(body: str, *, attachments: int = 1) -> bytes:
    message = EmailMessage()
    message["From"] = "Anna Muster <anna@example.com>"
    message["To"] = "post@example.org, Rechnung <ap@example.org>"
    message["Subject"] = "Rechnung für Mai"
    message["Date"] = "Mon, 01 Jun 2026 23:30:00 -0700"
    message.set_content(body)
    for place in range(attachments):
        message.add_attachment(
            PDF, maintype="application", subtype="pdf", filename=f"bill {place}.pdf"
        )
    return message.as_bytes()


def test_heads_text_and_attachments_are_read() -> None:
    mail = open_mail(mail_with("Guten Tag\n"))
    assert mail.sender == ("anna@example.com",)
    assert mail.recipient == ("post@example.org", "ap@example.org")
    assert mail.subject == "Rechnung für Mai"
    assert mail.body == "Guten Tag"
    (attachment,) = mail.attachments
    assert (attachment.name, attachment.media_type) == ("bill 0.pdf", "application/pdf")
    assert attachment.content == PDF


def test_the_day_is_the_senders_own() -> None:
    assert open_mail(mail_with("x")).date == dt.date(2026, 6, 1)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 99 Foo 2026 25:61:61 +9999", "31 Feb 2026"]
)
def test_a_day_that_does_not_exist_is_no_day(date: str) -> None:
    assert open_mail(f"From: a@b.example\nDate: {date}\n\nx".encode()).date is None


def test_a_body_that_says_something_becomes_a_document_beside_the_attachments() -> None:
    mail = open_mail(
        mail_with("Please pay only 90.00 EUR of the 120.00 EUR, two lamps were broken.")
    )
    assert mail.body_document is not None
    alone = open_mail(mail.body_document)
    assert alone.attachments == ()
    assert (alone.sender, alone.subject, alone.date) == (mail.sender, mail.subject, mail.date)
    assert alone.body == mail.body


def test_a_mail_without_attachments_is_its_own_document() -> None:
    assert open_mail(mail_with("We dispute invoice 4711.", attachments=0)).body_document is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Hello,\nplease find attached our invoice INV-20231.\n\nBest regards\nJohn\n12345 Anyville",
        "Guten Tag,\nanbei unsere Rechnung.\nMit freundlichen Grüßen\nAnna Muster",
        "Bonjour,\nVeuillez trouver ci-joint la facture.\nCordialement,\nJean",
        "Hi Bob,\nsee attached.\nThanks\n-- \nAlice\nSent from my phone",
        "> old text about 500.00 EUR\n> and more",
    ],
)
def test_a_cover_note_says_nothing_of_its_own(body: str) -> None:
    assert not says_something(body)


@pytest.mark.parametrize(
    "body",
    [
        "Please find attached the invoice. We only owe 90.00 EUR of it.",
        "See attached. When will you pay?",
        "Hello, our bank account has changed, new bank details attached.",
        "The goods arrived damaged.",
        "Bitte mit Auftrag 4500012345 verrechnen.",
        "Wir kündigen den Vertrag.",
    ],
)
def test_money_questions_numbers_complaints_and_requests_say_something(body: str) -> None:
    assert says_something(body)


def test_html_is_read_as_its_text() -> None:
    page = (
        b"From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n"
        b"<html><head><style>p {}</style><title>t</title></head><body><p>Total&nbsp;&euro;5"
        b"<br>second <b>line</b></p><script>x()</script></body></html>"
    )
    assert open_mail(page).body == "Total €5\nsecond line"


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("x-unknown-charset", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode("cp1252"), "Grüße"),
        ("iso-8859-1", "Grüße".encode(), "Grüße"),
        ("utf-8", "Grüße".encode("latin-1"), "Grüße"),
        ("unicode_escape", rb"a\d", r"a\d"),
        ("shift_jis", "人権".encode("shift_jis"), "人権"),
    ],
)
def test_charsets_that_lie_or_do_not_exist_are_got_over(
    charset: str, content: bytes, text: str
) -> None:
    head = f"From: a@b.example\nContent-Type: text/plain; charset={charset}\n\n".encode()
    assert open_mail(head + content).body == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?R3LDvMOfZQ?= bald", "Grüße bald"),
        (b"=?nonsense?Q?abc?=", "abc"),
        (b"=?utf-8?B?!!!?=", ""),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"folded\n over", "folded over"),
    ],
)
def test_subjects_are_decoded_whatever_their_making(raw: bytes, text: str) -> None:
    assert open_mail(b"Subject: " + raw + b"\n\nx").subject == text


def test_a_multipart_whose_header_lost_its_semicolon_still_gives_its_parts() -> None:
    data = (
        b'From: a@b.example\nContent-Type: multipart/mixed\n\tboundary="cut"\n\n--cut\n'
        b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n"
        b'Content-Disposition: ;\n\tfilename="p.png"\n\n' + base64.b64encode(PDF) + b"\n--cut--\n"
    )
    (attachment,) = open_mail(data).attachments
    assert (attachment.name, attachment.content) == ("p.png", PDF)


def test_a_multipart_without_any_boundary_named_is_cut_at_the_first_line_that_looks_like_one() -> (
    None
):
    data = (
        b"From: a@b.example\nContent-Type: multipart/mixed\n\n--xyz\n\ntext\n"
        b"--xyz\nContent-Type: application/pdf\n\n%PDF\n--xyz--\n"
    )
    mail = open_mail(data)
    assert mail.body == "text"
    assert [one.media_type for one in mail.attachments] == ["application/pdf"]


def test_a_message_in_a_message_is_an_attachment_that_opens_again() -> None:
    outer = EmailMessage()
    outer["From"] = "a@example.com"
    outer.set_content("FYI")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "b@example.com", "inner"
    inner.set_content("From the start\nof a line")
    outer.add_attachment(inner)
    (attachment,) = open_mail(outer.as_bytes()).attachments
    assert attachment.name.endswith(".eml")
    again = open_mail(attachment.content)
    assert (again.sender, again.subject) == (("b@example.com",), "inner")
    assert again.body == "From the start\nof a line"


def test_names_of_attachments_are_labels_without_folders() -> None:
    data = (
        b"Content-Type: application/pdf\n"
        b'Content-Disposition: attachment; filename="..\\..\\etc/../pass\x07wd.pdf"\n\nx'
    )
    assert [one.name for one in open_mail(data).attachments] == ["passwd.pdf"]


def test_two_versions_of_one_text_are_read_once() -> None:
    message = EmailMessage()
    message.set_content("plain words")
    message.add_alternative("<p>html words</p>", subtype="html")
    assert open_mail(message.as_bytes()).body == "plain words"


def test_a_version_that_is_empty_gives_way_to_one_that_is_not() -> None:
    message = EmailMessage()
    message.set_content("\n")
    message.add_alternative("<p>html words</p>", subtype="html")
    assert open_mail(message.as_bytes()).body == "html words"


def test_too_many_attachments_are_refused_by_name() -> None:
    with pytest.raises(ExtractionError) as refused:
        open_mail(mail_with("x", attachments=MAX_ATTACHMENTS + 1))
    assert refused.value.reason is Reason.TOO_LARGE


def test_messages_nested_too_deep_are_refused() -> None:
    data = b"Content-Type: message/rfc822\n\n" * 5 + b"Subject: core\n\nx"
    with pytest.raises(ExtractionError) as refused:
        open_mail(data)
    assert refused.value.reason is Reason.TOO_LARGE


def test_parts_nested_without_end_are_refused() -> None:
    levels = range(3000)
    data = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
        for level in levels
    )
    with pytest.raises(ExtractionError) as refused:
        open_mail(data)
    assert refused.value.reason is Reason.TOO_LARGE


_LINES = st.sampled_from(
    [
        b"From: a <b@c>, =?x?q?y?=",
        b"To: undisclosed-recipients:;",
        b"Subject: =?utf-8?b?/w==?= \xff",
        b"Date: Mon, 1 Jan 0000 99:99 +99999999999999999999",
        b'Content-Type: multipart/mixed; boundary="a"',
        b"Content-Type: multipart/alternative; boundary=a",
        b"Content-Type: message/rfc822",
        b"Content-Type: text/html; charset*0*=x''%ff; charset*1=\xff",
        b"Content-Type: text/plain; charset=idna",
        b"Content-Disposition: attachment; filename*=utf-8''%ff%00; filename*2=x",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: x-uuencode",
        b"--a",
        b"--a--",
        b"",
        b"<![if",
        b"<!x <p",
        b"begin 644 x",
    ]
)


@given(st.one_of(st.binary(max_size=300), st.lists(_LINES, max_size=14).map(b"\n".join)))
def test_no_bytes_bring_the_opening_down(data: bytes) -> None:
    try:
        open_mail(data)
    except ExtractionError as error:
        assert error.reason is Reason.TOO_LARGE  # noqa: PT017 - most bytes must not raise at all


def picture(width: int, height: int) -> bytes:
    kept = io.BytesIO()
    Image.new("L", (width, height), 200).save(kept, "PNG")
    return kept.getvalue()


def mail_showing(content: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = "a@example.com"
    message.set_content("Please see below.")
    message.add_alternative('<p>Please see below.</p><img src="cid:one@x">', subtype="html")
    versions = message.get_payload()
    assert isinstance(versions, list)
    page = versions[1]
    assert isinstance(page, EmailMessage)
    page.add_related(content, maintype="image", subtype="png", cid="<one@x>", filename="i.png")
    return message.as_bytes()


def test_a_logo_in_the_text_is_named_and_no_document() -> None:
    for width, height in ((1, 1), (160, 60), (1200, 300)):
        mail = open_mail(mail_showing(picture(width, height)))
        assert [(one.name, one.document) for one in mail.attachments] == [("i.png", False)]
        assert mail.body_document is None


def test_a_scan_shown_in_the_text_is_a_document() -> None:
    (attachment,) = open_mail(mail_showing(picture(430, 1000))).attachments
    assert attachment.document


def test_a_small_picture_that_is_attached_is_a_document() -> None:
    message = EmailMessage()
    message.add_attachment(picture(160, 60), maintype="image", subtype="png", filename="x.png")
    assert open_mail(message.as_bytes()).attachments[0].document


def test_a_digital_signature_is_no_document() -> None:
    message = EmailMessage()
    message.set_content("Total 5.00")
    message.add_attachment(
        b"0", maintype="application", subtype="pkcs7-signature", filename="smime.p7s"
    )
    assert not open_mail(message.as_bytes()).attachments[0].document


BOUNCE = b"""\
From: MAILER-DAEMON@example.com
Subject: Delivery problem
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

Your message could not be handed over.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; gone@example.org
Action: %s
Status: 5.1.1

--b
Content-Type: message/rfc822

From: us@example.com
Subject: Our invoice
Content-Type: application/pdf

%%PDF
--b--
"""


def test_a_bounce_is_one_document_and_its_parts_are_evidence() -> None:
    mail = open_mail(BOUNCE % b"failed")
    assert mail.bounced
    assert len(mail.attachments) == 2
    assert not any(one.document for one in mail.attachments)
    assert not open_mail(BOUNCE % b"delayed").bounced


def test_a_plain_version_that_says_less_gives_way_to_the_real_one() -> None:
    message = EmailMessage()
    message.set_content("Your mail program cannot show this message.")
    words = "Invoice 4711 of 12 May over 90.00 EUR is still open. " * 6
    message.add_alternative(f"<p>{words}</p>", subtype="html")
    assert open_mail(message.as_bytes()).body.startswith("Invoice 4711")


@pytest.mark.parametrize(
    ("head", "day"),
    [
        (b"Date: 2026-06-01T08:15:00Z\n", dt.date(2026, 6, 1)),
        (b"Date: Montag, 1. Juni 2026 08:15\n", dt.date(2026, 6, 1)),
        (b"Received: by mx; Mon, 1 Jun 2026 08:15:00 +0200\n", dt.date(2026, 6, 1)),
        (b"Date: 03/04/2026\n", None),
    ],
)
def test_days_are_read_in_any_form_that_has_one_reading(head: bytes, day: dt.date | None) -> None:
    assert open_mail(b"From: a@b.example\n" + head + b"\nx").date == day


OLD = "We dispute invoice 4711 over 90.00 EUR."


@pytest.mark.parametrize(
    "between",
    [
        "-----Original Message-----\n",
        "-----Ursprüngliche Nachricht-----\n",
        "On Mon, 1 Jun 2026, Anna <anna@example.com> wrote:\n",
        "Am 01.06.2026 um 10:00 schrieb Anna:\n",
        "Le 1 juin 2026 à 10:00, Anna <anna@example.com> a écrit :\n",
        "Von: Anna\nGesendet: Montag, 1. Juni 2026\nAn: Post\nBetreff: Rechnung\n\n",
        "From: Anna\nSent: Monday\nTo: us\nSubject: invoice\n",
    ],
)
def test_the_mail_that_is_answered_is_not_the_answer(between: str) -> None:
    assert (
        own_words(f"Thank you for the note.\n\n{between}{OLD}").strip() == "Thank you for the note."
    )


def test_what_is_passed_on_is_the_message() -> None:
    for body in (
        f"FYI, see below please\n---------- Forwarded message ---------\nFrom: a\n{OLD}",
        f"FYI\n-----Original Message-----\nFrom: a\n{OLD}",
    ):
        assert own_words(body) == body
