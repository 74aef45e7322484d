"""What every ledger does; the real one and the one in memory are held to the same."""

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from extractors.interface import Extraction
from matchers.interface import Counted, Ledger, LedgerError, LedgerRecord, Status
from matchers.ledgers import dialects, sharing
from matchers.ledgers.rows import major, minor
from matchers.ledgers.sql import SqlLedger
from tests.matchers.build import (
    DAY,
    IBAN,
    PARTY,
    bill,
    check,
    ids,
    invoice,
    issued,
    opened,
    read,
    slip,
)
from tests.matchers.ledgers.conftest import Make


def near(ledger: Ledger, document: Extraction) -> set[str]:
    return ids(ledger.near(document))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"invoice_number": "INV-1O41"},
        {"invoice_number": "INV-1047"},
        {"invoice_number": "INV-141"},
        {"invoice_number": "INV-10411"},
        {"invoice_number": "lNV 0141"},
        {"invoice_number": "1041", "total": None, "vendor": None},
        {"invoice_number": None, "vendor": None, "date": None},
        {"invoice_number": None, "vendor": None, "total": Decimal("1284.50")},
        {"invoice_number": None, "total": None, "date": None},
        {"invoice_number": None, "total": None, "date": None, "vendor": "Nordvind Papler"},
        {"invoice_number": None, "total": Decimal("9.99"), "vendor": "PAPIER NORDWIND"},
    ],
)
def test_a_record_is_found_by_any_of_its_keys_misread(make: Make, changes: dict[str, Any]) -> None:
    ledger = make([bill(), bill(record_id="x", number="ZZ-9", party_name="Kahn", amount=None)])
    assert "0042" in near(ledger, invoice(**changes))
    assert "x" not in near(ledger, invoice(**changes))


@pytest.mark.parametrize("status", list(Status))
def test_records_of_every_status_are_found(make: Make, status: Status) -> None:
    assert near(make([bill(status=status)]), invoice()) == {"0042"}


def test_every_reading_of_a_field_is_looked_up(make: Make) -> None:
    ledger = make([bill(number="RE-7", doc_date=None, party_name="")])
    readings = [read("total", Decimal("9.00"), 0.9), read("total", Decimal("1234.50"), 0.1)]
    assert near(ledger, invoice(total=readings)) == {"0042"}
    numbers = [read("invoice_number", "AB-1", 0.9), read("invoice_number", "RE-7", 0.1)]
    assert near(ledger, invoice(invoice_number=numbers, total=None)) == {"0042"}


def test_orders_accounts_tax_numbers_and_bank_accounts_are_keys(make: Make) -> None:
    bare = {"invoice_number": None, "total": None, "vendor": None, "date": None}
    record = bill(
        po_number="PO-7701", account_ref="0099812", party_tax_id="DE 136695976", party_iban=IBAN
    )
    ledger = make([record])
    for changes in (
        {"po_number": "PO 77O1"},
        {"account_number": "99812"},
        {"vendor_tax_id": "DE136695976"},
        {"iban": "DE89 3704 0044 0532 0130 00"},
    ):
        assert near(ledger, invoice(**bare, **changes)) == {"0042"}


def test_a_check_is_found_by_serial_and_by_payee(make: Make) -> None:
    ledger = make([issued()])
    assert near(ledger, check(amount=None, payee=None)) == {"0077"}
    assert near(ledger, check(amount=None, check_number=None, account_number=None)) == {"0077"}


def test_a_common_amount_gives_the_nearest_days_and_no_more(make: Make) -> None:
    records = [
        slip(record_id=f"{n:04d}", party_name=f"P{n}", doc_date=DAY + dt.timedelta(days=n))
        for n in range(-300, 300)
    ]
    found = make(records).near(invoice(invoice_number=None, vendor=None))
    assert len(found) <= 200
    assert {DAY, DAY + dt.timedelta(days=1), DAY - dt.timedelta(days=1)} <= {
        one.doc_date for one in found
    }


