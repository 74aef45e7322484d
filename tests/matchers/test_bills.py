import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from config.reasons import Reason
from extractors.interface import Field, Kind
from matchers.interface import Held, Status
from matchers.keys import business_key
from tests.matchers.build import (
    DAY,
    IBAN,
    OTHER_IBAN,
    PARTY,
    RULES,
    Past,
    bill,
    decided,
    earlier,
    held,
    invoice,
    matched,
    read,
    receipt,
    slip,
)

MONTH = dt.timedelta(days=30)


def test_an_invoice_that_agrees_in_number_and_amount_is_posted() -> None:
    done = matched(invoice(), bill())
    assert done.candidate.record.record_id == "0042"
    assert done.rule == "number and amount"
    assert {"invoice_number", "total", "vendor", "date"} <= set(done.matched_by)
    assert (done.amount, done.currency) == (Decimal("1234.50"), "EUR")
    assert "would have held it" in done.flip


def test_a_receipt_without_a_number_is_posted_by_party_day_and_amount() -> None:
    done = matched(receipt(vendor="NORDWIND PAPIER"), slip())
    assert done.rule == "party, date and amount"


def test_next_months_bill_of_the_same_party_at_the_same_amount_is_not_this_one() -> None:
    decision = held(receipt(), slip(doc_date=DAY + MONTH))
    assert decision.reasons[0] is Reason.DATE_MISMATCH
    assert "2026-03-04" in decision.detail
    assert decision.proposal is None


def test_next_months_invoice_is_told_apart_by_number_and_date() -> None:
    decision = held(invoice(), bill(number="INV-1042", doc_date=DAY + MONTH))
    assert decision.reasons == (Reason.NUMBER_CONFLICT, Reason.DATE_MISMATCH)


def test_among_siblings_the_one_with_the_right_day_is_posted() -> None:
    siblings = [slip(record_id=f"s{n}", doc_date=DAY + n * MONTH) for n in (-2, -1, 1, 2)]
    assert matched(receipt(), *siblings, slip()).candidate.record.record_id == "0042"


def test_among_near_numbers_the_exact_one_is_posted() -> None:
    near = [bill(record_id=f"n{n}", number=f"INV-104{n}") for n in (0, 2, 3)]
    assert matched(invoice(), *near, bill()).candidate.record.record_id == "0042"


def test_a_near_number_alone_is_a_conflict() -> None:
    decision = held(invoice(), bill(number="INV-1047"))
    assert decision.reasons[0] is Reason.NUMBER_CONFLICT
    assert "'INV-1041'" in decision.detail
    assert "'INV-1047'" in decision.detail
    assert decision.proposal is not None


def test_another_party_with_the_same_amount_on_the_same_day_is_not_posted() -> None:
    decision = held(receipt(), slip(party_name="Sonnenblume Feinkost KG"))
    assert decision.reasons[0] is Reason.PARTY_MISMATCH
    assert "Sonnenblume" in decision.detail


def test_another_partys_bill_does_not_hide_ones_own_with_another_amount() -> None:
    stranger = slip(record_id="0001", party_name="Sonnenblume Feinkost KG")
    decision = held(receipt(), stranger, slip(amount=Decimal("1234.87")))
    assert decision.reasons[0] is Reason.AMOUNT_MISMATCH
    assert decision.proposal is not None
    assert decision.proposal.record.record_id == "0042"


@pytest.mark.parametrize(
    ("ledger", "words"),
    [
        ("1284.50", "50.00 less; one figure differs, 3 for 8"),
        ("1243.50", "9.00 less; the figures 3 and 4 are swapped"),
        ("1234.00", "0.50 more; one figure differs, 5 for 0"),
        ("1999.99", "765.49 less"),
    ],
)
def test_an_altered_amount_is_held_and_the_difference_named(ledger: str, words: str) -> None:
    decision = held(invoice(), bill(amount=Decimal(ledger)))
    assert decision.reasons[0] is Reason.AMOUNT_MISMATCH
    assert "The invoice says 1,234.50 EUR" in decision.detail
    assert words in decision.detail
    assert decision.proposal is not None


