"""`zeus plan`: what an installation would do. Nothing is written."""

import argparse
import sys

from zeus_installer.cli.common import add_answers, add_json, add_machine, make_parser, print_json
from zeus_installer.cli.plan_text import render
from zeus_installer.cli.planning import make_plan_of, present_file
from zeus_installer.plan import refuse_failures, to_json
from zeus_installer.system.errors import ExitStatus


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("plan")
    add_answers(options, required=True)
    add_machine(options)
    add_json(options)
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Print the plan; exit status 3 when the machine is refused, after the plan was shown."""
    plan = make_plan_of(arguments)
    if arguments.json:
        print_json(to_json(plan, present=lambda path: present_file(arguments, path)))
    else:
        sys.stdout.write(render(plan, present=lambda path: present_file(arguments, path)))
        sys.stdout.flush()
    refuse_failures(plan.findings)
    return ExitStatus.DONE
