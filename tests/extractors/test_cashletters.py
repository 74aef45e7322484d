from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.reasons import Reason
from extractors import balances, cashletters, cutting, encoded, media, tiff, x9
from extractors.interface import Extraction, ExtractionError
from tests.extractors import letters, paper
from tests.extractors.letters import BANK, OTHER_BANK, Item, letter, packed, record

FORMS = [
    ("cp037", True, b""),
    ("ascii", True, b""),
    ("cp037", False, b""),
    ("ascii", False, b""),
    ("ascii", False, b"\r\n"),
]
"""Encoding, with lengths or without, and what stands between records."""

TWO = [Item(), Item(cents=5, auxiliary="1043")]
SLIP = Item(kind="61", cents=12555, views=())


def opened(tmp_path: Path, content: bytes) -> Extraction:
    path = tmp_path / "deposit.x9"
    path.write_bytes(content)
    return cashletters.opened(paper.document(path), paper.SETTINGS)


def changed(items: Sequence[Item], old: bytes, new: bytes) -> bytes:
    """A letter with its records changed after their sums were made."""
    some = [(text.replace(old, new), picture) for text, picture in letters.records(items)]
    assert some != list(letters.records(items))
    return packed(some)


def held(read: Extraction) -> dict[int, tuple[Reason, ...]]:
    """What keeps each document from being posted, by the first batch that speaks of it."""
    found: dict[int, tuple[Reason, ...]] = {}
    for batch in read.batches:
        for number in range(batch.first, batch.last + 1):
            if batch.problems:
                found.setdefault(number, batch.problems)
    return found


@pytest.mark.parametrize(("code", "prefix", "newline"), FORMS)
def test_a_letter_is_cut_into_its_checks(
    code: str, newline: bytes, tmp_path: Path, *, prefix: bool
) -> None:
    content = letter([*TWO, Item(cents=700)], code=code, prefix=prefix, newline=newline)
    assert media.of_bytes(content) == media.CASH_LETTER
    read = opened(tmp_path, content)
    assert [one.name for one in read.cut] == [f"deposit-{number}.tif" for number in (1, 2, 3)]
    assert [(one.name, one.first, one.last) for one in read.batches] == [
        ("bundle B000000001", 1, 2),
        ("bundle B000000002", 3, 3),
    ]
    assert held(read) == {}


def test_nothing_in_a_test_file_is_posted(tmp_path: Path) -> None:
    read = opened(tmp_path, changed(TWO, b"0103P", b"0103T"))
    assert set(held(read).values()) == {(Reason.NEEDS_ROUTING,)}
    assert "test file" in read.batches[0].detail


def test_front_and_back_are_the_pages_of_one_document_as_they_came(tmp_path: Path) -> None:
    front, back = letters.tiff((60, 28)), letters.tiff((62, 30))
    [one] = opened(tmp_path, letter([Item(views=(front, back))])).cut
    with Image.open(BytesIO(one.content)) as joined:
        assert (joined.n_frames, joined.info["dpi"]) == (2, (200, 200))
        for page, picture in enumerate((front, back)):
            joined.seek(page)
            with Image.open(BytesIO(picture)) as single:
                assert joined.tobytes() == single.tobytes()
                assert joined.tag_v2[259] == 4, "still Group 4"


def test_the_same_letter_gives_the_same_bytes(tmp_path: Path) -> None:
    first, again = (opened(tmp_path, letter(TWO)).cut for _ in range(2))
    assert first == again
    assert first[0].sha256 != first[1].sha256


@pytest.mark.parametrize("code", ["cp037", "ascii"])
def test_what_the_record_says_goes_with_the_check(code: str, tmp_path: Path) -> None:
    [one] = opened(tmp_path, letter([Item()], code=code)).cut
    said = tiff.description(one.content).removeprefix(encoded.MARK)
    assert (said[2:17].strip(), said[18:27], said[27:47].strip()) == ("1042", BANK, "123456789/")
    assert said[47:57] == "0000012550"


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_other_pictures_that_banks_agree_on_become_tiff(form: str, tmp_path: Path) -> None:
    other = letters.tiff((64, 40), format=form, compression="")
    [one] = opened(tmp_path, letter([Item(views=(letters.tiff(), other))])).cut
    with Image.open(BytesIO(one.content)) as joined:
        joined.seek(1)
        assert joined.size == (64, 40)
        assert joined.convert("L").getpixel((60, 20)) > 200  # type: ignore[operator]


