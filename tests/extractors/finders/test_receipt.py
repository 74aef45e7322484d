"""Receipts: what is payable in the end, whatever stands around it."""

import datetime as dt
from decimal import Decimal

import pytest

from config.reasons import Reason
from extractors.finders.receipt import find
from extractors.interface import Field, Findings, Hints, Value
from tests.extractors.typed import page

HEAD = """
        KEDAI BUKU MAJU SDN BHD
             (123456-X)
       12, JALAN BESAR 3/4,
     TAMAN MAJU, 43000 KAJANG
             SELANGOR
         TEL: 03-8733 1234
      GST ID: 000123456789
            TAX INVOICE
Receipt No: CS1801/26874   Date: 18/01/2018
"""


def read(text: str, **hints: str) -> Findings:
    return find([page(text)], Hints(**hints))


def best(findings: Findings, name: str) -> Field:
    found = [one for one in findings.fields if one.name == name]
    assert found, f"no {name}"
    return max(found, key=lambda one: one.confidence)


def value(text: str, name: str) -> Value:
    return best(read(text), name).value


def test_the_head_of_a_receipt_says_who_where_when() -> None:
    findings = read(HEAD + "TOTAL RM    4.90\nCASH    5.00\nCHANGE    0.10\n")
    assert best(findings, "vendor").value == "KEDAI BUKU MAJU SDN BHD"
    assert best(findings, "vendor_address").value == (
        "12, JALAN BESAR 3/4, TAMAN MAJU, 43000 KAJANG SELANGOR"
    )
    assert best(findings, "date").value == dt.date(2018, 1, 18)
    assert best(findings, "invoice_number").value == "CS1801/26874"
    assert best(findings, "vendor_tax_id").value == "000123456789"
    assert best(findings, "currency").value == "MYR"
    assert findings.problems == ()


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        ("Sub Total    4.60\nGST 6%    0.28\nRounding    0.02\nTOTAL    4.90", "4.90"),
        ("Total RM    30.91\nROUNDING ADJ    -0.01\nTOTAL ROUNDED RM    30.90", "30.90"),
        (
            "Total Sales (Excluding GST)   20.00\nTotal GST   1.20\nTotal (Incl. GST)   21.20",
            "21.20",
        ),
        ("TOTAL    15.00\nCASH    50.00\nCHANGE    35.00", "15.00"),
        ("Total Qty    3\nTOTAL    15.00\nTotal Savings    2.00", "15.00"),
        (
            "TOTAL INCL GST   26.60\nCASH   100.00\nCHANGE   73.40\nTOTAL INCLUDES 6% GST   1.51",
            "26.60",
        ),
        ("TOTAL:RM12.50", "12.50"),
        (
            (
                "Total 0% supplies:   7.61\nTotal 6% supplies (Inc. GST):   25.44\n"
                "Total Payable:   33.05"
            ),
            "33.05",
        ),
        (
            (
                "Total Sales (Inclusive GST)   RM 13.58\nRounding Adj   RM .02\n"
                "Rounding   RM 13.60\nCASH   RM 14.00"
            ),
            "13.60",
        ),
        ("JUMLAH    12.00\nTUNAI    20.00\nBAKI    8.00", "12.00"),
        ("Summe    12,00\nGegeben    20,00\nRückgeld    8,00", "12.00"),
        ("TOTAL TTC    12,00\nEspèces    20,00\nRendu    8,00", "12.00"),
        ("TOTAL    12,00\nEfectivo    20,00\nCambio    8,00", "12.00"),
        ("TOTALE EURO    12,00\nContanti    20,00\nResto    8,00", "12.00"),
        ("TOTAL    12,00\nNumerário    20,00\nTroco    8,00", "12.00"),
        ("Totaal    12,00\nContant    20,00\nWisselgeld    8,00", "12.00"),
    ],
)
def test_the_total_is_what_is_payable_after_rounding(rows: str, total: str) -> None:
    found = best(read(f"{HEAD}{rows}\n"), "total")
    assert found.value == Decimal(total)
    assert found.confidence > 0.5


def test_a_tax_summary_after_the_total_is_not_the_total() -> None:
    rows = (
        "TOTAL    80.90\nCASH    100.00\nCHANGE    19.10\n"
        "GST SUMMARY\nSR 0   80.91   0.00\nTotal:   80.91   0.00"
    )
    assert value(HEAD + rows, "total") == Decimal("80.90")


def test_the_arithmetic_of_cash_and_change_finds_a_total_without_a_label() -> None:
    rows = "Bread   4.50\nMilk   6.00\nT*t~l   10.50\nCASH   20.00\nCHANGE   9.50"
    assert value(HEAD + rows, "total") == Decimal("10.50")


def test_net_and_tax_come_to_the_total() -> None:
    findings = read(HEAD + "SUB-TOTAL    26.00\nGST    1.56\nTOTAL    27.56\n")
    assert best(findings, "net").value == Decimal("26.00")
    assert best(findings, "tax").value == Decimal("1.56")
    assert Reason.ARITHMETIC not in findings.problems


def test_a_sum_that_does_not_come_out_is_a_problem() -> None:
    findings = read(HEAD + "Net amount   26.00\nGST    1.56\nTOTAL    72.56\n")
    assert Reason.ARITHMETIC in findings.problems


@pytest.mark.parametrize(
    "rows",
    [
        "Net amount   26.00\nGST    1.56\nTOTAL    72.56\n",
        "Sub Total   26.00\nGST    1.56\nTOTAL    27.86\n",
        "TOTAL    27.86\nCASH   50.00\nCHANGE   22.44\n",
    ],
)
def test_a_total_that_other_amounts_contradict_is_not_sure(rows: str) -> None:
    assert best(read(HEAD + rows), "total").confidence < 0.95


