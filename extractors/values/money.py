"""Amounts of money in text: a strict grammar, with look-alikes mended only where it says no.

A wrong amount is worse than none. The grammar takes the ways in which people print money and
nothing else; an unknown character rejects the text. What optical readers garble ("1Z.5O", "22 ,58")
gives a reading that says so (`repaired`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.values.currencies import AFTER, BEFORE, currency_of, iso_code, shared_mark

__all__ = ["Money", "currency_of", "find", "joined", "readings", "shared_mark"]

CENTS_DIGITS = 2
"""Decimals that say how many hundredths."""

THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
"""Currencies whose coins are thousandths (ISO 4217)."""

LONGEST = 48
"""Characters of a single amount; longer text is a sentence."""


@dataclass(frozen=True, slots=True)
class Money:
    """One reading of an amount.

    *currency* is an ISO code where one was printed with the amount. *cents* says that the smallest
    coins were printed: two decimals (three in dinars), or a dash in their place. *repaired* says
    that look-alikes or stray spaces were mended to get here.
    """

    amount: Decimal
    currency: str | None
    text: str
    repaired: bool = False
    cents: bool = True


_NUMBER = r"""
    (?P<comma>    \d{1,3} (?:,\d{3})+                    (?:\.\d{1,4})?   )   # 1,234.56
  | (?P<dot>      \d{1,3} (?:\.\d{3})+                   (?:,\d{1,4})?    )   # 1.234,56
  | (?P<tick>     \d{1,3} (?:['\u2019\u00b4`]\d{3})+     (?:[.,]\d{1,4})? )   # 1'234.56
  | (?P<thin>     \d{1,3} (?:[\u00a0\u2009\u202f]\d{3})+ (?:[.,]\d{1,4})? )   # typeset spaces
  | (?P<space>    \d{1,3} (?:[ ]\d{3})+                  ,\d{2}           )   # 1 234,56
  | (?P<indian>   \d{1,2} (?:,\d{2})+ ,\d{3}             (?:\.\d{1,2})?   )   # 1,25,00,000.00
  | (?P<plain>    \d{1,12} [.,] \d{1,4}                                   )   # 1234.56
  | (?P<fraction> \d{1,3} (?:,?\d{3}){0,3} [ ]? (?:and|&|[ ]) [ ]? (?:\d\d|no|xx) [ ]?/[ ]?100 )
  | (?P<whole>    \d{1,9}                                                 )   # 1200
"""
_FORMS = ("comma", "dot", "tick", "thin", "space", "indian", "plain", "fraction", "whole")
_MINUS = "[-\u2212\u2013]"
_TAX_MARK = r"\s?(?:SR|ZRL|ZRE|ZR|ES|OS|TX|NR)\b|[STZ]\b"
"""Tax codes that tills print behind an amount."""

_AMOUNT = re.compile(
    rf"""
    (?P<open>\()? (?: (?P<before>{_MINUS}|\+) (?P<apart>\s)? )?
    (?: (?P<lead>{BEFORE}) \s? (?P<behind>{_MINUS})? )? (?: (?P<fill>[*\#=]{{1,12}}) \s? )?
    (?P<number>{_NUMBER})
    (?: [*\#=]{{1,12}} (?!\d) )?
    (?P<tail> \s?/\s?[-=] | [.,][-\u2013]{{1,2}} | {_MINUS}(?!\s?\d)
            | \s?(?:CR|DR)\b | {_TAX_MARK} )?
    (?: \s?(?P<trail>{AFTER}) )? (?P<shut>{_MINUS}(?!\s?\d))? (?(open)\s?\))
    """,
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_BLANKS = re.compile(r"[ \t\r\n]+")


def readings(text: str) -> tuple[Money, ...]:
    """Every amount that the whole *text* can mean, the likeliest first; () where it is no money."""
    if len(text) > LONGEST or not _DIGIT.search(text):
        return ()
    plain = _BLANKS.sub(" ", text).strip()
    match = _AMOUNT.fullmatch(plain)
    return tuple(_read(match, text)) if match else _mended(plain, text)


def find(text: str) -> tuple[tuple[int, int, Money], ...]:
    """Amounts inside a line, as (start, end, amount) in reading order.

    A place that can be read in several ways comes several times, the likeliest reading first.
    Amounts end where their digits end: "9.00" is not found inside "19.00", and nothing is found
    inside dates, clock times, percentages and phone numbers.
    """
    if not _DIGIT.search(text):
        return ()
    found: list[tuple[int, int, Money]] = []
    at = 0
    while match := _AMOUNT.search(text, at):
        at = max(match.end("number"), match.start() + 1)
        start, end = _trimmed(text, *match.span())
        if _stands_alone(text, match, start, end):
            found += [(start, end, one) for one in _read(match, text[start:end])]
            found += _last_group(match)
            at = max(at, match.end())
        else:
            at = _past_run(text, match.start("number"))
    found += _find_mended(text, [(start, end) for start, end, one in found if one.cents])
    return tuple(sorted(found, key=lambda one: one[0]))


def _last_group(match: re.Match[str]) -> Iterator[tuple[int, int, Money]]:
    """19 163,56 may be a 19 and beside it an amount of 163,56."""
    if match["space"] and not match["lead"]:
        end = match.end("space")
        start = end - len("163,56")
        alone = match.string[start:end]
        yield start, end, Money(Decimal(alone.replace(",", ".")), None, alone)


_PARTED = re.compile(
    rf"(?<![\w.,/-])(?:{BEFORE} ?)?\d{{1,3}}(?: ?,[ ]?\d{{3}}|,? \d{{3}})+(?:\.\d\d)?(?![\w.,/:%-])"
)


@dataclass(frozen=True, slots=True)
class Joined:
    """An amount whose groups stand apart, 1 234.56, from *start* to *end* of a line.

    It is *one* where the groups can be nothing by themselves (1 000; 1 ,234.56; $1 234.56); else
    it may be a number with an amount beside it.
    """

    start: int
    end: int
    money: Money
    one: bool


def joined(text: str) -> Iterator[Joined]:
    """The amounts of a line that a space may have parted, read as one, beside what `find` reads."""
    for match in _PARTED.finditer(text) if _DIGIT.search(text) else ():
        plain = re.sub(r"(?<=\d)[ ,]+(?=\d{3})", ",", match[0])
        for money in readings(plain)[:1]:
            one = not match[0][0].isdigit() or re.search(r"\d(?: 0\d\d| \d{3} | ,|, )", match[0])
            repaired = "," in match[0]
            yield Joined(*match.span(), replace(money, text=match[0], repaired=repaired), bool(one))


def _read(match: re.Match[str], printed: str, *, repaired: bool = False) -> Iterator[Money]:
    minus = (match["before"] not in (None, "+"), match["behind"], _is_minus(match["tail"]))
    negative = sum(map(bool, (*minus, match["open"], match["shut"])))
    marks = {code for mark in ("lead", "trail") if match[mark] and (code := iso_code(match[mark]))}
    if negative > 1 or len(marks) > 1 or not _is_amount(match):
        return
    currency = next(iter(marks), None)
    values = _thousandths(match) if currency in THREE_DECIMALS else ()
    for amount, cents in values or _values(match):
        yield Money(-amount if negative else amount, currency, printed, repaired, cents)
        if negative and match["apart"]:  # a dash apart from the digits may part, not subtract
            yield Money(amount, currency, printed, repaired, cents)


def _thousandths(match: re.Match[str]) -> tuple[tuple[Decimal, bool], ...]:
    """The amount in dinars, where three decimals are printed; () where they are not."""
    parts = re.fullmatch(r"([\d.,]*)([.,])(\d{3})", match["number"])
    if parts is None or parts[2] in parts[1]:
        return ()
    return ((Decimal(f"{_digits(parts[1])}.{parts[3]}"), True),)


def _is_minus(tail: str | None) -> bool:
    return tail is not None and (tail in "-\u2212\u2013" or tail.strip() == "CR")


def _is_amount(match: re.Match[str]) -> bool:
    """Leading zeros belong to codes, and a plus to phone numbers, unless money is named."""
    number = match["number"]
    named = bool(match["lead"] or match["trail"] or match["fill"])
    padded = re.match(r"0\d", number) is not None
    return named or not (padded or (match["before"] == "+" and match["whole"]))


def _values(match: re.Match[str]) -> Iterator[tuple[Decimal, bool]]:
    """The amounts that the digits can mean, and whether hundredths were printed."""
    number = match["number"]
    form = next(name for name in _FORMS if match[name] is not None)
    dashed = match["tail"] is not None and "-" in match["tail"] and not _is_minus(match["tail"])
    if form == "fraction":
        yield _hundredths(number), True
        return
    point = _decimal_point(form, number)
    if point is not None:
        whole, part = number[:point], number[point + 1 :]
        yield Decimal(f"{_digits(whole)}.{part}"), len(part) == CENTS_DIGITS
        return
    if not (form != "whole" and number[0] == "0"):
        yield Decimal(_digits(number)), dashed
    if form in ("comma", "dot") and len(re.findall("[.,]", number)) == 1:  # 1.234 may be decimals
        yield Decimal(number.replace(",", ".")), False


def _decimal_point(form: str, number: str) -> int | None:
    """Where the decimals begin, or None for a number without decimals."""
    marks = {"comma": ".", "indian": ".", "dot": ",", "space": ","}.get(form, ".,")
    at = max(number.rfind(mark) for mark in marks)
    return at if at >= 0 else None


def _hundredths(number: str) -> Decimal:
    """123 45/100, as checks are filled in."""
    whole, part = re.split(r"[ ]?(?:and|&|[ ])[ ]?(?=\w+[ ]?/)", number, maxsplit=1)
    cents = re.match(r"\d\d", part)
    return Decimal(f"{_digits(whole)}.{cents[0] if cents else '00'}")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


# ---- where an amount stands in a line ----

_PIECE_BEFORE = re.compile(r"(?:\d[.,:/'\u2019\-\u2013]?|(?<!\w)[OQDIl|SBZ][.,]|[#_\\])$")
_WORD_BEFORE = re.compile(r"[^\W\d_]+[-/]?$")
_PIECE_AFTER = re.compile(
    r"\d|[.,:/'\u2019\-\u2013]\d|(?![xX]\s?\d)[^\W\d]|[_@\\]|\s?[%\u2030]|/[A-Za-z]"
)
_RUN = re.compile(r"[\d.,:/'\u2019\-\u2013]*\w*")
SHORTEST_WORD = 3
"""Letters that a word glued to an amount has at least; fewer are the start of a code."""


def _stands_alone(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Nothing at either side shows that this is a piece of something else."""
    if _PIECE_AFTER.match(text, end):
        return False
    before = text[max(0, start - 16) : start]
    word = _WORD_BEFORE.search(before)
    if word:
        times = word[0] in ("x", "X") and before[: word.start()].strip()[-1:].isdigit()
        return times or (len(word[0]) >= SHORTEST_WORD and _has_cents(match))
    return bool(match["lead"]) or not _PIECE_BEFORE.search(before)


def _has_cents(match: re.Match[str]) -> bool:
    return re.search(r"[.,]\d\d$", match["number"]) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


def _past_run(text: str, at: int) -> int:
    run = _RUN.match(text, at)
    return max(at + 1, run.end() if run else 0)


# ---- what optical readers garble ----

_LOOKALIKES = str.maketrans("OoQDlI|!iSsBZzG", "000011111558226")
_CLOCK = re.compile(r"(?<!\d)(?:[01]?\d|2[0-4])\s?:\s?[0-5]\d(?!\d)")
_MISREAD_MARK = re.compile(r"^(?:RH|RN|RW|FM|PM|R1)(?=\s?[\dO])")  # RM, worn
_LEAD = re.compile(rf"{_MINUS}?\s?(?:{BEFORE})?\s?")
_SPACED = re.compile(
    r"(?<=\d) (?=[.,] ?\d\d(?!\d))|(?<=\d[.,]) (?=\d\d(?!\d))"  # 22 ,58 and 12. 50
    r"|(?<=\d) (?=\d{3}[.,]\d\d(?!\d))|(?<=\d) (?=,\d{3})|(?<=\d,) (?=\d{3})"  # 1 234.56, 1, 234
)
_POINT = re.compile(r"(?<=\d)(?:[.,:;\u00b7~]+|-)(?=\d\d$)")
_GROUPS = re.compile(r"(?<=\d)[.,](?=\d{3}(?:\D|$))")
_GARBLED = re.compile(
    r"(?<![\w.])\S*\d(?:\S*[^\s.,])?(?: ?[.,] ?\d\d)?(?![\w.])|\b[OQDIlSBZ][.,]\d\d\b"
)
_HYPHENED = re.compile(r"\W?[\dA-Z/]+-\d\d")  # house numbers and articles, unless alone in a line
_SPLIT = re.compile(rf"(?:{BEFORE} ?\d{{1,3}}(?:, ?| )|(?<!\S)\d{{1,3}}, )\d{{3}}\.\d\d(?![\d.,])")


def _mended(plain: str, printed: str) -> tuple[Money, ...]:
    """Readings of a text that the grammar refuses, with look-alikes put right."""
    if _CLOCK.search(plain):
        return ()
    kept: dict[Decimal, Money] = {}
    for candidate in _candidates(_MISREAD_MARK.sub("RM", plain)):
        match = _AMOUNT.fullmatch(candidate)
        for one in _read(match, printed, repaired=True) if match else ():
            if one.cents:
                kept.setdefault(one.amount, one)
    return tuple(kept.values())


def _candidates(text: str) -> Iterator[str]:
    lead = _LEAD.match(text)
    cut = lead.end() if lead else 0
    head, body = text[:cut], text[cut:]
    if body[:1] == "S" and not head:
        yield "$" + _repointed(body[1:])
    real, swapped = len(_DIGIT.findall(body)), body.translate(_LOOKALIKES)
    yield head + _repointed(body)
    if len(_DIGIT.findall(swapped)) <= 2 * real:
        yield head + _repointed(swapped)


def _repointed(body: str) -> str:
    """The number with one decimal point and nothing else between its digits."""
    body = _SPACED.sub("", body)
    point = _POINT.search(body)
    if point is None:
        return body
    return _GROUPS.sub("", body[: point.start()]) + "." + body[point.end() :]


def _find_mended(text: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int, Money]]:
    """Garbled amounts of a line, apart from where the grammar has found amounts already."""
    for match in (*_GARBLED.finditer(text), *_SPLIT.finditer(text)):
        printed = match[0].rstrip(".,:;")
        start, end = match.start(), match.start() + len(printed)
        plain = _BLANKS.sub(" ", printed)
        numbers = _HYPHENED.fullmatch(plain) and plain != text.strip()
        inside = match.re is _GARBLED and any(start < b and a < end for a, b in taken)
        if len(printed) > LONGEST or numbers or inside or _AMOUNT.fullmatch(plain):
            continue
        for one in _mended(plain, printed):
            yield start, end, one
