"""Plays an installation by Anaconda inside of the lab's installer: `python3 -m tests.lab.anaconda_boss <order.json`.

Runs in the guest. The queue is that of tests/anaconda; the stages that are not an add-on's do here what Anaconda's own
do to a disk that has its partitions and the distribution's packages already.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from tests.anaconda.boss import Boss
from tests.anaconda.bus import PrivateBus
from tests.anaconda.loop import Publisher
from tests.anaconda.modules import Device, Modules, Nic, error_mapper
from tests.anaconda.queue import Installation, Outcome, Stage

ANACONDA: Final = Path("/usr/share/anaconda")
PHYSICAL_ROOT: Final = Path("/mnt/sysimage")
SYSTEM_ROOT: Final = Path("/mnt/sysroot")
# modules/storage/devicetree/fsset.py: get_system_filesystems
SYSTEM_MOUNTS: Final = (
    ("--bind", "/dev", "dev"),
    ("-t", "tmpfs", "tmpfs", "dev/shm"),
    ("-t", "devpts", "devpts", "dev/pts"),
    ("-t", "sysfs", "sysfs", "sys"),
    ("-t", "proc", "proc", "proc"),
    ("--bind", "/run", "run"),
    ("-t", "tmpfs", "tmpfs", "tmp"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to install: a kickstart file, and its words that Anaconda's own modules would have read.

    `disks` are the serial numbers of the disks that Anaconda may use; the system's partition is the last one of the
    first of them. `repos` are the arguments that make them dnf's; `lacking` are RPMs of the distribution's base that
    the disk does not have yet.
    """

    kickstart: str
    hostname: str
    disks: Sequence[str]
    repos: Sequence[str] = ()
    lacking: Sequence[str] = ()


@dataclass(kw_only=True)
class Story:
    """How it went. `initramfs` are the images' digests before and after Anaconda's own initramfs stage."""

    errors: str = ""
    outcome: Outcome | None = None
    initramfs: list[dict[str, str]] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Install, and print the story."""
    order = Order(**json.load(sys.stdin))
    print(json.dumps(asdict(install(order))))


def install(order: Order) -> Story:
    """Read the kickstart and work off the queue."""
    story = Story()
    modules = modules_of(order)
    with installer(modules) as boss:
        report = boss.read_kickstart(Path(order.kickstart))
        if report.errors:
            story.errors = report.shown
            return story
        story.outcome = Outcome()
        work = Stages(order=order, story=story, outcome=story.outcome, modules=modules)
        Installation(boss=boss, root=SYSTEM_ROOT, hooks=work.hooks(), outcome=story.outcome).run()
    return story


@contextmanager
def installer(modules: Modules) -> Iterator[Boss]:
    """Anaconda's bus with what the image has for it, the modules beside the add-on, and the add-ons started."""
    directory = Path("/run/anaconda")
    directory.mkdir(exist_ok=True)
    for name in ("services", "confs"):
        if not (directory / name).exists():
            (directory / name).symlink_to(ANACONDA / "dbus" / name)
    with ExitStack() as stack:
        bus = stack.enter_context(PrivateBus(directory, {}))
        boss = Boss(bus.connect())
        stack.callback(end, boss)
        stack.enter_context(Publisher(bus.connect(error_mapper), {**modules.services(), **boss.services()}))
        boss.start_modules()
        if boss.dropped:
            raise RuntimeError(f"{boss.dropped}\n{(directory / 'bus.log').read_text()}")
        yield boss


def end(boss: Boss) -> None:
    """End the add-ons' processes: they live as long as the installer, through all that it does."""
    for service in boss.modules:
        os.kill(boss.process(service), signal.SIGTERM)


def modules_of(order: Order) -> Modules:
    """What Anaconda's modules say of this machine: its NICs, its disks, the partitions as they will be."""
    nics = [nic for nic in json.loads(run("ip", "-json", "link")) if nic["link_type"] == "ether"]
    disks = json.loads(run("lsblk", "--json", "--bytes", "--output", "NAME,TYPE,SIZE,SERIAL,FSTYPE"))["blockdevices"]
    devices = [device for disk in disks if disk["type"] == "disk" for device in devices_of(disk, order)]
    return Modules(
        hostname=order.hostname,
        nics=[Nic(name=nic["ifname"], mac=nic["address"], active=nic["operstate"] == "UP") for nic in nics],
        devices=devices,
        selected_disks=[device.id for device in devices if device.serial in order.disks],
        ignored_disks=[device.id for device in devices if device.serial and device.serial not in order.disks],
    )


