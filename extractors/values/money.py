"""Amounts of money in text: a strict grammar, with look-alikes repaired only as a further reading.

A wrong amount is worse than none. The grammar takes the ways in which people print money and
nothing else; an unknown character rejects the text. What optical readers garble ("1Z.5O", "22 ,58")
gives a reading that says so (`repaired`), after every plain one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from extractors.values.currencies import CURRENCY, currency_of, iso_code

__all__ = ["Money", "currency_of", "find", "readings"]

CENTS_DIGITS = 2
"""Decimals that every currency met on paper here has."""

LONGEST = 48
"""Characters: longer text is a sentence, not an amount."""


@dataclass(frozen=True, slots=True)
class Money:
    """One reading of an amount.

    *currency* is an ISO code where one was printed with the amount. *cents* says that decimals were
    printed (two of them, or a dash in their place). *repaired* says that look-alikes or stray
    spaces were mended to get here.
    """

    amount: Decimal
    currency: str | None
    text: str
    repaired: bool = False
    cents: bool = True


_NUMBER = r"""
    (?P<comma>     \d{1,3} (?:,\d{3})+        (?:\.\d{1,4})?          )   # 1,234.56
  | (?P<dot>       \d{1,3} (?:\.\d{3})+       (?:,\d{1,4})?           )   # 1.234,56
  | (?P<tick>      \d{1,3} (?:['\u2019\u00b4`]\d{3})+   (?:[.,]\d{1,4})?        )   # 1'234.56
  | (?P<thin>      \d{1,3} (?:[\u00a0\u2009\u202f]\d{3})+ (?:[.,]\d{1,4})?)  # 1 234,56, typeset
  | (?P<space>     \d{1,3} (?:[ ]\d{3})+      ,\d{2}                  )   # 1 234,56
  | (?P<indian>    \d{1,2} (?:,\d{2})+ ,\d{3} (?:\.\d{1,2})?          )   # 1,25,00,000.00
  | (?P<plain>     \d{1,12} [.,] \d{1,4}                              )   # 1234.56
  | (?P<fraction>  \d{1,3} (?:,?\d{3})* \s* (?:and|&|\s) \s* (?:\d\d|no|xx|00) \s*/\s* 100 )
  | (?P<whole>     \d{1,9}                                            )   # 1200
"""
_SIGN = r"[-\u2212\u2013]"
_TAIL = r"(?:/\s?[-=]|[.,][-\u2013]{1,2}|" + _SIGN + r"|\s?(?:CR|DR)\b)"
_FILLER = r"[*#=]{0,12}"

_AMOUNT = re.compile(
    rf"""
    (?P<open>\()? \s* (?P<before>{_SIGN}|\+)? \s* (?P<lead>{CURRENCY})? \s* (?P<behind>{_SIGN})? \s*
    (?P<fill>{_FILLER}) \s* (?P<number>{_NUMBER}) {_FILLER} \s? (?P<tail>{_TAIL})? \s*
    (?P<trail>{CURRENCY})? \s* (?P<close>\))?
    """,
    re.VERBOSE,
)
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])\s?:\s?[0-5]\d(?!\d)")


def readings(text: str) -> tuple[Money, ...]:
    """Every amount that the whole *text* can mean, the likeliest first; () where it is no money."""
    if len(text) > LONGEST or not _DIGIT.search(text):
        return ()
    plain = tuple(_strict(text, text, repaired=False))
    mended = tuple(chain.from_iterable(_strict(m, text, repaired=True) for m in _mended(text)))
    return _distinct(plain + tuple(one for one in mended if one.cents))


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
        start, end = _trimmed(text, match)
        if _apart(text, start, end):
            found += [(start, end, one) for one in _strict(text[start:end], text[start:end])]
            at = match.end()
        else:
            at = _past_run(text, match.start("number"))
    return tuple(found)


def _trimmed(text: str, match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


_BEFORE = re.compile(r"(?:\d[.,:/'\u2019\-\u2013]?|[A-Za-z][-/]?|[#@_\\])$")
_AFTER = re.compile(r"\d|[.,:/'\u2019\-\u2013]\d|[A-Za-z_@\\]|\s?%|\s?\u2030|/[A-Za-z]")
_RUN = re.compile(r"[\d.,:/'\u2019\-\u2013]*\w*")


def _apart(text: str, start: int, end: int) -> bool:
    """Nothing at either side shows that this is a piece of something else."""
    return not (_BEFORE.search(text, max(0, start - 2), start) or _AFTER.match(text, end))


def _past_run(text: str, at: int) -> int:
    run = _RUN.match(text, at)
    return max(at + 1, run.end() if run else at + 1)


def _strict(text: str, printed: str, *, repaired: bool = False) -> Iterator[Money]:
    match = _AMOUNT.fullmatch(text.strip())
    if not match or bool(match["open"]) != bool(match["close"]):
        return
    signs = [match["before"] in _MINUS, bool(match["behind"]), _negative_tail(match["tail"])]
    negative = sum((*signs, bool(match["open"])))
    if negative > 1:
        return
    marks = [iso_code(mark) for mark in (match["lead"], match["trail"]) if mark]
    if len({mark for mark in marks if mark}) > 1:
        return
    if not _sound_digits(match):
        return
    currency = next((mark for mark in marks if mark), None)
    for amount, cents in _values(match):
        signed = -amount if negative else amount
        yield Money(signed, currency, printed, repaired, cents)


_MINUS = ("-", "\u2212", "\u2013")


def _negative_tail(tail: str | None) -> bool:
    return tail is not None and (tail in _MINUS or tail.strip() == "CR")


def _sound_digits(match: re.Match[str]) -> bool:
    """Leading zeros belong to codes and phone numbers unless money is named beside them."""
    number = match["number"]
    padded = len(number) > 1 and number[0] == "0" and number[1].isdigit()
    named = bool(match["lead"] or match["trail"] or match["fill"])
    if match["before"] == "+" and match["whole"]:
        return False
    return not padded or named


def _values(match: re.Match[str]) -> Iterator[tuple[Decimal, bool]]:
    """The amounts that the digits can mean, and whether cents were printed."""
    number = match["number"]
    form = next(name for name in _FORMS if match[name] is not None)
    dashed = bool(match["tail"] and match["tail"] not in _MINUS and "-" in match["tail"])
    if form == "fraction":
        yield _hundredths(number), True
        return
    if form == "whole":
        yield Decimal(number), dashed
        return
    point = _decimal_point(form, number)
    if point is not None:
        decimals = len(number) - point - 1
        yield (
            Decimal(f"{_digits(number[:point])}.{number[point + 1 :]}"),
            decimals == CENTS_DIGITS,
        )
        return
    yield Decimal(_digits(number)), dashed
    if form in ("comma", "dot") and sum(number.count(mark) for mark in ",.") == 1:
        whole, _, part = number.replace(",", ".").partition(".")
        yield Decimal(f"{whole}.{part}"), False


def _hundredths(number: str) -> Decimal:
    """123 45/100, as checks are filled in."""
    whole, cents = re.split(r"\s*(?:and|&|\s)\s*(?=\S+\s*/)", number, maxsplit=1)
    part = re.match(r"\d\d", cents)
    return Decimal(f"{_digits(whole)}.{part[0] if part else '00'}")


_FORMS = ("comma", "dot", "tick", "thin", "space", "indian", "plain", "fraction", "whole")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _decimal_point(form: str, number: str) -> int | None:
    """Where the decimals begin, or None for a number without decimals."""
    if form == "plain":
        return max(number.rfind("."), number.rfind(","))
    mark = {"comma": ".", "indian": ".", "dot": ",", "space": ","}.get(form)
    at = number.rfind(mark) if mark else max(number.rfind("."), number.rfind(","))
    return at if at >= 0 else None


_LOOKALIKES = str.maketrans("OoQDlI|!iSsBZzG", "000011111558226")
_SPACED_POINT = re.compile(r"(?<=\d)\s+(?=[.,]\s?\d\d(?!\d))|(?<=\d[.,])\s+(?=\d\d(?!\d))")
_SPACED_GROUP = re.compile(
    r"(?<=\d)\s+(?=\d{3}[.,]\d{2}(?!\d))|(?<=\d)\s+(?=,\d{3})|(?<=\d,)\s+(?=\d{3})"
)
_WRONG_POINT = re.compile(r"(?<=\d)[.,:;·]+(?=\d\d\D*$)")
_LEAD = re.compile(rf"^\W*(?:{CURRENCY})?\s*")


def _mended(text: str) -> Iterator[str]:
    """The text with what optical readers garble put right, where that changes anything."""
    if _CLOCK.search(text):
        return
    lead = _LEAD.match(text)
    cut = lead.end() if lead else 0
    head, body = text[:cut], text[cut:]
    if body[:1] == "S":
        yield from _differing(text, head + "$" + _respaced(body[1:]))
    real = len(_DIGIT.findall(body))
    swapped = body.translate(_LOOKALIKES)
    if len(_DIGIT.findall(swapped)) <= 2 * real:
        yield from _differing(text, head + _respaced(swapped))
    yield from _differing(text, head + _respaced(body))


def _respaced(body: str) -> str:
    body = _SPACED_GROUP.sub("", _SPACED_POINT.sub("", body))
    point = _WRONG_POINT.search(body)
    if point is None:
        return body
    groups = re.sub(r"(?<=\d)[.,](?=\d{3}(?:\D|$))", "", body[: point.start()])
    return groups + "." + body[point.end() :]


def _differing(text: str, mended: str) -> Iterator[str]:
    if mended != text:
        yield mended


def _distinct(found: tuple[Money, ...]) -> tuple[Money, ...]:
    """Each amount once, the first reading of it kept."""
    kept: dict[Decimal, Money] = {}
    for one in found:
        kept.setdefault(one.amount, one)
    return tuple(kept.values())
