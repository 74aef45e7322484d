"""A reader in another process: it gets a page as plain pixels and gives words back.

Pages wait at a desk, in one of two trays: a socket of datagrams each, that all documents write to
and all readers take from. Light pages come first; a page full of print waits until no document is
in hand that may bring one, or until it is its turn: a long letter delays no receipt. A page is one
datagram: its size, its pixels as an open file, and a socket for the answer; a line of which the
trace is wanted adds its signs. Nothing lies on disk, and a reader that dies leaves the waiting
pages to the others.
"""

import json
import os
import select
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

import cv2
import numpy as np

from config.reasons import Reason
from extractors.engines.desk import TURN_SECONDS, Desk
from extractors.interface import Box, Engine, ExtractionError, Steps, Tracer, Word
from extractors.sheet import Pixels

TRIES = 2
"""How many readers a page may take down before its document is given up."""

_BEGUN = b"b"
"""What a reader says when it takes a page up; its time runs from then."""

_HEADER_BYTES = 256
_MOST_ANSWER = 64 << 20
_ANSWER_SECONDS = 30.0
"""How long an answer may take to be fetched by the document that asked."""

_CHANNELS = 3

FULL_SIGNS = 800
"""A page with more signs than this is full. Reading takes some 2.5 ms for each (52 pages, a
correlation of 0.92): receipts have 200 to 600, typed letters and tables 1,000 to 2,200."""

_SIGN_HEIGHTS = range(4, 41)
_SIGN_WIDEST, _SIGN_LEAST = 60, 6
"""What may be a sign at half of the page's resolution: pixels of its height, width and area."""


def is_full(image: Pixels) -> bool:
    """Whether a page holds so many signs that reading it takes long; costs 2 to 25 ms."""
    if min(image.shape[:2]) < 2 * _SIGN_HEIGHTS.start:
        return False
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    half = cv2.resize(gray, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    ink = cv2.adaptiveThreshold(
        half, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, blockSize=15, C=12
    )
    _, _, found, _ = cv2.connectedComponentsWithStats(ink)
    heights, widths = found[1:, cv2.CC_STAT_HEIGHT], found[1:, cv2.CC_STAT_WIDTH]
    signs = (heights >= _SIGN_HEIGHTS.start) & (heights < _SIGN_HEIGHTS.stop)
    signs &= (widths <= _SIGN_WIDEST) & (found[1:, cv2.CC_STAT_AREA] >= _SIGN_LEAST)
    return int(np.count_nonzero(signs)) > FULL_SIGNS


class ReaderLost(Exception):
    """Every reader that was given the page died over it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Reads as the reader called *name* does, in whichever process takes the page first.

    *seconds* is the time that a page may take; *waits* and *goes_on* are called before and after
    each page, *waits* with whether it is a full one.
    """

    name: str
    desk: Desk
    seconds: float
    waits: Callable[[bool], None]
    goes_on: Callable[[], None]

    def read(self, image: Pixels) -> Sequence[Word]:
        """The words on an image.

        Raises:
            ExtractionError: the reader says why it cannot read the page, or it took too long.
            OSError: there is no room for the pixels, or the reader found none on its disk.
            ReaderLost: the page took down all readers that tried.
        """
        rows = self._answer(image)["words"]
        return tuple(Word(text, Box(*sides), sure) for text, *sides, sure in rows)

    def trace(self, image: Pixels, signs: str) -> Steps:
        """What the reader saw on the one line of writing on an image.

        Raises:
            ExtractionError, OSError, ReaderLost: as `read`.
        """
        return tuple(map(tuple, self._answer(image, signs)["steps"]))

    def _answer(self, image: Pixels, *signs: str) -> Mapping[str, Any]:
        image = np.ascontiguousarray(image, np.uint8)
        full = not signs and is_full(image)
        self.waits(full)
        for _ in range(TRIES):
            answer = self._asked(self.desk.full if full else self.desk.light, image, signs)
            if answer is not None:
                self.goes_on()
                return _good(answer)
        raise ReaderLost(f"{TRIES} readers of page images broke down over one page")

    def _asked(
        self, tray: socket.socket, image: Pixels, signs: Sequence[str]
    ) -> Mapping[str, Any] | None:
        """One reader's answer; None if it died."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, _laid_out(image) as pixels:
                header = json.dumps((*image.shape[:2], *signs)).encode()
                socket.send_fds(tray, [header], [theirs.fileno(), pixels])
            begun = ours.recv(1)
            since = time.monotonic()
            said = bytearray()
            while begun and len(said) < _MOST_ANSWER and (more := ours.recv(1 << 16)):
                said += more
        try:
            answer: Mapping[str, Any] = json.loads(said)
        except ValueError as error:
            if begun and time.monotonic() - since >= self.seconds:
                raise ExtractionError(
                    f"Reading a page took longer than {self.seconds:g} seconds and was stopped. "
                    "Scan it again, or raise reading.seconds_per_page.",
                    Reason.TIMEOUT,
                ) from error
            return None
        return answer


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that a reader has taken from the desk, and where its answer goes.

    With *signs* it is one line, whose trace is asked for.
    """

    image: Pixels
    answer: socket.socket
    signs: str | None = None

    @classmethod
    def take(cls, tray: socket.socket, most_megapixels: int) -> Self | None:
        """The next page of a tray; None where what came is none, or nobody waits for it any more.

        Raises:
            BlockingIOError: nothing lies there; another reader may have taken it.
        """
        header, files, _, _ = socket.recv_fds(tray, _HEADER_BYTES, 2, socket.MSG_DONTWAIT)
        try:
            if len(files) != 2:  # noqa: PLR2004 - the answer's socket and the pixels
                return None
            image, signs = _picked_up(header, files[1], most_megapixels)
            answer = _line(files[0])
        except (ValueError, OSError):
            return None
        else:
            return cls(image, answer, signs)
        finally:
            for file in files:
                os.close(file)

    def serve(self, engine: Engine) -> None:
        """Read the page and send what was read, or why it could not be.

        Raises:
            Exception: the engine failed in a way that it does not foresee; the answer says so.
        """
        with self.answer:
            try:
                self._send(self._read(engine))
            except ExtractionError as error:
                self._send({"reason": error.reason, "message": str(error)})
            except OSError as error:
                self._send({"errno": error.errno or 0, "message": str(error)})
            except Exception as error:
                words = f"The reader of page images failed: {type(error).__name__}."
                self._send({"reason": Reason.FAULT, "message": words})
                raise

    def _read(self, engine: Engine) -> Mapping[str, Any]:
        if self.signs is None:
            words = engine.read(self.image)
            return {"words": [[one.text, *_sides(one.box), one.confidence] for one in words]}
        return {"steps": engine.trace(self.image, self.signs) if isinstance(engine, Tracer) else ()}

    def _send(self, said: Mapping[str, Any]) -> None:
        try:
            self.answer.sendall(json.dumps(said).encode())
        except OSError:  # the document was given up meanwhile
            return


@dataclass(slots=True)
class Counter:
    """The readers' side of the desk, as one reader stands at it."""

    desk: Desk
    most_megapixels: int
    held: bool = False
    """Whether full pages wait, as it is at first and as `hold` says later."""
    _turn: float = field(default_factory=lambda: time.monotonic() + TURN_SECONDS)
    """When a full page is taken whatever else waits, in seconds of the monotonic clock."""
    _told: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)
    """Wakes one who waits when it is told something."""

    def close(self) -> None:
        """Leave the desk."""
        for end in self._told:
            end.close()

    def hold(self, held: bool) -> None:
        """Say whether full pages wait for documents in hand whose pages may be light.

        May be called from another thread.
        """
        self.held = held
        self._told[1].sendall(b".")

    def take(self) -> Asked | None:
        """Wait for a page; None where what came is none, or nobody waits for it any more."""
        light, full = self.desk.light, self.desk.full
        while True:
            left = self._turn - time.monotonic()
            held = self.held and left > 0
            trays = [light] if held else [light, full]
            waiting, _, _ = select.select([*trays, self._told[0]], [], [], left if held else None)
            if self._told[0] in waiting:
                self._told[0].recv(4096)
                continue
            overdue = full in waiting and left <= 0
            tray = light if light in waiting and not overdue else full
            with suppress(BlockingIOError):
                if tray in waiting:
                    page = Asked.take(tray, self.most_megapixels)
                    if tray is full:
                        self._turn = time.monotonic() + TURN_SECONDS
                    return page


