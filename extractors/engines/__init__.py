"""The readers of page images, behind one protocol; each is made once a process.

One reader reads. A second opinion by another family on crops of the fields that decide was tried
and left out: on 80 receipts Tesseract agreed with 51 of the totals found, of which 48 were right,
and contradicted or could not read 29, of which 28 were right. So it would have held 28 right
totals to stop one wrong one, at 0.2 s a page. What is wrong is nearly always the choice of the
amount, not its figures; that is caught by arithmetic and by the ledger.
"""

import logging
from functools import cache

from config import plugins
from config.reasons import Reason
from config.settings import Reading
from extractors.interface import Engine, ExtractionError

LOG = logging.getLogger(__name__)

ENGINES = {
    "tesseract": "extractors.engines.tesseract:Tesseract",
    "ppocr": "extractors.engines.ppocr:PpOcr",
    "rapidocr": "extractors.engines.rapidocr:RapidOcr",
    "fake": "extractors.engines.fake:Fake",
}
"""The built-in readers: name to class, which takes the settings."""


class ReaderMissing(Exception):
    """A reader's program or library is not installed; the message says which."""


class ExtraMissing(ReaderMissing):
    """What is not installed is an extra, which nobody has to have."""


@cache
def engine(name: str, settings: Reading) -> Engine:
    """The reader called *name*; its models are loaded when it first reads.

    Raises:
        config.plugins.UnknownPlugin: nothing goes by that name.
        ReaderMissing: what it needs is not installed.
    """
    made: Engine = plugins.find("engines", name, ENGINES)(settings)
    return made


def configured(settings: Reading) -> tuple[Engine, ...]:
    """The readers that the settings name and that are installed, in their order.

    Raises:
        ExtractionError: none is.
    """
    found = []
    for name in settings.engines:
        try:
            found.append(engine(name, settings))
        except ExtraMissing as error:
            LOG.debug("reading.engines: %s", error)
        except ReaderMissing as error:
            LOG.warning("reading.engines: %s", error)
    if not found:
        raise ExtractionError(
            "No reader of page images is installed. `mailroom doctor` says how to mend it.",
            Reason.FAULT,
        )
    return tuple(found)
