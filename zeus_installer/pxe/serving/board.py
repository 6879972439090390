"""How each machine stands: what it reports, and before that what it asks the servers for. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from zeus_installer.pxe.serving.reports import Message, ReportedEvent
from zeus_installer.reporting.messages import State
from zeus_installer.system.events import Failure, Kind

WAITING: Final = "waiting"
BOOTING: Final = "booting"
GOOD: Final = frozenset({State.DONE.value})
BAD: Final = frozenset({State.FAILED.value, State.FELL_BACK.value, State.REFUSED.value})
# Whoever reports without being of the tree is shown, up to so many; nobody can fill the memory.
_MOST_STRANGERS: Final = 100
_MOST_SENDERS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host of the tree: its name, and how its machine is known."""

    name: str
    macs: Sequence[str] = ()
    serial: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How a machine stands. `step` is what it does now; `message` the last that it said or asked for."""

    name: str
    macs: Sequence[str] = ()
    serial: str | None = None
    address: str | None = None
    state: str = WAITING
    step: str = ""
    percent: int | None = None
    message: str = ""
    error: Failure | None = None
    stranger: bool = False

    @property
    def ended(self) -> bool:
        """Whether its installation is over, well or not."""
        return self.state in GOOD or self.state in BAD


@dataclass(slots=True)
class _Steps:
    """The steps of a machine that have begun and not ended, the innermost last."""

    titles: dict[str, str] = field(default_factory=dict)
    percents: dict[str, int] = field(default_factory=dict)

    def take(self, event: ReportedEvent) -> None:
        match event.kind:
            case Kind.START:
                self.titles[event.path] = event.title
            case Kind.PROGRESS if event.done is not None and event.total:
                self.percents[event.path] = min(100, 100 * event.done // event.total)
            case Kind.FINISH:
                for path in [path for path in self.titles if f"{path}/".startswith(f"{event.path}/")]:
                    del self.titles[path]
                    self.percents.pop(path, None)
            case _:
                pass

    def now(self) -> tuple[str, int | None]:
        """Give what goes on now, and how far it is."""
        if not self.titles:
            return "", None
        path, title = list(self.titles.items())[-1]
        return title, self.percents.get(path)


class Board:
    """All machines. Each change gives the new row, or None when there is none."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        self._rows = {host.name: Row(name=host.name, macs=host.macs, serial=host.serial) for host in hosts}
        self._steps: dict[str, _Steps] = {}
        self._last: dict[str, int] = {}
        self._sender: dict[str, str] = {}

    @property
    def rows(self) -> list[Row]:
        """All of them, strangers last."""
        return sorted(self._rows.values(), key=lambda row: row.stranger)

    @property
    def all_ended(self) -> bool:
        """Whether every host of the tree has ended."""
        return all(row.ended for row in self._rows.values() if not row.stranger)

    def take(self, message: Message, address: str | None) -> Row | None:
        """Take a report. One that came before, or of a sender that another one has followed, changes nothing."""
        if message.sequence <= self._last.get(message.sender, 0):
            return None
        row = self._find(message)
        if row is None or not self._follows(row.name, message.sender):
            return None
        self._last[message.sender] = message.sequence
        steps = self._steps.setdefault(row.name, _Steps())
        for event in message.events:
            steps.take(event)
        step, percent = steps.now()
        said = next((event.title for event in reversed(message.events) if event.kind is not Kind.PROGRESS), None)
        failed = next((event.error for event in reversed(message.events) if event.error is not None), None)
        new = replace(
            row,
            address=address or row.address,
            state=message.state.value,
            step="" if message.state.value in GOOD | BAD else step,
            percent=percent,
            message=said or ("" if row.state in (WAITING, BOOTING) else row.message),
            error=(message.error or failed or row.error) if message.state.value in BAD else None,
        )
        return self._put(new)

    def saw(self, name: str, what: str, address: str | None) -> Row | None:
        """Take that a host of the tree has asked for something. It boots then, unless it is further already."""
        row = self._rows.get(name)
        if row is None:
            return None
        if row.state not in (WAITING, BOOTING):
            return self._put(replace(row, address=address or row.address))
        return self._put(replace(row, state=BOOTING, message=what, address=address or row.address))

    def name_of(self, *, mac: str | None = None, address: str | None = None) -> str | None:
        """Give the host that has this MAC, or that had this address last."""
        for row in self._rows.values():
            if (mac is not None and mac in row.macs) or (address is not None and row.address == address):
                return row.name
        return None

    def _put(self, row: Row) -> Row | None:
        changed = self._rows.get(row.name) != row
        self._rows[row.name] = row
        return row if changed else None

    def _follows(self, name: str, sender: str) -> bool:
        """Whether this is the process of the machine that sent last, or a new one; what an old one says late is old."""
        if self._sender.get(name) == sender:
            return True
        if sender in self._last:
            return False
        if len(self._last) >= _MOST_SENDERS:
            del self._last[next(iter(self._last))]
        self._sender[name] = sender
        self._steps.pop(name, None)
        return True

    def _find(self, message: Message) -> Row | None:
        for row in self._rows.values():
            if any(mac in row.macs for mac in message.macs) or (row.serial and row.serial == message.serial):
                return row
        name = next((name for name in _names(message) if name not in self._rows), None)
        if name is None or sum(row.stranger for row in self._rows.values()) >= _MOST_STRANGERS:
            return None
        return Row(name=name, macs=message.macs, serial=message.serial, stranger=True)


def _names(message: Message) -> Iterator[str]:
    """Give what to call a machine that is not of the tree."""
    yield from (name for name in (message.serial, *message.macs, message.hostname) if name)
