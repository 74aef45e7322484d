"""Numbers that are nobody else's business, planted everywhere, looked for everywhere."""

import hashlib
import json
import os
import re
import signal
import stat
import subprocess
import time
from email.message import EmailMessage

import pytest
from typer import Typer
from typer.testing import CliRunner

from ingest.samples.sheet import LETTER, Sheet, pdf
from tests.e2e.shop import PROGRAM, SECONDS, Shop, make

CANARIES = {
    "account": "4400178839",
    "check account": "880077123456",
    "iban": "DE89370400440532013000",
    "card": "4111111111111111",
    "social security number": "123456789",
}
"""By what they are; only their last four characters may be seen."""

IBAN, CARD, SOCIAL = "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "123-45-6789"

LETTER_TEXT = f"""Brightwater Supplies
14 Mill Lane, Dayton OH 45402

21 November 2026

Northgate Manufacturing Inc.
2 Foundry Road, Akron OH 44308

Re: Account Number: 4400178839

Dear Sir or Madam,

please change the card {CARD} on our account no. 4400178839 and note that the
SSN of the holder is {SOCIAL}. Pay from now on to IBAN {IBAN},
or to routing 021000021 account 880077123456.

Yours faithfully
Ann Miller
"""

INVOICE = (
    "INVOICE",
    "Brightwater Supplies, 14 Mill Lane, Dayton OH 45402",
    "Bill to: Northgate Manufacturing Inc.",
    "Invoice number: BW-20731",
    "Invoice date: 2026-11-12",
    "Copy paper 20 lb          2        43.50        87.00",
    "Total due: USD 87.00",
    f"Pay to IBAN {IBAN}",
    "Wire: routing 021000021 account number 880077123456",
    f"Card on file: {CARD}",
)

BATCH = "account 880077123456"
"""A folder of the inbox, as a scanner's user may call it."""


def mail() -> bytes:
    message = EmailMessage()
    message["From"] = "ann@brightwater.example"
    message["To"] = "payables@northgate.example"
    message["Subject"] = f"Account 4400178839, card {CARD}, SSN {SOCIAL}"
    message["Date"] = "Sat, 21 Nov 2026 10:00:00 +0000"
    message.set_content(f"Please use account 880077123456 and IBAN {IBAN} from now on.\n")
    attached = f"to card {CARD}\n{LETTER_TEXT}".encode()
    message.add_attachment(
        attached, maintype="text", subtype="plain", filename=f"card {CARD} of 4400178839.txt"
    )
    return message.as_bytes()


def invoice() -> bytes:
    sheet = Sheet(*LETTER)
    sheet.block(72, 90, INVOICE, leading=24)
    return pdf([sheet])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, str]:
    """A workspace worked off, and everything that the program said meanwhile and afterwards."""
    shop = make(tmp_path_factory.mktemp("canaries") / "workspace")
    drop(shop)
    said = [all_of(shop.call("run"))]
    said.append(watched(shop))
    cases = CliRunner().invoke(program(), ["exceptions", "list", "--jsonl", "-w", str(shop.root)])
    names = [json.loads(line)["case"] for line in cases.stdout.splitlines()]
    assert len(names) >= 3
    words = [["exceptions", "list"], ["exceptions", "list", "--jsonl"], ["documents"], ["doctor"]]
    words += [["exceptions", "show", one] for one in names]
    words += [["exceptions", "show", one, "--json"] for one in names]
    words += [["explain", one["id"]] for one in documents(shop)]
    words += [["report", "daily", "--format", form] for form in ("text", "html", "csv", "json")]
    words += [["exceptions", "note", names[0], "rang the bank"], ["verify"], ["verify", "--json"]]
    for one in words:
        result = CliRunner().invoke(program(), [*one, "-w", str(shop.root)])
        assert result.exit_code in {0, 3} if one == ["doctor"] else result.exit_code == 0, one
        said.append(result.output)
    return shop, "\n".join(said)


