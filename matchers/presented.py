"""Whether a check came before: by bank, account and number, or by the look of its front. Pure."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from config.reasons import Reason
from extractors.interface import RECORDED
from matchers.compare import READ, SURE
from matchers.face import stated
from matchers.findings import Case, Finding, money
from matchers.interface import Earlier
from matchers.likeness import account, same_identifier


def of_earlier_checks(case: Case, key: str | None) -> list[Finding]:
    """Checks that came before with the same bank, account and number, or with the same front."""
    document = case.paper.extraction.document
    same = case.history.same_key(key, document.id) if key else ()
    found = _one_of([_same_number(case, one) for one in same])
    look = case.paper.extraction.look
    if found or not look or _known_surely(case):
        return found
    return _one_of([_same_look(case, one) for one in case.history.alike(look, document.id)])


def _known_surely(case: Case) -> bool:
    """Whether account and number were read so surely that the look can add nothing."""
    read = (case.paper.extraction.get(name) for name in ("account_number", "check_number"))
    return all(
        one is not None and one.confidence >= SURE and one.source != RECORDED for one in read
    )


def _one_of(found: Sequence[Finding | None]) -> list[Finding]:
    """The gravest finding: one posted or forged before one that only waits."""
    told = [one for one in found if one is not None]
    return sorted(told, key=lambda one: one.reason is not Reason.CHECK_PRESENTED_TWICE)[:1]


def _same_number(case: Case, earlier: Earlier) -> Finding | None:
    """What an earlier check of the same account and number means."""
    sums = _sums(case, earlier)
    unread = case.paper.extraction.get("account_number") is None
    if unread or _other(case, earlier, "routing"):
        like = _NO_ACCOUNT if unread else _OTHER_BANK
        return _suspect(earlier, like) if sums and sums[0] == sums[1] else None
    if sums and sums[0] != sums[1]:
        return _forged(earlier, *sums)
    if earlier.posted:
        return Finding(
            reason=Reason.CHECK_PRESENTED_TWICE,
            words=f"This check came before, as {earlier.name}, and was posted"
            + (f" to record {earlier.record_id}." if earlier.record_id else "."),
            change=f"{earlier.name} not been posted already",
            related=(earlier.document_id,),
        )
    return _suspect(earlier, "It is the same check as")


_NO_ACCOUNT = "Its account was not read, but bank, number and amount are those of"
_OTHER_BANK = "It names another bank, but account, number and amount are those of"
_LOOKS = "Its front looks like that of"


def _same_look(case: Case, earlier: Earlier) -> Finding | None:
    """A suspicion only: checks of one book look alike, so number and amount must not differ.

    A number that only the sender's record states tells no two pictures apart.
    """
    sums = _sums(case, earlier)
    seen = [
        one.name
        for name in ("check_number", "account_number")
        if (one := case.paper.extraction.get(name)) and one.source != RECORDED
    ]
    apart = any(_other(case, earlier, name, SURE) for name in seen)
    return None if apart or (sums and sums[0] != sums[1]) else _suspect(earlier, _LOOKS)


def _suspect(earlier: Earlier, like: str) -> Finding:
    where = f", which waits as case {earlier.case}" if earlier.case else ""
    where = f", which was posted to record {earlier.record_id}" if earlier.posted else where
    return Finding(
        reason=Reason.DUP_SUSPECT,
        words=f"{like} {earlier.name}{where}; only one of the two may be posted.",
        change=f"{earlier.name} been settled first",
        related=(earlier.document_id,),
    )


def _forged(earlier: Earlier, amount: Decimal, before: Decimal) -> Finding:
    """One number over two amounts: no bank prints a number twice."""
    return Finding(
        reason=Reason.CHECK_PRESENTED_TWICE,
        words=f"A check with the same account and number came before, as {earlier.name}, over "
        f"{money(before)}; this one is over {money(amount)}. One of the two is altered or "
        "counterfeit, or was misread.",
        change=f"{earlier.name} been over the same amount and not come before",
        related=(earlier.document_id,),
    )


def _other(case: Case, earlier: Earlier, name: str, least: float = READ) -> bool:
    """Whether a number was read on both and is not the same; here at *least* so surely."""
    read, before = case.paper.extraction.get(name), earlier.fields.get(name)
    if read is None or not before or read.confidence < least:
        return False
    if name == "account_number":
        return account(str(read.value)) != account(before)
    return not same_identifier(str(read.value), before)


def _sums(case: Case, earlier: Earlier) -> tuple[Decimal, Decimal] | None:
    """The amounts of this check and of the earlier one, where both are known."""
    amount = stated(case)
    try:
        before = Decimal(earlier.fields["amount"])
    except (KeyError, InvalidOperation):
        return None
    return None if amount is None else (amount, before)
