import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from matchers.database import connect, on_disk, reading


def test_a_database_survives_power_cuts_and_waits_for_writers(tmp_path: Path) -> None:
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


def test_a_reader_never_waits_for_a_writer(tmp_path: Path) -> None:
    engine = connect(on_disk(tmp_path / "m.db"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with engine.begin() as writer:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        with reading(engine) as looking:
            assert looking.execute(text("SELECT count(*) FROM t")).scalar() == 0
    with reading(engine) as looking:
        assert looking.execute(text("SELECT count(*) FROM t")).scalar() == 1


def test_what_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = connect(on_disk(tmp_path / "m.db"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
    with pytest.raises(OperationalError), engine.begin() as connection:  # noqa: PT012 - one step
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    with reading(engine) as looking:
        assert looking.execute(text("SELECT count(*) FROM t")).scalar() == 0


def test_two_writers_that_read_first_never_lose_a_change(tmp_path: Path) -> None:
    engine = connect(on_disk(tmp_path / "m.db"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (n INTEGER)"))
        connection.execute(text("INSERT INTO t VALUES (0)"))

    def count() -> None:
        for _ in range(20):
            with engine.begin() as connection:
                n = connection.execute(text("SELECT n FROM t")).scalar()
                connection.execute(text("UPDATE t SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=count) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with reading(engine) as looking:
        assert looking.execute(text("SELECT n FROM t")).scalar() == 60
