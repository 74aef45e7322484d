import pytest

from tests.looking_glass.compare import day_of, fold, likeness, same


@pytest.mark.parametrize(
    ("name", "want", "got"),
    [
        ("total", "1234.50", "1234.5"),
        ("total", "-12.00", "12.00"),
        ("amount_words", 270000, "270000.00"),
        ("date", "2018-10-19", "2018-10-19"),
        ("date", "12 /10 /98", "1998-12-10"),
        ("date", "Sept. 5, 1997", "1997-09-05"),
        ("date", "some day", "Some Day"),
        ("check_number", "001025", "1025"),
        ("invoice_number", "RE-2018/47", "re201847"),
        ("vendor", "MR D.I.Y. (M) SDN BHD", "MR DIY (M) SDN. BHD."),
        ("vendor", "Müller & Söhne GmbH", "MULLER & SOHNE GMBH"),
        ("sender", ["a@b.com", "c@d.com"], ["C@d.com", "a@b.com"]),
        ("sender", "a@b.com", ["a@b.com", "c@d.com"]),
    ],
)
def test_readings_that_state_the_same(name: str, want: object, got: object) -> None:
    assert same(name, want, got)


@pytest.mark.parametrize(
    ("name", "want", "got"),
    [
        ("total", "1234.50", "1234.51"),
        ("total", "1234.50", "RM 1234.50"),
        ("date", "2018-10-19", "2018-10-18"),
        ("date", "2018-03-04", "2018-04-03"),
        ("invoice_number", "471102", "471103"),
        ("vendor", "YONGFATT ENTERPRISE", "YONGFATT"),
        ("vendor", "---", "---"),
        ("sender", ["a@b.com", "c@d.com"], ["a@b.com"]),
        ("sender", [], []),
        ("recipient", "George Baroody", []),
    ],
)
def test_readings_that_state_another_thing(name: str, want: object, got: object) -> None:
    assert not same(name, want, got)


def test_names_are_alike_by_their_letters_alone() -> None:
    assert likeness("Straße 5.", "STRASSE 5") == 1.0
    assert fold("Nº 12-é") == "no12e"


def test_what_is_no_day_is_none() -> None:
    assert day_of("next week") is None
