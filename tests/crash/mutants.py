"""Promises broken on purpose: `make mutants` makes each change in a copy and runs its tests.

A mutant whose tests still pass has survived, and then the promise is not tested. The old text of
each must occur exactly once in its file, so that a mutant cannot rot unseen.

    python -m tests.crash.mutants [PART OF A NAME...]
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = ("config", "extractors", "matchers", "outbox", "ingest", "tests", "pyproject.toml")
LONGEST = 400
"""Seconds after which a mutant that hangs counts as caught."""

CRASH = "tests/crash/test_points.py::test_a_kill_there_loses_nothing_and_doubles_nothing"
JOURNAL = "tests/outbox/test_journal.py"
INTAKE = "tests/ingest/test_intake.py"
WATCHER = "tests/ingest/test_watcher.py"
DAEMON = "tests/ingest/test_daemon.py"
SANDBOX = "tests/ingest/test_sandbox.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """In *file*, *old* becomes *new*; then one of *tests* must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "a late decision is accepted",
        "outbox/journal.py",
        "ruling, standing, col(DocumentRow.token) == token)",
        "ruling, standing)",
        (JOURNAL,),
    ),
    Mutant(
        "a late answer of a reader is accepted",
        "outbox/journal.py",
        '    return (col(DocumentRow.stage) == "reading", col(DocumentRow.token) == token)',
        '    return (col(DocumentRow.stage) == "reading",)',
        (JOURNAL,),
    ),
    Mutant(
        "a document is handed out twice",
        "outbox/journal.py",
        '                col(DocumentRow.stage) == "received",\n                stage="reading",',
        '                stage="reading",',
        (JOURNAL, "tests/outbox/test_racing.py"),
    ),
    Mutant(
        "attempts are not counted",
        "outbox/journal.py",
        "                attempts=col(DocumentRow.attempts) + 1,\n",
        "",
        (JOURNAL,),
    ),
    Mutant(
        "a stop is counted as the document's fault",
        "outbox/journal.py",
        "crashes=col(DocumentRow.crashes) + 1)",
        "strikes=col(DocumentRow.strikes) + 1)",
        (JOURNAL, DAEMON),
    ),
    Mutant(
        "what was being read at a kill is forgotten",
        "ingest/daemon.py",
        "if taken := self.app.journal.interrupted():",
        "if taken := 0:",
        (DAEMON,),
    ),
    Mutant(
        "equal bytes are not recognised",
        "outbox/journal.py",
        "twin = standing.get(one.sha256)",
        "twin = standing.get(one.document_id)",
        (JOURNAL, INTAKE),
    ),
    Mutant(
        "a document may be posted twice",
        "outbox/tables.py",
        'UniqueConstraint("document_id"), UniqueConstraint("record_id")',
        'UniqueConstraint("document_id", "record_id", "at")',
        (JOURNAL, "tests/outbox/test_schema.py"),
    ),
    Mutant(
        "the filing comes before the decision",
        "ingest/daemon.py",
        "            self.app.pipeline.settle(job, outcome)\n        except (OSError",
        "            self._file(document_id)\n"
        "            self.app.intake.adopt()\n"
        "        except (OSError",
        (DAEMON,),
    ),
    Mutant(
        "bytes are not looked at again after reading",
        "ingest/daemon.py",
        "if row is None or not self.app.intake.unchanged(row):",
        "if row is None:",
        ("tests/crash/test_faults.py",),
    ),
    Mutant(
        "bytes are not hashed again when filed",
        "outbox/filing.py",
        "destination) != row.sha256:",
        'destination) == "":',
        ("tests/outbox/test_filing.py", "tests/outbox/test_verify.py"),
    ),
    Mutant(
        "bytes are not hashed again when delivered",
        "outbox/deliveries.py",
        "return moves.place(source, destination) == document.sha256",
        'return moves.place(source, destination) != ""',
        ("tests/outbox/test_deliveries.py",),
    ),
    Mutant(
        "a standing delivery is believed unseen",
        "outbox/deliveries.py",
        "        if stood:\n",
        "        if not stood:\n",
        ("tests/outbox/test_deliveries.py",),
    ),
    Mutant(
        "a folder is built in its final place",
        "outbox/moves.py",
        "    aside = building / destination.name\n",
        "    aside = destination\n",
        ("tests/outbox/test_moves.py",),
    ),
    Mutant(
        "a standing folder is built anew",
        "outbox/moves.py",
        "    if os.path.lexists(destination):\n        return\n",
        "    shutil.rmtree(destination, ignore_errors=True)\n",
        ("tests/outbox/test_moves.py",),
    ),
    Mutant(
        "what a killed start left in the spool is not taken up",
        "ingest/intake.py",
        "        if rows:\n            self._journal.claim(rows)\n            LOG",
        "        if rows:\n            LOG",
        (INTAKE, f"{CRASH}[sqlite-intake.renamed]"),
    ),
    Mutant(
        "a copy's source is removed before the journal knows",
        "ingest/intake.py",
        "        return _Claim(row, ready.path, origin)\n",
        "        ready.path.unlink()\n        return _Claim(row, ready.path, origin)\n",
        (INTAKE, f"{CRASH}[sqlite-intake.copied]"),
    ),
    Mutant(
        "a copy is not compared",
        "ingest/spool.py",
        "if moves.sha256_of(target) != read:",
        "if not target.exists():",
        (INTAKE,),
    ),
    Mutant(
        "a copied file is taken again",
        "ingest/intake.py",
        "        if earlier is not None:\n",
        "        if earlier is not None and not earlier.id:\n",
        (INTAKE, f"{CRASH}[sqlite-intake.copy_named]"),
    ),
    Mutant(
        "the quiet time is ignored",
        "ingest/watcher.py",
        "if self._seen.get(path) is seen and rested >= quiet:",
        "if self._seen.get(path) is seen:",
        (WATCHER,),
    ),
    Mutant(
        "one look is enough",
        "ingest/watcher.py",
        "if self._seen.get(path) is seen and rested >= quiet:",
        "if rested >= quiet:",
        (WATCHER,),
    ),
    Mutant(
        "open writers are ignored",
        "ingest/watcher.py",
        "    except BlockingIOError:\n        return True\n",
        "    except BlockingIOError:\n        return False\n",
        (WATCHER,),
    ),
    Mutant(
        "a missing tail is ignored",
        "ingest/watcher.py",
        "lacks = _OPEN if writer else self._lacks(path, seen)",
        "lacks = _OPEN if writer else None",
        (WATCHER,),
    ),
    Mutant(
        "a reader's death is not counted",
        "ingest/daemon.py",
        "if journal.strike(document_id, token) < STRIKES:",
        "if journal.strike(document_id, token) < 1000:",
        (DAEMON,),
    ),
    Mutant(
        "the chain is not linked",
        "outbox/audit.py",
        "detail, prev]",
        'detail, ""]',
        ("tests/outbox/test_audit.py",),
    ),
    Mutant(
        "a seal is not checked",
        "outbox/audit.py",
        "if not hmac.compare_digest(event.mac, mac(key, event.prev, event)):",
        "if not event.mac:",
        ("tests/outbox/test_audit.py", "tests/outbox/test_verify.py"),
    ),
    Mutant(
        "memory has no limit",
        "ingest/confine.py",
        "    if pages:\n        _set(resource.RLIMIT_AS",
        "    if not pages:\n        _set(resource.RLIMIT_AS",
        (SANDBOX, "tests/hostile"),
    ),
    Mutant(
        "children outlive the daemon",
        "ingest/zygote.py",
        "        for process in self._children:\n            _kill(process)\n        while",
        "        while",
        (SANDBOX,),
    ),
    Mutant(
        "a document may write anywhere",
        "ingest/confine.py",
        "    version = _LIBC.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) if _LINUX else -1\n",
        "    version = -1\n",
        (SANDBOX,),
    ),
    Mutant(
        "account numbers are shown",
        "outbox/showing.py",
        "    return MASK + _plain(account)[-SHOWN_DIGITS:]",
        "    return account",
        ("tests/outbox/test_showing.py",),
    ),
    Mutant(
        "cells may be formulas",
        "outbox/writers/rows.py",
        """    return f"'{text}" if text.startswith(ACTIVE) else text""",
        "    return text",
        ("tests/outbox/test_writers.py",),
    ),
    Mutant(
        "bytes are named before they last",
        "outbox/moves.py",
        "        file.flush()\n        os.fsync(file.fileno())\n    return",
        "        file.flush()\n    return",
        ("tests/crash/test_order.py",),
    ),
    Mutant(
        "a folder is not made to last",
        "outbox/moves.py",
        "        sync_folder(folder)\n    if not destination",
        "        pass\n    if not destination",
        ("tests/crash/test_order.py",),
    ),
    Mutant(
        "two daemons work on one workspace",
        "ingest/workspace.py",
        "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
        "fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)",
        ("tests/crash/test_faults.py", "tests/ingest/test_workspace.py"),
    ),
    Mutant(
        "a decision of a person is carried out twice",
        "outbox/cases.py",
        "        if row.applied or row.refused:\n            return row\n",
        "",
        ("tests/crash/test_faults.py",),
    ),
)


