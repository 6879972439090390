"""GRUB's environment block: what is booted by default, and what only the next time.

Written with GRUB's own grub2-editenv, by path; grub2-reboot and grub2-set-default are scripts around just that.
"""

from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Final

from zeus_installer.boot.tools import grub_tool
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target

PATH: Final = "/boot/grub2/grubenv"

DEFAULT: Final = "saved_entry"
ONCE: Final = "next_entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrubEnv:
    """The environment block of a target. Values are read back after every write."""

    target: Target

    def read(self) -> dict[str, str]:
        """Give all variables; none when the block does not exist."""
        if not self.target.exists(PATH):
            return {}
        listed = self._edit("list").stdout
        return {name: value for name, _, value in (line.partition("=") for line in listed.splitlines())}

    def get(self, name: str) -> str | None:
        """Give a variable; unset and empty are both None, as they are to GRUB's configuration."""
        return self.read().get(name) or None

    def set(self, name: str, value: str) -> None:
        """Set a variable. A block that did not take it is a `ZeusError`."""
        if not self.target.exists(PATH):
            self._edit("create")
        self._edit("set", f"{name}={value}")
        self._expect(name, value)

    def unset(self, name: str) -> None:
        """Take a variable out."""
        if self.target.exists(PATH):
            self._edit("unset", name)
            self._expect(name, None)

    def _edit(self, *words: str) -> CompletedProcess[str]:
        return self.target.run([grub_tool(self.target, "editenv"), PATH, *words])

    def _expect(self, name: str, value: str | None) -> None:
        present = self.get(name)
        if present != value:
            raise ZeusError(
                "boot.grubenv",
                f"{PATH} has {name}={present or ''} after it was set to {value or 'nothing'}",
                hint=f"look whether {PATH} is a whole block of 1024 bytes (grub2-editenv {PATH} list); "
                f"grub2-editenv {PATH} create makes a new one",
            )
