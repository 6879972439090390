"""`zeus check`: findings with remedies."""

import argparse
import sys

from zeus_installer.checks.model import Verdict
from zeus_installer.checks.registry import run_checks
from zeus_installer.checks.text import render
from zeus_installer.cli.common import add_answers, add_json, add_machine, make_parser, print_json, read_machine
from zeus_installer.cli.planning import read_answers_of, repository_findings
from zeus_installer.sources.loader import load
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ExitStatus


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("check")
    add_machine(options)
    add_answers(options, required=False)
    add_json(options)
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Print the findings; exit status 3 when one of them refuses the installation."""
    machine = read_machine(arguments)
    answers = read_answers_of(arguments)
    if answers is None:
        findings = run_checks(machine, None)
    else:
        source = load(answers.packages.source)
        findings = run_checks(machine, answers, source=source)
        findings += repository_findings(arguments, answers, source, machine)
    if arguments.json:
        print_json(encode(findings))
    else:
        sys.stdout.write(render(findings))
    failed = any(finding.verdict is Verdict.FAIL for finding in findings)
    return ExitStatus.REFUSED if failed else ExitStatus.DONE
