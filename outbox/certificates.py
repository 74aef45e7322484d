"""Certificates: which strata the rules may post without a person, proved by labelled decisions.

A certificate is a file in `archive/certificates/`, named with its hash by an event of the audit
chain; the newest is in force. It says what it rests on, so that anybody with the journal can count
again (`verified`). What it allows is asked at every posting: it ends with its day, with other
rules or settings, and where later labels speak against it, without anybody running anything.
"""

import datetime as dt
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractors.interface import Extraction
from matchers.certify import (
    CONFIDENCE,
    TARGET,
    Stratum,
    bound,
    needed,
    proved,
    stratum,
    surely_worse,
)
from outbox import moves
from outbox.dossier import software
from outbox.interface import OutboxError, Workspace
from outbox.journal import Journal
from outbox.journal_labels import CERTIFIED
from outbox.labels import Edited, Terms, Trial, trials

FORM = 1
"""The number of this layout of certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be proved: the share that has to be right, how surely, and for how many days."""

    target: Decimal = TARGET
    confidence: Decimal = CONFIDENCE
    days: int = 90


def folder(workspace: Workspace) -> Path:
    """Where certificates lie."""
    return workspace.archive / "certificates"


def made(journal: Journal, terms: Terms, asked: Asked, at: dt.datetime) -> dict[str, Any]:
    """The certificate of all labels that there are.

    Raises:
        OutboxError: a decision that it would rest on is not as it was written.
    """
    head = journal.head()
    last = head.seq if head else 0
    found = list(trials(journal, terms, until=last))
    for one in found:
        if isinstance(one, Edited):
            raise OutboxError(f"Nothing can be certified: {one.words}. Run `mailroom verify`.")
    judged = [one for one in found if isinstance(one, Trial)]
    return {
        "form": FORM,
        "software": software(),
        "made": at.isoformat(timespec="seconds"),
        "valid_until": (at + dt.timedelta(days=asked.days)).isoformat(timespec="seconds"),
        "target": str(asked.target),
        "confidence": str(asked.confidence),
        "last_event": last,
        **terms.as_json(),
        "strata": [*_strata(judged, asked.target, asked.confidence)],
    }


def _strata(
    judged: Iterable[Trial], target: Decimal, confidence: Decimal
) -> Iterator[dict[str, Any]]:
    by_stratum: dict[Stratum, list[Trial]] = defaultdict(list)
    for one in judged:
        by_stratum[one.stratum].append(one)
    for where, own in sorted(by_stratum.items()):
        count, errors = len(own), sum(not one.right for one in own)
        yield {
            "kind": where.kind,
            "band": where.band,
            "source": where.source,
            "count": count,
            "errors": errors,
            "bound": str(bound(errors, count, confidence)),
            "certified": proved(errors, count, target, confidence),
            "missing": max(0, needed(errors, target, confidence) - count),
            "decisions": [one.as_json() for one in sorted(own, key=lambda one: one.decision)],
        }


def issue(workspace: Workspace, journal: Journal, certificate: Mapping[str, Any], who: str) -> Path:
    """Write a certificate down and put it in force; gives its file."""
    content = (json.dumps(certificate, indent=1, sort_keys=True) + "\n").encode()
    digest = hashlib.sha256(content).hexdigest()
    path = folder(workspace) / f"{certificate['made'][:10]}-{digest[:12]}.json"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    moves.replace(path, content)
    journal.certified(path.name, digest, who)
    return path


def in_force(workspace: Workspace, journal: Journal) -> dict[str, Any] | None:
    """The newest certificate; None where there was never one.

    Raises:
        OutboxError: its file is gone or not as it was written.
    """
    events = [one for one in journal.labels_since(0) if one.event == CERTIFIED]
    if not events:
        return None
    told = json.loads(events[-1].detail)
    path = folder(workspace) / told["name"]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OutboxError(
            f"The certificate {path} cannot be read ({error.strerror}). Restore it from a backup, "
            "or run `mailroom certify` for a new one."
        ) from error
    if hashlib.sha256(content).hexdigest() != told["sha256"]:
        raise OutboxError(
            f"The certificate {path} is not as it was written. Restore it from a backup, or run "
            "`mailroom certify` for a new one."
        )
    found: dict[str, Any] = json.loads(content)
    return found


def intact(workspace: Workspace, journal: Journal) -> Iterator[str]:
    """What is off with the file of the certificate in force."""
    try:
        in_force(workspace, journal)
    except OutboxError as error:
        yield str(error)


# ---- counted again


def verified(workspace: Workspace, journal: Journal, terms: Terms) -> list[str]:
    """What is off with the certificate in force when it is counted again; nothing, if all is well.

    Raises:
        OutboxError: there is no certificate.
    """
    try:
        said = in_force(workspace, journal)
    except OutboxError as error:
        return [str(error)]
    if said is None:
        raise OutboxError("There is no certificate yet. Run `mailroom certify`.")
    found = list(journal.audited())
    if terms.as_json() != {name: said[name] for name in ("version", "settings")}:
        return [*found, *_other_terms(said, terms)]
    judged = list(trials(journal, terms, until=said["last_event"]))
    found += [one.words for one in judged if isinstance(one, Edited)]
    whole = [one for one in judged if isinstance(one, Trial)]
    again = [*_strata(whole, Decimal(said["target"]), Decimal(said["confidence"]))]
    return [*found, *_compared(said["strata"], again)]


