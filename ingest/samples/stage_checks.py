"""The checks of the scene."""

from dataclasses import replace
from decimal import Decimal

from config.reasons import Reason
from extractors.interface import Kind, Value
from ingest.samples import checks, files, parties, wear
from ingest.samples.facts import Check, Party
from ingest.samples.ledger import expected, issued
from ingest.samples.pen import Pen
from ingest.samples.sheet import Picture
from ingest.samples.truth import Outcome, Paper, Planted
from matchers.interface import LedgerRecord, Status

DPI = 200
"""What check scanners give."""

STALE_DAYS = 231
"""Well past the 180 days after which a check is stale by default."""


def papers(pen: Pen) -> tuple[Paper, ...]:
    """All of them, in the order of their arrival."""
    return (
        _clean(pen),
        _altered(pen),
        _words_differ(pen),
        _stopped(pen),
        _stale(pen),
        _customer(pen),
    )


def _written(pen: Pen, payee: Party, number: int, days: int, memo: str) -> Check:
    """One of our own checks; chance chooses the amount, from 1,100 to 1,999.99."""
    amount = Decimal(int(pen.rng(f"check {number}").integers(110_000, 199_999))) / 100
    return Check(
        payer=parties.US,
        bank=parties.OUR_BANK,
        account=parties.OUR_ACCOUNT,
        number=str(number),
        date=pen.ago(days),
        payee=payee.name,
        figures=amount,
        words=amount,
        memo=memo,
    )


def _planted(
    file: str, plant: str, check: Check, record_id: str, reason: Reason | None = None
) -> Planted:
    fields: dict[str, Value] = {
        "micr": check.micr.replace(" ", ""),
        "routing": check.bank.routing,
        "account_number": check.account,
        "check_number": check.number,
        "amount": check.figures,
        "amount_words": check.words,
        "payee": check.payee,
        "payer": check.payer.name,
        "date": check.date,
        "memo": check.memo,
        "signature_present": True,
    }
    return Planted(
        file=file,
        plant=plant,
        kind=Kind.CHECK,
        outcome=Outcome.EXCEPTION if reason else Outcome.MATCHED,
        reason=reason,
        record_id=record_id,
        fields=fields,
    )


def _scan(pen: Pen, check: Check, degrees: float, signature: str = "Eleanor Voss") -> Picture:
    stock = checks.SEA if check.payer is parties.US else checks.SAND
    front = checks.drawn(check, DPI, signature=signature, stock=stock)
    return wear.flatbed(front, pen.rng(f"scan of check {check.number}"), degrees)


def _clean(pen: Pen) -> Paper:
    check = _written(pen, parties.COPPERLEAF, 104821, 5, "CL-60114")
    record = issued(pen, check)
    planted = _planted("014-check-104821.png", "clean", check, record.record_id)
    content = files.png(_scan(pen, check, 0.4), DPI)
    return Paper(planted=planted, content=content, records=(record, *_neighbours(pen, record)))


def _neighbours(pen: Pen, record: LedgerRecord) -> tuple[LedgerRecord, ...]:
    """The checks written before and after to the same payee, one of them for the same amount."""
    number = int(record.number)
    assert record.amount is not None
    other = record.amount + Decimal("37.50")
    return (
        replace(record, record_id=pen.record_id("CK"), number=str(number - 1)),
        replace(
            record,
            record_id=pen.record_id("CK"),
            number=str(number + 5),
            amount=other,
            open_amount=other,
        ),
    )


def _altered(pen: Pen) -> Paper:
    check = _written(pen, parties.TIDEMARK, 104822, 5, "TM-40771")
    record = issued(pen, check)
    raised = check.figures + Decimal(6000)
    forged = replace(check, figures=raised, words=raised)
    planted = _planted(
        "015-check-104822.png",
        "the one made a seven, in figures and words",
        forged,
        record.record_id,
        Reason.CHECK_AMOUNT_MISMATCH,
    )
    content = files.png(_scan(pen, forged, -0.5), DPI)
    return Paper(planted=planted, content=content, records=(record,))


def _words_differ(pen: Pen) -> Paper:
    check = Check(
        payer=parties.WHITLOCK,
        bank=parties.VALLEY_BANK,
        account="3390127754",
        number="1204",
        date=pen.ago(3),
        payee=parties.US.name,
        figures=Decimal("268.40"),
        words=Decimal("286.40"),
        memo="Acct 70-5521",
        by_hand=True,
    )
    record = expected(pen, check)
    planted = _planted(
        "016-check-whitlock.jpg",
        "by hand; words and figures differ",
        check,
        record.record_id,
        Reason.WORDS_FIGURES_DIFFER,
    )
    content = files.jpeg(_scan(pen, check, -0.6, "Dana Whitlock"), DPI, quality=88)
    return Paper(planted=planted, content=content, records=(record,))


def _stopped(pen: Pen) -> Paper:
    check = _written(pen, parties.STONEBRIDGE, 104790, 21, "October services")
    record = issued(pen, check, status=Status.STOPPED)
    planted = _planted(
        "017-check-104790.jpg",
        "payment was stopped",
        check,
        record.record_id,
        Reason.CHECK_STOPPED,
    )
    content = files.jpeg(_scan(pen, check, 0.3), DPI, quality=88)
    return Paper(planted=planted, content=content, records=(record,))


def _stale(pen: Pen) -> Paper:
    check = _written(pen, parties.BRIGHTWATER, 103977, STALE_DAYS, "BW-17740")
    record = issued(pen, check)
    planted = _planted(
        "018-check-103977.png",
        f"written {STALE_DAYS} days ago",
        check,
        record.record_id,
        Reason.CHECK_STALE,
    )
    content = files.png(wear.jpeg(_scan(pen, check, 0.2), quality=70), DPI)
    return Paper(planted=planted, content=content, records=(record,))


def _customer(pen: Pen) -> Paper:
    amount = Decimal(int(pen.rng("marlow").integers(140_000, 420_000))) / 100
    check = Check(
        payer=parties.MARLOW,
        bank=parties.COUNTY_BANK,
        account="7700412983",
        number="20558",
        date=pen.ago(4),
        payee=parties.US.name,
        figures=amount,
        words=amount,
        memo="Invoice LI-30418",
    )
    record = expected(pen, check, number="LI-30418")
    sibling = replace(
        record, record_id=pen.record_id("AR"), number="LI-30377", doc_date=pen.ago(34)
    )
    planted = _planted("019-check-marlow.png", "clean", check, record.record_id)
    content = files.png(_scan(pen, check, -0.3, "Iris Marlow"), DPI)
    return Paper(planted=planted, content=content, records=(record, sibling))
