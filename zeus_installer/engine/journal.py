"""The journal: append-only, fsynced, one line for each beginning and end. What it says survives a power cut."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from zeus_installer.system.codec import Json
from zeus_installer.system.events import now
from zeus_installer.system.files import append_line

RUN: Final = "run"  # the "step" of marks that concern no single step


class Mark(StrEnum):
    """What a line of the journal says of its step."""

    BEGIN = "begin"
    DONE = "done"
    UNDONE = "undone"
    FAILED = "failed"
    DOM0 = "dom0"
    COMMITTED = "committed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line. `detail` always has the kernel's `boot` id, so that a reboot between two lines shows."""

    time: str
    run: str
    step: str
    mark: Mark
    detail: dict[str, Json] = field(default_factory=dict)

    @property
    def boot(self) -> str:
        """The boot in which the line was written."""
        return str(self.detail.get("boot", ""))

    def to_line(self) -> str:
        """Give the line as it stands in the file."""
        return json.dumps(
            {"time": self.time, "run": self.run, "step": self.step, "mark": self.mark, "detail": self.detail},
            ensure_ascii=False,
        )


def current_boot() -> str:
    """Give the kernel's id of the present boot."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def parse_entries(lines: Iterable[str]) -> Iterator[Entry]:
    """Read lines of a journal. A torn line, as a power cut leaves it, says nothing and is left out."""
    for line in lines:
        try:
            data = json.loads(line)
            yield Entry(
                time=str(data["time"]),
                run=str(data["run"]),
                step=str(data["step"]),
                mark=Mark(data["mark"]),
                detail=dict(data.get("detail") or {}),
            )
        except (ValueError, KeyError, TypeError):
            continue


def read_entries(path: Path) -> tuple[Entry, ...]:
    """Give the lines of a journal; none when there is no file."""
    try:
        return tuple(parse_entries(path.read_text(errors="replace").splitlines()))
    except FileNotFoundError:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The journal of one run. A new plan starts a new file."""

    path: Path
    run: str
    boot: str

    def entries(self) -> tuple[Entry, ...]:
        """Give the lines of this run so far."""
        return read_entries(self.path)

    def write(self, step: str, mark: Mark, **detail: Json) -> None:
        """Add a line and make it durable before returning."""
        entry = Entry(time=now(), run=self.run, step=step, mark=mark, detail={"boot": self.boot, **detail})
        append_line(self.path, entry.to_line(), mode=0o644)

    def is_done(self, step: str) -> bool:
        """Whether the last word on `step` is that it is done."""
        marks = [entry.mark for entry in self.entries() if entry.step == step]
        return bool(marks) and marks[-1] is Mark.DONE
