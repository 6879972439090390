"""`zeus validate`: an answer file of ours or of XCP-ng, or a kickstart, offline; with a machine, also on that."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeus_installer.cli.common import make_parser
from zeus_installer.machine.model import Machine
from zeus_installer.system.errors import ExitStatus, UsageError, ZeusError, sentence_list

if TYPE_CHECKING:
    from zeus_installer.kickstart.messages import Message

_KICKSTART_NAMES: Final = frozenset({".cfg", ".ks"})
_OTHER_NAMES: Final = _KICKSTART_NAMES | {".toml"}
# A section, or a command that many kickstarts have: no TOML begins a line so.
_KICKSTART_TEXT: Final = re.compile(
    r"^\ufeff?(?:%[a-z-]+\b|(?:autopart|cmdline|graphical|reboot|text)\s*$"
    r"|(?:autopart|bootloader|clearpart|ignoredisk|lang|network|part|repo|rootpw|url) +[^=\s])",
    re.MULTILINE,
)


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("validate")
    options.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="the answers (TOML), a kickstart that has them, or an answer file of XCP-ng (XML); -: what comes in",
    )
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
    from zeus_installer.convert.source import is_xml, read_bytes
    from zeus_installer.kickstart.text import required_text
    from zeus_installer.machine.replay import load

    file: Path = arguments.file
    machine = load(arguments.machine) if arguments.machine else None
    if file.suffix == ".xml":
        return _about_xml(file, read_bytes(file), arguments.version, machine)
    text = required_text(file, "a kickstart file" if file.suffix in _KICKSTART_NAMES else "a file with answers")
    if file.suffix not in _OTHER_NAMES and is_xml(text):
        return _about_xml(file, text.encode(), arguments.version, machine)
    kickstart = _is_kickstart(file, text)
    if arguments.version and not kickstart:
        raise _no_version()
    if not kickstart:
        return _print(_about_answers(file, text, machine), f"{file}: good answers")
    messages, versions = _about_kickstart(file, text, arguments.version, machine)
    return _print(messages, f"{file}: good kickstart for {sentence_list(versions)}")


def _is_kickstart(file: Path, text: str) -> bool:
    if file.suffix in _KICKSTART_NAMES or file.suffix == ".toml":
        return file.suffix != ".toml"
    return bool(_KICKSTART_TEXT.search(text))


def _print(messages: Sequence["Message"], good: str) -> ExitStatus:
    sys.stderr.write("".join(f"{message}\n" for message in messages))
    if any(message.level == "error" for message in messages):
        return ExitStatus.USAGE
    sys.stdout.write(f"{good}\n")
    return ExitStatus.DONE


def _about_kickstart(
    file: Path, text: str, named: Sequence[str] | None, machine: Machine | None
) -> tuple[Sequence["Message"], Sequence[str]]:
    try:
        from zeus_installer.kickstart.parser import known_versions
        from zeus_installer.kickstart.validate import VERSIONS, validate
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pykickstart":
            raise
        raise ZeusError(
            "kickstart.no_pykickstart",
            f"{file} is a kickstart, and pykickstart, which knows their rules, is not installed",
            hint="install python3-kickstart",
        ) from error
    versions = known_versions(named or VERSIONS)
    return validate(file, text=text, versions=versions, machine=machine), versions


def _about_answers(file: Path, text: str, machine: Machine | None) -> Sequence["Message"]:
    from zeus_installer.kickstart.answer_file import validate_answers

    return validate_answers(file, text, machine)


def _about_xml(file: Path, data: bytes, version: Sequence[str] | None, machine: Machine | None) -> ExitStatus:
    from zeus_installer.convert.convert import Wishes, convert

    if version:
        raise _no_version()
    made = convert(data, file.name, Wishes(machine=machine))
    sys.stderr.write("".join(f"{message.named(str(file))}\n" for message in made.messages))
    if made.text is None:
        return ExitStatus.USAGE
    sys.stdout.write(f"{file}: an answer file that can be converted: zeus convert {file}\n")
    return ExitStatus.DONE


def _no_version() -> UsageError:
    return UsageError("usage", "--version is for kickstarts, and this is an answer file", hint="leave it out")
