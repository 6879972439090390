"""Ending with the parent, for work that nobody wants once who asked for it is gone: its locks go with it."""

import ctypes
import os
import select
import signal
import sys

_PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def end_with_parent(answers: int) -> None:
    """Have the kernel send SIGTERM when the thread that started this process ends; `answers` is the pipe to it.

    A parent that ended before this call is known by the pipe, which then has no reader.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), "prctl")
    pipe = select.poll()
    pipe.register(answers, 0)
    if pipe.poll(0):
        sys.exit(1)
