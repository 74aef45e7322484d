"""A long-lived process that reads page images, and nothing else: it never opens a document.

Started by `ingest.readers` with the desk where pages wait and a line to the daemon.
"""

import json
import logging
import os
import pickle
import resource
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from extractors.engines import configured
from extractors.engines.desk import Desk
from extractors.engines.remote import Counter
from ingest.outcomes import where

LOG = logging.getLogger(__name__)

PAGES = 1000
"""A reader gives place to a fresh one after this many pages."""


def main() -> None:
    """Read pages until the daemon ends, a page goes wrong, or it is time for a fresh one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line, *trays = (int(file) for file in sys.argv[1:4])
    daemon = Connection(line)
    reading, held = pickle.loads(daemon.recv_bytes())  # noqa: S301 - from the daemon, which started us
    engine = configured(reading)[0]
    counter = Counter(Desk.opened(*trays), reading.max_megapixels, held)
    threading.Thread(target=_listen, args=(daemon, counter), daemon=True).start()
    for _ in range(PAGES):
        page = counter.take()
        if page is None:
            continue
        daemon.send_bytes(b"{}")
        try:
            page.serve(engine)
        except Exception as error:  # noqa: BLE001 - whatever it was, a fresh reader goes on
            LOG.error("reading a page: %s", where(error))  # noqa: TRY400 - its words may be a document's
            return
        daemon.send_bytes(json.dumps({"peak": peak_bytes()}).encode())


def peak_bytes() -> int:
    """The most memory that this process has held.

    Not from getrusage(2) on Linux: its figure outlives exec(2), so that a reader started by a
    large daemon would seem as large as the daemon.
    """
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


def _listen(daemon: Connection, counter: Counter) -> None:
    """Hear whether full pages wait; when the daemon is gone, kill us and what we have started."""
    try:
        while True:
            counter.hold(bool(json.loads(daemon.recv_bytes())))
    except (EOFError, OSError):
        os.killpg(0, signal.SIGKILL)
