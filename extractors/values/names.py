"""Names of companies and people: folded for comparison, and how alike two of them are."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

_LEGAL_FORMS = (
    "sdn bhd, berhad, bhd, pte ltd, pvt ltd, private limited, limited liability company, "
    "public limited company, gmbh, mbh, ohg, gbr, ltd, limited, plc, llc, l l c, llp, inc, "
    "incorporated, corp, corporation, company, co, sarl, s a r l, sas, s a s, sasu, eurl, "
    "s r l, srl, s p a, pty ltd, pty, kft, sp z o o, e k, e v, tbk"
).split(", ")
"""Legal forms that are nothing else wherever they stand in a name."""

_ENDINGS = "ag, kg, se, ug, ek, lp, sa, s a, sl, s l, bv, b v, nv, n v, a s, aps, ab, oy, sb".split(
    ", "
)
"""Legal forms at the end of a name only: elsewhere these letters are initials."""

_GLUED_FORMS = "sdnbhd sdn bhd gmbh pteltd pvtltd".split()
"""Legal forms recognised when they are glued to the name."""

_LOOKALIKES = str.maketrans("0158i", "olsbl")
"""Letters and digits that readers confuse, taken for one where names are compared."""

_GENERIC = frozenset(
    "and the of enterprise enterprises trading trade restaurant restaurants restoran cafe shop "
    "store stores mart market supermarket hardware stationery service services solutions group "
    "holding holdings international global marketing industries industry supply supplies cash "
    "carry management resources consulting systems technologies technology bank hotel foods food "
    "centre center m malaysia".translate(_LOOKALIKES).split()
)
"""Words that many companies share, look-alikes folded."""

LONGEST = 200
"""Characters of a name; what follows is no name."""

GENERIC_WEIGHT = 0.35
"""What a word that many companies share counts for, against 1 for a telling one."""

GENERIC_SHARE = 0.3
"""What letters of such words count for where names are compared without their spaces."""

NOT_QUITE = 0.99
"""The greatest likeness of names that are not letter for letter the same."""

ACRONYM = 0.75
"""Likeness of a name and its initials: a hint, not a proof."""

INITIAL = 0.8
"""Likeness of a word and its first letter."""

SOUND_WORD = 0.76
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
    "engg": "engineering",
    "pkg": "packaging",
    "solns": "solutions",
    "tech": "technology",
    "und": "and",
    "et": "and",
}
_JOINING = frozenset("and the of".split())

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
    "no": " ",
}


_ANYWHERE = re.compile(
    r"(?<= )(?:" + "|".join(sorted(_LEGAL_FORMS, key=len, reverse=True)) + r")(?= |$)"
)
_AT_END = re.compile(
    rf" (?:{'|'.join(sorted(_ENDINGS, key=len, reverse=True))}|and)$"
    rf"|(?<=\w{{4}})(?:{'|'.join(_GLUED_FORMS)})$"
)
_SDN_BHD = re.compile(
    r"\b[s5]\s?/\s?[b8d]\b|\bs[dob0][nm] ?\.? ?[b83][hn][d0o]\b|(?<=\w{4})sdn ?bh[d0o]\b"
)
"""The Malaysian private company, abbreviated and as it is misread."""

_REGISTERED = re.compile(r"\(?[\w/\-]*\d{5}[\w/\-]*\)?|\((?=[^)]*\d{4})[^)]*\)")
"""Registration numbers beside a name, in brackets or not."""


@lru_cache(maxsize=8192)
def fold_name(name: str) -> str:
    """A name without case, accents, punctuation, registration number and legal form.

    "Müller & Söhne GmbH (HRB 12345)" becomes "muller and sohne"; a name that is only a legal form
    stays.
    """
    name = _unaccented(name)[:LONGEST]
    plain = _plain(_SDN_BHD.sub(" sdn bhd ", _REGISTERED.sub(" ", name))) or _plain(name)
    bare = plain
    while (shorter := _AT_END.sub("", " ".join(_ANYWHERE.sub(" ", bare).split()))) != bare:
        bare = shorter
    return bare


def fold_beside(read: str, known: str) -> str:
    """A name that was read, folded; of the known one's legal form it may have only the beginning.

    "Golden Dairy Pt" beside "Golden Dairy Pte Ltd" is "golden dairy".
    """
    words, stated, bare = _words(read), _words(known), fold_name(known).split()
    form, rest = stated[len(bare) :], words[len(bare) :]
    cut = stated[: len(bare)] == bare and 0 < len(rest) <= len(form)
    if cut and all(whole.startswith(one) for one, whole in zip(rest, form, strict=False)):
        return fold_name(" ".join(words[: len(bare)]))
    return fold_name(read)


def _words(name: str) -> list[str]:
    """All words of a name, its legal form too, without case, accents and punctuation."""
    return _plain(_unaccented(name)[:LONGEST]).split()


def is_short_for(short: str, word: str) -> bool:
    """Whether a folded word is the beginning of another, or a customary abbreviation of it."""
    return word.startswith(short) or _ABBREVIATIONS.get(short) == word


def _unaccented(text: str) -> str:
    """Small letters without accents; typographic forms are plain ones."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(one for one in text if not unicodedata.combining(one))


