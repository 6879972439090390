"""`zeus answers`: find the answers of this machine where an installation would, and what their servers are told."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from zeus_installer.answer_sources.find import find_answers
from zeus_installer.answer_sources.inquiry import inquiry
from zeus_installer.answer_sources.names import names_of
from zeus_installer.answer_sources.search import Attempt, Search
from zeus_installer.cli.common import make_parser
from zeus_installer.system.errors import ExitStatus, UsageError
from zeus_installer.system.files import write_atomic
from zeus_installer.system.target import Target
from zeus_installer.web.client import PATIENT


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("answers")
    options.add_argument(
        "action",
        choices=("find", "names", "inquiry"),
        help="find: search, and print what was found; names: what this machine's answers are called on a server; "
        "inquiry: what a server of zeus.answers_post is told",
    )
    options.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the answers there (mode 0600)")
    options.add_argument("--command-line", metavar="WORDS", help="as if the kernel had been started with WORDS")
    options.add_argument(
        "--patience", type=float, metavar="SECONDS", default=PATIENT.seconds, help="how long to ask a server again"
    )
    options.add_argument("--root", type=Path, metavar="DIR", default=Path("/"), help="read a recorded tree below DIR")
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Do it; exit status 2 when there are no answers."""
    search = Search(
        target=Target(arguments.root),
        command_line=arguments.command_line,
        patience=replace(PATIENT, seconds=arguments.patience),
        say=_say,
    )
    match arguments.action:
        case "names":
            sys.stdout.write("".join(f"{name}\n" for name in names_of(search.identity, search.words)))
        case "inquiry":
            sys.stdout.write(json.dumps(inquiry(search), indent=2, ensure_ascii=False) + "\n")
        case _:
            _write(find_answers(search).text, arguments.output)
    return ExitStatus.DONE


def _say(attempt: Attempt) -> None:
    sys.stderr.write(f"{attempt}\n")


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        write_atomic(output, text, mode=0o600)
    except OSError as error:
        raise UsageError("answers.unwritable", f"{output}: {(error.strerror or str(error)).lower()}") from error
