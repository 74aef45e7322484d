"""Settings that are yes or no."""

import pytest

from config.settings import SettingsError, load


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False)])
def test_yes_and_no_come_from_the_environment_in_any_case(text: str, value: bool) -> None:
    assert load(environment={"MAILROOM_ARCHIVE__SEARCHABLE": text}).archive.searchable is value


def test_what_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(SettingsError, match="'maybe', which is not true or false"):
        load(environment={"MAILROOM_ARCHIVE__SEARCHABLE": "maybe"})
