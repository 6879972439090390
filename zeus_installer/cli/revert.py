"""`zeus revert`: back to plain Linux; the storage repository's data stays."""

import argparse
import sys

from zeus_installer.cli.common import make_parser, require_root
from zeus_installer.engine.console import console_line
from zeus_installer.engine.control import revert
from zeus_installer.engine.store import Store
from zeus_installer.system.errors import ExitStatus
from zeus_installer.system.events import Event
from zeus_installer.system.target import Target


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    return make_parser("revert")


def run(_arguments: argparse.Namespace) -> ExitStatus:
    """Undo the plan."""
    require_root("revert")
    revert(Store(Target()), _print)
    sys.stdout.write("The next boot is plain Linux again. The storage repository's disk was not touched.\n")
    return ExitStatus.DONE


def _print(event: Event) -> None:
    line = console_line(event)
    if line:
        sys.stdout.write(line + "\n")
