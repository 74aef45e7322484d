"""Till receipts: narrow paper, a thermal head's type, and what hangs on a till roll."""

from ingest.samples.facts import Slip
from ingest.samples.sheet import Sheet
from ingest.samples.speech import money, plain

WIDTH = 226.0
"""A roll of 80 mm in points."""

_COLUMNS = 30
"""Characters across the printed width."""

_LEADING = 13.0
_SIZE = 11.0
"""Type size in points: the till font is 0.6 wide, so 30 characters fill 198 of 226 points."""


def till(slip: Slip) -> Sheet:
    """A shop's receipt, with its lines, tax, total and how it was paid."""
    shop = slip.shop
    lines = [
        "", shop.street, shop.town, shop.phone, "",
        _pair(f"Receipt #{slip.number}", "Reg 02"),
        _pair(slip.stamp, slip.time),
        "-" * _COLUMNS,
    ]  # fmt: skip
    for item in slip.items:
        lines.append(item.description[:_COLUMNS])
        each = f"  {plain(item.quantity, 'en')} @ {money(item.unit, 'en')}"
        lines.append(_pair(each, money(item.amount, "en")))
    rate = plain(slip.tax_rate, "en")
    lines += [
        "-" * _COLUMNS,
        _pair("SUBTOTAL", money(slip.net, "en")),
        _pair(f"SALES TAX {rate}%", money(slip.tax, "en")),
        "",
    ]
    return _printed(shop.name, lines, slip)


def _printed(name: str, lines: list[str], slip: Slip) -> Sheet:
    sheet = Sheet(WIDTH, 60 + (len(lines) + 9) * _LEADING)
    middle, left = WIDTH / 2, (WIDTH - _COLUMNS * 0.6 * _SIZE) / 2
    sheet.text(middle, 30, name.upper(), font="till bold", size=13, align="centre")
    y = 42.0
    for line in lines:
        centred = line in {slip.shop.street, slip.shop.town, slip.shop.phone}
        x, align = (middle, "centre") if centred else (left, "left")
        sheet.text(x, y, line, font="till", size=_SIZE, align=align)
        y += _LEADING
    total = _pair("TOTAL", "$" + money(slip.total, "en"), 25)
    sheet.text(left, y, total, font="till bold", size=13.2)
    paid = _pair(slip.paid_with, money(slip.total, "en"))
    sheet.text(left, y + 1.6 * _LEADING, paid, font="till", size=_SIZE)
    for place, line in enumerate(("APPROVED  AUTH 00519C", "", "THANK YOU", "PLEASE COME AGAIN")):
        at = y + (3 + place) * _LEADING
        sheet.text(middle, at, line, font="till", size=_SIZE, align="centre")
    return sheet


def _pair(left: str, right: str, columns: int = _COLUMNS) -> str:
    """Two ends of a line, spaced apart."""
    return left + right.rjust(columns - len(left))
