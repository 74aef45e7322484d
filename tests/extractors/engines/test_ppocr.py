"""Lines are read by the tiny model, doubtful ones again by the small one."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from extractors import engines
from extractors.engines import ReaderMissing, ppocr
from tests.extractors import paper

SETTINGS = paper.settings(engines=("ppocr", "fake"))


@dataclass(frozen=True)
class Lines:
    img: list[str]


@dataclass(frozen=True)
class Read:
    txts: tuple[str, ...]
    scores: tuple[float, ...]


@dataclass
class Recogniser:
    """Reads lines in its own words, each as surely as it is told."""

    sure: dict[str, float]
    prefix: str
    asked: int = 0

    def __call__(self, lines: Lines) -> Read:
        self.asked += len(lines.img)
        return Read(
            tuple(self.prefix + line for line in lines.img),
            tuple(self.sure.get(line, 0.99) for line in lines.img),
        )


def test_only_lines_in_doubt_are_read_again() -> None:
    tiny = Recogniser({"a": 1.0, "b": 0.6, "c": 1.0}, "tiny ")
    small = Recogniser({"b": 0.98}, "small ")

    read = ppocr._Twice(tiny, small)(Lines(["a", "b", "c"]))

    assert read.txts == ("tiny a", "small b", "tiny c")
    assert read.scores == (1.0, 0.98, 1.0)
    assert (tiny.asked, small.asked) == (3, 1)


def test_figures_and_what_stands_above_the_first_amount_must_be_read_more_surely() -> None:
    texts = ("Corner Shop", "1 Tea 2.50", "with milk", "Table 4", "Total 2.50")

    assert list(ppocr._doubtful(texts, (0.96,) * 5)) == [1, 3, 4]
    assert list(ppocr._doubtful(texts, (0.94,) * 5)) == [0, 1, 3, 4]
    assert list(ppocr._doubtful(texts, (0.75,) * 5)) == [0, 1, 2, 3, 4]


def test_a_page_without_doubt_is_read_once() -> None:
    tiny, small = Recogniser({"a": 1.0}, "tiny "), Recogniser({}, "small ")

    assert ppocr._Twice(tiny, small)(Lines(["a"])).txts == ("tiny a",)
    assert small.asked == 0


def test_without_its_models_the_next_reader_reads_and_nobody_is_warned(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    engines.engine.cache_clear()
    monkeypatch.setattr(ppocr, "_TINY", tmp_path / "none")

    assert [one.name for one in engines.configured(SETTINGS)] == ["fake"]
    assert not caplog.text


def test_a_model_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(ppocr, "_TINY", tmp_path)

    with pytest.raises(ReaderMissing, match=r"det\.onnx is missing; run `make fast` again"):
        ppocr.PpOcr(SETTINGS)


@pytest.mark.skipif(not ppocr._TINY.is_dir(), reason="`make fast` was not run")
def test_a_page_is_read_with_its_places() -> None:
    image = paper.page_image(paper.LINES, width=900, height=500)

    found = {word.text: word for word in ppocr.PpOcr(SETTINGS).read(image)}

    assert {"INVOICE", "4711", "1234.50"} <= set(found)
    box = found["4711"].box
    assert image[box.top : box.bottom, box.left : box.right].min() < 100
