"""What the programs of plain-text ledgers answer about a file: its transactions. They are only run.

A ledger can tell its program to read other files and to run code, so no file is given to one before
`journals.read` found nothing of the kind in it. Beancount is GPL and never imported.
"""

import csv
import json
import os
import re
import resource
import shutil
import site
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from matchers.ledgers.columns import ImportFault

SECONDS = 300
"""How long a program may work on a file."""

MOST_MEMORY = 2 << 30
MOST_BYTES = 128 << 20
"""Bytes that a program may answer, since the answer is held in memory."""

TOLD = 300
"""Characters that are repeated of what a program says is wrong."""

QUERY = (
    "SELECT entry_meta('lineno') AS line, date, payee, narration, account, str(number) AS number, "
    "currency, links, any_meta('invoice') AS invoice, any_meta('due') AS due, any_meta('po') AS po"
)
"""All postings, in the query language of beancount 2 and 3."""

_NUMBER = re.compile(r"(?:Decimal\(')?(-?[0-9]{1,30}(?:\.[0-9]{1,30})?)(?:'\))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A change of one account; *invoice*, *due* and *order* as it or its transaction says."""

    account: str
    amount: Decimal
    commodity: str
    invoice: str = ""
    due: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A transaction: its first *line*, its *day* as YYYY-MM-DD, and what it is *linked* by.

    *text* is what it says beside its party.

    *own_party* tells that its link may be the number of a check as well as of a bill, and so counts
    among the transactions of its party only.
    """

    line: int
    day: str
    party: str
    text: str
    linked: tuple[str, ...]
    postings: tuple[Posting, ...]
    own_party: bool = False


def beancount(path: Path, name: str, _accounts: Sequence[str]) -> Iterator[Transaction]:
    """The transactions of a beancount file, sent as *name*, that has no errors.

    Raises:
        ImportFault: a program is not installed, finds errors, or takes too long.
    """
    with _answer("bean-check", [str(path)], path, name):
        pass
    with _answer("bean-query", ["-q", "-f", "csv", str(path), QUERY], path, name) as answer:
        text = TextIOWrapper(answer, "utf-8", newline="")
        try:
            yield from _of_rows(csv.DictReader(text))
        except (csv.Error, KeyError, ValueError, AttributeError) as error:
            raise _unknown("bean-query", name) from error


def hledger(path: Path, name: str, accounts: Sequence[str]) -> Iterator[Transaction]:
    """The transactions of a journal, sent as *name*, that post to some accounts or below.

    However their words are joined.

    Raises:
        ImportFault: the program is not installed, finds errors, or takes too long.
    """
    wanted = [f"acct:{_loosely(one)}" for one in accounts]
    arguments = ["-f", f"journal:{path}", "print", "-O", "json", *wanted]
    with _answer("hledger", arguments, path, name) as answer:
        try:
            yield from map(_of_json, json.load(answer))
        except (KeyError, IndexError, ValueError, TypeError, AttributeError, RecursionError) as e:
            raise _unknown("hledger", name) from e


def _of_rows(rows: Iterable[Mapping[str, str]]) -> Iterator[Transaction]:
    """Transactions from rows of postings, which come one transaction after another."""
    begun: tuple[tuple[Any, ...], list[Posting]] | None = None
    for row in rows:
        cells = {name: " ".join(cell.split()) for name, cell in row.items()}
        found = _NUMBER.fullmatch(cells["number"])
        if not found:
            raise ValueError("no number")
        links = tuple(sorted(one.strip() for one in cells["links"].split(",") if one.strip()))
        party, text = cells["payee"], cells["narration"]
        if not party:
            party, text = text, ""
        head = int(cells["line"]), cells["date"], party, text, links
        if begun and begun[0] != head:
            yield _transaction(*begun)
        if not begun or begun[0] != head:
            begun = head, []
        begun[1].append(
            Posting(
                account=cells["account"],
                amount=Decimal(found[1]),
                commodity=cells["currency"],
                invoice=cells["invoice"],
                due=cells["due"],
                order=cells["po"],
            )
        )
    if begun:
        yield _transaction(*begun)


def _transaction(head: tuple[Any, ...], postings: Sequence[Posting]) -> Transaction:
    line, day, party, text, linked = head
    return Transaction(
        line=line, day=day, party=party, text=text, linked=linked, postings=tuple(postings)
    )


def _of_json(one: Mapping[str, Any]) -> Transaction:
    """A transaction as hledger writes it: `payee | note`, a code, and tags."""
    party, _, text = one["tdescription"].partition("|")
    tags = one["ttags"]
    return Transaction(
        line=int(one["tsourcepos"][0]["sourceLine"]) if "tsourcepos" in one else 0,
        day=one["tdate"],
        party=" ".join(party.split()),
        text=" ".join(text.split()),
        linked=(one["tcode"].strip(),) if one["tcode"].strip() else (),
        postings=tuple(
            Posting(
                account=posting["paccount"],
                amount=_quantity(amount["aquantity"]),
                commodity=amount["acommodity"],
                invoice=_tag("invoice", posting["ptags"], tags),
                due=_tag("due", posting["ptags"], tags),
                order=_tag("po", posting["ptags"], tags),
            )
            for posting in one["tpostings"]
            if posting["ptype"] == "RegularPosting"
            for amount in posting["pamount"]
        ),
        own_party=True,
    )


def _quantity(said: Mapping[str, int]) -> Decimal:
    return Decimal(said["decimalMantissa"]).scaleb(-said["decimalPlaces"])


def _tag(name: str, *some: Iterable[Sequence[str]]) -> str:
    """The value of a tag in the first of some lists that has it."""
    found = (" ".join(value.split()) for tags in some for key, value in tags if key == name)
    return next(filter(None, found), "")


def _loosely(account: str) -> str:
    """A regular expression for an account and those below it, however its words are joined."""
    parts = (
        "[ _-]*".join(re.escape(sign) for sign in part if sign.isalnum())
        for part in account.split(":")
    )
    return f"^{':'.join(parts)}(:|$)"


# ---- running


def _answer(program: str, arguments: Sequence[str], path: Path, name: str) -> IO[bytes]:
    """What a program wrote, from the start.

    Raises:
        ImportFault: it is not installed, failed, or took more time, memory or space than it may.
    """
    known = shutil.which(program)
    if known is None:
        raise ImportFault(_MISSING[program].format(file=name, program=program))
    answer: IO[bytes] = TemporaryFile()  # noqa: SIM115 - given to the caller
    with TemporaryFile() as errors:
        try:
            code = _run([known, *arguments], path, answer, errors)
        except OSError as error:
            answer.close()
            raise ImportFault(
                f"{known} cannot be started ({error.strerror}), and reads {name}. Nothing was "
                f"imported. Install {program} anew, or export the open items as CSV "
                "(docs/journals.md)."
            ) from error
        errors.seek(0)
        said = errors.read(1 << 16).decode("utf-8", "replace")
    if code is None or code < 0 or answer.seek(0, os.SEEK_END) >= MOST_BYTES:
        answer.close()
        raise ImportFault(
            f"{program} needs more time, memory or space for {name} than it may have "
            f"({SECONDS} seconds). Nothing was imported. Give it fewer years at a time, or export "
            "the open items as CSV (docs/journals.md)."
        )
    answer.seek(0)
    if code:
        said = said.strip() or answer.read(1 << 16).decode("utf-8", "replace")
        answer.close()
        words = " ".join(said.replace(str(path), name).split())[:TOLD]
        raise ImportFault(
            f"{name} has errors; {program} says: {words!r}. Nothing was imported. Mend them, "
            "and import it again."
        )
    return answer


def _run(command: Sequence[str], path: Path, answer: IO[bytes], errors: IO[bytes]) -> int | None:
    """The exit code of a program that sees no settings and no cache of anybody's; None if late."""
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(path.parent),
        "PYTHONUSERBASE": site.getuserbase(),
        "LC_ALL": "C.UTF-8",
        "BEANCOUNT_DISABLE_LOAD_CACHE": "1",
    }
    with subprocess.Popen(  # noqa: S603 - a program from the path, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=answer,
        stderr=errors,
        cwd=path.parent,
        env=environment,
    ) as child:
        try:
            _confine(child.pid)
            return child.wait(SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            child.kill()


def _confine(pid: int) -> None:
    """Hold a process to its time, memory and space, where the system can."""
    limits = ("RLIMIT_CPU", SECONDS), ("RLIMIT_DATA", MOST_MEMORY), ("RLIMIT_FSIZE", MOST_BYTES)
    for name, most in limits:
        with suppress(AttributeError, OSError):
            resource.prlimit(pid, getattr(resource, name), (most, most))


def _unknown(program: str, name: str) -> ImportFault:
    return ImportFault(
        f"{name}: {program} answers in a form that is not known here. Nothing was imported. "
        "Export the open items as CSV (docs/journals.md)."
    )


_MISSING = {
    "hledger": "{file} is a journal of hledger, and {program} is not installed here. Nothing was "
    "imported. Install hledger, or export the open items as CSV (docs/journals.md).",
    **dict.fromkeys(
        ("bean-check", "bean-query"),
        "{file} is a ledger of beancount, and {program} is not installed here. Nothing was "
        "imported. Install beancount and beanquery, or export the open items as CSV "
        "(docs/journals.md).",
    ),
}
