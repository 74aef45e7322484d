"""Levels to bits of evidence, and candidates in order with their probabilities. Pure.

The weights are log2 likelihood ratios in the manner of Fellegi and Sunter (A Theory for Record
Linkage, 1969). The numbers were fitted on 1,500 noisy documents against a ledger of 100,000
records, 15 % of which had no true record and half of those a sibling; they hold *given* that a
record was found by identifier, amount or name, which is why an exact amount weighs so little.
Those marked "set" could not be fitted and were chosen between their neighbours; so was what the
very name of a party weighs (see NAME_EXACT).
`python -m tests.fitting.matching` counts them anew on generated ledgers: what it counted on two put
the right record first no oftener on two others (99.78 % of 1,800 either way), so these stand.

What is told twice is weighed once (PARTY_NUMBERS). How common a name is does not weigh, but counts
for the probabilities (COMMON_NAME).
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors.values.names import fold_name
from matchers.aliases import applied
from matchers.chances import probabilities
from matchers.compare import PAYMENT, Paper, compare, family, number_field, party_field
from matchers.interface import Candidate, Evidence, LedgerRecord, Level, Status
from matchers.ledgers.search import LEFT_OVER, grosses
from matchers.likeness import ONE_SLIP, PARTY_ALIKE


@dataclass(frozen=True, slots=True)
class Weights:
    """Bits for each level of one field; *slip* is for values that differ in one sign.

    Where *misread*, *slip* holds if the value was misread and *differs* if it was read rightly: the
    next number is a sibling's, and the surer the reading, the likelier it is that.
    """

    exact: float
    close: float
    slip: float
    differs: float
    misread: bool = False


NUMBER = Weights(exact=10.4, close=7.3, slip=4.0, differs=-6.6, misread=True)  # slip: set
ORDER = Weights(exact=12.6, close=7.3, slip=4.0, differs=-9.4, misread=True)  # close, slip: set
ACCOUNT = Weights(exact=2.1, close=1.5, slip=4.0, differs=-9.3, misread=True)  # close, slip: set
AMOUNT = Weights(exact=1.9, close=1.9, slip=-3.0, differs=-6.5)  # slip: set
DATE = Weights(exact=6.5, close=4.0, slip=-5.6, differs=-5.6)  # close: set
CURRENCY = Weights(exact=0.0, close=0.0, slip=-8.7, differs=-8.7)
OWN_NUMBER = Weights(exact=8.0, close=4.0, slip=4.0, differs=-2.0)  # set: tax number, IBAN, bank
KIND = Weights(exact=0.0, close=0.0, slip=-10.0, differs=-10.0)  # set: never before another
NAME_EXACT, NAME_DIFFERS = 8.0, -3.5
"""Exact is set: fitted it was 2.2, at which, in a ledger of a million records, those of strangers
over the very amount and day came before the party's own wherever the amount was misread."""

SHARED_BY_MANY = frozenset({"date", "currency", "kind"})
"""Fields in which many records agree that have nothing to do with each other: where no other field
agrees, the day is what found the record, and weighs nothing."""

WEIGHTS = {
    "invoice_number": NUMBER,
    "check_number": NUMBER,
    "memo": NUMBER,
    "po_number": ORDER,
    "account_number": ACCOUNT,
    "total": AMOUNT,
    "amount": AMOUNT,
    "date": DATE,
    "currency": CURRENCY,
    "vendor_tax_id": OWN_NUMBER,
    "iban": OWN_NUMBER,
    "routing": OWN_NUMBER,
    "kind": KIND,
}


PARTY_NUMBERS = frozenset({"vendor_tax_id", "iban"})
"""Fields that tell a party as its name does: where that is clear, they weigh nothing more."""

COMMON_NAME = 0.5
"""Bits that a party's name counts less for the probabilities with each doubling of the records
found that bear it: it says whose the record is, and not which. (Winkler, Frequency-Based Matching
in Fellegi-Sunter Model of Record Linkage, 2000, with half of its weight. The frequency among the
records found says as much as that in the whole ledger, and costs no look-up.) In the scores it put
strangers before a large party's own records. Of numbers, orders, tax numbers, amounts, days and
accounts it made the probabilities hardly truer (ARCHITECTURE, Measured)."""


