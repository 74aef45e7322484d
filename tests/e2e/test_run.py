import datetime as dt
import json
import os
import shutil
from pathlib import Path

import pytest

from ingest import samples
from tests.e2e.shop import Shop, make

TODAY = dt.datetime.now(dt.UTC).date()


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> samples.Samples:
    return samples.make(tmp_path_factory.mktemp("samples"), today=TODAY)


@pytest.fixture(scope="module")
def worked(papers: samples.Samples, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A workspace with every sample worked off by one run."""
    shop = make(tmp_path_factory.mktemp("shop") / "workspace")
    assert shop.call("ledger", "import", str(papers.ledger)).returncode == 0
    for path in sorted(papers.documents.iterdir()):
        shop.drop(path)
    done = shop.call("run")
    assert done.returncode == 0, done.stderr
    return shop


def test_every_sample_comes_to_its_planted_end(worked: Shop, papers: samples.Samples) -> None:
    ends = {}
    for one in worked.documents():
        primary = one["reasons"][0] if one["reasons"] else None
        ends[one["name"]] = (one["state"], primary, one["record_id"])
    planted = [part for one in papers.planted for part in (one, *one.parts)]
    wrong = {
        one.file: (ends.get(one.file), (one.outcome, one.reason))
        for one in planted
        if ends.get(one.file, ())[:2] != (one.outcome, one.reason)
        or (one.outcome is samples.Outcome.MATCHED and ends[one.file][2] != one.record_id)
    }
    assert wrong == {}


def test_the_run_is_proved_and_the_inbox_empty(worked: Shop) -> None:
    proof = worked.call("verify", "--json")
    assert proof.returncode == 0, proof.stderr
    assert json.loads(proof.stdout)["findings"] == []
    left = {path.name for path in (worked.root / "inbox").rglob("*") if path.is_file()}
    assert left == {"_RECEIPT.txt", "_RECEIPT.html"}
    assert list((worked.root / "state" / "spool").iterdir()) == []
    assert list((worked.root / "state" / "scratch").iterdir()) == []


def test_a_second_run_changes_nothing(worked: Shop) -> None:
    before = worked.documents()
    assert worked.call("run").returncode == 0
    assert worked.documents() == before


def test_every_case_has_its_reports_and_decisions_of_each_kind_explain_themselves(
    worked: Shop,
) -> None:
    held = [one for one in worked.documents() if one["state"] == "exception"]
    for one in held:
        folder = (worked.root / one["path"]).parent
        assert one["id"] in (folder / "report.html").read_text()
        assert json.loads((folder / "report.json").read_text())["reasons"] == one["reasons"]
    by_kind = {one["kind"]: one["id"] for one in held}
    for name in by_kind.values():
        first = worked.call("explain", name, "--json").stdout
        assert json.loads(first)["document"]["id"] == name
        assert worked.call("explain", name, "--json").stdout == first


def test_the_delivery_sums_up(worked: Shop) -> None:
    [control] = (worked.root / "matched").rglob("control.json")
    said = json.loads(control.read_text())
    lines = [
        json.loads(one) for one in (control.parent / "postings.jsonl").read_text().splitlines()
    ]
    assert said["count"] == len(lines) == len(list((control.parent / "documents").iterdir()))


def test_the_daily_report_balances(worked: Shop) -> None:
    said = json.loads(worked.call("report", "daily", "--format", "json").stdout)
    assert said["balances"] is True


def test_standard_output_holds_only_what_was_asked_for(worked: Shop) -> None:
    for words in (("documents", "--jsonl"), ("exceptions", "list", "--jsonl")):
        for line in worked.call(*words).stdout.splitlines():
            json.loads(line)
    assert worked.call("run").stdout == ""
    assert worked.call("verify").stdout == ""


def test_no_ledger_at_all_holds_every_document(tmp_path: Path, papers: samples.Samples) -> None:
    shop = make(tmp_path / "workspace")
    shop.drop(papers.documents / "001-invoice-brightwater.pdf")
    assert shop.call("run").returncode == 0
    [one] = shop.documents()
    assert (one["state"], one["reasons"][0]) == ("exception", "no_candidate")


def test_a_ledger_with_a_bad_row_names_its_line_and_imports_the_rest(
    tmp_path: Path, papers: samples.Samples
) -> None:
    shop = make(tmp_path / "workspace")
    lines = papers.ledger.read_text().splitlines()
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([*lines, lines[1].replace(lines[1].split(",")[0], "")]) + "\n")
    done = shop.call("ledger", "import", str(bad))
    assert done.returncode == 1
    assert f"line {len(lines) + 1}" in done.stderr
    listed = shop.call("ledger", "list", "--jsonl").stdout.splitlines()
    assert len(listed) == len(lines) - 1


def test_a_file_that_never_settles_is_taken_as_partial(
    tmp_path: Path, papers: samples.Samples
) -> None:
    shop = make(tmp_path / "workspace")
    shop.drop(papers.documents / "001-invoice-brightwater.pdf", age=0)
    quick = {
        "MAILROOM_INTAKE__QUIET_SECONDS": "600",
        "MAILROOM_INTAKE__LONGEST_WAIT_SECONDS": "1",
    }
    assert shop.call("run", env=quick).returncode == 0
    [one] = shop.documents()
    assert (one["state"], one["reasons"][0]) == ("exception", "partial_write")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_workspace_is_an_error_that_says_so(tmp_path: Path) -> None:
    shop = make(tmp_path / "workspace")
    (shop.root / "state").chmod(0o500)
    done = shop.call("run")
    assert done.returncode == 3
    assert "cannot be written" in done.stderr


def test_what_is_called_wrongly_is_told_so(tmp_path: Path) -> None:
    shop = make(tmp_path / "workspace")
    assert shop.call("explain", "nobody").returncode == 2
    assert shop.call("documents", "--state", "lost").returncode == 2
    assert shop.call("exceptions", "resolve", "nocase").returncode == 2
    assert shop.call("run", "--workspace", str(tmp_path / "nowhere")).returncode == 3
    assert shop.call("frobnicate").returncode == 2


def test_extract_reads_in_the_order_given_and_records_nothing(
    tmp_path: Path, papers: samples.Samples
) -> None:
    names = [
        "023-invoice.eml",
        "005-ubl-zeewind.xml",
        "029-scan.pdf",
        "001-invoice-brightwater.pdf",
    ]
    shop = make(tmp_path / "workspace")
    paths = [str(papers.documents / name) for name in names] + [str(tmp_path / "gone.pdf")]
    done = shop.call("extract", "--jsonl", *paths)
    assert done.returncode == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == paths
    mail, invoice, empty, _, gone = lines
    assert mail["kind"] == "email"
    assert len(mail["parts"]) == len(mail["attachments"]) >= 1
    assert invoice["fields"]["total"]["source"] == "xml"
    assert empty["error"]
    assert gone["error"]
    assert shop.documents() == []


def test_an_invoice_that_waits_for_its_ledger_is_posted_by_a_retry(
    tmp_path: Path, papers: samples.Samples
) -> None:
    shop = make(tmp_path / "workspace")
    shop.drop(papers.documents / "001-invoice-brightwater.pdf")
    shop.call("run")
    [case] = [json.loads(x) for x in shop.call("exceptions", "list", "--jsonl").stdout.splitlines()]
    shutil.copyfile(papers.ledger, shop.root / "ledger" / "ledger.csv")
    os.utime(shop.root / "ledger" / "ledger.csv", (0, 0))
    home = shop.root / "exceptions"
    (home / case["case"]).rename(home / "_retry" / case["case"])
    assert shop.call("run").returncode == 0
    assert [one["state"] for one in shop.documents()] == ["matched"]
    assert shop.call("verify").returncode == 0


def test_every_decision_falls_again_as_it_fell(worked: Shop) -> None:
    done = worked.call("replay", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["decided_anew"] > 20
    assert (said["different"], said["unanswered"]) == (0, 0)
