"""Parts of labelled documents, such that no sender has documents in two of them."""

import hashlib

FOLDS = 5

OPENING = 5
"""Letters of a sender's name that tell it apart; branches and spellings of one fall together."""


def fold_of(vendor: str, folds: int = FOLDS) -> int:
    """The number of the part, 0 to *folds* - 1, that the documents of *vendor* belong to."""
    plain = "".join(letter for letter in vendor.casefold() if letter.isalnum())[:OPENING]
    return int(hashlib.sha256(plain.encode()).hexdigest(), 16) % folds
