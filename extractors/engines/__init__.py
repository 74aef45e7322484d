"""The readers of page images, behind one protocol; each is made once a process."""

from functools import cache

from config import plugins
from config.settings import Reading
from extractors.interface import Engine

ENGINES = {
    "tesseract": "extractors.engines.tesseract:Tesseract",
    "rapidocr": "extractors.engines.rapidocr:RapidOcr",
    "fake": "extractors.engines.fake:Fake",
}
"""The built-in readers: name to class, which takes the settings."""


@cache
def engine(name: str, settings: Reading) -> Engine:
    """The reader called *name*; its models are loaded when it first reads.

    Raises:
        config.plugins.UnknownPlugin: nothing goes by that name.
    """
    made: Engine = plugins.find("engines", name, ENGINES)(settings)
    return made


def configured(settings: Reading) -> tuple[Engine, ...]:
    """The readers that the settings name, in their order."""
    return tuple(engine(name, settings) for name in settings.engines)
