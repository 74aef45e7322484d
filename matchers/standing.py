"""How one candidate stands: what agrees, what contradicts, and what that proves. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from config.settings import Rules
from extractors.interface import Field, Kind
from matchers.compare import (
    PAYMENT,
    READ,
    SURE,
    Paper,
    amount_agrees,
    amount_field,
    date_agrees,
    due,
    family,
    number_field,
    party_field,
)
from matchers.interface import Candidate, Evidence, LedgerRecord, Level, Status
from matchers.likeness import (
    ONE_SLIP,
    PARTY_ALIKE,
    PARTY_UNLIKE,
    one_slip,
    plain_identifier,
    shortened,
)

STRONG_LENGTH, STRONG_DIGITS = 4, 3
"""A number with fewer signs or figures than these is no strong identifier: many share it."""

CENTS = Decimal(1)
"""Two amounts of one party and one day that lie closer than this may be one, rounded."""


SELECTED = "selected_amount"
"""What a posting agreed in where its amount was selected by figures and words, not read."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A rule that allows a posting, and the fields that decide under it.

    *fields* have to be read surely, each of *together* only more likely than not: two of those
    that agree with one record bear each other out.
    """

    rule: str
    fields: tuple[str, ...]
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate beside the document it may belong to."""

    paper: Paper
    candidate: Candidate

    @property
    def record(self) -> LedgerRecord:
        """The record in question."""
        return self.candidate.record

    @property
    def payment(self) -> bool:
        """Whether the record is a payment that is expected."""
        return family(self.record) == PAYMENT

    @property
    def number_name(self) -> str:
        """The field that holds the number to compare."""
        return "memo" if self.payment else number_field(self.paper.kind)

    @property
    def party_name(self) -> str:
        """The field that names the party to compare."""
        return party_field(self.paper.kind, self.record)

    @property
    def amount_name(self) -> str:
        """The field that holds the amount."""
        return amount_field(self.paper.kind)

    def of(self, name: str) -> Evidence | None:
        """The evidence of one field."""
        return self.candidate.of(name)

    def exact(self, name: str) -> bool:
        """Whether a field agrees exactly."""
        found = self.of(name)
        return found is not None and found.level is Level.EXACT

    def close(self, name: str) -> bool:
        """Whether a field agrees, exactly or closely."""
        found = self.of(name)
        return found is not None and found.level in {Level.EXACT, Level.CLOSE}

    def differs(self, name: str) -> bool:
        """Whether a field was read and says something else."""
        found = self.of(name)
        return found is not None and found.level is Level.DIFFERS

    def clashes(self, name: str, least: float = READ) -> bool:
        """Whether a field says something else and was read surely enough to be believed."""
        found = self.of(name)
        return self.differs(name) and found is not None and (found.confidence or 0) >= least

    def alike(self) -> bool:
        """Whether the party is clearly the same.

        By its name, or by its tax number or bank account where the name leaves it open.
        """
        found = self.of(self.party_name)
        by_name = found is not None and found.similarity >= PARTY_ALIKE
        taught = found is not None and bool(found.learned)
        return by_name or (
            not (taught or self.unlike()) and (self.exact("vendor_tax_id") or self.exact("iban"))
        )

    def unlike(self) -> bool:
        """Whether the document names another party."""
        return self.clashes(self.party_name)

    def priced(self) -> bool:
        """Whether the amount that was read or selected is what the record expects."""
        return amount_agrees(self.paper, self.record) or self.selected()

    def selected(self) -> bool:
        """Whether figures and words both bear out the record's amount, found by other evidence."""
        selection = self.candidate.selection
        return selection is not None and selection.supported

    def dated(self) -> bool:
        """Whether the date that was read is the record's."""
        return not self.payment and date_agrees(self.paper, self.record)

    def undated(self) -> bool:
        """Whether the document bears a date and the record none."""
        found = self.of("date")
        return found is not None and found.level is Level.UNSTATED

    def otherwise_dated(self) -> bool:
        """Whether only a less sure reading of the date is the record's."""
        return self.close("date") and not self.dated()

    def numbered(self) -> bool:
        """Whether a number that few share agrees exactly."""
        return self.exact(self.number_name) and _strong(self.record.number, self.paper.kind)

    def near_number(self) -> bool:
        """Whether the number differs by no more than a slip."""
        found = self.of(self.number_name)
        return self.differs(self.number_name) and found is not None and found.similarity >= ONE_SLIP

    def settled(self) -> bool:
        """Whether nothing is left to post to the record, or to pay of it."""
        record = self.record
        nothing_left = record.open_amount == 0 and bool(record.amount)
        return nothing_left or record.status in {Status.CLOSED, Status.VOID}

    def over_another_sum(self) -> bool:
        """Whether the amount is surely another one, and not by a slip of pen or eye."""
        found = self.of(self.amount_name)
        return found is not None and found.similarity < ONE_SLIP and self.clashes(found.field, SURE)

    def contradicted(self) -> bool:
        """Whether a field that identifies speaks against the record."""
        return self.unlike() or self.differs(self.number_name) or self.clashes("date")

    def meant(self) -> bool:
        """Whether the document is clearly about this record, be everything else in order or not."""
        if self.payment:
            named = self.exact("memo")
            return (named and self.priced()) or (self.alike() and (named or self.priced()))
        if self.close(self.number_name):
            return self._drawn() if self.paper.kind is Kind.CHECK else self._named()
        if self.near_number():
            known = self.paper.kind is Kind.CHECK and self.clashes(self.number_name, SURE)
            return self.alike() and self.dated() and self.priced() and not known
        if self.differs(self.number_name) or (self.settled() and self.over_another_sum()):
            return False  # what was paid was another purchase of that day
        return self.alike() and (self.dated() or (self.exact("po_number") and self.priced()))

    def _named(self) -> bool:
        """Whether a document that bears the record's number can be the record's."""
        return not self.unlike() or (self.priced() and self.dated())

    def _drawn(self) -> bool:
        """The same for a check: its account and number say which it is, whatever else it says."""
        if self.clashes("account_number", SURE):
            return self.alike() and self.priced()
        return self.exact("account_number") or self._named()

    def proofs(self) -> tuple[Proof, ...]:
        """Every rule under which the document may be posted to this record, strongest first."""
        if not self.priced() or self.contradicted():
            return ()
        found = []
        supported = self.alike() or self.dated() or self.exact("po_number")
        if self.paper.kind is Kind.CHECK:
            supported = self.alike() and self._legible()
        if self.numbered() and supported and (account := self._account()) is not None:
            fields = (self.number_name, self.amount_name)
            found.append(Proof("number and amount", fields, account))
        if self.paper.kind is Kind.CHECK:
            return (*found, *self._by_account())
        if self.alike() and self.dated():
            found.append(Proof("party, date and amount", ("date", self.amount_name)))
        if self.alike() and self.numbered():
            found += [
                Proof(
                    f"number, party, {label} and amount",
                    (self.amount_name,),
                    (self.number_name, name),
                )
                for name, label in (("date", "date"), ("po_number", "order"))
                if self.exact(name)
            ]
        return tuple(found)

    def _account(self) -> tuple[str, ...] | None:
        """The account that must agree on an issued check, if the ledger states one; None if not."""
        if self.paper.kind is not Kind.CHECK or self.payment or not self.record.account_ref:
            return ()
        if self.exact("account_number"):
            return ("account_number",)
        return () if self.close("account_number") else None

    def _by_account(self) -> list[Proof]:
        """The rules for an issued check whose payee is not to be compared, or hardly legible."""
        if self.payment or not (self.numbered() and self.exact("account_number")):
            return []
        fields = (self.number_name, self.amount_name)
        if not self.record.party_name:
            return [Proof("number, account and amount", ("account_number", *fields))]
        if not (self.alike() and self._legible()) and self.half_read() and self.dated():
            rule = "number, account, date, amount and what is legible of the payee"
            return [Proof(rule, fields, ("account_number", "date"))]
        return []

    def half_named(self) -> bool:
        """Whether the name that was read is near the record's, but clearly neither it nor not."""
        found = self.of(self.party_name)
        return found is not None and PARTY_UNLIKE <= found.similarity < PARTY_ALIKE

    def _legible(self) -> bool:
        """Whether the party was read more likely than not."""
        found = self.of(self.party_name)
        return found is not None and (found.confidence or 0) >= READ

    def half_read(self) -> bool:
        """Whether a party that is hardly legible may well be the record's.

        Of the 49 other payees of 50 real checks, each held against all handwriting, two came near.
        """
        found = self.of(self.party_name)
        if found is None or (found.confidence or 0) >= SURE:
            return False
        return found.similarity >= PARTY_UNLIKE

    def clear(self, proof: Proof, rules: Rules) -> bool:
        """Whether every field that decides was read surely enough."""
        return not self.unsure(proof, rules)

    def unsure(self, proof: Proof, rules: Rules) -> tuple[Field, ...]:
        """The deciding fields that were not read surely enough."""
        asked = dict.fromkeys(proof.fields, rules.least_confidence)
        asked |= {name: min(READ, rules.least_confidence) for name in proof.together}
        if self.selected():
            asked.pop(self.amount_name, None)
        read = {name: self.paper.extraction.get(name) for name in asked}
        return tuple(one for name, one in read.items() if one and one.confidence < asked[name])

    def agreed(self) -> tuple[str, ...]:
        """The fields that agreed: exactly, or a name clearly alike."""
        names = [one.field for one in self.candidate.evidence if one.level is Level.EXACT]
        if self.alike() and self.close(self.party_name):
            names.append(self.party_name)
        if self.priced():
            read = amount_agrees(self.paper, self.record)
            names.append(self.amount_name if read else SELECTED)
        return tuple(dict.fromkeys(name for name in names if name != "kind"))


