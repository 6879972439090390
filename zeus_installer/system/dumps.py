"""Keep what this process knows inside it: no core file, no look into its memory."""

import resource
from contextlib import suppress
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def forbid_dumps() -> None:
    """Forbid core dumps of this process, and tracing it without CAP_SYS_PTRACE. Programs it starts are not covered.

    The limit alone is not enough: the kernel ignores it where cores are piped to a program, as to systemd-coredump.
    """
    import ctypes

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    with suppress(OSError, AttributeError):  # not Linux
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, ctypes.c_ulong(0), *[ctypes.c_ulong(0)] * 3)
