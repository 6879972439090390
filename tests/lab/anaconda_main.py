"""Anaconda, as far as the lab has it: from /run/install/ks.cfg to a disk that boots, without a question.

Runs in the guest, as the service lab-anaconda of the installer's image. In Anaconda's order: the add-ons' modules
start, the %pre scripts run, the kickstart is read, the queue is worked off, the machine reboots. What is said is on the
console.
"""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pykickstart.constants import DISPLAY_MODE_CMDLINE, KS_SCRIPT_ONERROR, KS_SCRIPT_PRE, KS_SHUTDOWN
from pykickstart.errors import KickstartError

from tests.anaconda.boss import Boss
from tests.anaconda.dialogs import Era
from tests.anaconda.modules import Device, Modules, Nic
from tests.anaconda.queue import Installation, Outcome
from tests.lab.anaconda_boss import SYSTEM_ROOT, Order, Story, installer, run
from tests.lab.anaconda_disk import PartitioningError, make_plan, planned_devices
from tests.lab.anaconda_scripts import ScriptError, read, run_scripts
from tests.lab.anaconda_stages import FullStages

KICKSTART: Final = Path("/run/install/ks.cfg")
MEDIUM: Final = "/run/install/repo"
LOG: Final = Path("/tmp/anaconda.log")
# How long an error stays before the machine reboots (anaconda.py).
ERROR_SECONDS: Final = 10


class EndedError(Exception):
    """The installation ended with this error."""


class Told(list[str]):
    """A list that says what is put into it."""

    def append(self, text: str) -> None:
        """Put it in."""
        super().append(text)
        say(text)


@dataclass(frozen=True, slots=True)
class Began:
    """When the installer began, by the monotonic clock."""

    at: float


_BEGAN: Final = Began(time.monotonic())


def say(text: str) -> None:
    """Tell it on the console and in the log."""
    line = f"anaconda[{time.monotonic() - _BEGAN.at:.1f}]: {text}"
    print(line, flush=True)
    with LOG.open("a") as log:
        log.write(f"{line}\n")


def main() -> int:
    """Install, and reboot or power off."""
    handler = None
    try:
        modules = Modules(nics=list(nics()), devices=list(disks()))
        with installer(modules) as boss:
            say("the add-ons have started")
            handler = prepare()
            try:
                work(boss, handler, modules)
            except EndedError:
                run_scripts(handler, KS_SCRIPT_ONERROR, SYSTEM_ROOT)
                raise
    except EndedError as error:
        say(f"The installation was stopped by an error:\n\n{error}\n")
        time.sleep(ERROR_SECONDS)
    else:
        say("Installation complete")
    action = handler.reboot.action if handler else None
    run("systemctl", "--no-wall", "poweroff" if action == KS_SHUTDOWN else "reboot")
    return 0


def prepare() -> Any:
    """Run the %pre scripts, and read the kickstart with what they made."""
    try:
        run_scripts(read(KICKSTART), KS_SCRIPT_PRE, SYSTEM_ROOT)
        say("the %pre scripts have run")
        return read(KICKSTART)
    except (KickstartError, ScriptError) as error:
        raise EndedError(str(error)) from error


def work(boss: Boss, handler: Any, modules: Modules) -> None:
    """Set the modules as the kickstart says, and work off the queue."""
    if handler.displaymode.displayMode != DISPLAY_MODE_CMDLINE:
        raise EndedError("the kickstart leaves something to be asked, and nobody can be asked here")
    modules.hostname = next((one.hostname for one in handler.network.network if one.hostname), modules.hostname)
    usable = [device for device in modules.devices if not device.protected]
    try:
        plan = make_plan(handler, usable)
    except PartitioningError as error:
        raise EndedError(str(error)) from error
    modules.selected_disks = [device.id for device in usable if device.name == plan.disk]
    modules.ignored_disks = [device.id for device in usable if device.name != plan.disk]
    modules.devices = list(planned_devices(plan, modules.devices))
    report = boss.read_kickstart(KICKSTART)
    if report.errors:
        raise EndedError(report.shown)
    outcome = Outcome(begun=Told(), said=Told())
    story = Story()
    order = Order(kickstart=str(KICKSTART), hostname=modules.hostname, disks=[plan.disk])
    stages = FullStages(order=order, story=story, outcome=outcome, modules=modules, handler=handler, plan=plan, say=say)
    Installation(
        boss=boss,
        root=SYSTEM_ROOT,
        hooks=stages.hooks(),
        outcome=outcome,
        era=Era.F45,
        interactive=False,
    ).run()
    if not outcome.complete:
        raise EndedError("\n".join(dialog.text for dialog in outcome.dialogs))


def nics() -> Iterator[Nic]:
    """The machine's NICs."""
    for nic in json.loads(run("ip", "-json", "link")):
        if nic["link_type"] == "ether":
            yield Nic(name=nic["ifname"], mac=nic["address"], active=nic["operstate"] == "UP")


def disks() -> Iterator[Device]:
    """The machine's disks; the one that the installer came from is protected."""
    medium = run("sh", "-c", f"findmnt -n -o SOURCE {MEDIUM} || :").strip()
    listed = json.loads(run("lsblk", "--json", "--bytes", "--output", "NAME,PATH,TYPE,SIZE,SERIAL"))["blockdevices"]
    for disk in listed:
        if disk["type"] == "disk":
            own = [disk["path"], *(part["path"] for part in disk.get("children", []))]
            yield Device(
                id=f"DISK-{disk['name']}",
                name=disk["name"],
                size=disk["size"],
                free=disk["size"],
                serial=disk["serial"] or "",
                protected=medium in own,
            )


if __name__ == "__main__":
    sys.exit(main())
