"""Every ledger there is, filled with records: the real one on both databases and one in memory."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from matchers.interface import Ledger, LedgerRecord
from matchers.ledgers.memory import MemoryLedger
from tests.matchers.build import opened
from tests.postgres import database

Make = Callable[[Sequence[LedgerRecord]], Ledger]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """A ledger of these records."""
    if request.param == "memory":
        yield MemoryLedger
        return
    with database(request.param, tmp_path) as url, opened(url) as ledger:

        def of(records: Sequence[LedgerRecord]) -> Ledger:
            ledger.store(records, "test")
            return ledger

        yield of
