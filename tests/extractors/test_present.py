"""The JSON line of the contract."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

from config.reasons import Reason
from extractors import present
from extractors.interface import (
    Attachment,
    Box,
    Extraction,
    Field,
    Kind,
    LineItem,
    Page,
    Value,
)
from tests.extractors import paper

KEYS = [
    "file",
    "sha256",
    "kind",
    "kind_confidence",
    "pages",
    "fields",
    "lines",
    "attachments",
    "parts",
    "problems",
    "error",
]


def field(name: str, value: Value, confidence: float = 0.9, **more: object) -> Field:
    return Field(name=name, value=value, text=str(value), confidence=confidence, **more)


def extraction(tmp_path: Path, *fields: Field, **more: object) -> Extraction:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-")
    plain = {"document": paper.document(path), "kind": Kind.INVOICE, "kind_confidence": 0.98765}
    return Extraction(fields=fields, **plain | more)


def test_the_line_has_the_contracts_keys_in_its_order(tmp_path: Path) -> None:
    read = extraction(tmp_path, pages=(Page(number=1, width=10, height=10),))

    line = present.as_json(read, "inbox/a.pdf")

    assert list(line) == KEYS
    assert line["file"] == "inbox/a.pdf"
    assert line["sha256"] == read.document.sha256
    assert (line["kind"], line["kind_confidence"], line["pages"]) == ("invoice", 0.9877, 1)
    assert line["error"] is None


def test_values_are_written_as_the_contract_says(tmp_path: Path) -> None:
    line = present.as_json(
        extraction(
            tmp_path,
            field("total", Decimal("1E+3")),
            field("net", Decimal("-1234.50")),
            field("date", dt.date(2026, 3, 5)),
            field("signature_present", value=True),
            field("references", ("a", "b")),
            field("vendor", "ACME"),
        ),
        "a",
    )

    values = {name: one["value"] for name, one in line["fields"].items()}
    assert values == {
        "total": "1000",
        "net": "-1234.50",
        "date": "2026-03-05",
        "signature_present": True,
        "references": ["a", "b"],
        "vendor": "ACME",
    }
    json.dumps(line)


def test_the_surest_reading_leads_and_other_values_follow_once(tmp_path: Path) -> None:
    read = extraction(
        tmp_path,
        field("total", Decimal("1284.50"), 0.02),
        field("total", Decimal("1234.50"), 0.97, page=1, box=Box(1, 2, 3, 4), source="rapidocr"),
        field("total", Decimal("1234.5"), 0.5),
        field("total", Decimal("1284.50"), 0.01),
    )

    (total,) = present.as_json(read, "a")["fields"].values()

    assert total == {
        "value": "1234.50",
        "text": "1234.50",
        "confidence": 0.97,
        "page": 1,
        "box": [1, 2, 3, 4],
        "source": "rapidocr",
        "alternatives": [{"value": "1284.50", "confidence": 0.02}],
    }


def test_lines_attachments_parts_and_problems_are_listed(tmp_path: Path) -> None:
    part = extraction(tmp_path, field("total", Decimal(5)))
    file = Attachment(name="b.pdf", media_type="application/pdf", sha256="abc", content=b"x")
    read = extraction(
        tmp_path,
        lines=(LineItem(description="Screws", quantity=Decimal(2), amount=Decimal("9.50")),),
        attachments=(file,),
        parts=(part,),
        problems=(Reason.ARITHMETIC,),
    )

    line = present.as_json(read, "a")

    assert line["lines"] == [
        {
            "description": "Screws",
            "quantity": "2",
            "unit_price": None,
            "amount": "9.50",
            "page": None,
        }
    ]
    assert line["attachments"] == [
        {"name": "b.pdf", "sha256": "abc", "media_type": "application/pdf"}
    ]
    assert line["parts"] == [present.as_json(part, "a.pdf")]
    assert line["problems"] == ["arithmetic"]


def test_a_file_that_cannot_be_read_has_an_error_and_no_fields() -> None:
    line = present.failed("a.pdf", "abc", "encrypted: the PDF asks for a password")

    assert list(line) == KEYS
    assert line["error"] == "encrypted: the PDF asks for a password"
    assert line["fields"] == {}
    assert line["kind"] == "other"
