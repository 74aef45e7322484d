"""The journal's pages about names: what parties are called on paper, as people's decisions taught.

A name is learned only where a person posted a bill to a record whose party has another name; each
such decision is one row, so that every name has its count and its witnesses. Revoking keeps the
rows. A name only ever helps to find a record and takes the edge off another name: it confirms none.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from extractors.values.names import fold_name
from matchers.interface import Alias, LedgerRecord
from matchers.likeness import PARTY_ALIKE, name_likeness
from outbox.journal_base import Books, Writing
from outbox.tables import AliasRow

AT_ONCE = 500
"""Names asked for at once."""

OF_BILLS = frozenset({"invoice", "receipt", "credit_note"})
"""Kinds of document that teach their party's name; a check never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A name that a person's decision teaches: as it was read, and whom it means."""

    name: str
    party: str


def taught(kind: str, fields: dict[str, object], record: LedgerRecord) -> Learned | None:
    """What a posting by a person teaches of its party's name; None where that was no news."""
    read = str(fields.get("buyer" if record.direction == "AR" else "vendor") or "")
    known = bool(read) and bool(record.party_name)
    if kind not in OF_BILLS or not known or name_likeness(read, record.party_name) >= PARTY_ALIKE:
        return None
    if not fold_name(read) or not fold_name(record.party_name):
        return None
    return Learned(name=read, party=record.party_name)


def learn(writing: Writing, document_id: str, learned: Learned, who: str) -> None:
    """Write down a name with the decision that taught it, in the same transaction."""
    writing.session.add(
        AliasRow(
            at=writing.at,
            document_id=document_id,
            name=learned.name,
            name_fold=fold_name(learned.name),
            party=learned.party,
            party_fold=fold_name(learned.party),
            who=who,
        )
    )
    writing.note(document_id, "alias_learned", name=learned.name, party=learned.party, who=who)


def unlearn(writing: Writing, document_id: str) -> None:
    """Take back what a withdrawn decision had taught."""
    found = writing.session.exec(select(AliasRow).where(AliasRow.document_id == document_id))
    for row in found.all():
        writing.session.delete(row)


class AliasPages(Books):
    """The names that parties go by."""

    def aliases(self, names: Iterable[str]) -> Sequence[Alias]:
        """Whom the ledger's people mean by these names, as decided and not revoked."""
        folds = sorted({fold_name(one) for one in names} - {""})[:AT_ONCE]
        if not folds:
            return ()
        with self.looking() as session:
            query = select(AliasRow).where(
                col(AliasRow.name_fold).in_(folds), col(AliasRow.revoked).is_(None)
            )
            return _counted(
                session.exec(query.order_by(col(AliasRow.at), col(AliasRow.document_id))).all()
            )

    def all_aliases(self) -> Sequence[Alias]:
        """Every name that is in force, with its count, in the order in which they were learned."""
        with self.looking() as session:
            query = select(AliasRow).where(col(AliasRow.revoked).is_(None))
            return _counted(
                session.exec(query.order_by(col(AliasRow.at), col(AliasRow.document_id))).all()
            )

    def revoke_alias(self, name: str, party: str, who: str) -> int:
        """Take a name back, for all decisions that taught it; gives how many did."""
        with self._writing() as writing:
            query = select(AliasRow).where(
                AliasRow.name_fold == fold_name(name),
                AliasRow.party_fold == fold_name(party),
                col(AliasRow.revoked).is_(None),
            )
            rows = writing.session.exec(
                query.order_by(col(AliasRow.at), col(AliasRow.document_id))
            ).all()
            for row in rows:
                row.revoked = writing.at
                writing.session.add(row)
                writing.note(
                    row.document_id, "alias_revoked", name=row.name, party=row.party, who=who
                )
            return len(rows)


def _counted(rows: Sequence[AliasRow]) -> tuple[Alias, ...]:
    found: defaultdict[tuple[str, str], list[AliasRow]] = defaultdict(list)
    for row in rows:
        found[row.name_fold, row.party_fold].append(row)
    return tuple(
        Alias(name=some[0].name, party=some[-1].party, count=len(some)) for some in found.values()
    )
