"""`python -m tests.fitting DATA_DIR`: fits weights, prints their worth, writes them."""

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from config.settings import load as settings_of
from extractors.engines import engine
from extractors.model import WEIGHTS, Model
from tests.benchmarks.remembered import Remembered
from tests.fitting import pages
from tests.fitting.fit import Fit, fit
from tests.fitting.folds import FOLDS
from tests.fitting.logit import CALIBRATION_PENALTY, PENALTY
from tests.fitting.report import lines


def main() -> None:
    """Read, fit, report, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.fitting", description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds sroie/ and zugferd/")
    parser.add_argument("--remember", type=Path, help="keep what is read of images in this folder")
    parser.add_argument("--engine", default="rapidocr", help="who reads images")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights are written")
    parser.add_argument("--folds", type=Path, help="where each fold's models go: looking glass")
    asked = parser.parse_args()
    reading = settings_of(environment={}).reading
    reader = engine(asked.engine, reading)
    if asked.remember:
        asked.remember.mkdir(parents=True, exist_ok=True)
        reader = Remembered(reader, asked.remember)
    samples = [*pages.labelled(asked.data, reading, reader), *pages.generated(reading)]
    found = fit(samples)
    for line in lines(found, (pages.RECEIPTS, pages.INVOICES, pages.SCANNED, pages.MADE)):
        sys.stdout.write(f"{line}\n")
    counted = Counter(one.name.split("/")[0] for one in samples)
    recipe = {"documents": dict(sorted(counted.items())), "reader": asked.engine}
    asked.out.write_text(as_text(found, recipe), encoding="utf-8")
    if asked.folds:
        folds = [as_data(one) for one in found.unseen]
        asked.folds.write_text(json.dumps({"sets": sorted(counted), "folds": folds}), "utf-8")


def as_text(found: Fit, recipe: dict[str, Any]) -> str:
    """The file of weights: what was fitted, how, and the hash of the figures."""
    fields = as_data(found.models)
    whole = {
        "about": "Written by python -m tests.fitting. SROIE (ICDAR 2019, CC BY 4.0), ZUGFeRD corpus"
        " (Apache-2.0) and generated pages.",
        "recipe": {
            **recipe,
            "folds by sender": FOLDS,
            "penalty": PENALTY,
            "penalty of calibration": CALIBRATION_PENALTY,
        },
        "sha256": digest(fields),
        "fields": fields,
    }
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def as_data(models: Mapping[str, Model]) -> dict[str, Any]:
    """Models as they are written down, by field."""
    return {
        name: {"weights": dict(model.weights), "calibration": dict(model.calibration)}
        for name, model in models.items()
    }


def digest(fields: dict[str, Any]) -> str:
    """The hash of the figures, however the file is laid out."""
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    main()
