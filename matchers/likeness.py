"""How alike two values are, 0 to 1: identifiers, names, amounts, as reader and pen slip. Pure.

Every comparison of likeness but `as_read` is symmetric, and 1 only for values that mean the same.
"""

import re
from decimal import Decimal
from functools import lru_cache

from rapidfuzz.distance import OSA, Indel

from extractors.values import identifiers, names

PARTY_ALIKE = 0.80
"""Names from this likeness on are one party. Of 134 real vendors no two different ones reach 0.77;
of their names with 4 % of the letters misread 97 % stay above it, with 10 % misread 77 %."""

PARTY_UNLIKE = 0.60
"""Names below this likeness are two parties; between the two nothing is said."""

LOOKALIKE = 0.97
"""Likeness of identifiers that differ in letters which readers confuse, and in nothing else."""

CLOSE_IDENTIFIER = 0.9
"""Likeness of identifiers of which one is the other without its prefix; below it they differ."""

MOST_UNLIKE = 0.89
"""The greatest likeness of two values that are not the same."""

ONE_SLIP = 0.75
"""Likeness from which a differing value may be one slip of pen or eye away."""

FEWEST_DIGITS = 4
"""Figures that two numbers must share for one to be the other without its prefix."""

LOOKS_ALIKE = 30
"""Bits of 255 in which two pictures of one check may differ: of 40 checks of four banks, scanned
again at 150 dpi, cropped, darker and noisy, all stay within; 1 % of two different ones do, too."""

ALL_BITS = 256

_NO_FIGURE = re.compile("[^0-9]+")

_KEPT = 65536
"""Pairs of names whose likeness is remembered, as a party comes back with each of its records; and
identifiers made plain, as the document's own is held against every record."""


@lru_cache(maxsize=_KEPT)
def plain_identifier(text: str) -> str:
    """Letters and figures only, small; a number without zeros in front."""
    plain = "".join(one for one in text.casefold() if one.isalnum())
    return plain.lstrip("0") or "0" if plain.isdecimal() else plain


def digits(text: str) -> str:
    """Only the figures of an identifier, without zeros in front; empty where they are few."""
    found = _NO_FIGURE.sub("", text).lstrip("0")
    return found if len(found) >= FEWEST_DIGITS else ""


def account(text: str) -> str:
    """An account number folded; zeros in front do not count."""
    return identifiers.fold(text).lstrip("0")


def same_identifier(one: str, other: str) -> bool:
    """Whether two identifiers are the same but for case, punctuation and zeros in front."""
    return plain_identifier(one) == plain_identifier(other) != ""


def identifier_likeness(one: str, other: str) -> float:
    """How alike two identifiers are; from CLOSE_IDENTIFIER on they may be the same."""
    if same_identifier(one, other):
        return 1.0
    first, second = identifiers.fold(one), identifiers.fold(other)
    if not first or not second:
        return 0.0
    if first == second:
        return LOOKALIKE
    if (figures := digits(one)) and figures == digits(other):
        short, long = sorted((plain_identifier(one), plain_identifier(other)), key=len)
        if long.endswith(short):
            return CLOSE_IDENTIFIER
    return float(min(OSA.normalized_similarity(first, second), MOST_UNLIKE))


@lru_cache(maxsize=_KEPT)
def name_likeness(one: str, other: str) -> float:
    """How alike two names are, with letters that readers confuse taken for each other.

    The legal form is compared too in the second measure: a misread one ("SDN BH0") is not
    recognised as such, and would count as another word of the name.
    """
    first, second = (identifiers.fold(text.replace("&", "and")) for text in (one, other))
    glued = Indel.normalized_similarity(first, second) if first and second else 0.0
    return max(names.likeness(one, other), float(glued) ** 2)


def same_look(one: str, other: str) -> bool:
    """Whether two perceptual hashes, hexadecimal and of one length, are those of one picture."""
    apart = (int(one, 16) ^ int(other, 16)).bit_count() if len(one) == len(other) else ALL_BITS
    return apart <= LOOKS_ALIKE