def _other_terms(said: Mapping[str, Any], terms: Terms) -> Iterator[str]:
    now = terms.as_json()
    if said["version"] != now["version"]:
        yield (
            f"it was made for the rules {said['version']}; this program decides by "
            f"{now['version']}. Run `mailroom certify` for a new one"
        )
    if said["settings"] != now["settings"]:
        yield "it was made for other settings. Run `mailroom certify` for a new one"


def _compared(said: list[dict[str, Any]], again: list[dict[str, Any]]) -> Iterator[str]:
    first, second = _by_document(said), _by_document(again)
    for document_id in sorted(first.keys() - second.keys()):
        yield f"it counts document {document_id}, but the journal has no such label or posting"
    for document_id in sorted(second.keys() - first.keys()):
        yield f"it leaves out document {document_id}, which people have judged"
    for document_id in sorted(first.keys() & second.keys()):
        if first[document_id] != second[document_id]:
            yield (
                f"it says otherwise of document {document_id} than the journal: "
                f"{first[document_id]}, not {second[document_id]}"
            )
    if said != again:
        rows = [(_named(one), _figures(one)) for one in said]
        for row in rows:
            if row not in [(_named(one), _figures(one)) for one in again]:
                yield f"the figures of {row[0]} are not those of the labels: {row[1]}"


def _by_document(strata: list[dict[str, Any]]) -> dict[str, tuple[str, dict[str, Any]]]:
    return {one["document_id"]: (_named(row), one) for row in strata for one in row["decisions"]}


def _named(row: Mapping[str, Any]) -> str:
    return str(Stratum(row["kind"], row["band"], row["source"]))


def _figures(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("count", "errors", "bound", "certified", "missing")}


# ---- what it allows


class Standing:
    """What may be posted now: the certificate in force, and every label up to this moment.

    Nothing is looked at before the first question; then only what is new since the last one.
    """

    def __init__(self, workspace: Workspace, journal: Journal, terms: Terms) -> None:
        self._workspace, self._journal, self._terms = workspace, journal, terms
        self._seen = 0
        self._trials: dict[str, Trial] = {}
        self._certificate: dict[str, Any] | None = None
        self._broken = ""

    def lacking(self, extraction: Extraction, amount: Decimal) -> str | None:
        """As in matchers.interface.Certificates."""
        self._look()
        return self._lack(stratum(extraction, amount, self._terms.bands), dt.datetime.now(dt.UTC))

    def _look(self) -> None:
        """Take in what people have said, and what was certified, since the last look."""
        head = self._journal.head()
        events = self._journal.labels_since(self._seen)
        new = trials(self._journal, self._terms, after=self._seen) if events else ()
        for one in new:
            if isinstance(one, Trial):
                self._trials[one.document_id] = one
            else:
                self._broken = f"{one.words}; run `mailroom verify`"
        if any(one.event == CERTIFIED for one in events):
            try:
                self._certificate, self._broken = in_force(self._workspace, self._journal), ""
            except OutboxError as error:
                self._certificate, self._broken = None, str(error)
        self._seen = head.seq if head else 0

    def _lack(self, where: Stratum, now: dt.datetime) -> str | None:
        said = self._certificate
        target = Decimal(said["target"]) if said else TARGET
        confidence = Decimal(said["confidence"]) if said else CONFIDENCE
        own = [one for one in self._trials.values() if one.stratum == where]
        counted = Counter(one.right for one in own)
        errors, count = counted[False], len(own)
        why = self._broken or _ended(said, where, self._terms, now)
        if not why:
            assert said is not None
            later = [one.right for one in own if one.event > said["last_event"]]
            drifted = surely_worse(later.count(False), len(later), target, confidence)
            if proved(errors, count, target, confidence) and not drifted:
                return None
            why = (
                f"since it was certified, {later.count(False)} of {len(later)} were found wrong"
                if later
                else "its labels no longer prove it"
            )
        return _words(where, why, errors, count, (target, confidence))


def _ended(said: Mapping[str, Any] | None, where: Stratum, terms: Terms, now: dt.datetime) -> str:
    """Why no certificate covers a stratum, whatever later labels say; empty where one does."""
    if said is None:
        return "there is no certificate yet"
    if {name: said[name] for name in ("version", "settings")} != terms.as_json():
        return "the certificate was made for other rules or settings"
    if now >= dt.datetime.fromisoformat(said["valid_until"]):
        return f"the certificate ran out on {said['valid_until'][:10]}"
    rows = {Stratum(one["kind"], one["band"], one["source"]): one for one in said["strata"]}
    if where not in rows or not rows[where]["certified"]:
        return "the certificate does not cover it"
    return ""


def _words(
    where: Stratum, why: str, errors: int, count: int, asked: tuple[Decimal, Decimal]
) -> str:
    target, confidence = asked
    missing = needed(errors, target, confidence) - count
    left = (
        f"{missing:,} more labelled decisions without an error are needed"
        if missing > 0
        else "enough labelled decisions are there: run `mailroom certify`"
    )
    return (
        f"Its stratum ({where}) is not certified: {why}. Of {count:,} labelled decisions "
        f"{errors:,} were wrong; for {_percent(target)} % right at {_percent(confidence)} % "
        f"confidence, {left}."
    )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"
