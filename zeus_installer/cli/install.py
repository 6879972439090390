"""`zeus install`: plan, check, run. The run goes on without us; we only watch."""

import argparse
import sys

from zeus_installer.cli.common import add_answers, make_parser, require_root
from zeus_installer.cli.plan_text import render
from zeus_installer.cli.planning import confirm_destruction, make_plan_of, present_file
from zeus_installer.cli.watch import watch
from zeus_installer.engine.control import refuse_second_plan, start
from zeus_installer.engine.store import Store
from zeus_installer.plan import refuse_failures
from zeus_installer.system.errors import ExitStatus, RefusedError
from zeus_installer.system.target import Target
from zeus_installer.system.unattended import WORD, has_consent


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("install")
    add_answers(options, required=True)
    options.add_argument("--reboot", action="store_true", help="reboot into Xen when the first half is done")
    options.add_argument("--dry-run", action="store_true", help="stop before the run; nothing is written")
    options.set_defaults(machine=None, root=Target().root)
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Make the plan, show it, and run it after consent."""
    store = Store(Target())
    if not arguments.dry_run:
        require_root("install")
        refuse_second_plan(store)
    plan = make_plan_of(arguments, reboot=arguments.reboot)
    sys.stdout.write(render(plan, present=lambda path: present_file(arguments, path)))
    sys.stdout.flush()
    refuse_failures(plan.findings)
    if arguments.dry_run:
        return ExitStatus.DONE
    if not confirm_destruction(plan, unattended=has_consent(store.target)):
        raise RefusedError(
            "consent.missing",
            "the plan destroys data, and nobody agreed to it",
            hint=f"run it on a terminal and type 'destroy', or boot with {WORD}",
        )
    return watch(start(store, plan), store)
