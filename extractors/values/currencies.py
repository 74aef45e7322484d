"""Currencies by the marks, codes and names that print them."""

import re

CODES = frozenset(
    "AED ARS AUD BDT BGN BHD BND BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR "
    "ISK JOD JPY KES KRW KWD LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD SAR SEK "
    "SGD THB TND TWD UAH USD VND ZAR".split()
)
"""ISO 4217 codes met in trade, without those that are English words in capitals (ALL, TOP, TRY)."""

_SYMBOLS = {
    "US$": "USD",
    "U.S.$": "USD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "S$": "SGD",
    "HK$": "HKD",
    "NZ$": "NZD",
    "NT$": "TWD",
    "R$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₫": "VND",
    "₱": "PHP",
    "฿": "THB",
    "₺": "TRY",
    "₪": "ILS",
    "zł": "PLN",
    "Kč": "CZK",
    "SFr.": "CHF",
    "Fr.": "CHF",
}
"""Marks that stand for one currency; a bare dollar sign is taken for the American one."""

_NAMES = {
    "ringgit": "MYR",
    "rupees": "INR",
    "rupee": "INR",
    "euros": "EUR",
    "euro": "EUR",
    "pounds sterling": "GBP",
    "canadian dollars": "CAD",
    "australian dollars": "AUD",
    "singapore dollars": "SGD",
    "hong kong dollars": "HKD",
    "new zealand dollars": "NZD",
    "us dollars": "USD",
    "dollars": "USD",
    "swiss francs": "CHF",
    "schweizer franken": "CHF",
    "yen": "JPY",
    "yuan": "CNY",
    "renminbi": "CNY",
    "dirhams": "AED",
    "baht": "THB",
    "rupiah": "IDR",
}

_CODE = "|".join(sorted(CODES))
_SYMBOL = "|".join(re.escape(mark) for mark in sorted(_SYMBOLS, key=len, reverse=True))

_RAND = r"(?<![A-Za-z])R(?=\s?\d{1,3}(?:[ ,]?\d{3})*[.,]\d\d(?!\d))"
BEFORE = rf"(?:(?:{_CODE})\b\$?|(?:{_CODE})(?=\d)|R[Mm]|rm|Rs\.?|RS\.?|{_SYMBOL}|[Kk]r\.?|{_RAND})"
"""A regular expression for the mark of a currency in front of an amount (no groups)."""

AFTER = rf"(?:(?:{_CODE})(?![A-Za-z])|(?:RM|Rs\.?|{_SYMBOL}|[Kk]r\.?)(?![A-Za-z]))(?!\s?\d)"
"""A regular expression for the mark of a currency behind an amount (no groups)."""

_MARKS = re.compile(
    rf"(?<![A-Za-z$])(?:(?:{_CODE})(?![A-Za-z])|(?:RM|Rs\.?)(?=[\s\d(:.)]|$)|{_SYMBOL})"
)
_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(_NAMES, key=len, reverse=True))})\b", re.IGNORECASE)


def iso_code(mark: str) -> str | None:
    """The ISO code that a mark stands for; None where several currencies share the mark."""
    if mark.rstrip("$") in CODES:
        return mark.rstrip("$")
    plain = {"rm": "MYR", "rs": "INR"}
    return _SYMBOLS.get(mark) or plain.get(mark.rstrip(".").casefold())


def currency_of(text: str) -> str | None:
    """The one currency that marks, codes and names in *text* agree on, as ISO code, or None."""
    found = {iso_code(match[0]) for match in _MARKS.finditer(text)}
    found |= {_NAMES[match[0].casefold()] for match in _WORDS.finditer(text)}
    return found.pop() if len(found) == 1 else None


SHARED = {
    "$": frozenset(
        "ARS AUD BBD BMD BND BSD BZD CAD CLP COP DOP FJD GYD HKD JMD KYD LRD MXN MYR NAD NZD SBD "
        "SGD SRD TTD TWD USD UYU XCD".split()
    ),
    "rs": frozenset("INR LKR MUR NPR PKR SCR".split()),
    "\u00a5": frozenset({"CNY", "JPY"}),
}
"""Currencies that print one mark at home (Unicode CLDR, narrow symbols); the dollars with the
ringgit, once a dollar, which tills still print so."""


def shared_mark(text: str) -> str | None:
    """The mark of SHARED that is all that *text* says of its currency; None if it says whose."""
    marks = {match[0].rstrip(".").casefold() for match in _MARKS.finditer(text)}
    lone = len(marks) == 1 and marks <= SHARED.keys() and not _WORDS.search(text)
    return marks.pop() if lone else None
