"""Identifiers: folding for comparison, check digits, and where they stand in text."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stdnum import iban
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat
from stdnum.gb import vat as british_vat
from stdnum.in_ import gstin
from stdnum.us import rtn

_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("oqd", "0"),
        **dict.fromkeys("il|", "1"),
        **dict.fromkeys("s$", "5"),
        "b": "8",
        "z": "2",
        "g": "6",
    }
)
SHOWN = 4
"""Digits of an account number that people may see in lists."""


@dataclass(frozen=True, slots=True)
class Found:
    """An identifier inside a text: its plain value, and from where to where it stands."""

    value: str
    start: int
    end: int


def fold(text: str) -> str:
    """Letters and digits that optical readers confuse become one; case and punctuation go.

    O Q D are 0, I L | are 1, S $ are 5, B is 8, Z is 2, G is 6. Two identifiers that fold alike
    may be the same, those that do not are not.
    """
    swapped = text.casefold().translate(_LOOKALIKES)
    return "".join(filter(str.isalnum, swapped))


_PLAIN = {one: fold(chr(one)) or None for one in range(128)} | {ord("\n"): "\n"}
"""What `fold` makes of each plain sign; line ends part texts that are folded together."""


def fold_all(texts: Sequence[str]) -> list[str]:
    """Each text as `fold` makes it; plain ones all at once, at a tenth of the cost."""
    together = "\n".join(texts)
    if together.isascii() and together.count("\n") == len(texts) - 1:
        return together.translate(_PLAIN).split("\n")
    return list(map(fold, texts))


def is_valid_iban(text: str) -> bool:
    """Length, country and check digits of an IBAN are right; spaces do not matter."""
    return bool(iban.is_valid(text, check_country=False))


def is_valid_vat(text: str) -> bool:
    """A European VAT number with its country in front, check digits right."""
    own = {"GB": british_vat, "CH": swiss_vat}.get(text[:2].upper())
    return bool(own.is_valid(text) if own else vat.is_valid(text))


ABA_PREFIXES = (*range(13), *range(21, 33), *range(61, 73), 80)
"""First two digits that the American Bankers Association hands out (ABA Routing Number Policy)."""


def is_valid_aba(text: str) -> bool:
    """Nine digits of an American routing number: prefix in use and checksum right."""
    return (
        len(text) == len("021000021")
        and text.isascii()
        and text.isdigit()
        and int(text[:2]) in ABA_PREFIXES
        and bool(rtn.is_valid(text))
    )


def is_indian_sort_code(text: str) -> bool:
    """Nine digits of city, bank and branch as on Indian checks; there is no checksum."""
    return re.fullmatch(r"\d{9}", text) is not None and text[:3] != "000"


def is_ifsc(text: str) -> bool:
    """The shape of an Indian bank branch code: four letters, a zero, six letters or digits."""
    return re.fullmatch(r"[A-Z]{4}0[A-Z0-9]{6}", text) is not None


def is_valid_gstin(text: str) -> bool:
    """An Indian goods and services tax number, check digit right."""
    return bool(gstin.is_valid(text))


_IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}(?:\s?[0-9OISl]){2}(?:\s?[A-Z0-9l]){11,30}(?![A-Za-z0-9])"
)
_VAT = re.compile(
    r"(?<![A-Za-z0-9])(?:AT|BE|BG|CHE?|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL"
    r"|PT|RO|SE|SI|SK|XI)(?:[ .\-]?[A-Z0-9]){7,12}(?![A-Za-z0-9])"
)
_GSTIN = re.compile(r"(?<![A-Za-z0-9])\d{2}[A-Z]{5}\d{4}[A-Z][A-Z0-9]Z[A-Z0-9](?![A-Za-z0-9])")
_SST = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{2}-\d{4}-\d{8}(?!\d)")
_LABELLED = re.compile(
    r"\b(?:(?:GST|SST|TAX|VAT|EIN|TIN|ABN|UST|TVA|BTW|GSTIN)"
    r"(?:[\s.\-]{0,2}(?:REGISTRATION|REG|ID|IDENT|IDNR))?(?:[\s.\-]{0,2}(?:NUMBER|NO|NR))?"
    r"|STEUER[\s\-]?(?:NUMMER|NR)|ST\.?-?NR)"
    r"[\s.:#\-]{0,4}(?P<id>[A-Z]{0,3}\d[\dA-Z\-/]{6,18})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,4}[A-Za-z]{2,24}")
_MISREAD = str.maketrans("OQDIl|SBZG", "0001115826")


def find_ibans(text: str) -> tuple[Found, ...]:
    """Valid IBANs in *text*, also written in groups, and with look-alikes the check digits mend."""
    return tuple(_proved(_IBAN, text, _iban))


def _iban(text: str) -> str | None:
    value = re.sub(r"\s", "", text)
    mended = value[:2] + value[2:].translate(_MISREAD)
    return next((one for one in (value, mended) if is_valid_iban(one)), None)


def find_tax_ids(text: str) -> tuple[Found, ...]:
    """Tax numbers in *text*: those that check digits prove, then those that a label names."""
    found = [*_proved(_VAT, text, _vat), *_proved(_GSTIN, text, _gstin)]
    found += [Found(match[0], *match.span()) for match in _SST.finditer(text)]
    for match in _LABELLED.finditer(text):
        start, end = match.span("id")
        if not any(one.start < end and start < one.end for one in found):
            found.append(Found(match["id"].rstrip("-/"), start, end))
    return tuple(found)


def _vat(text: str) -> str | None:
    value = re.sub(r"[\s.\-]", "", text)
    return value if is_valid_vat(value) else None


def _gstin(text: str) -> str | None:
    return text if is_valid_gstin(text) else None


def _proved(
    pattern: re.Pattern[str], text: str, read: Callable[[str], str | None]
) -> Iterator[Found]:
    """Places of *pattern* that *read* accepts, as long as may be.

    Words beside a number look like its groups, so every start is tried, and every end.
    """
    at = 0
    while match := pattern.search(text, at):
        at = match.start() + 1
        gaps = [one.start() for one in re.finditer(r"[\s.\-]", match[0])]
        for end in (len(match[0]), *reversed(gaps)):
            if value := read(match[0][:end]):
                at = match.start() + end
                yield Found(value, match.start(), at)
                break


def find_emails(text: str) -> tuple[Found, ...]:
    """Addresses of email in *text*."""
    return tuple(Found(match[0], *match.span()) for match in _EMAIL.finditer(text))


def mask(text: str) -> str:
    """An account number of which only the last four characters are shown."""
    shown = "".join(one for one in text if one.isalnum())[-SHOWN:]
    return f"…{shown}" if len(text) > SHOWN else text
