import json
from pathlib import Path

import pytest

from extractors import candidates
from tests.fitting.folds import fold_of
from tests.looking_glass.unseen import folds_of, unseen


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folds = [
        {"total": {"weights": {"bias": float(fold)}, "calibration": {"bias": 0.0}}}
        for fold in range(5)
    ]
    path = tmp_path / "folds.json"
    path.write_text(json.dumps({"sets": ["bills"], "folds": folds}))
    return path


def test_a_document_is_ranked_by_the_models_that_have_not_seen_its_sender(file: Path) -> None:
    with unseen("Acme Supplies", folds_of(file, "bills")):
        assert vars(candidates)["model"]("total").weights["bias"] == fold_of("Acme Supplies")


def test_a_set_that_was_not_fitted_on_is_ranked_as_shipped(file: Path) -> None:
    shipped = vars(candidates)["model"]("total")
    assert folds_of(file, "letters") == folds_of(None, "bills") == ()
    with unseen("Acme Supplies", ()):
        assert vars(candidates)["model"]("total") is shipped
