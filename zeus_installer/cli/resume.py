"""`zeus resume`: go on after an interruption, or watch the run that is under way."""

import argparse

from zeus_installer.cli.common import make_parser, require_root
from zeus_installer.cli.watch import watch
from zeus_installer.engine.control import resume
from zeus_installer.engine.store import Store
from zeus_installer.system.errors import ExitStatus
from zeus_installer.system.target import Target


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    return make_parser("resume")


def run(_arguments: argparse.Namespace) -> ExitStatus:
    """Start or join the run of the stored plan."""
    require_root("resume")
    store = Store(Target())
    return watch(resume(store), store)