@contextmanager
def _laid_out(image: Pixels) -> Iterator[int]:
    """The pixels in a file without a name."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("page")
    else:
        with tempfile.TemporaryFile() as unnamed:
            file = os.dup(unnamed.fileno())
    try:
        rest = image.reshape(-1).data
        while rest:
            rest = rest[os.write(file, rest) :]
        yield file
    finally:
        os.close(file)


def _line(file: int) -> socket.socket:
    """Where the answer goes, told that the page is taken up.

    Raises:
        OSError: it is no socket, or nobody listens.
    """
    answer = socket.socket(fileno=os.dup(file))
    try:
        answer.settimeout(_ANSWER_SECONDS)
        answer.sendall(_BEGUN)
    except OSError:
        answer.close()
        raise
    return answer


def _picked_up(header: bytes, file: int, most_megapixels: int) -> tuple[Pixels, str | None]:
    """A copy of the pixels, which nothing done to the file later alters, and the signs asked for.

    Raises:
        ValueError: the header or the pixels are not what documents lay down.
        OSError: the pixels cannot be read.
    """
    said = json.loads(header)
    match said:
        case [int(height), int(width)]:
            signs = None
        case [int(height), int(width), str(signs)]:
            pass
        case _:
            raise ValueError("the page does not say how large it is")
    size = height * width * _CHANNELS
    if min(height, width) < 1 or height * width > most_megapixels * 1_000_000:
        raise ValueError("the page has no size that is read")
    if os.fstat(file).st_size != size:
        raise ValueError("the pixels are not as many as was said")
    image = np.empty((height, width, _CHANNELS), np.uint8)
    rest = image.reshape(-1).data
    while rest:
        got = os.preadv(file, [rest], size - len(rest))
        if not got:
            raise ValueError("the pixels shrink while they are read")
        rest = rest[got:]
    return image, signs


def _sides(box: Box) -> tuple[int, int, int, int]:
    return int(box.left), int(box.top), int(box.right), int(box.bottom)


def _good(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answer, where it is not that the page cannot be read."""
    if "errno" in answer:
        raise OSError(answer["errno"], answer["message"])
    if "reason" in answer:
        raise ExtractionError(answer["message"], Reason(answer["reason"]))
    return answer
