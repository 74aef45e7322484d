"""The readers of page images, behind one protocol; each is made once a process.

One family of readers reads. A second opinion by Tesseract on crops of the fields that decide was
tried twice and left out. As a veto, on 80 receipts, it would have held 28 right totals to stop one
wrong one. As a sign for the confidence (in process, standard data, one line, 10 ms a crop), on 120
receipts, it agreed with 58 of 119 totals and 46 of 118 dates, contradicted 23 and 36, and read
nothing in the rest: all of them were right. What is wrong is nearly always the choice of the
amount, not its figures; that is caught by arithmetic and by the ledger.

What a page costs with each reader, and what is found, stands in ARCHITECTURE.md.
`tests/benchmarks/bench_readers.py --curve` measures it on any labelled folder.

Both became cheaper by fewer letters (a seventh of a line) and no specks among the weights (two
thirds of the small model's detection; see `lighter.py`), and by memory that onnxruntime keeps
instead of asking for it on every page (a quarter of the detection, and no word changes); ppocr by
reading fewer lines again (28 % of them instead of 43 %, for the same fields). Several lines at once
cost the small model more than one by one, lower graph optimisation a third more; memory patterns
change nothing. Models in int8 bring nothing: onnxruntime's dynamic ones
take 27.3 ms a line where the floats take 27.9, and 35.7 with convolutions; static ones were not
tried. OpenVINO took 1.65 s a page (6 receipts) with tiny detection and small recognition, and 1.1
GB. faster-paddle costs what tiny models cost in onnxruntime, but it takes encoded files only and
cannot read single lines again.
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
