"""From the options to a plan: answers read, machine probed, checks run."""

import argparse
import sys
from pathlib import Path

from zeus_installer import planning
from zeus_installer.answers.model import Answers
from zeus_installer.checks.model import Finding
from zeus_installer.cli.common import read_machine
from zeus_installer.machine.model import Machine
from zeus_installer.plan import Plan
from zeus_installer.sources.model import Source
from zeus_installer.system.errors import UsageError


def read_answers_of(arguments: argparse.Namespace) -> Answers | None:
    """Read the answer file that the options name, if they name one."""
    if arguments.answers is None:
        return None
    from zeus_installer.answers.reader import read_answers

    return read_answers(arguments.answers)


def make_plan_of(arguments: argparse.Namespace, *, reboot: bool = False) -> Plan:
    """Make the plan for the answers and the machine that the options name. The repositories are asked, read-only."""
    from zeus_installer.answers.reader import locate, read_answers
    from zeus_installer.sources.loader import load

    answers = read_answers(arguments.answers)
    source = load(answers.packages.source)
    machine = read_machine(arguments)
    try:
        plan = planning.plan_host(answers, machine, source=source, reboot=reboot)
    except UsageError as error:
        raise locate(error, arguments.answers) from error
    # Last, since it takes the longest: a rule that matches no disk is told at once.
    return planning.with_findings(plan, *repository_findings(arguments, answers, source, machine))


def repository_findings(
    arguments: argparse.Namespace, answers: Answers, source: Source, machine: Machine
) -> tuple[Finding, ...]:
    """Ask the repositories whether this machine can have the package set, and the servers of the hooks for these.

    Nobody is asked for another machine.
    """
    if not is_this_machine(arguments):
        return ()
    from zeus_installer.checks.hooks import check_hooks
    from zeus_installer.checks.packages import check_repositories

    return (check_repositories(answers, source, machine), *check_hooks(answers))


def is_this_machine(arguments: argparse.Namespace) -> bool:
    """Whether the options name no other machine than the one we run on."""
    return arguments.machine is None and arguments.root == Path("/")


def present_file(arguments: argparse.Namespace, path: str) -> str | None:
    """Give what is in a file of the machine now; nothing is known of the files of another machine."""
    return planning.present_file(path) if is_this_machine(arguments) else None


def confirm_destruction(plan: Plan, *, unattended: bool) -> bool:
    """Ask for consent to what the plan destroys. Without a terminal it needs `zeus.unattended` on the kernel's line."""
    if not plan.destroys or unattended:
        return True
    if not sys.stdin.isatty():
        return False
    sys.stderr.write("This will be destroyed:\n" + "".join(f"  {sentence}\n" for sentence in plan.destroys))
    sys.stderr.write("Type 'destroy' to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == "destroy"
