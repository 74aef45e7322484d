"""A labelled set: which documents it holds, and the truth about each by the contract's names."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fitting.folds import fold_of

RENAMED = {
    "company": "vendor",
    "address": "vendor_address",
    "date_iso": "date",
    "total_norm": "total",
    "vendor_vat_id": "vendor_tax_id",
    "buyer_order_ref": "po_number",
    "from": "sender",
    "to": "recipient",
}
"""What a label is called in the sets, and the contract's field that it is the truth of."""

_NORMALISED = {"date": "date_iso", "total": "total_norm"}
"""Labels as printed that stand aside where the set has the value in normal form too."""

_NO_FIELDS = frozenset(
    (
        *("doc_type_code", "doc_name", "total_due", "n_attachments", "attachment_names", "cc"),
        *("bank", "ifsc", "amounts_agree", "fax", "phone"),
    )
)
"""Labels that are the truth of no field of the contract."""

_FAMILIES = {
    "receipt": "bill",
    "invoice": "bill",
    "credit_note": "bill",
    "remittance": "letter",
    "other": "letter",
}


class BadSet(Exception):
    """A labelled set cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One document of a set: *file* is its name there, *truth* values by the contract's names.

    *vendor* is the label whatever is scored, *attachments* how many files are inside.
    """

    file: str
    path: Path
    kind: str
    truth: Mapping[str, Any]
    vendor: str = ""
    attachments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which documents of a set are asked about; zeros and blanks choose all.

    *where* is a flag of their `meta`, *only* a piece of their names, *limit* the most, evenly over
    the set. *fold* is the k-th of *folds* shares of the vendors, from 0. *printed* leaves out
    values that the page does not show.
    """

    where: str = ""
    only: str = ""
    limit: int = 0
    fold: int = 0
    folds: int = 0
    printed: bool = False


def load(folder: Path, choice: Choice) -> tuple[Labelled, ...]:
    """The chosen documents of the set in *folder*, in its order.

    Raises:
        BadSet: there are no labels, or none of what was asked for.
    """
    labels = folder / "labels.jsonl"
    if not labels.is_file():
        raise BadSet(f"{folder} holds no labels.jsonl. Name the folder of a labelled set.")
    rows = [json.loads(line) for line in labels.read_text("utf-8").splitlines() if line.strip()]
    if choice.where:
        rows = [row for row in rows if row.get("meta", {}).get(choice.where)]
    found = [_labelled(row, folder, choice) for row in rows]
    found = [one for one in found if one.truth and choice.only in one.file]
    if choice.folds:
        if not any(one.vendor for one in found):
            raise BadSet(f"{labels} names no vendors, so it has no folds. Leave --fold away.")
        found = [one for one in found if fold_of(one.vendor, choice.folds) == choice.fold]
    if not found:
        raise BadSet(f"No document of {folder} is left. Ask for fewer conditions.")
    return tuple(_spread(found, choice.limit))


def family(kind: str) -> str:
    """What a kind is scored as: bills are one family, and so are letters and forms among them."""
    return _FAMILIES.get(kind, kind)


def truth_of(row: Mapping[str, Any], *, printed: bool = False) -> dict[str, Any]:
    """The labelled values of a row by the contract's names; *printed* only if seen on the page."""
    fields, about = row["fields"], row.get("meta", {})
    unsure, visible = set(about.get("unsure", ())), about.get("visible")
    truth = {}
    for label, value in fields.items():
        if label in _NO_FIELDS or label in unsure or value in (None, ""):
            continue
        if _NORMALISED.get(label) in fields:
            continue
        if isinstance(visible, dict) and visible.get(label, not printed) is False:
            continue
        name = RENAMED.get(label, label)
        truth[name] = _value(name, value, about)
    return {name: value for name, value in truth.items() if value not in (None, "")}


def _value(name: str, value: Any, about: Mapping[str, Any]) -> Any:
    if name == "amount_words":  # the amount that the words state, not their spelling
        return about.get("words_value")
    return value.replace("\n", " ") if name == "vendor" else value


def _labelled(row: Mapping[str, Any], folder: Path, choice: Choice) -> Labelled:
    fields = row["fields"]
    return Labelled(
        file=row["file"],
        path=(folder / row["file"]).resolve(),
        kind=row["kind"],
        truth=truth_of(row, printed=choice.printed),
        vendor=str(fields.get("company") or fields.get("vendor") or ""),
        attachments=fields.get("n_attachments"),
    )


def _spread(rows: Sequence[Labelled], limit: int) -> Sequence[Labelled]:
    if not limit or len(rows) <= limit:
        return rows
    return [rows[place * len(rows) // limit] for place in range(limit)]
