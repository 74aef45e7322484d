"""The same program with its journal and ledger on a PostgreSQL server."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import samples
from tests.e2e.shop import Shop, make
from tests.postgres import fresh_url, server

TEXT_ONLY = ("001", "005", "009", "023", "024", "025", "028", "029")
"""Samples that need no eyes: born-digital, XML, email, a copy, and two that cannot be opened."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database, whose URL the program is given with a password."""
    plain = fresh_url()
    own = plain.replace("@", ":S3cret-word@", 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILROOM_DATABASE__URL", own)
        yield own
    server().drop(plain)


@pytest.fixture(scope="module")
def worked(url: str, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A workspace with a few samples, worked through; the tests only look at it."""
    home = tmp_path_factory.mktemp("shop")
    papers = samples.make(home / "samples", today=dt.datetime.now(dt.UTC).date())
    shop = make(home / "workspace")
    assert shop.call("ledger", "import", str(papers.ledger)).returncode == 0
    for path in sorted(papers.documents.iterdir()):
        if path.name.startswith(TEXT_ONLY):
            shop.drop(path)
    done = shop.call("run")
    assert done.returncode == 0, done.stderr
    return shop


def test_documents_come_to_their_ends_and_everything_is_proved(worked: Shop) -> None:
    ends = {one["name"][:3]: one["state"] for one in worked.documents() if not one["parent"]}
    assert ends == {
        "001": "matched",
        "005": "matched",
        "009": "exception",
        "023": "split",
        "024": "exception",
        "025": "duplicate",
        "028": "quarantined",
        "029": "quarantined",
    }
    proof = worked.call("verify", "--json")
    assert json.loads(proof.stdout)["findings"] == []
    assert not list((worked.root / "state").glob("mailroom.db*"))


def test_the_password_is_nowhere_to_be_seen(worked: Shop, url: str) -> None:
    doctor = worked.call("doctor")
    assert ":***@" in doctor.stdout + doctor.stderr
    gone = worked.call("run", env={"MAILROOM_DATABASE__URL": url.replace("test_", "gone_")})
    assert gone.returncode == 3
    said = doctor.stdout + doctor.stderr + gone.stdout + gone.stderr
    files = [path for path in worked.root.rglob("*") if path.is_file()]
    assert "S3cret" not in said
    assert [path for path in files if b"S3cret" in path.read_bytes()] == []


def test_a_database_of_another_workspace_is_refused(worked: Shop, tmp_path: Path) -> None:
    other = make(tmp_path / "other")
    shutil.copy(worked.root / "mailroom.toml", other.root)
    done = other.call("run")
    assert done.returncode == 3
    assert "key" in done.stderr
