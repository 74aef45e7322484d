"""A held decision as one page that an associate can act on, and the same for programs. Pure."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from config.reasons import Reason, meanings
from outbox import choices, comparison
from outbox.render import picture, render
from outbox.showing import masked, visible
from outbox.words import (
    DOCUMENT_STATES,
    field_label,
    kind_label,
    percent,
    selected,
    signed,
    value_text,
)

Json = dict[str, Any]

MOST_PICTURES = 8
"""Pages pictured in one report, so that a long scan does not make a file that no browser opens."""

MOST_CANDIDATES = 5
"""Candidates shown with all their evidence; the others are named."""


def html(
    dossier: Json,
    *,
    case: str,
    crops: Mapping[str, bytes],
    pages: Sequence[bytes] = (),
    approvals: Sequence[Json] = (),
) -> str:
    """One self-contained page about a held document: no network, no script, fit for print.

    *crops* are the pieces of image by the name that `dossier.places` gave them, *pages* the upright
    page pictures (PNG or JPEG) from the first page on, *approvals* those of people so far, where a
    posting takes two. Account numbers in text are masked; the
    pictures show the paper as it is.
    """
    shown = masked(dossier)
    rows = comparison.rows(dossier, shown, crops)
    return render(
        "report.html",
        case=case,
        shown=shown,
        kind=kind_label(shown["kind"]),
        kind_sure=percent(shown["kind_confidence"]),
        received=_moment(shown["document"].get("received")),
        reasons=_reasons(shown),
        rows=[row for row in rows if row.compared],
        other_rows=[row for row in rows if not row.compared],
        record=_record(comparison.best(shown), shown["proposal"]),
        candidates=_candidates(shown)[:MOST_CANDIDATES],
        others=[one["record_id"] for one in shown["candidates"][MOST_CANDIDATES:]],
        margin=None if shown["margin"] is None else signed(shown["margin"]),
        no_record=percent(shown.get("no_record")),
        differing=any(row.level in {"close", "differs"} for row in rows),
        choices=choices.of(shown, case),
        caution=choices.caution(shown),
        approvals=masked({"approvals": list(approvals)})["approvals"],
        pictures=_pictures(shown, rows, pages),
        attachments=shown["attachments"],
    )


def json_text(dossier: Json, *, case: str, approvals: Sequence[Json] = ()) -> str:
    """The same for programs: the dossier with accounts masked, the case, the reasons' words."""
    shown = masked({**dossier, "approvals": list(approvals)})
    content = {"case": case, "explained": _reasons(shown), **shown}
    content.pop("traces", None)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def quarantine_note(dossier: Json) -> str:
    """What stands beside a file that cannot be opened safely."""
    shown = masked(dossier)
    lines = [
        "This file was put aside unopened.",
        "",
        *_about(shown),
        "",
    ]
    for reason in _reasons(shown):
        lines += [f"Why: {reason['sentence']} ({reason['code']})"]
    if shown.get("detail"):
        lines += [f"In detail: {shown['detail']}"]
    for reason in _reasons(shown)[:1]:
        lines += ["", "What to do next:"]
        lines += [f"  {number}. {step}" for number, step in enumerate(reason["steps"], start=1)]
    lines += ["", "The file is unchanged. Dropping it into the inbox again makes a new document."]
    return _note(lines)


def duplicate_note(dossier: Json) -> str:
    """What stands beside a file whose very bytes came in before; `twin` is the earlier one."""
    shown = masked(dossier)
    twin = shown["twin"]
    where = [f"  Its case: {twin['case']}"] if twin.get("case") else []
    where += [f"  It lies in: {twin['path']}"] if twin.get("path") else []
    lines = [
        "This file came in before, byte for byte, so it was not read again.",
        "",
        *_about(shown),
        "",
        f"The earlier one: {twin['name']} ({twin['id']}), {DOCUMENT_STATES[twin['state']]}",
        f"  Received: {_moment(twin['received'])}",
        *where,
        "",
        "What to do next:",
        "  1. Nothing, if the file was dropped twice by mistake.",
        "  2. If the earlier one should be read again, retry its case; a second drop does nothing.",
        "  3. If these are two papers with the same picture, scan this one again.",
    ]
    return _note(lines)


