"""A decision falls again as it fell, from nothing but its basis."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.reasons import Reason
from extractors.interface import Box, Extraction, Field, Kind, LineItem, Trace
from matchers.basis import Asked, Basis, Beside, Remembered, Unasked, decided
from matchers.interface import Decision, Held, LedgerRecord, Matched
from matchers.ledgers.memory import MemoryLedger
from matchers.version import rules_version
from outbox.bases import packed, unpacked
from outbox.dossier import as_json
from tests.matchers.build import (
    PARTY,
    RULES,
    TODAY,
    Past,
    bill,
    check,
    earlier,
    expected,
    extraction,
    invoice,
    issued,
    receipt,
    slip,
)

POSTED = Past(posted={"0042": earlier(record_id="0042")})


def made(
    document: Extraction,
    *records: LedgerRecord,
    past: Past | None = None,
    beside: tuple[Beside, ...] = (),
    mode: str = "policy",
) -> tuple[Decision, Basis]:
    asked = Asked(MemoryLedger(records), past or Past())
    basis = Basis(
        extraction=document,
        version=rules_version(),
        rules=RULES,
        mode=mode,
        stale_days=30,
        today=TODAY,
        beside=beside,
    )
    return decided(basis, asked), asked.noted(basis)


CASES = [
    (invoice(), (bill(),)),
    (invoice(total=Decimal("1243.50")), (bill(), bill(record_id="0043", number="INV-1042"))),
    (invoice(vendor=None, text=f"Bill of {PARTY} for you"), (bill(),)),
    (invoice(vendor="Quastenflosser Reisen"), (bill(),)),
    (invoice(iban="DE12500105170648489890"), (bill(party_iban="DE89370400440532013000"),)),
    (receipt(), (slip(), slip(record_id="0043"))),
    (check(), (issued(),)),
    (check(amount=[]), (issued(), expected())),
    (extraction(Kind.LETTER, {"sender": "Example Works"}), (bill(),)),
    (extraction(Kind.EMAIL, {"sender": ("a@example.org", "b@example.org")}), ()),
    (invoice(), ()),
]


@pytest.mark.parametrize(("document", "records"), CASES)
@pytest.mark.parametrize("past", [Past(), POSTED])
@pytest.mark.parametrize("mode", ["policy", "certified", "suggest"])
def test_a_decision_falls_again_from_its_basis_alone(
    document: Extraction, records: tuple[LedgerRecord, ...], past: Past, mode: str
) -> None:
    decision, basis = made(document, *records, past=past, mode=mode)
    kept = unpacked(packed(basis))
    assert as_json(decided(kept, Remembered(kept))) == as_json(decision)
    assert packed(kept) == packed(basis)


def test_what_is_kept_of_a_check_that_came_before_serves_again() -> None:
    past = Past(keys={"check|123456789|1025": [replace(earlier(), fields={"amount": "800.00"})]})
    decision, basis = made(check(), issued(), past=past)
    assert isinstance(decision, Held)
    assert decision.reasons[0] is Reason.DUP_SUSPECT
    kept = unpacked(packed(basis))
    assert as_json(decided(kept, Remembered(kept))) == as_json(decision)
    forgotten = replace(kept, same_keys=())
    with pytest.raises(Unasked):
        decided(forgotten, Remembered(forgotten))


def test_the_lines_of_a_bill_posted_before_are_kept() -> None:
    goods = LineItem(description="Paper", quantity=Decimal(10), amount=Decimal("1234.50"))
    line = replace(
        bill(record_id="o", doc_type="purchase_order", po_number="PO-77", amount=None),
        description="Paper", quantity=Decimal(10), unit_price=Decimal("123.45"),
    )  # fmt: skip
    ink = replace(line, record_id="o2", description="Ink")
    records = (bill(po_number="PO-77"), bill(record_id="0041", number="x", po_number="PO-77"))
    past = Past(posted={"0041": earlier(record_id="0041")}, read={"id-first": [goods]})
    document = replace(invoice(po_number="PO-77"), lines=(goods,))
    decision, basis = made(document, *records, line, ink, past=past)
    assert isinstance(decision, Held)
    assert decision.reasons == (Reason.PO_EXHAUSTED,)
    kept = unpacked(packed(basis))
    assert as_json(decided(kept, Remembered(kept))) == as_json(decision)
    before = replace(kept, lines=())
    assert isinstance(decided(before, Remembered(before)), Matched)


ORDER = bill(record_id="o", doc_type="purchase_order", po_number="PO-77", amount=Decimal(2000))


def test_what_an_order_counted_is_kept_and_without_it_the_import_counted_all() -> None:
    """As releases decided that kept nothing of what rows had stated before."""
    first = replace(earlier(record_id="0041"), fields={"net": "800.00"})
    records = (bill(po_number="PO-77"), bill(record_id="0041", number="x", po_number="PO-77"))
    for hours, posted in ((-1, Matched), (1, Held)):
        moment = dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)
        past = Past(posted={"0041": replace(first, finished=moment)})
        decision, basis = made(invoice(po_number="PO-77"), *records, ORDER, past=past)
        assert isinstance(decision, posted)
        kept = unpacked(packed(basis))
        assert [one.record_ids for one in kept.counted] == [("o",)]
        for told in (kept, replace(kept, counted=())):
            assert as_json(decided(told, Remembered(told))) == as_json(decision)


def test_other_answers_make_another_decision() -> None:
    """So that a replay that says `the same` has truly listened to what was kept."""
    decision, basis = made(invoice(), bill())
    assert isinstance(decision, Matched)
    for other in (
        replace(basis, near=(replace(basis.near[0], found=()),)),
        replace(basis, near=(replace(basis.near[0], found=(bill(amount=Decimal("1.00")),)),)),
        replace(basis, imported=dt.datetime(2025, 1, 1, tzinfo=dt.UTC)),
        replace(basis, rules=replace(RULES, least_confidence=0.999)),
        replace(basis, mode="suggest"),
        replace(basis, posted=(replace(basis.posted[0], earlier=earlier(record_id="0042")),)),
    ):
        source = Remembered(other, Asked(MemoryLedger(()), Past()))
        assert as_json(decided(other, source)) != as_json(decision)


@pytest.mark.parametrize("records", [(bill(),), (bill(amount=Decimal("1.00")),)])
def test_what_lies_beside_the_document_holds_it_again(records: tuple[LedgerRecord, ...]) -> None:
    beside = (
        Beside(reasons=(Reason.BATCH_OUT_OF_BALANCE,), words="Two are missing."),
        Beside(reasons=(Reason.PARTIAL_WRITE,), words="It was cut short."),
    )
    decision, basis = made(invoice(), *records, beside=beside)
    assert isinstance(decision, Held)
    assert decision.reasons[0] is Reason.PARTIAL_WRITE
    assert "Two are missing." in decision.detail
    kept = unpacked(packed(basis))
    assert as_json(decided(kept, Remembered(kept))) == as_json(decision)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
VALUES = (
    TEXTS
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.dates()
    | st.booleans()
    | st.lists(TEXTS, max_size=3).map(tuple)
)
FIELDS = st.builds(
    Field,
    name=st.sampled_from(["total", "vendor", "date", "memo"]),
    value=VALUES,
    text=TEXTS,
    confidence=st.floats(0, 1),
    page=st.none() | st.integers(1, 9),
    box=st.none() | st.builds(Box, *[st.integers(0, 9000)] * 4),
    source=TEXTS,
)


@given(st.lists(FIELDS, max_size=4))
def test_whatever_was_read_is_kept_exactly(fields: list[Field]) -> None:
    trace = Trace(name="amount", page=1, box=Box(1, 2, 3, 4), signs="01", steps=((0, -1, -2),))
    read = replace(invoice(text="some words"), fields=tuple(fields), traces=(trace,), look="0f")
    basis = replace(made(invoice(), bill())[1], extraction=read)
    kept = unpacked(packed(basis))
    assert replace(kept.extraction, document=read.document) == read
    for own, other in zip(kept.extraction.fields, read.fields, strict=True):
        assert type(own.value) is type(other.value)
        assert str(own.value) == str(other.value)
    assert replace(kept, extraction=read) == basis


def test_what_was_damaged_is_named() -> None:
    text = packed(made(invoice(), bill())[1])
    for other in (text[:-8], text[:20] + "AAAA" + text[24:], "", "none"):
        with pytest.raises(ValueError, match=r"basis|base64"):
            unpacked(other)


def test_the_version_of_the_rules_is_short_and_lasts() -> None:
    first = rules_version()
    rules_version.cache_clear()
    assert rules_version() == first
    assert len(first) == 12
