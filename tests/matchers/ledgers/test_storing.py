import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from config.settings import LedgerSettings
from matchers.database import connect, writing
from matchers.interface import LedgerRecord
from matchers.ledgers import storing
from matchers.ledgers.imports import read_file
from matchers.ledgers.rows import NAMES, STORED, Stated, hashes, stated
from matchers.ledgers.sql import SqlLedger, altered
from matchers.ledgers.storing import Overtaken
from matchers.ledgers.tables import FOLDED
from tests.matchers.build import bill, opened


@pytest.fixture
def ledger(database_url: str) -> Iterator[SqlLedger]:
    with opened(database_url) as one:
        yield one


def many(count: int, **changes: str) -> list[LedgerRecord]:
    return [
        bill(record_id=f"{number:04}", party_name=f"Haus {number % 7}", **changes)
        for number in range(count)
    ]


def indexes(ledger: SqlLedger) -> set[str | None]:
    return {one["name"] for one in inspect(ledger._engine).get_indexes("record")}


def sound(ledger: SqlLedger) -> bool:
    with ledger._engine.connect() as connection:
        return list(altered(connection)) == []


def test_the_columns_stand_as_rows_are_made() -> None:
    assert ("record_id", "hash", *NAMES[1:], "party_id", *FOLDED, "size", "day") == STORED


def test_the_hash_of_a_record_stays_what_it_is_in_ledgers_that_exist() -> None:
    bill = LedgerRecord(
        record_id="42",
        direction="AP",
        doc_type="invoice",
        party_name="Größe's Ltd",
        doc_date=dt.date(2026, 1, 31),
        currency="EUR",
        amount=Decimal("1234.5"),
        open_amount=Decimal("-0.005"),
    )
    line = LedgerRecord(
        record_id="7-1",
        doc_type="purchase_order",
        po_number="7",
        line="1",
        description="Paper",
        quantity=Decimal("1.50"),
        unit_price=Decimal("0.012345"),
    )
    told = ["66e953b802e7b54441c61207", "b81ffb6d46f6df9208347965"]
    assert hashes(stated([bill, line])) == told
    assert [hashes(stated([one])) for one in (bill, line)] == [[one] for one in told]


def test_rows_are_the_same_records_whether_they_are_read_together_or_apart(
    ledger: SqlLedger, tmp_path: Path
) -> None:
    header = (
        "record_id,doc_type,party_name,number,doc_date,amount,status,description,discount_amount"
    )
    rows = (
        "1,Invoice,Größe's Ltd,INV-0O1,3.2.2026,1234.5,,Paper,\n\n2,,B,,31-Jan-2026,(7),VOID,,0\n"
    )
    own = LedgerSettings(stale_days=0, decimal_mark=".", date_order="DMY")
    path = tmp_path / "ledger.csv"
    path.write_text(f"{header}\n{rows}", encoding="utf-8")
    [together] = read_file(path, own).rows
    assert isinstance(together, Stated)
    path.write_text(f"{header}\n{rows}3,,,,no day,,,,\n", encoding="utf-8")
    *apart, fault = read_file(path, own).rows
    assert [one.record_id for one in apart if isinstance(one, LedgerRecord)] == ["1", "2"]
    assert str(fault).startswith("line 5, column doc_date")
    assert list(together.records()) == apart
    assert ledger.store([together], "a.csv") == (2, 0, 0)
    assert ledger.store([one for one in apart if isinstance(one, LedgerRecord)], "b.csv") == (
        0,
        0,
        2,
    )
    assert sound(ledger)


def test_while_records_are_made_others_may_write(ledger: SqlLedger, database_url: str) -> None:
    engine = connect(database_url, patience=1)

    def made() -> Iterator[LedgerRecord]:
        yield from many(3)
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM party"))

    assert ledger.store(made(), "a.csv") == (3, 0, 0)
    engine.dispose()


def test_what_was_made_for_an_older_ledger_is_not_stored(ledger: SqlLedger) -> None:
    since = ledger.version()
    ledger.store([bill()], "first.csv")
    with pytest.raises(Overtaken):
        ledger.store([bill(party_name="Other")], "second.csv", since)
    assert ledger.get("0042") == bill()


@pytest.mark.parametrize("changed", [1, 60, 100])
def test_however_much_changes_every_index_stands_and_every_row_is_whole(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch, changed: int
) -> None:
    monkeypatch.setattr(storing, "MANY", 10)
    monkeypatch.setattr(storing, "CHUNK", 7)
    monkeypatch.setattr(storing, "IN_MEMORY", 100)
    before = indexes(ledger)
    assert ledger.store(many(100), "a.csv") == (100, 0, 0)
    renewed = many(changed, po_number="PO-7")
    assert ledger.store(renewed, "b.csv") == (0, changed, 0)
    assert ledger.store(renewed, "b.csv") == (0, 0, changed)
    assert indexes(ledger) == before
    assert sound(ledger)
    assert sum(one.po_number == "PO-7" for one in ledger.list_records()) == changed


def test_an_import_that_fails_leaves_every_index(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> int | None:
        raise ZeroDivisionError

    monkeypatch.setattr(storing, "MANY", 10)
    before = indexes(ledger)
    monkeypatch.setattr(storing._Parties, "ids", stumble)
    with pytest.raises(ZeroDivisionError):
        ledger.store(many(100), "a.csv")
    assert indexes(ledger) == before
    assert ledger.imported() is None
