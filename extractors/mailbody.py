"""Decides whether the text of a mail says something that its attachments do not.

What says nothing: greetings, closings and what follows them, quoted mail, the phone's and the
lawyer's ornaments, and sentences that only announce an attachment. Something is said where money
is named, where a complaint, a returned letter or a request is, where a question is asked, where a
number of an invoice or account stands outside such an announcement, or where many words are left.
"""

import re
from functools import cache

from extractors.phrases import fold, has, labels, opens_with

MANY_WORDS = 15
"""More words than this, once greetings and announcements are gone, are a message of their own."""

_MONEY = re.compile(
    r"(?:[€$£₹¥]|\b(?:EUR|USD|GBP|CHF|INR|Rs|RM)\b)\s?\d|\d\s?(?:[€£₹¥]|(?:EUR|USD|GBP|CHF)\b)"
    r"|\b\d{1,3}(?:[.,']\d{3})*[.,]\d{2}\b"
)
_DATED = re.compile(r"\d{1,2}|@")
_NUMBER = re.compile(r"\b(?=[A-Z0-9/-]*\d{4})[A-Z0-9][A-Z0-9/-]{3,}\b", re.IGNORECASE)
_QUOTE_HEADS = ("sender", "recipient", "date", "subject", "other")
_LEAST_HEADS = 3
_MOST_HEADS = 6
"""Lines of the headers that Outlook prints above a quoted mail, and within how many they stand."""

_LEAST_OWN = 3
"""Words: fewer above a quoted mail say nothing, so what is quoted is the message."""

_LONGEST_GREETING = 6
_LONGEST_CLOSING = 5
"""Words: a longer line that starts so says more."""


def says_something(body: str) -> bool:
    """True where the body must be kept as a document beside the attachments."""
    left = remainder(body)
    if _MONEY.search(left) or "?" in left or _NUMBER.search(left):
        return True
    if any(has(left, name) for name in ("complaint", "return_to_sender", "request")):
        return True
    return len(left.split()) > MANY_WORDS


def own_words(body: str) -> str:
    """The body without the mail it answers; a forwarded mail stays, it is what is sent."""
    lines = body.splitlines()
    heads = [_is_head(line) for line in lines]
    for at, line in enumerate(lines):
        if has(line, "forwarded"):
            return body
        joined = " ".join(lines[max(0, at - 1) : at + 1])
        answers = line.rstrip().endswith(":") and has(line, "wrote") and _DATED.search(joined)
        block = heads[at] and sum(heads[at : at + _MOST_HEADS]) >= _LEAST_HEADS
        if answers or block or (line.lstrip().startswith("--") and opens_with(line, "quotes")):
            above = "\n".join(lines[:at])
            return above if len(above.split()) >= _LEAST_OWN else body
    return body


def _is_head(line: str) -> bool:
    """A line such as `From: Anna` or `Gesendet: Montag`."""
    label, colon, _ = line.partition(":")
    folded = fold(label)
    return bool(colon) and any(folded in _folded_labels(name) for name in _QUOTE_HEADS)


@cache
def _folded_labels(meaning: str) -> frozenset[str]:
    return frozenset(map(fold, labels(meaning)))


def remainder(body: str) -> str:
    """The body without what every mail says."""
    kept: list[str] = []
    for line in own_words(body).splitlines():
        stripped = line.strip()
        if stripped in {"--", "__", "___"} or _closes(stripped):
            break
        if stripped.startswith(">") or _greets(stripped) or has(stripped, "ornament"):
            continue
        kept.append(stripped)
    sentences = re.split(r"(?<=[.!?])\s+|\n\s*\n", "\n".join(kept))
    return " ".join(one for one in sentences if not _announces(one)).strip()


def _closes(line: str) -> bool:
    return len(line.split()) <= _LONGEST_CLOSING and opens_with(line, "closing")


def _greets(line: str) -> bool:
    return len(line.split()) <= _LONGEST_GREETING and opens_with(line, "greeting")


def _announces(sentence: str) -> bool:
    """True for "please find attached our invoice 4711": the attachment says it itself."""
    asks = has(sentence, "complaint") or has(sentence, "request") or "?" in sentence
    return has(sentence, "attached") and not asks and not _MONEY.search(sentence)
