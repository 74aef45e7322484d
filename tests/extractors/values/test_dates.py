import datetime as dt

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.values import dates

LATEST = 2027
DAYS = st.dates(min_value=dt.date(1970, 1, 1), max_value=dt.date(LATEST, 12, 31))
RECENT = st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(LATEST, 12, 31))


@given(day=DAYS, form=st.sampled_from(["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y"]))
def test_a_day_in_figures_is_read_back_first_in_the_preferred_order(
    day: dt.date, form: str
) -> None:
    assert dates.readings(day.strftime(form), "DMY", LATEST)[0].date == day


@given(day=DAYS, form=st.sampled_from(["%m/%d/%Y", "%m-%d-%Y"]))
def test_an_american_day_is_read_back_first_where_that_order_is_preferred(
    day: dt.date, form: str
) -> None:
    assert dates.readings(day.strftime(form), "MDY", LATEST)[0].date == day


@given(day=DAYS, form=st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%dT10:11:12Z"]))
def test_a_day_with_the_year_in_front_has_one_meaning(day: dt.date, form: str) -> None:
    first = dates.readings(day.strftime(form), "DMY", LATEST)[0]
    assert first.date == day


@settings(deadline=None)
@given(day=RECENT, form=st.sampled_from(["%d/%m/%y", "%d-%m-%y", "%d %b %y", "%d%b%y"]))
def test_two_digits_of_a_year_are_of_this_century_up_to_next_year(day: dt.date, form: str) -> None:
    found = [one.date for one in dates.readings(day.strftime(form), "DMY", LATEST)]
    assert day in found
    assert found[0] == day or day.year < LATEST - dates.LONG_PAST


@given(
    day=DAYS, language=st.sampled_from(dates.LANGUAGES), width=st.sampled_from(["long", "medium"])
)
def test_a_day_with_its_month_in_words_is_read_in_every_language(
    day: dt.date, language: str, width: str
) -> None:
    printed = format_date(day, width, locale=language)
    assert day in [one.date for one in dates.readings(printed, "DMY", LATEST)]


@given(day=DAYS, clock=st.times())
def test_a_time_beside_or_glued_to_the_day_is_read_over(day: dt.date, clock: dt.time) -> None:
    for gap in ("", " "):
        printed = f"{day:%d/%m/%Y}{gap}{clock:%H:%M:%S}"
        assert dates.readings(printed, "DMY", LATEST)[0].date == day
        assert day in [one.date for *_, one in dates.find(f"x {printed} y", "DMY", LATEST)]


@given(st.text(max_size=70))
def test_no_text_makes_it_fail(text: str) -> None:
    for one in dates.readings(text, "DMY", LATEST):
        assert dates.EARLIEST_YEAR <= one.date.year <= LATEST
        assert one.text == text
    for start, end, one in dates.find(text, "MDY", LATEST):
        assert text[start:end] == one.text


@given(st.text(alphabet="0123456789/-. :OlS", max_size=30))
def test_what_is_found_in_a_line_reads_the_same_alone(text: str) -> None:
    for *_, one in dates.find(text, "DMY", LATEST):
        assert one.date in [alone.date for alone in dates.readings(one.text, "DMY", LATEST)]


@given(DAYS)
def test_both_orders_are_given_and_marked_where_the_figures_leave_it_open(day: dt.date) -> None:
    found = dates.readings(day.strftime("%d/%m/%Y"), "DMY", LATEST)
    open_order = day.day <= 12 and day.day != day.month
    assert [one.order_certain for one in found] == ([False, False] if open_order else [True])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("DEC 25, 2018", "2018-12-25"),
        ("25DEC2018", "2018-12-25"),
        ("Dec. 25th, 2018", "2018-12-25"),
        ("5. Juni 2018", "2018-06-05"),
        ("25 décembre 2018", "2018-12-25"),
        ("25 de diciembre de 2018", "2018-12-25"),
        ("1er janvier 2020", "2020-01-01"),
        ("12 mac 2018", "2018-03-12"),
        ("15/APR/2017", "2017-04-15"),
        ("Tue, 25 Dec 2018", "2018-12-25"),
        ("Montag, den 5. März 2018", "2018-03-05"),
        ("this 5th day of June, 2018", "2018-06-05"),
        ("APRIL 1,1957", "1957-04-01"),
        ("Nov 5 '98", "1998-11-05"),
        ("12252018", "2018-12-25"),
        ("25122018", "2018-12-25"),
        ("25 /12/ 2018", "2018-12-25"),
        ("25/12/2018 8:13:39 PM", "2018-12-25"),
        ("97/12/25", "1997-12-25"),
        ("2015-13-01", "2015-01-13"),
    ],
)
def test_forms_that_letters_checks_and_tills_print(text: str, day: str) -> None:
    first = dates.readings(text, "DMY", LATEST)[0]
    assert (first.date.isoformat(), first.order_certain, first.repaired) == (day, True, False)


def test_a_month_cut_short_to_the_start_of_two_gives_both() -> None:
    found = dates.readings("jui 21, 2018", "DMY", LATEST)
    assert [(one.date.month, one.order_certain) for one in found] == [(6, False), (7, False)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2S/12/2018", "2018-12-25"),
        ("05 0CT 2018", "2018-10-05"),
        ("2703/2018", "2018-03-27"),
        ("15~05-17", "2017-05-15"),
        ("1 9 0 1 2 0 1 6", "2016-01-19"),
        ("22/5/20 18", "2018-05-22"),
        ("25-12/2018", "2018-12-25"),
    ],
)
def test_what_readers_garble_is_mended_and_says_so(text: str, day: str) -> None:
    first = dates.readings(text, "DMY", LATEST)[0]
    assert (first.date.isoformat(), first.repaired) == (day, True)


@pytest.mark.parametrize(
    "text", ["31/02/2018", "8:13", "10:27:03", "1.234.567", "12345", "5/5", "25/12/2045", "ogo"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert dates.readings(text, "DMY", LATEST) == ()


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("Date: 25/12/2018 8:13:39 PM due 5 Jan 2019", ["2018-12-25", "2019-01-05"]),
        ("ORD #50 -REG #19- 18/01/2018 10:27:03", ["2018-01-18"]),
        ("ORD #70 -REG #19-18/03/201823:02:16", ["2018-03-18"]),
        ("16:58 19/05/18", ["2018-05-19"]),
        ("01-Nov-2017_11:20:04AM R05934", ["2017-11-01"]),
        ("INV 2018-12-25-001", []),
        ("Tel 03-12-34567", []),
        ("Silk Logo 2.58", []),
        ("Version 91.1.15_C", []),
        ("25/10/20:7 11:43", []),
    ],
)
def test_days_in_a_line_stand_apart_from_other_numbers(line: str, days: list[str]) -> None:
    assert [one.date.isoformat() for *_, one in dates.find(line, "DMY", LATEST)] == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("26-04-03", ["2026-04-03", "2003-04-26"]),
        ("12-04-03", ["2003-04-12", "2003-12-04"]),
        ("18-05-12", ["2012-05-18"]),
        ("25.12.24", ["2024-12-25"]),
    ],
)
def test_two_figures_in_front_are_the_year_where_all_else_is_long_past(
    text: str, days: list[str]
) -> None:
    assert [one.date.isoformat() for one in dates.readings(text, latest=2027)] == days
