"""isolinux's menu of a medium (Fedora up to 36, Enterprise Linux up to 9): ours before the one that it came with."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from zeus_installer.iso.entries import SUBMENU, Menu
from zeus_installer.iso.grub_menu import OWN_PURPOSE, Start, no_start

_LABEL: Final = re.compile(r"^\s*label\s", re.IGNORECASE)
_SETTING: Final = re.compile(r"^\s*(?:timeout|serial|ontimeout)\s", re.IGNORECASE)
_DEFAULT: Final = re.compile(r"^\s*menu\s+default\s*$", re.IGNORECASE)
_KERNEL: Final = re.compile(r"^\s*(?:kernel|linux)\s+(\S+)\s*$", re.IGNORECASE)
_APPEND: Final = re.compile(r"^\s*append\s+(.*)$", re.IGNORECASE)
# It counts in tenths of a second.
_TENTHS: Final = 10


def read_start(text: str, name: str) -> Start:
    """Give the first entry that starts the installer. `name` is the menu's, for the error when there is none."""
    kernel = ""
    for line in text.splitlines():
        if found := _KERNEL.match(line):
            kernel = found[1]
        elif kernel and (appended := _APPEND.match(line)) and "inst.stage2=" in appended[1]:
            words = appended[1].split()
            initrd = next((word for word in words if word.startswith("initrd=")), "")
            kept = tuple(word for word in words if word != initrd and word not in OWN_PURPOSE)
            return Start(linux="kernel", kernel=kernel, initrd=initrd, words=kept)
    raise no_start(name)


def with_zeus(original: str, start: Start, menu: Menu) -> str:
    """Put our menu before the original's entries, which stay as a submenu."""
    lines = original.splitlines()
    first = next((number for number, line in enumerate(lines) if _LABEL.match(line)), len(lines))
    settings = [line for line in lines[:first] if not _SETTING.match(line)]
    theirs = [line for line in lines[first:] if not _DEFAULT.match(line)]
    made = [
        "serial 0 115200",
        f"timeout {menu.timeout * _TENTHS}",
        *settings,
        *_entries(start, menu),
        "menu begin",
        f"menu title {SUBMENU}",
        *theirs,
        "menu end",
    ]
    return "".join(f"{line}\n" for line in made)


def _entries(start: Start, menu: Menu) -> Iterator[str]:
    for index, entry in enumerate(menu.entries):
        yield f"label {entry.id}"
        yield f"  menu label {entry.title}"
        yield from ["  menu default"] if index == menu.default else ()
        yield f"  kernel {start.kernel}"
        yield f"  append {' '.join(_words(start, entry.words))}"


def _words(start: Start, words: Sequence[str]) -> Iterator[str]:
    yield from [start.initrd] if start.initrd else ()
    yield from (*start.words, *words)
