"""What speaks against a posting, each finding in words that an associate understands. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.reasons import Reason
from config.settings import Rules
from extractors.interface import Field, Kind
from extractors.values.names import fold_name
from matchers.chances import no_record
from matchers.compare import READ, Paper, due
from matchers.interface import Allocated, Earlier, History, Ledger, LedgerRecord
from matchers.likeness import PARTY_ALIKE, name_likeness, plain_money
from matchers.score import telling
from matchers.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that speaks against a posting.

    *words* is a sentence with the values at hand, *change* completes "it would have been posted
    had ...", *related* the ids of documents that this one collides with, *allocation* how a payment
    would be spread over several items.
    """

    reason: Reason
    words: str
    change: str
    related: tuple[str, ...] = ()
    allocation: tuple[Allocated, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything that a decision is made from.

    *standings* are the candidates best first: those that are clearly meant before the others, as
    another party's bill over the same sum on the same day may score above one's own with a slip.
    """

    paper: Paper
    standings: tuple[Standing, ...]
    ledger: Ledger
    history: History
    rules: Rules
    today: dt.date

    @property
    def best(self) -> Standing | None:
        """The candidate that is most likely meant."""
        return self.standings[0] if self.standings else None

    @property
    def no_record(self) -> float:
        """How probable it is that the ledger has no record of the document, 0 to 1."""
        weighed = (one.candidate for one in self.standings)
        return no_record([telling(one.score, one.evidence) for one in weighed])

    @property
    def checks(self) -> bool:
        """Whether the document is a check."""
        return self.paper.kind is Kind.CHECK

    @property
    def noun(self) -> str:
        """What people call the document."""
        return self.paper.kind.replace("_", " ")


def entry(record: LedgerRecord) -> str:
    """A record as people know it: its id, its party and its number."""
    known = ", ".join(filter(None, (record.party_name, record.number)))
    return f"record {record.record_id} ({known})" if known else f"record {record.record_id}"


def money(amount: Decimal, currency: str = "") -> str:
    """An amount for people: grouped by thousands, with its currency."""
    whole, _, decimals = plain_money(amount).partition(".")
    return f"{int(whole):,}.{decimals} {currency}".strip()


def listed(values: Sequence[str], most: int = 3) -> str:
    """A few values as a list in words, and how many more there are."""
    shown = list(values[:most])
    if len(values) > most:
        shown.append(f"{len(values) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def value(field: Field | None) -> str:
    """What a field says, for people."""
    if field is None:
        return ""
    if isinstance(field.value, Decimal):
        return money(field.value)
    return field.value.isoformat() if isinstance(field.value, dt.date) else str(field.value)


def label(name: str) -> str:
    """A field's name for people."""
    return LABELS.get(name, name.replace("_", " "))


LABELS = {
    "vendor_tax_id": "tax number",
    "iban": "IBAN",
    "po_number": "purchase order number",
    "vendor": "supplier",
}


def difference(read: Decimal, expected: Decimal) -> str:
    """How two amounts differ, in words; a slip of the pen is named."""
    gap = f"{money(abs(read - expected))} {'more' if read > expected else 'less'}"
    return f"{gap}; {slip}" if (slip := _slip(read, expected)) else gap


def _slip(read: Decimal, expected: Decimal) -> str:
    """The one slip that makes one amount of the other, or empty."""
    first, second = (f"{amount:.2f}".replace(".", "") for amount in (read, expected))
    if len(first) != len(second):
        return ""
    spots = [at for at, (a, b) in enumerate(zip(first, second, strict=True)) if a != b]
    if len(spots) == 1:
        return f"one figure differs, {first[spots[0]]} for {second[spots[0]]}"
    if len(spots) == 2 and spots[1] == spots[0] + 1:  # noqa: PLR2004 - a pair
        swapped = first[spots[0]] == second[spots[1]] and first[spots[1]] == second[spots[0]]
        return f"the figures {first[spots[0]]} and {first[spots[1]]} are swapped" if swapped else ""
    return ""


def of_amount(case: Case, one: Standing, reason: Reason) -> list[Finding]:
    """The amount: not read, not what the ledger says, or not stated there."""
    read, expected = case.paper.amount, due(case.paper, one.record)
    if one.selected():
        return []
    if read is None or not isinstance(read.value, Decimal):
        return [
            Finding(
                reason=Reason.FIELD_MISSING,
                words=f"No amount could be read; {entry(one.record)} is over "
                f"{money(expected, one.record.currency) if expected is not None else 'no amount'}.",
                change="the amount been readable",
            )
        ]
    if expected is None:
        return [
            Finding(
                reason=Reason.LOW_SCORE,
                words=f"The ledger states no amount for {entry(one.record)}.",
                change="the ledger stated the amount",
            )
        ]
    if one.priced():
        return []
    said = abs(read.value)
    if case.paper.tolerance.splits(abs(said - expected), expected):
        reason = Reason.TOLERANCE_CAP
    found = [
        Finding(
            reason=reason,
            words=f"The {case.noun} says {money(said, one.record.currency)}; {entry(one.record)} "
            f"says {money(expected, one.record.currency)}: {difference(said, expected)}.",
            change=f"the {case.noun} and the ledger stated the same amount",
        )
    ]
    if one.close(one.amount_name) and not one.settled():
        found.append(
            Finding(
                reason=Reason.LOW_CONFIDENCE,
                words=f"The amount could also be read as {money(expected)}.",
                change=f"the amount been read as {money(expected)}",
            )
        )
    return found


def of_confidence(case: Case, one: Standing) -> list[Finding]:
    """Whether what decides was read surely enough, under at least one of the rules that hold."""
    proofs = one.proofs()
    if not proofs or any(one.clear(proof, case.rules) for proof in proofs):
        return []
    return [
        Finding(
            reason=Reason.LOW_CONFIDENCE,
            words=f"The {label(field.name)} {value(field)!r} was read with a confidence of only "
            f"{field.confidence:.2f} ({case.rules.least_confidence:.2f} is asked for).",
            change=f"the {label(field.name)} been read clearly",
        )
        for field in one.unsure(proofs[0], case.rules)
    ]


def of_earlier(case: Case, key: str | None, posted: Reason) -> list[Finding]:
    """Documents that came before and ask for the same thing."""
    document = case.paper.extraction.document
    if key is None:
        return []
    earlier = case.history.same_key(key, document.id)
    done = [one for one in earlier if one.posted]
    waiting = [one for one in earlier if not one.posted]
    if done:
        return [_again(case, done[0], posted)]
    if not waiting:
        return []
    where = f", which waits as case {waiting[0].case}" if waiting[0].case else ""
    return [
        Finding(
            reason=Reason.DUP_SUSPECT,
            words=f"It looks like {waiting[0].name}{where}; only one of the two may be posted.",
            change=f"{waiting[0].name} been settled first",
            related=tuple(one.document_id for one in waiting),
        )
    ]


def _again(case: Case, earlier: Earlier, reason: Reason) -> Finding:
    return Finding(
        reason=reason,
        words=f"This {case.noun} came before, as {earlier.name}, and was posted"
        + (f" to record {earlier.record_id}." if earlier.record_id else "."),
        change=f"{earlier.name} not been posted already",
        related=(earlier.document_id,),
    )


def of_posting(
    case: Case, one: Standing, key: str | None, same: Reason, other: Reason
) -> list[Finding]:
    """A document that was already posted to the record: the same one again, or another."""
    earlier = case.history.posted_to(one.record.record_id)
    document = case.paper.extraction.document
    if earlier is None or earlier.document_id == document.id:
        return []
    twins = case.history.same_key(key, document.id) if key else ()
    known = any(twin.document_id == earlier.document_id for twin in twins)
    name = entry(one.record)
    return [
        Finding(
            reason=same if known else other,
            words=f"{name[0].upper()}{name[1:]} was already posted, from {earlier.name}.",
            change=f"{earlier.name} not been posted already",
            related=(earlier.document_id,),
        )
    ]


def of_rivals(case: Case, one: Standing, others: tuple[Standing, ...]) -> list[Finding]:
    """Other records that the document may just as well be about."""
    if not others:
        return []
    every = [one, *others]
    named = listed([entry(each.record) for each in every])
    words = f"Nothing on the {case.noun} tells {named} apart."
    if one.undated() and any(other.differs("date") for other in others):
        words = f"Only a day tells {named} apart, and {entry(one.record)} states none."
    elif not any(other.priced() for other in others):
        sums = listed([money(each.record.amount or Decimal(0)) for each in every])
        words = (
            f"Only a figure or some cents of the amount ({sums}) tell {named} apart; one may be "
            "the other, mistyped or rounded."
        )
    return [
        Finding(
            reason=Reason.AMBIGUOUS_ITEMS,
            words=words,
            change=f"the {case.noun} agreed with only one of them",
        )
    ]


def of_currency(case: Case, one: Standing) -> list[Finding]:
    """Another currency than the ledger's, where it was read surely: a bare $ says little."""
    if not one.clashes("currency", case.rules.least_confidence):
        return []
    read = value(case.paper.extraction.get("currency"))
    return [
        Finding(
            reason=Reason.CURRENCY_MISMATCH,
            words=f"The {case.noun} is in {read}, {entry(one.record)} in {one.record.currency}.",
            change="the currencies been the same",
        )
    ]


def of_fields(case: Case, one: Standing, reasons: dict[str, Reason]) -> list[Finding]:
    """Identifying fields that contradict the record, as *reasons* names them by field."""
    found = []
    for name, reason in reasons.items():
        evidence = one.of(name)
        weak = name in {"po_number", "account_number"}
        least = case.rules.least_confidence if weak else 0.0
        if evidence and one.clashes(name, least):
            found.append(
                Finding(
                    reason=reason,
                    words=f"The {label(name)} reads {evidence.read!r}; {entry(one.record)} has "
                    f"{evidence.expected!r}.",
                    change=f"the {label(name)} been {evidence.expected!r}",
                )
            )
    return found


def of_party(case: Case, one: Standing, reason: Reason) -> list[Finding]:
    """Another party than the ledger's, or one named in part whose very name is another's."""
    other = one.half_named() and not one.alike() and _is_somebody(case, one)
    if not (one.unlike() or other):
        return []
    read = value(case.paper.extraction.get(one.party_name))
    known = ", whom the ledger knows" if other else ""
    return [
        Finding(
            reason=reason,
            words=f"The {case.noun} names {read!r}{known}; {entry(one.record)} is "
            f"{one.record.party_name!r}.",
            change=f"the {label(one.party_name)} been {one.record.party_name!r}",
        )
    ]


def _is_somebody(case: Case, one: Standing) -> bool:
    """Whether a name that is only somewhat like the record's party is that of another one."""
    read = case.paper.extraction.get(one.party_name)
    if read is None or read.confidence < READ:
        return False
    name, party = str(read.value), fold_name(one.record.party_name)
    return name_likeness(name, party) < PARTY_ALIKE and case.ledger.knows_party([name])


def of_date(case: Case, one: Standing) -> list[Finding]:
    """Another date than the ledger's."""
    read = case.paper.date
    clash = one.clashes("date") or one.otherwise_dated()
    if not clash or read is None or not isinstance(read.value, dt.date) or not one.record.doc_date:
        return []
    apart = abs((read.value - one.record.doc_date).days)
    return [
        Finding(
            reason=Reason.DATE_MISMATCH,
            words=f"It is dated {read.value}, {entry(one.record)} {one.record.doc_date}: "
            f"{apart} {'day' if apart == 1 else 'days'} apart.",
            change=f"the date been {one.record.doc_date}",
        )
    ]


def of_proof(case: Case, one: Standing, found: Sequence[Finding]) -> list[Finding]:
    """Too little that agrees, where nothing else explains why no rule holds."""
    if found or one.proofs():
        return []
    wanted = [one.number_name, *([] if one.payment else ["date"])]
    if case.checks and one.record.account_ref:
        wanted.append("account_number")
    missing = [name for name in wanted if not one.close(name)]
    return too_little(case, one, [*missing, *([] if one.alike() else [one.party_name])])


def of_chances(case: Case, one: Standing) -> list[Finding]:
    """A record that is less likely the document's own than not, whatever rule it agrees under."""
    sure = one.candidate.probability
    if sure >= LEAST_PROBABLE:
        return []
    rival = max((each.candidate.probability for each in case.standings[1:]), default=0.0)
    none = case.no_record >= rival
    other = "that the ledger has no record of it" if none else "another record"
    return [
        Finding(
            reason=Reason.LOW_SCORE if none else Reason.LOW_MARGIN,
            words=f"What agrees makes {entry(one.record)} the {case.noun}'s own with a probability "
            f"of only {sure:.2f}; {other} has {max(case.no_record, rival):.2f}.",
            change=f"more agreed with {entry(one.record)}",
        )
    ]


LEAST_PROBABLE = 0.5
"""Probability below which a record is not posted to: another one, or none, is likelier meant."""


def too_little(case: Case, one: Standing, missing: Sequence[str]) -> list[Finding]:
    """A record of which too little is known to be the one, and which field could not be read."""
    agreed = listed([label(name) for name in one.agreed()] or ["nothing"])
    lacking = listed([label(name) for name in missing] or ["another field"])
    found = [
        Finding(
            reason=Reason.LOW_SCORE,
            words=f"Only {agreed} agreed with {entry(one.record)}; without {lacking} that proves "
            "too little.",
            change=f"{lacking} agreed as well",
        )
    ]
    unread = [name for name in missing if case.paper.extraction.get(name) is None]
    if "date" in unread and one.record.doc_date:
        found.append(
            Finding(
                reason=Reason.FIELD_MISSING,
                words="No date could be read.",
                change=f"the date been read as {one.record.doc_date}",
            )
        )
    return found
