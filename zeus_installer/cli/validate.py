"""`zeus validate`: an answer file or a kickstart, offline; with a machine, also whether its rules match there."""

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from zeus_installer.answers.model import Answers
from zeus_installer.cli.common import make_parser
from zeus_installer.machine.model import Os
from zeus_installer.sources.model import Source
from zeus_installer.system.errors import ExitStatus, UsageError, sentence_list

_KICKSTART_NAMES: Final = frozenset({".cfg", ".ks"})
# A section, or a command that every kickstart has: no TOML begins a line so.
_KICKSTART_TEXT: Final = re.compile(r"^(?:%[a-z-]+\b|(?:bootloader|clearpart|lang|network|part|rootpw) +[^=\s])", re.M)


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("validate")
    options.add_argument("file", type=Path, metavar="FILE", help="the answers (TOML), or a kickstart that has them")
    options.add_argument("--machine", type=Path, metavar="FILE", help="a machine that `zeus probe --save` wrote")
    options.add_argument(
        "--version",
        action="append",
        metavar="RELEASE",
        help="a release to check a kickstart for: F44, F45, RHEL10 (default: these three); can be repeated",
    )
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Read the file; every error is printed, and exit status 2 follows."""
    if _is_kickstart(arguments.file):
        return _kickstart(arguments)
    if arguments.version:
        raise UsageError("usage", "--version is for kickstarts, and this is an answer file", hint="leave it out")
    return _answers(arguments)


def _is_kickstart(file: Path) -> bool:
    if file.suffix in _KICKSTART_NAMES or file.suffix == ".toml":
        return file.suffix != ".toml"
    try:
        return bool(_KICKSTART_TEXT.search(file.read_text(errors="replace")))
    except (OSError, ValueError):
        return False


def _kickstart(arguments: argparse.Namespace) -> ExitStatus:
    from zeus_installer.kickstart.parser import known_versions
    from zeus_installer.kickstart.validate import VERSIONS, validate
    from zeus_installer.machine.replay import load

    versions = known_versions(arguments.version or VERSIONS)
    machine = load(arguments.machine) if arguments.machine else None
    messages = validate(arguments.file, versions=versions, machine=machine)
    sys.stderr.write("".join(f"{message}\n" for message in messages))
    if any(message.level == "error" for message in messages):
        return ExitStatus.USAGE
    sys.stdout.write(f"{arguments.file}: good kickstart for {sentence_list(versions)}\n")
    return ExitStatus.DONE


def _answers(arguments: argparse.Namespace) -> ExitStatus:
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
