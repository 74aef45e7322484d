import csv
import datetime as dt
import hashlib
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from outbox.interface import Posting
from outbox.writers import WRITERS, as_csv, as_jsonl, as_xlsx, check, write_all
from outbox.writers.rows import COLUMNS

POSTING = Posting(
    document_id="d1",
    record_id="AP-1",
    name="scan 1.pdf",
    kind="invoice",
    party="Müller & Söhne GmbH",
    number="RE-2026-0042",
    date=dt.date(2026, 11, 3),
    currency="EUR",
    amount="1234.50",
    decision="policy",
    matched_by=("number", "total"),
)

TEXT = st.text(max_size=40)
POSTINGS = st.lists(
    st.builds(
        Posting,
        document_id=st.uuids().map(str),
        record_id=st.uuids().map(str),
        name=TEXT,
        kind=st.sampled_from(["check", "invoice"]),
        party=TEXT,
        number=TEXT,
        date=st.none() | st.dates(),
        currency=st.sampled_from(["EUR", "USD", "JPY"]),
        amount=st.decimals(-(10**9), 10**9, places=2).map(lambda one: format(one, "f")),
        decision=st.sampled_from(["policy", "person"]),
        matched_by=st.lists(st.sampled_from(["number", "total", "iban"])).map(tuple),
    ),
    max_size=5,
)


def deliver(
    folder: Path, postings: list[Posting], previous: str | None = None
) -> dict[str, object]:
    (folder / "documents").mkdir(parents=True)
    documents = {}
    for one in postings:
        name = f"documents/{one.document_id}.pdf"
        (folder / name).write_bytes(one.document_id.encode())
        documents[name] = hashlib.sha256(one.document_id.encode()).hexdigest()
    return write_all(
        folder,
        delivery="2026-11-21/0001",
        postings=postings,
        previous=previous,
        documents=documents,
    )


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
@given(postings=POSTINGS)
def test_whatever_is_delivered_recounts(
    tmp_path_factory: pytest.TempPathFactory, postings: list[Posting]
) -> None:
    folder = tmp_path_factory.mktemp("delivery")
    control = deliver(folder, postings)
    assert check(folder) == []
    assert json.loads((folder / "control.json").read_text()) == control
    assert control["count"] == len(postings)


@given(postings=POSTINGS)
@settings(deadline=None, max_examples=10)
def test_the_same_postings_give_the_same_bytes(postings: list[Posting]) -> None:
    for module in (as_csv, as_jsonl, as_xlsx):
        assert module.write(postings) == module.write(postings)


def test_a_delivery_names_its_totals_and_the_one_before(tmp_path: Path) -> None:
    other = replace(POSTING, document_id="d2", record_id="AP-2", currency="USD", amount="-12.50")
    control = deliver(tmp_path / "0001", [POSTING, other], previous="abc")
    assert control["totals"] == {"EUR": "1234.50", "USD": "-12.50"}
    assert control["previous"] == "abc"
    assert set(control["files"]) == {
        "postings.csv",
        "postings.jsonl",
        "postings.xlsx",
        "documents/d1.pdf",
        "documents/d2.pdf",
    }


def test_an_empty_delivery_still_recounts(tmp_path: Path) -> None:
    assert deliver(tmp_path / "0001", [])["totals"] == {}
    assert check(tmp_path / "0001") == []


@pytest.mark.parametrize("name", ["postings.csv", "postings.jsonl", "documents/d1.pdf"])
@pytest.mark.parametrize("place", [0, 1, -2])
def test_one_flipped_byte_is_found_and_its_file_named(
    tmp_path: Path, name: str, place: int
) -> None:
    deliver(tmp_path / "0001", [POSTING])
    path = tmp_path / "0001" / name
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert any(name in fault for fault in check(tmp_path / "0001"))


