"""What several subcommands share: options, reading machine and answers, printing JSON, making a plan."""

import argparse
import json
import os
import signal
import sys
from pathlib import Path

from zeus_installer.cli.commands import COMMANDS
from zeus_installer.machine import which
from zeus_installer.machine.model import Machine
from zeus_installer.system.codec import Json
from zeus_installer.system.errors import UsageError


def make_parser(name: str) -> argparse.ArgumentParser:
    """Give the parser of a subcommand."""
    return argparse.ArgumentParser(prog=f"zeus {name}", description=COMMANDS[name], allow_abbrev=False)


def add_machine(parser: argparse.ArgumentParser) -> None:
    """Add `--machine` and `--root`: another machine than this one."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--machine", type=Path, metavar="FILE", help="a machine that `zeus probe --save` wrote")
    group.add_argument("--root", type=Path, metavar="DIR", default=Path("/"), help="read a recorded tree below DIR")


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON for programs")


def add_answers(parser: argparse.ArgumentParser, *, required: bool) -> None:
    """Add `--answers`."""
    parser.add_argument("--answers", type=Path, metavar="FILE", required=required, help="the answers (TOML)")


def read_machine(arguments: argparse.Namespace) -> Machine:
    """Give the machine that the options name; this one when they name none."""
    return which.read_machine(file=arguments.machine, root=arguments.root)


def print_json(data: Json) -> None:
    """Print `data` for programs."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")


def end_cleanly() -> None:
    """Take SIGTERM as Ctrl-C from here on: what is half made is then cleared away."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def require_root(command: str) -> None:
    """Refuse to go on without root."""
    if os.geteuid() != 0:
        raise UsageError("usage.root_needed", f"zeus {command} changes the machine and needs root", hint="use sudo")
