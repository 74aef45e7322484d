from pathlib import Path

from tests.extractors import paper
from tests.looking_glass.labels import Labelled
from tests.looking_glass.reading import How, drawn, read_one


def test_a_pdf_drawn_as_a_scan_has_no_text_left(tmp_path: Path) -> None:
    scan = drawn(paper.pdf_file(tmp_path / "a.pdf", pages=2), tmp_path / "scan.tif")
    content = scan.read_bytes()
    assert content[:2] == b"II"
    assert b"ACME" not in content


def test_a_fault_of_ours_is_a_failure_of_the_document(tmp_path: Path) -> None:
    typed = tmp_path / "letter.txt"
    typed.write_text("Dear Sirs,\nwe write to you.\n")
    row = Labelled(file="letter.txt", path=typed, kind="letter", truth={"sender": "A"})
    read = read_one(row, How(kind="nonsense"), tmp_path / "pages")  # type: ignore[arg-type]
    assert "fault: " in read.answer["error"]
    assert read.answer["fields"] == {}
