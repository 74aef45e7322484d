"""Models are made lighter, and say what they said before."""

from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import rapidocr

from extractors.engines.lighter import OtherModel, narrowed, without_specks

MODELS = Path(rapidocr.__file__).parent / "models"


@cache
def whole() -> bytes:
    return (MODELS / "PP-OCRv6_rec_small.onnx").read_bytes()


def session(model: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])


def letters(model: bytes) -> list[str]:
    said = session(model).get_modelmeta().custom_metadata_map["character"].splitlines()
    return [str(one) for one in said]


def test_the_letters_of_our_languages_stay_and_the_chinese_ones_go() -> None:
    known = letters(narrowed(whole()))

    assert set("AZaz09.,:()€£$äöüßéèçñõãœ") <= set(known)
    assert known == [one for one in letters(whole()) if one < "\u2e80"]
    assert len(known) < len(letters(whole())) / 5


def test_the_letters_that_stay_are_as_likely_as_before_beside_each_other() -> None:
    line = np.random.default_rng(1).random((1, 3, 48, 96), np.float32)
    small = narrowed(whole())
    [before], [now] = (session(one).run(None, {"x": line}) for one in (whole(), small))
    kept = [place for place, one in enumerate(letters(whole())) if one < "\u2e80"]
    share = before[..., [0, *(1 + place for place in kept), len(letters(whole())) + 1]]

    assert np.allclose(now, share / share.sum(axis=-1, keepdims=True), atol=1e-4)


def test_a_model_that_names_no_letters_is_told_them() -> None:
    known = letters(whole())
    nameless = whole()[: whole().rindex(b"\x0a\x09character") - 4]  # the last field of the file

    assert letters(narrowed(nameless, known)) == letters(narrowed(whole()))
    with pytest.raises(OtherModel, match="names no letters"):
        narrowed(nameless)


def test_a_model_of_other_letters_is_refused() -> None:
    with pytest.raises(OtherModel, match="tensors have 1002 columns"):
        narrowed(whole(), ["a"] * 1000)


def test_without_specks_the_same_lines_are_found() -> None:
    whole = (MODELS / "PP-OCRv6_det_small.onnx").read_bytes()
    page = np.random.default_rng(1).random((1, 3, 96, 128), np.float32)
    [before], [now] = (
        session(one).run(None, {"x": page}) for one in (whole, without_specks(whole))
    )

    assert without_specks(whole) != whole
    assert np.array_equal(before, now)
    assert without_specks(without_specks(whole)) == without_specks(whole)
