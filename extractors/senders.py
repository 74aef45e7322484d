"""Who sends a bill: the name and address of the letterhead, the sender line or the footer."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from rapidfuzz import fuzz

from extractors.blocks import (
    BLOCK_ROWS,
    POSTCODE,
    REGISTERED,
    Line,
    Words,
    beside,
    block,
    first_name,
    is_street,
    legal,
    sections,
    stated,
)
from extractors.candidates import Candidate, View, ranked
from extractors.interface import Field
from extractors.layout import beneath
from extractors.profiles import among, plain_words
from extractors.rivals import weighed

LEAST = 0.0005
"""Header lines less likely than this are not handed on; matching looks at all that are."""

READINGS = 6
"""Readings of a name that are handed on: there are several forms of most."""

LONGEST_NAME = 90
"""Characters: longer lines are no name."""

LONGEST_HALF = 6
"""Words that either line of a name on two lines has, at most."""

STRANGE_LETTERS = 5
"""Letters of other words that a line may have that continues a name with a legal form."""

UNDER = 0.3
"""Of the narrower one's width: what two lines of one name or block share."""

ALIKE = 1.8
"""Both lines of a name are less than this many times as high as the other."""

GLUED = 12
"""Letters from which a word may be several that a reader has glued together."""

TELLING = 6
"""Letters of a word for a trade that is looked for inside glued words."""

GARBLED_OWNER = 70.0
"""Likeness, 0 to 100, from which the first word of a label is a garbled "operated"."""

TELLING_WORD = 4
"""Letters from which a word that begins both lines of a name ties them together."""

GARBLED_STAMP = 75.0
"""Likeness, 0 to 100, from which a word is a garbled one of a stamp."""

SENTENCE = 9
"""Words: a line with more is a sentence, not a name."""

_SETTLED = re.compile(r"(?<!\d)\d{5}(?!\d)|^\W*(?:[A-Z]-)?\d{4}\s+[A-Z]")
_PERSON = re.compile(r"\b([^\W\d_]+(?:[._-][^\W\d_]+)+)@")
_SITE = re.compile(r"(?:@|www\.|https?://)([a-z0-9][a-z0-9\-]{3,62})\.", re.IGNORECASE)
_FREE_MAIL = frozenset({"gmail", "hotmail", "yahoo", "outlook", "googlemail", "example"})
_FORM_ALIKE = re.compile(r"\b[S5$][/.]?[B8D][/.]?$|\b\wd?n[. ]*\w?h\w$", re.IGNORECASE)
OWNED = re.compile(r"own|operat|manag|licen|behalf", re.IGNORECASE)
_OWNERS = ("owned", "operated", "managed", "licensed", "licensee")
_FORMER = re.compile(r"[\s(\[]+(?:f\.?\s?k\.?\s?a|formerly|previously)\b.*$", re.IGNORECASE)
_SLASHED_FORM = re.compile(r"(?<=\s)[S5$]\s?/\s?[B8](?=\W*$)")
"""The Malaysian abbreviation S/B at the end of a name, as it is printed or misread."""
_WORDS = re.compile(r"[\w/.]+")
_PARTED = re.compile(r"\s+[-\u2013·•|*]\s+|\s*[·•|]\s*|\s{2,}")


_OPENINGS = frozenset({"date", "invoice_number", "slip_number", "description", "buyer"})
_NAMED = frozenset({"vendor", "party_name"})
_IMPLAUSIBLE = (
    "stamp",
    "title",
    "small letters",
    "sentence",
    "street",
    "label",
    "key",
    "money",
    "few letters",
    "former",
)


def vendor(view: View, found: Sequence[Line], theirs: frozenset[int]) -> tuple[Field, ...]:
    """The readings of the sender's name; header lines stay among them as runners-up.

    *theirs* are the identities of the rows that belong to the buyer.
    """
    candidates = weighed(list(_in_full(list(_candidates(view, found, theirs)))))
    return ranked("vendor", candidates, kept=READINGS, least=LEAST)


