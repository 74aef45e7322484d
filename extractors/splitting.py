"""Where one document ends and the next begins, by what the pages of a file say of themselves.

A person who posts mail turns to page numbers, carried sums and the heads of bills; so does this.
A page begins another document only where it has a bill's head of its own, with another number and
a date, nothing says that it goes on, and each of the two has a total. Receipts often have no
number: two of them are told apart by vendor or day and total. A check is one sheet, and its front
says so. Where a file says both, it is not split, and a person decides.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache

from extractors import kinds, pagewords
from extractors.finders import check, invoice
from extractors.interface import Field, Hints, Kind, Page, Value
from extractors.layout import Row, rows
from extractors.phrases import fold

_BILLS = (Kind.INVOICE, Kind.CREDIT_NOTE, Kind.RECEIPT)

_READ = 0.5
"""Confidence from which a page is taken to say something."""

_SURE = 0.8
"""Confidence from which a page is a bill when it is looked at alone, and from which two receipts
without numbers are told apart by what they say."""

_OF_FRONTS = frozenset({"amount", "amount_words", "currency"})
"""What is found on the front of a check alone; what is stamped on its back states no money."""

_AMOUNTS = frozenset({"amount", "amount_words"})

_ZONE = 0.35
"""The share of a page, at its head and at its foot, where it says that it goes on."""

_MOST_PAGES = 999


class Step(Enum):
    """How a page stands to the document before it."""

    ON = "it goes on"
    NEW = "it begins another"
    UNCERTAIN = "it may do either"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page says: its *place* (its number, of how many), and what a finder of bills reads.

    *back* says that it goes on from another page, *onward* that another follows, *bill* that it
    looks like a bill when it is looked at alone, *check* that it is the front of a check, *amounts*
    are those that it states then.
    """

    page: Page
    place: tuple[int, int] | None
    back: bool
    onward: bool
    bill: bool
    check: bool
    amounts: frozenset[Value]
    fields: tuple[Field, ...]

    def get(self, name: str, least: float = _READ) -> Field | None:
        """The surest reading of a field, if it is at least that sure."""
        found = [one for one in self.fields if one.name == name and one.confidence >= least]
        return max(found, key=lambda one: one.confidence, default=None)


def begin(pages: Sequence[Page], date_order: str) -> tuple[int, ...] | None:
    """The numbers of the pages on which a document begins; None where that is uncertain.

    Blank pages belong to what is before them.
    """
    read = [page for page in pages if page.words]
    if len(read) < 2:  # noqa: PLR2004 - one page with words is one document
        return (pages[0].number,)
    documents: list[list[Told]] = [[]]
    for page in (_told(page, date_order) for page in read):
        step = _step(documents[-1], page) if documents[-1] else Step.ON
        if step is Step.UNCERTAIN:
            return None
        if step is Step.NEW:
            documents.append([])
        documents[-1].append(page)
    if len(documents) > 1 and not all(one[0].check or _said("total", one) for one in documents):
        return None
    return (pages[0].number, *(one[0].page.number for one in documents[1:]))


def lacks_pages(pages: Sequence[Page]) -> bool:
    """Whether its own page numbers speak of more pages than there are."""
    places = [place for page in pages if page.words and (place := _place(rows(page.words)))]
    return bool(places) and min(of for _, of in places) > len(pages)


def _step(document: Sequence[Told], page: Told) -> Step:
    if page.check or document[0].check:
        return _after_check(document[0], page)
    goes_on = page.back or document[-1].onward or (page.place is not None and page.place[0] > 1)
    number, earlier = page.get("invoice_number"), _said("invoice_number", document)
    if number and page.get("date") and earlier:
        if _code(number.value) == _code(earlier.value):
            return Step.UNCERTAIN if _is_namesake(document, page) else Step.ON
        said = _code("".join(word.text for word in page.page.words))
        return Step.UNCERTAIN if goes_on or _code(earlier.value) in said else Step.NEW
    if goes_on or not _is_other_bill(document, page):
        return Step.ON
    differs = [_differs(name, document, page) for name in ("total", "date", "vendor")]
    apart = differs[0] and any(differs[1:]) and not (number or earlier)
    return Step.NEW if apart and document[0].bill else Step.UNCERTAIN