@pytest.mark.parametrize("save", [{"big_tiff": True}, {"compression": "tiff_jpeg"}])
def test_tiffs_that_cannot_be_copied_together_are_written_anew(
    save: dict[str, Any], tmp_path: Path
) -> None:
    content = BytesIO()
    Image.new("L", (64, 40), 250).save(content, "TIFF", **save)
    views = letters.tiff(), content.getvalue()
    [one] = opened(tmp_path, letter([Item(views=views)])).cut
    with Image.open(BytesIO(one.content)) as joined:
        joined.seek(1)
        assert (joined.n_frames, joined.convert("L").getpixel((9, 9))) == (2, 250)
    assert tiff.description(one.content).startswith(encoded.MARK)


def test_a_whole_picture_is_taken_before_a_piece_of_it(tmp_path: Path) -> None:
    piece, whole = letters.tiff((20, 10)), letters.tiff((60, 28))
    some = list(letters.records([Item(views=(piece, whole))]))
    views = [at for at, (text, _) in enumerate(some) if text.startswith(b"50")]
    for at, descriptor in zip(views, (b"004", b"000"), strict=True):
        text = some[at][0]
        some[at] = text[:31] + descriptor + text[34:], b""
    [one] = opened(tmp_path, packed(some)).cut
    with Image.open(BytesIO(one.content)) as front:
        assert (front.size, front.n_frames) == ((60, 28), 1)


# ---- what is held


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b"70000200", b"70000300", "bundle B000000001 announces 3 items and a total of 125.55"),
        (b"70000200000001", b"70000200000009", "announces 2 items and a total of 925.55"),
        (b"00004  ", b"00005  ", "bundle B000000001 announces 5 images; found were 4"),
        (b"9000000100", b"9000000200", "cash letter CL000001 announces 2 bundles; found were 1"),
        (b"00000002000000000125", b"00000002000000000126", "cash letter CL000001 announces 2"),
        (b"9900000100", b"9900000200", "the file announces 2 cash letters; found were 1"),
        (b"9900000100000016", b"9900000100000015", "the file announces 15 records; found were 16"),
    ],
)
def test_a_control_record_that_does_not_agree_holds_its_documents(
    old: bytes, new: bytes, says: str, tmp_path: Path
) -> None:
    read = opened(tmp_path, changed(TWO, old, new))
    assert held(read) == dict.fromkeys((1, 2), (Reason.BATCH_OUT_OF_BALANCE,))
    assert says in read.batches[0].detail


def test_only_the_bundle_that_is_off_is_held_where_the_rest_agrees(tmp_path: Path) -> None:
    items = [*TWO, *TWO]
    read = opened(tmp_path, changed(items, b"B000000002", b"B000000002"[:9] + b"3"))
    assert [one.name for one in read.batches] == ["bundle B000000001", "bundle B000000003"]
    some = list(letters.records(items))
    at = max(at for at, (text, _) in enumerate(some) if text.startswith(b"70"))
    some[at] = some[at][0].replace(b"700002", b"700001"), b""
    assert held(opened(tmp_path, packed(some))) == dict.fromkeys(
        (3, 4), (Reason.BATCH_OUT_OF_BALANCE,)
    )


def test_an_amount_that_is_none_is_named(tmp_path: Path) -> None:
    read = opened(tmp_path, changed(TWO, b"0000000005", b"00000000 5"))
    assert "No amount is stated for item 2." in read.batches[0].detail


@pytest.mark.parametrize("indicator", ["0", "1", " "])
def test_credits_count_in_the_totals_only_if_they_are_said_to(
    indicator: str, tmp_path: Path
) -> None:
    """The writer counts them; so it says 1, or nothing."""
    places = {b"70": 56, b"90": 66, b"99": 65}
    some = []
    for text, picture in letters.records([SLIP, TWO[0]]):
        at = places.get(text[:2])
        said = text[: at - 1] + indicator.encode() + text[at:] if at else text
        some.append((said, picture))
    read = opened(tmp_path, packed(some))
    assert (Reason.BATCH_OUT_OF_BALANCE in held(read).get(2, ())) is (indicator == "0")


