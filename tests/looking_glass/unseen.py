"""Reads a set that was fitted on with models that have not seen the sender at hand."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from unittest import mock

from extractors import candidates
from extractors.model import Model
from tests.fitting.folds import fold_of

Folds = Sequence[Mapping[str, Model]]
"""The models of each fold, by field."""


def folds_of(file: Path | None, name: str) -> Folds:
    """The models in *file*, as `tests.fitting --folds` writes them; none if not fitted on *name*.

    Raises:
        OSError: the file cannot be read.
    """
    if file is None:
        return ()
    said = json.loads(file.read_text("utf-8"))
    if name not in said["sets"]:
        return ()
    return tuple(
        {field: Model(part["weights"], part["calibration"]) for field, part in one.items()}
        for one in said["folds"]
    )


def unseen(vendor: str, folds: Folds) -> AbstractContextManager[object]:
    """Inside, fields are ranked by the models that have not seen *vendor*."""
    if not folds:
        return nullcontext()
    models = folds[fold_of(vendor, len(folds))]
    return mock.patch.object(candidates, "model", models.__getitem__)
