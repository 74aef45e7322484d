"""Limits around a process that opens what came from outside, as far as the system has them."""

import ctypes
import json
import os
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from ingest import calls

_FILE_MEGABYTES = 512
"""The largest file that reading one document may write."""

_OPEN_FILES = 256
_CPU_GRACE = 5

_PASSED_ON = ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
_PASSED_ON_STARTS = ("LC_", "COVERAGE_")

_DIE_WITH_PARENT, _ADOPT_ORPHANS, _NO_NEW_PRIVILEGES = 1, 36, 38
"""PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER and PR_SET_NO_NEW_PRIVS of Linux's prctl(2)."""

_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000
"""CLONE_NEWUSER and CLONE_NEWNET of Linux's unshare(2)."""

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The numbers of Landlock's three system calls, the same on every machine."""

_ASK_VERSION, _BENEATH_A_PATH = 1, 1
_EXECUTE, _CHANGES = 1 << 0, (1 << 1) | sum(1 << bit for bit in range(4, 13))
"""Running a program; writing, removing and making files of every kind."""
_OWN_CHANGES = sum(1 << bit for bit in (1, 4, 5, 7, 8))
"""What may be done in folders of one's own: writing, removing, making folders and plain files."""
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_SINCE = ((2, 1 << 13), (3, 1 << 14))
"""The version that knew first of linking across folders and of cutting files short."""
_NETWORK_VERSION, _BIND_AND_CONNECT = 4, 0b11
_SCOPE_VERSION, _SOCKETS_AND_SIGNALS = 6, 0b11

_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/opt", "/nix/store", "/etc/fonts", "/etc/localtime"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/mime.types"),
    *("/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/timezone", "/proc/self"),
    *("/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/dev/null", "/dev/zero"),
    *("/dev/urandom", "/dev/random"),
)
"""What libraries read of the system, where it is there."""

_LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None, use_errno=True)


def environment() -> Mapping[str, str]:
    """What a process that reads may know of ours: where programs lie, how text is written.

    No setting and no secret is in it. Imports find what ours find, and mathematics runs on one
    thread.
    """
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_STARTS)
    }
    return passed | {
        "PYTHONPATH": os.pathsep.join(one for one in sys.path if one),
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
    }


def start(module: str, *files: int) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Run *module*'s `main` in a process and a session of its own; gives our end of its line.

    It is told its end of the line and *files*, open files of ours that it shares. The current
    folder is no place to import from.

    Raises:
        OSError: the system starts no more processes.
    """
    code = f"from {module} import main; main()"
    ours, theirs = socket.socketpair()
    with theirs:
        passed = (theirs.fileno(), *files)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-P", "-c", code, *map(str, passed)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment(),
                pass_fds=passed,
                start_new_session=True,
            )
        except OSError:
            ours.close()
            raise
    return process, ours


def held() -> Mapping[str, bool]:
    """Which of the limits this system holds a document's process to; tried in a process apart.

    `memory`: it may take no more than it is allowed; `files`: it writes only where it may, and
    reads nothing of the workspace but its own document; `network`: it has none; `calls`: it starts
    no process and touches no other.
    """
    code = "from ingest.confine import try_all; try_all()"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-P", "-c", code],
        env=environment(),
        capture_output=True,
        check=True,
    )
    answer: dict[str, bool] = json.loads(done.stdout)
    return answer


def try_all() -> None:
    """Try what `held` asks for, and print it."""
    found = {
        "memory": bool(_pages()),
        "network": leave_network(),
        "files": stay_within([], []),
        "calls": calls.refuse(),
    }
    sys.stdout.write(json.dumps(found))


def kill_group(process: int) -> None:
    """Kill every process of the group that *process* leads or led; there may be none."""
    with suppress(ProcessLookupError, PermissionError):  # the second is macOS's word for the first
        os.killpg(process, signal.SIGKILL)


def die_with(parent: int) -> None:
    """Be killed when the process *parent*, which started us, ends."""
    if _LINUX:
        _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of every process below us whose own parent ends."""
    if _LINUX:
        _LIBC.prctl(_ADOPT_ORPHANS, 1)


