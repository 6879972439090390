"""`zeus convert`: an answer file of XCP-ng or XenServer (XML) into ours, all that is lost on the way named."""

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from zeus_installer.cli.common import make_parser
from zeus_installer.cli.repositories import read_repositories
from zeus_installer.convert.convert import Conversion, Wishes, convert
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.messages import shown
from zeus_installer.convert.source import read_bytes
from zeus_installer.machine.replay import load
from zeus_installer.system.errors import ExitStatus, UsageError, sentence_list
from zeus_installer.system.files import write_atomic

_STDOUT: Final = Path("-")
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("convert")
    options.add_argument("file", type=Path, metavar="FILE", help="the XML; -: what comes in")
    options.add_argument("-o", "--output", type=Path, metavar="FILE", default=_STDOUT, help="the answers (default: -)")
    options.add_argument("--force", action="store_true", help="replace the output if it exists")
    options.add_argument("--strict", action="store_true", help="write nothing that would have to be completed")
    options.add_argument(
        "--dialect",
        choices=[str(dialect) for dialect in Dialect],
        help="whose installer the file is for (default: what it tells, else xcp-ng)",
    )
    options.add_argument(
        "--machine",
        type=Path,
        metavar="FILE",
        help="the machine (`zeus probe --save`), to name its disks and NIC as Zeus does",
    )
    options.add_argument(
        "--repo", action="append", default=[], metavar="ID=URL", help="a repository of packages.repos; can be repeated"
    )
    options.add_argument(
        "--gpgkey",
        action="append",
        default=[],
        metavar="URL",
        help="its key: one for all repositories, or one for each, in their order",
    )
    options.add_argument(
        "--sha256", action="append", default=[], metavar="URL=HEX", help="pin the script of that URL; can be repeated"
    )
    return options


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Convert; exit status 2 when there are errors, and nothing is written then."""
    file: Path = arguments.file
    wishes = Wishes(
        dialect=Dialect(arguments.dialect) if arguments.dialect else None,
        machine=load(arguments.machine) if arguments.machine else None,
        repos=read_repositories(arguments.repo, arguments.gpgkey),
        checksums=dict(_checksum(word) for word in arguments.sha256),
    )
    data = read_bytes(file)
    output: Path = arguments.output
    if output != _STDOUT:
        _check_place(output, replace=arguments.force)
    made = convert(data, file.name, wishes)
    sys.stderr.write("".join(f"{message.named(str(file))}\n" for message in made.messages))
    if made.text is None:
        return ExitStatus.USAGE
    open_ends = sentence_list(dict.fromkeys(f"{key} (line {line})" for key, line in made.unfinished))
    if open_ends and arguments.strict:
        raise UsageError("convert.unfinished", f"{file}: nothing is written: {open_ends} would have to be completed")
    _write(made, output)
    if open_ends:
        sys.stderr.write(f"{file}: to be completed in the answers: {open_ends}\n")
    return ExitStatus.DONE


def _check_place(output: Path, *, replace: bool) -> None:
    if output.is_dir() or not output.parent.is_dir():
        place = f"{output} is a directory" if output.is_dir() else f"{output.parent} is no directory"
        raise UsageError("convert.unwritable", f"{place}: nothing can be written there", hint="name a file")
    if output.exists() and not replace:
        raise UsageError("convert.exists", f"{output} exists already", hint="--force replaces it")


def _write(made: Conversion, output: Path) -> None:
    text = made.text or ""
    if output == _STDOUT:
        sys.stdout.write(text)
        return
    try:
        write_atomic(output, text, mode=0o600 if made.has_secret else 0o644)
    except OSError as error:
        raise UsageError("convert.unwritable", f"{output}: {(error.strerror or str(error)).lower()}") from error


def _checksum(word: str) -> tuple[str, str]:
    url, equals, digits = word.rpartition("=")
    if not equals or not _SHA256.fullmatch(digits):
        raise UsageError("usage", f"--sha256 {shown(word)}: wants URL=HEX", hint="sha256sum prints the 64 digits")
    return url, digits.lower()
