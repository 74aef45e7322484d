"""A decision explained in the terminal: what was read, what was weighed, what tipped it."""

from collections.abc import Iterator
from typing import Any

from config.reasons import Reason, meanings
from outbox.showing import masked, visible
from outbox.words import (
    LEAST_SHOWN,
    LEVELS,
    certainty,
    field_label,
    field_order,
    kind_label,
    level_words,
    percent,
    selected,
    signed,
    value_text,
)

LABEL_WIDTH = 22
"""Characters kept for the names on the left."""

BAR_POINTS = 2.0
"""Points of evidence that one block of a bar stands for."""

LONGEST_BAR = 12
"""Blocks in a bar at most."""


def text(dossier: dict[str, Any]) -> str:
    """The decision in plain words, with account numbers masked; ends with a line break."""
    shown = masked(dossier)
    parts = (_head, _fields, _allocation, _candidates, _rule)
    lines = [line for part in parts for line in part(shown)]
    return "\n".join(visible(line, newline=" ⏎ ") for line in lines) + "\n"


def _head(shown: dict[str, Any]) -> Iterator[str]:
    document = shown["document"]
    yield f"{document['name']}  ({document['id']})"
    yield _row("Received", document.get("received"))
    yield _row("SHA-256", document.get("sha256"))
    if shown.get("kind"):
        yield _row("Kind", f"{kind_label(shown['kind'])}, {_sure(shown['kind_confidence'])}")
    if twin := shown.get("twin"):
        yield _row("Same bytes as", f"{twin['name']} ({twin['id']}), in {twin.get('path') or '-'}")
    for place, code in enumerate(shown.get("reasons", [])):
        yield _row("Reason" if place == 0 else "", f"{code}: {meanings()[Reason(code)].sentence}")
    if shown.get("detail"):
        yield _row("In detail", shown["detail"])
    if shown.get("related"):
        yield _row("Related", ", ".join(shown["related"]))


def _fields(shown: dict[str, Any]) -> Iterator[str]:
    if not shown.get("fields"):
        return
    yield ""
    yield "What was read"
    for name in sorted(shown["fields"], key=field_order):
        read = shown["fields"][name]
        where = f", page {read['page']}" if read["page"] else ""
        source = f", {read['source']}" if read["source"] else ""
        yield _row(
            field_label(name),
            f"{value_text(read['value'])}  [{_sure(read['confidence'])}{source}{where}]",
        )
        for other in read["alternatives"]:
            if other["confidence"] >= LEAST_SHOWN:
                yield _row("", f"or {value_text(other['value'])}  [{percent(other['confidence'])}]")


def _candidates(shown: dict[str, Any]) -> Iterator[str]:
    candidates = shown.get("candidates", [])
    if candidates:
        yield ""
        yield "What the ledger offers (points of evidence, for and against)"
    for rank, candidate in enumerate(candidates, start=1):
        record = candidate["record"]
        facts = (record["party_name"], record["number"], record["open_amount"] or record["amount"])
        about = " · ".join(fact for fact in (*facts, record["currency"], record["status"]) if fact)
        yield ""
        yield f"  {rank}. {candidate['record_id']}  {about}"
        for part in candidate["evidence"]:
            yield _part(part)
        if told := selected(candidate, shown["fields"]):
            yield f"     {'Amount by hand':<{LABEL_WIDTH}} {told}"
        yield f"     {'Sum':<{LABEL_WIDTH}} {signed(candidate['score']):>7}"
        if (chance := candidate.get("probability")) is not None:
            yield f"     {'Probability':<{LABEL_WIDTH}} {percent(chance):>7}"
    if shown.get("margin") is not None:
        yield ""
        second = shown.get("runner_up") or "the next"
        yield _row(f"Ahead of {second} by", f"{signed(shown['margin'])} points")
    if candidates and shown.get("no_record") is not None:
        yield _row("No record of it", f"{percent(shown['no_record'])} probable")


def _allocation(shown: dict[str, Any]) -> Iterator[str]:
    """How a payment would be spread over several items."""
    if shown.get("allocation"):
        yield ""
        yield "What it would pay"
    for one in shown.get("allocation", []):
        paid = f"{one['amount'] or '-'} to {one['record_id'] or 'no record'}"
        yield _row(one["number"], f"{paid}{': ' * bool(one['remark'])}{one['remark']}")


def _part(part: dict[str, Any]) -> str:
    weight = part["weight"]
    blocks = min(LONGEST_BAR, round(abs(weight) / BAR_POINTS))
    bar = ("█" if weight > 0 else "░") * blocks
    sign, words = LEVELS[part["level"]][0], level_words(part)
    facts = f"{part['read'] or '-'} | {part['expected'] or '-'}"
    return (
        f"     {field_label(part['field']):<{LABEL_WIDTH}} {signed(weight):>7}  "
        f"{bar:<{LONGEST_BAR}}  {sign} {words:<17}  {facts}"
    )


def _rule(shown: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield _row("Outcome", shown.get("outcome") or ("duplicate" if "twin" in shown else "-"))
    agreed = ", ".join(field_label(one) for one in shown.get("matched_by", []))
    amount = f"{shown.get('amount') or ''} {shown.get('currency') or ''}".strip()
    for label, words in (
        ("Split into", ", ".join(shown.get("parts", []))),
        ("Rule", shown.get("rule")),
        ("Decided by", _rules(shown)),
        ("Agreed exactly in", "" if "resolution" in shown else agreed),
        ("Record", shown.get("proposal")),
        ("Amount", amount),
        ("What would change it", shown.get("flip")),
    ):
        if words:
            yield _row(label, words)
    yield from _resolution(shown.get("resolution"))


def _rules(shown: dict[str, Any]) -> str:
    """Which release and which rules decided; nothing where a person did."""
    if "resolution" in shown or not shown.get("rules"):
        return ""
    return f"Mailroom {shown['software']}, rules {shown['rules']}"


def _resolution(made: dict[str, Any] | None) -> Iterator[str]:
    """What a person decided."""
    if made is None:
        return
    for first in made.get("approvals", []):
        yield _row("Approved first by", f"{first['who']}, {first['at']}")
        if first["note"]:
            yield _row("Because", first["note"])
    yield _row("Decided by", f"{made['who']}, {made['at']}")
    for name, value in made["corrections"].items():
        yield _row("Corrected", f"{field_label(name)}: {value}")
    if made["note"]:
        yield _row("Because", made["note"])


def _row(label: str, value: object) -> str:
    return f"  {label:<{LABEL_WIDTH}} {'-' if value is None else value}"


def _sure(confidence: float | None) -> str:
    return f"{certainty(confidence)}, {percent(confidence)}"
