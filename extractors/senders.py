"""Who sends a bill: the name and address of the letterhead, the sender line or the footer."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

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
from extractors.interface import Box, Field
from extractors.layout import Row, Sheet, beneath
from extractors.profiles import among, plain_words
from extractors.values import dates

LEAST = 0.0005
"""Header lines less likely than this are not handed on; matching looks at all that are."""

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

SENTENCE = 9
"""Words: a line with more is a sentence, not a name."""

_SETTLED = re.compile(r"(?<!\d)\d{5}(?!\d)|^\W*(?:[A-Z]-)?\d{4}\s+[A-Z]")
_SITE = re.compile(r"(?:@|www\.|https?://)([a-z0-9][a-z0-9\-]{3,62})\.", re.IGNORECASE)
_FREE_MAIL = frozenset({"gmail", "hotmail", "yahoo", "outlook", "googlemail", "example"})
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
    return ranked("vendor", _candidates(view, found, theirs), least=LEAST)


def _candidates(view: View, found: Sequence[Line], theirs: frozenset[int]) -> Iterator[Candidate]:
    known = view.profile.words
    sites = _sites(found)
    named = _labelled(found)
    texts = Counter("".join(line.words) for line in found)
    rank, begun, tail = 0, False, False
    for place, line in enumerate(found):
        begun = begun or line.title or bool(line.meanings & _OPENINGS)
        if not _nameable(line):
            tail = False
            continue
        name, words, joined = _full_name(line, found[place + 1 : place + 3], known)
        signs = _signs(line, words, found[place + 1 : place + 4 + joined], sites, known)
        buyer = id(line.row) in theirs
        plausible = not buyer and not any(signs[sign] for sign in _IMPLAUSIBLE)
        early = plausible and line.sheet.number == 1 and not tail
        signs |= {
            "early": 1 / (1 + rank) if early else 0.0,
            "buyer": float(buyer),
            "labelled": float(id(line.row) in named),
            "again": float(texts["".join(line.words)] > 1),
            "after title": float(begun and not line.title),
            "tail": float(tail),
        }
        rank += early
        tail = joined > 0
        if name:
            yield _named(name, line.row, line.sheet, signs)


def _nameable(line: Line) -> bool:
    """It may be a name: letters enough, and nothing that only other lines hold."""
    letters = sum(one.isalpha() for one in line.text)
    return letters >= len("ab") and not line.contact and len(line.text) <= LONGEST_NAME


def _named(value: str, row: Row, sheet: Sheet, signs: Mapping[str, float]) -> Candidate:
    return Candidate(
        name="vendor",
        value=value,
        text=row.text,
        page=sheet.number,
        box=row.box,
        reader=row.confidence_of(0, len(row.text)),
        source=sheet.source,
        signs=signs,
    )


def _labelled(found: Sequence[Line]) -> frozenset[int]:
    """The rows that a label names as the sender: "From:", "Seller:", "Remit to:"."""
    rows: set[int] = set()
    under = sections(found)
    for line in found:
        label = next(iter(line.labels), None)
        if label is None or label.spot.start > 0:
            continue
        if label.meaning == "vendor":
            said = stated(found, line, label)
            if said is not None:
                rows.add(id(said[1].row))
            elif label.alone or line.key:
                name = first_name(block(found, line))
                rows |= {id(name.row)} if name is not None else set()
        elif label.meaning == "party_name" and under.get(id(line)) == "vendor":
            value = stated(found, line, label)
            target = value[1] if value else beside(found, line)
            if target is not None:
                rows.add(id(target.row))
    return frozenset(rows)


def _signs(
    line: Line,
    words: Sequence[str],
    after: Sequence[Line],
    sites: Sequence[str],
    known: Words,
) -> dict[str, float]:
    text = line.text
    compact = "".join(words)
    digits = sum(one.isdigit() for one in text)
    below = [one for one in after if one.sheet is line.sheet and _under(line, one)]
    sender = line.street and len(_parts(line, known)) > 1
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
        "stamp": float(bool(words) and set(words) <= known["stamp"]),
        "former": float("formerly" in words or "licensee" in words),
    }


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


def _parts(line: Line, known: Words) -> list[str]:
    """The parts of a sender line ("Name - street - town"), or but the whole text."""
    parts = [part for part in _PARTED.split(line.text) if part.strip()]
    first = plain_words(parts[0]) if parts else ()
    if len(parts) > 1 and first and not is_street(parts[0], first, known):
        return parts
    return [line.text]


def _full_name(line: Line, after: Sequence[Line], known: Words) -> tuple[str, tuple[str, ...], int]:
    """The name as printed, its words, and how many of the lines *after* belong to it.

    Registration number and label are cut off; a line belongs that ends the name with a legal form
    or the word for a trade.
    """
    text = _parts(line, known)[0] if line.street else line.text
    for label in line.labels:
        named = label.meaning in ("vendor", "party_name") and label.spot.start == 0
        if named and text[label.spot.end :].lstrip().startswith(":"):
            text = text[label.spot.end :]
        if label.meaning == "title" and label.spot.end == len(line.text) and label.spot.start > 0:
            text = text.removesuffix(label.spot.text)
    text = REGISTERED.sub("", text)
    joined = 0
    last = line
    for following in after:
        if not (_continues(line, last, following, known) and _is_rest(text, following, known)):
            break
        text = f"{text} {REGISTERED.sub('', following.text)}"
        joined += 1
        last = following
    name = " ".join(text.strip(" -\u2013:;,.*|_·'").split())
    return name, plain_words(name), joined


def _continues(line: Line, last: Line, after: Line, known: Words) -> bool:
    """A line close below the last one of a name, of like size and length."""
    if after.sheet is not line.sheet or after.contact or after.money or line.street:
        return False
    if after.labels and not legal(after.words, known):
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


# --- the sender's address ------------------------------------------------------------------------


_STOPS = frozenset(
    {
        "date",
        "due_date",
        "other_date",
        "invoice_number",
        "slip_number",
        "po_number",
        "description",
        "quantity",
        "unit",
        "total",
        "terms",
        "iban",
        "buyer",
        "ship_to",
        "currency",
        "summary",
    }
)


def address(view: View, found: Sequence[Line], names: Sequence[Field]) -> tuple[Field, ...]:
    """The lines under the sender's name that are an address, or the rest of a sender line."""
    candidates = []
    for name in names[:3]:
        at = next((at for at, one in enumerate(found) if one.box == name.box), None)
        if at is None:
            continue
        own = _parts(found[at], view.profile.words) if found[at].street else []
        if len(own) > 1:
            parts = [replace(found[at], text=" ".join(own[1:]))]
            candidates.append(_address_candidate(parts, stopped=True, name=name))
            continue
        lines, stopped = _address_lines(found, at, view.profile.words)
        if lines:
            candidates.append(_address_candidate(lines, stopped=stopped, name=name))
    return ranked("vendor_address", candidates, kept=2, least=LEAST)


