import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import mounts

TABLE = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:23 / /dev/shm rw - tmpfs tmpfs rw
31 22 0:41 / /srv/in\\040box rw,relatime shared:1 master:2 - nfs4 server:/x rw,vers=4.2
32 22 0:42 / /srv/smb rw - cifs //server/share rw
33 22 0:43 / /srv/ssh rw,nosuid - fuse.sshfs host:/x rw
34 22 8:17 / /media/stick rw - fuseblk /dev/sdb1 rw
35 22 0:45 / /srv/vm rw - virtiofs share rw
"""


def test_the_disks_that_others_write_to_are_found_by_their_device(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE)
    assert mounts.shared(table) == {
        os.makedev(0, 41): "nfs4",
        os.makedev(0, 42): "cifs",
        os.makedev(0, 43): "fuse.sshfs",
        os.makedev(0, 45): "virtiofs",
    }


def test_a_system_without_a_table_of_mounts_has_none_that_are_shared(tmp_path: Path) -> None:
    assert mounts.shared(tmp_path / "none") == {}


def test_a_folder_of_this_machine_is_on_no_shared_mount(tmp_path: Path) -> None:
    assert mounts.kind_of(tmp_path) is None
    assert mounts.kind_of(tmp_path / "gone") is None


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A real second mount, where this account may make one."""
    folder = tmp_path / "other"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if (
        sys.platform != "linux"
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("NOT TESTED HERE: mounting a second disk needs Linux and the rights of root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_mount_is_known_by_the_device_of_the_files_on_it(
    other_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "SHARED", frozenset({"tmpfs"}))
    assert mounts.kind_of(other_disk) == "tmpfs"
    assert other_disk.stat().st_dev != tmp_path.stat().st_dev
