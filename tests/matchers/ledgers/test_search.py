"""When later passes of a search rest, and that no rival is hidden by it, on every ledger."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extractors.interface import Extraction
from matchers.compare import SURE
from matchers.decide import decide
from matchers.interface import Held, Ledger, LedgerRecord, Matched, Status
from matchers.ledgers import search
from matchers.ledgers.memory import MemoryLedger
from tests.benchmarks.world import world
from tests.benchmarks.worn import read_as
from tests.matchers.build import (
    DAY,
    IBAN,
    RULES,
    TODAY,
    Past,
    bill,
    check,
    expected,
    ids,
    invoice,
    issued,
    opened,
    read,
)
from tests.matchers.ledgers.conftest import Make
from tests.postgres import database

RIVALS = [
    bill(record_id="same again"),
    bill(record_id="next number", number="INV-1042"),
    bill(record_id="another year", number="INV-1041", doc_date=DAY - timedelta(days=365)),
    bill(record_id="same number, other sum", amount=Decimal("99.00")),
    bill(record_id="without a number", number=""),
    bill(record_id="another party", party_name="Kahn Metallbau", number="K-1"),
    bill(record_id="some cents", number="", amount=Decimal("1234.99")),
    bill(record_id="a figure", number="", amount=Decimal("1284.50")),
]


@pytest.mark.parametrize("rival", RIVALS, ids=lambda one: one.record_id)
def test_a_record_that_agrees_in_all_hides_no_rival(make: Make, rival: LedgerRecord) -> None:
    assert ids(make([bill(), rival]).near(invoice())) == {"0042", rival.record_id}


@pytest.mark.parametrize("changes", [{"invoice_number": None}, {"date": None}])
def test_what_agrees_in_party_and_amount_hides_no_rival(
    make: Make, changes: dict[str, Any]
) -> None:
    others = [
        bill(record_id="same again"),
        bill(record_id="another year", doc_date=DAY - timedelta(days=365)),
        bill(record_id="some cents", amount=Decimal("1235.10")),
        bill(record_id="Nordwind Papir", party_name="Nordwind Papir GmbH", number="7"),
    ]
    found = ids(make([bill(), *others]).near(invoice(**changes)))
    assert found == {"0042", *(one.record_id for one in others)}


def test_a_part_payment_is_found_among_what_its_payer_owes(make: Make) -> None:
    owed = [
        expected(record_id=f"{n}", number=f"{n}", amount=Decimal(n), open_amount=Decimal(n))
        for n in (*range(500, 580), 1600)
    ]
    document = check(payee=None, payer=owed[0].party_name, memo=None, date=None)
    assert "1600" in ids(make(owed).near(document))  # a half of it was paid


ALIKE = "Nordwind Papiere GmbH"
"""A name so like the usual party's that either may be meant."""

HIDDEN: list[tuple[Any, list[LedgerRecord], dict[str, Any]]] = [
    (
        check(check_number="123"),
        [
            issued(number="123"),
            issued(
                record_id="R",
                number="0000000123",
                party_name="Harbor Lights Catering",
                doc_date=None,
            ),
        ],
        {},
    ),
    (
        invoice(invoice_number=None, references=("INV-1041",)),
        [bill(record_id="B"), bill(record_id="R", number="", party_name=ALIKE, doc_date=None)],
        {},
    ),
    (
        invoice(invoice_number=None, total=Decimal("100.00")),
        [
            bill(record_id="X", number="", amount=Decimal("100.00"), status=Status.CLOSED),
            bill(record_id="B", number="", amount=Decimal("101.50")),
            bill(record_id="R", number="", party_name=ALIKE, amount=Decimal("98.50")),
        ],
        {"amount_tolerance": Decimal("2.00")},
    ),
]


@pytest.mark.parametrize(("document", "records", "rules"), HIDDEN)
def test_no_shorter_search_hides_a_rival(
    make: Make, document: Extraction, records: list[LedgerRecord], rules: dict[str, Any]
) -> None:
    ledger = make(records)
    assert set(ids(ledger.near(document))) == {one.record_id for one in records}
    decision = decide(document, ledger, Past(), replace(RULES, **rules), "policy", TODAY)
    assert isinstance(decision, Held)


def test_a_number_that_was_hardly_read_ends_no_search(make: Make) -> None:
    hardly = read("invoice_number", "INV-1041", 0.6)
    far = bill(record_id="0043", number="INV-1049", amount=Decimal("5.00"), party_name="Kahn")
    assert ids(make([bill(), far]).near(invoice(invoice_number=hardly))) == {"0042", "0043"}


def test_what_is_hardly_read_is_looked_for_as_compare_does() -> None:
    assert search.FIRM == SURE


def test_a_payment_less_a_discount_is_found_by_what_was_billed(make: Make) -> None:
    billed = expected(party_name="Kahn", amount=Decimal("816.33"), open_amount=Decimal("816.33"))
    bare = {"payee": None, "payer": None, "memo": None, "check_number": None}
    found = make([billed]).near(check(**bare, account_number=None, routing=None, date=None))
    assert ids(found) == {"0099"}