def children() -> frozenset[int]:
    """The processes below us, adopted ones too; none where the system does not say."""
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return frozenset()
    return frozenset(map(int, listed.split()))


def leave_network() -> bool:
    """Move into a network without any connection; whether the system allows it."""
    if not _LINUX:
        return False
    user, group = os.getuid(), os.getgid()
    if _LIBC.unshare(_NEW_NETWORK) == 0:
        return True
    if _LIBC.unshare(_NEW_USERS | _NEW_NETWORK):
        return False
    with suppress(OSError):  # then our account has no name in there, and the same rights
        for name, words in (
            ("setgroups", "deny"),
            ("uid_map", f"{user} {user} 1"),
            ("gid_map", f"{group} {group} 1"),
        ):
            Path("/proc/self", name).write_text(words, encoding="ascii")
    return True


def limit(megabytes: int, seconds: int) -> None:
    """Hold this process to *megabytes* beyond what it has, and *seconds* of processor time."""
    pages = _pages()
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_FSIZE, _FILE_MEGABYTES << 20)
    _set(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _set(resource.RLIMIT_CPU, seconds, _CPU_GRACE)
    if pages:
        _set(resource.RLIMIT_AS, pages * resource.getpagesize() + (megabytes << 20))


def _pages() -> int:
    """Pages of memory that we have; none where the system keeps no account of it, nor limits it."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0


def _set(what: int, most: int, grace: int = 0) -> None:
    """The limit, and the one that cannot be raised again *grace* above it."""
    _, hard = resource.getrlimit(what)
    highest = most + grace if hard == resource.RLIM_INFINITY else min(hard, most + grace)
    resource.setrlimit(what, (min(most, highest), highest))


@cache
def code() -> Sequence[Path]:
    """Where Python and what it has loaded lie; worked out once, after the loading."""
    homes = {Path(sys.prefix), Path(sys.base_prefix)}
    loaded = {
        Path(place)
        for name, module in sys.modules.copy().items()
        if "." not in name
        for place in (*getattr(module, "__path__", ()), getattr(module, "__file__", None))
        if place and Path(place).name != "__init__.py"
    }
    return [*homes, *(one for one in loaded if homes.isdisjoint(one.parents))]


def stay_within(folders: Iterable[Path], readable: Iterable[Path]) -> bool:
    """Write only below *folders*, read only there, in *readable* and what libraries need.

    And run no program, send no signal and open no connection. Whether the system knows how
    (Landlock, Linux 5.13 and later; the connections since 6.7, the signals since 6.12).
    """
    version = _LIBC.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) if _LINUX else -1
    if version < 1:
        return False
    later = sum(right for since, right in _SINCE if version >= since)
    reads = _READ_FILE | _READ_FOLDER
    rules = struct.pack("Q", _CHANGES | later | _EXECUTE | reads)
    if version >= _NETWORK_VERSION:
        rules += struct.pack("Q", _BIND_AND_CONNECT)
    if version >= _SCOPE_VERSION:
        rules += struct.pack("Q", _SOCKETS_AND_SIGNALS)
    ruleset = _LIBC.syscall(_CREATE_RULESET, rules, len(rules), 0)
    if ruleset < 0:
        return False
    for place in (*map(Path, _SYSTEM), *readable):
        _allow(ruleset, place, reads)
    for place in folders:
        _allow(ruleset, place, _OWN_CHANGES | later | reads)
    _LIBC.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    held: int = _LIBC.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return held == 0


def _allow(ruleset: int, place: Path, rights: int) -> None:
    """Let *place*, and what is below it, be used so; it need not be there."""
    try:
        file = os.open(place, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(file).st_mode):
        rights &= _READ_FILE
    rule = struct.pack("=Qi", rights, file)
    _LIBC.syscall(_ADD_RULE, ruleset, _BENEATH_A_PATH, rule, 0)
    os.close(file)
