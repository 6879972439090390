"""What a transaction was about to do, kept in the target: after a power cut rpm cannot tell what it left half done.

A package enters rpm's database before its %post runs, and %posttrans run last of all (rpm's lib/psm.c): a package may
look whole and never have been set up. So every package of a transaction that did not end is suspect.
"""

import json
from collections.abc import Iterable
from pathlib import Path

from zeus_installer.system.files import write_atomic

PATH = "var/lib/zeus/packages.json"


class Record:
    """The record below a root: packages under way, and the members of the set once all is done."""

    def __init__(self, root: Path) -> None:
        self._path = root / PATH

    def begin(self, packages: Iterable[str]) -> None:
        """Note that a transaction with `packages` starts; those of one that never ended stay suspect."""
        self._write(suspect=sorted({*packages, *self.suspect}), members=())

    def finish(self, members: Iterable[str]) -> None:
        """Note that the set stands, complete and on the disk."""
        self._write(suspect=(), members=sorted(members))

    def forget(self) -> None:
        """Remove the record."""
        self._path.unlink(missing_ok=True)

    @property
    def suspect(self) -> tuple[str, ...]:
        """The packages of transactions that began and did not end."""
        return self._read("suspect")

    @property
    def members(self) -> tuple[str, ...]:
        """The packages of the set; none while it does not stand."""
        return self._read("members")

    def _read(self, key: str) -> tuple[str, ...]:
        try:
            return tuple(json.loads(self._path.read_text())[key])
        except FileNotFoundError:
            return ()

    def _write(self, *, suspect: Iterable[str], members: Iterable[str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(self._path, json.dumps({"suspect": list(suspect), "members": list(members)}) + "\n")
