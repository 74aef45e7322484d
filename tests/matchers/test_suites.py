"""A thousand generated cases of each wrong that must never be posted: none may be missed.

Each is a document that would be posted if it were not for the one wrong; that is tried first.
"""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from stdnum.iso7064 import mod_97_10

from config.reasons import Reason
from extractors.interface import Extraction, Kind
from matchers.interface import Earlier, Held, LedgerRecord, Matched, Status
from matchers.keys import business_key
from tests.matchers.build import DAY, Past, bill, decided, invoice

CASES = 1000
"""Cases of each wrong."""

PARTIES = (
    "Nordwind Papier GmbH", "Sonnenblume Feinkost KG", "Harbour Lights Catering Ltd",
    "Blue Heron Office Supply Inc", "Atelier Dupont SARL", "Kedai Kopi Maju Sdn Bhd",
)  # fmt: skip
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "MYR", "INR")

Paper = tuple[dict[str, Any], LedgerRecord, list[LedgerRecord]]


def paper(chance: random.Random) -> Paper:
    """What a bill says, its record, and others of the ledger that are like it."""
    party, currency = chance.choice(PARTIES), chance.choice(CURRENCIES)
    number = f"{chance.choice(('INV-', 'R', '2026/', 'RE-'))}{chance.randrange(1000, 999999)}"
    amount = Decimal(chance.randrange(100, 900000)) / 100
    day = DAY - dt.timedelta(days=chance.randrange(60))
    kind = chance.choice((Kind.INVOICE, Kind.INVOICE, Kind.RECEIPT))
    numbered = kind is Kind.INVOICE or chance.random() < 0.5
    account = iban(chance)
    said = {
        "kind": kind,
        "vendor": party,
        "invoice_number": number if numbered else None,
        "date": day,
        "total": amount,
        "currency": currency,
        "iban": account if chance.random() < 0.5 else None,
    }
    record = bill(
        doc_type=kind.value,
        party_name=party,
        party_iban=account,
        number=number if numbered else "",
        doc_date=day,
        amount=amount,
        currency=currency,
    )
    others = [_other(chance, record, at) for at in range(chance.randrange(6))]
    return said, record, others


def _other(chance: random.Random, record: LedgerRecord, at: int) -> LedgerRecord:
    """Another record: next month's over the same sum, or somebody else's."""
    later = record.doc_date + dt.timedelta(days=30 * (at + 1)) if record.doc_date else None
    fields: dict[str, Any] = {"record_id": f"o{at}", "number": f"X{chance.randrange(10**7)}"}
    if chance.random() < 0.5:
        return replace(record, **fields, doc_date=later)
    amount = Decimal(chance.randrange(100, 900000)) / 100
    return replace(
        record, **fields, party_name=f"Other {at} plc", amount=amount, open_amount=amount
    )


def iban(chance: random.Random) -> str:
    """A German IBAN with right check digits."""
    account = "".join(chance.choice("0123456789") for _ in range(18))
    return f"DE{mod_97_10.calc_check_digits(account + 'DE')}{account}"


def generated(seed: str) -> tuple[random.Random, Paper]:
    """One case whose document is posted as it stands."""
    for attempt in range(20):
        chance = random.Random(f"{seed} {attempt}")
        said, record, others = paper(chance)
        done = decided(invoice(**said), record, *others)
        if isinstance(done, Matched) and done.candidate.record.record_id == record.record_id:
            return chance, (said, record, others)
    raise AssertionError(f"no clean document in twenty for {seed!r}")


def bank_change(chance: random.Random, one: Paper) -> tuple[Held | Matched, set[Reason]]:
    """The paper asks for payment to another account, of another or nearly the same number."""
    said, record, others = one
    other = iban(chance)
    decision = decided(invoice(**said | {"iban": other}), record, *others)
    return decision, {Reason.BANK_DETAILS_CHANGED}


def currency_or_sign(chance: random.Random, one: Paper) -> tuple[Held | Matched, set[Reason]]:
    """Another currency, or a bill where the ledger has a credit, or the other way round."""
    said, record, others = one
    wrong = chance.randrange(4)
    if wrong == 0:
        said = said | {"currency": chance.choice([c for c in CURRENCIES if c != record.currency])}
    elif wrong == 1:
        record = replace(record, doc_type="credit_note")
    elif wrong == 2:
        assert record.amount is not None
        record = replace(record, amount=-record.amount, open_amount=-record.amount)
    else:
        said = said | {"kind": Kind.CREDIT_NOTE}
    wanted = Reason.SIGN_MISMATCH if wrong else Reason.CURRENCY_MISMATCH
    return decided(invoice(**said), record, *others), {wanted}


def closed_item(chance: random.Random, one: Paper) -> tuple[Held | Matched, set[Reason]]:
    """Nothing of the item is left to pay, or it may not be paid."""
    said, record, others = one
    wrong = chance.choice((Status.CLOSED, Status.VOID, Status.HOLD, Status.STOPPED, None))
    changes = {"open_amount": Decimal(0)} if wrong is None else {"status": wrong}
    decision = decided(invoice(**said), replace(record, **changes), *others)
    return decision, {Reason.ITEM_CLOSED, Reason.ITEM_ON_HOLD}


def duplicate(chance: random.Random, one: Paper) -> tuple[Held | Matched, set[Reason]]:
    """The same bill again, scanned anew: posted before or waiting, read alike or with slips."""
    said, record, others = one
    first = invoice(**said, name="first.pdf")
    waits = chance.random() < 0.3
    before = Earlier(
        document_id=first.document.id,
        name="first.pdf",
        posted=not waits,
        record_id=None if waits else record.record_id,
        case="2026-02-02-0001-invoice-low_confidence" if waits else None,
    )
    key = business_key(first)
    assert key
    past = Past(keys={key: [before]}, posted={} if waits else {record.record_id: before})
    again = dict(said)
    if not waits and chance.random() < 0.5:
        again["vendor"] = str(said["vendor"]).replace("o", "0", 1)
    if said["invoice_number"] and chance.random() < 0.5:
        again["invoice_number"] = str(said["invoice_number"]).replace("-", " ").lower()
    decision = decided(invoice(**again, name="again.pdf"), record, *others, past=past)
    return decision, {Reason.DUP_INVOICE, Reason.DUP_SUSPECT, Reason.DUP_POSTING}


def entered_twice(chance: random.Random, one: Paper) -> tuple[Held | Matched, set[Reason]]:
    """One bill that the ledger holds twice, under two ids."""
    said, record, others = one
    twin = replace(record, record_id=chance.choice(("0041", "0043")))
    return decided(invoice(**said), record, twin, *others), {Reason.AMBIGUOUS_ITEMS}


SUITES: list[Callable[[random.Random, Paper], tuple[Held | Matched, set[Reason]]]] = [
    bank_change, currency_or_sign, closed_item, duplicate, entered_twice,
]  # fmt: skip


@pytest.mark.parametrize("suite", SUITES)
def test_none_of_a_thousand_is_posted_and_each_says_why(suite: Any) -> None:
    missed, unnamed = [], []
    for number in range(CASES):
        chance, one = generated(f"{suite.__name__} {number}")
        decision, wanted = suite(chance, one)
        if isinstance(decision, Matched):
            missed.append(number)
        elif not wanted & set(decision.reasons):
            unnamed.append((number, decision.reasons))
    assert missed == []
    assert unnamed == []


def test_a_document_is_posted_before_the_wrong_is_put_in() -> None:
    _, (said, record, others) = generated("clean")
    document: Extraction = invoice(**said)
    assert isinstance(decided(document, record, *others), Matched)
