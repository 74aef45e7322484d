"""Fields of an email: its headers, and what its text mentions."""

from collections.abc import Iterator, Sequence

from config.reasons import Reason
from extractors import phrases
from extractors.finders import letter, mentions
from extractors.interface import Field, Findings, Hints, Page, Value
from extractors.mail import Mail
from extractors.mailbody import own_words

HEADERS = 0.99
"""Headers are stated, not read; what may be wrong is the mail program that wrote them."""

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
    return Findings(
        fields=(*headers, *_mentioned(told)),
        problems=(Reason.RETURN_TO_SENDER,)
        if mail.bounced
        else mentions.problems(own, settled=_settled(told)),
    )


def _mentioned(text: str) -> Iterator[Field]:
    lists = {"references": mentions.references(text), "amounts": mentions.amounts(text)}
    for name, found in lists.items():
        if found:
            kept = found[:_MOST_MENTIONS]
            yield Field(
                name=name,
                value=tuple(one.value for one in kept),
                text=", ".join(text[one.start : one.end] for one in kept),
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


def _settled(text: str) -> bool:
    """True for a payment advice that says what was paid: nobody needs to route it."""
    named = mentions.references(text) and mentions.amounts(text)
    return bool(named) and phrases.has(text, "remittance")


def _shown(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