def weight(evidence: Evidence) -> float:
    """Bits that one field speaks for its record, negative against it; 0 where a side is silent.

    What other fields of the record say is not in it.
    """
    if evidence.level in {Level.UNREAD, Level.UNSTATED}:
        return 0.0
    bits = WEIGHTS.get(evidence.field)
    if bits is None:
        return _name(evidence.similarity)
    match evidence.level:
        case Level.EXACT:
            return bits.exact
        case Level.CLOSE:
            return bits.close
        case _ if evidence.similarity < ONE_SLIP:
            return bits.differs
        case _:
            return _slip(bits, evidence.confidence or 0.0) if bits.misread else bits.slip


def _slip(bits: Weights, sure: float) -> float:
    """Bits of a number one sign away, read rightly with probability *sure*, or else misread."""
    return math.log2(sure * 2**bits.differs + (1 - sure) * 2**bits.slip)


def _name(likeness: float) -> float:
    """Bits of a party's name: full from a clear likeness on, sinking below it in a line."""
    share = min(likeness / PARTY_ALIKE, 1.0)
    return NAME_DIFFERS + (NAME_EXACT - NAME_DIFFERS) * share


def telling(score: float, evidence: Iterable[Evidence]) -> float:
    """A score without what an agreeing name says of all records that bear it, in bits."""
    shared = (one.sharing for one in evidence if one.level in AGREEING)
    return score - COMMON_NAME * sum(map(math.log2, shared))


def rank(paper: Paper, records: Iterable[LedgerRecord]) -> tuple[Candidate, ...]:
    """Every record weighed, best first.

    Of equals the payments come first that were billed over the amount, or over it and what is
    commonly granted or left for later, be they paid already or not; then what something is open on,
    then the nearest in number, in amount, in day, and in the order of their ids.
    """
    found = list(records)
    sharing = Counter(fold_name(one.party_name) for one in found)
    weighed = [_weighed(paper, one, sharing[fold_name(one.party_name)]) for one in found]
    scores = [round(sum(one.weight for one in parts), 6) for parts in weighed]
    chances = probabilities([*map(telling, scores, weighed)])
    candidates = [
        Candidate(record=record, score=score, evidence=evidence, probability=probability)
        for record, score, evidence, probability in zip(
            found, scores, weighed, chances, strict=True
        )
    ]
    return tuple(sorted(candidates, key=lambda one: (-one.score, *_apart(paper, one))))


def _weighed(paper: Paper, record: LedgerRecord, sharing: int) -> tuple[Evidence, ...]:
    """The evidence of a record with its weights; *sharing* records found bear its party's name."""
    name = party_field(paper.kind, record)
    compared = [applied(one, paper, record) for one in compare(paper, record)]
    agreed = {one.field for one in compared if one.level in AGREEING}
    told = any(one.field == name and one.similarity >= PARTY_ALIKE for one in compared)
    silent = PARTY_NUMBERS if told else frozenset()
    if not agreed - SHARED_BY_MANY:
        silent |= {"date"}
    return tuple(
        _with_weight(replace(one, sharing=sharing) if one.field == name else one, silent)
        for one in compared
    )


def _with_weight(evidence: Evidence, silent: AbstractSet[str]) -> Evidence:
    """The evidence with its weight; those of *silent* fields say nothing for a record."""
    bits = weight(evidence)
    if evidence.field in silent:
        bits = min(bits, 0.0)
    return replace(evidence, weight=bits) if bits else evidence


AGREEING = frozenset({Level.EXACT, Level.CLOSE})


def _apart(paper: Paper, one: Candidate) -> tuple[bool, bool, float, Decimal, int, str]:
    """How far a record is from a document in what its score does not tell."""
    record = one.record
    read, stated = paper.amount, record.amount
    number = one.of("memo" if family(record) == PAYMENT else number_field(paper.kind))
    day = paper.date
    gap, days, billed = FAR, int(FAR), False
    if read is not None and isinstance(read.value, Decimal) and stated is not None:
        gap = abs(abs(read.value) - abs(stated))
        paid = {abs(read.value), *grosses(read.value), *grosses(read.value, LEFT_OVER)}
        billed = family(record) == PAYMENT and abs(stated) in paid
    if day is not None and isinstance(day.value, dt.date) and record.doc_date is not None:
        days = abs((day.value - record.doc_date).days)
    still_open = record.status in {Status.OPEN, Status.PARTIAL}
    unlike = 1 - number.similarity if number else 1.0
    return (not billed, not still_open, unlike, gap, days, record.record_id)


FAR = Decimal(10) ** 12
"""A distance in money or days where one side does not say."""
