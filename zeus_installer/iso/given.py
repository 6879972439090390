"""What somebody gives for a medium: answers, a kickstart, kernel words. All is held against its rules first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.kickstart.answer_file import validate_answers
from zeus_installer.kickstart.flatten import flatten
from zeus_installer.kickstart.messages import Message
from zeus_installer.kickstart.text import required_text
from zeus_installer.system.errors import UsageError, ZeusError

_PACKAGE: Final = Path(__file__).parents[1]
# Beside the package in a clone; where the package's RPM has it otherwise.
_KICKSTARTS: Final = (_PACKAGE.with_name("kickstart"), Path("/usr/share/zeus/kickstart"))
FOR_MEDIA: Final = "zeus-media.ks"
FOR_NETWORKS: Final = "zeus-pxe.ks"
FOR_EVERY_MACHINE: Final = "answers.toml"
# What a machine looks for: MAC addresses and serial numbers (answer_sources.names).
_NAME: Final = re.compile(r"[A-Za-z0-9._-]+\.toml")
# What both boot loaders and the kernel take as one word each.
_WORD: Final = re.compile(r"[\w@%+=:,./?&~-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """All that is given. `answers` by their names on the medium; `append` are words for the kernel command line."""

    kickstart: str
    answers: Mapping[str, str]
    append: Sequence[str]


def read_given(*, kickstart: Path | None, answers: Path | None, append: Sequence[str]) -> Given:
    """Read what is given. All that is wrong is a `UsageError`."""
    return Given(
        kickstart=kickstart_text(kickstart, default=FOR_MEDIA), answers=_answers(answers), append=kernel_words(append)
    )


def kickstart_text(given: Path | None, *, default: str) -> str:
    """Give a kickstart as one file; one of somebody's that is wrong is a `UsageError`. `default` is one of ours."""
    if given is not None:
        _check_kickstart(given)
    return flatten(given or own_kickstart(default))


def own_kickstart(name: str) -> Path:
    """Give the place of one of our kickstarts, or of a snippet."""
    for directory in _KICKSTARTS:
        if (directory / name).exists():
            return directory / name
    raise ZeusError(
        "iso.no_kickstarts",
        f"the kickstarts of Zeus are missing: {_KICKSTARTS[-1]}",
        hint="install the package zeus-installer again",
    )


def _check_kickstart(path: Path) -> None:
    try:
        from zeus_installer.kickstart.validate import validate
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pykickstart":
            raise
        raise ZeusError(
            "kickstart.no_pykickstart",
            f"{path} cannot be checked: pykickstart, which knows the rules of kickstarts, is not installed",
            hint="install python3-kickstart",
        ) from error
    _refuse_errors("iso.bad_kickstart", validate(path))


def _answers(given: Path | None) -> Mapping[str, str]:
    """Give the answers by their names on the medium: a file's, or those of each machine in a directory."""
    if given is None:
        return {}
    if not given.is_dir():
        return {FOR_EVERY_MACHINE: _good_answers(given)}
    files = sorted(path for path in given.iterdir() if path.suffix == ".toml")
    if not files:
        raise UsageError("iso.no_answers", f"{given} has no answers", hint="name a file, or a directory of NAME.toml")
    for path in files:
        if not _NAME.fullmatch(path.name):
            raise UsageError(
                "iso.answers_name",
                f"{path}: no machine looks for a file of this name",
                hint="name it by MAC address (52-54-00-12-34-56.toml), serial number, or answers.toml for all others",
            )
    return {path.name: _good_answers(path) for path in files}


def _good_answers(path: Path) -> str:
    text = required_text(path, "a file with answers")
    _refuse_errors("iso.bad_answers", validate_answers(path, text, None))
    return text


def _refuse_errors(code: str, messages: Sequence[Message]) -> None:
    errors = [str(message) for message in messages if message.level == "error"]
    if errors:
        raise UsageError(code, "\n".join(errors))


def kernel_words(given: Sequence[str]) -> tuple[str, ...]:
    """Give words for the kernel command line; one that a boot loader could misread is a `UsageError`."""
    words = " ".join(given).split()
    for word in words:
        if not _WORD.fullmatch(word):
            raise UsageError(
                "iso.kernel_word",
                f"--append {word!r}: a word for the kernel has letters, digits and @%+=:,./?&~_- only",
            )
    return tuple(words)