@pytest.mark.parametrize(
    ("routing", "count", "right"), [(BANK, 2, True), (OTHER_BANK, 2, False), (BANK, 1, False)]
)
def test_a_summary_by_bank_has_to_agree(
    routing: str,
    count: int,
    right: bool,
    tmp_path: Path,
) -> None:
    some = list(letters.records(TWO))
    some.insert(-2, (record("85", (3, f"{routing}{12555:014}{count:06}")), b""))
    some[-1] = some[-1][0].replace(b"00000016", b"00000017"), b""
    read = opened(tmp_path, packed(some))
    assert (held(read) == {}) is right
    assert right or f"bank {routing} in cash letter CL000001" in read.batches[0].detail


def test_a_returned_check_is_held_with_its_reason(tmp_path: Path) -> None:
    read = opened(tmp_path, letter([TWO[0], Item(kind="31", cents=900, reason="C")]))
    assert held(read) == {2: (Reason.NEEDS_ROUTING,)}
    assert "over 9.00 that was returned, for the reason 'C' (payment stopped)" in (
        read.batches[0].detail
    )
    assert tiff.description(read.cut[1].content) == "", "it is no check to pay in"


@pytest.mark.parametrize("kind", ["61", "62"])
def test_a_credit_is_held_and_not_dropped(kind: str, tmp_path: Path) -> None:
    read = opened(tmp_path, letter([Item(kind=kind, cents=12550, views=()), TWO[0]]))
    assert held(read) == {1: (Reason.NEEDS_ROUTING,)}
    assert (read.cut[0].name, read.cut[0].media_type) == ("deposit-1.txt", media.TEXT)
    assert b"credit" in read.cut[0].content
    assert "credit over 125.50" in read.batches[0].detail


def test_a_check_without_a_picture_is_held_as_what_its_record_says(tmp_path: Path) -> None:
    read = opened(tmp_path, letter([Item(views=()), TWO[1]]))
    assert held(read) == {1: (Reason.PAGE_COUNT_MISMATCH,)}
    assert read.cut[0].content.decode().splitlines()[2:] == [
        f"Routing number {BANK}",
        "Amount 125.50",
    ]


def test_a_check_with_a_back_alone_is_held(tmp_path: Path) -> None:
    some = list(letters.records([Item(views=(letters.tiff(),))]))
    at = next(at for at, (text, _) in enumerate(some) if text.startswith(b"50"))
    some[at] = some[at][0][:31] + b"1" + some[at][0][32:], b""
    assert held(opened(tmp_path, packed(some))) == {1: (Reason.PAGE_COUNT_MISMATCH,)}


@pytest.mark.parametrize(
    "picture",
    [b"", b"II*\0", b"II*\0\x08\0\0\0\xff\xff", b"\x89PNG\r\n\x1a\nxx", b"no picture at all"],
)
def test_a_picture_that_is_none_holds_its_check_alone(picture: bytes, tmp_path: Path) -> None:
    read = opened(tmp_path, letter([Item(views=(picture,)), TWO[1]]))
    expected = Reason.UNREADABLE if picture else Reason.PAGE_COUNT_MISMATCH
    assert held(read) == {1: (expected,)}
    assert read.cut[1].name == "deposit-2.tif"


def test_a_picture_longer_than_its_record_holds_its_check_alone(tmp_path: Path) -> None:
    size = len(letters.tiff())
    read = opened(tmp_path, changed([Item(), Item(views=())], b"%07d" % size, b"9999999"))
    assert held(read)[1] == (Reason.UNREADABLE,)
    assert f"should have 9,999,999 bytes, and {size:,} came" in read.batches[0].detail


def test_a_picture_too_large_to_open_holds_its_check_alone(tmp_path: Path) -> None:
    bomb = letters.tiff((1000, 1000), format="PNG", compression="")
    path = tmp_path / "deposit.x9"
    path.write_bytes(letter([Item(views=(bomb,))]))
    read = cashletters.opened(paper.document(path), paper.settings(max_megapixels=0))
    assert held(read) == {1: (Reason.UNREADABLE,)}
    assert "megapixels" in read.batches[0].detail


# ---- hostile and damaged files

WHOLE = letter(TWO)


