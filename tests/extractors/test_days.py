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