def main() -> int:
    """0 when every mutant is caught, 1 when one survives."""
    wanted = sys.argv[1:]
    chosen = [one for one in MUTANTS if not wanted or any(word in one.name for word in wanted)]
    survivors = [one.name for one in chosen if not _caught(one)]
    say(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants caught")
    for name in survivors:
        say(f"SURVIVED: {name}")
    return 1 if survivors else 0


def mutate(mutant: Mutant, root: Path) -> None:
    """Make the change below *root*.

    Raises:
        AssertionError: the old text is not there exactly once.
    """
    path = root / mutant.file
    text = path.read_text(encoding="utf-8")
    found = text.count(mutant.old)
    assert found == 1, f"{mutant.name}: its text occurs {found} times in {mutant.file}"
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


def _caught(mutant: Mutant) -> bool:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mailroom-mutant-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copyfile(source, copy / name)
        mutate(mutant, copy)
        failed = _failed(mutant, copy)
    seconds = time.monotonic() - began
    say(f"{'caught' if failed else 'SURVIVED':<9}{seconds:5.0f} s  {mutant.name:<55}{failed}")
    return bool(failed)


def _failed(mutant: Mutant, copy: Path) -> str:
    """The first test that fails; empty when none does or none could be run.

    One database is enough here.
    """
    tests = [test for test in mutant.tests if (copy / test.partition("::")[0]).exists()]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", *tests]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    try:
        done = subprocess.run(
            [*command, "-k", "not postgresql", "--hypothesis-profile=ci", "--no-cov"],
            cwd=copy,
            env=environment | {"PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "it hangs"
    if done.returncode == 0:
        return ""
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0].partition(" - ")[0] if lines else ""


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
