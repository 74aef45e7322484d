from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from config.reasons import Reason
from extractors import cutting, several
from extractors.engines.fake import Fake
from extractors.interface import Extraction, ExtractionError, Kind, Word
from extractors.read import read, read_with_parts
from extractors.separators import Ticket
from extractors.sheet import Pixels
from tests.extractors import paper, stacks
from tests.extractors.stacks import SEPARATOR, bill, stack

ONE, OTHER = bill("INV-1001"), bill("INV-2002", "240.00", "Widget Works GmbH")
TERMS = ("Terms and conditions", "Goods remain ours until they are paid for, in full.")


class Unused:
    """A reader that must not be asked."""

    name = "unused"

    def read(self, image: Pixels) -> Sequence[Word]:
        raise AssertionError("a page was read that need not be")


def opened(path: Path) -> Extraction:
    return read(paper.document(path), paper.SETTINGS, engines=[Unused()])


def names(whole: Extraction) -> list[str]:
    return [one.name for one in whole.cut]


def test_sheets_part_a_stack_without_reading_it(tmp_path: Path) -> None:
    path = stack(tmp_path / "s.pdf", SEPARATOR, ONE, TERMS, SEPARATOR, SEPARATOR, OTHER)
    whole = opened(stacks.scanned(path, tmp_path / "s.tif"))
    assert names(whole) == ["s-p2-3.tif", "s-p6.tif"]
    assert (whole.kind, len(whole.pages), whole.problems) == (Kind.OTHER, 6, ())
    assert [page.number for page in whole.pages if page.source == "barcode"] == [1, 4, 5]
    assert whole.files == whole.cut


def test_the_parts_of_a_scan_are_the_same_each_time(tmp_path: Path) -> None:
    path = stack(tmp_path / "s.pdf", ONE, SEPARATOR, OTHER)
    scan = stacks.scanned(path, tmp_path / "s.tif", "jpeg")
    assert [one.sha256 for one in opened(scan).cut] == [one.sha256 for one in opened(scan).cut]


def test_the_blank_back_of_a_sheet_goes_with_it_and_other_blanks_stay(tmp_path: Path) -> None:
    path = stack(tmp_path / "s.pdf", SEPARATOR, (), ONE, (), SEPARATOR, (), (), OTHER)
    assert names(opened(path)) == ["s-p3-4.pdf", "s-p7-8.pdf"]


def test_one_document_behind_a_sheet_is_freed_of_it(tmp_path: Path) -> None:
    assert names(opened(stack(tmp_path / "s.pdf", SEPARATOR, ONE))) == ["s-p2.pdf"]


def test_a_file_of_sheets_holds_nothing_to_read(tmp_path: Path) -> None:
    whole = opened(stack(tmp_path / "s.pdf", SEPARATOR, SEPARATOR, ()))
    assert whole.problems == (Reason.EMPTY_PAGE,)
    assert whole.files == ()


def test_more_documents_than_may_be_are_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "MOST_PARTS", 2)
    path = stack(tmp_path / "s.pdf", *[ONE, SEPARATOR] * 3)
    with pytest.raises(ExtractionError) as caught:
        opened(path)
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_file_that_cannot_be_copied_is_held_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise ValueError("the TIFF is of a kind that cannot be copied page by page")

    path = stacks.scanned(stack(tmp_path / "s.pdf", ONE, SEPARATOR, OTHER), tmp_path / "s.tif")
    monkeypatch.setattr("extractors.tiff.copied", refuse)
    whole = opened(path)
    assert whole.problems == (Reason.SPLIT_UNCERTAIN,)
    assert whole.files == ()


def test_bills_that_say_so_are_parted_without_sheets(tmp_path: Path) -> None:
    whole = opened(stack(tmp_path / "s.pdf", ONE, TERMS, OTHER))
    assert names(whole) == ["s-p1-2.pdf", "s-p3.pdf"]


def test_what_is_uncertain_stays_one_document(tmp_path: Path) -> None:
    whole = opened(stack(tmp_path / "s.pdf", ONE, (*OTHER, "Page 2 of 2")))
    assert whole.files == ()
    assert Reason.SPLIT_UNCERTAIN in whole.problems
    assert whole.kind is Kind.INVOICE


