"""E-13B lines are found whichever way they lie."""

import pytest

from extractors import codelines
from tests.extractors import laid, paper


@pytest.mark.parametrize("degrees", [23, 184])
def test_a_line_is_found_at_any_angle(degrees: float) -> None:
    picture, _ = laid.lay(laid.desk(1800, 1200), laid.check(104821), (900, 600), degrees)

    (found,) = codelines.find(picture)

    assert found.line.text.replace(" ", "") == laid.line(104821)
    assert (found.degrees - degrees + 180) % 360 - 180 == pytest.approx(0, abs=0.5)
    assert (found.line.box[0] + found.line.box[2]) / 2 == pytest.approx(900, abs=250)
    assert found.dpi == pytest.approx(laid.DPI, rel=0.03)


def test_print_is_no_line() -> None:
    assert codelines.find(paper.page_image(["1234567890 0987654321 111222333"] * 6)) == ()
