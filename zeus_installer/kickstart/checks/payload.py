"""Whether the installation is one of packages, to which those of Xen can be added."""

from collections.abc import Iterator
from typing import Final

from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message

_WHOLE: Final = frozenset({"bootc", "liveimg", "ostreecontainer", "ostreesetup"})


def check_payload(context: Context) -> Iterator[Message]:
    """An image is installed as it is."""
    for command in context.given:
        if command.name in _WHOLE:
            text = f"{command.name}: an image is installed as it is, and Xen could not be added to it"
            yield context.command(command.number, text, "install packages: leave that out, or say url --url=…")
