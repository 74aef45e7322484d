"""The audit chain: every event is sealed with a key and with the seal of the event before it.

Whoever changes, adds, removes or reorders events without the key leaves a seal that does not fit.
Whoever cuts events off the end is found by an earlier head, which is why heads are exported.
"""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from outbox.interface import OutboxError, Workspace
from outbox.tables import EventRow

KEY_BYTES = 32
"""As long as the seal: HMAC-SHA256 gains nothing from more."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the number of its last event, when (UTC), and the event's seal."""

    seq: int
    at: str
    mac: str


def key_of(workspace: Workspace) -> bytes:
    """The key of a workspace's audit chain.

    Raises:
        OutboxError: it is gone or spoilt; the message says what to restore.
    """
    path = _path(workspace)
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError as error:
        raise OutboxError(
            f"{path} is gone: without it no event can be proved or added. Restore it from the "
            "backup of state/."
        ) from error
    except (OSError, ValueError) as error:
        raise OutboxError(f"{path} cannot be read: {error}. Restore it from the backup.") from error
    if len(key) != KEY_BYTES:
        raise OutboxError(f"{path} is cut short or was changed. Restore it from the backup.")
    return key


def make_key(workspace: Workspace) -> bytes:
    """The key of a workspace whose chain begins now: made, durable, readable by its owner alone."""
    path = _path(workspace)
    if path.exists():
        return key_of(workspace)
    aside = path.with_suffix(f".{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)  # one winner: another process may make one at the same moment
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    _sync(path.parent)
    return key_of(workspace)


def mac(key: bytes, prev: str, event: EventRow) -> str:
    """The seal of an event that follows the one sealed *prev*: HMAC-SHA256, hexadecimal."""
    detail = hashlib.sha256(event.detail.encode()).hexdigest()
    said = [event.id, event.at, event.document_id, event.event, detail, prev]
    return hmac.new(key, json.dumps(said, separators=(",", ":")).encode(), "sha256").hexdigest()


def check(events: Iterable[EventRow], key: bytes) -> Iterator[str]:
    """What is off with a chain, from its first event on: one finding for each that does not fit."""
    seq, prev = 0, ""
    for event in events:
        found = event.id or 0
        name = f"event {found} ({event.event} of {event.document_id or 'no document'}, {event.at})"
        if found != seq + 1:
            yield f"events {seq + 1} to {found - 1} are gone from the audit chain"
        elif event.prev != prev:
            yield f"{name} does not follow event {seq} in the audit chain"
        if not _fits(event, key):
            yield f"{name} is not as it was written: its seal does not fit"
        seq, prev = found, event.mac


def _fits(event: EventRow, key: bytes) -> bool:
    try:
        return hmac.compare_digest(event.mac, mac(key, event.prev, event))
    except (AttributeError, TypeError, ValueError):  # another type than was written, or no text
        return False


def _path(workspace: Workspace) -> Path:
    return workspace.state / "audit.key"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
