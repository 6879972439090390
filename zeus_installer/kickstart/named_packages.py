"""Which packages and groups a kickstart names, for whoever has to have them at hand. This needs no pykickstart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.kickstart.sections import sections
from zeus_installer.kickstart.source import read_source, words_of
from zeus_installer.system.errors import UsageError

# Anaconda installs this group without being told to (modules/payloads/payload/dnf/utils.py).
_CORE: Final = "core"
_NOT_CORE: Final = "--nocore"
_NAME: Final = re.compile(r"[A-Za-z0-9_.+-]+")
_GROUP: Final = re.compile(r"\^?[A-Za-z0-9_.+-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Names of packages, and ids of groups of comps; one with a `^` in front is an environment."""

    packages: tuple[str, ...]
    groups: tuple[str, ...]


def named_packages(text: str, *, name: str) -> Named:
    """Read what all %packages sections of a kickstart say. What is left out there (`-name`) is passed over.

    A module or a pattern is a `UsageError`: which packages it stands for is not known here. `name` is
    how errors call the kickstart.
    """
    packages: dict[str, None] = {}
    groups: dict[str, None] = {}
    found = [section for section in sections(read_source(Path(name), text)) if section.name == "%packages"]
    if not any(_NOT_CORE in section.words for section in found):
        groups[_CORE] = None
    for word in (word for section in found for word in _words(section.text)):
        plain = word.removeprefix("@")
        is_group = plain != word
        if not (_GROUP if is_group else _NAME).fullmatch(plain):
            raise UsageError(
                "kickstart.named_packages",
                f"{name}: %packages names {word}: what belongs to it cannot be worked out",
                hint="name groups and packages one by one",
            )
        (groups if is_group else packages)[plain] = None
    return Named(packages=tuple(packages), groups=tuple(groups))


def _words(body: str) -> Iterator[str]:
    """Give what is named, a group with its `@`, and `--optional` when that stands behind it (pykickstart: Packages)."""
    for line in body.splitlines():
        words = words_of(line)
        if not words or words[0].startswith("-"):
            continue
        first = f"@{words[1]}" if words[0] == "@" and len(words) > 1 else words[0]
        yield f"{first} --optional" if "--optional" in words else first
