"""Ledgers of beancount and hledger, read by their programs: stand-ins here, and the real ones where
they are installed."""

import json
import os
import shutil
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from config.settings import LedgerSettings, load
from matchers.interface import LedgerRecord
from matchers.ledgers import journals, programs
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.faults import Fault
from matchers.ledgers.imports import Imported
from matchers.ledgers.issues import read_any

BEANCOUNT = """option "title" "Office"
2026-01-01 open Liabilities:Accounts-Payable
2026-01-01 open Assets:Receivable:Beta
2026-01-01 open Equity:Opening
2026-01-01 open Expenses:Supplies
2026-01-01 open Income:Sales
2026-01-01 open Assets:Bank
2026-01-01 * "Opening"
  Liabilities:Accounts-Payable  -900.00 EUR
  Equity:Opening
2026-01-05 * "Acme Supplies Ltd" "Paper" ^INV-1041
  due: 2026-02-05
  po: "PO-7"
  Liabilities:Accounts-Payable  -120.00 EUR
  Expenses:Supplies
2026-01-09 * "Beta Inc." "Work"
  invoice: "2026-001"
  Assets:Receivable:Beta  99.50 USD
  Income:Sales
2026-01-20 * "Bank text" "ACME" ^INV-1041
  Liabilities:Accounts-Payable  50.00 EUR
  Assets:Bank
"""

HLEDGER = """; the office's books
2026-01-01 opening balances
    liabilities:accounts payable   EUR -900.00
    equity:opening

2026-01-05 * (INV-1041) Acme Supplies Ltd | Paper  ; due:2026-02-05, po:PO-7
    liabilities:accounts payable   EUR -120.00
    expenses:supplies

2026-01-09 Beta Inc. | Work
    ; invoice:2026-001
    assets:receivable:beta   USD 99.50
    income:sales
    (assets:receivable:budget)   USD 99.50

2026-01-20 * (1042) Acme | check
    liabilities:accounts payable   EUR 50.00  ; invoice: INV-1041
    assets:bank
"""

TEXTS = {"beancount": BEANCOUNT, "hledger": HLEDGER}

EXPECTED = [
    ("AP", "INV-1041", "Acme Supplies Ltd", "EUR", "120.00", "70.00", "PO-7", "2026-02-05"),
    ("AR", "2026-001", "Beta Inc.", "USD", "99.50", "99.50", "", "None"),
]
"""What either ledger holds: a bill paid in part, and one that we wrote."""

ROWS = (
    "line,date,payee,narration,account,number,currency,links,invoice,due,po\n"
    "8,2026-01-05,Acme,Paper  ,Liabilities:Payable,Decimal('-120.00') ,EUR,\"A-1, B-2\",A-1,,\n"
    "8,2026-01-05,Acme,Paper  ,Expenses:Supplies  ,Decimal('120.00')  ,EUR,\"A-1, B-2\",,,\n"
    "9,2026-01-05,Acme,Paper  ,Liabilities:Payable,-30,EUR,,A-3,,\n"
)
"""Postings as beancount 2 writes them, with a row as version 3 does."""


def own() -> LedgerSettings:
    return load(None, {}).ledger


def written(tmp_path: Path, text: str, name: str = "books.txt") -> Path:
    path = tmp_path / name
    path.write_text(text)
    return path


def shown(found: Imported) -> list[tuple[str, ...]]:
    return sorted(
        (
            one.direction, one.number, one.party_name, one.currency, f"{one.amount:f}",
            f"{one.open_amount:f}", one.po_number, str(one.due_date),
        )
        for one in found.records
    )  # fmt: skip


