"""Fields of an email: its headers, and what its text mentions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice, zip_longest

from config.reasons import Reason
from extractors import phrases
from extractors.finders import letter, mentions, remittance
from extractors.interface import Field, Findings, Hints, LineItem, Page, Value
from extractors.mail import Mail
from extractors.mailbody import own_words
from extractors.pages import typed

HEADERS = 0.99
"""Headers are stated, not read; what may be wrong is the mail program that wrote them."""

_MOST_LINES = 2000
"""Lines of a mail in which invoices are looked for."""

_APART = re.compile(r"\n\n(?=[^\n\t]*\t)")
"""What stands between two rows of a table."""

_MOST_MENTIONS = 50
"""More numbers than this are a list for people, not a reference."""


def find(pages: Sequence[Page], hints: Hints) -> Findings:
    """The fields of a printed email; of bare text only what it mentions."""
    if pages:
        return letter.find(pages, hints)
    return Findings(
        fields=tuple(_mentioned(hints.text)),
        problems=mentions.problems(hints.text, settled=_settled(hints.text)),
    )


def find_mail(mail: Mail) -> Findings:
    """Sender, recipient, subject and date from the headers; numbers and money from the text."""
    told = f"{mail.subject}\n{mail.body}"
    own = f"{mail.subject}\n{own_words(mail.body)}"
    stated: tuple[tuple[str, Value | None], ...] = (
        ("sender", mail.sender),
        ("recipient", mail.recipient),
        ("subject", mail.subject),
        ("date", mail.date),
    )
    headers = (
        Field(name=name, value=value, text=_shown(value), confidence=HEADERS, source="headers")
        for name, value in stated
        if value
    )
    lines = _listed(mail.body) if phrases.has(told, "remittance") else ()
    return Findings(
        fields=(*headers, *_mentioned(told, [one.description for one in lines])),
        lines=lines,
        problems=(Reason.RETURN_TO_SENDER,)
        if mail.bounced
        else mentions.problems(own, settled=bool(lines) or _settled(told)),
    )


def _mentioned(text: str, listed: Sequence[str] = ()) -> Iterator[Field]:
    """What the text names, and the numbers *listed* in a table of it."""
    lists = {"references": mentions.references(text), "amounts": mentions.amounts(text)}
    for name, found in lists.items():
        said = {one.value: text[one.start : one.end] for one in found}
        if name == "references":
            said = {number: number for number in listed} | said
        if said:
            kept = dict(islice(said.items(), _MOST_MENTIONS))
            yield Field(
                name=name,
                value=tuple(kept),
                text=", ".join(kept.values()),
                confidence=mentions.LABELLED,
                source="text",
            )
    for one in mentions.accounts(text)[:1]:
        yield Field(
            name="account_number",
            value=one.value,
            text=text[one.start : one.end],
            confidence=mentions.LABELLED,
            source="text",
        )


def _listed(text: str) -> tuple[LineItem, ...]:
    """The invoices that a payment advice in the text of a mail lists, with what was paid."""
    lines = list(_in_columns(_APART.sub("\n", text).splitlines()[:_MOST_LINES]))
    return tuple(replace(one, page=None) for one in remittance.listed(typed(lines)))


def _in_columns(lines: Sequence[str]) -> Iterator[str]:
    """Lines whose cells stand apart by tabs, with the cells of a table one below the other."""
    for tabbed, block in groupby(lines, lambda line: "\t" in line):
        if not tabbed:
            yield from block
            continue
        rows = [[cell.strip() for cell in line.strip(" ").split("\t")] for line in block]
        columns = [max(map(len, column)) + 3 for column in zip_longest(*rows, fillvalue="")]
        for row in rows:
            yield "".join(cell.ljust(width) for cell, width in zip(row, columns, strict=False))


def _settled(text: str) -> bool:
    """True for a payment advice that says what was paid: nobody needs to route it."""
    named = mentions.references(text) and mentions.amounts(text)
    return bool(named) and phrases.has(text, "remittance")


def _shown(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
