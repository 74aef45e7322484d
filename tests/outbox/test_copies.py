"""Searchable copies: made once a document rests, proved like everything else, in nobody's way."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from config import steps
from config.reasons import Reason
from extractors.interface import WORDS
from outbox import verify
from outbox.cases import Cases
from outbox.copies import Copies
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import OutboxError, State, Workspace
from outbox.journal import Journal, Ruling, stamp
from outbox.tables import ResolutionRow
from outbox.verify import recount
from tests.outbox.desk import OneRecordLedger, arrive, dossier, hold, match
from tests.outbox.filled import DAY, see

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "BETWEEN_LOOKS", 0.0)


@pytest.fixture
def copies(workspace: Workspace, journal: Journal) -> Copies:
    return Copies(workspace, journal)


def held(workspace: Workspace, journal: Journal, *words: str, pages: int = 1) -> str:
    """d1 as a case, with what its reading left; gives the case."""
    arrive(workspace, journal, "d1", b"paper", name="scan 1.tif")
    see(workspace, "d1", *(words or ("Notice",)), pages=pages)
    case = hold(journal, "d1", Reason.NO_CANDIDATE)
    Filer(workspace, journal).file("d1")
    return case


def made(copies: Copies, document_id: str = "d1") -> int:
    return len(list(copies.make(document_id)))


def said(path: Path) -> list[list[str]]:
    with pdfium.PdfDocument(path) as opened:
        return [page.get_textpage().get_text_range().split() for page in opened]


def told(journal: Journal) -> list[str]:
    return [event.event for event in journal.events("d1")]


def asked(journal: Journal, case: str, action: str) -> ResolutionRow:
    return ResolutionRow(at=stamp(), case_name=case, action=action, who="ann")


def test_a_case_read_from_pictures_gets_its_copy(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    held(workspace, journal, "Grüße", "Σύνολο", pages=3)
    assert copies.due() == ["d1"]
    assert made(copies) == 3
    path = workspace.archive / "d1.pdf"
    assert said(path) == [["Grüße", "Σύνολο"]] * 3
    with pdfium.PdfDocument(path) as opened:
        properties = ("Title", "MailroomDocument", "MailroomOriginalSHA256")
        about = [opened.get_metadata_value(name) for name in properties]
    row = journal.get("d1")
    assert row is not None
    assert about == ["scan 1.tif", "d1", row.sha256]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert copies.due() == []
    assert list(workspace.scratch.iterdir()) == list(workspace.building.iterdir()) == []
    assert told(journal)[-2:] == ["exception", "archived"]
    assert recount(workspace, journal).findings == ()


def test_a_posted_document_gets_its_copy_once_it_is_delivered(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    see(workspace, "d1", "Notice")
    match(journal, "d1", "R1")
    assert copies.due() == []
    Deliveries(workspace, journal).close(DAY)
    assert copies.due() == ["d1"]
    made(copies)
    assert said(workspace.archive / "d1.pdf") == [["Notice"]]
    assert recount(workspace, journal).findings == ()


@pytest.mark.parametrize("state", [State.SPLIT, State.QUARANTINED, State.DUPLICATE])
def test_what_is_split_or_put_aside_gets_none(
    workspace: Workspace, journal: Journal, copies: Copies, state: State
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    see(workspace, "d1", "Notice")
    twin = {"id": "d0", "name": "d0", "state": "matched", "received": "2026-11-22T00:00:00+00:00"}
    ruling = Ruling(goal=state, dossier=dossier(twin=twin | {"case": "", "path": "matched/x"}))
    journal.decide("d1", journal.start("d1"), ruling)
    Filer(workspace, journal).file("d1")
    made(copies)
    assert not (workspace.archive / "d1.pdf").exists()
    assert "archived" not in told(journal)
    assert list(workspace.scratch.iterdir()) == []


def test_what_has_words_of_its_own_gets_none(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    arrive(workspace, journal, "d1", b"paper")
    (workspace.scratch / "d1").mkdir()
    (workspace.scratch / "d1" / "page-1.jpg").write_bytes(b"\xff\xd8\xff")
    hold(journal, "d1", Reason.NO_CANDIDATE)
    Filer(workspace, journal).file("d1")
    assert copies.due() == []
    assert list(workspace.scratch.iterdir()) == []


def again(workspace: Workspace, journal: Journal, case: str, *words: str) -> None:
    """A person has the case read again."""
    journal.ask(asked(journal, case, "retry"))
    Cases(workspace, journal, OneRecordLedger()).apply()
    see(workspace, "d1", *words)
    hold(journal, "d1", Reason.NO_CANDIDATE)
    Filer(workspace, journal).file("d1")


def test_a_case_that_is_read_again_has_a_copy_of_what_was_read_last(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    case = held(workspace, journal, "Notlce")
    made(copies)
    again(workspace, journal, case, "Notice")
    made(copies)
    assert said(workspace.archive / "d1.pdf") == [["Notice"]]
    assert told(journal).count("archived") == 2
    assert recount(workspace, journal).findings == ()


def test_a_copy_that_would_say_the_same_stays_as_it_is(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    case = held(workspace, journal, "Notice")
    made(copies)
    before = (workspace.archive / "d1.pdf").stat()
    again(workspace, journal, case, "Notice")
    made(copies)
    after = (workspace.archive / "d1.pdf").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert told(journal).count("archived") == 1


def test_the_copy_of_a_rejected_case_stays(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    case = held(workspace, journal)
    journal.ask(asked(journal, case, "reject"))
    Cases(workspace, journal, OneRecordLedger()).apply()
    made(copies)
    assert said(workspace.archive / "d1.pdf") == [["Notice"]]
    assert recount(workspace, journal).findings == ()


def test_nothing_is_kept_of_a_document_that_is_taken_in_hand_meanwhile(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    case = held(workspace, journal, pages=2)
    work = copies.make("d1")
    next(work)
    journal.ask(asked(journal, case, "retry"))
    Cases(workspace, journal, OneRecordLedger()).apply()
    assert list(work) == [None]
    assert not (workspace.archive / "d1.pdf").exists()
    assert list(workspace.building.iterdir()) == []
    assert copies.due() == []


def no_picture(home: Path) -> None:
    (home / "page-1.jpg").unlink()


def another_picture(home: Path) -> None:
    (home / "page-1.jpg").write_bytes(b"\x89PNG")


def half_a_picture(home: Path) -> None:
    (home / "page-1.jpg").write_bytes(b"\xff\xd8\xff\xe0")


def words_that_are_a_link(home: Path) -> None:
    (home / WORDS).unlink()
    (home / WORDS).symlink_to("/etc/passwd")


def words_that_are_a_folder(home: Path) -> None:
    (home / WORDS).unlink()
    (home / WORDS).mkdir()


def words_that_are(line: str) -> Callable[[Path], None]:
    def spoil(home: Path) -> None:
        (home / WORDS).write_text(line)

    return spoil


SPOILT = [
    no_picture,
    another_picture,
    half_a_picture,
    words_that_are_a_link,
    words_that_are_a_folder,
    *map(
        words_that_are,
        (
            "words",
            "[1, 60]",
            '["1", 60, 40, []]',
            "[1, 0, 40, []]",
            '[1, 60, 40, [["a", 1, 2, 3]]]',
            '[1, 60, 40, [["a", 1, 2, 3, 1e9]]]',
            "[1, 60, 40, [[7, 1, 2, 3, 4]]]",
            f'[1, 60, 40, [["a", 1, 2, 3, {10**30}]]]',
            "[" * 100_000,
        ),
    ),
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_what_no_reader_leaves_makes_no_copy_and_is_named(
    workspace: Workspace, journal: Journal, copies: Copies, spoil: Callable[[Path], None]
) -> None:
    held(workspace, journal)
    spoil(workspace.scratch / "d1")
    with pytest.raises(OutboxError, match="No searchable copy of d1"):
        made(copies)
    assert list(workspace.building.iterdir()) == []
    assert not (workspace.archive / "d1.pdf").exists()
    assert copies.due() == ["d1"]
    assert recount(workspace, journal).findings == ()


@pytest.fixture
def cut_short() -> Iterator[Callable[[str], None]]:
    """Ends the work at a step, as a kill would."""

    def at(wanted: str) -> None:
        def die(name: str) -> None:
            if name == wanted:
                raise KeyboardInterrupt

        steps.trap = die

    yield at
    steps.trap = None


@pytest.mark.parametrize("step", ["copies.built", "copies.stands", "journal.archived"])
def test_a_copy_that_was_cut_short_is_made_again_and_told_once(
    workspace: Workspace,
    journal: Journal,
    copies: Copies,
    cut_short: Callable[[str], None],
    step: str,
) -> None:
    held(workspace, journal)
    cut_short(step)
    with pytest.raises(KeyboardInterrupt):
        made(copies)
    assert recount(workspace, journal).findings == ()
    steps.trap = None
    assert copies.due() == ["d1"]
    made(copies)
    assert told(journal).count("archived") == 1
    assert copies.due() == []
    assert recount(workspace, journal).findings == ()


def test_a_missing_a_changed_and_a_strange_copy_are_named(
    workspace: Workspace, journal: Journal, copies: Copies
) -> None:
    held(workspace, journal)
    made(copies)
    path = workspace.archive / "d1.pdf"
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    assert recount(workspace, journal).findings == (f"{path} is not as it was written",)
    path.unlink()
    assert recount(workspace, journal).findings == (f"{path} is gone",)
    path.write_bytes(content)
    (workspace.archive / "d2.pdf").write_bytes(content)
    [finding] = recount(workspace, journal).findings
    assert "d2.pdf" in finding
