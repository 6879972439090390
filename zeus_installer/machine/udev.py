"""The udev database (/run/udev/data), which tells without root what udev once found on a device with it.

Its lines are `S:` a link below /dev, `E:` a property, and others that we do not need (systemd,
src/libsystemd/sd-device).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from zeus_installer.machine.tree import Tree, printable

DATABASE = "run/udev/data"
_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})")


@dataclass(frozen=True, slots=True)
class Record:
    """What udev knows of one device: properties, and links as absolute paths."""

    properties: dict[str, str] = field(default_factory=dict)
    links: tuple[str, ...] = ()

    def get(self, *names: str) -> str | None:
        """Give the first of these properties that has a value, escapes undone."""
        return next((value for name in names if (value := unescape(self.properties.get(name, "")))), None)


# Asks another source for the properties of a device that the database does not know: its name -> properties or None.
Asked = Callable[[str], dict[str, str] | None]


def parse_record(text: str) -> Record:
    """Read one file of the database."""
    lines = text.split("\n")
    pairs = (line[2:].partition("=") for line in lines if line.startswith("E:"))
    return Record(
        {name: value for name, _, value in pairs}, tuple(f"/dev/{line[2:]}" for line in lines if line.startswith("S:"))
    )


def read_record(tree: Tree, kind: str, number: str | None) -> Record | None:
    """Give what udev knows of a block device (`b`, `major:minor`) or an interface (`n`, its index), None if nothing."""
    text = tree.text(f"{DATABASE}/{kind}{number}") if number else None
    return None if text is None else parse_record(text)


def unescape(text: str) -> str:
    r"""Undo udev's `\x20`, which stand for the bytes of UTF-8."""
    if "\\x" in text:
        raw = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text.encode().decode("latin-1"))
        text = raw.encode("latin-1").decode(errors="replace")
    return printable(text)