def _strong(number: str, kind: Kind) -> bool:
    plain = plain_identifier(number)
    figures = sum(one.isdecimal() for one in plain)
    if kind is Kind.CHECK:
        return figures >= STRONG_DIGITS  # a serial is told apart by its account and payee
    return len(plain) >= STRONG_LENGTH and figures >= STRONG_DIGITS


def rivals(best: Standing, others: tuple[Standing, ...], least: float) -> tuple[Standing, ...]:
    """Other records that the document may just as well be about.

    A day that is read less surely than *least* tells none apart. Nor does any day where the best
    one states none: that a record is of another day may be its booking, and proves no undated one.
    """
    return tuple(one for one in others if _equal(best, one, least) or _one_slip_away(best, one))


def _equal(best: Standing, other: Standing, least: float) -> bool:
    """Whether the other record agrees in all in which the best one does."""
    if not other.priced() or other.differs(other.number_name) or _another_party(best, other):
        return False
    if any(best.exact(name) and other.clashes(name) for name in ("account_number", "routing")):
        return False
    if best.close(best.number_name) and not other.close(other.number_name):
        return False
    return best.differs("date") or best.undated() or not other.clashes("date", least)


def _another_party(best: Standing, other: Standing) -> bool:
    """Whether the party tells the other record from the best one.

    A name in part tells none apart: it may be short for either.
    """
    if not best.alike():
        return other.unlike() and not best.half_named()
    if other.alike():
        return False
    proved = any(best.exact(name) for name in (best.party_name, "vendor_tax_id", "iban"))
    read = other.of(other.party_name)
    return proved or read is None or not shortened(read.read, other.record.party_name)


def _one_slip_away(best: Standing, other: Standing) -> bool:
    """Whether a single figure of the amount, or some cents, are all that speaks for the best one.

    Two bills of one party and one day, without numbers, over 8.20 and 8.02: leave the amount out
    and nothing tells them apart, and one of the two may be the other mistyped or rounded.
    """
    if best.close(best.number_name) or other.close(other.number_name) or best.payment:
        return False
    if not (best.dated() and other.dated() and other.alike()):
        return False
    if other.record.status not in {Status.OPEN, Status.PARTIAL}:
        return False
    first, second = due(best.paper, best.record), due(other.paper, other.record)
    if first is None or second is None:
        return False
    return one_slip(first, second) or abs(first - second) < CENTS