@pytest.mark.parametrize(
    "rows",
    [
        "TOTAL    27.56\nCASH   -50.00\nCHANGE   -22.44\n",
        "TOTAL    27.56\nCASH   20.00\nVISA   10.00\nCHANGE   2.44\n",
        "TOTAL    27.56\nVISA   27.56\nCHANGE   0.00\n",
        "TOTAL    27.56\nROUNDING   -0.01\nCASH   50.00\nCHANGE   22.45\n",
    ],
)
def test_what_was_paid_confirms_the_total(rows: str) -> None:
    assert best(read(HEAD + rows), "total").confidence >= 0.95


def test_the_lines_of_a_receipt_whose_end_is_missing_are_no_sure_total() -> None:
    rows = "Description  Price  Total\nTea  2.20  2.20\nCham  2.20  2.20\nBun  1.70  1.70\n"
    assert best(read(HEAD + rows), "total").confidence < 0.95


def test_a_lone_amount_that_nothing_calls_the_total_is_no_sure_total() -> None:
    assert best(read(HEAD + "Tea   2.20\n"), "total").confidence < 0.95


def test_a_subtotal_with_its_tax_contradicts_no_total() -> None:
    summary = "Tax Code   Amount   Tax\nS @6%   99.05   5.95\n"
    findings = read(HEAD + "Subtotal   105.00\nTotal    105.00\n" + summary)
    assert Reason.ARITHMETIC not in findings.problems
    assert best(findings, "total").confidence >= 0.95


def test_a_charge_between_net_and_total_is_no_contradiction() -> None:
    rows = "Net amount   26.00\nService charge   2.60\nGST    1.56\nTOTAL    30.16\n"
    assert Reason.ARITHMETIC not in read(HEAD + rows).problems


def test_a_receipt_without_a_total_says_that_a_field_is_missing() -> None:
    assert Reason.FIELD_MISSING in read(HEAD).problems


def test_the_other_amounts_stay_as_alternatives_with_little_confidence() -> None:
    findings = read(HEAD + "Amount   15.00\nAmount   16.10\n")
    totals = [one for one in findings.fields if one.name == "total"]
    assert 1 < len(totals) <= 4
    assert sum(one.confidence for one in totals) <= 1.0


def test_an_unlabelled_date_with_a_time_is_the_date() -> None:
    text = "MINI MART ENTERPRISE\n25-12-18 13:58 SH01\nTOTAL   5.00\n"
    assert value(text, "date") == dt.date(2018, 12, 25)


def test_an_expiry_date_is_not_the_date() -> None:
    text = "BOOK SHOP ENTERPRISE\nCard Expiry: 31/05/19\nDate: 12/03/18\nTOTAL   5.00\n"
    assert value(text, "date") == dt.date(2018, 3, 12)


def test_the_order_of_day_and_month_is_the_hint_where_the_page_does_not_show_it() -> None:
    text = "CORNER SHOP\nDate: 03/04/2024\nTOTAL   5.00\n"
    assert best(read(text, date_order="DMY"), "date").value == dt.date(2024, 4, 3)
    assert best(read(text, date_order="MDY"), "date").value == dt.date(2024, 3, 4)


def test_a_date_that_can_be_read_in_one_way_only_shows_the_order_of_the_others() -> None:
    text = "CORNER SHOP\nDate: 03/04/2024\nLast visit: 02/28/2024\nTOTAL   5.00\n"
    assert best(read(text), "date").value == dt.date(2024, 3, 4)


def test_dollars_and_an_american_address_mean_month_first() -> None:
    text = "CORNER SHOP LLC\n12 Main St, Fremont, CA 94538\nDate: 03/04/2024\nTOTAL   $5.00\n"
    assert best(read(text), "date").value == dt.date(2024, 3, 4)


def test_a_stamp_over_the_head_is_not_the_vendor() -> None:
    assert value("POSTED\n" + HEAD.lstrip("\n") + "TOTAL   5.00", "vendor") == (
        "KEDAI BUKU MAJU SDN BHD"
    )


def test_a_name_on_two_lines_is_one_name() -> None:
    text = "POPULAR READS\nCO. (M) SDN BHD\n12, Jalan Besar, 43000 Kajang\nTOTAL   5.00"
    assert value(text, "vendor") == "POPULAR READS CO. (M) SDN BHD"


def test_an_empty_page_has_no_fields_and_says_so() -> None:
    findings = read("")
    assert findings.fields == ()
    assert findings.problems == (Reason.FIELD_MISSING,)


def test_a_quantity_at_a_price_is_no_date() -> None:
    text = HEAD.replace("Date: 18/01/2018", "18 JAN 2018") + "4 @ 7.99    31.96\nTOTAL    31.96\n"
    assert {one.value for one in read(text).fields if one.name == "date"} == {dt.date(2018, 1, 18)}


def test_the_currency_of_the_sums_beats_a_sign_read_beside_a_count() -> None:
    text = "PENS  2   7.55\nTOT QTY:   2.0\u20ac\nSub Total (RM) :  7.55\nTotal (RM) :   8.00\n"
    found = best(read(HEAD + text + "CASH :   8.00\n"), "currency")
    assert found.value == "MYR"
    assert found.confidence > 0.8


def test_a_pen_among_the_goods_is_no_currency() -> None:
    text = "GEL PEN   7.55\nTotal RM Incl. of GST    7.55\nCASH    8.00\n"
    found = best(read(HEAD + text), "currency")
    assert found.value == "MYR"
    assert found.confidence > 0.8