def _plain(text: str) -> str:
    """Words of letters and digits, one space between them."""
    text = re.sub(r"['\u2019`]", "", text.replace("&", " and "))
    return " ".join(re.sub(r"[^\w]|_", " ", text).split())


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0 to 1; the same whichever comes first.

    Legal forms, word order, glued words, initials and misread letters are forgiven; a word that
    many companies share ("Trading") proves little.
    """
    first, second = sorted((fold_name(one), fold_name(other)))
    if not first:
        return 0.0
    if first == second:
        return 1.0
    return min(NOT_QUITE, _likeness(_parts(first), _parts(second)))


def is_telling(word: str) -> bool:
    """Whether a folded word is none that many companies share ("trading")."""
    return _seen(_ABBREVIATIONS.get(word, word)) not in _GENERIC


def address_likeness(one: str, other: str) -> float:
    """How alike two addresses are, 0 to 1: words and numbers that both have, in any order."""
    first, second = sorted(
        _seen(" ".join(_PLACES.get(word, word) for word in _plain(text).split()))
        for text in (one, other)
    )
    if not first:
        return 0.0
    ordered = fuzz.token_sort_ratio(first, second)
    shared = fuzz.token_set_ratio(first, second)
    return (2 * ordered + shared) / 300


_UMLAUT = re.compile("ae|oe|ue")
"""How German writes a, o and u with dots where it has none."""

_GENERIC_LETTERS = re.compile(
    "|".join(sorted((one for one in _GENERIC if len(one) >= len("cash")), key=len, reverse=True))
)


@dataclass(frozen=True, slots=True)
class _Parts:
    """A folded name taken apart for comparison: its words and what each of them counts for."""

    words: tuple[str, ...]
    weights: tuple[float, ...]
    glued: str
    core: str
    initials: str


@lru_cache(maxsize=8192)
def _parts(folded: str) -> _Parts:
    words = [_seen(_ABBREVIATIONS.get(word, word)) for word in folded.split()]
    glued = _seen(folded.replace(" ", ""))
    return _Parts(
        words=tuple(words),
        weights=tuple(map(_weight, words)),
        glued=glued,
        core=_GENERIC_LETTERS.sub("", glued),
        initials="".join(word[0] for word in words if word not in _JOINING),
    )


def _likeness(first: _Parts, second: _Parts) -> float:
    return max(_glued(first, second) ** 2, _by_words(first, second), _acronym(first, second))


def _acronym(first: _Parts, second: _Parts) -> float:
    for short, long in ((first, second), (second, first)):
        if len(long.initials) >= len("abc") and short.words == (long.initials,):
            return ACRONYM
    return 0.0


def _glued(first: _Parts, second: _Parts) -> float:
    """Likeness without spaces; letters of words that many companies share count for less."""
    whole = Indel.normalized_similarity(first.glued, second.glued)
    if min(len(first.core), len(second.core)) < len("abc"):
        return whole
    core = Indel.normalized_similarity(first.core, second.core)
    return GENERIC_SHARE * whole + (1 - GENERIC_SHARE) * core


def _seen(text: str) -> str:
    """Letters as they may be seen: look-alikes and the two ways to write an umlaut are one."""
    return _UMLAUT.sub(lambda two: two[0][0], text).translate(_LOOKALIKES)


def _weight(word: str) -> float:
    return GENERIC_WEIGHT if word in _GENERIC else min(1.0, 0.4 + 0.15 * len(word))


def _by_words(first: _Parts, second: _Parts) -> float:
    """The weight of words that have a partner, against all words of both."""
    pairs = sorted(
        (
            (alike, at, to)
            for at, a in enumerate(first.words)
            for to, b in enumerate(second.words)
            if (alike := _word_likeness(a, b)) >= SOUND_WORD
        ),
        reverse=True,
    )
    left, right = set(range(len(first.words))), set(range(len(second.words)))
    shared = 0.0
    for alike, at, to in pairs:
        if at in left and to in right:
            left.remove(at)
            right.remove(to)
            shared += alike * (first.weights[at] + second.weights[to])
    return shared / (sum(first.weights) + sum(second.weights))


def _word_likeness(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) == 1 and long.startswith(short):
        return INITIAL
    return Indel.normalized_similarity(one, other, score_cutoff=SOUND_WORD)
