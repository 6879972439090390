"""What all D-Bus modules have in common."""

import faulthandler
import locale
import logging
import sys
from typing import TextIO

from pyanaconda.core.constants import DEFAULT_LANG


def init(log_filename: str | None = None, log_stream: TextIO | None = sys.stderr) -> None:
    """Prepare the process of a module, before anything else is imported: everything is logged, down to debug."""
    faulthandler.enable()
    handlers: list[logging.Handler] = [logging.StreamHandler(log_stream)] if log_stream else []
    if log_filename:
        handlers.append(logging.FileHandler(log_filename))
    logging.basicConfig(level=logging.DEBUG, handlers=handlers)
    locale.setlocale(locale.LC_ALL, DEFAULT_LANG)