def _about(shown: Json) -> list[str]:
    document = shown["document"]
    return [
        f"File:     {document['name']}",
        f"Document: {document['id']}",
        f"Received: {_moment(document.get('received'))}",
        f"SHA-256:  {document['sha256']}",
    ]


def _note(lines: Sequence[str]) -> str:
    return "".join(f"{visible(line)}\n" for line in lines)


def _reasons(shown: Json) -> list[Json]:
    """Each reason's code with its words, the primary one first."""
    found = []
    for code in shown.get("reasons", []):
        meaning = meanings()[Reason(code)]
        found.append(
            {
                "code": code,
                "sentence": meaning.sentence,
                "steps": list(meaning.steps),
                "queue": meaning.queue,
            }
        )
    return found


def _moment(received: str | None) -> str:
    """21 November 2026, 14:05 UTC."""
    if not received:
        return "unknown"
    moment = dt.datetime.fromisoformat(received).astimezone(dt.UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _record(candidate: Json | None, proposal: str | None) -> Json | None:
    """The ledger record on the right-hand side of the comparison."""
    if candidate is None:
        return None
    return {
        "record_id": candidate["record_id"],
        "proposed": candidate["record_id"] == proposal,
        "facts": _facts(candidate["record"]),
    }


def _facts(record: Json) -> list[str]:
    kind = value_text(record["doc_type"]).replace("_", " ")
    return [
        fact
        for fact in (
            record["party_name"],
            " ".join(one for one in (kind, record["number"]) if one),
            record["doc_date"],
            _amount(record),
            record["status"],
        )
        if fact
    ]


def _amount(record: Json) -> str:
    whole, still_open, currency = record["amount"], record["open_amount"], record["currency"]
    if whole is None or still_open in {None, whole}:
        return f"{whole or still_open or ''} {currency}".strip()
    return f"{whole} {currency} ({still_open} open)"


def _candidates(shown: Json) -> list[Json]:
    scores = [max(one["score"], 0) for one in shown["candidates"]]
    weights = [abs(part["weight"]) for one in shown["candidates"] for part in one["evidence"]]
    tallest, heaviest = max(scores, default=0) or 1, max(weights, default=0) or 1
    return [
        {
            "rank": rank,
            "record_id": one["record_id"],
            "proposed": one["record_id"] == shown["proposal"],
            "facts": _facts(one["record"]),
            "score": signed(one["score"]),
            "probability": percent(one.get("probability")),
            "width": round(100 * max(one["score"], 0) / tallest),
            "parts": [comparison.part(part, heaviest) for part in one["evidence"]],
            "selected": selected(one, shown["fields"]),
            "against": _against(one, shown["candidates"][0] if rank > 1 else None),
        }
        for rank, one in enumerate(shown["candidates"], start=1)
    ]


def _against(candidate: Json, best: Json | None) -> str:
    """Why not this one: what differs, or how far it lies behind the best."""
    differing = [
        field_label(part["field"]) for part in candidate["evidence"] if part["level"] == "differs"
    ]
    words = [f"{_listed(differing)} {'differ' if len(differing) > 1 else 'differs'}"] * bool(
        differing
    )
    status = candidate["record"]["status"]
    if status not in {"open", "partial"}:
        words.append(f"the record is {status}")
    if best is not None:
        gap = best["score"] - candidate["score"]
        words.append(f"{gap:.1f} points behind the best" if gap > 0 else "no worse than the best")
    return "; ".join(words)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _pictures(
    shown: Json, rows: Sequence[comparison.Row], pages: Sequence[bytes]
) -> dict[str, list[Any]]:
    """The pages to picture with their boxes: first those with something read on them."""
    there = [
        (page, uri)
        for page, content in zip(shown["pages"], pages, strict=False)
        if (uri := picture(content)) is not None
    ]
    bearing = {row.page for row in rows if row.box}
    wanted = sorted(there, key=lambda one: (one[0]["number"] not in bearing, one[0]["number"]))
    numbers = {page["number"] for page, _ in wanted[:MOST_PICTURES]}
    return {
        "shown": [
            {
                **page,
                "uri": uri,
                "boxes": [row for row in rows if row.box and row.page == page["number"]],
            }
            for page, uri in there
            if page["number"] in numbers
        ],
        "left_out": [page["number"] for page in shown["pages"] if page["number"] not in numbers],
    }