def test_the_same_number_among_many_is_found_by_amount_first(make: Make) -> None:
    many = [
        issued(record_id=f"{n:04d}", amount=Decimal(n), party_name=f"P{n}") for n in range(1, 400)
    ]
    document = check(payee=None, payer=None, amount=Decimal(377), amount_words=None)
    assert "0377" in near(make(many), document)


def test_a_record_comes_back_as_it_was_given(make: Make) -> None:
    full = LedgerRecord(
        record_id="r-1",
        direction="AP",
        doc_type="invoice",
        party_name="Müller & Söhne",
        party_address="Am Markt 1",
        party_tax_id="DE1",
        party_iban=IBAN,
        routing="021000021",
        account_ref="007",
        number="00042",
        po_number="P/1",
        doc_date=DAY,
        due_date=DAY,
        currency="KWD",
        amount=Decimal("-12.345"),
        open_amount=Decimal("0.10"),
        discount_amount=Decimal("1.00"),
        discount_date=DAY,
        status=Status.PARTIAL,
    )
    ledger = make([full, slip(doc_date=None, amount=None, open_amount=None)])
    assert ledger.get("r-1") == full
    assert ledger.get("0042") == slip(doc_date=None, amount=None, open_amount=None)
    assert ledger.get("nobody") is None


def line(record_id: str, **more: Any) -> LedgerRecord:
    fields = {"record_id": record_id, "doc_type": "purchase_order", "po_number": "PO-77"}
    return LedgerRecord(**fields | more)


def test_the_lines_of_an_order_come_back_as_they_were_given(make: Make) -> None:
    first = line(
        "1",
        line="10",
        description="Copy paper",
        quantity=Decimal(10),
        unit_price=Decimal("0.012345"),
        received_quantity=Decimal(0),
    )
    by_number = line("2", po_number="", number="po 77", quantity=Decimal("1.5"))
    others = [bill(po_number="PO-77"), line("3", po_number="PO-78"), line("4", po_number="P0-77")]
    ledger = make([by_number, first, *others])
    assert list(ledger.of_order("PO-77")) == [first, by_number, others[0]]
    assert list(ledger.of_order("")) == []
    assert list(ledger.of_order("-")) == []


def test_what_an_order_states_is_known_since_its_import(make: Make) -> None:
    stated = line("1", quantity=Decimal(10), invoiced_quantity=Decimal("2.5"))
    header = line("2", amount=Decimal("99.50"), open_amount=Decimal(9), status=Status.PARTIAL)
    ledger = make([stated, header, bill()])
    moment = ledger.imported()
    assert moment is not None
    figures = {"quantity": Decimal(10), "invoiced_quantity": Decimal("2.5")}
    sums = {"amount": Decimal("99.50"), "open_amount": Decimal(9), "status": Status.PARTIAL}
    assert list(ledger.counted(["2", "1", "nobody"])) == [
        Counted(record_id="1", since=moment, **figures),
        Counted(record_id="2", since=moment, **sums),
    ]


def test_zeros_in_front_of_an_orders_number_tell_nothing(make: Make) -> None:
    stored = line("1", po_number="", number="0004500012")
    ledger = make([stored, bill()])
    assert list(ledger.of_order("4500012")) == list(ledger.of_order("004500012")) == [stored]


def test_parties_are_known_by_name_however_printed(make: Make) -> None:
    ledger = make([bill()])
    assert ledger.knows_party(["somebody else entirely", "NORDWIND PAPIER"])
    assert not ledger.knows_party(["Sonnenblume Feinkost"])
    assert not ledger.knows_party([])
    assert not ledger.knows_party(["", '"quoted" OR (x'])


