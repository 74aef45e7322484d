"""Names that parties go by, as people's decisions taught."""

from decimal import Decimal
from typing import Any

import pytest

from config.reasons import Reason
from extractors.interface import Kind
from matchers.interface import Alias, Level, Matched
from outbox import dossier, explain
from tests.matchers.build import (
    PARTY,
    Past,
    bill,
    check,
    decided,
    held,
    invoice,
    issued,
    matched,
    read,
    receipt,
    slip,
)

TRADING_AS = "Blauer Bogen Bürobedarf"
LEARNED = Past(names=[Alias(name=TRADING_AS, party=PARTY, count=3)])


def test_without_it_another_name_is_a_mismatch() -> None:
    decision = held(invoice(vendor=TRADING_AS), bill())
    assert decision.reasons[0] is Reason.PARTY_MISMATCH


def test_with_it_number_amount_and_day_carry_the_posting() -> None:
    done = matched(invoice(vendor=TRADING_AS), bill(), past=LEARNED)
    assert "vendor" not in done.matched_by
    party = done.candidate.of("vendor")
    assert party is not None
    assert (party.learned, party.level, party.read) == (3, Level.CLOSE, TRADING_AS)
    assert "learned from 3 decisions" in explain.text(dossier.as_json(done))


def test_it_never_confirms_a_record_alone() -> None:
    assert not isinstance(decided(receipt(vendor=TRADING_AS), slip(), past=LEARNED), Matched)
    undated = invoice(vendor=TRADING_AS, date=None)
    assert not isinstance(decided(undated, bill(), past=LEARNED), Matched)


@pytest.mark.parametrize(
    ("field", "column"), [("iban", "party_iban"), ("vendor_tax_id", "party_tax_id")]
)
def test_nor_together_with_a_number_of_the_party(field: str, column: str) -> None:
    number = "DE89370400440532013000"
    document = receipt(vendor=TRADING_AS, **{field: number})
    assert not isinstance(decided(document, slip(**{column: number}), past=LEARNED), Matched)


def test_a_surer_reading_of_another_name_is_not_excused() -> None:
    vendor = [read("vendor", "Stahlwerk Ost AG", 0.97), read("vendor", TRADING_AS, 0.5)]
    assert not isinstance(decided(invoice(vendor=vendor), bill(), past=LEARNED), Matched)


def test_it_finds_the_partys_records() -> None:
    bare: dict[str, Any] = {"invoice_number": None, "total": None, "date": None}
    unread = invoice(vendor=TRADING_AS, **bare)
    assert [one.record.record_id for one in held(unread, bill()).candidates] == []
    found = held(unread, bill(), past=LEARNED).candidates
    assert [one.record.record_id for one in found] == ["0042"]


@pytest.mark.parametrize(
    "alias",
    [
        Alias(name=TRADING_AS, party="Sonnenblume Feinkost KG", count=9),
        Alias(name="Somebody else", party=PARTY, count=9),
    ],
    ids=["of another party", "another name"],
)
def test_it_excuses_no_other_name_and_no_other_party(alias: Alias) -> None:
    decision = held(invoice(vendor=TRADING_AS), bill(), past=Past(names=[alias]))
    assert decision.reasons[0] is Reason.PARTY_MISMATCH


def test_a_reading_that_is_hardly_legible_is_not_taken_for_it() -> None:
    vendor = [read("vendor", "Sonnenblume Feinkost KG", 0.9), read("vendor", TRADING_AS, 0.1)]
    decision = held(invoice(vendor=vendor), bill(), past=LEARNED)
    assert decision.reasons[0] is Reason.PARTY_MISMATCH


def test_it_excuses_nothing_but_the_name() -> None:
    for changes in ({"total": Decimal("1284.50")}, {"currency": "USD"}, {"kind": Kind.CREDIT_NOTE}):
        said: dict[str, Any] = {"vendor": TRADING_AS} | changes
        assert not isinstance(decided(invoice(**said), bill(), past=LEARNED), Matched)


def test_the_payee_of_a_check_is_never_excused() -> None:
    past = Past(names=[Alias(name="Larkfield", party="Harbour Lights Catering", count=9)])
    decision = held(check(payee="Larkfield"), issued(), past=past)
    assert decision.reasons[0] is Reason.CHECK_PAYEE_MISMATCH
