import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import cv2
import numpy as np
import pytest

from extractors.engines import remote
from extractors.engines.desk import Desk
from extractors.engines.remote import Counter, Remote, is_full
from extractors.interface import Box, Word
from extractors.sheet import Pixels

LIGHT, FULL = 10, 30
"""Lines of forty signs on a page."""


def page(lines: int, *, scale: float = 1.0, ground: int = 255) -> Pixels:
    """Lines of forty printed signs each."""
    image = np.full((int(scale * (40 + 40 * lines)), int(scale * 1100), 3), ground, np.uint8)
    for line in range(lines):
        at = (int(20 * scale), int(scale * (40 + 40 * line)))
        cv2.putText(image, "HAMBURG8" * 5, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (0, 0, 0), 2)
    return image


class Noting:
    """Notes the heights of the pages that it reads."""

    name = "noting"

    def __init__(self) -> None:
        self.heights: list[int] = []

    def read(self, image: Pixels) -> Sequence[Word]:
        self.heights.append(image.shape[0])
        return (Word("read", Box(0, 0, 1, 1)),)


@pytest.fixture
def desk() -> Iterator[tuple[Desk, Desk]]:
    ends = Desk.pair()
    yield ends
    for end in ends:
        end.close()


@pytest.fixture
def counter(desk: tuple[Desk, Desk]) -> Iterator[Counter]:
    with closing(Counter(desk[1], 20)) as counter:
        yield counter


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full page's turn comes soon."""
    monkeypatch.setattr(remote, "TURN_SECONDS", 0.2)


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("ground", [255, 200])
def test_a_page_is_full_by_the_number_of_its_signs(scale: float, ground: int) -> None:
    assert not is_full(page(LIGHT, scale=scale, ground=ground))
    assert is_full(page(FULL, scale=scale, ground=ground))


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (2000, 2, 3), (600, 600, 3)])
@pytest.mark.parametrize("shade", [0, 127, 255])
def test_what_holds_no_signs_is_never_full(shape: tuple[int, ...], shade: int) -> None:
    assert not is_full(np.full(shape, shade, np.uint8))


def test_dust_is_no_writing() -> None:
    image = np.full((1000, 1000, 3), 255, np.uint8)
    image[::10, ::10] = 0
    assert not is_full(image)


def lay(ours: Desk, *images: Pixels) -> list[threading.Thread]:
    """Ask for the pages from a thread each; they lie at the desk when this comes back."""
    threads = []
    for image in images:
        waits = threading.Event()
        asking = Remote(
            name="far",
            desk=ours,
            seconds=30.0,
            waits=lambda _full, waits=waits: waits.set(),  # type: ignore[misc]
            goes_on=lambda: None,
        )
        threads.append(threading.Thread(target=asking.read, args=(image,), daemon=True))
        threads[-1].start()
        assert waits.wait(10)
        time.sleep(0.05)
    return threads


def serve(counter: Counter, pages: int, threads: list[threading.Thread]) -> list[int]:
    """The heights of the pages in the order in which they were taken."""
    engine = Noting()
    for _ in range(pages):
        asked = counter.take()
        assert asked is not None
        asked.serve(engine)
    for thread in threads[:pages]:
        thread.join(10)
    return engine.heights


def test_light_pages_come_before_a_full_one(desk: tuple[Desk, Desk], counter: Counter) -> None:
    full, light = page(FULL), page(LIGHT)
    threads = lay(desk[0], full, light, light)
    heights = serve(counter, 3, threads)
    assert heights == [light.shape[0], light.shape[0], full.shape[0]]


@pytest.mark.usefixtures("impatient")
def test_a_full_page_comes_first_when_it_is_its_turn(
    desk: tuple[Desk, Desk], counter: Counter
) -> None:
    full, light = page(FULL), page(LIGHT)
    threads = lay(desk[0], light, full)
    time.sleep(0.3)
    assert serve(counter, 2, threads) == [full.shape[0], light.shape[0]]


def test_a_full_page_waits_while_it_is_held_and_goes_on_when_it_is_let_go(
    desk: tuple[Desk, Desk], counter: Counter
) -> None:
    counter.hold(True)
    threads = lay(desk[0], page(FULL))
    heights: list[int] = []
    reader = threading.Thread(target=lambda: heights.extend(serve(counter, 1, threads)))
    reader.start()
    reader.join(0.5)
    assert not heights
    counter.hold(False)
    reader.join(10)
    assert heights == [page(FULL).shape[0]]


@pytest.mark.usefixtures("impatient")
def test_a_full_page_that_is_held_is_taken_at_its_turn(
    desk: tuple[Desk, Desk], counter: Counter
) -> None:
    counter.hold(True)
    assert serve(counter, 1, lay(desk[0], page(FULL))) == [page(FULL).shape[0]]


@pytest.mark.parametrize(
    "header",
    [b'{"a": 1}', b"[null, 10]", b"5", b"[Infinity, 10]", b"[10, 10, 5]", b"[true]", b"", b"\xff"],
)
def test_what_is_no_page_is_passed_over(
    desk: tuple[Desk, Desk], counter: Counter, header: bytes
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryFile() as pixels:
        socket.send_fds(desk[0].light, [header], [theirs.fileno(), pixels.fileno()])
        assert counter.take() is None
        socket.send_fds(desk[0].light, [b"[1, 1]"], [pixels.fileno(), pixels.fileno()])
        assert counter.take() is None


def test_a_trace_is_never_of_a_full_page(desk: tuple[Desk, Desk], counter: Counter) -> None:
    said: list[bool] = []
    asking = Remote(name="far", desk=desk[0], seconds=9.0, waits=said.append, goes_on=lambda: None)
    thread = threading.Thread(target=asking.trace, args=(page(FULL), "01"), daemon=True)
    thread.start()
    serve(counter, 1, [thread])
    assert said == [False]