def test_an_account_of_very_many_checks_is_searched_by_amount(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "MANY_RECORDS", 3)
    many = [issued(record_id=f"{n}", number=f"{n}", amount=Decimal(n)) for n in range(201, 260)]
    wanted = issued(record_id="0042", number="77", amount=Decimal("850.00"), party_name="")
    ledger = make([*many, wanted])
    document = check(check_number=None, payee=None, payer=None, date=None)
    assert ids(ledger.near(document)) == {"0042"}


def test_a_party_is_found_by_a_bank_account_with_a_slip(make: Make) -> None:
    ledger = make([bill(party_iban=IBAN)])
    bare = {"invoice_number": None, "vendor": None, "date": None, "total": Decimal("9.99")}
    assert ids(ledger.near(invoice(**bare, iban=IBAN[:-1] + "7"))) == {"0042"}


def test_of_a_large_party_what_is_nearly_over_the_amount_is_found(make: Make) -> None:
    many = [
        bill(record_id=f"{n}", number=f"A{n}", amount=Decimal(123000 + n).scaleb(-2))
        for n in range(300)
    ]
    wanted = bill(record_id="x", number="B", amount=Decimal("9230.50"))
    document = invoice(invoice_number=None, date=None, total=Decimal("1230.50"))
    assert "x" in ids(make([*many, wanted]).near(document))


def test_every_ledger_keeps_the_same_records_beyond_its_caps(tmp_path: Path) -> None:
    """Hundreds of one party, of one day, over one amount, and with numbers a slip apart."""
    given = [
        bill(
            record_id=f"{n:03}",
            number=f"INV-10{n % 90:02}" if n % 3 else "",
            amount=Decimal("1234.50") if n % 4 == 1 else Decimal(123000 + 7 * n).scaleb(-2),
            doc_date=None if n % 11 == 0 else DAY + timedelta(days=n % 60 - 30),
        )
        for n in random.Random(4).sample(range(500), 500)
    ]
    asked = [
        invoice(invoice_number=None),
        invoice(invoice_number="INV-1000", total=Decimal("1240.12"), date=None),
        invoice(invoice_number=None, total=None),
        invoice(invoice_number="INV-1071", vendor="Nordwint Papler"),
    ]
    found = [[sorted(ids(MemoryLedger(given).near(one))) for one in asked]]
    for kind in ("sqlite", "postgresql"):
        with database(kind, tmp_path) as url, opened(url) as ledger:
            ledger.store(given, "test")
            found.append([sorted(ids(ledger.near(one))) for one in asked])
    assert found[0] == found[1] == found[2]
    assert all(len(one) < len(given) for one in found[0])


def test_a_party_hardly_read_is_found_by_the_amount_among_very_many_like_it(make: Make) -> None:
    many = [
        bill(record_id=f"{n}", number="", party_name=f"Nelstan {n:03} Grano", amount=Decimal(n + 1))
        for n in range(200)
    ]
    wanted = bill(record_id="x", number="", party_name="Nelgrano Technik", amount=Decimal("912.40"))
    document = invoice(invoice_number=None, date=None, vendor="Nel grano", total=Decimal("917.40"))
    assert "x" in ids(make([*many, wanted]).near(document))


def test_every_ledger_leads_to_the_same_decision(tmp_path: Path) -> None:
    given = world(600, 3, absent=30)
    still_open = [one for one in given.records if one.status is Status.OPEN]
    rnd = random.Random(9)
    about = [*rnd.sample(still_open, 90), *(one for one, _ in given.absent)]
    documents = [read_as(one, rnd) for one in about]
    decided = [_decided(MemoryLedger(given.records), documents)]
    for kind in ("sqlite", "postgresql"):
        with database(kind, tmp_path) as url, opened(url) as ledger:
            ledger.store(given.records, "test")
            decided.append(_decided(ledger, documents))
    assert decided[0] == decided[1] == decided[2]
    assert sum(one[0] == "posted" for one in decided[0]) >= 50


def _decided(ledger: Ledger, documents: Sequence[Any]) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for one in documents:
        made = decide(replace(one), ledger, Past(), RULES, "policy", TODAY)
        if isinstance(made, Matched):
            found.append(("posted", made.candidate.record.record_id))
        else:
            assert isinstance(made, Held)
            proposed = made.proposal.record.record_id if made.proposal else None
            found.append(("held", made.reasons, proposed))
    return found


@pytest.mark.parametrize("amount", ["999999999999999.99", "312345678901234.56"])
def test_an_amount_that_no_record_can_have_troubles_no_search(make: Make, amount: str) -> None:
    document = invoice(total=Decimal(amount))
    assert ids(make([bill()]).near(document)) == ids([bill()])


def test_a_number_in_a_memo_is_found_beside_others_and_among_many(make: Make) -> None:
    memo = "Inv RG-20417 Feb 2026 acct 55 unit 3 S-5512/S-5513"
    wanted = [
        expected(record_id=number, number=number, amount=Decimal("77.00"), party_name="Quill")
        for number in ("RG-20417", "S-5512", "S-5513")
    ]
    crowd = [
        bill(record_id=f"{n:03}", number="2026", party_name=f"Zeta {n}", doc_date=DAY)
        for n in range(40)
    ]
    found = ids(make([*wanted, *crowd]).near(check(memo=memo, payer=None)))
    assert {one.record_id for one in wanted} <= found
