"""What an error of the installation means to the person in front of it. That depends on where Anaconda runs its queue.

pyanaconda/errors.py; pyanaconda/modules/boss/installation.py (43 and later); showError and showDetailedError of
pyanaconda/ui/gui/__init__.py and pyanaconda/ui/tui/__init__.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from dasbus.error import DBusError


class Kind(StrEnum):
    """What is on the screen."""

    FATAL = "the error's words; the installer ends"
    FATAL_AND_BUG = "the error's words; then, in the graphical interface, a bug report"
    QUESTION = "the error's words; ignore it and go on?"
    BUG = "a bug report: a traceback, at the end of which are the error's words"
    NOBODY = "the error's words on the console; the installer ends, since nobody may be asked"


class Era(Enum):
    """Versions of Anaconda that show errors alike."""

    EL10 = "40 to 42: the queue runs beside the screen"
    F44 = "43 to 45.7: the queue runs in Boss, which has no screen"
    F45 = "45.8 and later: Boss has the screen's process show them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """An error on the screen: `text` is what its raiser wrote, without Anaconda's own words around it."""

    kind: Kind
    text: str


# By the name of the class, which is the end of its name on the bus: a subclass has another name.
KINDS: Final[Mapping[Era, Mapping[str, Kind]]] = {
    Era.EL10: {
        "BootloaderInstallationError": Kind.QUESTION,
        "NonCriticalInstallationError": Kind.QUESTION,
        "PayloadInstallationError": Kind.FATAL,
        "StorageInstallationError": Kind.FATAL_AND_BUG,
    },
    Era.F44: {},
    Era.F45: {"BootloaderInstallationError": Kind.QUESTION, "NonCriticalInstallationError": Kind.QUESTION},
}
OTHERS: Final = {Era.EL10: Kind.BUG, Era.F44: Kind.BUG, Era.F45: Kind.FATAL}


def shown(error: Exception, *, era: Era, interactive: bool) -> Dialog:
    """How an error of a task is shown; `interactive` is false in the command-line mode."""
    name = getattr(error, "dbus_name", "") if isinstance(error, DBusError) else ""
    kind = KINDS[era].get(name.rsplit(".", 1)[-1], OTHERS[era])
    return Dialog(kind=kind if interactive else Kind.NOBODY, text=str(error))
