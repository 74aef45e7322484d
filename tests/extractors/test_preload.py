"""What is loaded ahead leaves no trace."""

import subprocess
import sys

PROGRAM = """
import dataclasses, tempfile
tempfile.mkdtemp = tempfile.mkstemp = None
from config.settings import load
from extractors.preload import preload
preload(dataclasses.replace(load(None, {}).reading, engines=("fake",)))
from extractors.micr import net
assert net.weights.cache_info().currsize == 1
"""


def test_all_is_loaded_ahead_and_leaves_no_file_behind() -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
