"""A generated ledger as companies have them: parties, their habits, and years of records.

Everything follows from the seed. Made up, all of it: what is measured here is measured on such a
world and proves nothing about a company's own.
"""

import bisect
import datetime as dt
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from matchers.interface import LedgerRecord, Status

LAST_DAY = dt.date(2026, 2, 27)
DAYS = 700
DAYS_OF_CHECKS = 120
"""Checks become stale, so those that are still out are young."""

DAYS_TO_PAY = 25
"""Days after the bill within which it is paid."""

RECORDS_OF_A_PARTY = 10
"""On average; their shares fall as one over the rank, so a few have thousands."""

SYLLABLES = (
    "al an bar bel ber bo bra cal can car ches com dal dan del den dor dun el en fal fer fin for "
    "gar gil glen gor gran ham har hel hol hun jan kal kar ken kel kir la lan len lin lo lor mac "
    "mal man mar mel mer mi mon nel nor o or par pel per pol quin ra ram ren ri ro ros sal san "
    "sel sha sten ster stan tal tam tar ter thor to tra tren val van ver vil wal wen wes win"
).split()
TRADES = (
    "Trading,Supplies,Services,Enterprise,Logistics,Foods,Hardware,Stationery,Printing,Systems,"
    "Construction,Motors,Electric,Plumbing,Catering,Textiles,Packaging,Chemicals,Engineering,"
    "Consulting,Media,Transport,Furniture,Medical,Pharmacy,Bakery,Dairy,Optics,Timber,Steel,Paper,"
    "Glass,Gardens,Security,Cleaning,Solutions,Technology,Marine,Travel,Insurance,Energy,Tools,"
    "Restaurant,Bookshop,Laundry,Fisheries,Seeds,Metals,Plastics,Software"
).split(",")
PLACES = (
    "Northern,Southern,Eastern,Western,Central,Royal,Golden,Silver,Harbour,River,Lake,Highland,"
    "Valley,Coastal,Metro,City,Premier,First,United,National,Pacific,Atlantic,Alpine,Sunrise"
).split(",")
FIRST_NAMES = (
    "Anna,Ben,Carla,David,Elena,Frank,Grace,Henry,Irene,James,Karen,Leo,Maria,Nina,Oscar,Paula,"
    "Robert,Sarah,Thomas,Ursula,Victor,Wendy,Yusuf,Zoe,Aisha,Rahul,Mei,Ahmad,Siti,Priya"
).split(",")
FORMS = (" Ltd", " GmbH", " Sdn Bhd", " Inc", " LLC", " Pte Ltd", " & Co", " Corp", "", "")
CURRENCIES = ("USD", "EUR", "MYR", "GBP")


@dataclass(frozen=True, slots=True)
class Party:
    """Whom the records are of, and what all records of it have in common.

    *amount* is what each of its bills is over, for those who send the same every month.
    """

    name: str
    pattern: str
    currency: str
    tax_id: str
    iban: str
    person: bool
    amount: Decimal | None
    orders: bool


@dataclass(frozen=True, slots=True)
class World:
    """A ledger, and what stands in no ledger: the records that *absent* documents are about.

    *absent* pairs the record that is missing with the sibling that is there, or with None where
    nothing like it is.
    """

    records: Sequence[LedgerRecord]
    absent: Sequence[tuple[LedgerRecord, LedgerRecord | None]]


def world(size: int, seed: int, absent: int = 0) -> World:
    """A ledger of *size* records, and *absent* records that it lacks."""
    rnd = random.Random(f"world {seed} {size}")
    parties = _parties(max(1, size // RECORDS_OF_A_PARTY), rnd)
    shares = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(parties))))
    counters = [rnd.randrange(100, 9000) for _ in parties]
    records = []
    for key in range(size):
        chosen = bisect.bisect_left(shares, rnd.random() * shares[-1])
        counters[chosen] += 1 + (rnd.random() < HOLES)
        records.append(_record(f"R{key:08d}", parties[chosen], counters[chosen], rnd))
    taken = {(one.party_name, one.number) for one in records}
    return World(records, [_absent(at, records, parties, taken, rnd) for at in range(absent)])