def test_an_altered_amount_is_named_even_beside_a_sibling_over_the_right_one() -> None:
    sibling = slip(record_id="s1", doc_date=DAY + MONTH)
    decision = held(receipt(), sibling, slip(amount=Decimal("1284.50")))
    assert decision.reasons[0] is Reason.AMOUNT_MISMATCH


def test_an_amount_within_the_tolerance_is_posted_as_read() -> None:
    rules = replace(RULES, amount_tolerance=Decimal("0.02"))
    done = matched(invoice(), bill(amount=Decimal("1234.52")), rules=rules)
    assert done.amount == Decimal("1234.50")
    assert held(invoice(), bill(amount=Decimal("1234.53")), rules=rules)


def test_another_reading_of_the_amount_never_confirms_it() -> None:
    readings = [read("total", Decimal("1234.50"), 0.9), read("total", Decimal("1284.50"), 0.1)]
    decision = held(invoice(total=readings), bill(amount=Decimal("1284.50")))
    assert decision.reasons == (Reason.AMOUNT_MISMATCH, Reason.LOW_CONFIDENCE)


def test_another_reading_of_the_date_never_confirms_it() -> None:
    readings = [read("date", DAY, 0.9), read("date", DAY + MONTH, 0.1)]
    decision = held(receipt(date=readings), slip(doc_date=DAY + MONTH))
    assert decision.reasons[0] is Reason.DATE_MISMATCH


def test_two_records_that_fit_two_readings_of_the_date_are_ambiguous() -> None:
    readings = [read("date", DAY, 0.9), read("date", DAY + MONTH, 0.1)]
    other = slip(record_id="0043", doc_date=DAY + MONTH)
    assert held(receipt(date=readings), slip(), other).reasons[0] is Reason.AMBIGUOUS_ITEMS


@pytest.mark.parametrize("off", [0, 1])
def test_a_bill_that_the_ledger_holds_twice_is_ambiguous_however_its_day_was_read(off: int) -> None:
    day = read("date", DAY + off * MONTH, 0.4)
    decision = held(invoice(date=day), bill(), bill(record_id="0043"))
    assert decision.reasons[0] is Reason.AMBIGUOUS_ITEMS


def test_a_day_that_was_hardly_read_tells_no_two_records_of_one_number_apart() -> None:
    other = bill(record_id="0043", doc_date=DAY + MONTH)
    for sure in (0.4, 0.79):
        unsure = held(invoice(date=read("date", DAY, sure)), bill(), other)
        assert unsure.reasons[0] is Reason.AMBIGUOUS_ITEMS
    assert matched(invoice(), bill(), other).candidate.record.record_id == "0042"


@pytest.mark.parametrize("apart", [dt.timedelta(days=2), -12 * MONTH])
def test_another_records_day_proves_no_record_that_states_none(apart: dt.timedelta) -> None:
    """The day may be that of its booking, and the bill be held twice."""
    other = bill(record_id="0043", doc_date=DAY + apart)
    assert matched(invoice(), bill(doc_date=None)).candidate.record.record_id == "0042"
    decision = held(invoice(), bill(doc_date=None), other)
    assert decision.reasons == (Reason.AMBIGUOUS_ITEMS,)
    assert "Only a day tells" in decision.detail
    assert decision.proposal is None


def test_an_undated_record_of_another_number_is_no_rival() -> None:
    other = bill(record_id="0043", number="INV-1042", doc_date=DAY + MONTH)
    assert matched(invoice(), bill(doc_date=None), other).candidate.record.record_id == "0042"


def test_an_amount_that_is_not_read_is_missing_and_the_record_proposed() -> None:
    decision = held(invoice(total=None), bill())
    assert decision.reasons == (Reason.FIELD_MISSING,)
    assert "1,234.50 EUR" in decision.detail


def test_a_ledger_that_states_no_amount_proves_too_little() -> None:
    decision = held(invoice(), bill(amount=None, open_amount=None))
    assert decision.reasons[0] is Reason.LOW_SCORE


@pytest.mark.parametrize("field", ["total", "invoice_number"])
def test_a_deciding_field_that_is_hardly_legible_is_held(field: str) -> None:
    values = {"total": Decimal("1234.50"), "invoice_number": "INV-1041"}
    faint = {field: read(field, values[field], 0.6), "date": None}
    decision = held(invoice(**faint), bill())
    assert decision.reasons == (Reason.LOW_CONFIDENCE,)
    assert "0.60" in decision.detail


