"""Trials leave nothing behind, however their test process ends."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.crash.kills import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")

CLIENT = """
import sys, time
from pathlib import Path
from tests.crash.home import Home
from tests.crash.starter import Starter
starter = Starter()
home = Home(starter, Path(sys.argv[1]))
home.init()
daemon = home.start("watch")
(starter.elsewhere / "left").write_text("left")
print(starter._process.pid, daemon, starter.elsewhere, flush=True)
starter.wait(daemon) if sys.argv[2] == "waits" else time.sleep(600)
"""


def running(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    return False


@pytest.mark.parametrize("does", ["waits", "sleeps"])
def test_all_that_was_started_ends_when_the_test_process_is_killed(
    tmp_path: Path, does: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(tmp_path / "home"), does],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    ) as client:
        assert client.stdout
        starter, daemon, elsewhere = client.stdout.readline().split()
        assert running(int(starter))
        assert running(int(daemon))
        os.kill(client.pid, signal.SIGKILL)
    wait_until(lambda: not running(int(starter)) and not running(int(daemon)), 20)
    assert not Path(elsewhere).exists()
