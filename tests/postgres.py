"""A real PostgreSQL server for tests: its own data folder, its own socket, gone when they end.

As a program it gives a command a database of its own, in MAILROOM_DATABASE__URL:

    python -m tests.postgres -- mailroom run
"""

import atexit
import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

OWNER = "mailroom"
"""The role that owns every database. It may make databases, and nothing else."""

ACCOUNT = "postgres"
"""The account that the server runs as under root, which it refuses."""

PROGRAMS = (
    "usr/lib/postgresql/*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
    "usr/pgsql-*/bin",
)
"""Where packages put the programs that are not on the path."""

CARETAKER = 'read -r _; "$1/pg_ctl" stop -s -D "$2/data" -m immediate; rm -rf "$2"'
"""Waits until whoever started the server has ended, in whatever way, and clears up after it."""

Mode = Literal["smart", "fast", "immediate"]


class Server:
    """A server that listens on a socket in its own folder, with fsync on, as anywhere."""

    def __init__(self) -> None:
        self._programs = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="mailroom-pg-", dir="/tmp"))  # a short path
        if _user():
            shutil.chown(self.folder, ACCOUNT)
        self._caretaker = subprocess.Popen(
            ["sh", "-c", CARETAKER, "sh", str(self._programs), str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=_user(),
            start_new_session=True,
        )
        self._run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", *self._collation())
        self.start()
        self.ask(f"CREATE ROLE {OWNER} LOGIN CREATEDB")

    def start(self) -> None:
        """Start it, or start it again after `stop`."""
        own = f"-k {self.folder} -c listen_addresses='' -c max_connections=60"
        self._run("pg_ctl", "start", "-s", "-w", "-l", str(self.folder / "log"), "-o", own)

    def stop(self, mode: Mode = "fast") -> None:
        """Stop it; `immediate` is as good as pulling the plug."""
        self._run("pg_ctl", "stop", "-s", "-w", "-m", mode)

    def remove(self) -> None:
        """Stop it for good and delete its folder."""
        self._caretaker.communicate(b"\n")

    def fresh_url(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{uuid4().hex[:12]}"
        self.ask(f"CREATE DATABASE {name} OWNER {OWNER}")
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self.ask(f"DROP DATABASE {url.partition('@/')[2].partition('?')[0]} WITH (FORCE)")

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What the server's superuser gets for a statement."""
        import psycopg

        user = _user() or getpass.getuser()
        with psycopg.connect(
            host=str(self.folder), dbname=database, user=user, autocommit=True
        ) as connection:
            answer = connection.execute(statement.encode())
            return answer.fetchall() if answer.description else []

    def _collation(self) -> tuple[str, ...]:
        """Sorting as people do, where the server can: it must not matter to the product."""
        can = "--locale-provider" in self._run("initdb", "--help")
        return (
            ("--locale-provider=icu", "--icu-locale=en", "--locale=C") if can else ("--locale=C",)
        )

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(self._programs / program), *arguments, "-D", str(self.folder / "data")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if program == "initdb" else subprocess.DEVNULL,
            cwd="/",
            user=_user(),
            text=True,
            check=False,
        )
        if done.returncode:
            log = self.folder / "log"
            said = done.stdout or (log.read_text() if log.exists() else "")
            raise RuntimeError(f"{program} failed ({done.returncode}): {said[-2000:]}")
        return done.stdout or ""


def programs() -> Path:
    """The folder of the server's programs, the newest where there are several.

    Raises:
        RuntimeError: there is none on this machine.
    """
    if own := shutil.which("initdb"):
        return Path(own).resolve().parent
    found = [one for pattern in PROGRAMS for one in Path("/").glob(pattern)]
    found = [one for one in found if (one / "initdb").exists()]
    if not found:
        raise RuntimeError("PostgreSQL is not installed; run `make setup-dev`.")
    return max(found, key=lambda one: (len(str(one)), str(one)))


@cache
def server() -> Server:
    """The server of this process, started when first asked for and removed when it ends."""
    one = Server()
    atexit.register(one.remove)
    return one


def fresh_url() -> str:
    """The URL of a new, empty database on the server of this process."""
    return server().fresh_url()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """A new, empty database, `sqlite` in *folder* or `postgresql`: its URL."""
    from matchers.database import on_disk

    if kind == "sqlite":
        yield on_disk(folder / "mailroom.db")
    else:
        url = fresh_url()
        yield url
        server().drop(url)


def _user() -> str | None:
    return ACCOUNT if os.geteuid() == 0 else None


def main() -> int:
    """Run a command with a database of its own."""
    command = sys.argv[1:]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        sys.stderr.write("usage: python -m tests.postgres -- COMMAND...\n")
        return 2
    environment = os.environ | {"MAILROOM_DATABASE__URL": fresh_url()}
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
