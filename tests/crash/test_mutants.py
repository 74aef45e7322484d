"""Mutants do not rot: each still finds the text that it breaks, and its tests are still there."""

import pytest

from tests.crash.mutants import ROOT
from tests.crash.promises import MUTANTS, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_a_mutant_finds_what_it_breaks_exactly_once(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.old) == 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_a_mutant_names_tests_that_exist(mutant: Mutant) -> None:
    for test in mutant.tests:
        file, _, name = test.partition("::")
        wanted = f"def {name.partition('[')[0]}("
        assert wanted in (ROOT / file).read_text(encoding="utf-8"), test


def test_mutants_have_names_of_their_own() -> None:
    assert len({one.name for one in MUTANTS}) == len(MUTANTS)