def drop(shop: Shop) -> None:
    files = {
        "letter.txt": LETTER_TEXT.encode(),
        "statement 4400178839.txt": LETTER_TEXT.replace("faithfully", "truly").encode(),
        f"{SOCIAL} again.txt": LETTER_TEXT.encode(),
        f"card-{CARD.replace(' ', '')}.pdf": b"%PDF-1.7 this is not one",
        "mail.eml": mail(),
        "invoice.pdf": invoice(),
        f"{BATCH}/letter.txt": LETTER_TEXT.replace("Dear", "Dearest").encode(),
    }
    for name, content in files.items():
        path = shop.root / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (0, 0))


def watched(shop: Shop) -> str:
    """What `watch` says while one more document comes in."""
    path = shop.root / "inbox" / "late 4400178839.txt"
    path.write_text(LETTER_TEXT.replace("Sir", "Lord"))
    os.utime(path, (0, 0))
    before = len(documents(shop))
    with subprocess.Popen(
        [*PROGRAM, "watch"], cwd=shop.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as daemon:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and (
            len(documents(shop)) == before or documents(shop)[-1]["state"] == "in_hand"
        ):
            time.sleep(0.5)
        daemon.send_signal(signal.SIGTERM)
        return daemon.communicate()[0].decode()


def all_of(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def program() -> Typer:
    from ingest.cli import app

    return app


def documents(shop: Shop) -> list[dict[str, str]]:
    result = CliRunner().invoke(program(), ["documents", "--jsonl", "-w", str(shop.root)])
    return [json.loads(line) for line in result.stdout.splitlines()]


def seen(text: str) -> list[str]:
    """The canaries in a text, however their characters are grouped."""
    gap = r"[\s.\-\u2022]{0,2}"
    return [
        what
        for what, canary in CANARIES.items()
        if re.search(rf"(?<![0-9]){gap.join(canary)}(?![0-9])", text)
    ]


def test_the_search_finds_what_is_planted() -> None:
    assert seen(LETTER_TEXT) == list(CANARIES)
    assert seen("••••8839, ••••3456, ••••3000, ••••1111, ••••6789") == []


def test_nothing_that_is_said_gives_a_number_away(told: tuple[Shop, str]) -> None:
    lines = [line for line in told[1].splitlines() if seen(line)]
    assert lines == []


def test_no_file_but_originals_database_and_deliveries_gives_a_number_away(
    told: tuple[Shop, str],
) -> None:
    """`explain --json`, `documents --jsonl` and `extract` give values to programs, unmasked."""
    shop, _ = told
    originals = {one["sha256"] for one in documents(shop)}
    looked, found = 0, {}
    for path in sorted(shop.root.rglob("*")):
        kept = path.name.startswith("mailroom.db") or path.is_relative_to(shop.root / "matched")
        if not path.is_file() or kept:
            continue
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() in originals:
            continue
        looked += 1
        if canaries := seen(content.decode("utf-8", "replace")):
            found[str(path.relative_to(shop.root))] = canaries
    assert found == {}
    assert looked > 10


def test_the_last_four_characters_stay_so_that_people_can_compare(
    told: tuple[Shop, str],
) -> None:
    pages = "".join(path.read_text() for path in told[0].root.rglob("report.html"))
    assert "••••8839" in pages
    assert "••••3000" in pages


def test_everything_in_a_workspace_belongs_to_its_owner_alone(told: tuple[Shop, str]) -> None:
    shop, _ = told
    originals = {one["sha256"] for one in documents(shop)}
    rooms = ("matched", "exceptions", "duplicates", "quarantine", "archive")
    for path in sorted(shop.root.rglob("*")):
        rights = stat.S_IMODE(path.lstat().st_mode)
        if path.is_relative_to(shop.root / "inbox" / BATCH):
            continue  # a folder that somebody else made: a receipt in it has the folder's rights
        if path.is_dir():
            assert rights == 0o700, path
        elif path.relative_to(shop.root).parts[0] in rooms:
            content = path.read_bytes()
            original = hashlib.sha256(content).hexdigest() in originals
            assert rights == (0o400 if original else 0o600), path
        else:
            assert rights == 0o600, path
