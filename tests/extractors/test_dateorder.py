"""A page tells which comes first, day or month."""

import datetime as dt

import pytest

from extractors import dateorder
from extractors.finders import letter
from extractors.interface import Hints
from extractors.values import dates
from tests.extractors.typed import page


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("3/4/2025 and 12/25/2025", ("MDY", True)),
        ("3/4/2025 and 25/12/2025", ("DMY", True)),
        ("12/10/98, sent Dec 10 '98", ("MDY", True)),
        ("12/10/98, sent 12 October 1998", ("DMY", True)),
        ("3/4/2025, Akron, OH 44301", ("MDY", True)),
        ("call (614) 555-0187, May 3, 2025", ("MDY", True)),
        ("04.03.2025, 05.03.2025 und 07.03.2025", ("DMY", True)),
        ("color samples", ("MDY", False)),
        ("Facture du 3/4/2025, montant de la facture, Akron, OH 44301", (None, False)),
        ("Facture du 3/4/2025 et du 12/25/2025, Akron, OH 44301", ("MDY", True)),
        ("3/4/2025", (None, False)),
        ("", (None, False)),
    ],
)
def test_signs_on_the_page_decide_which_comes_first(
    text: str, told: tuple[str | None, bool]
) -> None:
    assert dateorder.told(text) == told


def test_a_letter_whose_page_tells_the_order_is_surer_of_its_date() -> None:
    def read(text: str) -> tuple[object, float]:
        fields = [one for one in letter.find([page(text)], Hints()).fields if one.name == "date"]
        best = max(fields, key=lambda one: one.confidence)
        return best.value, best.confidence

    open_order = read("TO: Anna\nDATE: 03/04/2025")
    told = read("TO: Anna\nDATE: 03/04/2025\n12 Main Street, Akron, OH 44301")
    assert open_order[0] == dt.date(2025, 4, 3)
    assert told[0] == dt.date(2025, 3, 4)
    assert open_order[1] < 0.6
    assert told[1] > 0.8


@pytest.mark.parametrize("text", ["Ocotber 9, 1968", "9 Octobre 1968", "Octobcr 9,1968"])
def test_a_month_may_have_one_slip(text: str) -> None:
    assert [day.date for day in dates.readings(text)] == [dt.date(1968, 10, 9)]


@pytest.mark.parametrize("text", ["Match 9", "Form 12 1990", "Mat 9, 1990"])
def test_other_words_are_no_months(text: str) -> None:
    assert dates.readings(text) == ()
