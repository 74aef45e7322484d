"""A long-lived process that reads page images, and nothing else: it never opens a document.

Started by `ingest.readers` with the desk where pages wait and a line to the daemon.
"""

import json
import logging
import os
import pickle
import resource
import signal
import socket
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from extractors.engines import configured
from extractors.engines.remote import Asked
from ingest.outcomes import where

LOG = logging.getLogger(__name__)

PAGES = 1000
"""A reader gives place to a fresh one after this many pages."""


def main() -> None:
    """Read pages until the daemon ends, a page goes wrong, or it is time for a fresh one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line, desk = Connection(int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2]))
    reading = pickle.loads(line.recv_bytes())  # noqa: S301 - from the daemon, which started us
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()
    engine = configured(reading)[0]
    for _ in range(PAGES):
        page = Asked.take(desk, reading.max_megapixels)
        if page is None:
            continue
        line.send_bytes(b"{}")
        try:
            page.serve(engine)
        except Exception as error:  # noqa: BLE001 - whatever it was, a fresh reader goes on
            LOG.error("reading a page: %s", where(error))  # noqa: TRY400 - its words may be a document's
            return
        line.send_bytes(json.dumps({"peak": peak_bytes()}).encode())


def peak_bytes() -> int:
    """The most memory that this process has held.

    Not from getrusage(2) on Linux: its figure outlives exec(2), so that a reader started by a
    large daemon would seem as large as the daemon.
    """
    if sys.platform != "linux":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) << 10


def _end_with(line: Connection) -> None:
    """Kill ourselves, and the program that we may have started, when the daemon is gone."""
    try:
        line.recv_bytes()
    except (EOFError, OSError):
        os.killpg(0, signal.SIGKILL)
