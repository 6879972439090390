"""`zeus status`: where things stand."""

import argparse
import sys

from zeus_installer.cli.common import add_json, make_parser, print_json
from zeus_installer.engine.status import read_status
from zeus_installer.engine.store import Store
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ExitStatus
from zeus_installer.system.target import Target


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("status")
    add_json(options)
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Print the state."""
    status = read_status(Store(Target()))
    if arguments.json:
        print_json(encode(status))
        return ExitStatus.DONE
    sys.stdout.write(f"state: {status.state}\n")
    for name, value in (("plan", status.plan), ("last step", status.step)):
        if value:
            sys.stdout.write(f"{name}: {value}\n")
    if status.error:
        sys.stdout.write(f"error: {status.error.message}\nhint: {status.error.hint}\n")
    return ExitStatus.DONE
