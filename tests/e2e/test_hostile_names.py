"""Names and markup from outside, through the real reader, split and report."""

import os
import re
from pathlib import Path
from typing import cast
from urllib.parse import quote

import pytest

from extractors.read import read
from ingest.app import App, build
from ingest.daemon import Daemon
from ingest.outcomes import Job, Outcome
from ingest.worker import Pool
from outbox.interface import Workspace
from outbox.verify import recount
from tests.ingest.pools import Table

EVIL = (
    "../../../../etc/cron.d/evil.txt",
    "..\\..\\windows\\evil.txt",
    "/etc/passwd",
    "C:\\autoexec.bat",
    "..",
    ".",
    "nul\x00l.txt",
    "invoice\u202etxt.exe",
    "x" * 4000 + ".txt",
    "ä" * 2000,
    "CON",
    "aux.txt",
    "report.html",
    "REPORT.HTML",
    "note.txt",
    "refused.txt",
    "evidence",
    "control.json",
    "same.txt",
    "SAME.txt",
    "same.txt",
    "line\nbreak.txt",
    "<script>alert(1)</script>.txt",
    "=cmd|' /C calc'!A0.txt",
)
"""What a sender may call an attachment."""


def bytes_of(number: int) -> bytes:
    return (
        f"Brightwater Supplies\n\nRe: letter {number}\n\n<img src=x onerror=alert(1)>\n"
        f"=HYPERLINK(1)\n\nDear Sir, this is letter {number}.\n\nYours sincerely\nAnn\n"
    ).encode()


def mail() -> bytes:
    parts = "".join(
        f"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment;\r\n"
        f" filename*=utf-8''{quote(name, safe='')}\r\n\r\n{bytes_of(number).decode()}\r\n"
        for number, name in enumerate(EVIL)
    )
    head = "From: a@example.org\r\nTo: b@example.org\r\nSubject: <b>x</b>\r\nMIME-Version: 1.0\r\n"
    return f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n{parts}--b--\r\n'.encode()


def around(folder: Path, workspace: Workspace) -> set[Path]:
    """Everything below a folder but the workspace."""
    return {path for path in folder.rglob("*") if not path.is_relative_to(workspace.root)}


@pytest.fixture
def app(workspace: Workspace) -> App:
    return build(workspace)


def test_no_name_of_an_attachment_leads_out_of_its_folder_or_stops_the_work(
    app: App, workspace: Workspace, tmp_path: Path
) -> None:
    def act(job: Job) -> Outcome:
        return read(job.document, app.settings.reading)

    path = workspace.inbox / "mail.eml"
    path.write_bytes(mail())
    os.utime(path, (0, 0))
    before = around(tmp_path, workspace)
    daemon = Daemon(app)
    daemon._pool = cast("Pool", Table(act))
    for _ in range(200):
        daemon.turn(wake=True)
        if len(app.journal.documents()) > len(EVIL) and not app.journal.unsettled():
            break
    daemon.stop()
    assert daemon.faults == []
    assert around(tmp_path, workspace) == before
    rows = app.journal.documents()
    [parent] = [row for row in rows if row.parent is None]
    parts = [row for row in rows if row.parent]
    assert (parent.state, len(parts)) == ("split", len(EVIL))
    assert {row.state for row in parts} <= {"exception", "duplicate"}
    for row in parts:
        assert not re.search(r"[/\\\x00-\x1f\u202e]", row.name), row.name
        assert row.name.casefold() not in {"", ".", "..", "con", "aux.txt"}
        assert len(row.name.encode()) <= 180
    originals = [(workspace.root / row.path).read_bytes().strip() for row in parts]
    assert sorted(originals) == sorted(bytes_of(number).strip() for number in range(len(EVIL)))
    assert recount(workspace, app.journal).findings == ()
    for page in workspace.exceptions.rglob("report.html"):
        text = page.read_text()
        assert "Content-Security-Policy" in text
        assert "<script" not in text
        assert "<img src=x" not in text
