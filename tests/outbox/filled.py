"""A workspace in which every kind of file lies and every table has rows."""

import datetime as dt

from PIL import Image

from config.reasons import Reason
from extractors.interface import PAGE_DPI, Box, Page, Word
from extractors.pages import save_words
from matchers.interface import LedgerRecord
from outbox import heads
from outbox.cases import Cases
from outbox.copies import Copies
from outbox.deliveries import Deliveries
from outbox.filing import Filer
from outbox.interface import State, Workspace
from outbox.journal import Journal, Ruling, stamp
from outbox.tables import ResolutionRow
from tests.outbox.desk import OneRecordLedger, arrive, dossier, hold, match

DAY = dt.date(2026, 11, 22)


def fill(workspace: Workspace, journal: Journal) -> str:
    """One document of every outcome, two deliveries, four cases; gives the open case's name.

    d1 and d7 are matched, d2 is held, d3 a duplicate, d4 quarantined, d5 split, d6 in hand,
    d8 rejected, d9 was held and resolved, which taught a name.
    """
    arrive(workspace, journal, "d1", b"1")
    match(journal, "d1", "R1")
    Deliveries(workspace, journal).close(DAY)
    arrive(workspace, journal, "d2", b"2")
    case = _held(workspace, journal, "d2")
    _aside(workspace, journal)
    arrive(workspace, journal, "d7", b"7", name="d7.eml", batch="monday", folder="monday")
    match(journal, "d7", "R7")
    Deliveries(workspace, journal).close(DAY)
    cases = Cases(
        workspace,
        journal,
        OneRecordLedger(LedgerRecord(record_id="R9", party_name="Holding Company")),
    )
    for document, action in (("d8", "reject"), ("d9", "resolve")):
        arrive(workspace, journal, document, document.encode())
        name = _held(workspace, journal, document)
        journal.ask(ResolutionRow(at=stamp(), case_name=name, action=action, who="ann", note="so"))
    cases.apply()
    arrive(workspace, journal, "d6", b"6", parent="d5")
    journal.note("d2", "ann", "rang them")
    heads.export(workspace, journal)
    return case


def _held(workspace: Workspace, journal: Journal, document: str) -> str:
    """A case with a page picture as evidence, and a searchable copy."""
    see(workspace, document, "Notice")
    name = hold(
        journal,
        document,
        Reason.AMOUNT_MISMATCH,
        fields={"total": "9.00", "currency": "EUR", "vendor": "Corner Shop"},
        proposal="R9",
    )
    Filer(workspace, journal).file(document)
    for _ in Copies(workspace, journal).make(document):
        pass
    return name


def see(workspace: Workspace, document: str, *words: str, pages: int = 1) -> None:
    """Lay down what a reading leaves: pages with a word in each of their lines."""
    home = workspace.scratch / document
    home.mkdir(exist_ok=True)
    read = tuple(Word(one, Box(5, 12 * n, 55, 12 * n + 10)) for n, one in enumerate(words))
    seen = [
        Page(number=n, width=60, height=40, words=read, source="eyes") for n in range(1, pages + 1)
    ]
    for page in seen:
        picture = Image.new("RGB", (60, 40), "white")
        picture.save(home / f"page-{page.number}.jpg", dpi=(PAGE_DPI, PAGE_DPI))
    save_words(seen, home)


def _aside(workspace: Workspace, journal: Journal) -> None:
    twin = {"id": "d1", "name": "d1", "state": "matched", "received": "2026-11-22T00:00:00+00:00"}
    twin |= {"case": "", "path": "matched/x"}
    for document, ruling in (
        ("d3", Ruling(goal=State.DUPLICATE, dossier=dossier(twin=twin))),
        ("d4", Ruling(goal=State.QUARANTINED, dossier=dossier())),
        ("d5", Ruling(goal=State.SPLIT, dossier=dossier())),
    ):
        arrive(workspace, journal, document, document.encode())
        journal.decide(document, journal.start(document), ruling)
        Filer(workspace, journal).file(document)
