"""`zeus verify`: is this a working XenAPI host? Each check with its evidence."""

import argparse
import dataclasses
import sys

from zeus_installer.cli.common import add_json, make_parser, print_json, require_root
from zeus_installer.engine.journal import read_entries
from zeus_installer.engine.store import Store
from zeus_installer.engine.trial import is_committed
from zeus_installer.steps.verify_host import expectations
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ExitStatus
from zeus_installer.system.target import Target
from zeus_installer.verify.host import render, verify
from zeus_installer.verify.model import Expectations


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("verify")
    add_json(options)
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Run the checks; exit status 5 when one does not pass."""
    require_root("verify")
    results = verify(Target(), _expected(Store(Target())))
    if arguments.json:
        print_json(encode(results))
    else:
        sys.stdout.write(render(results))
    return ExitStatus.DONE if all(result.ok for result in results) else ExitStatus.NOT_VERIFIED


def _expected(store: Store) -> Expectations:
    plan = store.load_plan()
    if plan is None:
        return Expectations()
    expected = expectations(plan.context)
    return dataclasses.replace(expected, default_boot="xen") if is_committed(read_entries(store.journal)) else expected
