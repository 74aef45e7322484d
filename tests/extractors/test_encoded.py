from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.reasons import Reason
from extractors import encoded, tiff
from extractors.engines.fake import Fake
from extractors.interface import RECORDED, Box, Extraction, Field, Kind, Word
from extractors.read import read
from tests.extractors import letters, paper
from tests.extractors.letters import BANK, OTHER_BANK


def line(
    amount: str = "0000012550", auxiliary: str = "1042", on_us: str = "123456789/", valid: str = "1"
) -> str:
    return (f"25{auxiliary:>15} {BANK}{on_us:>20}{amount}{'000000000000101'}G {valid}U00 ").ljust(
        80
    )


def check(tmp_path: Path, *fields: Field, record: str = "", kind: Kind = Kind.CHECK) -> Extraction:
    path = tmp_path / "check.tif"
    path.write_bytes(tiff.joined([letters.tiff()], encoded.MARK + (record or line())))
    made = Extraction(document=paper.document(path), kind=kind, kind_confidence=1.0, fields=fields)
    return encoded.heard(made)


def field(name: str, value: str | Decimal, sure: float = 0.9) -> Field:
    return Field(name=name, value=value, text=str(value), confidence=sure, page=1)


AMOUNT = field("amount", Decimal("125.50"), 0.6)
LINE = (
    field("routing", BANK),
    field("account_number", "123456789"),
    field("check_number", "1042"),
)


def test_a_record_that_agrees_makes_the_figures_surer_and_changes_nothing_else(
    tmp_path: Path,
) -> None:
    found = check(tmp_path, AMOUNT, *LINE)
    assert found.problems == ()
    assert [(one.name, one.confidence) for one in found.fields] == [
        ("amount", 0.97),
        *((one.name, 0.9) for one in LINE),
    ]


@pytest.mark.parametrize(
    ("read_", "reason"),
    [
        (field("amount", Decimal("725.50")), Reason.ENCODED_AMOUNT_DIFFERS),
        (field("routing", OTHER_BANK), Reason.ROUTING_DIFFERS),
        (field("check_number", "1043"), Reason.SERIAL_DIFFERS),
        (field("account_number", "987654321"), Reason.ACCOUNT_CONFLICT),
    ],
)
def test_what_the_picture_and_the_record_differ_in_is_named(
    read_: Field, reason: Reason, tmp_path: Path
) -> None:
    found = check(tmp_path, read_)
    assert found.problems == (reason,)
    assert found.get(read_.name) == read_, "the picture is what was read"
    assert len(found.readings(read_.name)) == 2, "and the record's value stands beside it"


def test_of_two_readings_of_the_figures_the_record_lifts_only_the_surest(tmp_path: Path) -> None:
    two = field("amount", Decimal(7), 0.5), replace(AMOUNT, confidence=0.45)
    found = check(tmp_path, *two)
    assert found.problems == ()
    assert found.readings("amount") == two


def test_what_was_hardly_read_contradicts_nothing(tmp_path: Path) -> None:
    unsure = (field("amount", Decimal(7), 0.2), field("check_number", "9", 0.3))
    assert check(tmp_path, *unsure).problems == ()


def test_the_record_s_amount_stands_beside_a_faint_reading_of_the_same(tmp_path: Path) -> None:
    found = check(tmp_path, replace(AMOUNT, confidence=0.2))
    assert [one.source for one in found.readings("amount")] == ["", RECORDED]


def test_a_printed_number_that_is_in_the_record_is_enough(tmp_path: Path) -> None:
    numbers = field("check_number", "77"), field("check_number", "0001042")
    assert check(tmp_path, *numbers).problems == ()


def test_a_line_that_was_not_read_is_the_record_s_and_the_amount_is_not(tmp_path: Path) -> None:
    found = check(tmp_path)
    said = {one.name: (one.value, one.confidence, one.source) for one in found.fields}
    assert said["routing"] == (BANK, 0.95, RECORDED)
    assert said["account_number"] == ("123456789", 0.95, RECORDED)
    assert said["check_number"] == ("1042", 0.95, RECORDED)
    assert said["amount"][1] < encoded._READ


def test_a_number_that_was_seen_at_all_is_not_overruled(tmp_path: Path) -> None:
    found = check(tmp_path, field("check_number", "1043", 0.45))
    assert found.get("check_number") == field("check_number", "1043", 0.45)


def test_an_account_may_have_zeros_or_its_branch_before_it(tmp_path: Path) -> None:
    assert check(tmp_path, field("account_number", "0012-123456789")).problems == ()


def test_a_line_in_doubt_is_hardly_believed(tmp_path: Path) -> None:
    found = check(tmp_path, record=line(valid="3"))
    assert all(one.confidence < encoded._SURE for one in found.fields)


def test_an_unreadable_on_us_field_says_no_account(tmp_path: Path) -> None:
    found = check(tmp_path, record=line(on_us="1234*6789/"))
    assert found.get("account_number") is None
    assert found.get("check_number") is not None


def test_an_on_us_field_may_begin_with_its_symbol(tmp_path: Path) -> None:
    found = check(tmp_path, record=line(on_us="/123456789/"))
    assert [one.value for one in found.readings("account_number")] == ["123456789"]


def test_a_personal_check_has_its_number_in_the_on_us_field(tmp_path: Path) -> None:
    found = check(tmp_path, record=line(auxiliary="", on_us="123456789/ 1044"))
    assert [one.value for one in found.readings("check_number")] == ["1044"]


@pytest.mark.parametrize("record", ["x", line()[:-1], line() + " ", line().replace("25", "é")])
def test_a_description_that_is_no_record_says_nothing(record: str, tmp_path: Path) -> None:
    path = tmp_path / "check.tif"
    content = BytesIO()
    Image.new("1", (60, 28), 1).save(content, "TIFF", tiffinfo={270: encoded.MARK + record})
    path.write_bytes(content.getvalue())
    assert encoded.of(paper.document(path)) is None


def test_other_files_say_nothing(tmp_path: Path) -> None:
    path = paper.image_file(tmp_path / "a.tif", paper.page_image())
    assert encoded.of(paper.document(path)) is None
    assert encoded.promised(paper.document(path)) is None
    path = paper.image_file(tmp_path / "a.png", paper.page_image())
    assert encoded.of(paper.document(path)) is None


def test_what_is_read_as_no_check_hears_no_record(tmp_path: Path) -> None:
    assert check(tmp_path, kind=Kind.LETTER).fields == ()


def test_a_document_with_a_record_is_read_as_a_check(tmp_path: Path) -> None:
    page = Image.fromarray(paper.page_image(width=1200, height=500)).convert("1")
    content = BytesIO()
    page.save(content, "TIFF", compression="group4", dpi=(200, 200))
    path = tmp_path / "check.tif"
    path.write_bytes(tiff.joined([content.getvalue()] * 2, encoded.MARK + line()))
    words = [Word("INVOICE", Box(120, 120, 300, 150)), Word("4711", Box(310, 120, 400, 150))]
    found = read(paper.document(path), paper.SETTINGS, engines=[Fake(words=words)])
    assert (found.kind, found.cut) == (Kind.CHECK, ())
    assert found.get("routing") is not None


@given(content=st.binary(max_size=300))
def test_no_bytes_make_the_description_fail(content: bytes) -> None:
    whole = letters.tiff()
    tiff.description(content)
    tiff.description(whole[:8] + content)
    tiff.description(whole[: len(whole) - len(content) % len(whole)])