def test_a_faint_number_does_not_matter_where_party_and_day_agree() -> None:
    done = matched(invoice(invoice_number=read("invoice_number", "INV-1041", 0.4)), bill())
    assert done.rule == "party, date and amount"


def test_a_faint_date_decides_no_receipt() -> None:
    decision = held(receipt(date=read("date", DAY, 0.7)), slip())
    assert decision.reasons == (Reason.LOW_CONFIDENCE,)


def test_a_settled_item_is_named() -> None:
    for change in ({"status": Status.CLOSED}, {"open_amount": Decimal(0)}, {"status": Status.VOID}):
        decision = held(invoice(), bill(**change))
        assert decision.reasons == (Reason.ITEM_CLOSED,)
        assert decision.proposal is None or change == {"open_amount": Decimal(0)}


def test_a_settled_item_is_not_replaced_by_next_months_bill() -> None:
    sibling = bill(record_id="0043", number="INV-1042", doc_date=DAY + MONTH)
    decision = held(invoice(), bill(status=Status.CLOSED), sibling)
    assert decision.reasons == (Reason.ITEM_CLOSED,)
    receipts = (slip(status=Status.CLOSED), slip(record_id="0043", doc_date=DAY + MONTH))
    assert held(receipt(), *receipts).reasons == (Reason.ITEM_CLOSED,)


def test_a_settled_purchase_of_the_day_over_another_sum_is_not_this_one() -> None:
    paid = slip(amount=Decimal("617.25"), open_amount=Decimal(0), status=Status.CLOSED)
    assert held(receipt(), paid).reasons == (Reason.NO_CANDIDATE,)
    again = bill(amount=Decimal("617.25"), open_amount=Decimal(0), status=Status.CLOSED)
    assert held(invoice(), again).reasons[0] is Reason.ITEM_CLOSED


@pytest.mark.parametrize("total", [Decimal("1234.05"), [read("total", Decimal("617.25"), 0.7)]])
def test_a_settled_purchase_of_the_day_may_be_this_one_misread(total: object) -> None:
    paid = slip(status=Status.CLOSED)
    assert held(receipt(total=total), paid).reasons[0] is Reason.ITEM_CLOSED


def test_a_posted_purchase_of_the_day_over_another_sum_is_not_this_one() -> None:
    past = Past(posted={"0042": earlier(record_id="0042")})
    other = receipt(total=Decimal("617.25"))
    assert held(other, slip(), past=past).reasons == (Reason.NO_CANDIDATE,)
    assert held(invoice(total=Decimal("617.25")), bill(), past=past).reasons[0] is (
        Reason.DUP_POSTING
    )
    misread = receipt(total=[read("total", Decimal("617.25"), 0.7)])
    assert held(misread, slip(), past=past).reasons[0] is Reason.DUP_POSTING


def test_an_item_on_hold_is_named() -> None:
    assert held(invoice(), bill(status=Status.HOLD)).reasons == (Reason.ITEM_ON_HOLD,)


def test_an_item_paid_in_part_is_named_with_what_is_open() -> None:
    decision = held(invoice(), bill(status=Status.PARTIAL, open_amount=Decimal("234.50")))
    assert decision.reasons == (Reason.PARTIAL_PAY,)
    assert "234.50 EUR" in decision.detail


def test_the_same_paper_again_is_a_duplicate_of_the_posted_one() -> None:
    key = business_key(invoice())
    assert key
    first = earlier(record_id="0042")
    past = Past(posted={"0042": first}, keys={key: [first]})
    decision = held(invoice(name="b.pdf"), bill(), past=past)
    assert decision.reasons == (Reason.DUP_INVOICE,)
    assert "first.pdf" in decision.detail
    assert decision.related == ("id-first",)
    assert decision.proposal is None


def test_a_record_is_never_posted_twice() -> None:
    past = Past(posted={"0042": earlier(record_id="0042")})
    decision = held(invoice(), bill(), past=past)
    assert decision.reasons == (Reason.DUP_POSTING,)
    assert f"Record 0042 ({PARTY}, INV-1041) was already posted" in decision.detail


