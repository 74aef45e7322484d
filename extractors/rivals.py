"""What speaks against a sender's name though no other is likelier: another name that may be meant.

A letterhead may print the shop over the firm that runs it, or part a name between two lines, and a
page may name one firm where another one's register number or domain stands. Which of the two is
meant only people know, however clear the choice looks; so what is said here lowers how sure a name
is, and chooses none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractors.candidates import Candidate
from extractors.layout import beneath
from extractors.profiles import plain_words

ALIKE = 90.0
"""Likeness, 0 to 100, from which two names are spellings or misreadings of one."""

UNDER = 0.3
"""Of the narrower one's width: what a name shares with the one right above it."""

_NO_NAME = frozenset({"speech", "priced", "tail", "another page"})


def weighed(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """Each of the candidates for the sender's name with what speaks against being sure of it."""
    names = [one for one in candidates if _may_be_meant(one)]
    for one in candidates:
        against = {
            doubt: 1.0
            for doubt, raised in _DOUBTS.items()
            if any(raised(one, other) and _unlike(one, other) for other in names)
        }
        yield replace(one, against=against)


def _may_be_meant(one: Candidate) -> bool:
    """A plausible name of its own: only those have a place among the first lines."""
    return one.signs.get("early", 0.0) > 0 and not any(one.signs.get(sign) for sign in _NO_NAME)


def _unlike(one: Candidate, other: Candidate) -> bool:
    """Two names on two lines, neither a part nor a spelling of the other."""
    first, second = ("".join(plain_words(str(name.value))) for name in (one, other))
    if one.box == other.box or first in second or second in first:
        return False
    return fuzz.ratio(first, second) < ALIKE


def _stands_over(one: Candidate, other: Candidate) -> bool:
    """The *other* name stands right above: it may be the shop's, or the beginning of this one."""
    if one.box is None or other.box is None or one.page != other.page:
        return False
    gap = one.box.top - other.box.bottom
    return -other.box.height < gap < other.box.height and beneath(other.box, one.box) > UNDER


def _has_site(one: Candidate, other: Candidate) -> bool:
    """The domain of the page's mail or web addresses is that of the *other*."""
    return _only(one, other, "site")


def _is_firm(one: Candidate, other: Candidate) -> bool:
    """The *other* alone has a legal form, and its register or tax number stands in its block."""
    return _only(one, other, "legal") and other.signs.get("number in block", 0.0) > 0


def _only(one: Candidate, other: Candidate, sign: str) -> bool:
    return bool(other.signs.get(sign)) and not one.signs.get(sign)


_DOUBTS: Mapping[str, Callable[[Candidate, Candidate], bool]] = {
    "name above": _stands_over,
    "site of another": _has_site,
    "another firm": _is_firm,
}
