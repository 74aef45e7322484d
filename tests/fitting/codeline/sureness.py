"""`python -m tests.fitting.codeline.sureness SET_DIR`: how sure the reader of code lines may be.

Reads labelled lines (micr_e13b: photographed lines of tesseractMICR, Doubango Telecom, BSD-3), fits
the chance that a character is right to what speaks for it, and prints the four figures that
`extractors.micr.read` has, with what they are worth on lines whose text they have not seen.
"""

import argparse
import difflib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from extractors.micr import read
from tests.fitting.folds import FOLDS

_ROUNDS = 30
_PENALTY = 1.0
_BANDS = (0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0)


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled line as it was read: whether it is right as a whole, and each character."""

    label: str
    right: bool
    votes: npt.NDArray[np.float64]
    rights: npt.NDArray[np.bool_]


def main() -> None:
    """Read, fit, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set_dir", type=Path)
    parser.add_argument(
        "--without", type=Path, help="names of files whose label is wrong, a line each"
    )
    asked = parser.parse_args()
    wrong = set(asked.without.read_text("utf-8").split()) if asked.without else set()
    rows = (asked.set_dir / "labels.jsonl").read_text("utf-8").splitlines()
    labels = {row["file"]: row["fields"]["micr"] for row in map(json.loads, rows)}
    said = {
        name: one for name, label in labels.items() if (one := _read(asked.set_dir / name, label))
    }
    exact = sum(one.right for one in said.values())
    sys.stdout.write(f"{exact} of {len(labels)} lines exact as labelled\n")
    for line in report([one for name, one in said.items() if name not in wrong]):
        sys.stdout.write(f"{line}\n")


def _read(path: Path, label: str) -> Read | None:
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    line = read.read(np.asarray(image, np.uint8))
    if line is None:
        return None
    text = "".join(one.text for one in line.symbols)
    rights = np.zeros(len(text), bool)
    for block in difflib.SequenceMatcher(None, text, label, autojunk=False).get_matching_blocks():
        rights[block.a : block.a + block.size] = True
    votes = [(1.0, one.vote.odds, one.vote.fit, one.vote.lead) for one in line.symbols]
    return Read(label, text == label, np.array(votes), rights)


def report(said: list[Read]) -> Iterator[str]:
    """The figures, and what they are worth on texts unseen."""
    folds = {label: at % FOLDS for at, label in enumerate(sorted({one.label for one in said}))}
    votes, rights = _joined(said)
    yield f"{rights.mean():.4f} of {len(rights)} characters right"
    yield "figures: " + ", ".join(f"{one:.2f}" for one in fitted(votes, rights))
    bands: dict[int, list[bool]] = defaultdict(list)
    for fold in range(FOLDS):
        found = fitted(*_joined([one for one in said if folds[one.label] != fold]))
        held = [one for one in said if folds[one.label] == fold]
        votes, rights = _joined(held)
        sure = 1 / (1 + np.exp(-votes @ found))
        for at, right in zip(np.digitize(sure, _BANDS), rights, strict=True):
            bands[int(at)].append(bool(right))
    for at in sorted(bands):
        share = sum(bands[at]) / len(bands[at])
        yield f"from {_BANDS[at - 1]:.3f} sure: {len(bands[at])}, right {share:.4f}"


def _joined(said: list[Read]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    return np.concatenate([one.votes for one in said]), np.concatenate([one.rights for one in said])


def fitted(
    votes: npt.NDArray[np.float64], rights: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """The figures of a logistic, by Newton's way."""
    found = np.zeros(votes.shape[1])
    for _ in range(_ROUNDS):
        sure = 1 / (1 + np.exp(-votes @ found))
        slope = votes.T @ (rights - sure) - _PENALTY * found
        bend = (votes * (sure * (1 - sure))[:, None]).T @ votes + _PENALTY * np.eye(len(found))
        found = found + np.linalg.solve(bend, slope)
    return found


if __name__ == "__main__":
    main()