HOLES = 0.15
"""Share of bills whose number does not follow on the one before: those went to somebody else."""


def _parties(count: int, rnd: random.Random) -> list[Party]:
    stems = _stems(max(200, round(count**0.5) * 12), rnd)
    found = []
    for _ in range(count):
        person = rnd.random() < 0.15
        recurring = rnd.random() < 0.12
        found.append(
            Party(
                name=_person(stems, rnd) if person else _company(stems, rnd),
                pattern=rnd.choice(PATTERNS).replace("#", rnd.choice("ABCDEFGHKLMNPRSTUVWX")),
                currency=rnd.choices(CURRENCIES, (6, 2, 1, 1))[0],
                tax_id=f"{rnd.randrange(10**9):09d}" if rnd.random() < 0.5 else "",
                iban=german_iban(rnd) if rnd.random() < 0.5 else "",
                person=person,
                amount=amount(rnd) if recurring else None,
                orders=rnd.random() < 0.35,
            )
        )
    return found


PATTERNS = (
    "INV-{n:05d}",
    "{n}",
    "{n:07d}",
    "2026-{n:04d}",
    "RE{n:06d}",
    "#-{n:06d}",
    "{n:05d}/26",
    "#{n:08d}",
    "SI-{n:06d}",
)


def _stems(count: int, rnd: random.Random) -> list[str]:
    return ["".join(rnd.choices(SYLLABLES, k=rnd.choice((2, 2, 3)))).title() for _ in range(count)]


def _person(stems: Sequence[str], rnd: random.Random) -> str:
    middle = f" {rnd.choice('ABCDEFGHJKLMRST')}" if rnd.random() < 0.2 else ""
    return f"{rnd.choice(FIRST_NAMES)}{middle} {rnd.choice(stems)}"


def _company(stems: Sequence[str], rnd: random.Random) -> str:
    stem, other = rnd.choice(stems), rnd.choice(stems)
    name = rnd.choice(
        (
            f"{stem} {rnd.choice(TRADES)}",
            f"{stem} {other} {rnd.choice(TRADES)}",
            f"{stem} & {other}",
            f"{rnd.choice(PLACES)} {stem} {rnd.choice(TRADES)}",
            f"{stem} International {rnd.choice(TRADES)}",
        )
    )
    return name + rnd.choice(FORMS)


def german_iban(rnd: random.Random) -> str:
    """A valid IBAN; the check digits as ISO 13616 asks."""
    bank = f"{rnd.randrange(10**17, 10**18)}"
    return f"DE{98 - int(bank + '131400') % 97:02d}{bank}"


