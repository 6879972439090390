"""What goes wrong in the add-on, as errors that keep their type and their words on Anaconda's bus."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from dasbus.error import DBusError
from pyanaconda.core.dbus import dbus_error
from pyanaconda.modules.common.errors.installation import PayloadInstallationError

from zeus_installer.addon.constants import ZEUS
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.secrets import redact

log: Final = logging.getLogger(__name__)


@dbus_error("Error", namespace=ZEUS.namespace)
class AnswerError(DBusError):
    """A value that the answers cannot have; says what is wrong and what would be right."""


@contextmanager
def ending_the_installation(say: Callable[[str], None]) -> Iterator[None]:
    """Turn what goes wrong inside into the exception by which Anaconda ends the installation with our own words.

    That is one class alone: others are a question whether to go on without a Xen host, or taken for a bug
    (pyanaconda/errors.py). Anaconda 43 and 44 take every class for a bug, so `say` gets the first line before: it
    stands on the screen of the progress then.
    """
    try:
        yield
    except ZeusError as error:
        raise _told(error.message, error.hint, say) from error
    except Exception as error:
        log.error("internal fault:\n%s", redact(traceback.format_exc()))
        what = f"internal fault: {type(error).__name__}: {error}"
        raise _told(what, "please report it with the installer's logs, /tmp/*.log and journalctl", say) from error


def _told(message: str, hint: str, say: Callable[[str], None]) -> Exception:
    text = f"Zeus: {redact(message)}"
    say(text.splitlines()[0])
    remedy = f"\n\nWhat to do: {redact(hint)}" if hint else ""
    return PayloadInstallationError(f"{text}{remedy}")
