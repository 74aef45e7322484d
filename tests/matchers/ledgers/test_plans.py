"""No question to a ledger in SQLite reads the whole of it."""

import random
from pathlib import Path

from matchers.database import on_disk, reading
from tests.benchmarks.bench_matching import CASES
from tests.benchmarks.world import world
from tests.matchers.build import opened


def test_every_question_walks_an_index(tmp_path: Path) -> None:
    records = world(3000, 5).records
    said: list[str] = []
    with opened(on_disk(tmp_path / "mailroom.db")) as ledger:
        ledger.store(records, "test")
        with reading(ledger._engine) as connection:
            driver = connection.connection.driver_connection
        assert driver is not None
        driver.set_trace_callback(said.append)
        rnd = random.Random(5)
        for name, (about, make) in CASES.items():
            one = next(each for each in records if about(each))
            assert ledger.near(make(one, rnd)), name
        ordered = next(one for one in records if one.po_number)
        assert ledger.of_order(ordered.po_number)
        written = next(one for one in records if one.doc_type == "issued_check")
        assert written in ledger.checks([written.number])
        assert ledger.knows_party([ordered.party_name])
        assert ledger.get(ordered.record_id) == ordered
        assert ledger.known([ordered.record_id])
        assert not ledger.counted([ordered.record_id])
        assert not ledger.paid([written.record_id])
        driver.set_trace_callback(None)
        looked = [one for one in said if one.startswith("SELECT")]
        plans = {one: driver.execute(f"EXPLAIN QUERY PLAN {one}").fetchall() for one in looked}
    assert len(plans) > len(CASES)
    whole = [one for one, plan in plans.items() if any("SCAN record" in str(row) for row in plan)]
    assert whole == []
