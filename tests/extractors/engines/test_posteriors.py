"""What a recogniser of lines saw, as a trace holds it."""

import threading
from collections.abc import Sequence
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from extractors import engines
from extractors.engines import posteriors
from extractors.engines.desk import Desk
from extractors.engines.fake import Fake
from extractors.engines.remote import Counter, Remote
from extractors.interface import Box, Engine, Steps, Trace, Tracer, Word
from extractors.sheet import Pixels
from extractors.values import traces
from tests.extractors import paper

LETTERS = ["blank", "1", "O", "a", "A", "中", " "]


def recogniser(*chances: tuple[float, ...]) -> Any:
    return SimpleNamespace(
        rec_image_shape=(3, 48, 96),
        resize_norm_img=lambda line, shape: np.zeros((3, 48, int(48 * shape)), np.float32),
        session=lambda batch: np.array([chances], np.float32),
        postprocess_op=SimpleNamespace(character=LETTERS),
    )


def steps(signs: str, *chances: tuple[float, ...]) -> Steps:
    return posteriors.traced(recogniser(*chances), np.zeros((10, 50, 3), np.uint8), signs)


def test_a_letter_like_a_figure_counts_as_the_figure_where_figures_stand() -> None:
    (step,) = steps("01", (0.1, 0.2, 0.6, 0.0, 0.1, 0.0, 0.0))
    assert step == (-23, -5, -16)


def test_capitals_count_as_small_letters_where_words_stand() -> None:
    (step,) = steps("a ", (0.0, 0.0, 0.0, 0.25, 0.25, 0.0, 0.5))
    assert step == (posteriors.LEAST, -7, -7)


def test_steps_that_show_nothing_are_one() -> None:
    none, one = (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert len(steps("01", none, none, none, one, none, none, one)) == 4


def test_a_printed_amount_is_likelier_than_its_neighbours() -> None:
    image = paper.page_image(("1,234.50",), width=400, height=220)
    reader = engines.engine("rapidocr", paper.SETTINGS)
    dark = np.argwhere(image.min(axis=2) < 128)
    (top, left), (bottom, right) = dark.min(axis=0) - 6, dark.max(axis=0) + 6
    assert isinstance(reader, Tracer)
    seen = reader.trace(image[top:bottom, left:right], "0123456789.,/-")
    line = Trace(name="amount", page=1, box=Box(0, 0, 1, 1), signs="0123456789.,/-", steps=seen)
    said = {one: traces.likelihood(line, one) for one in ("1,234.50", "1,284.50", "11,234.50")}
    assert said["1,234.50"] > max(said["1,284.50"], said["11,234.50"]) + 3


class Tracing:
    name = "tracing"

    def read(self, image: Pixels) -> Sequence[Word]:
        return (Word("page", Box(0, 0, *image.shape[1::-1])),)

    def trace(self, image: Pixels, signs: str) -> Steps:
        return ((-int(image.sum()), *(-1 for _ in signs)),)


@pytest.mark.parametrize(
    ("engine", "seen"), [(Tracing(), ((-36, -1, -1),)), (Fake(), ())], ids=["tracing", "fake"]
)
def test_a_reader_in_another_process_is_asked_for_a_trace(engine: Engine, seen: Steps) -> None:
    ours, theirs = Desk.pair()

    def serve() -> None:
        with closing(Counter(theirs, 1)) as counter:
            asked = counter.take()
        assert asked is not None
        asked.serve(engine)

    reader = threading.Thread(target=serve)
    reader.start()
    remote = Remote(name="far", desk=ours, seconds=9.0, waits=print, goes_on=lambda: None)
    assert remote.trace(np.ones((3, 4, 3), np.uint8), "01") == seen
    reader.join()
    ours.close()
    theirs.close()
