"""What is loaded ahead leaves no trace."""

import subprocess
import sys

PROGRAM = """
import dataclasses, tempfile
tempfile.mkdtemp = tempfile.mkstemp = None
from config.settings import load
from extractors.preload import preload
preload(dataclasses.replace(load(None, {}).reading, engines=("fake",)))
"""


def test_a_process_that_is_killed_while_it_loads_leaves_no_file_behind() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
