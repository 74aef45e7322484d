"""The exception folder at work: what people decide about cases, carried out once."""

import datetime as dt
import hashlib
import json
from decimal import Decimal, InvalidOperation
from itertools import chain, count
from pathlib import Path
from typing import Any

from config.steps import step
from matchers.interface import Ledger, LedgerRecord, Status
from outbox import moves, release
from outbox.filing import told_again
from outbox.interface import CLOSED, VERBS, State, Workspace
from outbox.journal import Journal, Ruling
from outbox.journal_aliases import taught
from outbox.release import NOBODY, Approval
from outbox.tables import DocumentRow, ResolutionRow

REFUSAL = "refused.txt"
"""The note in a case whose decision could not be carried out."""

CORRECTABLE = ("total", "amount", "date", "currency", "invoice_number")
"""The fields that a person may correct: those of which a posting is made."""

POSTABLE = frozenset({Status.OPEN, Status.PARTIAL})
"""A person may post to a record in one of these states."""


class Refusal(Exception):
    """A decision cannot be carried out; the message says why and what to do instead."""


class Cases:
    """Carries out the decisions of people; each step can be repeated after a crash."""

    def __init__(self, workspace: Workspace, journal: Journal, ledger: Ledger) -> None:
        self._workspace = workspace
        self._journal = journal
        self._ledger = ledger

    def collect(self) -> None:
        """Turn case folders that people moved into verb folders into written decisions."""
        asked = {row.case_name for row in self._journal.open_resolutions()}
        for verb, action in VERBS.items():
            folder = self._workspace.exceptions / verb
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                case = self._journal.case(path.name)
                if case and case.closed is None and path.name not in asked and self._whole(path):
                    self._journal.ask(
                        ResolutionRow(at=_now(), case_name=path.name, action=action, who=NOBODY)
                    )
                    step("case.asked")

    def _whole(self, path: Path) -> bool:
        """Whether a moved case has arrived: its original is there, and its old place is empty."""
        case = self._journal.case(path.name)
        document = self._journal.get(case.document_id) if case else None
        left = not (self._workspace.exceptions / path.name).exists()
        return left and bool(document) and (path / moves.own_name(_name(document))).is_file()

    def apply(self) -> list[ResolutionRow]:
        """Carry out every written decision, oldest first; gives them as they ended."""
        return [self.carry_out(row.id or 0) for row in self._journal.open_resolutions()]

    def carry_out(self, number: int) -> ResolutionRow:
        """Carry out one decision, or refuse it with a note in the case."""
        row = self._journal.resolution(number)
        if row.applied or row.refused:
            return row
        try:
            document, folder = self._standing(row)
            match row.action:
                case "reject" | "rescan":
                    self._reject(row, document, folder)
                case "retry":
                    self._retry(row, document, folder)
                case _:
                    self._post(row, document, folder)
        except Refusal as why:
            self._untell(row)
            self._put_back(row.case_name, str(why))
            self._journal.refuse(number, str(why))
            step("case.refused")
        else:
            step("case.carried_out")
        return self._journal.resolution(number)

    def folder(self, case: str) -> Path | None:
        """Where a case's folder lies now: in its place, in a verb folder, or closed.

        Where people made copies, it is the one with the original.
        """
        row = self._journal.case(case)
        name = moves.own_name(_name(self._journal.get(row.document_id) if row else None))
        rooms = [self._workspace.exceptions / room for room in ("", *VERBS, CLOSED)]
        places = [room / case for room in rooms]
        places += sorted(rooms[-1].glob(f"{case}.*"))
        standing = [place for place in places if place.is_dir()]
        whole = (place for place in standing if name and (place / name).is_file())
        return next(whole, standing[0] if standing else None)

    def _standing(self, row: ResolutionRow) -> tuple[DocumentRow, Path]:
        case = self._journal.case(row.case_name)
        if case is None:
            raise Refusal(f"There is no case {row.case_name}. See `mailroom exceptions list`.")
        if case.closed is not None:
            raise Refusal(f"The case is closed already ({case.outcome}, {case.closed}).")
        document = self._journal.get(case.document_id)
        folder = self.folder(case.name)
        if document is None or folder is None:
            raise Refusal(
                f"The folder of {case.name} is gone from exceptions/. Move it back, then try again."
            )
        return document, folder

    # ---- the verbs

    def _reject(self, row: ResolutionRow, document: DocumentRow, folder: Path) -> None:
        if not _still_held(document, row.case_name):
            raise Refusal("Another decision about this case is being carried out already.")
        _original(document, folder)
        rest = self._shut(folder) / moves.own_name(document.name)
        outcome = "rescan_asked" if row.action == "rescan" else "rejected"
        path = rest.relative_to(self._workspace.root).as_posix()
        self._journal.carried_out(row, outcome, rejected_at=path, found=moves.sha256_of(rest))

    def _retry(self, row: ResolutionRow, document: DocumentRow, folder: Path) -> None:
        if _still_held(document, row.case_name):
            self._journal.reopen(row.case_name, self._take_back(document, folder))
            step("case.reopened")
        self._leave(folder, document)
        self._journal.carried_out(row, "retried")

    def _post(self, row: ResolutionRow, document: DocumentRow, folder: Path) -> None:
        if _still_held(document, row.case_name):
            ruling = self._ruling(row, document)
            if ruling is None:
                return
            self._journal.reopen(row.case_name, self._take_back(document, folder), ruling)
            step("case.posted")
        self._leave(folder, document)
        self._journal.carried_out(row, "approved" if row.action == "approve" else "resolved")

    def _approved(
        self, row: ResolutionRow, document: DocumentRow, record: LedgerRecord
    ) -> tuple[Approval, ...] | None:
        """The approvals that a posting rests on; None where it waits for a second person's.

        Raises:
            Refusal: this approval does not count.
        """
        dossier = self._journal.dossier(document.id) or {}
        own = release.approval(row, record.record_id)
        if not release.asks_for_two(dossier, record):
            return (own,)
        asked = self._journal.asked_of(row.case_name)
        standing = release.approvals(asked, dossier.get("proposal"))
        if why := release.refused(own, standing, row.case_name):
            raise Refusal(why)
        if first := release.first_of(own, standing):
            return (first, own)
        folder, files = self.folder(row.case_name), dict[str, str]()
        if folder is not None:
            reports = told_again(folder, dossier, row.case_name, release.shown((*standing, own)))
            for name, content in reports.items():
                files[name] = hashlib.sha256(content).hexdigest()
                moves.replace(folder / name, content)
            step("case.told")
        self._journal.approved_first(row, record.record_id, files)
        return None

    def _untell(self, row: ResolutionRow) -> None:
        """Take an approval out of the reports again that is refused after all.

        It stands there where an earlier start was stopped before it told the journal.
        """
        case, folder = self._journal.case(row.case_name), self.folder(row.case_name)
        if case is None or case.closed is not None or folder is None:
            return
        if row.action not in release.POSTING:
            return
        dossier = self._journal.dossier(case.document_id) or {}
        proposal = dossier.get("proposal")
        standing = release.approvals(self._journal.asked_of(row.case_name), proposal)
        own = release.approval(row, row.record_id or proposal or "")
        with_it = told_again(folder, dossier, case.name, release.shown((*standing, own)))
        without = told_again(folder, dossier, case.name, release.shown(standing))
        for name, content in with_it.items():
            path = folder / name
            if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
                moves.replace(path, without[name])

    def _ruling(self, row: ResolutionRow, document: DocumentRow) -> Ruling | None:
        """The posting that a person asks for, checked; None where a second has to ask, too.

        Raises:
            Refusal: it may not be made as asked.
        """
        dossier = self._journal.dossier(document.id) or {}
        record = self._record(row, dossier)
        corrections = json.loads(row.corrections)
        _check(corrections)
        fields = {**json.loads(document.fields), **corrections}
        amount = _money(fields, document.kind or "")
        approved = self._approved(row, document, record)
        if approved is None:
            return None
        who = " and ".join(one.who for one in approved)
        posting = {
            "document_id": document.id,
            "record_id": record.record_id,
            "name": document.name,
            "kind": document.kind or "",
            "party": record.party_name,
            "number": record.number
            or str(fields.get("check_number") or fields.get("invoice_number") or ""),
            "date": _day(fields.get("date")),
            "currency": str(fields.get("currency") or record.currency),
            "amount": amount,
            "decision": f"{'approved' if row.action == 'approve' else 'resolved'} by {who}",
            "matched_by": ["person"],
        }
        return Ruling(
            goal=State.MATCHED,
            dossier={
                **dossier,
                "outcome": "matched",
                "rule": f"a person decided: {row.who}"
                if approved[1:] == ()
                else f"two people decided: {who}",
                "matched_by": ["person"],
                "proposal": record.record_id,
                "amount": amount,
                "currency": posting["currency"],
                "resolution": {
                    "who": row.who,
                    "at": row.at,
                    "note": row.note,
                    "corrections": corrections,
                    "approvals": release.shown(approved[:-1]),
                },
            },
            by=who,
            kind=document.kind,
            fields=fields,
            business_key=document.business_key,
            look=document.look,
            posting=posting,
            learned=None  # a changed account and a new name are how strangers are paid
            if approved[1:]
            else taught(document.kind or "", json.loads(document.fields), record),
        )

    def _record(self, row: ResolutionRow, dossier: dict[str, Any]) -> LedgerRecord:
        wanted = row.record_id or dossier.get("proposal")
        if not wanted:
            raise Refusal(
                "The report proposes no single record. Choose one: "
                f"`mailroom exceptions resolve {row.case_name} --record RECORD_ID`."
            )
        record = self._ledger.get(wanted)
        if record is None:
            raise Refusal(f"The ledger has no record {wanted}. See `mailroom ledger list`.")
        if record.status not in POSTABLE:
            raise Refusal(
                f"Record {wanted} is {record.status} in the ledger, so nothing can post to it."
            )
        earlier = self._journal.posted_to(wanted)
        if earlier is not None:
            raise Refusal(
                f"Record {wanted} has its posting already: {earlier.name} ({earlier.document_id})."
            )
        return record

    # ---- files

    def _take_back(self, document: DocumentRow, folder: Path) -> str:
        """Put the original into the spool again, checked; gives its path in the workspace."""
        original = _original(document, folder)
        if moves.sha256_of(original) != document.sha256:
            raise Refusal(
                f"{original.name} in the case folder was changed since it arrived. Put the "
                "original back and try again; or reject the case, which keeps the file as it is, "
                "and drop a copy of it into the inbox as a new document."
            )
        home = self._workspace.spool / document.id
        target = home / document.name
        if not target.is_file() or moves.sha256_of(target) != document.sha256:
            moves.clear(home)
            home.mkdir(parents=True, mode=0o700)
            moves.place(original, target, copy=document.partial)
            moves.sync_folder(home)
            moves.sync_folder(home.parent)
            step("case.taken_back")
        return target.relative_to(self._workspace.root).as_posix()

    def _leave(self, folder: Path, document: DocumentRow) -> None:
        """Close the folder of a case whose original went elsewhere."""
        (folder / moves.own_name(document.name)).unlink(missing_ok=True)
        moves.sync_folder(folder)
        step("case.original_left")
        self._shut(folder)

    def _shut(self, folder: Path) -> Path:
        closed = self._workspace.exceptions / CLOSED
        if folder.parent == closed:
            return folder
        closed.mkdir(exist_ok=True, mode=0o700)
        places = chain([folder.name], (f"{folder.name}.{number}" for number in count(2)))
        rest = next(place for name in places if not (place := closed / name).exists())
        folder.rename(rest)
        moves.sync_folder(rest.parent)
        moves.sync_folder(folder.parent)
        step("case.shut")
        return rest

    def _put_back(self, case: str, why: str) -> None:
        """Move a case whose decision was refused to its place again, with a note that says why."""
        folder = self.folder(case)
        home = self._workspace.exceptions / case
        if folder is None or folder.parent.name == CLOSED:
            return
        if folder != home:
            folder.rename(home)
            moves.sync_folder(home.parent)
            moves.sync_folder(folder.parent)
            step("case.put_back")
        moves.replace(home / REFUSAL, f"{_now()}  {why}\n".encode())


