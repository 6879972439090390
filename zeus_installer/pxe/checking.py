"""What is wrong with the machines of an inventory: each by itself, and two of them together."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv6Address
from typing import Final

from zeus_installer.answers.model import Answers, Packages, Static
from zeus_installer.answers.problems import Problem, as_error, error_line
from zeus_installer.answers.reader import check_data
from zeus_installer.machine.model import Os
from zeus_installer.packages.selection import select
from zeus_installer.pxe.hosts import Host, Table, merged
from zeus_installer.sources.loader import load
from zeus_installer.system.errors import ZeusError

# All errors are shown at once, but not thousands.
_SHOWN: Final = 100
_source = cache(load)


@dataclass(slots=True)
class _Wrong:
    """Something that is wrong with a machine, and with how many others for the same reason."""

    line: int
    text: str
    hint: str
    others: int = 0


@dataclass(slots=True)
class Checker:
    """Looks at machine after machine, and remembers only what must not be there twice, and what is wrong.

    `name` is what errors call the inventory, `common` the answers that all machines have in common.
    """

    name: str
    common: Table
    _count: int = 0
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    _wrong: list[_Wrong] = field(default_factory=list)
    # What many machines have because all have it: one line says it of all.
    _shared: dict[Hashable, _Wrong] = field(default_factory=dict)
    _packages: dict[Packages, Problem | None] = field(default_factory=dict)
    _common_problems: frozenset[Problem] = frozenset()

    def __post_init__(self) -> None:
        self._common_problems = frozenset(check_data({"version": 1, **self.common})[1])

    def check(self, host: Host) -> Answers | None:
        """Give the answers of a machine; None as soon as something is wrong with any."""
        self._count += 1
        answers, problems = check_data({"version": 1, **merged(self.common, host.overrides)})
        for text in (*host.problems, *self._twice(host, answers)):
            self._note(host, Problem((), text))
        for problem in problems:
            self._note(host, problem, problem if problem in self._common_problems else None)
        if answers is not None and not problems:
            self._check_packages(host, answers)
        return None if self._wrong else answers

    def end(self) -> None:
        """Raise all that is wrong as one `UsageError`."""
        if self._wrong:
            more = len(self._wrong) - _SHOWN
            shown = [self._line(wrong) for wrong in self._wrong[:_SHOWN]]
            raise as_error([*shown, *([f"{self.name}: and {more} errors more"] if more > 0 else [])])

    def _line(self, wrong: _Wrong) -> str:
        others = f" (the same for {wrong.others} other host{'' if wrong.others == 1 else 's'})" if wrong.others else ""
        return error_line(self.name, wrong.line, wrong.text + others, wrong.hint)

    def _note(self, host: Host, problem: Problem, shared: Hashable = None) -> None:
        if shared is not None and shared in self._shared:
            self._shared[shared].others += 1
            return
        wrong = _Wrong(line=host.line, text=f"{host.name or 'a host'}: {problem.message}", hint=problem.hint)
        self._wrong.append(wrong)
        if shared is not None:
            self._shared[shared] = wrong

    def _check_packages(self, host: Host, answers: Answers) -> None:
        """Hold the answers against their package source, as `zeus validate` does; once for those that have the same."""
        packages = answers.packages
        if packages not in self._packages:
            self._packages[packages] = _about_packages(answers)
        if problem := self._packages[packages]:
            self._note(host, problem, packages)

    def _twice(self, host: Host, answers: Answers | None) -> Iterator[str]:
        for what, name in _names(host, answers):
            number, line = self._seen.setdefault(f"{what} {name.lower()}", (self._count, host.line))
            if number != self._count:
                yield f"{what} {name} is that of the host of line {line} too"


def _about_packages(answers: Answers) -> Problem | None:
    try:
        source = _source(answers.packages.source)
        # No machine to ask: any system that the source serves will do.
        select(answers, source, Os(id=next(iter(source.kernels), None)))
    except ZeusError as error:
        return Problem((), error.message, error.hint)
    return None


def _names(host: Host, answers: Answers | None) -> Iterator[tuple[str, str]]:
    """Give what no other machine may have."""
    yield from (("MAC address", mac) for mac in host.macs)
    if host.serial:
        yield "serial number", host.serial
    if answers is None:
        return
    if answers.host.hostname:
        yield "host name", answers.host.hostname
    management = answers.network.management
    for address in (management.ipv4, management.ipv6):
        # One that is wrong was told already, and has no address.
        if isinstance(address, Static) and isinstance(address.address, str):
            yield "address", _plain(address.address.partition("/")[0])


def _plain(address: str) -> str:
    """Give the one way to write it; IPv4 has no other."""
    return str(IPv6Address(address)) if ":" in address else address
