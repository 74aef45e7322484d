"""What was read of a file of several documents is not read again with its parts."""

from pathlib import Path

import pytest

from extractors.interface import Attachment, Extraction, Kind, Page, Word
from ingest import answers, known
from ingest.app import build
from ingest.outcomes import Job, Lost, Outcome
from ingest.worker import read_one
from outbox.interface import Workspace
from tests.extractors import paper, stacks
from tests.extractors.paper import words_of
from tests.ingest.test_daemon import drop, employ, states, work

ONE, OTHER = stacks.bill("INV-1"), stacks.bill("INV-2", "240.00", "Widget Works GmbH")
JPEG = b"\xff\xd8\xff picture "


def test_a_scan_that_is_cut_is_read_once(workspace: Workspace, tmp_path: Path) -> None:
    scan = stacks.scanned(stacks.stack(tmp_path / "s.pdf", ONE, OTHER), tmp_path / "s.tif")
    app, eyes, jobs = build(workspace), stacks.Typist(ONE, OTHER), list[Job]()

    def read(job: Job) -> Outcome:
        jobs.append(job)
        return read_one(job, app.settings.reading, eyes)

    drop(app, "s.tif", scan.read_bytes())
    daemon = employ(app, read)
    work(daemon, lambda: len(states(app)) == 3 and daemon.idle())

    assert eyes.asked == 2
    assert [len(job.known) for job in jobs] == [0, 1, 1]
    parts = [row for row in app.journal.documents() if row.parent]
    for part, number in zip(parts, ("INV-1", "INV-2"), strict=True):
        dossier = app.journal.dossier(part.id) or {}
        assert dossier["fields"]["invoice_number"]["value"] == number
        case = (workspace.root / part.path).parent
        assert (case / "evidence" / "page-1.jpg").is_file()
        assert (workspace.archive / f"{part.id}.pdf").is_file()
    assert list(workspace.scratch.iterdir()) == []


def test_what_took_a_reader_down_is_read_from_its_own_bytes(
    workspace: Workspace, tmp_path: Path
) -> None:
    scan = stacks.scanned(stacks.stack(tmp_path / "s.pdf", ONE, OTHER), tmp_path / "s.tif")
    app, eyes, known_to = build(workspace), stacks.Typist(ONE, OTHER, ONE), list[int]()

    def read(job: Job) -> Outcome:
        known_to.append(len(job.known))
        if len(known_to) == 2:
            return Lost("it died")
        return read_one(job, app.settings.reading, eyes)

    drop(app, "s.tif", scan.read_bytes())
    daemon = employ(app, read)
    work(daemon, lambda: len(states(app)) == 3 and daemon.idle())

    assert sorted(known_to) == [0, 0, 1, 1]
    assert eyes.asked == 3


HOME = "d1.1"


def laid(folder: Path) -> tuple[Path, Attachment]:
    """A folder with what was read of a part, and the part."""
    path = paper.image_file(folder / "a.png", paper.page_image())
    document = paper.document(path)
    pages = tuple(
        Page(number=number, width=100, height=100, words=words_of(f"page {number}"), source="x")
        for number in (1, 2, 3)
    )
    part = Attachment(
        name="p", media_type="image/png", sha256=document.sha256, content=b"", pages=(2, 3)
    )
    whole = Extraction(
        document=document, kind=Kind.OTHER, kind_confidence=1.0, pages=pages, cut=(part,)
    )
    pictures = folder / "pictures"
    pictures.mkdir()
    for page in pages:
        (pictures / f"page-{page.number}.jpg").write_bytes(JPEG + str(page.number).encode())
    known.lay(folder / HOME, whole, part, pictures)
    return folder / HOME, part


def said(found: known.Known | None) -> list[tuple[int, str]]:
    words = [] if found is None else [(one.number, one.words) for one in found.pages]
    return [(number, " ".join(map(_text, of))) for number, of in words]


def _text(word: Word) -> str:
    return word.text


def test_what_is_kept_comes_back_with_its_pictures_and_serves_once(tmp_path: Path) -> None:
    home, _ = laid(tmp_path)
    document = paper.document(tmp_path / "a.png")

    found = known.taken(home, document, 10)

    assert said(found) == [(1, "page 2"), (2, "page 3")]
    pictures = {path.name: path.read_bytes() for path in home.iterdir()}
    assert pictures == {"page-1.jpg": JPEG + b"2", "page-2.jpg": JPEG + b"3"}
    assert known.taken(home, document, 10) is None
    assert list(home.iterdir()) == []


def test_what_was_read_of_other_bytes_is_not_used(tmp_path: Path) -> None:
    home, _ = laid(tmp_path)
    other = paper.image_file(tmp_path / "b.png", paper.page_image(["OTHER"]))
    assert known.taken(home, paper.document(other), 10) is None
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("keep", [0, 7, -1])
def test_what_was_kept_in_part_is_not_used(tmp_path: Path, keep: int) -> None:
    home, _ = laid(tmp_path)
    [kept] = home.iterdir()
    kept.write_bytes(kept.read_bytes()[:keep])
    assert known.taken(home, paper.document(tmp_path / "a.png"), 10) is None
    assert list(home.iterdir()) == []


def test_what_lacks_a_picture_is_not_used(tmp_path: Path) -> None:
    home, part = laid(tmp_path)
    page = Page(number=1, width=9, height=9)
    [kept] = home.iterdir()
    kept.write_bytes(
        answers.encoded(known.Known(sha256=part.sha256, pages=(page, page), pictures=(JPEG,)))
    )
    assert known.taken(home, paper.document(tmp_path / "a.png"), 10) is None
    assert list(home.iterdir()) == []


def test_without_a_picture_of_each_page_nothing_is_kept(tmp_path: Path) -> None:
    home, part = laid(tmp_path)
    whole = Extraction(
        document=paper.document(tmp_path / "a.png"),
        kind=Kind.OTHER,
        kind_confidence=1.0,
        pages=(Page(number=2, width=9, height=9), Page(number=3, width=9, height=9)),
    )
    known.lay(home, whole, part, tmp_path / "nowhere")
    assert not home.exists()
