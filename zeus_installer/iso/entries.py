"""The entries that a medium of ours has in its boot menu, and what each tells the kernel."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.system.unattended import WORD as UNATTENDED

# Where the installer has its boot medium mounted.
MEDIUM: Final = "/run/install/repo"
DIRECTORY: Final = "/zeus"
SERIAL_CONSOLE: Final = ("console=tty0", "console=ttyS0,115200")
# How long a menu waits for somebody, in seconds: one that asks, and one that asks nothing.
PATIENCE: Final = 60
SHORT_PATIENCE: Final = 10
SUBMENU: Final = "The installer without Zeus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry: its name in the menu, and the words for the kernel behind those that find the installer."""

    id: str
    title: str
    words: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """What a menu of ours has: entries, the index of the one that starts by itself, and after how many seconds."""

    entries: Sequence[Entry]
    default: int
    timeout: int


def make_menu(*, label: str, answers: bool, unattended: bool, more: Sequence[str]) -> Menu:
    """Give the menu of the medium with `label` (as `inst.stage2=` has it).

    `answers`: the medium has some, and they win over what a network offers. `more`: words for each entry that installs.
    """
    entries = tuple(_entries(label, answers, more))
    default = next(index for index, entry in enumerate(entries) if entry.id == "zeus-unattended") if unattended else 0
    return Menu(entries=entries, default=default, timeout=SHORT_PATIENCE if unattended else PATIENCE)


def _entries(label: str, answers: bool, more: Sequence[str]) -> Iterator[Entry]:
    install = [f"inst.ks=hd:LABEL={label}:{DIRECTORY}/zeus.ks"]
    if answers:
        install.append(f"zeus.answers=file://{MEDIUM}{DIRECTORY}/")
    install.extend(more)
    unattended = (*install, UNATTENDED)
    yield Entry(id="zeus", title="Install Zeus host", words=(*install, "quiet"))
    yield Entry(
        id="zeus-unattended",
        title="Install Zeus host, unattended: asks nothing, erases the disk of dom0",
        words=(*unattended, *SERIAL_CONSOLE),
    )
    yield Entry(
        id="zeus-serial",
        title="Install Zeus host over a serial console (ttyS0, 115200)",
        words=(*install, "inst.text", *SERIAL_CONSOLE),
    )
    yield Entry(id="zeus-rescue", title="Rescue a host", words=("inst.rescue", "quiet"))