def devices_of(disk: Mapping[str, Any], order: Order) -> Iterator[Device]:
    """A disk and its partitions. Their ids are not their names, as blivet's are not."""
    parts = disk.get("children", [])
    yield Device(
        id=f"DISK-{disk['name']}",
        name=disk["name"],
        size=disk["size"],
        free=disk["size"] - sum(part["size"] for part in parts),
        serial=disk["serial"],
    )
    for part in parts:
        yield Device(
            id=f"PARTITION-{part['name']}",
            name=part["name"],
            type="partition",
            size=part["size"],
            parents=[f"DISK-{disk['name']}"],
            format=part["fstype"] or "biosboot",
            mount_point="/" if disk["serial"] == order.disks[0] and part is parts[-1] else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """What Anaconda itself does between the add-ons' tasks."""

    order: Order
    story: Story
    outcome: Outcome
    modules: Modules

    def hooks(self) -> dict[Stage, Callable[[], None]]:
        """Each of them, with a watch on it."""
        work = {
            Stage.STORAGE: self.mount,
            Stage.PAYLOAD: self.install_packages,
            Stage.BOOTLOADER: self.write_bootloader,
            Stage.SYSTEM: self.write_hostname,
            Stage.INITRAMFS: self.make_initramfs,
            Stage.LOGS: self.unmount,
        }
        return {stage: partial(self.timed, stage, one) for stage, one in work.items()}

    def timed(self, stage: Stage, work: Callable[[], None]) -> None:
        """Do it."""
        began = time.monotonic()
        work()
        self.story.seconds[stage] = round(time.monotonic() - began, 1)

    def mount(self) -> None:
        """Mount the system at both of its places. A new one has no boot configuration yet."""
        root = next(device for device in self.modules.devices if device.mount_point == "/")
        for place in (PHYSICAL_ROOT, SYSTEM_ROOT):
            place.mkdir(exist_ok=True)
        run("mount", f"/dev/{root.name}", PHYSICAL_ROOT)
        mount_system()
        for name in ("grub.cfg", "grubenv"):
            (SYSTEM_ROOT / "boot/grub2" / name).unlink()

    def install_packages(self) -> None:
        """The base that is lacking, then what the add-ons want: one real transaction of dnf's."""
        run("rpm", "--root", SYSTEM_ROOT, "--install", *self.order.lacking)
        wanted = [one.name for one in self.outcome.requirements if one.type == "package"]
        run("dnf", "--assumeyes", "--quiet", f"--installroot={SYSTEM_ROOT}", *self.order.repos, "install", *wanted)

    def write_bootloader(self) -> None:
        """GRUB's environment block and its menu; its programs are on the disk."""
        inside("grub2-editenv", "-", "create")
        inside("grub2-mkconfig", "-o", "/boot/grub2/grub.cfg")

    def write_hostname(self) -> None:
        """What the network module was told."""
        (SYSTEM_ROOT / "etc/hostname").write_text(f"{self.modules.hostname}\n")

    def make_initramfs(self) -> None:
        """The initramfs of every kernel, anew."""
        self.note_initramfs()
        for kernel in sorted((SYSTEM_ROOT / "usr/lib/modules").iterdir()):
            inside("depmod", "-a", kernel.name)
            # How dracut ends is not looked at (modules/storage/bootloader/utils.py: recreate_initrds).
            make = f"dracut -f /boot/initramfs-{kernel.name}.img {kernel.name}".split()
            subprocess.run(["chroot", SYSTEM_ROOT, *make], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.note_initramfs()

    def note_initramfs(self) -> None:
        """Write down what the images are."""
        images = sorted((SYSTEM_ROOT / "boot").rglob("initramfs*"))
        self.story.initramfs.append({str(image): sha256(image.read_bytes()).hexdigest() for image in images})

    def unmount(self) -> None:
        """Leave the system as it is. The add-ons' processes live on: whatever they keep open would be in the way."""
        for place in (SYSTEM_ROOT, PHYSICAL_ROOT):
            run("mount", "--make-rprivate", place)
            run("umount", "--recursive", place)


def mount_system() -> None:
    """Mount what the new system's programs need, and the system at its second place."""
    for *what, point in SYSTEM_MOUNTS:
        run("mount", *what, PHYSICAL_ROOT / point)
    run("mount", "--rbind", PHYSICAL_ROOT, SYSTEM_ROOT)


def inside(*command: str) -> str:
    """Run a program of the new system in it."""
    return run("chroot", SYSTEM_ROOT, *command)


def run(*command: str | Path, stdin: str = "") -> str:
    """Run a program; one that fails says why."""
    done = subprocess.run(command, input=stdin, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
