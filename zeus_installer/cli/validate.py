"""`zeus validate`: an answer file, offline; with a machine, also whether its rules match there."""

import argparse
import sys
from pathlib import Path

from zeus_installer.answers.model import Answers
from zeus_installer.cli.common import make_parser
from zeus_installer.machine.model import Os
from zeus_installer.sources.model import Source
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
    from zeus_installer.packages.selection import select
    from zeus_installer.sources.loader import load

    answers = read_answers(arguments.file)
    source = load(answers.packages.source)
    try:
        if arguments.machine is None:
            # No machine to ask: any system that the source serves will do.
            select(answers, source, Os(id=next(iter(source.kernels), None)))
        else:
            _choose(answers, source, arguments.machine)
    except UsageError as error:
        raise locate(error, arguments.file) from error
    sys.stdout.write(f"{arguments.file}: good answers\n")
    return ExitStatus.DONE


def _choose(answers: Answers, source: Source, file: Path) -> None:
    from zeus_installer.checks.disks import choose_disks
    from zeus_installer.checks.nics import choose_nics
    from zeus_installer.machine.replay import load
    from zeus_installer.packages.selection import select

    machine = load(file)
    select(answers, source, machine.os)
    choose_disks(answers, machine)
    choose_nics(answers, machine)
