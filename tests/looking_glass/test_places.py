import pytest

from extractors.interface import Box
from tests.looking_glass.made import page_of
from tests.looking_glass.places import spots


@pytest.mark.parametrize(
    ("name", "want", "text"),
    [
        ("total", "1234.50", "1,234.50"),
        ("total", "1234.50", "EUR1.234,50"),
        ("total", "1234.50", "1 234,50"),
        ("total", "1234.50", "1'234.50"),
        ("total", "12.00", "12"),
        ("total", "12.00", "12,-"),
        ("total", "-5.10", "5.10-"),
        ("date", "2018-10-09", "09/10/2018"),
        ("date", "2018-10-09", "9.10.18"),
        ("date", "2018-10-09", "10/9/2018"),
        ("date", "2018-10-09", "2018-10-09"),
        ("date", "2018-10-09", "October 9th, 2018"),
        ("date", "2018-03-09", "9. März 2018"),
        ("date", "2018-10-09", "09/10/201820:49"),
        ("check_number", "001025", "No.001025"),
        ("invoice_number", "RE-47/11", "RE 4711"),
        ("vendor", "Müller GmbH", "MULLER GMBH"),
    ],
)
def test_a_value_is_found_in_the_forms_in_which_it_is_printed(
    name: str, want: str, text: str
) -> None:
    (spot,) = spots(name, want, [page_of(f"Words before\nand {text} after")])
    assert spot.sound
    assert spot.text.startswith(text.split(maxsplit=1)[0])
    assert spot.box.top == 40


@pytest.mark.parametrize(
    ("name", "want", "text"),
    [
        ("total", "12.00", "112.00 12.001 12.50 3.12"),
        ("date", "2018-10-09", "19/10/2018 09/11/2018 09/10/2019"),
        ("check_number", "1025", "31025 10256"),
        ("vendor", "ACME", "nothing of the kind"),
        ("total", "twelve", "twelve"),
        ("date", "soon", "soon"),
        ("vendor", "", "ACME"),
    ],
)
def test_what_only_looks_like_it_is_no_place_of_it(name: str, want: str, text: str) -> None:
    assert spots(name, want, [page_of(text)]) == []


def test_a_name_over_two_lines_has_a_box_around_both() -> None:
    (spot,) = spots("vendor", "ACME SUPPLIES", [page_of("of ACME\nSUPPLIES Ltd")])
    assert spot.box == Box(0, 0, 160, 70)


def test_a_misread_name_is_given_where_it_is_likest() -> None:
    (spot,) = spots("vendor", "RAPID RAIL SDN BHD", [page_of("MRT\nRAP1D RAI! S0I BHD\nTAX")])
    assert spot.text == "RAP1D RAI! S0I BHD"
    assert not spot.sound


def test_every_place_of_an_amount_is_given() -> None:
    assert len(spots("total", "5.00", [page_of("TOTAL 5.00\nCASH 5.00")])) == 2
