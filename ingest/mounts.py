"""Which disks other machines can write to: what they do there shows late and rings no bell."""

import os
from collections.abc import Mapping
from pathlib import Path

TABLE = Path("/proc/self/mountinfo")
"""Where Linux lists its mounts; a system without it is taken to have none that are shared."""

SHARED = frozenset(
    "9p afs beegfs ceph cifs coda davfs fakeowner fuse gfs2 glusterfs gpfs grpcfuse lustre ncpfs "
    "nfs nfs4 ocfs2 orangefs osxfs prl_fs smb3 smbfs vboxsf virtiofs vmhgfs".split()
)
"""File systems of networks and of machines that share a folder with the one they run in."""


def shared(table: Path = TABLE) -> Mapping[int, str]:
    """The device numbers (`st_dev`) of all mounts that others can write to, with their kinds."""
    try:
        lines = table.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return {}
    found: dict[int, str] = {}
    for line in lines:
        mount, _, source = line.partition(" - ")
        kind = source.split(" ", 1)[0]
        if kind in SHARED or kind.startswith("fuse."):
            major, _, minor = mount.split(" ")[2].partition(":")
            found[os.makedev(int(major), int(minor))] = kind
    return found


def kind_of(folder: Path) -> str | None:
    """The kind of shared mount that a folder lies on, or None for a disk of this machine."""
    try:
        return shared().get(folder.stat().st_dev)
    except OSError:
        return None