def amount(rnd: random.Random) -> Decimal:
    """What a bill is over: most under a thousand, a tenth of them round."""
    cents = round(rnd.lognormvariate(10, 1.5)) + 100
    if rnd.random() < 0.1:
        cents = max(1, round(cents, -3) // 5000) * 5000
    return Decimal(cents).scaleb(-2)


def _record(key: str, party: Party, count: int, rnd: random.Random) -> LedgerRecord:
    kind = rnd.choices(KINDS, KIND_SHARES)[0]
    over = party.amount or amount(rnd)
    lately = kind in {"issued_check", "expected_payment"}
    day = LAST_DAY - dt.timedelta(days=rnd.randrange(DAYS_OF_CHECKS if lately else DAYS))
    if kind == "expected_payment":
        day -= dt.timedelta(days=DAYS_TO_PAY)
    discount = (over * 2 / 100).quantize(Decimal("0.01")) if rnd.random() < 0.2 else None
    payment = kind == "expected_payment"
    check = kind == "issued_check"
    status = rnd.choices((Status.OPEN, Status.CLOSED), (9, 1))[0]
    numbered = kind != "receipt" or rnd.random() < 0.5
    return LedgerRecord(
        record_id=key,
        direction="AR" if payment else "AP",
        doc_type=kind,
        party_name=party.name,
        party_tax_id="" if check or payment else party.tax_id,
        party_iban="" if check or payment else party.iban,
        account_ref=rnd.choice(ACCOUNTS) if check else "",
        number=_number(party, kind, count, key) if numbered else "",
        po_number=f"PO{rnd.randrange(10**6):06d}" if party.orders and not check else "",
        doc_date=day,
        due_date=day + dt.timedelta(days=30),
        currency=party.currency,
        amount=over,
        open_amount=Decimal("0.00") if status is Status.CLOSED else over,
        discount_amount=discount,
        discount_date=day + dt.timedelta(days=14) if discount else None,
        status=status,
    )


KINDS = ("invoice", "receipt", "credit_note", "issued_check", "expected_payment")
KIND_SHARES = (55, 12, 3, 15, 15)
ACCOUNTS = ("100200300", "4471180925", "8830017764")


def _number(party: Party, kind: str, count: int, key: str) -> str:
    if kind == "issued_check":
        return f"{10000 + int(key[1:])}"  # our own serials, one after the other
    return party.pattern.format(n=count)


Numbers = set[tuple[str, str]]
"""Every number that there is, with its party."""


def _absent(
    at: int,
    records: Sequence[LedgerRecord],
    parties: Sequence[Party],
    taken: Numbers,
    rnd: random.Random,
) -> tuple[LedgerRecord, LedgerRecord | None]:
    """A record that the ledger lacks: of somebody unknown, of a known party, or a sibling."""
    key = f"X{at:08d}"
    lot = rnd.random()
    if lot < 0.2:
        stranger = _parties(1, rnd)[0]
        return _record(key, stranger, rnd.randrange(100, 9000), rnd), None
    if lot < 0.5:
        party = rnd.choice(parties)
        return _record(key, party, rnd.randrange(20000, 90000), rnd), None
    known = rnd.choice(records)
    return _sibling(key, known, taken, rnd), known


def _sibling(key: str, known: LedgerRecord, taken: Numbers, rnd: random.Random) -> LedgerRecord:
    """The next of the same party: often over the same amount, now and then of the same day.

    One without a number is of another day: else it would be the same bill.
    """
    number = known.number
    while number and (known.party_name, number) in taken:
        number = neighbour(number, rnd)
    same_amount = rnd.random() < 0.5
    over = known.amount if same_amount else amount(rnd)
    day = known.doc_date
    assert day is not None
    if not number or rnd.random() > SAME_DAY:
        day += dt.timedelta(days=rnd.choice((1, 7, 30, 31, -30)))
    return LedgerRecord(
        record_id=key,
        direction=known.direction,
        doc_type=known.doc_type,
        party_name=known.party_name,
        party_tax_id=known.party_tax_id,
        party_iban=known.party_iban,
        account_ref=known.account_ref,
        number=number,
        po_number=known.po_number if rnd.random() < 0.3 else "",
        doc_date=day,
        currency=known.currency,
        amount=over,
        open_amount=over,
    )


SAME_DAY = 0.1
"""Share of siblings that bear the day of the other."""


def neighbour(number: str, rnd: random.Random) -> str:
    """The number before or after."""
    digits = [at for at, one in enumerate(number) if one.isdecimal()]
    if not digits:
        return number
    run = digits[-1]
    while run > 0 and number[run - 1].isdecimal():
        run -= 1
    figures = number[run : digits[-1] + 1]
    moved = max(0, int(figures) + rnd.choice((-1, 1)))
    return f"{number[:run]}{moved:0{len(figures)}d}{number[digits[-1] + 1 :]}"