def _original(document: DocumentRow, folder: Path) -> Path:
    """The original in a case folder, or what people made of it.

    Raises:
        Refusal: there is none.
    """
    original = folder / moves.own_name(document.name)
    if original.is_symlink() or not original.is_file():
        raise Refusal(
            f"{original.name} is missing in the case folder. Put the original back, from a backup "
            "if need be, and try again."
        )
    return original


def _still_held(document: DocumentRow, case: str) -> bool:
    """False when an earlier start got past this step before it was stopped."""
    return document.state == State.EXCEPTION and document.case_name == case


def _money(fields: dict[str, Any], kind: str) -> str:
    """What the document is about in money, by the field that its kind states it in."""
    name = "amount" if kind == "check" else "total"
    try:
        stated = Decimal(str(fields.get(name)))
    except InvalidOperation:
        stated = Decimal("NaN")
    if not stated.is_finite() or stated < 0:
        raise Refusal(
            f"No amount could be read. State it: "
            f"`mailroom exceptions resolve CASE --set {name}=123.45`."
        )
    return format(stated, "f")


def _check(corrections: dict[str, str]) -> None:
    """Refuse a correction that a posting could not carry as it was meant."""
    for name, value in corrections.items():
        if name not in CORRECTABLE:
            raise Refusal(f"{name!r} cannot be corrected. Choose of: {', '.join(CORRECTABLE)}.")
        if name == "date" and _day(value) is None:
            raise Refusal(f"{value!r} is no day; write it as 2026-11-22.")
        if name == "currency" and not (len(value) == len("EUR") and value.isalpha()):
            raise Refusal(f"{value!r} is no currency; write its three letters, such as EUR.")


def _name(document: DocumentRow | None) -> str:
    return document.name if document else ""


def _day(value: object) -> str | None:
    try:
        return dt.date.fromisoformat(str(value)).isoformat()
    except ValueError:
        return None


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
