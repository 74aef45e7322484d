"""Everything that reading loads, loaded ahead; for a process that others are forked from."""

import datetime as dt
import gc
import importlib
import pkgutil
from contextlib import suppress
from pathlib import Path

import cv2
import pdfplumber  # noqa: F401 - the one library that is loaded only when a table is looked for
from PIL import Image
from stdnum.eu import vat
from stdnum.util import get_cc_module

import extractors
from config.settings import Reading
from extractors import engines, media
from extractors.engines.fake import Fake
from extractors.interface import Document, ExtractionError, Kind
from extractors.micr import net
from extractors.read import read

_SAMPLE = Path(__file__).with_name("sample.txt")
"""Read where it lies: a process that is killed while it loads leaves nothing behind."""


def preload(settings: Reading) -> None:
    """Load every parser, finder, list of words and weight; no reader's model, and no thread."""
    cv2.setNumThreads(1)
    Image.init()
    for module in pkgutil.walk_packages(extractors.__path__, "extractors."):
        importlib.import_module(module.name)
    for state in vat.MEMBER_STATES:
        get_cc_module(state, "vat")
    net.weights()
    with suppress(ExtractionError):  # there is no reader: each page that needs one will say so
        engines.configured(settings)
    sample = Document(
        id="sample",
        sha256="",
        path=_SAMPLE,
        name=_SAMPLE.name,
        media_type=media.TEXT,
        received=dt.datetime.now(dt.UTC),
    )
    for kind in (None, *(one for one in Kind if one is not Kind.EMAIL)):
        read(sample, settings, kind=kind, engines=[Fake()])
    gc.collect()
    gc.freeze()
