"""What is written on the face of a check: figures, words, payee, payer, date, number, memo."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from extractors import layout
from extractors.finders import face as frame
from extractors.finders.face import Face, before_mark, marked
from extractors.interface import Box, Field, Word
from extractors.layout import Row
from extractors.values import dates, money
from extractors.values.currencies import currency_of

_FIGURES = 0.80
_BARE_FIGURES = 0.45
_RUPEES = 0.35
_PAYEE = 0.90
_LOOSE_PAYEE = 0.60
_BY_HAND = 3
"""Power of the reader's sureness for names: of handwritten ones that it was 0.9 sure of, 71 % of
31 were right."""

_PAYER = 0.84
_DATE = 0.92
_LOOSE_DATE = 0.82
_BOXED_DATE = 0.65
_NUMBER = 0.92
_ACCOUNT = 0.90
_LOOSE_ACCOUNT = 0.65
_MEMO = 0.85
"""How often such a reading is right where the reader was sure of its words; handwriting lowers
the reader's own sureness, which multiplies these."""

_LEAST_ACCOUNT = 6
"""Digits: no bank has shorter account numbers."""

_MOST_DIGITS = 12
"""Digits of an amount: nobody writes a check over a billion crores."""

_LIKE_A_TAIL = "17"
"""What readers make of "/-"."""

_SECOND_READING = 0.2
"""What the same figures count read another way (1.234 as 1234 or as 1.23)."""

_FIGURES_LEFT = 0.5
_FIGURES_HIGH, _FIGURES_LOW = 0.15, 0.8
_NUMBER_LEFT, _NUMBER_LOW = 0.55, 0.25
_PAYER_RIGHT, _PAYER_LOW = 0.55, 0.33
_DATE_LEFT, _DATE_LOW = 0.45, 0.45
_MEMO_HIGH, _MEMO_RIGHT = 0.55, 0.48
_BOX_HIGH, _BOX_LOW, _BOX_LEFT = 0.28, 0.60, 0.6
_ACCOUNT_HIGH, _ACCOUNT_LOW = 0.35, 0.80
"""Where on a check each thing stands, as shares of its width and height."""

_MARK = re.compile(r"[$€£₹¥]|\bRs\b|\b(?:USD|CAD|EUR|GBP|INR)\b", re.IGNORECASE)
_SUM = re.compile(r"[*#=-]*\d[\d.,]*[\d.,/*=-]{2,}")
_RULE = re.compile(r"[.,*/_=-]+")
_CLOSED_UP = re.compile(r"(?<=\b[A-Z])\s+(?=[A-Z]\b)")
"""The blanks between single capitals."""

_NOISE = re.compile(
    r"\d[A-Za-z]|[A-Za-z]\d|^&|(?<![A-Za-z])\u00b7|\u00b7(?![A-Za-z])|^[a-z]{1,2}$|[^\x00-\u024f\u2010-\u2027]"
)
_PART_OF_PAY = re.compile(r"P?A?Y?\W*\Z", re.IGNORECASE)
_LOOKALIKES = str.maketrans("OoIl", "0011")
_EDGES = " .:;-_*#|~=,'\"()[]<>"


def figures(check: Face) -> Iterator[Field]:
    """Courtesy amounts: figures at the right, best with a currency mark before and cents behind."""
    for row in check.rows:
        if not _FIGURES_HIGH <= check.down(row.box) <= _FIGURES_LOW or dates.find(row.text):
            continue
        if marked(row.text, "limit"):
            continue
        placed: set[int] = set()
        for start, end, one in money.find(row.text):
            box = row.box_of(start, end)
            before = row.text[max(0, start - 3) : start]
            guarded = one.currency or _MARK.search(before + row.text[start:end]) or "*" in before
            if check.across(box) < _FIGURES_LEFT or not (guarded or one.cents) or one.amount <= 0:
                continue
            sure = _FIGURES if guarded and one.cents and not one.repaired else _BARE_FIGURES
            sure *= _SECOND_READING if start in placed else 1.0
            placed.add(start)
            yield check.field(
                "amount",
                _cents(one.amount),
                row.text[start:end],
                box,
                sure * row.confidence_of(start, end),
            )


def rupees(check: Face) -> Iterator[Field]:
    """Courtesy amounts of Indian checks: no currency mark is read, and "/-" ends the figures.

    Readers take that tail for a 1 or a 7, so a last group of four loses it, and figures without
    groups are read both ways. No other digit is ever taken away: figures that are ten times the
    words are a finding, not a misreading.
    """
    for row in check.rows:
        for word in row.words:
            found = re.search(r"\d[\d,.]{2,}", word.text)
            down, across = check.down(word.box), check.across(word.box)
            if not found or not _BOX_HIGH <= down <= _BOX_LOW or across < _BOX_LEFT:
                continue
            groups = re.split(r"[,.]", found[0].strip(",."))
            digits = "".join(groups)
            if len(digits) > _MOST_DIGITS:
                continue
            overlong = len(groups) > 1 and len(groups[-1]) == 4  # noqa: PLR2004 - a thousand and a tail
            may_end = digits[-1] in _LIKE_A_TAIL
            readings = [digits[:-1]] if overlong and may_end else [digits]
            if may_end and len(groups) == 1:
                readings.append(digits[:-1])
            for place, one in enumerate(readings):
                sure = _RUPEES * word.confidence * (_SECOND_READING if place else 1.0)
                yield check.field("amount", _cents(Decimal(one)), word.text, word.box, sure)


