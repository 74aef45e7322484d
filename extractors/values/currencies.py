"""Currencies by the marks and names that print them."""

import re

CODES = frozenset(
    "AED ARS AUD BDT BGN BHD BND BRL CAD CHF CLP CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR "
    "ISK JOD JPY KES KRW KWD LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RON RSD SAR SEK "
    "SGD THB TND TRY TWD UAH USD VND ZAR".split()
)
"""ISO 4217 codes met in trade, without those that are plain English words in capitals."""

_MARKS = {
    "RM": "MYR",
    "Rs": "INR",
    "Re": "INR",
    "₹": "INR",
    "INR": "INR",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₩": "KRW",
    "₫": "VND",
    "₱": "PHP",
    "฿": "THB",
    "₺": "TRY",
    "₪": "ILS",
    "zł": "PLN",
    "Kč": "CZK",
    "Fr.": "CHF",
    "SFr.": "CHF",
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
}
_OPEN = ("kr", "Kr", "kr.")
"""Marks of money that several currencies share."""

_NAMES = {
    "ringgit": "MYR",
    "rupee": "INR",
    "rupees": "INR",
    "euro": "EUR",
    "euros": "EUR",
    "pounds sterling": "GBP",
    "dollars": "USD",
    "us dollars": "USD",
    "canadian dollars": "CAD",
    "australian dollars": "AUD",
    "singapore dollars": "SGD",
    "hong kong dollars": "HKD",
    "new zealand dollars": "NZD",
    "swiss francs": "CHF",
    "schweizer franken": "CHF",
    "yen": "JPY",
    "yuan": "CNY",
    "renminbi": "CNY",
    "dirhams": "AED",
    "baht": "THB",
    "rupiah": "IDR",
}


def _alternatives() -> str:
    rupees = r"(?:R[sS]|Re)\.?"
    ringgit = r"(?:RM|Rm|rm)"
    marks = sorted((*_MARKS, *_OPEN), key=len, reverse=True)
    plain = "|".join(re.escape(mark) for mark in marks if mark not in ("RM", "Rs", "Re", "INR"))
    codes = "|".join(sorted(CODES))
    return rf"(?:(?:{codes})\b\$?|(?:{codes})(?=\d)|{ringgit}|{rupees}|{plain})"


CURRENCY = _alternatives()
"""A regular expression for one mark or code of a currency (no groups)."""


def iso_code(mark: str) -> str | None:
    """The ISO code that a mark stands for; None where several currencies share the mark."""
    mark = mark.strip()
    if mark.rstrip("$") in CODES:
        return mark.rstrip("$")
    if mark in _MARKS:
        return _MARKS[mark]
    return {"rm": "MYR", "rs": "INR", "re": "INR"}.get(mark.rstrip(".").casefold())


_NAME = re.compile(
    r"\b(?:" + "|".join(sorted(_NAMES, key=len, reverse=True)) + r")\b", re.IGNORECASE
)
_MARK = re.compile(
    rf"(?<![A-Za-z$])(?:(?:{'|'.join(sorted(CODES))})(?![A-Za-z])|(?:RM|Rs\.?)(?=[\s\d(:.]|$)|"
    + "|".join(
        re.escape(mark)
        for mark in sorted(_MARKS, key=len, reverse=True)
        if not mark.isalpha() or mark in ("zł", "Kč")
    )
    + ")"
)


def currency_of(text: str) -> str | None:
    """The one currency that marks, codes and names in *text* agree on, as ISO code, or None."""
    found = {iso_code(match[0]) for match in _MARK.finditer(text)}
    found |= {_NAMES[match[0].casefold()] for match in _NAME.finditer(text)}
    return found.pop() if len(found) == 1 else None
