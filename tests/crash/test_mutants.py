"""Mutants do not rot: each still finds the text that it breaks."""

import pytest

from tests.crash.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_a_mutant_finds_what_it_breaks_exactly_once(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1
    assert any((ROOT / test.partition("::")[0]).exists() for test in mutant.tests)


def test_mutants_have_names_of_their_own() -> None:
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)
