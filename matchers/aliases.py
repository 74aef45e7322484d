"""Names that parties go by on paper, as decisions of people taught. Pure.

A learned name finds records and takes the edge off another one, but it never makes a party alike:
number and amount, with the day or the order, have to carry a posting without it.
"""

from collections.abc import Sequence
from dataclasses import replace

from extractors.interface import Extraction, Kind
from extractors.values.names import fold_name
from matchers.compare import READ, Paper, party_field
from matchers.interface import Alias, Evidence, History, LedgerRecord, Level
from matchers.likeness import PARTY_ALIKE, PARTY_UNLIKE

NAMED_IN = ("vendor", "buyer")
"""The fields of a bill that name its party."""

MOST = 2
"""Parties that one name may mean, looked up beside the name itself."""


def known(extraction: Extraction, history: History) -> tuple[Alias, ...]:
    """Whom people meant by the names on a bill; whom a check names is never taken so."""
    if extraction.kind is Kind.CHECK:
        return ()
    read = [str(one.value) for name in NAMED_IN for one in extraction.readings(name)]
    return tuple(history.aliases(read))


def looked_up(extraction: Extraction, aliases: Sequence[Alias]) -> Extraction:
    """What to look up: the document, with the names that the ledger has for its party."""
    first = next((found for name in NAMED_IN if (found := extraction.get(name))), None)
    if first is None or not aliases:
        return extraction
    added = [replace(first, value=one.party) for one in aliases[:MOST]]
    return replace(extraction, fields=(*added, *extraction.fields))


def applied(evidence: Evidence, paper: Paper, record: LedgerRecord) -> Evidence:
    """The evidence of a party's name, closer where people decided that it means the record's."""
    name = party_field(paper.kind, record)
    if evidence.field != name or evidence.similarity >= PARTY_ALIKE or not paper.aliases:
        return evidence
    surest = paper.extraction.get(name)
    if surest is None or surest.confidence < READ:
        return evidence
    read = {fold_name(str(surest.value)): surest}
    for alias in paper.aliases:
        shown = read.get(fold_name(alias.name))
        if shown is not None and fold_name(alias.party) == fold_name(record.party_name):
            return replace(
                evidence,
                read=str(shown.value),
                level=Level.CLOSE,
                similarity=PARTY_UNLIKE,
                confidence=shown.confidence,
                page=shown.page,
                box=shown.box,
                learned=alias.count,
            )
    return evidence
