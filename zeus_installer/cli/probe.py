"""`zeus probe`: what the machine is."""

import argparse
import sys
from pathlib import Path

from zeus_installer.cli.common import add_json, add_machine, make_parser, print_json, read_machine
from zeus_installer.machine.text import render
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ExitStatus


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("probe")
    add_machine(options)
    add_json(options)
    options.add_argument("--save", type=Path, metavar="FILE", help="keep the machine for --machine")
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Print or save the machine."""
    machine = read_machine(arguments)
    if arguments.save is not None:
        from zeus_installer.machine.replay import save

        save(machine, arguments.save)
    if arguments.json:
        print_json(encode(machine))
    elif arguments.save is None:
        sys.stdout.write(render(machine))
    return ExitStatus.DONE
