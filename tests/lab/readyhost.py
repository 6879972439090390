"""The plain host after `zeus install` without `--reboot`: the trial boot is armed, and everything may still go wrong.

with ready_host(scratch) as trip: trip.vm.check("rm /boot/zeus/current/xen.gz"); trip.vm.send("systemctl reboot\\n")
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.lab.cache import part, recipe
from tests.lab.images import machine_of, overlay, qemu_version, restored, save, snapshot
from tests.lab.journey import Journey, Wish, journey
from tests.lab.machine import free_port
from tests.lab.product import PACKAGE, TOP
from tests.lab.repositories import repositories

# Seconds that dom0 has in these tests, in none of which it is finished.
DEADLINE: Final = 240


def saved_ready_host() -> Path:
    """A directory with the host saved at its root prompt, and its disks. The product in it is part of its key."""
    key = [str(snapshot()), str(repositories()), recipe("readyhost.py", "journey.py"), qemu_version(), product_digest()]
    return part("ready-host", key, make_ready_host)


def product_digest() -> str:
    """What the product is made of."""
    digest = hashlib.sha256()
    for file in sorted((TOP / PACKAGE).rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(f"{file.relative_to(TOP)} ".encode() + file.read_bytes())
    return digest.hexdigest()


def make_ready_host(out: Path) -> None:
    """Install, and save where an operator would reboot."""
    with journey(out) as trip:
        said = trip.install(Wish(deadline=DEADLINE))
        if "The host is ready to reboot into Xen" not in said:
            raise RuntimeError(f"not ready:\n{said}")
        trip.vm.check("sync")
        save(trip.vm, out / "state")


@contextmanager
def ready_host(scratch: Path, *, log: Path | None = None) -> Iterator[Journey]:
    """The host at its root prompt in plain Linux, fresh disks in `scratch`."""
    saved = saved_ready_host()
    https = free_port()
    system = overlay(saved / "system.qcow2", scratch / "system.qcow2")
    data = overlay(saved / "data.qcow2", scratch / "data.qcow2")
    machine = machine_of(system, data, scratch, firmware="bios", forwards={443: https})
    with restored(machine, saved / "state", log or scratch / "serial.log") as vm:
        yield Journey(vm=vm, url="", https=https)