def currency(check: Face) -> str | None:
    """The currency that the face names, None where it names none or several."""
    named = {
        code
        for row in check.rows
        if _FIGURES_HIGH <= check.down(row.box) <= _FIGURES_LOW and (code := currency_of(row.text))
    }
    if not named and any("dollars" in row.text.casefold() for row in check.rows):
        return "USD"
    return named.pop() if len(named) == 1 else None


def date(check: Face, order: str) -> Iterator[Field]:
    """The date beside or above its label, else any date or row of date boxes at the top right."""
    found = False
    for spot in check.labels("date"):
        inside = check.beside([spot], check.frame.right + 1)
        text = " ".join(one.text for one in inside)
        for start, end, day in dates.find(text, order)[:1]:
            found = True
            box = frame.union(inside)
            sure = _DATE * min(one.confidence for one in inside)
            yield check.field("date", day.date, text[start:end], box, sure)
    if found:
        return
    for row in check.rows:
        if check.down(row.box) > _DATE_LOW:
            continue
        for start, end, day in dates.find(row.text, order)[:1]:
            box = row.box_of(start, end)
            if check.across(box) >= _DATE_LEFT:
                sure = _LOOSE_DATE * row.confidence_of(start, end)
                yield check.field("date", day.date, row.text[start:end], box, sure)
        yield from _boxed_date(check, row)


def _boxed_date(check: Face, row: Row) -> Iterator[Field]:
    """Eight digits in boxes, one each, as DDMMYYYY."""
    for run in _digit_runs(row):
        digits = "".join(one.text for one in run).translate(_LOOKALIKES)
        digits = re.sub(r"\D", "", digits)
        if len(digits) == 8 and check.across(frame.union(run)) >= _DATE_LEFT:  # noqa: PLR2004 - DDMMYYYY
            for day in dates.readings(digits, "DMY")[:1]:
                sure = _BOXED_DATE * min(one.confidence for one in run)
                yield check.field("date", day.date, digits, frame.union(run), sure)


def _digit_runs(row: Row) -> Iterator[list[Word]]:
    """Words of a row that stand next to each other and hold nothing but figures and box lines."""
    run: list[Word] = []
    for word in row.words:
        if re.fullmatch(r"[\dIlOo|/.\[\]-]+", word.text):
            run.append(word)
        elif run:
            yield run
            run = []
    if run:
        yield run


def number(check: Face, taken: Sequence[Box]) -> Iterator[Field]:
    """The printed number at the top right, largest print first; *taken* is the date's place."""
    found: list[tuple[int, Field]] = []
    for row in check.rows:
        for word in row.words:
            digits = word.text.strip(_EDGES + "NnoO\u00b0\u2116")
            if (
                re.fullmatch(r"\d{3,10}", digits)
                and check.down(word.box) <= _NUMBER_LOW
                and check.across(word.box) >= _NUMBER_LEFT
                and not any(word.box.overlaps(box) for box in taken)
            ):
                sure = _NUMBER * word.confidence
                found.append(
                    (
                        word.box.height,
                        check.field("check_number", digits, word.text, word.box, sure),
                    )
                )
    yield from (one for _, one in sorted(found, key=lambda pair: -pair[0])[:2])


def payee(check: Face, amounts: Sequence[Box]) -> Iterator[Field]:
    """The words between "pay to the order of" and the amount.

    Without a label they are those before "or bearer", else those before the amount.
    """
    spots = check.labels("payee")
    if spots:
        low = spots[0].box.bottom + 2 * spots[0].box.height
        stops = [box.left for box in amounts if box.top <= low]
        inside = check.beside(spots, min(stops, default=check.frame.right + 1))
    else:
        inside = _before_bearer(check) or (_before(check, amounts[0]) if amounts else ())
    kept = _until_mark(inside)
    told = before_mark(" ".join(one.text for one in kept), "bearer")
    kept = _without_noise(kept[: len(told.split())])
    text = _trimmed(" ".join(one.text for one in kept).replace("\u00b7", "."))
    if sum(one.isalpha() for one in text) > 1:
        sure = (_PAYEE if spots else _LOOSE_PAYEE) * min(one.confidence for one in kept) ** _BY_HAND
        yield check.field("payee", text, text, frame.union(kept), sure)


def _without_noise(words: list[Word]) -> list[Word]:
    """The words without what a reader makes of another script or of the paper's print at the ends.

    Indian checks print the labels in Hindi too.
    """
    kept = list(words)
    while kept and _NOISE.search(kept[0].text):
        kept.pop(0)
    while kept and _NOISE.search(kept[-1].text):
        kept.pop()
    return kept


