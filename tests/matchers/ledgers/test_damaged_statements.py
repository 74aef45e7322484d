"""Whatever is done to a bank's statement, it is read or refused, and closes no other check."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchers.interface import Status
from matchers.ledgers import bai2, camt, mt940, ofx
from matchers.ledgers.columns import ImportFault
from matchers.ledgers.issues import STATEMENTS
from matchers.ledgers.statements import cleared, numbers, others
from tests.matchers.ledgers.test_bai2 import DETAILS, report
from tests.matchers.ledgers.test_ofx import SGML, XML, owed
from tests.matchers.ledgers.test_statements import CAMT, MT940

WHOLE = [(ofx, SGML), (ofx, XML), (bai2, report(*DETAILS)), (camt, CAMT), (mt940, MT940)]

PIECES = [
    b"<",
    b">",
    b",",
    b"/",
    b"\n",
    b"88,",
    b"<!--",
    b"-",
    b"9" * 30,
    b"\xff\xfe",
    b"\0",
    b":61:",
]

EDITS = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 40), st.sampled_from(PIECES) | st.binary()),
    max_size=4,
)


def test_every_form_is_tried() -> None:
    assert {form for form, _ in WHOLE} == set(STATEMENTS)


@pytest.mark.parametrize("case", range(len(WHOLE)))
@given(edits=EDITS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_statement_is_read_or_refused(
    case: int, edits: list[tuple[int, int, bytes]], tmp_path: Path
) -> None:
    form, text = WHOLE[case]
    data = text.encode()
    for at, taken, put in edits:
        data = data[: at % len(data)] + put + data[at % len(data) + taken :] or b" "
    path = tmp_path / "statement.txt"
    path.write_bytes(data)
    known = [
        owed(),
        owed(record_id="other", number="1043", amount=Decimal(1)),
        owed(record_id="void", number="7", status=Status.VOID),
    ]
    try:
        form.is_one(path)
        statements = form.read(path)
    except ImportFault:
        return
    closed, words = cleared(statements, known)
    assert {one.number for one in closed} <= {"1042"}
    about = sum(len(one.entries) for one in statements) - others(statements, known)
    assert len(closed) + len(words) <= about
    assert set(numbers(statements)) <= {e.check for one in statements for e in one.entries}