def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, body: str, *names: str) -> Path:
    """Programs of these names that do what *body* says in Python; the folder that they lie in."""
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    for name in names:
        program = folder / name
        program.write_text(f"#!{sys.executable}\nimport os, sys\n{body}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder


def of_hledger(*postings: tuple[str, int, str], **changes: object) -> str:
    """A transaction as hledger 1.25 writes it."""
    one: dict[str, Any] = {
        "tdate": "2026-01-05",
        "tcode": "INV-1",
        "tdescription": "Acme | paper",
        "ttags": [],
        "tsourcepos": [{"sourceLine": 7}],
        "tpostings": [
            {
                "paccount": account,
                "ptags": [],
                "ptype": "RegularPosting",
                "pamount": [
                    {
                        "acommodity": commodity,
                        "aquantity": {"decimalMantissa": mantissa, "decimalPlaces": 2},
                    }
                ],
            }
            for account, mantissa, commodity in postings
        ],
        **changes,
    }
    return json.dumps([one])


@pytest.mark.parametrize("kind", TEXTS)
def test_the_programs_themselves_read_what_is_open(kind: str, tmp_path: Path) -> None:
    program = {"beancount": "bean-query", "hledger": "hledger"}[kind]
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    found = read_any(written(tmp_path, TEXTS[kind]), own())
    assert (found.preset, found.faults) == (kind, ())
    assert shown(found) == EXPECTED
    wrong = TEXTS[kind].replace("EUR\n  Assets", "USD\n  Bssets").replace("50.00  ;", "5x  ;")
    with pytest.raises(ImportFault, match=r"books.txt has errors; .* Mend them"):
        read_any(written(tmp_path, wrong), own())
    assert list(tmp_path.iterdir()) == [tmp_path / "books.txt"], "nothing is left beside"


@pytest.mark.parametrize("kind", TEXTS)
def test_what_a_program_makes_flat_is_taken(kind: str, tmp_path: Path) -> None:
    program = {"beancount": "bean-query", "hledger": "hledger"}[kind]
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    import subprocess

    path = written(tmp_path, TEXTS[kind], f"books.{kind}")
    command = {
        "beancount": [program, str(path), "PRINT"],
        "hledger": [program, "-f", path, "print"],
    }
    flat = subprocess.run(command[kind], capture_output=True, check=True, text=True).stdout
    assert shown(read_any(written(tmp_path, flat, "flat.txt"), own())) == EXPECTED


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        (BEANCOUNT, "books.txt", "beancount"),
        (HLEDGER, "books.txt", "hledger"),
        (HLEDGER.replace("\n", "\r\n"), "books.txt", "hledger"),
        ("", "books.beancount", "beancount"),
        ("", "BOOKS.JOURNAL", "hledger"),
        ("2026/1/5=2026/1/6 x\n  a  1\n  b\n", "books", "hledger"),
        ('2026-01-05 * "a" "b"\n', "books", "beancount"),
        ("record_id,doc_date\n1,2026-01-05\n", "books.csv", ""),
        ("2026-01-05,42,1.00\n  2026-01-06,43,2.00\n", "books.csv", ""),
        ("2026-01-05;42;1.00\n 2026-01-06;43;2.00\n", "books.csv", ""),
        ("2026-01-05 42\n2026-01-06 43\n", "books.txt", ""),
        ("", "books.csv", ""),
    ],
)
def test_a_ledger_is_known_by_its_name_or_first_transaction(
    text: str, name: str, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode())
    found = journals.kind_of(path, "")
    assert (found.name if found else "") == kind
    for said in ("beancount", "hledger"):
        chosen = journals.kind_of(path, said)
        assert chosen is not None
        assert chosen.name == said
    assert journals.kind_of(path, "mt940") is None


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("beancount", 'plugin "evil"'),
        ("beancount", '  plugin\t"evil" "config"'),
        ("beancount", 'x plugin"evil"'),
        ("beancount", '_plugin "evil"'),
        ("beancount", '* heading " with a quote\nplugin "evil"\n* "'),
        ("beancount", '\r\x0cplugin "evil"'),
        ("beancount", '; plugin "evil"'),
        ("beancount", 'include "/etc/passwd"'),
        ("beancount", 'option "insert_pythonpath" "TRUE"'),
        ("beancount", 'option  "documents" "/"'),
        ("beancount", 'option "d\\ocuments" "/"'),
        ("beancount", '2026-01-02 document Assets:Cash "/etc/passwd"'),
        ("beancount", ' 2026-1-2 document\tAssets:Cash"/etc/passwd"'),
        ("beancount", "-----BEGIN PGP MESSAGE-----"),
        ("hledger", "include /etc/passwd"),
        ("hledger", "!include /etc/passwd"),
        ("hledger", "@include /etc/passwd"),
        ("hledger", "include rules:evil.rules"),
        ("hledger", "  include x"),
        ("hledger", "\ufeff\ufeffinclude x"),
        ("hledger", "include\tx"),
    ],
)
def test_a_file_that_asks_for_others_or_for_code_is_given_to_no_program(
    kind: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "was-run"
    body = f"open({str(mark)!r}, 'w')"
    stand_in(monkeypatch, tmp_path, body, "hledger", "bean-check", "bean-query")
    path = tmp_path / "books.txt"
    path.write_bytes(f"{line}\n{TEXTS[kind]}".encode())
    with pytest.raises(ImportFault, match=r"read other files or run code.* plain file with `"):
        read_any(path, own(), kind)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (HLEDGER.encode("utf-16"), "not saved as UTF-8"),
        (HLEDGER.replace("Acme", "M\xfcller").encode("latin-1"), "not saved as UTF-8"),
        (b"\0\1\2", "no text file"),
        (HLEDGER.encode() + "é".encode()[:1], "not saved as UTF-8|cut short"),
    ],
)
def test_what_a_program_would_read_otherwise_is_refused(
    data: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / "books.journal"
    path.write_bytes(data)
    with pytest.raises(ImportFault, match=says):
        read_any(path, own())


def test_a_comment_that_speaks_of_including_is_no_directive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = of_hledger(("liabilities:payable", -100, "EUR"))
    stand_in(monkeypatch, tmp_path, f"print({answer!r})", "hledger")
    text = f";include x\n# include x\n{HLEDGER}".replace("check", "including postage")
    assert len(read_any(written(tmp_path, text, "a.journal"), own()).records) == 1


def test_a_ledger_larger_than_any_office_has_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "books.journal"
    with path.open("wb") as file:
        file.truncate(journals.LARGEST_BYTES + 1)
    with pytest.raises(ImportFault, match="larger than 32 MiB"):
        read_any(path, own())


@pytest.mark.parametrize(
    ("kind", "says"),
    [("beancount", "bean-check is not installed .* CSV"), ("hledger", "Install hledger")],
)
def test_without_its_program_a_ledger_is_refused_with_what_to_do(
    kind: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ImportFault, match=says):
        read_any(written(tmp_path, TEXTS[kind]), own())


def test_rows_of_either_version_of_beancount_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, f"print({ROWS!r}, end='')", "bean-check", "bean-query")
    found = read_any(written(tmp_path, BEANCOUNT), own())
    assert [(one.number, one.amount) for one in found.records] == [
        ("A-1", Decimal("120.00")),
        ("A-3", Decimal(30)),
    ]


