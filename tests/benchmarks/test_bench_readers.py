import pytest

from extractors.engines import engine, ppocr
from tests.benchmarks.bench_readers import Told, line, made
from tests.extractors import paper


def test_a_reader_is_told_by_its_median_ratio_to_tesseract() -> None:
    pairs = ((1.0, 2.0), (1.0, 1.0), (3.0, 2.0))

    row = line(Told(name="ppocr", pairs=pairs, right=7, fields=8, peak=426_000_000))

    assert row.split() == "ppocr 3 1.00 s 1.00 (0.50 to 1.50) 7/8 (52.9% to 97.8%) 426 MB".split()


def test_a_reader_without_page_images_says_so() -> None:
    told = Told(name="ppocr", pairs=(), right=0, fields=0, peak=0)

    assert "no page image" in line(told)


def test_a_reader_may_be_told_what_is_sure_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_SURE_AT_THE_HEAD", "_SURE_OF_FIGURES", "_SURE_OF_WORDS"):
        monkeypatch.setattr(ppocr, name, 0.80)

    assert made("fake@0.7", paper.SETTINGS) is engine("fake", paper.SETTINGS)

    assert (ppocr._SURE_AT_THE_HEAD, ppocr._SURE_OF_FIGURES, ppocr._SURE_OF_WORDS) == (0.7,) * 3
