"""`zeus validate`: an answer file, offline; with a machine, also whether its rules match there."""

import argparse
import sys
from pathlib import Path

from zeus_installer.cli.common import make_parser
from zeus_installer.system.errors import ExitStatus, UsageError


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("validate")
    options.add_argument("file", type=Path, metavar="FILE", help="the answers (TOML)")
    options.add_argument("--machine", type=Path, metavar="FILE", help="a machine that `zeus probe --save` wrote")
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Read the file; every error is printed, and exit status 2 follows."""
    from zeus_installer.answers.reader import locate, read_answers
    from zeus_installer.sources.loader import load

    answers = read_answers(arguments.file)
    load(answers.packages.source)
    if arguments.machine is not None:
        from zeus_installer.checks.disks import choose_disks
        from zeus_installer.checks.nics import choose_nics
        from zeus_installer.machine.replay import load as load_machine

        machine = load_machine(arguments.machine)
        try:
            choose_disks(answers, machine)
            choose_nics(answers, machine)
        except UsageError as error:
            raise locate(error, arguments.file) from error
    sys.stdout.write(f"{arguments.file}: good answers\n")
    return ExitStatus.DONE
