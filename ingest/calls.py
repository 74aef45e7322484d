"""Which system calls a document's process may make: a filter that the kernel holds it to (seccomp).

Reading needs files that it may open anyway, memory, and the sockets it has. What changes other
processes, the system or the marks of files is refused, as are new processes and new sockets. One
gap is known: a datagram may be sent to a socket that has a name in a folder.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterable, Iterator

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
"""PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP and SECCOMP_MODE_FILTER of Linux's prctl(2)."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""The instructions of a filter: BPF_LD|W|ABS, BPF_JMP with JEQ, JGE and JSET, BPF_RET."""

_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16
"""Where the number of the call, the machine and the arguments stand (struct seccomp_data)."""

_ALLOW, _REFUSE, _UNKNOWN = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_THREAD = 0x00010000
"""CLONE_THREAD: libraries may start threads, which are no processes."""

_OTHER_ABI = 0x40000000
"""From here on stand the calls of x86-64's 32-bit form."""

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_CALLS = {
    "x86_64": {
        "sockets": (41, 42, 43, 48, 49, 50, 54, 288),
        "rights and marks of files": (90, 91, 92, 93, 94, 260, 268),
        "times of files": (132, 235, 261, 280),
        "attributes of files": (188, 189, 190, 197, 198, 199),
        "special files, locks": (133, 259, 73),
        "priorities": (141, 142, 144, 203, 251, 314),
        "other processes": (101, 310, 311, 312, 129, 297),
        "new processes and programs": (57, 58, 59, 322),
        "limits": (160,),
        "mounts and rooms": (155, 161, 165, 166, 272, 308),
        "the kernel": (246, 248, 249, 250, 298, 304, 313, 320, 321, 323, 175, 176),
        "the machine": (103, 159, 163, 164, 167, 168, 169, 170, 171, 179, 227, 305),
        "shared between processes": (29, 64, 68, 240),
    },
    "aarch64": {
        "sockets": (198, 200, 201, 202, 203, 208, 210, 242),
        "rights and marks of files": (52, 53, 54, 55),
        "times of files": (88,),
        "attributes of files": (5, 6, 7, 14, 15, 16),
        "special files, locks": (33, 32),
        "priorities": (140, 118, 119, 122, 30, 274),
        "other processes": (117, 270, 271, 272, 138, 240),
        "new processes and programs": (221, 281),
        "limits": (164,),
        "mounts and rooms": (39, 40, 41, 51, 97, 268),
        "the kernel": (104, 105, 106, 217, 218, 219, 241, 265, 273, 280, 282, 294),
        "the machine": (60, 89, 112, 116, 142, 161, 162, 170, 171, 224, 225, 266),
        "shared between processes": (180, 186, 190, 194),
    },
}
"""Calls that are refused, by the numbers of each machine."""

_EVERYWHERE = (
    *(424, 434, 438, 440),  # other processes by handle
    *(425, 426, 427),  # io_uring
    *(428, 429, 430, 431, 432, 433, 442, 467),  # mounts
    *(452, 463, 466, 469),  # rights and attributes of files
)
"""Calls that are refused and have one number on every machine."""

_LIMITS = {"x86_64": 302, "aarch64": 261}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_KILLS = {"x86_64": (62, 200, 234), "aarch64": (129, 130, 131)}


def refuse() -> bool:
    """Hold this process to the filter from now on; whether the system knows how."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _MACHINES:
        return False
    program = b"".join(_program(machine, os.getpid()))
    held = ctypes.create_string_buffer(program)
    length = len(program) // 8
    whole = ctypes.create_string_buffer(struct.pack("HxxxxxxP", length, ctypes.addressof(held)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done: int = libc.prctl(_SET_SECCOMP, _FILTER, whole, 0, 0)
    return done == 0


def _program(machine: str, own: int) -> Iterator[bytes]:
    """The filter: what is refused, each in turn, and all else allowed."""
    yield _do(_LOAD, _MACHINE)
    yield _do(_EQUAL, _MACHINES[machine], 1, 0)
    yield _do(_RETURN, _REFUSE)
    yield _do(_LOAD, _NUMBER)
    yield from _where(_AT_LEAST, _OTHER_ABI, [_do(_RETURN, _REFUSE)])
    refused = (*_EVERYWHERE, *(one for some in _CALLS[machine].values() for one in some))
    for number in refused:
        yield from _where(_EQUAL, number, [_do(_RETURN, _REFUSE)])
    yield from _where(_EQUAL, _CLONE3, [_do(_RETURN, _UNKNOWN)])  # then clone is tried
    yield from _where(_EQUAL, _CLONE[machine], _only(0, _ANY_BIT, _THREAD))
    for number in _KILLS[machine]:
        yield from _where(_EQUAL, number, _only(0, _EQUAL, own))
    own_and_only_asked = [
        step
        for half in (_ARGUMENTS, _ARGUMENTS + 20)  # whose, and the upper half of what is new
        for step in (_do(_LOAD, half), _do(_EQUAL, 0, 1, 0), _do(_RETURN, _REFUSE))
    ]
    yield from _where(_EQUAL, _LIMITS[machine], [*own_and_only_asked, *_only(2, _EQUAL, 0)])
    yield _do(_RETURN, _ALLOW)


def _where(test: int, value: int, then: Iterable[bytes]) -> Iterator[bytes]:
    """Do *then*, which returns, where the call's number passes the test."""
    inner = list(then)
    yield _do(test, value, 0, len(inner))
    yield from inner


def _only(argument: int, test: int, value: int) -> list[bytes]:
    """Allow the call where the lower half of an argument passes the test."""
    return [
        _do(_LOAD, _ARGUMENTS + 8 * argument),
        _do(test, value, 0, 1),
        _do(_RETURN, _ALLOW),
        _do(_RETURN, _REFUSE),
    ]


def _do(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
