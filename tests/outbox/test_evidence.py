"""Pictures that a reader left are copied as bytes, or left: nothing is followed or waited for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from config.reasons import Reason
from extractors.interface import Box, crop_name
from outbox.evidence import LARGEST, left_in
from outbox.filing import Filer
from outbox.interface import State, Workspace
from outbox.journal import Journal, Ruling
from outbox.verify import recount
from tests.outbox.desk import arrive, dossier
from tests.outbox.filled import see

JPEG = b"\xff\xd8\xff\xe0 a page"
PNG = b"\x89PNG\r\n\x1a\n a field"


def linked(path: Path) -> None:
    other = path.parent.parent / f"theirs{path.suffix}"
    other.write_bytes(JPEG if path.suffix == ".jpg" else PNG)
    path.symlink_to(other)


def second_name(path: Path) -> None:
    other = path.parent.parent / "key"
    other.write_bytes(JPEG)
    path.hardlink_to(other)


def huge(path: Path) -> None:
    path.write_bytes(JPEG)
    os.truncate(path, LARGEST + 1)


STRANGE: list[Callable[[Path], object]] = [
    linked,
    second_name,
    huge,
    os.mkfifo,
    Path.mkdir,
    Path.touch,
    lambda path: path.write_bytes(b"%PDF-1.7"),
]


@pytest.mark.parametrize("lay", STRANGE)
@pytest.mark.parametrize("name", ["page-2.jpg", "crop-1-1-1-5-5.png"])
def test_what_is_no_plain_picture_is_left_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, lay: Callable[[Path], object], name: str
) -> None:
    folder = tmp_path / "d1"
    folder.mkdir()
    (folder / "page-1.jpg").write_bytes(JPEG)
    lay(folder / name)
    assert [piece.page for piece in left_in(folder)] == [1]
    assert name in caplog.text


@pytest.mark.parametrize(
    "name",
    [
        "page-x.jpg",
        "page-0.jpg",
        "page-01.jpg",
        "page-1.jpg.exe",
        "crop-1-1-1-5.png",
        "crop-1-1-1-5-5-5.png",
        "field-..png",
        "x\n.jpg",
    ],
)
def test_a_name_that_no_reader_gives_is_left(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(JPEG)
    assert list(left_in(tmp_path)) == []


def test_a_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "page-1.jpg").write_bytes(JPEG)
    (tmp_path / "d1").symlink_to(tmp_path / "there")
    assert list(left_in(tmp_path / "d1")) == []
    assert list(left_in(tmp_path / "gone")) == []


def test_pages_come_in_their_order_and_before_the_crops(tmp_path: Path) -> None:
    for number in (10, 9, 1):
        (tmp_path / f"page-{number}.jpg").write_bytes(JPEG)
    (tmp_path / "crop-1-0--2-5-5.png").write_bytes(PNG)
    found = [piece.name for piece in left_in(tmp_path)]
    assert found == ["page-1.jpg", "page-9.jpg", "page-10.jpg", "crop-1-0--2-5-5.png"]


def test_words_are_no_evidence(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    see(workspace, "d1", "Notice")
    assert [one.name for one in left_in(workspace.scratch / "d1")] == ["page-1.jpg"]
    assert caplog.text == ""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_case_is_filed_with_its_pictures_whatever_else_the_reader_left(
    workspace: Workspace, journal: Journal
) -> None:
    folder = workspace.scratch / "d1"
    folder.mkdir()
    (folder / "page-1.jpg").write_bytes(JPEG)
    (folder / crop_name(1, Box(1, 1, 5, 5))).write_bytes(PNG)
    (folder / "page-2.jpg").symlink_to(workspace.state / "audit.key")
    os.mkfifo(folder / "page-3.jpg")
    (folder / "page-x.jpg").write_bytes(JPEG)
    arrive(workspace, journal, "d1", b"paper")
    read = {"value": "9.00", "text": "9.00", "confidence": 0.9, "source": "t", "alternatives": []}
    fields = {
        "total": {**read, "page": 1, "box": [1, 1, 5, 5]},
        "date": {**read, "value": "2026-11-22", "page": 1, "box": [9, 9, 12, 12]},
    }
    ruling = Ruling(
        goal=State.EXCEPTION,
        dossier=dossier(fields=fields),
        kind="invoice",
        reasons=(Reason.NO_CANDIDATE,),
    )
    case = str(journal.decide("d1", journal.start("d1"), ruling).case_name)
    Filer(workspace, journal).file("d1")
    there = sorted(path.name for path in (workspace.exceptions / case / "evidence").iterdir())
    assert there == ["page-1.jpg", "total.png"]
    assert (workspace.exceptions / case / "report.html").is_file()
    assert recount(workspace, journal).findings == ()
