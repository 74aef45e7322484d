import datetime as dt

from extractors import days
from extractors.candidates import view
from tests.extractors import typed


def issued(text: str) -> object:
    seen = view([typed.page(text)], "bill")
    return days.issued(days.days(seen, "DMY"))[0].value


def test_an_american_address_tells_that_the_month_stands_first() -> None:
    page = """
        Acme Supplies Inc
        12 Main Street
        Dallas, TX 75201
        Invoice date: 09/04/2025
    """
    assert issued(page) == dt.date(2025, 9, 4)


def test_the_setting_decides_where_nothing_tells() -> None:
    assert issued("Acme Supplies\nInvoice date: 09/04/2025") == dt.date(2025, 4, 9)


BILL = """
    Acme Supplies
    Invoice date: {issued}
    Due date: {due}
    Total: {mark}73.92
"""


def test_nothing_is_due_before_it_is_issued() -> None:
    assert issued(BILL.format(issued="03/04/2026", due="04/03/2026", mark="")) == dt.date(
        2026, 3, 4
    )
    assert issued(BILL.format(issued="03/04/2026", due="05/04/2026", mark="")) == dt.date(
        2026, 4, 3
    )


def test_a_due_date_that_leaves_nothing_open_swaps_no_other() -> None:
    assert issued(BILL.format(issued="03/04/2026", due="25/03/2026", mark="")) == dt.date(
        2026, 4, 3
    )


def test_dollars_make_an_open_order_of_day_and_month_unsure() -> None:
    def sure(day: str, mark: str) -> float:
        text = BILL.format(issued=day, due="on receipt", mark=mark)
        return days.issued(days.days(view([typed.page(text)], "bill"), "DMY"))[0].confidence

    assert sure("03/04/2026", "$") < 0.95 <= sure("03/04/2026", "RM")
    assert sure("23/04/2026", "$") >= 0.95
