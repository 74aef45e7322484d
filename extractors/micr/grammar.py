"""What stands in an E-13B line: routing, account, serial and amount, by the layouts in use.

United States (ANS X9.100-160), Canada (Payments Canada Standard 006) and India (CTS-2010).
Lines are spelled with digits, A transit, B amount, C on-us, D dash, and a space for each gap.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from extractors.values import identifiers

_INDIA = re.compile(
    r"C ?(?P<serial>\d{6}) ?C ?(?P<routing>\d{9}) ?A ?(?:(?P<account>\d{6}) ?C ?)?\d{2}"
)
_CANADA = re.compile(
    r"(?:C ?(?P<serial>\d{1,12}) ?C ?)?A ?(?P<branch>\d{5}) ?D ?(?P<bank>\d{3}) ?A ?"
    r"(?P<on_us>[\dCD ]*)"
)
_US = re.compile(
    r"(?:C ?(?P<serial>[\d ]{1,15}) ?C ?)?(?:\d ?)?A ?(?P<routing>\d{9}) ?A ?(?P<on_us>[\dCD ]*)"
)
_AMOUNT = re.compile(r"B ?(?P<cents>\d{10}) ?B?$")

_SHORTEST_SERIAL, _LONGEST_SERIAL = 3, 6
"""Digits: a shorter group beside the account is a transaction code, a longer one the account's."""


@dataclass(frozen=True, slots=True)
class CodeLine:
    """The fields of a line; empty text where one is not there.

    *layout* is US, CA, IN or empty. *serials* are all the numbers that may be the check's: a
    personal check prints its serial before or after the account, as its bank likes; *serial* is the
    likeliest. *sound* says whether the checksum holds, None where the layout has none.
    """

    layout: str
    routing: str = ""
    account: str = ""
    serial: str = ""
    serials: tuple[str, ...] = ()
    amount: Decimal | None = None
    sound: bool | None = None


def parse(line: str) -> CodeLine:
    """The fields of a line as read; an unknown layout gives an empty answer."""
    if india := _INDIA.search(line):
        return CodeLine(
            layout="IN",
            routing=india["routing"],
            account=india["account"] or "",
            serial=india["serial"],
            serials=(india["serial"],),
        )
    if canada := _CANADA.search(line):
        return _with_on_us("CA", f"0{canada['bank']}{canada['branch']}", canada, None, line)
    if american := _US.search(line):
        sound = identifiers.is_valid_aba(american["routing"])
        return _with_on_us("US", american["routing"], american, sound, line)
    return CodeLine(layout="")


def _with_on_us(
    layout: str, routing: str, match: re.Match[str], sound: bool | None, line: str
) -> CodeLine:
    """The line with its on-us field taken apart: account, and a serial before or after it."""
    auxiliary = _digits(match["serial"] or "")
    before, _, after = match["on_us"].strip().partition("C")
    groups = before.split()
    serials = [auxiliary] if auxiliary else []
    if not auxiliary:
        serials += [one for one in (_digits(after),) if _is_serial(one)]
        if len(groups) > 1:
            outer = sorted((groups[0], groups[-1]), key=lambda one: len(_digits(one)))
            serials += [one for one in outer[:1] if _is_serial(_digits(one))]
    inside = serials[0] if serials and not auxiliary and serials[0] in groups else None
    account = "".join(_digits(one) for one in groups if one != inside)
    cents = _AMOUNT.search(line)
    return CodeLine(
        layout=layout,
        routing=routing,
        account=account,
        serial=serials[0] if serials else "",
        serials=tuple(serials),
        amount=Decimal(cents["cents"]).scaleb(-2) if cents else None,
        sound=sound,
    )


def _is_serial(digits: str) -> bool:
    return _SHORTEST_SERIAL <= len(digits) <= _LONGEST_SERIAL


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)
