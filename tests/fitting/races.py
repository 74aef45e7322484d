"""Races: the candidates of one field on one document, and which of them are right."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from extractors import candidates
from extractors.candidates import Candidate
from extractors.finders import invoice
from extractors.interface import Hints, Page
from extractors.model import Model
from tests.looking_glass.compare import same, with_form


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The pages of one document, and the truth about them by the contract's names.

    *name* begins with that of its set; *fold* is the part that its sender belongs to.
    """

    name: str
    pages: tuple[Page, ...]
    truth: Mapping[str, Any]
    fold: int

    @property
    def set(self) -> str:
        """The set that it is of."""
        return self.name.split("/", maxsplit=1)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """The candidates of one field on one document, and whether each states the truth."""

    field: str
    sample: Sample
    candidates: tuple[Candidate, ...]
    right: tuple[bool, ...]


Models = Mapping[str, Model]


def races(samples: Iterable[Sample], models: Sequence[Models]) -> Iterator[Race]:
    """Run the finder over each document with the models of its fold, and watch it choose."""
    for sample in samples:
        watched: dict[str, tuple[Candidate, ...]] = {}
        with _watching(models[sample.fold], watched):
            invoice.find(sample.pages, Hints(date_order="DMY"))
        for field, found in watched.items():
            if field not in sample.truth:
                continue  # what a label leaves out may stand on the page all the same
            wanted = sample.truth[field]
            right = tuple(_states(field, wanted, one.value) for one in found)
            yield Race(field=field, sample=sample, candidates=found, right=right)


def _states(field: str, wanted: Any, value: Any) -> bool:
    """As the labels are scored; a name is right too with the legal form that a label leaves out."""
    return (field == "vendor" and with_form(wanted, value)) or same(field, wanted, value)


def _watching(
    models: Models, watched: dict[str, tuple[Candidate, ...]]
) -> AbstractContextManager[object]:
    """Rank by *models*, and keep every field's candidates in *watched*."""
    plain = candidates.contest

    def contest(by: Model, found: Iterable[Candidate]) -> list[tuple[float, Candidate]]:
        kept = tuple(found)
        if kept:
            watched[kept[0].name] = kept
        return plain(by, kept)

    return mock.patch.multiple(candidates, contest=contest, model=models.__getitem__)
