"""An installer with an add-on: a private bus, Boss, the modules beside the add-on, the add-on in a process of its own.

The add-on is started by the bus through its own .service file, as Anaconda has it done (scripts/start-module).
"""

import os
import shutil
import signal
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.anaconda import source
from tests.anaconda.boss import Boss
from tests.anaconda.bus import PrivateBus
from tests.anaconda.loop import Publisher
from tests.anaconda.modules import Modules, error_mapper
from tests.anaconda.queue import Installation
from tests.terminal.machines import FIXTURES

REPOSITORY = Path(__file__).parents[2]
START_MODULE = "/usr/libexec/anaconda/start-module"
ROOT = "machine/mnt/sysroot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addon:
    """An add-on: the package that its id names, its D-Bus files, what else lies in the directory of add-ons."""

    id: str
    service: str
    package: Path
    dbus: Path
    beside: tuple[Path, ...] = ()


ZEUS = Addon(
    id="org_xenproject_zeus",
    service="org.fedoraproject.Anaconda.Addons.Zeus",
    package=REPOSITORY / "zeus_installer/addon",
    dbus=REPOSITORY / "zeus_installer/addon/dbus",
    beside=(REPOSITORY / "zeus_installer", REPOSITORY / "tests"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installer:
    """A running installer. `root` is where the new system is mounted, `modules` what the other modules answer."""

    addon: Addon
    directory: Path
    address: str
    modules: Modules
    boss: Boss

    @property
    def machine(self) -> Path:
        """What the add-on takes for the machine's root, when it runs on a recorded one."""
        return self.directory / "machine"

    @property
    def root(self) -> Path:
        """The new system."""
        return self.directory / ROOT

    @property
    def module(self) -> Any:
        """The add-on's main object, with the members of all of its interfaces."""
        return self.boss.proxy(self.addon.service)

    @property
    def log(self) -> str:
        """All that the add-on's process wrote to its standard error."""
        return (self.directory / "service.log").read_text()

    def kickstart(self, text: str, name: str = "ks.cfg") -> Path:
        """A kickstart file."""
        path = self.directory / name
        path.write_text(text)
        return path

    def installation(self, **options: Any) -> Installation:
        """An installation to run."""
        return Installation(boss=self.boss, root=self.root, **options)


@contextmanager
def installer(
    addon: Addon = ZEUS,
    *,
    modules: Modules | None = None,
    environment: Mapping[str, str] | None = None,
    recording: str | None = None,
) -> Iterator[Installer]:
    """Start one; ends all of its processes. `environment` is for the add-on's process.

    With a `recording` (its name in tests/fixtures/machines) Zeus runs on that machine and not on this one.
    """
    answers = modules or Modules()
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="za-")))
        _prepare(directory, addon, recording)
        bus = stack.enter_context(PrivateBus(directory, _environment(directory, environment or {})))
        boss = Boss(bus.connect())
        stack.callback(_end, boss)
        stack.enter_context(Publisher(bus.connect(error_mapper), {**answers.services(), **boss.services()}))
        boss.start_modules()
        yield Installer(addon=addon, directory=directory, address=bus.address, modules=answers, boss=boss)


def _prepare(directory: Path, addon: Addon, recording: str | None) -> None:
    for name in ("services", "confs", "addons", "machine"):
        (directory / name).mkdir()
    for place, link in ((addon.package, addon.id), *((path, path.name) for path in addon.beside)):
        (directory / "addons" / link).symlink_to(place)
    if recording:
        with tarfile.open(FIXTURES / f"{recording}.tar.gz") as tar:
            tar.extractall(directory / "machine")  # noqa: S202 - our own recording
    (directory / ROOT).mkdir(parents=True)
    start = directory / "start-module"
    program = "-m tests.anaconda.elsewhere" if recording else "-m"
    start.write_text(f'#!/bin/sh\ncd / && exec {sys.executable} {program} "$1" 2>>{directory}/service.log\n')
    start.chmod(0o755)
    (directory / "service.log").touch()
    for file in addon.dbus.glob("*.service"):
        (directory / "services" / file.name).write_text(file.read_text().replace(START_MODULE, str(start)))
    for file in addon.dbus.glob("*.conf"):
        shutil.copy(file, directory / "confs")
    root = Path("/", ROOT).relative_to("/machine") if recording else directory / ROOT
    source.write_configuration(directory / "anaconda.conf", Path("/", root))


def _environment(directory: Path, more: Mapping[str, str]) -> dict[str, str]:
    return {
        "PYTHONPATH": ":".join([*source.search_path(), str(directory / "addons")]),
        "ANACONDA_CONFIG_TMP": str(directory / "anaconda.conf"),
        source.ELSEWHERE: str(directory / "machine"),
        **more,
    }


def _end(boss: Boss) -> None:
    for service in boss.modules:
        os.kill(boss.process(service), signal.SIGTERM)
