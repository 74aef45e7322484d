"""Why no record answers to a document: the nearest one, and what keeps it apart. Pure."""

from collections.abc import Iterator
from decimal import Decimal

from config.reasons import Reason
from extractors.interface import RECORDED, Kind
from matchers import payments
from matchers.compare import BILL, READ, family
from matchers.findings import Case, Finding, entry, label, listed, money, too_little, value
from matchers.ledgers.search import PARTY_FIELDS, keys, likely
from matchers.payments import OPEN
from matchers.standing import Standing


def explain(case: Case) -> list[Finding]:
    """At least one reason why the document matches nothing, and what is missing on it."""
    found = list(_missing(case))
    if case.ledger.imported() is None:
        return [_nothing("The ledger is empty; import one with `mailroom ledger import`."), *found]
    if keys(case.paper.extraction).empty:
        return [
            Finding(
                reason=Reason.NO_IDENTIFIER,
                words=f"Nothing was read from the {case.noun} by which a record could be found: "
                "no number, no party and no amount.",
                change="a number, a party or an amount been readable",
            ),
            *found,
        ]
    if case.checks and case.paper.number and not payments.received(case):
        return [_not_issued(case), *found]
    if case.checks and (owed := payments.of_payer(case)):
        return [*owed, *found]
    if credit := list(_unapplied(case)):
        return [*credit, *found]
    near = case.best
    apart = _kept_apart(case, near) if near else []
    return [*(apart or _unknown(case)), *found]


def _unapplied(case: Case) -> Iterator[Finding]:
    """A credit of a party that the ledger knows bills of, but no credit."""
    if case.paper.kind is not Kind.CREDIT_NOTE:
        return
    own = [one.record for one in case.standings if one.alike() and not one.unlike()]
    bills = [one for one in own if family(one) == BILL and one.status in OPEN]
    if bills and len(bills) == len([one for one in own if one.status in OPEN]):
        yield Finding(
            reason=Reason.CREDIT_UNAPPLIED,
            words=f"The ledger knows no credit of {bills[0].party_name}; open are "
            f"{listed([entry(one) for one in bills])}. Which of them it reduces is not certain.",
            change="the ledger held a record for the credit",
        )


def of_problems(case: Case) -> list[Finding]:
    """What the reading itself found wrong."""
    return [
        Finding(
            reason=one,
            words=_arithmetic(case) if one is Reason.ARITHMETIC else _recorded(case, one),
            change=CHANGES.get(one, f"the reading found no {_plain(one)}"),
        )
        for one in case.paper.extraction.problems
        if not _judged_elsewhere(case, one)
    ]


def _judged_elsewhere(case: Case, problem: Reason) -> bool:
    """Whether the rules of the trade judge a problem with what the ledger knows."""
    if problem is Reason.CHECK_STALE:
        return not case.rules.stale_check_days
    if problem is Reason.MISSING_ENDORSEMENT:
        return not case.rules.endorsement
    if problem is Reason.WORDS_FIGURES_DIFFER and case.checks:
        return {one.name for one in case.paper.extraction.traces} == {"amount", "amount_words"}
    if problem is Reason.FIELD_MISSING and case.checks:
        return case.best is not None and case.best.selected()
    return (
        problem is Reason.CHECKSUM
        and not case.checks
        and case.paper.extraction.get("iban") is not None
    )


CHANGES = {
    Reason.ARITHMETIC: "the amounts added up",
    Reason.CHECKSUM: "the check digits been right",
    Reason.WORDS_FIGURES_DIFFER: "the words and the figures stated the same amount",
    Reason.CHECK_OVER_LIMIT: "it been over no more than it is good for",
    Reason.ENCODED_AMOUNT_DIFFERS: "the line stated the same amount",
    Reason.SERIAL_DIFFERS: "both numbers been the same",
    Reason.ROUTING_DIFFERS: "the line and the fraction named one bank",
    Reason.MISSING_SIGNATURE: "it been signed",
    Reason.MISSING_ENDORSEMENT: "it been endorsed",
    Reason.NOT_NEGOTIABLE: "it been a check to be paid",
    Reason.FOREIGN_ITEM: "it been drawn at home",
    Reason.LOW_CONFIDENCE: "it been clearer to read",
    Reason.FIELD_MISSING: "every field been readable",
    Reason.SPLIT_UNCERTAIN: "it clearly been one document",
    Reason.PAGE_COUNT_MISMATCH: "all its pages come",
    Reason.BARCODE_CONFLICT: "its bar code and its page said the same",
}
"""What would have had to be otherwise, for the commonest findings of the reading."""

SENTENCES = {
    Reason.CHECKSUM: "Check digits on it are wrong.",
    Reason.WORDS_FIGURES_DIFFER: "Its words state another amount than its figures.",
    Reason.CHECK_OVER_LIMIT: "Its amount is higher than the limit that it prints.",
    Reason.ENCODED_AMOUNT_DIFFERS: "The line at its bottom states another amount than its figures.",
    Reason.SERIAL_DIFFERS: "The number at its top is not the one in the line at its bottom.",
    Reason.ROUTING_DIFFERS: "The fraction at its top names another bank than the line below.",
    Reason.MISSING_SIGNATURE: "No signature was found.",
    Reason.MISSING_ENDORSEMENT: "Its back was scanned and bears no endorsement.",
    Reason.NOT_NEGOTIABLE: "It says on its face that it is no payment: void, copy or specimen.",
    Reason.FOREIGN_ITEM: "It is drawn on a form that is not used at home.",
    Reason.LOW_CONFIDENCE: "It is hard to read.",
    Reason.SPLIT_UNCERTAIN: "It seems to hold several documents, but not for certain.",
    Reason.PAGE_COUNT_MISMATCH: "Its page numbers speak of more pages than there are.",
    Reason.BARCODE_CONFLICT: "A bar code on it says something else than the page.",
}