def _address_candidate(lines: Sequence[Line], *, stopped: bool, name: Field) -> Candidate:
    box: Box = lines[0].box
    for line in lines[1:]:
        box = box.union(line.box)
    sure = sum(line.row.confidence_of(0, len(line.row.text)) for line in lines) / len(lines)
    return Candidate(
        name="vendor_address",
        value=" ".join(" ".join(line.text for line in lines).split()),
        text="\n".join(line.text for line in lines),
        page=lines[0].sheet.number,
        box=box,
        reader=sure,
        source=lines[0].sheet.source,
        signs={
            "name": name.confidence,
            "postcode": float(any(POSTCODE.search(line.text) for line in lines)),
            "street": float(any(line.street for line in lines)),
            "lines": float(min(len(lines), 4) - 1),
            "one line": float(len(lines) == 1),
            "stopped": float(stopped),
        },
    )


def _address_lines(found: Sequence[Line], at: int, known: Words) -> tuple[list[Line], bool]:
    """The address below the name at *at*, and whether something ended it that does so."""
    kept: list[Line] = []
    for line in block(found, found[at]):
        if line.contact or line.registered or _is_noise(line):
            if any(one.street for one in kept):
                return _from_street(kept), True
            continue
        if line.money or line.title or _stops(line):
            return _from_street(kept), bool(kept)
        settled = any(_SETTLED.search(one.text) for one in kept)
        if len(kept) == BLOCK_ROWS or (settled and not _goes_on(line, known)):
            break
        kept.append(line)
    return _from_street(kept), False


def _stops(line: Line) -> bool:
    """A label of something else begins here, other than inside a line of an address."""
    return line.first in _STOPS and not (line.street and POSTCODE.search(line.text))


def _is_noise(line: Line) -> bool:
    """A date, or a number of the shop, between name and address."""
    return line.first == "other_number" or bool(dates.find(line.text))


def _goes_on(line: Line, known: Words) -> bool:
    """After the line with the postal code: a country, a branch with its number or in brackets."""
    placed = line.street or among(line.words, known["place"]) > 0
    return placed or line.text.startswith("(") or any(one.isdigit() for one in line.text)


def _from_street(kept: list[Line]) -> list[Line]:
    """The lines from the first that is of an address."""
    first = next((at for at, line in enumerate(kept) if line.street), None)
    return [] if first is None else kept[first:]
