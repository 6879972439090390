"""GRUB's menus of a medium: ours before the one that the medium came with."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zeus_installer.iso.entries import SUBMENU, Menu
from zeus_installer.system.errors import UsageError

# Words that a medium's entries have for one purpose, and that ours do not want.
OWN_PURPOSE: Final = frozenset({"quiet", "rd.live.check", "nomodeset", "inst.rescue", "rescue"})
_ENTRY: Final = re.compile(r"^\s*(?:menuentry|submenu)\b")
_SETTING: Final = re.compile(r"^\s*set\s+(?:default|timeout)=")
_KERNEL: Final = re.compile(r"^\s*(linux(?:efi|16)?)\s+(\S+)\s+(.*)$")
_INITRD: Final = re.compile(r"^\s*(initrd(?:efi|16)?)\s+(\S.*)$")
_LABEL: Final = re.compile(r"hd:LABEL=([^:\s]+)")
# Serial ports are set up where there are any: a menu on a screen alone is of no use to a machine without one.
TERMINALS: Final = """\
if serial --unit=0 --speed=115200; then
  terminal_input serial console
  terminal_output serial console
fi
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """How a medium's own entry starts its installer: commands, files and the words that find its second stage."""

    linux: str
    kernel: str
    initrd: str
    words: tuple[str, ...]

    @property
    def label(self) -> str | None:
        """The label by which it finds its medium, as the kernel command line has it."""
        match = _LABEL.search(" ".join(self.words))
        return match[1] if match else None


def read_start(text: str, name: str) -> Start:
    """Give the first entry that starts the installer. `name` is the menu's, for the error when there is none."""
    kernel: re.Match[str] | None = None
    for line in text.splitlines():
        if found := _KERNEL.match(line):
            kernel = found if "inst.stage2=" in found[3] or "inst.repo=" in found[3] else None
        elif kernel and (initrd := _INITRD.match(line)):
            words = tuple(word for word in kernel[3].split() if word not in OWN_PURPOSE)
            return Start(linux=kernel[1], kernel=kernel[2], initrd=f"{initrd[1]} {initrd[2].strip()}", words=words)
    raise no_start(name)


def no_start(name: str) -> UsageError:
    """The error about a menu that starts no installer."""
    return UsageError(
        "iso.no_entry",
        f"the boot menu {name} has no entry that starts an Anaconda installer (inst.stage2=)",
        hint="name the netinstall ISO of the distribution",
    )


def with_zeus(original: str, start: Start, menu: Menu) -> str:
    """Put our menu before the original's entries, which stay as a submenu."""
    lines = original.splitlines()
    first = next((number for number, line in enumerate(lines) if _ENTRY.match(line)), len(lines))
    settings = "".join(f"{line}\n" for line in lines[:first] if not _SETTING.match(line))
    theirs = "".join(f"  {line}".rstrip() + "\n" for line in lines[first:])
    return "".join(
        (
            f"set default={menu.default}\nset timeout={menu.timeout}\n",
            settings,
            TERMINALS,
            *_entries(start, menu),
            f"submenu '{SUBMENU}' {{\n{theirs}}}\n",
        )
    )


def _entries(start: Start, menu: Menu) -> Iterator[str]:
    for entry in menu.entries:
        words = " ".join((start.kernel, *start.words, *(quoted(word) for word in entry.words)))
        yield f"menuentry {quoted(entry.title)} --id {entry.id} {{\n  {start.linux} {words}\n  {start.initrd}\n}}\n"


def quoted(word: str) -> str:
    """Give a word as GRUB's shell reads it back: its single quotes are those of any shell."""
    return shlex.quote(word)


def leads_to(label: str, menu: str) -> str:
    """Give the menu of the firmware's own image: it leads to the one on the medium."""
    return f"search --no-floppy --set=root -l {quoted(label)}\nconfigfile {menu}\n"
