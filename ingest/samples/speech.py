"""How amounts and days are written in the languages of the samples."""

import datetime as dt
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

LOCALES = {"en": "en_US", "de": "de_DE", "fr": "fr_FR"}

_WIDE_SPACE = "\u202f"
"""French groups thousands with the narrow space; invoices are set with the plain hard one."""


def money(amount: Decimal, language: str) -> str:
    """1,234.50 or 1.234,50 or 1 234,50."""
    text: str = format_decimal(amount, format="#,##0.00", locale=LOCALES[language])
    return text.replace(_WIDE_SPACE, "\u00a0")


def priced(amount: Decimal, currency: str, language: str) -> str:
    """With its sign where the country puts it."""
    sign = {"USD": "$", "EUR": "€"}[currency]
    text = money(amount, language)
    return f"{sign}{text}" if language == "en" else f"{text} {sign}"


def plain(number: Decimal, language: str) -> str:
    """A quantity or a rate without needless noughts."""
    text: str = format_decimal(number.normalize(), format="#,##0.###", locale=LOCALES[language])
    return text


def day(date: dt.date, language: str) -> str:
    """In figures, as the country writes them."""
    pattern = {"en": "MM/dd/yyyy", "de": "dd.MM.yyyy", "fr": "dd/MM/yyyy"}[language]
    text: str = format_date(date, format=pattern, locale=LOCALES[language])
    return text


def short_day(date: dt.date, language: str) -> str:
    """With the first letters of the month, as tills print it."""
    text: str = format_date(date, format="dd MMM yyyy", locale=LOCALES[language])
    return text.upper()


def long_day(date: dt.date, language: str) -> str:
    """With the month as a word."""
    pattern = {"en": "MMMM d, yyyy", "de": "d. MMMM yyyy", "fr": "d MMMM yyyy"}[language]
    text: str = format_date(date, format=pattern, locale=LOCALES[language])
    return text
