"""`zeus abandon`: give an unfinished plan up, saying what it left."""

import argparse
import sys

from zeus_installer.cli.common import make_parser, require_root
from zeus_installer.engine.control import abandon
from zeus_installer.engine.store import Store
from zeus_installer.system.errors import ExitStatus
from zeus_installer.system.target import Target


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    return make_parser("abandon")


def run(_arguments: argparse.Namespace) -> ExitStatus:
    """Forget the plan and print what stays behind."""
    require_root("abandon")
    left = abandon(Store(Target()))
    sys.stdout.write("The plan is given up. It left on this machine:\n")
    sys.stdout.write("".join(f"  {sentence}\n" for sentence in left or ("nothing",)))
    return ExitStatus.DONE