def ends(*kinds: str) -> bytes:
    """A letter without the records of these types."""
    return packed([one for one in letters.records(TWO) if one[0][:2].decode() not in kinds])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (WHOLE[:-1], "record 16 says that it has 80 bytes, and 79 are left"),
        (WHOLE[:-84], "ends after record 15, without the record that ends a file"),
        (WHOLE[:400], "are left"),
        (WHOLE[:84] + b"\xff\xff\xff\xff" + WHOLE[88:], "says that it has 4,294,967,295 bytes"),
        (WHOLE[:84] + b"\0\0\0\0" + WHOLE[88:], "says that it has 0 bytes"),
        (WHOLE + WHOLE, "goes on after its last record"),
        (ends("70"), "record 14, of the type 90, stands where none may"),
        (ends("90"), "stands where none may"),
        (ends("20"), "record 3, of the type 25, stands where none may"),
        (ends("10"), "record 2, of the type 20, stands where none may"),
        (ends("25"), "record 4, of the type 50, stands where none may"),
        (ends("50"), "record 5, of the type 52, stands where none may"),
        (ends("99"), "without the record that ends a file"),
        (packed([*letters.records(TWO)][:1]), "ends after record 1"),
        (packed([(letters.opening(), b""), (record("98"), b"")]), "of the type '98', which"),
        (packed([(letters.opening(), b""), (record("99"), b"")]), "holds no check"),
        (letter(TWO, prefix=False)[:-20], "record 16 says that it has 80 bytes, and 60 are left"),
        (letter(TWO, prefix=False) + b"\0" * 40 + b"x" * 200, "goes on after its last"),
    ],
)
def test_a_file_that_is_no_whole_letter_is_refused_whole(
    content: bytes, says: str, tmp_path: Path
) -> None:
    with pytest.raises(ExtractionError, match=says) as refused:
        opened(tmp_path, content)
    assert "sent it" in str(refused.value), "it says what to do"


def test_thousands_of_summaries_that_are_wrong_are_told_in_a_few_words(tmp_path: Path) -> None:
    some = list(letters.records(TWO))
    some[-2:-2] = [(record("85", (3, f"{bank:09}{1:014}{1:06}")), b"") for bank in range(20_000)]
    read = opened(tmp_path, packed(some))
    assert held(read) == dict.fromkeys((1, 2), (Reason.BATCH_OUT_OF_BALANCE,))
    assert len(read.batches[0].detail) < 10_000


def test_padding_after_the_end_is_no_damage(tmp_path: Path) -> None:
    assert len(opened(tmp_path, WHOLE + b"\0" * 1000).cut) == 2


@pytest.mark.parametrize("limit", ["MOST_RECORDS", "MOST_ITEMS"])
def test_a_letter_of_too_many_records_or_items_is_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x9, limit, 1)
    with pytest.raises(ExtractionError, match="more than 1 ") as refused:
        opened(tmp_path, WHOLE)
    assert refused.value.reason is Reason.TOO_LARGE


def test_a_letter_of_too_many_bytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cashletters, "MOST_BYTES", 700)
    with pytest.raises(ExtractionError, match="megabytes") as refused:
        opened(tmp_path, WHOLE)
    assert refused.value.reason is Reason.TOO_LARGE
    assert cutting.MOST_BYTES > 700


@given(
    form=st.sampled_from(FORMS),
    at=st.integers(0, 2**16),
    piece=st.binary(max_size=12),
    cut=st.integers(0, 2**16),
)
def test_no_bytes_do_more_than_hold_or_refuse(
    form: tuple[str, bool, bytes],
    at: int,
    piece: bytes,
    cut: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A letter that was written over and cut short is read whole, or refused with what to do."""
    code, prefix, newline = form
    content = letter([*TWO, SLIP], code=code, prefix=prefix, newline=newline)
    at, end = at % len(content), len(content) - cut % 200
    content = (content[:at] + piece + content[at + len(piece) :])[:end]
    try:
        read = opened(tmp_path_factory.getbasetemp(), content)
    except ExtractionError:
        return
    numbers = sorted({n for one in read.batches for n in range(one.first, one.last + 1)})
    assert numbers == list(range(1, len(read.cut) + 1)), "each document has a batch"


@pytest.mark.parametrize(
    ("kind", "length"), [("27", 46), ("27", 80), ("62", 100), ("62", 96), ("68", 49)]
)
def test_records_of_many_lengths_are_found_without_their_length(kind: str, length: int) -> None:
    told = ((39, "0000004"),) if kind == "68" else ((19, "0000"),)
    odd = record(kind, *told, length=length)
    content = letters.opening() + odd + record("10") + record("90") + record("99")
    assert [one.type for one in x9.records(content)] == ["01", kind, "10", "90", "99"]


def test_money_is_written_as_people_do() -> None:
    assert balances.money(123456789) == "1,234,567.89"