def test_a_duplicate_that_reads_otherwise_is_still_one() -> None:
    past = Past(posted={"0042": earlier(record_id="0042")})
    decision = held(receipt(total=Decimal("1284.50")), slip(), past=past)
    assert decision.reasons == (Reason.DUP_POSTING, Reason.AMOUNT_MISMATCH)


def test_the_same_paper_while_the_first_is_an_open_case_waits_for_it() -> None:
    key = business_key(invoice())
    assert key
    past = Past(keys={key: [earlier(case="2026-03-02-0001-invoice-arithmetic")]})
    decision = held(invoice(name="b.pdf"), bill(), past=past)
    assert decision.reasons == (Reason.DUP_SUSPECT,)
    assert "2026-03-02-0001-invoice-arithmetic" in decision.detail


def test_a_document_that_comes_back_to_itself_is_no_duplicate() -> None:
    key = business_key(invoice())
    assert key
    own = earlier(case="c")
    past = Past(keys={key: [type(own)(document_id="id-a.pdf", name="a.pdf", posted=False)]})
    assert matched(invoice(), bill(), past=past)


def test_changed_bank_details_are_never_posted() -> None:
    decision = held(invoice(iban=OTHER_IBAN), bill(party_iban=IBAN))
    assert decision.reasons == (Reason.BANK_DETAILS_CHANGED,)
    assert IBAN in decision.detail
    assert OTHER_IBAN in decision.detail


def test_bank_details_that_are_wrong_in_themselves_are_named() -> None:
    decision = held(invoice(iban="DE12123456781234567890"), bill(party_iban=IBAN))
    assert decision.reasons == (Reason.BANK_DETAILS_INVALID,)
    assert held(invoice(iban="DE12123456781234567890"), bill()).reasons == decision.reasons


@pytest.mark.parametrize(
    "stated",
    [
        "DE89 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0180 00",
        [read("iban", IBAN, 0.9), read("iban", OTHER_IBAN, 0.85)],
        read("iban", OTHER_IBAN, 0.3),
    ],
    ids=["in groups", "one figure misread", "one of several", "illegible"],
)
def test_the_ledgers_own_bank_account_is_no_change(stated: object) -> None:
    assert matched(invoice(iban=stated), bill(party_iban=IBAN))


def test_the_ledgers_account_in_second_place_does_not_hide_another_in_the_first() -> None:
    stated = [read("iban", OTHER_IBAN, 0.9), read("iban", IBAN, 0.85)]
    decision = held(invoice(iban=stated), bill(party_iban=IBAN))
    assert decision.reasons == (Reason.BANK_DETAILS_CHANGED,)


def test_a_record_of_which_a_part_is_settled_is_held_whatever_its_status_says() -> None:
    decision = held(invoice(), bill(open_amount=Decimal("400.00")))
    assert decision.reasons == (Reason.PARTIAL_PAY,)


def test_a_sure_number_that_differs_is_not_excused_by_an_unlikely_reading() -> None:
    stated = [read("invoice_number", "INV-7041", 0.9), read("invoice_number", "INV-1041", 0.06)]
    decision = held(invoice(invoice_number=stated), bill())
    assert Reason.NUMBER_CONFLICT in decision.reasons


def test_another_currency_is_held() -> None:
    decision = held(invoice(currency="USD"), bill())
    assert decision.reasons == (Reason.CURRENCY_MISMATCH,)
    assert decision.proposal is None


def test_a_currency_that_is_not_printed_is_no_conflict() -> None:
    assert matched(invoice(currency=None), bill()).currency == "EUR"
    assert matched(invoice(currency="EUR"), bill(currency="")).currency == "EUR"


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        (Kind.CREDIT_NOTE, bill()),
        (Kind.INVOICE, bill(doc_type="credit_note")),
        (Kind.INVOICE, bill(amount=Decimal("-1234.50"))),
    ],
)
def test_a_bill_never_answers_to_a_credit(kind: Kind, record: object) -> None:
    decision = held(invoice(kind=kind), record)
    assert decision.reasons == (Reason.SIGN_MISMATCH,)


