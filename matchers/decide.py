"""Candidates to a decision: posted, or held with reasons. Pure but for the ledger and the history.

A document is posted only where the amount and what identifies the item were read surely and agree
exactly, and nothing at all speaks against it. The amount that found a record never confirms it
alone: a number, or the party and the date, have to agree as well (see `standing.Standing.proofs`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from config.reasons import Reason, ordered
from config.settings import Rules
from extractors.interface import Extraction, Kind
from matchers import aliases, amounts, bills, checks, compare, presented, remittances, unmatched
from matchers.compare import BILL, CHECK, CREDIT, PAYMENT, READ, WANTED
from matchers.findings import Case, Finding, entry, label, listed, of_chances, of_earlier
from matchers.interface import (
    Candidate,
    Certificates,
    Decision,
    Held,
    History,
    Ledger,
    Matched,
    Status,
)
from matchers.keys import business_key
from matchers.score import rank
from matchers.standing import SELECTED, Standing, rivals
from matchers.tolerance import EXACT, Tolerance

MOST_CANDIDATES = 10
"""Candidates that a decision carries on; those behind them are noise to people."""

SENTENCES = 3
"""Findings whose words go into the detail; every reason is listed anyway."""

LEAST_KIND = 0.5
"""A document whose kind is less sure than this is shown to a person first."""

COMPARABLE = {
    Kind.INVOICE: {BILL, CREDIT},
    Kind.RECEIPT: {BILL, CREDIT},
    Kind.CREDIT_NOTE: {BILL, CREDIT},
    Kind.CHECK: {CHECK, PAYMENT},
}
"""The families of records that may be meant by each kind, rightly or by mistake of sign."""

NOBODY = "Nothing is certified."
"""What a posting lacks where there are no certificates."""

ROUTED = {Reason.NEEDS_ROUTING, Reason.COMPLAINT, Reason.RETURN_TO_SENDER}


def decide(  # noqa: PLR0913, PLR0917 - all that a decision depends on, and nothing else
    extraction: Extraction,
    ledger: Ledger,
    history: History,
    rules: Rules,
    posting_mode: str,
    today: dt.date,
    *,
    stale_days: int = 0,
    certificates: Certificates | None = None,
) -> Decision:
    """Decide what becomes of a document.

    *posting_mode* is `policy`, `certified` or `suggest`; *stale_days* the age in days from which on
    the ledger is too old to post by, 0 for never. *certificates* are asked where the mode is
    `certified`.
    """
    extraction = _finite(extraction)
    if extraction.kind not in WANTED:
        return _route(extraction, ledger)
    case = _case(extraction, ledger, history, rules, today)
    key = business_key(extraction)
    best = case.best if case.best and _answers(case.best, history) else None
    found = [*_of_document(case, key), *_of_ledger(ledger, today, stale_days)]
    if best is None:
        return _held(case, [*found, *unmatched.explain(case)], None)
    found += checks.judge(case, best, key) if case.checks else bills.judge(case, best, key)
    found = found or of_chances(case, best)
    if found:
        return _held(case, found, best)
    if posting_mode == "certified":
        lack = certificates.lacking(extraction, _stated(case, best)) if certificates else NOBODY
        return _held(case, [_uncertified(best, lack)], best) if lack else _matched(case, best)
    if posting_mode == "policy":
        return _matched(case, best)
    return _held(case, [_suggestion(best)], best)


def _finite(extraction: Extraction) -> Extraction:
    """The extraction without what is no number: such a field was not read at all."""
    odd = {one.name for one in extraction.fields if not _is_number(one.value)}
    lines = tuple(
        replace(
            one,
            quantity=one.quantity if _is_number(one.quantity) else None,
            unit_price=one.unit_price if _is_number(one.unit_price) else None,
            amount=one.amount if _is_number(one.amount) else None,
        )
        for one in extraction.lines
    )
    fields = tuple(one for one in extraction.fields if one.name not in odd)
    return replace(extraction, fields=fields, lines=lines)


def _is_number(value: object) -> bool:
    """False for an amount that is infinite or none (IEEE 754), else True."""
    return not isinstance(value, Decimal) or value.is_finite()


def _case(
    extraction: Extraction, ledger: Ledger, history: History, rules: Rules, today: dt.date
) -> Case:
    learned = aliases.known(extraction, history)
    caps = Tolerance(rules.amount_tolerance, rules.amount_tolerance_percent)
    tolerance = EXACT if extraction.kind is Kind.CHECK else caps
    paper = compare.paper(extraction, tolerance, rules.date_tolerance_days, learned)
    families = COMPARABLE[extraction.kind]
    wanted = aliases.looked_up(extraction, learned)
    near = [one for one in ledger.near(wanted) if compare.family(one) in families]
    ranked = [amounts.asked(Standing(paper, one), near) for one in rank(paper, near)]
    standings = tuple(sorted(ranked, key=lambda one: not _answers(one, history)))
    return Case(
        paper=paper,
        standings=standings,
        ledger=ledger,
        history=history,
        rules=rules,
        today=today,
    )


def _answers(one: Standing, history: History) -> bool:
    """Whether the document is clearly about a record.

    One that another document was posted to over another sum was another purchase of that day,
    unless the number says that it is this one.
    """
    if not one.meant():
        return False
    if one.close(one.number_name) or one.payment or not one.over_another_sum():
        return True
    taken = history.posted_to(one.record.record_id)
    return taken is None or taken.document_id == one.paper.extraction.document.id


def _route(extraction: Extraction, ledger: Ledger) -> Held:
    """Mail that asks for no posting goes to a person; an advice with what it would pay."""
    if Reason.EMPTY_PAGE in extraction.problems:
        return _blank(extraction)
    routed = [] if ROUTED & set(extraction.problems) else [Reason.NEEDS_ROUTING]
    said = [
        f"{label(name)} {field.value!r}"
        for name in ("sender", "subject")
        if (field := extraction.get(name)) and isinstance(field.value, str)
    ]
    kind = "document" if extraction.kind is Kind.OTHER else extraction.kind
    described = f" ({', '.join(said)})" if said else ""
    detail = f"This {kind}{described} asks for a person; there is nothing in it to post."
    allocation = remittances.allocation(extraction, ledger)
    if allocation:
        off = remittances.amiss(extraction, allocation)
        routed += [Reason.AMBIGUOUS_ALLOCATION] if off else []
        detail = f"{detail} {off or remittances.clear(allocation)}"
    return Held(
        document=extraction.document,
        reasons=ordered((*extraction.problems, *routed)),
        detail=detail,
        allocation=allocation,
        extraction=extraction,
        flip="Only checks, invoices, receipts and credit notes are ever posted.",
    )


def _blank(extraction: Extraction) -> Held:
    """A scan without ink: turned the wrong side up, or the feeder took no paper."""
    count = len(extraction.pages)
    pages = "The page is" if count == 1 else f"All {count} pages are"
    return Held(
        document=extraction.document,
        reasons=ordered(extraction.problems),
        detail=f"{pages} blank: there is nothing on it to read.",
        extraction=extraction,
        flip="A scan of the printed side would be read.",
    )


def _of_document(case: Case, key: str | None) -> list[Finding]:
    """What speaks against the document itself, whatever the ledger says."""
    if case.checks:
        found = [*presented.of_earlier_checks(case, key), *checks.face(case)]
    else:
        found = of_earlier(case, key, Reason.DUP_INVOICE)
    told = {one.reason for one in found}
    found += [one for one in unmatched.of_problems(case) if one.reason not in told]
    sure = case.paper.extraction.kind_confidence
    if sure < LEAST_KIND:
        found.append(
            Finding(
                reason=Reason.CLASS_UNCERTAIN,
                words=f"It looks like a document of the kind {case.noun!r}, but only with a "
                f"confidence of {sure:.2f}.",
                change="its kind been certain",
            )
        )
    return found


def _of_ledger(ledger: Ledger, today: dt.date, stale_days: int) -> list[Finding]:
    """A ledger too old to post by."""
    last = ledger.imported()
    if not stale_days or last is None or (age := (today - last.date()).days) <= stale_days:
        return []
    return [
        Finding(
            reason=Reason.STALE_LEDGER,
            words=f"The ledger was last imported {age} days ago; {stale_days} are allowed.",
            change="the ledger been imported lately",
        )
    ]


def _uncertified(best: Standing, lack: str) -> Finding:
    return Finding(
        reason=Reason.UNCERTIFIED,
        words=f"Everything agrees with {entry(best.record)}. {lack}",
        change="documents of its stratum been certified",
    )


def _suggestion(best: Standing) -> Finding:
    return Finding(
        reason=Reason.UNCERTIFIED,
        words=f"Everything agrees with {entry(best.record)}; the setting posting.mode leaves the "
        "posting to a person.",
        change='posting.mode been "policy"',
    )


def _held(case: Case, found: Sequence[Finding], best: Standing | None) -> Held:
    reasons = ordered(one.reason for one in found)
    in_order = sorted(found, key=lambda one: reasons.index(one.reason))
    words = list(dict.fromkeys(one.words for one in in_order if one.words))
    related = dict.fromkeys(name for one in in_order for name in one.related)
    return Held(
        document=case.paper.extraction.document,
        reasons=reasons,
        detail=" ".join(words[:SENTENCES]),
        extraction=case.paper.extraction,
        candidates=_shown(case),
        proposal=best.candidate if best and _approvable(case, best) else None,
        related=tuple(related),
        flip=_needed(in_order),
        allocation=next((one.allocation for one in in_order if one.allocation), ()),
        no_record=case.no_record,
    )


def _needed(found: Sequence[Finding]) -> str:
    """The smallest change that would have posted the document."""
    changes = list(dict.fromkeys(one.change for one in found if one.change))
    if not changes:
        return ""
    return f"It would have been posted had {listed(changes, most=len(changes))}."


def _approvable(case: Case, best: Standing) -> bool:
    """Whether a person may post the document to the record as it stands."""
    usable = best.record.status in {Status.OPEN, Status.PARTIAL}
    one_sided = best.differs("kind") or best.differs("currency")
    twins = rivals(best, case.standings[1:], case.rules.least_confidence)
    taken = case.history.posted_to(best.record.record_id)
    return (
        usable and not one_sided and not twins and taken is None and case.paper.amount is not None
    )


def _shown(case: Case) -> tuple[Candidate, ...]:
    return tuple(one.candidate for one in case.standings[:MOST_CANDIDATES])


def _matched(case: Case, best: Standing) -> Matched:
    rule = next(one.rule for one in best.proofs() if best.clear(one, case.rules))
    currency = case.paper.extraction.get("currency")
    read = str(currency.value) if currency and currency.confidence >= READ else ""
    return Matched(
        extraction=case.paper.extraction,
        candidate=best.candidate,
        rule=rule,
        matched_by=best.agreed(),
        amount=_stated(case, best),
        currency=best.record.currency or read,
        candidates=_shown(case),
        flip=_weakest(case, best),
        no_record=case.no_record,
    )


def _stated(case: Case, best: Standing) -> Decimal:
    """The amount to post: the one that was read, or else selected by figures and words."""
    selection, read = best.candidate.selection, case.paper.amount
    if selection is not None and SELECTED in best.agreed():
        return selection.amount
    assert read is not None
    assert isinstance(read.value, Decimal)
    return abs(read.value)


def _weakest(case: Case, best: Standing) -> str:
    """The smallest change that would have held the document."""
    agreed = listed([label(name) for name in best.agreed()], most=len(best.agreed()))
    told = f"Any difference in {agreed} would have held it"
    if len(case.standings) == 1:
        return f"{told}; no other record came near."
    second = case.standings[1]
    apart = [label(one.field) for one in second.candidate.evidence if second.differs(one.field)]
    behind = best.candidate.score - second.candidate.score
    parted = f", which differs in {listed(apart)}" if apart else ""
    return f"{told}; the next, {entry(second.record)}{parted}, is {behind:.1f} bits behind."
