"""Ledgers of beancount and hledger: their open items, as their own programs read them."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import LedgerSettings
from matchers.ledgers import delimited, items, programs
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.faults import Fault
from matchers.ledgers.imports import Imported, damage
from matchers.ledgers.items import Movement
from matchers.ledgers.programs import Posting, Transaction

LARGEST_BYTES = 32 << 20
"""A larger ledger is not read: its transactions are held in memory."""

HEAD = 1 << 16
"""Bytes in which the first transaction or account stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of ledger: how its files are known, what is *forbidden* in them, and who reads it.

    *flat* is the command that writes one file without anything that is forbidden.
    """

    name: str
    endings: tuple[str, ...]
    first: re.Pattern[str]
    forbidden: re.Pattern[str]
    flat: str
    read: Callable[[Path, str, Sequence[str]], Iterator[Transaction]]


BEANCOUNT = Kind(
    name="beancount",
    endings=(".beancount", ".bean"),
    first=re.compile(
        r'^\d{4}[-/]\d\d[-/]\d\d +(?:open +[A-Z][\w-]*:|(?:txn|[*!]) +")', re.MULTILINE
    ),
    forbidden=re.compile(
        r'(?:include|plugin)\s*"|option\s*"(?:insert_pythonpath|documents|[^"\n]*\\)'
        r"|\d{4}[-/]\d+[-/]\d+\s*document(?![a-z])|-----BEGIN PGP"
    ),
    flat='bean-query LEDGER "PRINT" > flat.beancount',
    read=programs.beancount,
)
"""A word before a quote is taken for a directive wherever it stands, as beancount goes on reading
behind an error."""

HLEDGER = Kind(
    name="hledger",
    endings=(".journal", ".j", ".hledger", ".ledger"),
    first=re.compile(
        r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:=[-/.\d]+)?(?:[ \t][^\n\t,;\"]*(?:;[^\n]*)?)?\n"
        r"(?:[ \t]+;[^\n]*\n)*[ \t]+(?:[*!] )?[^\W\d][^\n]*",
        re.MULTILINE,
    ),
    forbidden=re.compile(r"^(?:[^\S\n]|[\ufeff!@])*include\b", re.MULTILINE),
    flat="hledger -f LEDGER print > flat.journal",
    read=programs.hledger,
)

KINDS = (BEANCOUNT, HLEDGER)

_BEFORE = re.compile(
    r"\ufeff?(?:[ \t]*(?:[;#*%|][^\n]*)?\n"
    r"|(?:option|account|commodity|decimal-mark|alias|tag|payee|apply|end|year|[PYDN]) [^\n]*\n"
    r"(?:[ \t]+[^\n]*\n)*"
    r"|\d{4}[-/]\d\d[-/]\d\d +"
    r"(?:close|commodity|note|price|event|pad|balance|custom|query) [^\n]*\n"
    r"(?:[ \t]+[^\n]*\n)*)*+"
)
"""What may stand before the first transaction or account. A table begins otherwise, whatever its
cells say."""


def kind_of(path: Path, layout: str) -> Kind | None:
    """The kind that a file is of or is said to be, by its name or its first transaction."""
    if layout:
        return next((one for one in KINDS if one.name == layout), None)
    for one in KINDS:
        if path.name.casefold().endswith(one.endings):
            return one
    with delimited.checked(path).open("rb") as file:
        head = file.read(HEAD).decode("utf-8", "replace").replace("\r\n", "\n")
    begins = _BEFORE.match(head)
    at = begins.end() if begins else 0
    return next((one for one in KINDS if one.first.match(head, at)), None)


def read(path: Path, kind: Kind, own: LedgerSettings) -> Imported:
    """The open items of a ledger.

    Raises:
        ImportFault: it asks for other files or for code, its program is not installed or finds
            errors, or it has nothing on the accounts of open items.
    """
    accounts = {"AP": own.payable_accounts, "AR": own.receivable_accounts}
    wanted = (*own.payable_accounts, *own.receivable_accounts)
    with _alone(path, kind) as copy:
        _check(copy, path.name, kind)
        read_ones = list(kind.read(copy, path.name, wanted))
    found = [movement for one in read_ones for movement in _movements(one, accounts)]
    if not found:
        raise ImportFault(
            f"{path.name} has no bill and no payment on the accounts {', '.join(wanted)} or below "
            "them. Name yours under [ledger] in mailroom.toml: payable_accounts and "
            "receivable_accounts."
        )
    sound = [one for one in found if not _damaged(one)]
    wrong = [_fault_of(one) for one in found if _damaged(one)]
    return Imported(rows=(*items.records(sound), *wrong), preset=kind.name)


@contextmanager
def _alone(path: Path, kind: Kind) -> Iterator[Path]:
    """A copy in a folder of its own, under a name of ours, that nobody else changes.

    By its sender's name a program might take a file for another kind of thing: beancount decrypts
    what ends in .asc or .gpg, and so reads what nobody has looked through. Settings that hledger
    seeks beside a journal and in all folders above it are found here, and empty.

    Raises:
        ImportFault: the file is larger than a ledger may be.
    """
    if path.stat().st_size > LARGEST_BYTES:
        raise ImportFault(
            f"{path.name} is larger than 32 MiB. Give fewer years at a time, or export the open "
            "items as CSV (docs/journals.md)."
        )
    with TemporaryDirectory(prefix="mailroom-ledger-") as folder:
        copy = Path(folder, f"ledger{kind.endings[0]}")
        shutil.copyfile(path, copy)
        Path(folder, "hledger.conf").touch()
        yield copy


def _check(copy: Path, name: str, kind: Kind) -> None:
    """See that a program may be given the copy of a file that was sent under a name.

    Raises:
        ImportFault: it may not.
    """
    try:
        form = delimited.encoding(copy)
        text = delimited.text(copy) if form == "utf-8-sig" else ""
    except ImportFault as error:
        raise ImportFault(str(error).replace(copy.name, name, 1)) from error
    if form != "utf-8-sig":
        raise ImportFault(f"{name} is not saved as UTF-8. Save it so, and import it again.")
    if found := kind.forbidden.search(text):
        line = text.count("\n", 0, found.end()) + 1
        raise ImportFault(
            f"{name}, line {line}: {found[0].strip()!r} makes {kind.name} read other files or run "
            "code, which no file that is dropped here may. Nothing was imported. Make one plain "
            f"file with `{kind.flat}`, and import that.{_as_text(found[0])}"
        )


def _as_text(found: str) -> str:
    """What to do where a word that is forbidden before a quote only ends a text."""
    word = found.rstrip('"').rstrip()
    if word not in {"include", "plugin"}:
        return ""
    return (
        f" If it only ends a text there, put a full stop behind it in the ledger ({word + '.'!r}): "
        "before a quote it cannot be told from an order."
    )


def _movements(one: Transaction, accounts: Mapping[str, Sequence[str]]) -> Iterator[Movement]:
    """What a transaction changes of what is owed, by direction, invoice and commodity.

    Balances that are carried forward over an equity account are no bills, unless they name one.
    """
    carried = any(_folded(each.account).startswith("equity") for each in one.postings)
    groups: dict[tuple[str, str, str], list[Posting]] = {}
    for each in one.postings:
        for direction, above in accounts.items():
            if any(_is_within(each.account, other) for other in above):
                key = direction, each.invoice, each.commodity
                groups.setdefault(key, []).append(each)
    for (direction, invoice, commodity), some in groups.items():
        linked = tuple(dict.fromkeys(filter(None, (invoice, *one.linked))))
        amount = sum(each.amount for each in some)
        if amount and (linked or not carried):
            yield Movement(
                line=one.line,
                direction=direction,
                day=one.day,
                party=one.party,
                text=one.text,
                linked=linked,
                number=invoice or (linked[0] if len(linked) == 1 else ""),
                own_party=one.own_party and not invoice,
                amount=-amount if direction == "AP" else amount,
                commodity=commodity,
                due=next((each.due for each in some if each.due), ""),
                order=next((each.order for each in some if each.order), ""),
            )


def _is_within(account: str, above: str) -> bool:
    return f"{_folded(account)}:".startswith(f"{_folded(above)}:")


def _folded(account: str) -> str:
    return "".join(sign for sign in account.casefold() if sign.isalnum() or sign == ":")


def _damaged(one: Movement) -> str:
    return next(filter(None, map(damage, (one.party, one.text, *one.linked))), "")


def _fault_of(one: Movement) -> Fault:
    return Fault(line=one.line, column="", value=one.party[:80], message=_damaged(one))
