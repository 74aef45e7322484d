"""The sample documents: one seed, one scene, everything planted, nothing real."""

import csv
import datetime as dt
import re
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from stdnum import iban
from stdnum.us import rtn

from config.reasons import OPENING, Reason
from config.settings import LedgerSettings
from extractors.interface import Kind
from extractors.micr.glyph import SYMBOLS
from ingest.samples import Outcome, Samples, make, parties, wear
from ingest.samples.facts import Bank, Party
from ingest.samples.pen import Pen
from ingest.samples.stage_bills import subscription
from matchers.ledgers.imports import read_file

TODAY = dt.date(2026, 3, 2)
"""A fixed day; early in March so that months of unlike length lie behind it."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Samples:
    return make(tmp_path_factory.mktemp("samples"), today=TODAY)


@pytest.fixture(scope="module")
def rows(samples: Samples) -> list[dict[str, str]]:
    with samples.ledger.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def contents(samples: Samples) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(samples.documents.iterdir())}


def pdf_text(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_the_same_seed_and_day_give_the_same_bytes(samples: Samples, tmp_path: Path) -> None:
    again = make(tmp_path, today=TODAY)
    assert contents(again) == contents(samples)
    assert again.ledger.read_bytes() == samples.ledger.read_bytes()
    assert again.planted == samples.planted


def test_another_seed_gives_other_numbers(samples: Samples) -> None:
    bill, _ = subscription(Pen(seed=8, today=TODAY))
    (same,) = samples.of("023-invoice.eml").parts
    assert bill.number != same.fields["invoice_number"]


def test_every_file_is_planted_and_every_plant_is_a_file(samples: Samples) -> None:
    assert set(contents(samples)) == {one.file for one in samples.planted}


@pytest.mark.parametrize(
    "reason",
    [
        Reason.AMOUNT_MISMATCH,
        Reason.ITEM_CLOSED,
        Reason.PARTY_UNKNOWN,
        Reason.BANK_DETAILS_CHANGED,
        Reason.DUP_INVOICE,
        Reason.CHECK_AMOUNT_MISMATCH,
        Reason.WORDS_FIGURES_DIFFER,
        Reason.CHECK_STOPPED,
        Reason.CHECK_STALE,
        Reason.COMPLAINT,
        Reason.NEEDS_ROUTING,
        Reason.RETURN_TO_SENDER,
        Reason.EMPTY_PAGE,
        Reason.ENCRYPTED,
        Reason.UNREADABLE,
    ],
)
def test_every_trouble_is_planted(samples: Samples, reason: Reason) -> None:
    assert any(one.reason is reason for one in samples.planted)


def test_clean_documents_of_every_kind_that_is_posted_are_there(samples: Samples) -> None:
    every = [*samples.planted, *(part for one in samples.planted for part in one.parts)]
    matched = Counter(one.kind for one in every if one.outcome is Outcome.MATCHED)
    assert matched[Kind.INVOICE] >= 6
    assert {Kind.CREDIT_NOTE, Kind.RECEIPT, Kind.CHECK} <= set(matched)


def test_an_outcome_and_its_reason_fit_together(samples: Samples) -> None:
    for one in samples.planted:
        held = one.outcome in {Outcome.EXCEPTION, Outcome.QUARANTINED}
        assert held == (one.reason is not None), one.file
        if one.reason is not None:
            assert (one.reason in OPENING) == (one.outcome is Outcome.QUARANTINED), one.file


def test_the_ledger_is_read_without_a_fault(samples: Samples) -> None:
    imported = read_file(
        samples.ledger, LedgerSettings(stale_days=0, decimal_mark="", date_order="")
    )
    assert not imported.faults
    assert len(imported.records) > 60


def test_every_document_that_belongs_to_a_record_finds_it_in_the_ledger(
    samples: Samples, rows: list[dict[str, str]]
) -> None:
    ids = Counter(row["record_id"] for row in rows)
    assert max(ids.values()) == 1
    for one in samples.planted:
        assert one.record_id is None or one.record_id in ids


def test_what_matches_states_the_amount_of_its_record_and_what_differs_does_not(
    samples: Samples, rows: list[dict[str, str]]
) -> None:
    amounts = {row["record_id"]: row["amount"] for row in rows}
    wrong = {Reason.AMOUNT_MISMATCH, Reason.CHECK_AMOUNT_MISMATCH}
    for one in samples.planted:
        stated = one.fields.get("total", one.fields.get("amount"))
        if one.record_id and stated is not None:
            assert (Decimal(amounts[one.record_id]) == stated) == (one.reason not in wrong), (
                one.file
            )


def test_vendors_have_other_open_items_of_the_same_amount(rows: list[dict[str, str]]) -> None:
    open_items = Counter((row["party_name"], row["amount"]) for row in rows)
    assert sum(count > 1 for count in open_items.values()) >= 6


def test_the_day_decides_every_date(samples: Samples) -> None:
    dates = [one.fields["date"] for one in samples.planted if "date" in one.fields]
    assert all(isinstance(date, dt.date) and date < TODAY for date in dates)


def test_the_code_line_of_every_check_is_well_formed(samples: Samples) -> None:
    for one in samples.planted:
        if one.kind is Kind.CHECK:
            micr, routing = str(one.fields["micr"]), str(one.fields["routing"])
            assert set(micr) <= set(SYMBOLS)
            assert f"A{routing}A" in micr
            assert str(one.fields["check_number"]) in micr
            assert str(one.fields["account_number"]) in micr


@pytest.mark.parametrize("bank", [parties.OUR_BANK, parties.COUNTY_BANK, parties.VALLEY_BANK])
def test_routing_numbers_have_a_right_check_digit_and_can_be_no_banks(bank: Bank) -> None:
    assert rtn.is_valid(bank.routing)
    assert bank.routing.startswith("1299")
    numerator, denominator = bank.fraction.partition("-")[2].split("/")
    assert bank.routing[:8] == denominator + numerator


def test_addresses_and_telephone_numbers_are_fiction(samples: Samples) -> None:
    for one in vars(parties).values():
        if isinstance(one, Party):
            assert not one.email or one.email.endswith("example.com")
            assert one.country != "US" or not one.phone or "555-01" in one.phone
            assert not one.iban or iban.is_valid(one.iban)
    for name, content in contents(samples).items():
        if name.endswith(".eml"):
            hosts = re.findall(rb"@([\w.-]+)", content)
            assert all(host.endswith(b"example.com") for host in hosts), name


def test_born_digital_invoices_say_what_the_truth_says(samples: Samples) -> None:
    for one in samples.planted:
        if one.kind is Kind.INVOICE and one.file.endswith(".pdf"):
            text = pdf_text((samples.documents / one.file).read_bytes())
            assert str(one.fields["invoice_number"]) in text
            figures = re.sub(r"[.,\s]", "", text)
            assert re.sub(r"\D", "", str(one.fields["total"])) in figures


def test_the_hybrid_invoice_carries_its_xml(samples: Samples) -> None:
    content = (samples.documents / "004-factur-x-lindenhof.pdf").read_bytes()
    document = pypdfium2.PdfDocument(content)
    attached = document.get_attachment(0)
    assert attached.get_name() == "factur-x.xml"
    truth = samples.of("004-factur-x-lindenhof.pdf")
    assert str(truth.fields["invoice_number"]).encode() in bytes(attached.get_data())
    document.close()


def test_the_email_carries_the_invoice(samples: Samples) -> None:
    truth = samples.of("023-invoice.eml")
    mail = message_from_bytes((samples.documents / truth.file).read_bytes(), policy=default)
    (attachment,) = mail.iter_attachments()
    assert attachment.get_filename() == truth.parts[0].file
    assert str(truth.parts[0].fields["invoice_number"]) in pdf_text(attachment.get_content())


def test_the_copy_has_the_bytes_of_its_twin_and_the_second_scan_has_not(samples: Samples) -> None:
    files = contents(samples)
    assert files["025-invoice-brightwater-copy.pdf"] == files["001-invoice-brightwater.pdf"]
    scan, first = samples.of("026-scan-ahornblatt.jpg"), samples.of("002-rechnung-ahornblatt.pdf")
    assert files[scan.file] != files[first.file]
    assert scan.fields == first.fields


def test_scans_open_and_say_their_resolution(samples: Samples) -> None:
    pictures = [name for name in contents(samples) if name.endswith((".png", ".jpg", ".tif"))]
    assert len(pictures) >= 12
    for name in pictures:
        with Image.open(BytesIO((samples.documents / name).read_bytes())) as image:
            assert 149 < image.info["dpi"][0] < 201, name
    with Image.open(samples.documents / "007-scan-copperleaf.tif") as fax:
        assert (getattr(fax, "n_frames", 1), fax.mode) == (2, "1")


@pytest.mark.parametrize(
    "worn",
    [wear.flatbed, wear.faxed, wear.photo, wear.fax],
)
def test_wear_is_the_same_for_the_same_seed_and_leaves_the_sheet_alone(worn: wear.Wear) -> None:
    sheet = np.repeat(np.linspace(0, 255, 120).astype(np.uint8)[:, None, None], 90, axis=1)
    sheet = np.repeat(sheet, 3, axis=2)
    before = sheet.copy()
    first = worn(sheet, np.random.default_rng(3))
    second = worn(sheet, np.random.default_rng(3))
    assert np.array_equal(first, second)
    assert np.array_equal(sheet, before)
    assert not np.array_equal(first, worn(sheet, np.random.default_rng(4)))


def test_the_module_is_cheap_to_import() -> None:
    heavy = ("numpy", "PIL", "reportlab", "cv2", "babel", "sqlmodel")
    code = f"import sys, ingest.samples; sys.exit(any(name in sys.modules for name in {heavy!r}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
