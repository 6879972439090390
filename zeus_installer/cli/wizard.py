"""`zeus wizard`: the installation on the console, screen by screen."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeus_installer.cli.common import make_parser, require_root
from zeus_installer.system.errors import ExitStatus, UsageError, ZeusError
from zeus_installer.system.secrets import redact

if TYPE_CHECKING:
    from zeus_installer.screens.draft import Draft
    from zeus_installer.screens.found import FoundDraft
    from zeus_installer.screens.plain.app import Plain
    from zeus_installer.screens.tui.app import Tui

# Seconds for which a server of answers is asked again: somebody waits. And those that it takes to read an error.
_PATIENCE: Final = 20.0
_READING: Final = 10.0


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("wizard")
    options.add_argument("--dry-run", action="store_true", help="up to the plan, then play the run; nothing is done")
    options.add_argument(
        "--machine", type=Path, metavar="FILE", help="with --dry-run: a machine of `zeus probe --save`"
    )
    options.add_argument("--speed", type=float, default=1.0, help="with --dry-run: how many times as fast a run plays")
    options.add_argument("--fail", metavar="STEP", help="with --dry-run: a step that fails")
    options.add_argument("--ascii", action="store_true", help="ASCII characters only")
    options.add_argument("--mono", action="store_true", help="no colours")
    options.add_argument("--plain", action="store_true", help="line by line: for screen readers and dumb terminals")
    options.add_argument("--console", action="store_true", help="the wizard owns this console (its unit says so)")
    options.add_argument("--answers", type=Path, metavar="FILE", help="begin with these answers (TOML)")
    options.add_argument("--at-boot", action="store_true", help="greet on the console at each boot until it is done")
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Open the wizard."""
    if not arguments.dry_run:
        require_root("wizard")
    if arguments.machine is not None and not arguments.dry_run:
        raise UsageError("usage.machine", "--machine names another machine", hint="add --dry-run")
    if arguments.machine is not None and not arguments.machine.is_file():
        raise UsageError(
            "machine.unreadable", f"{arguments.machine}: no such file", hint="make one with: zeus probe --save FILE"
        )
    if not arguments.speed > 0:
        raise UsageError("usage.speed", f"--speed is {arguments.speed:g}, wants a number above 0")
    if arguments.at_boot:
        return _at_boot()
    if not arguments.plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("usage.terminal", "the wizard needs a terminal", hint="zeus wizard --plain does without")
    return _open(arguments)


def _open(arguments: argparse.Namespace) -> ExitStatus:
    # urwid loads GLib's bindings where it finds them, for a loop that is not used here.
    sys.modules.setdefault("gi", None)  # type: ignore[arg-type] # None is how an import is refused
    from zeus_installer.screens.desk import Desk
    from zeus_installer.screens.start import begin, make_wizard
    from zeus_installer.system.dumps import forbid_dumps

    forbid_dumps()
    desk = Desk(
        dry_run=arguments.dry_run,
        console=arguments.console,
        speed=arguments.speed,
        fail=arguments.fail,
        machine_file=str(arguments.machine.resolve()) if arguments.machine else None,
    )
    draft = _draft(arguments)
    face = _face(arguments)
    wizard = make_wizard(desk, face, draft)

    def start() -> None:
        begin(wizard)
        if draft.told:
            face.tell("Answers", draft.told)

    face.run(wizard, start)
    return ExitStatus.DONE


def _draft(arguments: argparse.Namespace) -> "Draft":
    """Make the draft: with the answers that the options name; on a console at boot, with those that are found."""
    from zeus_installer.screens.draft import DIRECTORY, Draft
    from zeus_installer.screens.start import PLAN

    directory = None if arguments.dry_run else DIRECTORY
    draft = Draft(directory)
    if arguments.answers is not None:
        from zeus_installer.answers.reader import read_answers
        from zeus_installer.screens.found import FoundDraft

        return FoundDraft(directory, answers=read_answers(arguments.answers), origin=str(arguments.answers))
    if not arguments.console or PLAN.exists() or draft.load()[0]:
        return draft
    return _found(directory) or draft


def _found(directory: Path | None) -> "FoundDraft | None":
    """Look for answers that can be trusted; what goes wrong with it is told, and the forms begin empty."""
    from zeus_installer.answer_sources.find import NONE, find_answers
    from zeus_installer.answer_sources.search import Search
    from zeus_installer.answers.reader import parse_answers
    from zeus_installer.screens.found import FoundDraft
    from zeus_installer.web.client import Patience

    sys.stdout.write("Looking for the answers of this machine ...\n")
    sys.stdout.flush()
    try:
        found = find_answers(Search(trusted_only=True, patience=Patience(seconds=_PATIENCE)))
        return FoundDraft(directory, answers=parse_answers(found.text, found.origin), origin=found.origin)
    except ZeusError as error:
        if error.code != NONE:
            sys.stdout.write(f"{redact(str(error))}\nThe forms begin without them.\n")
            sys.stdout.flush()
            time.sleep(_READING)
        return None


def _face(arguments: argparse.Namespace) -> "Plain | Tui":
    from zeus_installer.screens.tui.look import choose_look

    look = choose_look(ascii_only=arguments.ascii, mono=arguments.mono)
    dumb = os.environ.get("TERM", "dumb") == "dumb" and not (arguments.ascii or arguments.mono)
    if arguments.plain or dumb:
        from zeus_installer.screens.plain.app import Plain

        return Plain(look)
    from zeus_installer.screens.tui.app import Tui

    return Tui(look)


def _at_boot() -> ExitStatus:
    from zeus_installer.engine.console_units import install_console
    from zeus_installer.system.target import Target

    install_console(Target())
    sys.stdout.write("The wizard greets on the console from the next boot on, until the host is done.\n")
    return ExitStatus.DONE