OF_RECORD = {
    Reason.ENCODED_AMOUNT_DIFFERS: "amount",
    Reason.ROUTING_DIFFERS: "routing",
    Reason.SERIAL_DIFFERS: "check_number",
}
"""The fields in which a check may differ from the record that its bank sent with it."""


def _recorded(case: Case, problem: Reason) -> str:
    """A problem in words, with both values where the check's bank says another than the check."""
    name = OF_RECORD.get(problem, "")
    told = [one for one in case.paper.extraction.readings(name) if one.source == RECORDED]
    read = case.paper.extraction.get(name)
    if not told or read is None:
        return _said(problem)
    shown = [money(one) if isinstance(one, Decimal) else one for one in (told[0].value, read.value)]
    return f"The bank's record says {label(name)} {shown[0]}, the check {shown[1]}."


def _said(problem: Reason) -> str:
    return SENTENCES.get(problem, f"The reading found: {_plain(problem)}.")


def _plain(problem: Reason) -> str:
    return problem.value.replace("_", " ")


def _arithmetic(case: Case) -> str:
    read = {name: case.paper.extraction.get(name) for name in ("net", "tax", "total")}
    net, tax, total = (one.value if one else None for one in read.values())
    if not all(isinstance(one, Decimal) for one in (net, tax, total)):
        return f"The amounts on the {case.noun} do not add up."
    assert isinstance(net, Decimal)
    assert isinstance(tax, Decimal)
    assert isinstance(total, Decimal)
    if net + tax == total:
        return f"The amounts on the {case.noun} do not add up."
    return f"Net {money(net)} and tax {money(tax)} make {money(net + tax)}, not {money(total)}."


def _missing(case: Case) -> Iterator[Finding]:
    if case.paper.amount is None:
        yield Finding(
            reason=Reason.FIELD_MISSING,
            words=f"No amount could be read on the {case.noun}.",
            change="the amount been readable",
        )


def _nothing(words: str) -> Finding:
    return Finding(
        reason=Reason.NO_CANDIDATE, words=words, change="the ledger held a record for it"
    )


def _not_issued(case: Case) -> Finding:
    account = value(case.paper.extraction.get("account_number"))
    drawn = f" on account {account}" if account else ""
    near = f" The nearest is {entry(case.best.record)}." if case.best else ""
    return Finding(
        reason=Reason.CHECK_NOT_ISSUED,
        words=f"The ledger knows no check {value(case.paper.number)}{drawn}.{near}",
        change="the ledger held a record for it",
    )


def _kept_apart(case: Case, near: Standing) -> list[Finding]:
    """What keeps the nearest record apart, where it is near enough to be worth a word."""
    described = f"The nearest is {entry(near.record)}, but"
    found = []
    strange = near.unlike() or (near.dated() and near.close(near.party_name) and not near.alike())
    if strange and (near.priced() or near.exact(near.number_name)):
        read = value(case.paper.extraction.get(near.party_name))
        found.append(
            Finding(
                reason=Reason.PARTY_MISMATCH,
                words=f"{described} the {case.noun} names {read!r}.",
                change=f"the ledger held a record of {read!r}",
            )
        )
    if not near.alike() or not near.priced():
        return found
    for name, reason in (
        (near.number_name, Reason.NUMBER_CONFLICT),
        ("date", Reason.DATE_MISMATCH),
    ):
        evidence = near.of(name)
        if evidence and (near.differs(name) or (name == "date" and near.otherwise_dated())):
            read = value(case.paper.extraction.get(name))
            found.append(
                Finding(
                    reason=reason,
                    words=f"{described} its {label(name)} is {evidence.expected}, not {read}.",
                    change=f"the ledger held a record with the {label(name)} {read}",
                )
            )
    return found or too_little(case, near, [near.number_name, "date"])


def _unknown(case: Case) -> list[Finding]:
    """No record at all; whether it is the party that the ledger does not know."""
    readings = [
        one
        for name in PARTY_FIELDS
        for one in likely(case.paper.extraction.readings(name))
        if isinstance(one.value, str)
    ]
    read = [str(one.value) for one in readings]
    legible = any(one.confidence >= READ for one in readings)
    unknown = bool(read) and not case.ledger.knows_party(read)
    if unknown and legible:
        return [
            Finding(
                reason=Reason.PARTY_UNKNOWN,
                words=f"The ledger knows nobody like {read[0]!r}.",
                change="the ledger held a record for it",
            )
        ]
    if unknown:
        return [_unfitting(case, ""), _illegible(case, read[0])]
    return [_unfitting(case, f" of {read[0]!r}" if read else "")]


def _illegible(case: Case, read: str) -> Finding:
    return Finding(
        reason=Reason.LOW_CONFIDENCE,
        words=f"Whose {case.noun} it is was hardly legible, perhaps {read!r}.",
        change="the party been read clearly",
    )


def _unfitting(case: Case, who: str) -> Finding:
    said = [
        f"{label(name)} {value(field)}"
        for name, field in (
            ("number", case.paper.number),
            ("date", case.paper.date),
            ("amount", case.paper.amount),
        )
        if field
    ]
    return _nothing(f"No record{who} fits what was read ({listed(said or ['nothing'])}).")