def told_apart(one: str, other: str) -> bool:
    """Whether two names that may be alike bear marks that tell two parties apart.

    Both have an initial, a number or a generation, and not the same: "John A Smith" and "John B
    Smith", "Local 104" and "Local 401", "Smith Jr" and "Smith Sr".
    """
    first, second = (_marks(names.fold_name(text).split()) for text in (one, other))
    return any(a and b and not a & b for a, b in zip(first, second, strict=True))


def added(read: str, known: str) -> tuple[str, ...]:
    """The words of a name that the known one has nothing like: "Bob" in "Bob Northwind Supplies".

    Legal forms, also one cut short at the end ("Pte"), initials, joining words and words that a
    reader glued or parted count as known.
    """
    words, others = names.fold_beside(read, known).split(), names.fold_name(known).split()
    glued = "".join(others)
    return tuple(
        word
        for word in words
        if len(word) > 1
        and word not in _JOINING
        and word not in glued
        and not any(one in word for one in (*others, glued) if len(one) >= FEWEST_LETTERS)
        and max((names.likeness(word, one) for one in others), default=0.0) < SAME_WORD
    )


def as_read(read: str, known: str) -> float:
    """How alike a name that was read is to a known one, which it may be short for.

    A name cut short is no other party's, and does not prove the party either.
    """
    alike = name_likeness(read, known)
    return PARTY_UNLIKE if alike < PARTY_UNLIKE and shortened(read, known) else alike


def shortened(read: str, known: str) -> bool:
    """Whether a name is the known one with words left out or cut short: "Rafinsha Dai".

    Each of its words is a word of the known name, the beginning of one or a customary abbreviation,
    one that is whole is not of those that many companies share, and enough of the letters are
    there.
    """
    words, others = (
        [one for one in names.fold_name(text).split() if one not in _JOINING]
        for text in (read, known)
    )
    enough = len("".join(words)) >= LEFT_OF_A_NAME * len("".join(others))
    if not enough or not any(one in others and names.is_telling(one) for one in words):
        return False
    for word in words:
        whole = [
            one for one in others if len(word) >= FEWEST_LEFT and names.is_short_for(word, one)
        ]
        if not whole:
            return False
        others.remove(min(whole, key=len))
    return True


FEWEST_LEFT = 3
"""Letters that are left of a word that was cut short."""

LEFT_OF_A_NAME = 0.4
"""Share of a name's letters that are left of one cut short."""

_JOINING = frozenset({"and", "the", "of", "mr", "mrs", "ms", "dr", "messrs"})

SAME_WORD = 0.6
"""Likeness from which two words of a name may be one, misread or shortened."""

FEWEST_LETTERS = 4
"""Letters of a word that is looked for inside another."""

_GENERATIONS = frozenset({"jr", "junior", "sr", "senior", "ii", "iii", "iv"})


def _marks(words: list[str]) -> tuple[frozenset[str], ...]:
    """The initials inside a name, its numbers, and its generation."""
    initials = frozenset(word for word in words[1:] if len(word) == 1 and word.isalpha())
    numbers = frozenset(word for word in words if any(sign.isdecimal() for sign in word))
    return initials, numbers, frozenset(words) & _GENERATIONS


def plain_money(amount: Decimal) -> str:
    """An amount as the ledger writes it: plain, with at least two decimals."""
    whole, _, decimals = format(amount, "f").partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def one_slip(one: Decimal, other: Decimal) -> bool:
    """Whether one figure, or two swapped, is all that tells two amounts apart."""
    first, second = (f"{amount:.2f}".replace(".", "") for amount in (one, other))
    return bool(OSA.distance(first, second, score_cutoff=1) <= 1)


def money_likeness(one: Decimal, other: Decimal) -> float:
    """How alike two amounts are by their figures, as slips of pen and eye change those."""
    if one == other:
        return 1.0
    first, second = (f"{amount:.2f}".replace(".", "") for amount in (one, other))
    alike = float(min(OSA.normalized_similarity(first, second), MOST_UNLIKE))
    return max(alike, ONE_SLIP) if one_slip(one, other) else alike