@settings(deadline=None, max_examples=40)
@given(
    name=st.sampled_from(["postings.csv", "postings.jsonl", "postings.xlsx", "documents/d1.pdf"]),
    place=st.integers(0, 10**6),
    byte=st.integers(1, 255),
)
def test_any_changed_byte_is_found(
    tmp_path_factory: pytest.TempPathFactory, name: str, place: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("delivery") / "0001"
    deliver(folder, [POSTING])
    content = bytearray((folder / name).read_bytes())
    content[place % len(content)] ^= byte
    (folder / name).write_bytes(content)
    assert any(name in fault for fault in check(folder))


@settings(deadline=None, max_examples=40)
@given(place=st.integers(0, 10**6), byte=st.integers(1, 255))
def test_a_spoilt_control_file_never_stops_the_recount(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    folder = tmp_path_factory.mktemp("delivery") / "0001"
    deliver(folder, [POSTING])
    content = bytearray((folder / "control.json").read_bytes())
    content[place % len(content)] ^= byte
    (folder / "control.json").write_bytes(content)
    assert isinstance(check(folder), list)


@pytest.mark.parametrize(
    "line", ["7", "[]", '{"document_id": 1}', "{", '"' + "x" * 9, "null"], ids=str
)
def test_a_spoilt_posting_is_a_fault_not_a_crash(tmp_path: Path, line: str) -> None:
    deliver(tmp_path / "0001", [POSTING])
    (tmp_path / "0001" / "postings.jsonl").write_text(f"{line}\n")
    assert any("postings.jsonl cannot be read" in fault for fault in check(tmp_path / "0001"))


def test_a_changed_control_total_is_found(tmp_path: Path) -> None:
    deliver(tmp_path / "0001", [POSTING])
    path = tmp_path / "0001" / "control.json"
    path.write_text(path.read_text().replace('"1234.50"', '"1234.51"'))
    assert any("1234.51" in fault for fault in check(tmp_path / "0001"))


def test_missing_and_foreign_files_are_found(tmp_path: Path) -> None:
    deliver(tmp_path / "0001", [POSTING])
    (tmp_path / "0001" / "documents" / "d1.pdf").unlink()
    (tmp_path / "0001" / "stray.txt").write_text("?")
    faults = "\n".join(check(tmp_path / "0001"))
    assert "d1.pdf is missing" in faults
    assert "stray.txt is not listed" in faults


def test_a_posting_without_its_document_is_found(tmp_path: Path) -> None:
    write_all(tmp_path, delivery="x", postings=[POSTING], previous=None, documents={})
    assert check(tmp_path) == [f"{tmp_path}: document d1 is posted but not there"]


def test_a_record_posted_twice_in_one_delivery_is_found(tmp_path: Path) -> None:
    deliver(tmp_path / "0001", [POSTING, replace(POSTING, document_id="d2")])
    assert any("AP-1 is posted 2 times" in fault for fault in check(tmp_path / "0001"))


def test_a_delivery_without_control_totals_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    assert "control.json cannot be read" in check(tmp_path)[0]
    (tmp_path / "control.json").write_text("[]")
    assert "does not name" in check(tmp_path)[0]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\N{FULLWIDTH EQUALS SIGN}"])
def test_text_never_becomes_a_formula(tmp_path: Path, start: str) -> None:
    evil = replace(POSTING, party=f"{start}HYPERLINK(1)", amount="-12.50")
    deliver(tmp_path / "0001", [evil])
    with (tmp_path / "0001" / "postings.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["party"] == f"'{start}HYPERLINK(1)"
    assert row["amount"] == "-12.50"
    sheet = load_workbook(tmp_path / "0001" / "postings.xlsx").active
    assert sheet is not None
    party = sheet.cell(2, COLUMNS.index("party") + 1)
    assert party.data_type == "s"
    assert check(tmp_path / "0001") == []


def test_a_workbook_holds_numbers_and_dates(tmp_path: Path) -> None:
    deliver(tmp_path / "0001", [POSTING])
    sheet = load_workbook(tmp_path / "0001" / "postings.xlsx").active
    assert sheet is not None
    cells = dict(zip(COLUMNS, sheet[2], strict=True))
    assert Decimal(str(cells["amount"].value)) == Decimal("1234.50")
    assert cells["amount"].number_format.endswith("0.00")
    assert cells["date"].value == dt.datetime(2026, 11, 3)  # noqa: DTZ001 - a workbook has no zones
    assert sheet.freeze_panes == "A2"


def test_odd_names_do_not_stop_a_delivery(tmp_path: Path) -> None:
    deliver(tmp_path / "0001", [replace(POSTING, name="a\udcff\x00\x0b\u2028b.pdf", date=None)])
    assert check(tmp_path / "0001") == []
    assert len((tmp_path / "0001" / "postings.jsonl").read_text().splitlines()) == 1


def test_every_built_in_form_is_written(tmp_path: Path) -> None:
    deliver(tmp_path / "0001", [POSTING])
    for name in WRITERS:
        assert (tmp_path / "0001" / f"postings.{name}").stat().st_size > 0