def _after_check(first: Told, page: Told) -> Step:
    """What a page is where it or the *first* is a check.

    Its back, its stub, and a bill over the very amount that it pays belong to it.
    """
    if page.check and first.check:
        return Step.NEW
    total = page.get("total")
    paid = total is not None and total.value in first.amounts
    return Step.UNCERTAIN if page.check or (page.bill and not paid) else Step.ON


def _is_other_bill(document: Sequence[Told], page: Told) -> bool:
    """Whether a page with a head of its own comes after a bill, and is not over the same total.

    Over the same total it is another one where its vendor or its day surely differs.
    """
    headed = page.get("invoice_number") and page.get("date")
    total, earlier = page.get("total"), _said("total", document)
    whole = page.get("date") and total
    named = page.get("vendor") and (page.get("date") or total)
    alone = page.bill and (named or (whole and earlier))
    if not (headed or alone) or not (earlier or document[0].bill):
        return False
    if total is None or earlier is None or total.value != earlier.value:
        return True
    return page.bill and any(_differs(name, document, page) for name in ("vendor", "date"))


def _is_namesake(document: Sequence[Told], page: Told) -> bool:
    """Whether a page with the same number is over another total, and of another day or vendor."""
    apart = _differs("date", document, page) or _differs("vendor", document, page, _READ)
    return apart and _differs("total", document, page)


def _said(name: str, document: Sequence[Told], least: float = _READ) -> Field | None:
    """The first of a document's pages to say something says it for all."""
    return next((field for one in document if (field := one.get(name, least))), None)


def _differs(name: str, document: Sequence[Told], page: Told, least: float = _SURE) -> bool:
    here, there = page.get(name, least), _said(name, document, least)
    return here is not None and there is not None and here.value != there.value


def _code(value: object) -> str:
    return re.sub(r"[\W_]", "", str(value)).casefold()


def _told(page: Page, date_order: str) -> Told:
    lines = rows(page.words)
    kind, sure = kinds.classify([page])
    head = [one for one in lines if one.box.bottom < _ZONE * page.height]
    foot = [one for one in lines if one.box.top > (1 - _ZONE) * page.height]
    front = check.find([page], Hints()).fields if page.code_line or kind is Kind.CHECK else ()
    is_front = sure >= _SURE and any(one.name in _OF_FRONTS for one in front)
    return Told(
        page=page,
        place=_place(lines),
        back=_goes_on(head),
        onward=_goes_on(foot),
        bill=kind in _BILLS and sure >= _SURE,
        check=bool(page.code_line) or (kind is Kind.CHECK and is_front),
        amounts=frozenset(one.value for one in front if one.name in _AMOUNTS),
        fields=invoice.find([page], Hints(date_order=date_order)).fields,
    )


def _goes_on(lines: Sequence[Row]) -> bool:
    return any(pagewords.whole("onward").search(fold(line.text)) for line in lines)


def _place(lines: Sequence[Row]) -> tuple[int, int] | None:
    """The page's number and the number of pages, where it says both once or the same each time."""
    found = set(_places(lines))
    return found.pop() if len(found) == 1 else None


def _places(lines: Sequence[Row]) -> Iterator[tuple[int, int]]:
    for line in lines:
        for match in _numbered().finditer(fold(line.text.replace("/", " of "))):
            number, of = int(match[1]), int(match[2])
            if 1 <= number <= of <= _MOST_PAGES:
                yield number, of


@cache
def _numbered() -> re.Pattern[str]:
    """A page's number, and of how many."""
    number = r" ?(\d{1,3})"
    page, of = pagewords.one_of("page"), pagewords.one_of("of")
    return re.compile(rf"(?<!\w)(?:{page}) ?(?:no?|nr)?{number} ?(?:{of}){number}(?!\d)")
