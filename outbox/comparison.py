"""The rows of a report: each field as read, with its picture, against the ledger's word. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from config.reasons import Reason
from outbox import differences
from outbox.dossier import best
from outbox.render import picture
from outbox.showing import ACCOUNT_FIELDS
from outbox.words import (
    LEAST_SHOWN,
    LEVELS,
    certainty,
    field_label,
    field_order,
    level_words,
    percent,
    signed,
    source_label,
    value_text,
)

__all__ = ["Row", "best", "part", "rows"]

Json = dict[str, Any]

CROP_SCALE = 0.6
"""Screen pixels for each pixel of a piece of page at 200 dpi: a little larger than on paper."""

BADGE_WIDTH = 38
"""Width in page pixels of the number beside a box, and its distance from what was read."""

BADGE_GAP = 8

CONCERNS = {
    Reason.ARITHMETIC: ("net", "tax", "total"),
    Reason.BANK_DETAILS_INVALID: ("iban",),
    Reason.CHECKSUM: ("iban", "routing", "vendor_tax_id"),
    Reason.AMBIGUOUS_ALLOCATION: ("memo", "amount"),
    Reason.CHECK_NOT_ISSUED: ("check_number", "account_number"),
    Reason.CHECK_OVER_LIMIT: ("amount", "terms"),
    Reason.CHECK_POST_DATED: ("date",),
    Reason.CHECK_PRESENTED_TWICE: ("check_number", "amount"),
    Reason.CHECK_STALE: ("date", "terms"),
    Reason.ENCODED_AMOUNT_DIFFERS: ("amount", "micr"),
    Reason.FOREIGN_ITEM: ("currency", "routing"),
    Reason.MISSING_SIGNATURE: ("signature_present",),
    Reason.PARTY_UNKNOWN: ("vendor", "payer", "sender"),
    Reason.ROUTING_DIFFERS: ("routing", "micr"),
    Reason.SERIAL_DIFFERS: ("check_number", "micr"),
    Reason.WORDS_FIGURES_DIFFER: ("amount", "amount_words"),
}
"""The fields to look at first where a reason is about the paper itself, not about the ledger."""

_PNG_SIZE = slice(16, 24)
"""Where a PNG file states its width and height, four bytes each."""

_ORDER = ("differs", "close", "exact", "unread", "unstated")
"""What an associate has to look at comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """A piece of the page picture, and its width on the screen in pixels."""

    uri: Markup
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field of the report; *number* is its mark on the page picture, *box* where it stands.

    *compared* tells whether the ledger has a say in it; *level* is then its agreement. *concerned*
    tells whether one of the case's reasons is about this very field.
    """

    number: int
    label: str
    compared: bool
    concerned: bool
    level: str
    sign: str
    words: str
    read: differences.Pieces
    expected: differences.Pieces
    text: str
    remark: str
    certainty: str
    percent: str
    source: str
    alternatives: tuple[tuple[str, str], ...]
    crop: Crop | None
    page: int | None
    box: tuple[int, int, int, int] | None

    def badge(self, page_width: int) -> int:
        """Where the number stands on the page: right of the box, as labels stand on the left."""
        left, _, width, _ = self.box or (0, 0, 0, 0)
        right = left + width + BADGE_GAP
        return right if right + BADGE_WIDTH < page_width else left - BADGE_GAP - BADGE_WIDTH


def rows(dossier: Json, shown: Json, crops: Mapping[str, bytes]) -> list[Row]:
    """Every field that was read or that the ledger speaks of, what needs a look first.

    *shown* is *dossier* with its accounts masked; differences are looked for under the mask.
    """
    fields = shown["fields"]
    found: list[tuple[str, Row]] = []
    for plain, veiled in _evidence(best(dossier), best(shown)):
        name = _field_of(plain, fields)
        found.append((name, _compared(plain, veiled, fields.get(name), crops)))
    others = sorted(fields.keys() - {name for name, _ in found}, key=field_order)
    found.extend((name, _read_only(name, fields[name], crops)) for name in others)
    asked = {name for code in shown["reasons"] for name in CONCERNS.get(Reason(code), ())}
    ranked = sorted(
        (replace(row, concerned=name in asked) for name, row in found),
        key=lambda row: (not row.compared, not row.concerned, _ORDER.index(row.level)),
    )
    return [replace(row, number=number) for number, row in enumerate(ranked, start=1)]


def _evidence(plain: Json | None, veiled: Json | None) -> Iterator[tuple[Json, Json]]:
    """The evidence of one candidate as it is, beside the same with its accounts masked."""
    if plain and veiled:
        yield from zip(plain["evidence"], veiled["evidence"], strict=True)


def part(evidence: Json, heaviest: float) -> Json:
    """One line of a candidate's evidence; *width* is its share of the heaviest, in percent."""
    sign, words = LEVELS[evidence["level"]][0], level_words(evidence)
    return {
        "label": field_label(evidence["field"]),
        "read": _spoken(evidence, "read"),
        "expected": _spoken(evidence, "expected"),
        "level": evidence["level"],
        "sign": sign,
        "words": words,
        "points": signed(evidence["weight"]),
        "for": evidence["weight"] >= 0,
        "width": round(100 * abs(evidence["weight"]) / heaviest),
    }