def test_a_program_gets_a_plain_command_and_nothing_of_the_office(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = of_hledger(("Liabilities:Accounts_Payable", -12000, "EUR"), ("x", 12000, "EUR"))
    body = (
        "import json; json.dump([sys.argv[1:], dict(os.environ), os.getcwd(), sys.stdin.read()],"
        f" open({str(tmp_path / 'seen')!r}, 'w')); print({answer!r})"
    )
    stand_in(monkeypatch, tmp_path, body, "hledger")
    monkeypatch.setenv("MAILROOM_DATABASE__URL", "postgresql://secret@host/db")
    folder = tmp_path / "a b; $(touch x)"
    folder.mkdir()
    path = written(folder, HLEDGER, "-f.journal")
    assert [one.amount for one in read_any(path, own()).records] == [Decimal("120.00")]
    arguments, environment, where, given = json.loads((tmp_path / "seen").read_text())
    assert arguments[:5] == ["-f", f"journal:{where}/ledger.journal", "print", "-O", "json"]
    assert all(one.startswith("acct:^") for one in arguments[5:])
    assert "MAILROOM_DATABASE__URL" not in environment
    assert (environment["HOME"], given) == (where, "")
    assert not Path(where).exists()  # a folder for it alone, gone when it is done
    assert list(folder.iterdir()) == [path]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("sys.exit('line 7: unbalanced ' + 'x' * 9999)", "has errors; hledger says: 'line 7"),
        ("print('no json')", "in a form that is not known"),
        ("print('{}')", "has no bill"),
        ("print('[{}]')", "in a form that is not known"),
        ("print('[' * 100000)", "in a form that is not known"),
        ("print('[' + '9' * 100000 + ']')", "in a form that is not known"),
        ("print('[]')", "has no bill and no payment .* payable_accounts"),
        ("sys.stdout.buffer.write(b'\\xff')", "in a form that is not known"),
        ("print('[' + ' ' * 70000 + ']')", "more time, memory or space"),
        ("os.kill(os.getpid(), 9)", "more time, memory or space"),
    ],
)
def test_a_program_that_fails_is_told(
    body: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, body, "hledger")
    monkeypatch.setattr(programs, "MOST_BYTES", 1 << 16)
    if "100000" in body:
        monkeypatch.setattr(programs, "MOST_BYTES", 1 << 20)
    with pytest.raises(ImportFault, match=says) as refused:
        read_any(written(tmp_path, HLEDGER), own())
    assert len(str(refused.value)) < 1000


