"""The file of the code line reader's weights: figures, recipe and hash."""

import hashlib
import io
import json
from typing import Any

import numpy as np
import numpy.typing as npt

Figures = tuple[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], ...]
"""Kernel and bias of each layer."""


def packed(figures: Figures, recipe: dict[str, Any]) -> bytes:
    """The file: kernels in half precision, biases in single, the recipe and the hash as text."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    for at, (kernel, bias) in enumerate(figures):
        arrays[f"kernel{at}"] = kernel.astype(np.float16)
        arrays[f"bias{at}"] = bias.astype(np.float32)
    about = {
        "about": "Written by python -m tests.fitting.codeline.train; drawn lines alone.",
        "recipe": recipe,
        "sha256": digest(arrays),
    }
    file = io.BytesIO()
    np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)
    return file.getvalue()


def digest(arrays: dict[str, npt.NDArray[Any]]) -> str:
    """The hash of the figures, however the file is packed."""
    whole = hashlib.sha256()
    for name in sorted(arrays):
        whole.update(name.encode() + arrays[name].tobytes())
    return whole.hexdigest()
