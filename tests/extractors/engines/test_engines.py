"""Every reader keeps the same promise, and a missing one is passed over."""

import logging
import shutil

import numpy as np
import pytest

from config.plugins import UnknownPlugin
from config.reasons import Reason
from extractors import engines
from extractors.engines import ReaderMissing, fake, rapidocr, tesseract
from extractors.interface import Engine, ExtractionError, Word
from tests.extractors import paper

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="the program tesseract is not installed"
)
READERS = [pytest.param("tesseract", marks=needs_tesseract), "rapidocr"]


@pytest.mark.parametrize("name", READERS)
def test_a_reader_gives_words_with_their_places(name: str) -> None:
    image = paper.page_image(paper.LINES, width=900, height=500)

    words = engines.engine(name, paper.SETTINGS).read(image)

    found = {word.text: word for word in words}
    assert {"INVOICE", "4711", "1234.50"} <= set(found)
    for word in found.values():
        box = word.box
        assert image[box.top : box.bottom, box.left : box.right].min() < 100
        assert 0 <= word.confidence <= 1
    assert found["4711"].box.left > found["INVOICE"].box.right - 10
    assert found["4711"].confidence > 0.6


def test_a_few_words_are_read_alone_and_stand_where_they_stood_on_the_page() -> None:
    reader = rapidocr.RapidOcr(paper.SETTINGS)
    reader.read(paper.page_image(paper.LINES))
    given: list[tuple[int, ...]] = []
    loaded = reader._reader

    def read(part: np.ndarray) -> object:  # type: ignore[type-arg]
        given.append(part.shape)
        return loaded(part)

    reader._reader = read
    image = np.full((2339, 1654, 3), 255, np.uint8)
    image[1500:2000, 600:1500] = paper.page_image(paper.LINES, width=900, height=500)

    words = {word.text: word.box for word in reader.read(image)}

    assert given[0][0] < 600
    box = words["4711"]
    assert image[box.top : box.bottom, box.left : box.right].min() < 100
    assert 1500 < box.top < 2000
    assert 600 < box.left < 1500


@pytest.mark.parametrize("name", READERS)
def test_a_reader_finds_nothing_on_an_empty_page(name: str) -> None:
    assert not engines.engine(name, paper.SETTINGS).read(np.full((300, 400, 3), 255, np.uint8))


@pytest.mark.parametrize("name", ["fake", *READERS])
def test_a_reader_is_made_once(name: str) -> None:
    made: Engine = engines.engine(name, paper.SETTINGS)

    assert engines.engine(name, paper.SETTINGS) is made
    assert made.name == name


def test_the_fake_says_what_it_was_told() -> None:
    words = paper.words_of("a b")

    assert fake.Fake(words=words).read(paper.page_image()) == words
    assert fake.Fake().read(paper.page_image()) == ()


def test_a_missing_program_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tesseract.shutil, "which", lambda _: None)

    with caplog.at_level(logging.WARNING):
        found = engines.configured(
            paper.settings(engines=("tesseract", "fake"), tesseract_languages="none")
        )

    assert [one.name for one in found] == ["fake"]
    assert "tesseract" in caplog.text


def test_no_reader_at_all_is_a_fault_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapidocr, "find_spec", lambda _: None)

    with pytest.raises(ExtractionError, match="doctor") as caught:
        engines.configured(paper.settings(engines=("rapidocr",), tesseract_languages="none"))
    assert caught.value.reason is Reason.FAULT


def test_a_model_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rapidocr, "RECOGNITION", "none.onnx")

    with pytest.raises(ReaderMissing, match=r"none\.onnx"):
        rapidocr.RapidOcr(paper.SETTINGS)


def test_an_unknown_reader_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownPlugin, match="rapidocr"):
        engines.configured(paper.settings(engines=("crystal ball",)))


@needs_tesseract
def test_tesseract_says_when_a_language_is_missing() -> None:
    reader = tesseract.Tesseract(paper.settings(tesseract_languages="xyz"))

    with pytest.raises(ExtractionError, match="tesseract_languages"):
        reader.read(paper.page_image())


@needs_tesseract
def test_tesseract_stops_when_its_time_is_up() -> None:
    reader = tesseract.Tesseract(paper.settings(seconds_per_page=0.001))

    with pytest.raises(ExtractionError) as caught:
        reader.read(paper.page_image())
    assert caught.value.reason is Reason.TIMEOUT


def test_a_line_is_parted_into_words_that_share_its_width() -> None:
    corners = np.array([[100, 10], [200, 12], [200, 32], [100, 30]])

    first, second = rapidocr._parted("ab  cdefgh", corners, 0.9)

    assert (first.text, second.text) == ("ab", "cdefgh")
    assert (first.box.left, first.box.right) == (100, 120)
    assert (second.box.left, second.box.right) == (140, 200)
    assert isinstance(first, Word)
    assert first.confidence == 0.9