@pytest.mark.parametrize(
    "text", ["\0ab", "ab\ud800", "'\"%s:p0\\", "\u202e日本語の会社", "7" * 20_000]
)
def test_nothing_that_a_document_says_troubles_a_look_up(make: Make, text: str) -> None:
    ledger = make([bill()])
    names = ("vendor", "invoice_number", "po_number", "account_number", "vendor_tax_id", "iban")
    document = invoice(total=Decimal("1234.50"), **dict.fromkeys(names, text))
    assert near(ledger, document) == {"0042"}
    assert not ledger.knows_party([text])
    assert ledger.get(text) is None


def test_an_empty_ledger_was_never_imported(make: Make) -> None:
    assert make([]).imported() is None
    assert make([]).near(invoice()) == ()


def test_the_time_of_import_is_known(make: Make) -> None:
    moment = make([bill()]).imported()
    assert moment is not None
    assert moment.tzinfo is not None


def test_nearly_every_noisy_document_finds_its_record(make: Make) -> None:
    rnd = random.Random(5)
    records = _ledger(rnd, 3000)
    ledger = make(records)
    wanted = rnd.sample(records, 150)
    missed = [one for one in wanted if one.record_id not in near(ledger, _noisy(one, rnd))]
    assert len(missed) <= 1


def _ledger(rnd: random.Random, size: int) -> list[LedgerRecord]:
    syllables = ["ka", "lo", "mi", "ter", "san", "vor", "bel", "dun", "rek", "pas", "wim", "zer"]
    names = [
        " ".join("".join(rnd.choices(syllables, k=3)).title() for _ in range(2)) + " Ltd"
        for _ in range(size // 10)
    ]
    return [
        bill(
            record_id=f"{n:06d}",
            party_name=rnd.choice(names),
            number=f"INV-{rnd.randrange(10**6):06d}",
            doc_date=DAY - dt.timedelta(days=rnd.randrange(400)),
            amount=Decimal(rnd.randrange(100, 10**6)).scaleb(-2),
        )
        for n in range(size)
    ]


def _noisy(record: LedgerRecord, rnd: random.Random) -> Extraction:
    """A document about a record, with a slip in its number, a lost field, and a worn name."""

    def worn(text: str) -> str:
        return "".join(rnd.choice("aeinrst") if rnd.random() < 0.08 else one for one in text)

    fields: dict[str, Any] = {
        "invoice_number": worn(record.number),
        "vendor": worn(record.party_name),
        "date": record.doc_date,
        "total": record.amount,
    }
    fields[rnd.choice(list(fields))] = None
    return invoice(**fields)


# ---- the real one alone


@pytest.fixture
def ledger(database_url: str) -> Iterator[SqlLedger]:
    with opened(database_url) as real:
        yield real


def test_the_same_rows_twice_change_nothing(ledger: SqlLedger) -> None:
    records = [bill(), slip(record_id="0043")]
    assert ledger.store(records, "a.csv") == (2, 0, 0)
    assert ledger.store(records, "a.csv") == (0, 0, 2)
    assert list(ledger.list_records()) == records


def test_a_changed_row_replaces_its_record_and_its_keys(ledger: SqlLedger) -> None:
    ledger.store([bill(), slip(record_id="0043")], "a.csv")
    assert ledger.store([bill(party_name="Umbenannt AG", number="N-77")], "b.csv") == (0, 1, 0)
    assert ledger.get("0042") == bill(party_name="Umbenannt AG", number="N-77")
    bare = {"total": None, "date": None, "vendor": None}
    assert near(ledger, invoice(**bare)) == set()
    assert near(ledger, invoice(**bare | {"invoice_number": "N-77"})) == {"0042"}
    assert ledger.knows_party(["Umbenannt"])


def test_a_line_of_which_more_was_received_is_a_changed_row(ledger: SqlLedger) -> None:
    ordered = line("1", quantity=Decimal(10), received_quantity=Decimal(0))
    ledger.store([ordered], "a.csv")
    assert ledger.store([ordered], "a.csv") == (0, 0, 1)
    received = line("1", quantity=Decimal(10), received_quantity=Decimal(4))
    assert ledger.store([received], "b.csv") == (0, 1, 0)
    swapped = line("1", quantity=Decimal(4), received_quantity=Decimal(10))
    assert ledger.store([swapped], "c.csv") == (0, 1, 0)
    assert list(ledger.of_order("PO-77")) == [swapped]


def test_an_import_that_leaves_a_line_as_it_is_tells_nothing_of_it(ledger: SqlLedger) -> None:
    first, second = (
        line("1", quantity=Decimal(10), invoiced_quantity=one) for one in (None, Decimal(4))
    )
    stores = ([first], [bill()], [first, bill(number="other")], [second], [second])
    for place, records in enumerate(stores):
        ledger.store(records, f"{place}.csv")
    told = ledger.counted(["1", "0042"])
    assert [one.invoiced_quantity for one in told] == [None, Decimal(4)]
    assert told[0].since <= told[1].since


def test_a_figure_of_an_order_written_otherwise_changes_nothing(ledger: SqlLedger) -> None:
    """As a workbook has 1 where an export in CSV has 1.00."""
    written = line("1", quantity=Decimal("1.00"), unit_price=Decimal("4.50"))
    other = line("1", quantity=Decimal(1), unit_price=Decimal("4.5"))
    ledger.store([written, line("2")], "a.csv")
    assert ledger.store([other, line("2", quantity=Decimal(1))], "b.xlsx") == (0, 1, 1)
    assert ledger.store([written], "c.csv") == (0, 0, 1)
    kept = ledger.get("1")
    assert kept is not None
    assert str(kept.quantity) == "1.00"
    assert ledger.store([line("1", quantity=Decimal(1))], "d.csv") == (0, 1, 0)


def test_many_records_are_looked_up_at_once(ledger: SqlLedger) -> None:
    many = [bill(record_id=f"{n:04}") for n in range(dialects.MOST_VALUES + 10)]
    ledger.store(many, "a.csv")
    known = ledger.known(f"{n:04}" for n in range(5, 2 * dialects.MOST_VALUES))
    assert known == {one.record_id: one for one in many[5:]}


def test_a_party_that_no_record_names_any_more_is_forgotten(ledger: SqlLedger) -> None:
    ledger.store([bill()], "a.csv")
    ledger.store([bill(party_name="Umbenannt AG")], "b.csv")
    assert not ledger.knows_party([PARTY])


def test_an_import_is_stored_whole_or_not_at_all(ledger: SqlLedger) -> None:
    with pytest.raises(LedgerError, match="three decimals"):
        ledger.store([bill(), bill(record_id="x", amount=Decimal("0.0001"))], "a.csv")
    assert list(ledger.list_records()) == []
    assert ledger.imported() is None


def test_a_ledger_is_still_there_after_a_restart(database_url: str) -> None:
    with opened(database_url) as ledger:
        ledger.store([bill()], "a.csv")
    with opened(database_url) as ledger:
        assert ledger.get("0042") == bill()


def test_pieces_that_most_names_share_are_left_out_of_a_search(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MOST_SHARED", 60)
    many = [bill(record_id=f"{n}", party_name=f"Handelshaus Nummer {n}") for n in range(50)]
    ledger.store([*many, bill(record_id="x", party_name="Handelshaus Querbeet")], "a.csv")
    assert ledger.knows_party(["Handelshaus Querbeet"])
    assert ledger.knows_party(["Handelshaus Nummer 7"])
    bare = {"invoice_number": None, "total": None, "date": None}
    assert "x" in near(ledger, invoice(**bare, vendor="Handelshaus Querbet"))


@pytest.mark.parametrize("amount", ["0.001", "-12.345", "1234.50", "99999999999.99", "0"])
def test_money_is_kept_to_the_thousandth(amount: str) -> None:
    assert major(minor(Decimal(amount))) == Decimal(amount)
