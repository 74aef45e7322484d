"""Labelled sets made on the spot: typed letters and bills with a text layer, and their truth."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractors.interface import Box, Page, Word
from tests.extractors import paper
from tests.looking_glass.labels import Labelled
from tests.looking_glass.scoring import Judged, Reading, judge

BILL = (
    "Acme Supplies Ltd",
    "1 Mill Lane, Leeds",
    "INVOICE",
    "Invoice number: {number}",
    "Invoice date: 05 March 2026",
    "Net amount: 100.00 EUR",
    "VAT 20 %: 20.00 EUR",
    "Total amount due: 120.00 EUR",
)


def bill(folder: Path, number: str, **truth: Any) -> dict[str, Any]:
    """A bill in a PDF and its row of labels; *truth* is what is said of it beside what is so."""
    file = f"{number}.pdf"
    paper.pdf_file(folder / file, [line.format(number=number) for line in BILL])
    fields = {
        "invoice_number": number,
        "date": "2026-03-05",
        "total": "120.00",
        "net": "100.00",
        "vendor": "Acme Supplies Ltd",
    }
    return {"file": file, "kind": "invoice", "fields": fields | truth, "meta": {"pages": 1}}


def labelled_set(folder: Path, *rows: Mapping[str, Any]) -> Path:
    """A folder with a file of labels."""
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / "labels.jsonl").write_text(lines, encoding="utf-8")
    return folder


def page_of(text: str) -> Page:
    """A page with the lines of *text*, 20 pixels to the letter and 40 to the line."""
    words = []
    for row, line in enumerate(text.splitlines()):
        left = 0
        for word in line.split():
            right = left + 20 * len(word)
            words.append(Word(word, Box(left, 40 * row, right, 40 * row + 30)))
            left = right + 20
    return Page(number=1, width=1000, height=1400, words=tuple(words), source="rapidocr")


def answer_field(value: Any, confidence: float = 0.9, **more: Any) -> dict[str, Any]:
    """A field as the contract's JSON has it."""
    return {
        "value": value,
        "text": str(value),
        "confidence": confidence,
        "page": 1,
        "box": None,
        "source": "rapidocr",
        "alternatives": [],
        **more,
    }


def judged(
    truth: Mapping[str, Any],
    fields: Mapping[str, Any],
    text: str = "",
    *,
    file: str = "a.png",
    **answer: Any,
) -> Judged:
    """A receipt that is labelled with *truth*, as if *fields* had been read off *text*."""
    said = {
        "kind": "receipt",
        "pages": 1,
        "fields": fields,
        "attachments": [],
        "error": None,
        **answer,
    }
    row = Labelled(file=file, path=Path(file), kind="receipt", truth=truth)
    return judge(row, Reading(answer=said, pages=(page_of(text),)))
