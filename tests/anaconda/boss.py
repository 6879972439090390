"""A small Boss: starts modules, gives them their parts of a kickstart file, collects what they want.

The client's half of pyanaconda/modules/boss, with the same calls in the same order. It asks add-ons only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import sleep
from typing import Any

from dasbus.error import DBusError
from dasbus.server.interface import dbus_interface
from dasbus.typing import List, Str, get_native
from gi.repository import GLib
from pykickstart.errors import KickstartError

from tests.anaconda.kickstart import Message, Report, Splitter, in_the_file, of_addons
from tests.anaconda.modules import NETWORK, STORAGE

BOSS = "org.fedoraproject.Anaconda.Boss"
ADDONS = "org.fedoraproject.Anaconda.Addons."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A package or a group that a module needs in the new system."""

    type: str
    name: str
    reason: str


class Boss:
    """Boss, as its modules' client. `modules` are the proxies of the add-ons that run, by their service's name."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self.modules: dict[str, Any] = {}
        self.dropped: dict[str, str] = {}

    def services(self) -> dict[str, dict[str, object]]:
        """What to publish of Boss itself."""
        return {BOSS: {path_of(BOSS): BossInterface(self)}}

    def start_modules(self) -> None:
        """Start every add-on that can be started. One that does not start is left out, and nobody is told."""
        for name in sorted(self._bus.proxy.ListActivatableNames()):
            if name.startswith(ADDONS):
                try:
                    self._bus.proxy.StartServiceByName(name, 0)
                except DBusError as error:
                    self.dropped[name] = str(error)
                    continue
                proxy = self.proxy(name)
                proxy.Ping()
                self.modules[name] = proxy

    def proxy(self, service: str, path: str = "") -> Any:
        """An object of a service; its main one when no path is given."""
        return self._bus.get_proxy(service, path or path_of(service))

    def process(self, service: str) -> int:
        """The process that has the service's name."""
        return int(self._bus.proxy.GetConnectionUnixProcessID(service))

    def read_kickstart(self, path: Path) -> Report:
        """Have every add-on read its sections. One that has none is not called at all."""
        try:
            elements = Splitter().split(path)
        except KickstartError as error:
            return Report(errors=(Message(text=error.message, file=str(path), line=error.lineno or 0),))
        reports = []
        for proxy in self.modules.values():
            own = of_addons(elements, proxy.KickstartAddons)
            if own:
                said = get_native(proxy.ReadKickstart("".join(element.text for element in own)))
                reports.append(in_the_file(said, own))
        return Report(
            errors=tuple(chain.from_iterable(report.errors for report in reports)),
            warnings=tuple(chain.from_iterable(report.warnings for report in reports)),
        )

    def generate_kickstart(self) -> str:
        """The add-ons' sections as they stand now."""
        parts = [self.modules[name].GenerateKickstart().strip() for name in sorted(self.modules)]
        return "\n\n".join(part for part in parts if part)

    def collect_requirements(self) -> list[Wanted]:
        """What the add-ons need in the new system."""
        return [Wanted(**get_native(one)) for proxy in self.modules.values() for one in proxy.CollectRequirements()]

    def collect_tasks(self, method: str, *arguments: object) -> list[Any]:
        """The proxies of the tasks that the add-ons give."""
        return [
            self.proxy(name, path)
            for name, proxy in self.modules.items()
            for path in getattr(proxy, method)(*arguments)
        ]


@dbus_interface(BOSS)
class BossInterface:
    """What modules may ask Boss."""

    def __init__(self, boss: Boss) -> None:
        self._boss = boss

    def GetModules(self) -> List[Str]:
        """The services that run."""
        return [NETWORK, STORAGE, *self._boss.modules]


def path_of(service: str) -> str:
    """The path of a service's main object."""
    return f"/{service.replace('.', '/')}"


def run_task(task: Any, said: Callable[[str], object] = lambda _: None) -> None:
    """Run a task to its end, as sync_run_task does; its error is raised. `said` gets every progress message."""
    ended: list[bool] = []
    task.ProgressChanged.connect(lambda _step, message: said(message))
    task.Stopped.connect(lambda: ended.append(True))
    task.Start()
    # The last signals come after the thread's end: who only asks whether it runs misses them, as Anaconda does.
    wait_until(lambda: bool(ended))
    task.ProgressChanged.disconnect()
    task.Stopped.disconnect()
    task.Finish()


def wait_until(condition: Callable[[], bool]) -> None:
    """Receive signals until something has come true; a test's own time limit ends what never does."""
    while not condition():
        GLib.MainContext.default().iteration(False)
        sleep(0.005)


def names_of(tasks: Sequence[Any]) -> list[str]:
    """How tasks call themselves."""
    return [task.Name for task in tasks]
