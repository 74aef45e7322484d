"""Settings that are yes or no, and those that are numbers."""

from decimal import Decimal
from pathlib import Path

import pytest

from config.settings import SettingsError, load


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False)])
def test_yes_and_no_come_from_the_environment_in_any_case(text: str, value: bool) -> None:
    assert load(environment={"MAILROOM_ARCHIVE__SEARCHABLE": text}).archive.searchable is value


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(SettingsError, match="'maybe', which is not true or false"):
        load(environment={"MAILROOM_ARCHIVE__SEARCHABLE": "maybe"})


NUMBERS = (
    "rules.amount_tolerance",
    "rules.amount_tolerance_percent",
    "rules.order_price_percent",
    "rules.order_quantity_percent",
    "rules.least_confidence",
    "rules.stale_check_days",
    "posting.sample_percent",
    "posting.amount_bands",
    "intake.quiet_seconds",
    "ledger.stale_days",
)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize(
    "text", ["NaN", "sNaN", "Infinity", "-inf", "1e3", "1_000", "\u0661\u0662", "1,5x", ""]
)
def test_a_number_that_is_none_is_refused_with_its_name_and_a_way_to_write_it(
    name: str, text: str
) -> None:
    variable = f"MAILROOM_{name.replace('.', '__').upper()}"
    with pytest.raises(SettingsError, match=rf"'{name}' is .*write plain figures, such as \d"):
        load(environment={variable: text})


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "true"])
@pytest.mark.parametrize("name", ["amount_tolerance_percent", "least_confidence"])
def test_a_number_of_the_file_that_is_none_is_refused(
    tmp_path: Path, name: str, value: str
) -> None:
    path = tmp_path / "mailroom.toml"
    path.write_text(f"[rules]\n{name} = {value}\n")
    with pytest.raises(SettingsError, match=name):
        load(path, environment={})


def test_plain_numbers_are_taken_however_the_file_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "mailroom.toml"
    path.write_text(
        "[rules]\namount_tolerance = 0.05\nleast_confidence = 8e-1\nstale_check_days = 90.0\n"
        "[posting]\namount_bands = [1_000, '2500.50']\n"
    )
    known = load(path, environment={"MAILROOM_INTAKE__QUIET_SECONDS": " 2 "})
    assert known.rules.amount_tolerance == Decimal("0.05")
    assert (known.rules.least_confidence, known.rules.stale_check_days) == (0.8, 90)
    assert known.posting.amount_bands == (Decimal(1000), Decimal("2500.50"))
    assert known.intake.quiet_seconds == 2


def test_a_part_of_a_day_is_no_whole_number() -> None:
    with pytest.raises(SettingsError, match="a whole number"):
        load(environment={"MAILROOM_RULES__STALE_CHECK_DAYS": "1.5"})