def test_a_credit_note_answers_to_a_credit_of_either_sign() -> None:
    for amount in ("1234.50", "-1234.50"):
        record = bill(doc_type="credit_note", amount=Decimal(amount))
        assert matched(invoice(kind=Kind.CREDIT_NOTE), record).amount == Decimal("1234.50")


def test_receipts_and_invoices_are_one_family() -> None:
    assert matched(receipt(), slip(doc_type="invoice"))
    assert matched(invoice(), bill(doc_type=""))


def test_orders_and_accounts_are_no_items_to_post_to() -> None:
    decision = held(invoice(), bill(doc_type="purchase_order"), bill(doc_type="account"))
    assert decision.reasons == (Reason.NO_CANDIDATE,)


def test_another_purchase_order_is_a_conflict_where_it_is_legible() -> None:
    record = bill(po_number="PO-1")
    assert held(invoice(po_number="PO-7"), record).reasons == (Reason.PO_CONFLICT,)
    assert matched(invoice(po_number=read("po_number", "PO-7", 0.4)), record)


def test_another_account_is_a_conflict() -> None:
    decision = held(invoice(account_number="55501"), bill(account_ref="77702"))
    assert decision.reasons == (Reason.ACCOUNT_CONFLICT,)


def test_two_records_that_nothing_tells_apart_are_both_named() -> None:
    decision = held(receipt(), slip(), slip(record_id="0043"))
    assert decision.reasons == (Reason.AMBIGUOUS_ITEMS,)
    assert "0042" in decision.detail
    assert "0043" in decision.detail
    assert decision.proposal is None


@pytest.mark.parametrize("amount", ["1284.50", "1243.50", "1235.11"])
def test_a_figure_or_some_cents_do_not_tell_two_receipts_of_a_day_apart(amount: str) -> None:
    decision = held(receipt(), slip(), slip(record_id="0043", amount=Decimal(amount)))
    assert decision.reasons == (Reason.AMBIGUOUS_ITEMS,)
    assert "Only a figure or some cents of the amount (1,234.50 and" in decision.detail


def test_receipts_of_a_day_over_other_amounts_are_told_apart() -> None:
    assert matched(receipt(), slip(), slip(record_id="0043", amount=Decimal("88.10")))


def test_a_number_tells_two_records_apart_that_are_else_the_same() -> None:
    twin = bill(record_id="0043", number="INV-2222")
    assert matched(invoice(), bill(), twin).candidate.record.record_id == "0042"


def test_a_number_without_party_or_date_proves_too_little() -> None:
    decision = held(invoice(vendor=None, date=None), bill())
    assert decision.reasons == (Reason.LOW_SCORE, Reason.FIELD_MISSING)


def test_a_short_number_is_no_strong_identifier() -> None:
    few = {"invoice_number": "12", "vendor": PARTY, "date": None}
    assert held(invoice(**few), bill(number="12")).reasons[0] is Reason.LOW_SCORE


def test_a_vendor_named_in_part_will_do_beside_number_day_and_amount() -> None:
    assert matched(invoice(vendor="Nordwind"), bill()).rule == "number and amount"
    assert held(invoice(vendor="Nordwind", invoice_number=None), bill())
    assert held(invoice(vendor="Nordwind", date=None), bill())
    assert held(invoice(vendor="Nordlicht"), bill()).reasons[0] is Reason.PARTY_MISMATCH


def test_a_name_that_may_be_short_for_two_parties_tells_none_apart() -> None:
    other = bill(record_id="0043", party_name="Nordwind Service GmbH")
    reasons = held(invoice(vendor="Nordwind"), bill(), other).reasons
    assert reasons[0] is Reason.AMBIGUOUS_ITEMS
    assert matched(invoice(), bill(), other).candidate.record.record_id == "0042"
    assert (
        matched(invoice(vendor="Nordwind Service"), bill(), other).candidate.record.record_id
        == "0043"
    )


def test_a_vendor_named_in_part_is_not_one_whose_very_name_is_anothers() -> None:
    found = bill(party_name="Meridian Properties Northern")
    short = invoice(vendor="Meridian Prop")
    assert matched(short, found).candidate.record.record_id == "0042"
    named = bill(record_id="X", party_name="Meridian Prop Ltd", number="9", amount=Decimal(7))
    decision = held(short, found, named)
    assert decision.reasons[0] is Reason.PARTY_MISMATCH
    assert "whom the ledger knows" in decision.detail