def test_a_program_that_cannot_be_started_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = stand_in(monkeypatch, tmp_path, "", "hledger") / "hledger"
    program.write_text("#!/no/such/interpreter\n")
    with pytest.raises(ImportFault, match=r"cannot be started .* Install hledger anew"):
        read_any(written(tmp_path, HLEDGER), own())


def test_a_program_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "import time; open('pid', 'w').write(str(os.getpid())); time.sleep(60)"
    stand_in(monkeypatch, tmp_path, body, "hledger")
    monkeypatch.setattr(programs, "SECONDS", 1)
    begun = time.monotonic()
    with pytest.raises(ImportFault, match="more time, memory or space"):
        read_any(written(tmp_path, HLEDGER), own())
    assert time.monotonic() - begun < 30
    if (tmp_path / "pid").exists():
        with pytest.raises(ProcessLookupError):
            os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize(
    ("postings", "amounts"),
    [
        ([("liabilities:payables:acme", -100, "EUR"), ("expenses", 100, "EUR")], ["1.00"]),
        ([("LIABILITIES:Pay-able", -100, "EUR"), ("expenses", 100, "EUR")], ["1.00"]),
        ([("liabilities:payable", -100, "EUR"), ("liabilities:payable", -50, "EUR")], ["1.50"]),
        ([("liabilities:payable", -100, "EUR"), ("liabilities:payable", -50, "USD")],
         ["0.50", "1.00"]),
        ([("liabilities:payable", -100, "EUR"), ("equity:opening", 100, "EUR")], ["1.00"]),
        ([("liabilities:payable", -100, "EUR"), ("liabilities:payable", 100, "EUR"),
          ("liabilities:payable", -200, "EUR")], ["2.00"]),
        ([("assets:receivable", 100, "EUR"), ("liabilities:payable", -100, "EUR")],
         ["1.00", "1.00"]),
    ],
)  # fmt: skip
def test_postings_of_one_bill_are_one_amount(
    postings: list[tuple[str, int, str]],
    amounts: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_in(monkeypatch, tmp_path, f"print({of_hledger(*postings)!r})", "hledger")
    found = read_any(written(tmp_path, HLEDGER), own())
    assert sorted(str(one.amount) for one in found.records) == amounts
    assert {one.number for one in found.records} == {"INV-1"}


@pytest.mark.parametrize(
    "postings",
    [
        [("liabilities:payablesomething", -100, "EUR")],
        [("expenses:liabilities:payable", -100, "EUR")],
        [("liabilities", -100, "EUR")],
        [("liabilities:payable", -100, "EUR"), ("liabilities:payable", 100, "EUR")],
    ],
)
def test_other_accounts_hold_no_open_items(
    postings: list[tuple[str, int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, f"print({of_hledger(*postings)!r})", "hledger")
    with pytest.raises(ImportFault, match="has no bill"):
        read_any(written(tmp_path, HLEDGER), own())


def test_virtual_postings_owe_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = of_hledger(("liabilities:payable", -100, "EUR"), ("liabilities:payable", -7, "EUR"))
    answer = answer.replace("RegularPosting", "VirtualPosting", 1)
    stand_in(monkeypatch, tmp_path, f"print({answer!r})", "hledger")
    assert [one.amount for one in read_any(written(tmp_path, HLEDGER), own()).records] == [
        Decimal("0.07")
    ]


def test_a_text_that_no_ledger_holds_is_a_fault_of_its_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = of_hledger(("liabilities:payable", -100, "EUR"), tdescription="x" * 20_000)
    stand_in(monkeypatch, tmp_path, f"print({long!r})", "hledger")
    [fault] = read_any(written(tmp_path, HLEDGER), own()).rows
    assert isinstance(fault, Fault)
    assert (fault.line, "too long" in fault.message) == (7, True)


def test_the_same_ledger_again_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = of_hledger(("liabilities:payable", -100, "EUR"), tcode="")
    stand_in(monkeypatch, tmp_path, f"print({answer!r})", "hledger")
    path = written(tmp_path, HLEDGER)
    first, again = read_any(path, own()).rows, read_any(path, own()).rows
    assert first == again
    assert isinstance(next(iter(first)), LedgerRecord)


@pytest.mark.parametrize("ending", ["asc", "gpg", "bean", "csv:x.journal"])
def test_no_program_learns_what_its_sender_called_a_file(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beancount decrypts files that end in .asc or .gpg, and would read what was not looked at."""
    body = f"open({str(tmp_path / 'seen')!r}, 'w').write(repr(sys.argv)); sys.exit('no good')"
    stand_in(monkeypatch, tmp_path, body, "bean-check", "bean-query")
    path = written(tmp_path, BEANCOUNT, f"books.{ending}")
    with pytest.raises(ImportFault, match=f"books.{ending} has errors"):
        read_any(path, own(), "beancount")
    seen = (tmp_path / "seen").read_text()
    assert "/ledger.beancount'" in seen
    assert "books" not in seen


HEADING = "record_id,doc_type,party_name,party_address,number,amount\n"

CELLS = [
    '"Note:\n2026-01-02 called\n  Bob says ok"',
    '"2026-01-02 open Assets:Cash\n2026-01-02 * ""x""\n"',
    "<OFX> or OFXHEADER: x",
]


@pytest.mark.parametrize("cell", CELLS)
def test_what_stands_in_a_cell_of_a_table_makes_it_nothing_else(cell: str, tmp_path: Path) -> None:
    table = f"{HEADING}1,invoice,Acme,{cell},INV-77,5.00\n"
    found = read_any(written(tmp_path, table, "export.csv"), own())
    assert [one.number for one in found.records] == ["INV-77"]


def test_a_text_that_ends_like_an_order_is_told_with_what_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, tmp_path, "sys.exit('was asked')", "bean-check", "bean-query")
    for word in ("plugin", "include"):
        text = f'{BEANCOUNT}\n2026-01-02 * "WordPress {word}" "Licence"\n'
        line = text.rstrip().count("\n") + 1
        says = f"line {line}: .*If it only ends a text there.*'{word}[.]'"
        with pytest.raises(ImportFault, match=says):
            read_any(written(tmp_path, text, "a.bean"), own())
        mended = text.replace(f'{word}"', f'{word}."')
        with pytest.raises(ImportFault, match="was asked"):
            read_any(written(tmp_path, mended, "a.bean"), own())


def test_settings_above_the_folder_of_a_copy_are_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "sys.exit(repr([os.listdir(), open('hledger.conf').read()]))"
    stand_in(monkeypatch, tmp_path, body, "hledger")
    with pytest.raises(ImportFault, match=r"hledger\.conf.*, ''"):
        read_any(written(tmp_path, HLEDGER, "a.journal"), own())


def test_many_empty_lines_are_looked_through_at_once() -> None:
    began = time.process_time()
    assert not journals.HLEDGER.forbidden.search("\n" * 1_000_000 + "x")
    assert journals.HLEDGER.forbidden.search("\n" * 1_000_000 + " \r\tinclude x")
    assert time.process_time() - began < 5


@pytest.mark.parametrize("ending", ["journal", "j", "hledger", "LEDGER", "bean", "beancount"])
def test_an_ending_tells_what_a_ledger_is(ending: str, tmp_path: Path) -> None:
    kind = journals.kind_of(written(tmp_path, "~ monthly\n", f"books.{ending}"), "")
    assert kind is (journals.BEANCOUNT if ending.startswith("bean") else journals.HLEDGER)
