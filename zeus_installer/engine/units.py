"""The systemd units that carry a run over hang-ups, reboots and power cuts."""

import subprocess
import sys
from importlib import resources
from typing import Final

from zeus_installer.host.units import OURS, reload
from zeus_installer.plan import Plan
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.run import run
from zeus_installer.system.target import Target

_SERVICE: Final = "zeus-run.service"
_DEADLINE_TIMER: Final = "zeus-deadline.timer"
_UNITS: Final = (_SERVICE, _DEADLINE_TIMER, "zeus-deadline.service")
_LINKS: Final = {
    _SERVICE: f"{OURS}/multi-user.target.wants/{_SERVICE}",
    _DEADLINE_TIMER: f"{OURS}/timers.target.wants/{_DEADLINE_TIMER}",
}


def install_units(plan: Plan, target: Target) -> None:
    """Write and enable the units: from now on each boot goes on with the plan."""
    deadline = str(plan.context.answers.boot.deadline)
    for name in _UNITS:
        target.write_atomic(f"{OURS}/{name}", own_file(name).replace("@DEADLINE@", deadline))
    for name, link in _LINKS.items():
        target.link_atomic(link, f"{OURS}/{name}")
    reload(target)


def remove_units(target: Target) -> None:
    """Disable the units: the plan has come to its end, one way or the other."""
    for link in _LINKS.values():
        target.remove(link)
    for name in _UNITS:
        target.remove(f"{OURS}/{name}")
    reload(target)


def own_file(name: str) -> str:
    """Give a file of firstboot/, with the Python that runs us in the place of its `@PYTHON@`."""
    text = resources.files("zeus_installer").joinpath("firstboot", name).read_text(encoding="utf-8")
    return text.replace("@PYTHON@", sys.executable)


def stop_deadline(target: Target) -> None:
    """Stop the timer that would reboot an unfinished dom0."""
    if _has_systemd(target):
        run(["systemctl", "stop", _DEADLINE_TIMER], ok=(0, 5))


def start_run(target: Target) -> None:
    """Start the run in the background: as a service, or as a process of its own where no systemd runs."""
    if _has_systemd(target):
        run(["systemctl", "start", _SERVICE])
        return
    subprocess.Popen(
        [sys.executable, "-m", "zeus_installer.engine.service", "--root", str(target.root)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def reboot(target: Target) -> None:
    """Reboot in the orderly way."""
    if not _has_systemd(target):
        raise ZeusError("run.reboot", "no systemd runs here: the machine is not rebooted", hint="reboot it by hand")
    run(["systemctl", "--no-block", "reboot"])


def _has_systemd(target: Target) -> bool:
    return target.is_running_system and target.path("/run/systemd/system").is_dir()