@pytest.mark.parametrize("rest", [{}, {"doc_date": None}])
@pytest.mark.parametrize(
    "aside",
    [
        {"party_name": "Quite Other AG"},
        {"doc_date": DAY - dt.timedelta(days=90)},
        {"number": "INV-1041", "amount": Decimal("1234.60"), "status": Status.CLOSED},
    ],
)
def test_no_record_beside_two_that_fit_makes_one_of_them_fit_better(
    aside: dict[str, Any], rest: dict[str, Any]
) -> None:
    near = bill(record_id="Y", number="", amount=Decimal("1211.13"), **rest)
    other = bill(**{"record_id": "Z", "number": "INV-1042"} | aside)
    rules = replace(RULES, amount_tolerance=Decimal(50))
    found = decided(invoice(), bill(record_id="X", number=""), near, other, rules=rules)
    assert isinstance(found, Held)


@pytest.mark.parametrize("kind", [Kind.INVOICE, Kind.RECEIPT])
def test_a_bill_over_less_than_nothing_is_no_bill(kind: Kind) -> None:
    below = held(invoice(kind=kind, total=Decimal("-1234.50")), bill())
    assert Reason.SIGN_MISMATCH in below.reasons


def test_look_alikes_and_prefixes_in_numbers_are_forgiven_where_the_rest_agrees() -> None:
    for said in ("INV-1O41", "1041", "INV 1041"):
        assert matched(invoice(invoice_number=said), bill())
    assert held(invoice(invoice_number="1041", date=None), bill())


def test_a_number_elsewhere_on_the_page_speaks_for_a_faint_one() -> None:
    faint = read("invoice_number", "77-31", 0.5)
    record = bill(number="RE20260041")
    assert held(invoice(invoice_number=faint), record).reasons[0] is Reason.NUMBER_CONFLICT
    assert matched(invoice(invoice_number=faint, text="Rechnung RE20260041 vom"), record)


def test_a_party_that_stands_on_the_page_needs_no_field() -> None:
    assert matched(receipt(vendor=None, text="Thank you! NORDWIND PAPIER GMBH Tel"), slip())
    assert held(receipt(vendor=None), slip())


def test_a_party_elsewhere_on_the_page_does_not_outweigh_the_one_that_was_read() -> None:
    said = receipt(vendor="Sonnenblume Feinkost KG", text="for Nordwind Papier GmbH")
    assert held(said, slip()).reasons[0] is Reason.PARTY_MISMATCH


def test_a_tax_number_speaks_for_a_party_whose_name_is_half_read() -> None:
    half = receipt(vendor="Nordwind Pap", vendor_tax_id="DE136695976")
    assert matched(half, slip(party_tax_id="DE136695976"))
    assert held(receipt(vendor="Nordwind Pap"), slip())


@pytest.mark.parametrize("problem", [Reason.ARITHMETIC, Reason.CHECKSUM, Reason.CLASS_UNCERTAIN])
def test_what_the_reading_found_wrong_is_never_posted(problem: Reason) -> None:
    decision = held(invoice(problems=[problem]), bill())
    assert decision.reasons == (problem,)
    assert decision.proposal is not None


def test_amounts_that_do_not_add_up_are_shown() -> None:
    wrong = invoice(net=Decimal("1000.00"), tax=Decimal("190.00"), problems=[Reason.ARITHMETIC])
    decision = held(wrong, bill())
    assert "Net 1,000.00 and tax 190.00 make 1,190.00, not 1,234.50." in decision.detail


def test_a_kind_that_is_a_guess_is_held() -> None:
    assert held(invoice(sure=0.4), bill()).reasons == (Reason.CLASS_UNCERTAIN,)


def test_days_within_the_tolerance_agree() -> None:
    rules = replace(RULES, date_tolerance_days=3)
    later = slip(doc_date=DAY + dt.timedelta(days=3))
    assert matched(receipt(), later, rules=rules)
    assert held(receipt(), later, rules=RULES)


def test_a_faint_date_does_not_outweigh_number_party_and_amount() -> None:
    faint = read("date", DAY + MONTH, 0.3)
    assert matched(invoice(date=faint), bill())
    assert held(invoice(date=DAY + MONTH), bill()).reasons == (Reason.DATE_MISMATCH,)


