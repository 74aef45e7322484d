"""What was read held against what the ledger says, character by character. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher
from itertools import groupby

from outbox.showing import FEWEST_DIGITS, MASK, SHOWN_DIGITS

LONGEST_MARKED = 200
"""Longer texts are shown side by side without marks: nobody reads marks in them."""

MOST_UNLIKE = 0.5
"""Up to this share of differing places, two texts of one length are held place against place."""

MOST_REVEALED = 3
"""Differing characters of an account that may be shown beside its last four."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters, and whether only this side has it."""

    text: str
    differs: bool


Pieces = tuple[Piece, ...]


def pieces(read: str, expected: str) -> tuple[Pieces, Pieces]:
    """Both texts cut into runs that agree and runs that only one side has."""
    if read == expected or not read or not expected or len(read + expected) > 2 * LONGEST_MARKED:
        return (Piece(read, differs=False),), (Piece(expected, differs=False),)
    ours: list[Piece] = []
    theirs: list[Piece] = []
    for differs, (i1, i2), (j1, j2) in _runs(read, expected):
        ours.extend([Piece(read[i1:i2], differs)] if i2 > i1 else [])
        theirs.extend([Piece(expected[j1:j2], differs)] if j2 > j1 else [])
    return tuple(ours), tuple(theirs)


def _runs(read: str, expected: str) -> Iterator[tuple[bool, tuple[int, int], tuple[int, int]]]:
    """Runs of both texts, as (differs, from and to in *read*, from and to in *expected*).

    Texts of one length that differ in few places are held place against place, as a person compares
    numbers; an alignment would explain 1520 for 1250 as one digit moved.
    """
    unlike = [a != b for a, b in zip(read, expected, strict=False)]
    if len(read) == len(expected) and sum(unlike) <= len(read) * MOST_UNLIKE:
        start = 0
        for differs, run in groupby(unlike):
            end = start + len(list(run))
            yield differs, (start, end), (start, end)
            start = end
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, read, expected, autojunk=False).get_opcodes():
        yield tag != "equal", (i1, i2), (j1, j2)


def account_pieces(read: str, expected: str) -> tuple[Pieces, Pieces]:
    """The same for account numbers: what agrees is masked but for the last four characters.

    Where more than a few characters differ, the two are simply different accounts, and only the
    last four of each are shown.
    """
    both = pieces("".join(read.split()), "".join(expected.split()))
    return _covered(both[0]), _covered(both[1])


def _covered(found: Pieces) -> Pieces:
    whole = "".join(piece.text for piece in found)
    if sum(one.isdigit() for one in whole) < FEWEST_DIGITS:
        return found
    end = len(whole) - SHOWN_DIGITS
    hidden = sum(_before(found, place, end) for place, one in enumerate(found) if one.differs)
    if hidden > MOST_REVEALED:
        return Piece(MASK, differs=False), Piece(whole[-SHOWN_DIGITS:], differs=True)
    covered = []
    for place, piece in enumerate(found):
        bullets = 0 if piece.differs else _before(found, place, end)
        covered.append(Piece(MASK[:1] * bullets + piece.text[bullets:], piece.differs))
    return tuple(covered)


def _before(found: Pieces, place: int, end: int) -> int:
    """How many characters of one piece stand before *end* of the whole."""
    start = sum(len(piece.text) for piece in found[:place])
    return max(0, min(len(found[place].text), end - start))


def remark(read: str, expected: str) -> str:
    """The difference in words, where it has a name that a clerk knows; else empty."""
    if read == expected or not read or not expected:
        return ""
    return "; ".join(one for one in (_by_money(read, expected), _by_slip(read, expected)) if one)


def _by_money(read: str, expected: str) -> str:
    try:
        ours, theirs = Decimal(read), Decimal(expected)
    except InvalidOperation:
        return ""
    if "." not in read or "." not in expected or not (ours.is_finite() and theirs.is_finite()):
        return ""
    gap = ours - theirs
    if gap == 0:
        return ""
    return f"{format(abs(gap), 'f')} {'more' if gap > 0 else 'less'} than the ledger"


def _by_slip(read: str, expected: str) -> str:
    """The slip of hand or eye that turns one text into the other."""
    if _digits(read) and _digits(read) == _digits(expected):
        return "the same digits, set differently"
    if len(read) == len(expected):
        return _by_place(read, expected)
    shorter, longer = sorted((read, expected), key=len)
    if len(longer) == len(shorter) + 1 and _is_within(shorter, longer):
        return "one character is missing" if longer is expected else "one character too many"
    return ""


def _by_place(read: str, expected: str) -> str:
    places = [i for i, (a, b) in enumerate(zip(read, expected, strict=True)) if a != b]
    ours, theirs = _at(read, places), _at(expected, places)
    match places:
        case [_]:
            return f"one character differs: {ours} for {theirs}"
        case [one, other] if other == one + 1 and ours == theirs[::-1]:
            return f"two neighbours are swapped: {ours} for {theirs}"
        case _:
            return ""


def _at(text: str, places: list[int]) -> str:
    return "".join(text[place] for place in places)


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdigit())


def _is_within(shorter: str, longer: str) -> bool:
    """Whether *shorter* is *longer* with one character taken out."""
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