def _spoken(evidence: Json, side: str) -> str:
    """One side of the evidence as people say it: a kind of document is named in plain words."""
    text = str(evidence[side])
    return text.replace("_", " ") if evidence["field"] == "kind" else text


def _field_of(evidence: Json, fields: Mapping[str, Json]) -> str:
    """The name under which the reading stage gave what this evidence speaks of."""
    if evidence["field"] not in fields and evidence["box"]:
        place = (evidence["page"], evidence["box"])
        at = [name for name, read in fields.items() if (read["page"], read["box"]) == place]
        if at:
            return at[0]
    return str(evidence["field"])


def _compared(plain: Json, shown: Json, read: Json | None, crops: Mapping[str, bytes]) -> Row:
    sign, words = LEVELS[plain["level"]]
    if plain["level"] == "close" and plain["read"] == plain["expected"]:
        words = "another reading agrees"
    speaks = plain["level"] in {"close", "differs"}
    ours: differences.Pieces = (differences.Piece(_spoken(shown, "read"), differs=False),)
    theirs: differences.Pieces = (differences.Piece(_spoken(shown, "expected"), differs=False),)
    if speaks and (plain["field"] in ACCOUNT_FIELDS or plain["read"] != shown["read"]):
        ours, theirs = differences.account_pieces(plain["read"], plain["expected"])
    elif speaks:
        ours, theirs = differences.pieces(plain["read"], plain["expected"])
    return Row(
        number=0,
        concerned=False,
        label=field_label(plain["field"]),
        compared=True,
        level=plain["level"],
        sign=sign,
        words=words,
        read=ours,
        expected=theirs,
        text=_printed(read, shown["read"]),
        remark=differences.remark(plain["read"], plain["expected"]) if speaks else "",
        certainty=certainty(shown["confidence"]),
        percent=percent(shown["confidence"]),
        source=source_label(read["source"]) if read else "",
        alternatives=_alternatives(read, shown["read"]),
        crop=_crop(crops.get(plain["field"])),
        page=plain["page"],
        box=_box(plain["box"]),
    )


def _read_only(name: str, read: Json, crops: Mapping[str, bytes]) -> Row:
    value = value_text(read["value"])
    return Row(
        number=0,
        concerned=False,
        label=field_label(name),
        compared=False,
        level="unstated",
        sign="",
        words="",
        read=(differences.Piece(value, differs=False),),
        expected=(),
        text=_printed(read, value),
        remark="",
        certainty=certainty(read["confidence"]),
        percent=percent(read["confidence"]),
        source=source_label(read["source"]),
        alternatives=_alternatives(read, value),
        crop=_crop(crops.get(name)),
        page=read["page"],
        box=_box(read["box"]),
    )


def _readings(read: Json | None) -> list[Json]:
    return [read, *read["alternatives"]] if read else []


def _printed(read: Json | None, value: str) -> str:
    """What the reader saw, where it is not simply the value."""
    texts = (one["text"] for one in _readings(read) if value_text(one["value"]) == value)
    text = next(texts, "")
    return text if text.strip() != value.strip() else ""


def _alternatives(read: Json | None, value: str) -> tuple[tuple[str, str], ...]:
    """The other readings of a field that deserve a look, surest first."""
    return tuple(
        (other, percent(one["confidence"]))
        for one in _readings(read)
        if (other := value_text(one["value"])) != value and one["confidence"] >= LEAST_SHOWN
    )


def _crop(content: bytes | None) -> Crop | None:
    uri = picture(content) if content else None
    if content is None or uri is None:
        return None
    width = int.from_bytes(content[_PNG_SIZE][:4]) if content[1:4] == b"PNG" else 0
    return Crop(uri=uri, width=round(width * CROP_SCALE))


def _box(box: Sequence[int] | None) -> tuple[int, int, int, int] | None:
    if not box:
        return None
    left, top, right, bottom = box
    return left, top, right - left, bottom - top