def _in_full(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    """A short name that begins the legal one on another line is but that firm's short name."""
    whole = {
        (_compact(one.value), one.box)
        for one in candidates
        if "legal" in one.signs and "joined" not in one.signs
    }
    for one in candidates:
        name = _compact(one.value)
        short = "legal" not in one.signs and any(
            full.startswith(name) and full != name and box != one.box for full, box in whole
        )
        yield replace(one, signs={**one.signs, "short for": 1.0}) if short else one


def _compact(name: object) -> str:
    return "".join(plain_words(str(name)))


def _candidates(view: View, found: Sequence[Line], theirs: frozenset[int]) -> Iterator[Candidate]:
    known = view.profile.words
    sites, people = _sites(found), _people(found)
    named = _labelled(found)
    texts = Counter("".join(line.words) for line in found)
    sent = _addressed(found, theirs)
    rank, begun, tail = 0, False, False
    for place, line in enumerate(found):
        begun = begun or line.title or bool(line.meanings & _OPENINGS)
        if not _nameable(line):
            tail = False
            continue
        after = takewhile(
            lambda one: _compact(one.text) not in people, found[place + 1 : place + 3]
        )
        forms = list(_forms(line, tuple(after), known))
        belonging = next(form.lines for form in forms if form.belongs)
        buyer = id(line.row) in theirs
        early = 0.0
        for form in forms:
            signs = _signs(form, found[place + 1 : place + 4 + form.lines - 1], sites, known)
            plausible = not buyer and not any(signs[sign] for sign in _IMPLAUSIBLE)
            if form.belongs and plausible and line.sheet.number == 1 and not tail:
                early = 1 / (1 + rank)
            titled = named.get(id(line.row)) == "named"
            signs |= dict(form.signs) | {
                "early": early,
                "buyer": float(buyer),
                "labelled": float(titled),
                "labelled lines": titled * (form.lines - 1) * (1 - form.signs["second form"]),
                "owner": float(named.get(id(line.row)) == "owner"),
                "again": float(texts["".join(line.words)] > 1),
                **sent.get(id(line), {}),
                "after title": float(begun and not line.title),
                "tail": float(tail),
            }
            if form.name:
                yield _named(form, signs)
        rank += early > 0
        tail = belonging > 1


def _addressed(found: Sequence[Line], theirs: frozenset[int]) -> dict[int, dict[str, float]]:
    """What speaks for lines over an address with its postcode that is not the buyer's.

    Signs by identity of the line: it is the only such address, and a label names the buyer of
    another; a number of a register or a telephone stands in the block.
    """
    whole: dict[int, tuple[int, dict[str, float]]] = {}
    for line in found:
        if not _nameable(line) or line.street or line.key or line.title or id(line.row) in theirs:
            continue
        below = block(found, line)[:BLOCK_ROWS]
        post = next((one for one in below if one.street and POSTCODE.search(one.text)), None)
        if post is not None and any(one.street for one in below[:2]):
            whole[id(line)] = (
                id(post),
                {
                    "whole address": 1.0,
                    "number in block": float(any(one.registered for one in below)),
                    "contact in block": float(any(one.contact for one in below)),
                },
            )
    sole = float(len({post for post, _ in whole.values()}) == 1)
    left = {"sole address": sole, "other party": sole * bool(theirs)}
    return {line: signs | left for line, (_, signs) in whole.items()}


def _nameable(line: Line) -> bool:
    """It may be a name: letters enough, and nothing that only other lines hold."""
    letters = sum(one.isalpha() for one in line.text)
    return letters >= len("ab") and not line.contact and len(line.text) <= LONGEST_NAME


def _named(form: "Form", signs: Mapping[str, float]) -> Candidate:
    line = form.line
    return Candidate(
        name="vendor",
        value=form.name,
        text=line.text,
        page=line.sheet.number,
        box=line.box,
        reader=line.row.confidence_of(0, len(line.text)),
        source=line.sheet.source,
        signs={sign: strength for sign, strength in signs.items() if strength},
    )


def _people(found: Sequence[Line]) -> frozenset[str]:
    """The persons of mail addresses such as given.name@: no part of a firm's name on its line."""
    return frozenset(_compact(one) for line in found for one in _PERSON.findall(line.text))


def _labelled(found: Sequence[Line]) -> dict[int, str]:
    """The rows that a label names: the sender ("Seller:"), or who owns the shop ("Owned by")."""
    rows: dict[int, str] = {}
    under = sections(found)
    for line in found:
        label = next(iter(line.labels), None)
        if label is None or label.spot.start > 0:
            continue
        if label.meaning == "vendor":
            sign = "owner" if _owns(label.spot.text) else "named"
            said = stated(found, line, label)
            if said is not None:
                rows[id(said[1].row)] = sign
            elif label.alone or line.key:
                name = first_name(block(found, line))
                rows |= {id(name.row): sign} if name is not None else {}
        elif label.meaning == "party_name" and under.get(id(line)) == "vendor":
            value = stated(found, line, label)
            target = value[1] if value else beside(found, line)
            if target is not None:
                rows[id(target.row)] = "named"
    return rows


def _owns(label: str) -> bool:
    """A label says who runs the shop ("Operated by"), be it garbled."""
    first = next(iter(plain_words(label)), "")
    return bool(OWNED.match(label)) or any(
        fuzz.ratio(first, one) >= GARBLED_OWNER for one in _OWNERS
    )


def _signs(
    form: "Form", after: Sequence[Line], sites: Sequence[str], known: Words
) -> dict[str, float]:
    line, words = form.line, plain_words(form.name)
    text = line.text
    compact = "".join(words)
    places = among(words, known["street"]) + among(words, known["place"])
    digits = sum(one.isdigit() for one in compact)
    below = [one for one in after if one.sheet is line.sheet and _under(line, one)]
    sender = line.street and len(parts(line, known)) > 1
    others = {
        label.meaning
        for label in line.labels
        if label.strength == 1
        and label.spot.start == 0
        and (label.alone or label.meaning not in _NAMED)
    } - {"company_id", "tax_id", "title", "paid"}
    return {
        "legal": float(legal(words, known)),
        "business": float(_trades(words, known["business"])),
        "tall": min(max(line.box.height / line.sheet.letter - 1.15, 0.0), 1.5),
        "street": float(line.street and not sender),
        "sender line": float(sender),
        "place": float(places > 0),
        "form alike": float(bool(_FORM_ALIKE.search(form.name)) and not legal(words, known)),
        "title": float(line.title),
        "label": float(bool(others)),
        "key": float(line.key),
        "money": float(line.money),
        "priced": float(line.priced),
        "figures": 0.0 if sender else digits / max(1, len(compact)),
        "sentence": float(len(words) >= SENTENCE),
        "address below": float(any(one.street for one in below[:2])),
        "number below": float(any(one.registered for one in below[:1])),
        "site": float(any(_shares(compact, site) for site in sites)),
        "small letters": float(text.islower()),
        "few letters": float(sum(one.isalpha() for one in text) < len("four")),
        "registered": float(bool(REGISTERED.search(text)) and not line.street),
        "top": float(line.box.top < line.sheet.height / 4),
        "another page": float(line.sheet.number > 1),
        "stamp": float(_stamped(words, known)),
        "stamp first": float(_stamped(line.words, known)),
        "speech": float(among(words, known["speech"]) > 0),
        "strange letters": float(not any(one.isascii() and one.isalpha() for one in text)),
        "former": float("formerly" in words or "licensee" in words),
    }


def _stamped(words: Sequence[str], known: Words) -> bool:
    """Nothing but words of a stamp, be they garbled."""
    return bool(words) and all(
        any(fuzz.ratio(word, one) > GARBLED_STAMP for one in known["stamp"]) for word in words
    )


def _trades(words: Sequence[str], known: frozenset[str]) -> bool:
    """A word for a trade is among the words, or inside one that a reader has glued together."""
    glued = [word for word in words if len(word) >= GLUED]
    return among(words, known) > 0 or any(
        len(trade) >= TELLING and trade in word for word in glued for trade in known
    )


def _under(upper: Line, lower: Line) -> bool:
    return beneath(upper.box, lower.box) > UNDER or lower.at <= upper.at + 1


def _sites(found: Sequence[Line]) -> tuple[str, ...]:
    """The names of mail and web domains on the pages."""
    names = {match[1].lower() for line in found for match in _SITE.finditer(line.text)}
    return tuple(name.replace("-", "") for name in names - _FREE_MAIL)


def _shares(compact: str, site: str) -> bool:
    short, long = sorted((compact, site), key=len)
    return len(short) >= len("five!") and (short in long or long.startswith(short[:7]))


def parts(line: Line, known: Words) -> list[str]:
    """The parts of a sender line ("Name - street - town"), or but the whole text."""
    parts = [part for part in _PARTED.split(line.text) if part.strip()]
    first = plain_words(parts[0]) if parts else ()
    if len(parts) > 1 and first and not is_street(parts[0], first, known):
        return parts
    return [line.text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to read a name that begins on *line*: over how many *lines* it goes, cut or whole.

    *belongs* marks the one of its lines that, by their words, make up one name.
    """

    name: str
    line: Line
    lines: int
    belongs: bool
    signs: Mapping[str, float]


def _forms(line: Line, after: Sequence[Line], known: Words) -> Iterator[Form]:
    """The name as printed on its line, and with the lines below that may continue it.

    Registration number and label are cut off; that with what follows a legal form cut off is
    another reading, never a repair.
    """
    text, joined = _bare(line, known), [line]
    texts = [text]
    for following in after:
        if not _continues(line, joined[-1], following, known):
            break
        joined.append(following)
        texts.append(f"{texts[-1]} {REGISTERED.sub('', following.text)}")
    belonging = 1
    while belonging < len(joined) and _is_rest(texts[belonging - 1], joined[belonging], known):
        belonging += 1
    for count, whole in enumerate(texts, 1):
        signs = {
            "joined": float(count > belonging),
            "joined twice": float(count > belonging + 1),
            "begun": float(count < belonging),
            "lines": float(count - 1),
            "second form": float(count > 1 and legal(plain_words(texts[count - 2]), known)),
            "form below": float(count > belonging and legal(joined[count - 1].words, known)),
            "left": float(count == belonging < len(joined)),
            "shared word": float(count > belonging and _share(joined[count - 2 : count], known)),
        }
        cut = _cut(whole, known)
        behind = float(sum(one.isdigit() for one in whole[len(cut) :]) >= len("1234"))
        more = {"more": 1.0, "more figures": behind} if cut else {}
        yield _form(whole, line, count, count == belonging, signs | more)
        if cut:
            yield _form(cut, line, count, False, signs | {"cut": 1.0, "cut figures": behind})
        slashed = _SLASHED_FORM.search(whole.rstrip())
        if slashed and slashed[0] != "S/B":
            mended = f"{whole[: slashed.start()]}S/B"
            yield _form(mended, line, count, count == belonging, signs | {"mended form": 1.0})


def _share(two: Sequence[Line], known: Words) -> bool:
    """Both lines begin with the same word, words for trades read over."""
    first, second = (
        next((word for word in line.words if not _is_form(word, known)), "") for line in two
    )
    return first == second and len(first) >= TELLING_WORD


def _form(text: str, line: Line, count: int, belongs: bool, signs: Mapping[str, float]) -> Form:
    name = " ".join(text.strip(" -\u2013:;,.*|_·'").split())
    return Form(name=name, line=line, lines=count, belongs=belongs, signs=signs)


def _bare(line: Line, known: Words) -> str:
    """The text of a line without label and registration number."""
    text = parts(line, known)[0] if line.street else line.text
    for label in line.labels:
        named = label.meaning in ("vendor", "party_name") and label.spot.start == 0
        if named and text[label.spot.end :].lstrip().startswith(":"):
            text = text[label.spot.end :]
        if label.meaning == "title" and label.spot.end == len(line.text) and label.spot.start > 0:
            text = text.removesuffix(label.spot.text)
    return REGISTERED.sub("", _FORMER.sub("", text))


def _cut(text: str, known: Words) -> str:
    """The text up to the last legal form in it, if figures, brackets or a stamp follow.

    Plain words are part of a name: "Muster AG Nord".
    """
    found = [
        match.end()
        for match in _WORDS.finditer(text)
        for size in (2, 1)
        if " ".join(plain_words(text[: match.end()])[-size:]) in known["legal"]
    ]
    end = max(found, default=0)
    rest = text[end:].strip(" .,)(")
    part_of_it = rest.replace(" ", "").isalpha() and not _stamped(plain_words(rest), known)
    if not (end and rest) or (part_of_it and "(" not in text[end:]):
        return ""
    return text[:end] if len(plain_words(text[:end])) > 1 else ""


def _continues(line: Line, last: Line, after: Line, known: Words) -> bool:
    """A line close below the last one of a name, of like size and length, and no fuller name."""
    if after.sheet is not line.sheet or after.contact or after.money or line.street:
        return False
    formal = legal(after.words, known)
    if "".join(after.words).startswith("".join(last.words)):
        return False
    if ":" in after.text or ((after.labels or after.street) and not formal):
        return False
    box, below = last.box, after.box
    near = -box.height < below.top - box.bottom < box.height and beneath(box, below) > UNDER
    low, high = sorted((max(1, box.height), max(1, below.height)))
    short = max(len(line.words), len(after.words)) <= LONGEST_HALF
    return near and short and high < ALIKE * low


def _is_rest(text: str, after: Line, known: Words) -> bool:
    """A line that cannot be a name by itself, after the *text* of the name so far."""
    if text.count("(") > text.count(")"):
        return True
    if legal(plain_words(text), known):
        return False
    if after.text.startswith("(") and legal(after.words, known):
        return True
    tail = [word for word in after.words if len(word) > 1]
    strange = sum(len(word) for word in tail if not _is_form(word, known))
    return bool(tail) and _is_form(tail[0], known) and strange <= STRANGE_LETTERS


def _is_form(word: str, known: Words) -> bool:
    """A word that cannot be a name by itself: a legal form or the word for a trade."""
    return word in known["legal"] or word in known["business"]