def _before_bearer(check: Face) -> tuple[Word, ...]:
    """The words of a row that ends in "or bearer"; its label was not read, or only in part."""
    for row in check.rows:
        told = before_mark(row.text, "bearer")
        if told != row.text and check.down(row.box) <= _FIGURES_LOW:
            inside = row.words[: len(told.split())]
            return inside[1:] if inside and _PART_OF_PAY.match(inside[0].text) else inside
    return ()


def _before(check: Face, amount: Box) -> tuple[Word, ...]:
    """The words on the row of the figures, left of them."""
    return tuple(
        word
        for row in check.rows
        for word in row.words
        if word.box.right <= amount.left
        and word.box.top < (amount.top + amount.bottom) / 2 < word.box.bottom
    )


def _until_mark(inside: Sequence[Word]) -> list[Word]:
    """The words before the first currency mark or sum; a stroke or a figure may be of the name."""
    kept: list[Word] = []
    for word in inside:
        if kept and (_MARK.match(word.text) or _SUM.fullmatch(word.text)):
            break
        kept.append(word)
    while kept and _RULE.fullmatch(kept[-1].text):
        kept.pop()
    return kept


def payer(check: Face) -> Iterator[Field]:
    """The first line of the block at the top left."""
    for row in check.rows:
        piece = next(iter(layout.pieces(row)))
        inside = check.down(piece.box) <= _PAYER_LOW and check.across(piece.box) <= _PAYER_RIGHT
        letters = sum(one.isalpha() for one in piece.text)
        if re.search(r"\bbank\b", piece.text, re.IGNORECASE):
            continue
        if inside and letters >= 4 and not _is_label(check, piece) and not dates.find(piece.text):  # noqa: PLR2004 - "J. Li"
            text = _trimmed(piece.text)
            sure = _PAYER * piece.confidence_of(0, len(piece.text))
            yield check.field("payer", text, piece.text, piece.box, sure)
            return


def _is_label(check: Face, piece: Row) -> bool:
    return any(
        piece.box.overlaps(spot.box)
        for name in ("payee", "date", "memo", "words")
        for spot in check.labels(name)
    )


def account(check: Face) -> Iterator[Field]:
    """The account number printed on the face: beside its label, else where one can only be that."""
    for spot in check.labels("account"):
        inside = check.beside([spot], check.frame.right + 1)
        digits = [one for one in inside if re.fullmatch(r"[\d-]+", one.text.strip(_EDGES))]
        value = re.sub(r"\D", "", "".join(one.text for one in digits))
        if len(value) >= _LEAST_ACCOUNT:
            sure = _ACCOUNT * min(one.confidence for one in digits)
            yield check.field("account_number", value, value, frame.union(digits), sure)
            return
    if not check.labels("account"):
        return
    for row in check.rows:
        for word in row.words:
            alone = re.fullmatch(r"\d{9,18}", word.text.strip(_EDGES))
            if alone and _ACCOUNT_HIGH <= check.down(word.box) <= _ACCOUNT_LOW:
                sure = _LOOSE_ACCOUNT * word.confidence
                yield check.field("account_number", alone[0], word.text, word.box, sure)


def memo(check: Face) -> Iterator[Field]:
    """What the check says it is for, at the bottom left."""
    for spot in check.labels("memo"):
        if check.down(spot.box) < _MEMO_HIGH or check.across(spot.box) > _MEMO_RIGHT:
            continue
        stop = check.frame.left + round(_MEMO_RIGHT * check.frame.width)
        inside = check.beside([spot], stop)
        text = _trimmed(" ".join(one.text for one in inside))
        if text:
            sure = _MEMO * min(one.confidence for one in inside)
            yield check.field("memo", text, text, frame.union(inside), sure)
            return


def captions(check: Face, area: Box) -> Iterator[Box]:
    """Printed captions within the signing area."""
    for row in check.rows:
        for piece in layout.pieces(row):
            if piece.box.overlaps(area) and marked(piece.text, "signature"):
                yield piece.box


def worthless(check: Face) -> bool:
    """True where VOID, COPY or SPECIMEN is printed on its own, not as part of a condition.

    Letters that stand apart, as stamps set them, are one word.
    """
    texts = [piece.text for row in check.rows for piece in layout.pieces(row)]
    texts += [_CLOSED_UP.sub("", row.text) for row in check.rows]
    return any(marked(text, "void") and not marked(text, "condition") for text in texts)


def _trimmed(text: str) -> str:
    """The text without leaders and frames around it; the stop of "Inc." stays."""
    bare = text.strip(_EDGES)
    follows = text[text.find(bare) + len(bare) :]
    return bare + "." if re.match(r"\.(?!\s?[._])", follows) else bare


def _cents(amount: Decimal) -> Decimal:
    """The amount with two decimals, as checks state money."""
    return amount.quantize(Decimal("0.01"))