def test_a_kind_that_is_given_makes_it_one_document(tmp_path: Path) -> None:
    path = stack(tmp_path / "s.pdf", ONE, OTHER)
    whole = read(paper.document(path), paper.SETTINGS, kind=Kind.INVOICE, engines=[Unused()])
    assert whole.files == ()


def test_pages_that_did_not_come_are_a_problem(tmp_path: Path) -> None:
    whole = opened(stack(tmp_path / "s.pdf", (*ONE, "Page 1 of 3"), (*TERMS, "Page 2 of 3")))
    assert Reason.PAGE_COUNT_MISMATCH in whole.problems


def test_a_batch_that_balances_is_cut(tmp_path: Path) -> None:
    ticket = Ticket(name="A", count=2, pages=3, total=Decimal("360.00"), currency="EUR")
    whole = opened(stack(tmp_path / "s.pdf", ticket, ONE, (), SEPARATOR, OTHER))
    assert names(whole) == ["s-p2-3.pdf", "s-p5.pdf"]
    (batch,) = whole.batches
    assert (batch.name, batch.first, batch.last, batch.problems) == ("A", 1, 2, ())


def test_each_ticket_opens_a_batch_of_its_own(tmp_path: Path) -> None:
    good, bad = Ticket(name="A", count=1), Ticket(name="B", count=7)
    path = stack(tmp_path / "s.pdf", TERMS, good, ONE, bad, OTHER, SEPARATOR, TERMS)
    whole = read_with_parts(paper.document(path), paper.SETTINGS, engines=[Unused()])
    assert [(one.name, one.first, one.last) for one in whole.batches] == [("A", 2, 2), ("B", 3, 4)]
    out = [Reason.BATCH_OUT_OF_BALANCE in part.problems for part in whole.parts]
    assert out == [False, False, True, True]
    assert [part.kind for part in whole.parts[1:3]] == [Kind.INVOICE, Kind.INVOICE]


def test_a_ticket_that_nothing_follows_holds_the_file(tmp_path: Path) -> None:
    empty = Ticket(name="A", count=1)
    whole = opened(stack(tmp_path / "s.pdf", empty, Ticket(name="B", count=1), ONE))
    assert whole.problems == (Reason.BATCH_OUT_OF_BALANCE,)
    assert whole.files == ()


def test_a_part_that_is_blank_counts_and_has_no_total(tmp_path: Path) -> None:
    ticket = Ticket(name="A", count=2, total=Decimal("120.00"))
    path = stack(tmp_path / "s.pdf", ticket, ONE, SEPARATOR, (), ())
    whole = read(paper.document(path), paper.SETTINGS, engines=[Fake()])
    assert names(whole) == ["s-p2.pdf", "s-p5.pdf"]
    assert whole.batches[0].problems == (Reason.BATCH_OUT_OF_BALANCE,)
    assert "No total was read on document 2" in whole.batches[0].detail


def test_what_was_read_with_the_whole_is_not_read_again_with_its_parts(tmp_path: Path) -> None:
    path = stacks.scanned(stack(tmp_path / "s.pdf", ONE, OTHER), tmp_path / "s.tif")
    eyes = stacks.Typist(ONE, OTHER)

    whole = read_with_parts(paper.document(path), paper.SETTINGS, engines=[eyes])

    assert eyes.asked == 2
    assert [one.pages for one in whole.cut] == [(1,), (2,)]
    assert [[page.number for page in part.pages] for part in whole.parts] == [[1], [1]]
    numbers = [part.get("invoice_number") for part in whole.parts]
    assert [one and one.value for one in numbers] == ["INV-1001", "INV-2002"]


def test_a_page_that_may_show_two_bills_is_looked_at_again_with_its_part(tmp_path: Path) -> None:
    path = stack(tmp_path / "s.pdf", ONE, OTHER)
    pages = opened(path).pages
    whole = several.cut_read(
        paper.document(path),
        pages,
        several.Look(pages=pages, marks={}),
        apart={},
        starts=frozenset({1, 2}),
        known=frozenset({1}),
        find=lambda _: pytest.fail("there is no ticket"),
    )
    assert whole is not None
    assert [one.pages for one in whole.cut] == [(1,), ()]
    assert [len(whole.read_of(one)) for one in whole.cut] == [1, 0]
