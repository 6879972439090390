"""What Anaconda itself does between the add-ons' tasks, on a disk that has nothing yet, as the kickstart says.

Runs in the guest. The base system is copied, as Anaconda's live payload does; the rest is one transaction of dnf's.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from pykickstart.constants import KS_SCRIPT_POST, KS_SCRIPT_PREINSTALL

from tests.anaconda.queue import Stage
from tests.lab.anaconda_boss import PHYSICAL_ROOT, SYSTEM_ROOT, Stages, inside, mount_system, run
from tests.lab.anaconda_disk import (
    ESP,
    Plan,
    copy_system,
    make_partitions,
    uefi,
    uuid,
    write_configuration,
)
from tests.lab.anaconda_scripts import run_scripts

BASE: Final = Path("/run/lab/image/base")
CACHE: Final = "/var/tmp/dnf.cache"
# The distribution's repository of this image.
DISTRIBUTION: Final = "fedora-lab"
# Anaconda's name of the repository that `url` gives; it has no key.
BASE_REPOSITORY: Final = "anaconda"


@dataclass(frozen=True, slots=True, kw_only=True)
class FullStages(Stages):
    """From an empty disk to a system that boots."""

    handler: Any
    plan: Plan
    say: Callable[[str], object]

    def hooks(self) -> dict[Stage, Callable[[], None]]:
        """Those of the kickstart too."""
        scripts = {
            Stage.PRE_INSTALL: partial(run_scripts, self.handler, KS_SCRIPT_PREINSTALL, SYSTEM_ROOT),
            Stage.POST: partial(run_scripts, self.handler, KS_SCRIPT_POST, SYSTEM_ROOT),
        }
        more = {stage: partial(self.timed, stage, work) for stage, work in scripts.items()}
        return {**Stages.hooks(self), **more}

    def timed(self, stage: Stage, work: Callable[[], None]) -> None:
        """Do it, and say so."""
        Stages.timed(self, stage, work)
        self.say(f"{stage}: {self.story.seconds[stage]} s")

    def mount(self) -> None:
        """Make the partitions and mount them."""
        for place in (PHYSICAL_ROOT, SYSTEM_ROOT):
            place.mkdir(exist_ok=True)
        make_partitions(self.plan)

    def install_packages(self) -> None:
        """The base, then what the add-ons want."""
        began = time.monotonic()
        copy_system(BASE, PHYSICAL_ROOT)
        self.say(f"the base system is copied: {time.monotonic() - began:.1f} s")
        write_configuration(self.plan, PHYSICAL_ROOT)
        mount_system()
        if uefi():
            run("mount", "-t", "efivarfs", "efivarfs", SYSTEM_ROOT / "sys/firmware/efi/efivars")
        wanted = [one.name for one in self.outcome.requirements if one.type == "package"]
        run("dnf", *self.dnf_options(), "install", *wanted)
        shutil.rmtree(SYSTEM_ROOT / CACHE.lstrip("/"), ignore_errors=True)

    def dnf_options(self) -> list[str]:
        """The repositories that the kickstart names, and its base: an address, or what the installer's files have."""
        names = [BASE_REPOSITORY if self.handler.url.url else DISTRIBUTION]
        names += [repo.name for repo in self.handler.repo.repoList]
        base = [f"--repofrompath={BASE_REPOSITORY},{self.handler.url.url}", f"--setopt={BASE_REPOSITORY}.gpgcheck=0"]
        return [
            *(base if self.handler.url.url else ()),
            *("--assumeyes", "--quiet", "--releasever=44", f"--installroot={SYSTEM_ROOT}"),
            *("--setopt=reposdir=/etc/yum.repos.d", "--setopt=varsdir=/etc/dnf/vars", f"--setopt=cachedir={CACHE}"),
            *("--setopt=install_weak_deps=False", "--disablerepo=*", f"--enablerepo={','.join(names)}"),
        ]

    def write_bootloader(self) -> None:
        """GRUB where the firmware looks for it, and its menu."""
        inside("grub2-editenv", "-", "create")
        if uefi():
            self.write_uefi_bootloader()
        else:
            inside("grub2-install", "--target=i386-pc", f"/dev/{self.plan.disk}")
        inside("grub2-mkconfig", "-o", "/boot/grub2/grub.cfg")

    def write_uefi_bootloader(self) -> None:
        """The package's programs are on the ESP; beside them the stub that leads to the menu, and a boot entry."""
        points = {one.mount_point: one for one in self.plan.partitions}
        boot, path = (points["/boot"], "/grub2") if "/boot" in points else (points["/"], "/boot/grub2")
        lines = f"search --no-floppy --fs-uuid --set=dev {uuid(boot)}", f"set prefix=($dev){path}", "export $prefix"
        stub = SYSTEM_ROOT / ESP.lstrip("/") / "EFI/fedora/grub.cfg"
        stub.write_text("\n".join((*lines, "configfile $prefix/grub.cfg", "")))
        number = str(1 + list(points).index(ESP))
        loader = r"\EFI\fedora\grubx64.efi"
        where = ("--disk", f"/dev/{self.plan.disk}", "--part", number, "--loader", loader)
        inside("efibootmgr", "--quiet", "--create", "--label", "Fedora", *where)

    def write_hostname(self) -> None:
        """What the network module was told, and whether root may log in with a password."""
        Stages.write_hostname(self)
        if self.handler.rootpw.lock:
            inside("usermod", "--lock", "root")
