import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from config.settings import SettingsError
from matchers.database import LOG_BYTES, connect, on_disk, reading, shown, writing
from matchers.interface import Unavailable
from tests.postgres import server


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    one = connect(database_url)
    with writing(one) as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)"))
    yield one
    one.dispose()


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Engine]:
    one = connect(on_disk(tmp_path / "m.db"))
    with writing(one) as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT)"))
    yield one
    one.dispose()


def add(engine: Engine, n: int) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO t (n) VALUES (:n)"), {"n": n})


def count(engine: Engine) -> int:
    with reading(engine) as connection:
        return int(connection.execute(text("SELECT count(*) FROM t")).scalar_one())


def test_sqlite_survives_power_cuts_and_waits_for_writers(tmp_path: Path) -> None:
    with connect(on_disk(tmp_path / "state" / "mailroom.db")).begin() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 30_000,
        "foreign_keys": 1,
    }


def test_text_that_is_damaged_in_a_sqlite_file_fails_no_other_row(on_file: Engine) -> None:
    with writing(on_file) as connection:
        connection.execute(text("INSERT INTO t (n, s) VALUES (1, CAST(x'ff41' AS TEXT))"))
        connection.execute(text("INSERT INTO t (n, s) VALUES (2, 'ü')"))
    with reading(on_file) as connection:
        found = connection.execute(text("SELECT s FROM t ORDER BY n")).scalars().all()
    assert found == ["\ufffdA", "ü"]


def test_postgresql_survives_power_cuts_whatever_its_server_is_set_to() -> None:
    url = server().fresh_url()
    name = url.partition("@/")[2].partition("?")[0]
    server().ask(f"ALTER DATABASE {name} SET synchronous_commit = off")
    engine = connect(url)
    with reading(engine) as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
    engine.dispose()
    server().drop(url)


def test_a_reader_never_waits_for_a_writer(engine: Engine) -> None:
    with writing(engine) as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        assert count(engine) == 0
    assert count(engine) == 1


def test_a_reader_sees_one_state_from_its_first_word_to_its_last(engine: Engine) -> None:
    with reading(engine) as looking:
        before = looking.execute(text("SELECT count(*) FROM t")).scalar()
        add(engine, 1)
        assert looking.execute(text("SELECT count(*) FROM t")).scalar() == before


def test_what_fails_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(Unavailable), writing(engine) as connection:  # noqa: PT012 - one step
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(IntegrityError), writing(engine) as connection:  # noqa: PT012 - one step
        connection.execute(text("INSERT INTO t VALUES (2)"))
        connection.execute(text("INSERT INTO t VALUES (2)"))
    assert count(engine) == 0


def test_two_writers_that_read_first_never_lose_a_change(engine: Engine) -> None:
    add(engine, 0)

    def raise_it() -> None:
        for _ in range(20):
            with writing(engine) as connection:
                n = connection.execute(text("SELECT n FROM t")).scalar_one()
                connection.execute(text("UPDATE t SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=raise_it) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with reading(engine) as looking:
        assert looking.execute(text("SELECT n FROM t")).scalar() == 60


def test_a_writer_gives_up_when_its_patience_ends(engine: Engine, database_url: str) -> None:
    hasty = connect(database_url, patience=0.1)
    with writing(engine), pytest.raises(Unavailable, match="lock"):
        add(hasty, 1)
    add(hasty, 1)
    hasty.dispose()


def test_a_server_that_stops_and_starts_again_is_used_again() -> None:
    url = server().fresh_url()
    engine = connect(url)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY)"))
    with pytest.raises(Unavailable), writing(engine) as connection:  # noqa: PT012 - one step
        connection.execute(text("INSERT INTO t VALUES (1)"))
        server().stop("immediate")
        connection.execute(text("INSERT INTO t VALUES (2)"))
    try:
        with pytest.raises(Unavailable, match="database server"):
            add(engine, 3)
    finally:
        server().start()
    add(engine, 4)
    assert count(engine) == 1
    engine.dispose()
    server().drop(url)


@pytest.mark.parametrize("ending", ["", "-wal"])
@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_nothing_is_written_into_a_file_that_is_not_there_any_more(
    on_file: Engine, tmp_path: Path, ending: str, how: str
) -> None:
    add(on_file, 1)
    path, aside = tmp_path / f"m.db{ending}", tmp_path / "aside"
    path.rename(aside)
    if how == "replaced":
        shutil.copy(aside, path)
    with pytest.raises(Unavailable, match="deleted or replaced"):
        add(on_file, 2)
    with pytest.raises(Unavailable, match="deleted or replaced"):
        count(on_file)
    aside.replace(path)
    add(on_file, 3)
    assert count(on_file) == 2


def test_a_new_connection_never_makes_a_new_file_in_place_of_the_old(
    on_file: Engine, tmp_path: Path
) -> None:
    on_file.dispose()
    (tmp_path / "m.db").unlink()
    with pytest.raises(Unavailable, match="deleted or replaced"):
        count(on_file)
    assert not (tmp_path / "m.db").exists()


def test_a_workspace_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    path = tmp_path / "50% of a?b #1 ü" / "m.db"
    engine = connect(on_disk(path))
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    assert path.stat().st_size > 0


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/db", "sqlite://"])
def test_other_databases_are_refused_with_what_serves(url: str) -> None:
    with pytest.raises(SettingsError, match="postgresql://USER@HOST/DATABASE"):
        connect(url)


def test_a_url_that_cannot_be_read_shows_no_piece_of_its_password() -> None:
    with pytest.raises(SettingsError) as caught:
        connect("postgresql://ann@db:S3cret/mailroom")
    assert "S3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_no_password_is_shown() -> None:
    for url in (
        "postgresql://ann:S3cret@db/mailroom",
        "postgresql+psycopg://ann@db/mailroom?password=S3cret",
    ):
        assert "S3cret" not in shown(url)
        assert "db/mailroom" in shown(url)


# ---- full disks


def fill(engine: Engine) -> int:
    """Write until there is no room; the number of rows then."""
    with pytest.raises(Unavailable, match="full"):  # noqa: PT012 - until it happens
        for _ in range(10_000):
            more(engine)
    return count(engine)


def more(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO t (s) VALUES (:s)"), {"s": os.urandom(2000).hex()})


def test_a_database_without_room_keeps_what_it_has_and_goes_on_once_there_is(
    on_file: Engine,
) -> None:
    with reading(on_file) as connection:
        connection.execute(text("PRAGMA max_page_count = 100"))
    kept = fill(on_file)
    with reading(on_file) as connection:
        connection.execute(text("PRAGMA max_page_count = 1000"))
    more(on_file)
    assert count(on_file) == kept + 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB, with room for 1.5 besides the file `filler`."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a small disk cannot be mounted here ({error}); the test above stands alone")
    (folder / "filler").write_bytes(b"x" * 4_500_000)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_that_is_freed_a_little_is_written_on_again(small_disk: Path) -> None:
    engine = connect(on_disk(small_disk / "m.db"))
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER PRIMARY KEY, s TEXT)"))
    kept = fill(engine)
    os.truncate(small_disk / "filler", 4_000_000)
    for _ in range(100):
        more(engine)
    assert count(engine) == kept + 100
    assert (small_disk / "m.db-wal").stat().st_size <= LOG_BYTES
    engine.dispose()
