"""The words in which Mailroom speaks to people of kinds, fields, levels and certainty."""

from typing import Any

SURE = 0.95
"""From this probability on a reading is called sure."""

LEAST_SHOWN = 0.01
"""Other readings below this probability are not shown to people; the dossier keeps them."""

FAIRLY_SURE = 0.80
"""From this probability on a reading is called fairly sure; below, unsure."""

KINDS = {
    "check": "Check",
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "receipt": "Receipt",
    "remittance": "Remittance advice",
    "letter": "Letter",
    "email": "Email",
    "other": "Other mail",
}

FIELDS = {
    "selected_amount": "Amount, selected by figures and words",
    "iban": "IBAN",
    "party_iban": "Party's IBAN",
    "micr": "MICR line",
    "routing": "Bank number (routing)",
    "po_number": "Order number",
    "vendor_tax_id": "Vendor's tax number",
    "party_tax_id": "Party's tax number",
    "account_ref": "Account",
    "amount_words": "Amount in words",
    "signature_present": "Signature",
    "net": "Net amount",
    "party_name": "Party",
    "party": "Party",
    "number": "Number",
    "doc_date": "Date",
    "vendor_address": "Vendor's address",
    "party_address": "Party's address",
}
"""Names that are not simply the code with spaces."""

_FIRST_FIELDS = (
    *("payee", "payer", "vendor", "sender", "recipient", "subject", "invoice_number"),
    *("check_number", "date", "due_date", "po_number", "total", "amount", "amount_words"),
    *("currency", "net", "tax", "buyer", "vendor_tax_id", "iban", "routing", "account_number"),
)
"""Fields in the order in which a person looks for them; others follow by name."""

LEVELS = {
    "exact": ("✓", "agrees"),
    "close": ("≈", "nearly agrees"),
    "differs": ("≠", "differs"),
    "unread": ("·", "not read"),
    "unstated": ("·", "not in the ledger"),
}
"""A sign and words for each level of agreement."""

SOURCES = {
    "xml": "e-invoice data",
    "text_layer": "the file's own text",
    "tesseract": "text reader (Tesseract)",
    "ppocr": "text reader (PP-OCR)",
    "rapidocr": "text reader (RapidOCR)",
    "micr": "MICR reader",
    "consensus": "several readers agree",
    "barcode": "barcode",
    "image": "the picture itself",
    "layout": "where it stands on the page",
    "headers": "the mail's header",
    "text": "the mail's text",
}

DOCUMENT_STATES = {
    "in_hand": "in hand",
    "matched": "matched",
    "exception": "an open case",
    "duplicate": "a duplicate",
    "quarantined": "in quarantine",
    "split": "split into its parts",
    "rejected": "rejected",
}


def field_label(name: str) -> str:
    """A field's name as people say it."""
    return FIELDS.get(name, name.replace("_", " ").capitalize())


def field_order(name: str) -> tuple[int, str]:
    """A sort key that puts first what a person looks for first."""
    place = _FIRST_FIELDS.index(name) if name in _FIRST_FIELDS else len(_FIRST_FIELDS)
    return place, name


def kind_label(kind: str | None) -> str:
    """A kind of mail as people say it."""
    return KINDS.get(kind or "", "Not read")


def source_label(source: str) -> str:
    """Which reader gave a value."""
    return SOURCES.get(source, source.replace("_", " "))


def certainty(confidence: float | None) -> str:
    """A probability in words, for those who do not want the number."""
    if confidence is None:
        return ""
    if confidence >= SURE:
        return "sure"
    return "fairly sure" if confidence >= FAIRLY_SURE else "unsure"


def percent(confidence: float | None) -> str:
    """A probability as a percentage that never rounds up to certainty."""
    if confidence is None:
        return ""
    if confidence < 1 and round(confidence * 100) == 100:  # noqa: PLR2004 - percent
        return "over 99 %"
    return "under 1 %" if 0 < confidence < 0.01 else f"{confidence * 100:.0f} %"  # noqa: PLR2004 - percent


VERDICTS = {
    "selects": "clearly bear it out",
    "supports": "bear it out",
    "leaves open": "leave it open",
    "denies": "say something else",
}
"""What figures or words make of an amount."""


def level_words(evidence: dict[str, Any]) -> str:
    """How one field agrees, in words; a name that decisions of people taught is called so.

    A name that others of the records found bear too, so that it tells less, is said with how many.
    """
    if count := evidence.get("learned"):
        return f"learned from {count} {'decision' if count == 1 else 'decisions'}"
    level, count = evidence["level"], evidence.get("sharing", 1)
    words = LEVELS[level][1]
    return f"{words}; {count} bear it" if count > 1 and level in {"exact", "close"} else words


def selected(candidate: dict[str, Any], fields: dict[str, Any]) -> str:
    """What was read of an amount, beside what figures and words say of the ledger's; or empty."""
    selection = candidate.get("selection")
    if not selection or not selection["witnesses"]:
        return ""
    read = fields.get("amount")
    said = f"read {read['value']} ({percent(read['confidence'])})" if read else "not read"
    told = [
        f"the {'figures' if one['field'] == 'amount' else 'words'} {VERDICTS[one['verdict']]} "
        f"({signed(one['margin'])} against {one['rival']})"
        for one in selection["witnesses"]
    ]
    return f"{said}; of the ledger's {selection['amount']} {' and '.join(told)}"


def signed(weight: float) -> str:
    """Points for or against a candidate, one decimal."""
    points = f"{weight:+.1f}".replace("-", "\N{MINUS SIGN}")
    return "0.0" if points[1:] == "0.0" else points


def value_text(value: Any) -> str:  # noqa: ANN401 - any JSON value of a field
    """A field's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
