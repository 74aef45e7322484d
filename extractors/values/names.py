"""Names of companies and people: folded for comparison, and how alike two of them are."""

import re
import unicodedata
from functools import cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

_LEGAL_FORMS = (
    "sdn bhd",
    "berhad",
    "bhd",
    "pte ltd",
    "pvt ltd",
    "private limited",
    "public limited company",
    "limited liability company",
    "gmbh co kg",
    "gmbh and co kg",
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "ohg",
    "gbr",
    "ug",
    "e k",
    "ek",
    "e v",
    "se",
    "ltd",
    "limited",
    "plc",
    "llc",
    "l l c",
    "llp",
    "lp",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "s a",
    "sa",
    "s a r l",
    "sarl",
    "sas",
    "s a s",
    "sasu",
    "eurl",
    "s r l",
    "srl",
    "s p a",
    "spa",
    "s l",
    "sl",
    "b v",
    "bv",
    "n v",
    "nv",
    "a s",
    "aps",
    "ab",
    "oy",
    "pty ltd",
    "pty",
    "pt",
    "tbk",
    "kft",
    "sp z o o",
    "doo",
)
_GENERIC = frozenset(
    "and the of enterprise enterprises trading trade restaurant restoran cafe shop store stores "
    "mart market supermarket hardware service services solutions group holding holdings "
    "international global marketing industries industry supply supplies management resources "
    "consulting systems technologies technology bank hotel foods food m malaysia".split()
)
GENERIC_WEIGHT = 0.35
"""What a word that many companies share counts for, against 1 for a telling one."""

SOUND_WORD = 0.75
"""Likeness from which two words can be the same word misread."""

_ABBREVIATIONS = {
    "intl": "international",
    "mfg": "manufacturing",
    "mgmt": "management",
    "svc": "service",
    "svcs": "services",
    "ent": "enterprise",
    "assoc": "associates",
    "bros": "brothers",
    "dept": "department",
    "natl": "national",
    "tech": "technology",
}
_PLACES = {
    "jln": "jalan",
    "tmn": "taman",
    "st": "street",
    "str": "street",
    "strasse": "street",
    "rd": "road",
    "ave": "avenue",
    "blvd": "boulevard",
    "ste": "suite",
    "apt": "apartment",
    "kg": "kampung",
    "lrg": "lorong",
    "no": "",
}


@cache
def _legal_pattern() -> re.Pattern[str]:
    forms = sorted(_LEGAL_FORMS, key=len, reverse=True)
    return re.compile(r"(?<= )(?:" + "|".join(forms) + r")(?= |$)")


def fold_name(name: str) -> str:
    """A name without case, accents, punctuation and legal form.

    "Müller & Söhne GmbH" becomes "muller and sohne"; a name that is only a legal form stays.
    """
    plain = _plain(name)
    bare = _legal_pattern().sub(" ", plain)
    return " ".join(bare.split()) or plain


@cache
def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    text = "".join(one for one in text if not unicodedata.combining(one))
    text = re.sub(r"['\u2019`]", "", text)
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1; the same whichever comes first.

    Legal forms, word order, glued words, initials and misread letters are forgiven; a word that
    many companies share ("Trading") proves little.
    """
    first, second = fold_name(one), fold_name(other)
    if not first or not second:
        return 0.0
    if first == second:
        return 1.0
    glued = Indel.normalized_similarity(first.replace(" ", ""), second.replace(" ", ""))
    worded = _by_words(_words(first, _ABBREVIATIONS), _words(second, _ABBREVIATIONS))
    return max(0.0, min(1.0, max(glued**2, worded)))


def address_likeness(one: str, other: str) -> float:
    """How alike two addresses are, 0 to 1: words and numbers that both have, in any order."""
    first, second = _words(_plain(one), _PLACES), _words(_plain(other), _PLACES)
    if not first or not second:
        return 0.0
    ordered = fuzz.token_sort_ratio(" ".join(first), " ".join(second)) / 100
    shared = fuzz.token_set_ratio(" ".join(first), " ".join(second)) / 100
    return min(1.0, (2 * ordered + shared) / 3)


def _words(text: str, longer: dict[str, str]) -> list[str]:
    return [word for word in (longer.get(word, word) for word in text.split()) if word]


def _weight(word: str) -> float:
    return GENERIC_WEIGHT if word in _GENERIC else min(1.0, 0.4 + 0.15 * len(word))


def _by_words(first: list[str], second: list[str]) -> float:
    """The weight of words that have a partner, against all words of both."""
    pairs = sorted(
        (
            (_word_likeness(a, b), at, to)
            for at, a in enumerate(first)
            for to, b in enumerate(second)
        ),
        reverse=True,
    )
    left, right = set(range(len(first))), set(range(len(second)))
    shared = 0.0
    for alike, at, to in pairs:
        if alike < SOUND_WORD:
            break
        if at in left and to in right:
            left.remove(at)
            right.remove(to)
            shared += alike * (_weight(first[at]) + _weight(second[to]))
    return shared / (sum(map(_weight, first)) + sum(map(_weight, second)))


def _word_likeness(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and long.startswith(short):
        return 0.8  # an initial
    return Indel.normalized_similarity(one, other)