def test_two_half_sure_fields_that_agree_bear_each_other_out() -> None:
    half = {
        "invoice_number": read("invoice_number", "INV-1041", 0.6),
        "date": read("date", DAY, 0.6),
    }
    assert matched(invoice(**half), bill()).rule == "number, party, date and amount"
    worse = half | {"date": read("date", DAY, 0.4)}
    assert held(invoice(**worse), bill()).reasons == (Reason.LOW_CONFIDENCE,)
    ordered = worse | {"date": None, "po_number": "PO-7"}
    done = matched(invoice(**ordered), bill(po_number="PO-7"))
    assert done.rule == "number, party, order and amount"


def test_a_currency_that_is_hardly_legible_is_no_conflict() -> None:
    assert matched(invoice(currency=read("currency", "USD", 0.7)), bill()).currency == "EUR"


def test_a_bare_dollar_sign_says_dollars_but_not_whose() -> None:
    bare = Field(name="currency", value="USD", text="$800.00", confidence=0.95)
    assert matched(invoice(currency=bare), bill(currency="SGD")).currency == "SGD"
    assert held(invoice(currency=bare), bill()).reasons == (Reason.CURRENCY_MISMATCH,)


@pytest.mark.parametrize("text", ["Nett Total:  $800.00", "$800.00  S800.00", "CASH $800.00"])
def test_words_beside_a_dollar_sign_do_not_say_whose_it_is(text: str) -> None:
    bare = Field(name="currency", value="USD", text=text, confidence=0.95)
    assert matched(invoice(currency=bare), bill(currency="MYR")).currency == "MYR"


@pytest.mark.parametrize(
    ("value", "text", "ledger"),
    [("INR", "Total Rs. 800.00", "PKR"), ("JPY", "\u00a5800", "CNY"), ("INR", "Rs 800", "LKR")],
)
def test_a_mark_that_countries_share_does_not_say_whose_it_is(
    value: str, text: str, ledger: str
) -> None:
    shared = Field(name="currency", value=value, text=text, confidence=0.95)
    assert matched(invoice(currency=shared), bill(currency=ledger)).currency == ledger
    assert held(invoice(currency=shared), bill()).reasons == (Reason.CURRENCY_MISMATCH,)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("INR", "Rs 800.00"),
        ("INR", "Rs 800.00 INR"),
        ("USD", "US$ 800.00"),
        ("USD", "Total (USD)  $800.00"),
        ("USD", "$800.00, payable in US dollars"),
        ("SGD", "S$800.00"),
        ("EUR", "Total EUR 800.00"),
    ],
)
def test_a_currency_that_is_clearly_another_is_held(value: str, text: str) -> None:
    told = Field(name="currency", value=value, text=text, confidence=0.95)
    decision = held(invoice(currency=told), bill(currency="MYR"))
    assert decision.reasons == (Reason.CURRENCY_MISMATCH,)


def test_a_party_that_is_only_half_alike_is_named() -> None:
    decision = held(receipt(vendor="Nordwind Pap"), slip())
    assert decision.reasons == (Reason.PARTY_MISMATCH,)
    assert "'Nordwind Pap'" in decision.detail


def test_check_digits_of_the_ledgers_own_iban_are_its_own_affair() -> None:
    wrong = "DE12123456781234567890"
    said = invoice(iban=read("iban", wrong, 0.6), problems=[Reason.CHECKSUM])
    assert matched(said, bill(party_iban=wrong))
    assert matched(said, bill())
    decision = held(said, bill(party_iban=IBAN))
    assert decision.reasons == (Reason.BANK_DETAILS_INVALID,)


def test_a_longer_name_is_the_same_party_where_the_page_states_the_ledgers() -> None:
    longer = "Drei Raben Gasthaus Kegelbahn"
    record = slip(party_name="Drei Raben GmbH")
    text = "DREI RABEN Gasthaus Kegelbahn in Hamburg"
    done = matched(receipt(vendor=longer, text=text), record)
    shown = done.candidate.of("vendor")
    assert shown is not None
    assert shown.read == "DREI RABEN"
    assert held(receipt(vendor=longer), record)
