"""Anaconda's order on a real machine: the boot loader first, then our tasks; that disk boots into Xen and is finished.

The system disk, the network and the SR are judged from outside of the guest.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from tests.anaconda.dialogs import Kind
from tests.anaconda.queue import Stage
from tests.lab.anaconda import Installer, installed_machine, installer
from tests.lab.anaconda_packages import LACKING
from tests.lab.disk import DISK_SIZE, ROOT_SIZE, ROOT_UUID
from tests.lab.images import DATA_SERIAL, SYSTEM_SERIAL, empty_disk
from tests.lab.journey import PASSWORD, PASSWORD_HASH, Journey
from tests.lab.machine import GUEST_ADDRESS, free_port
from tests.lab.outside import SR_TYPE_GUID, as_raw, lvm_metadata, partitions
from tests.lab.repositories import KEY_NAME, VENDOR_REPOSITORY
from tests.lab.screen import Screen
from tests.lab.tools import run
from tests.lab.vm import GRUB, LINUX, READY, XEN, boot

pytestmark = [pytest.mark.vm, pytest.mark.timeout(1800)]

HOSTNAME: Final = "xen1.lab.example"
# NIC, address and host name are Anaconda's own; so is the disk: what its partitioning leaves.
KICKSTART: Final = """\
text
lang en_US.UTF-8
keyboard us
timezone Etc/UTC --utc
network --bootproto=dhcp --hostname={hostname}
{selection}
clearpart --all --initlabel
bootloader
part / --fstype=ext4 --size=4096
rootpw --lock
repo --name=xapi --baseurl={url}/{vendor}/
%packages
@core
%end
%addon org_xenproject_zeus
version = 1

[host]
root_password_hash = "{hash}"

[storage]
{storage}

[network]
backend = "bridge"

[[packages.repos]]
id = "xapi"
baseurl = "{url}/{vendor}/"
gpgkey = "{url}/{key}"
%end
"""
# Anaconda's queue before our installation task, and behind it.
BEFORE_OURS: Final = (
    "Check the machine for Xen",
    *(Stage.STORAGE, Stage.PRE_INSTALL, Stage.PAYLOAD, "configure the boot loader", Stage.BOOTLOADER),
    *(Stage.AFTER_PAYLOAD, Stage.SYSTEM),
)
AFTER_OURS: Final = (Stage.INITRAMFS, Stage.KICKSTART, Stage.POST, Stage.LOGS)
# What Anaconda shows of ours.
STEPS: Final = (
    "Checking the machine for Xen",
    "Zeus: Make the partition of the storage repository",
    "Zeus: Install Xen and the toolstack",
    "Zeus: Write the identity of the host",
    "Zeus: Prepare the management network",
    "Zeus: Set up the services of dom0",
    "Zeus: Make the Xen boot entry",
    "Zeus: Arm the trial boot",
)
# The installer's files that are newer than the mark, without those that any use of a system changes.
CHANGED: Final = (
    "find / -xdev -newer {mark} -type f ! -path '/var/log/*' ! -path '/var/tmp/*' ! -path '/tmp/*' ! -path '/root/*'"
    " ! -name '*.pyc' ! -name '*.sqlite-shm'"
)


def install(anaconda: Installer, storage: str, disks: Sequence[str], lacking: Sequence[str] = LACKING) -> Any:
    """Play an installation with these words in the section, on the disks that Anaconda may use."""
    selection = f"ignoredisk --only-use={','.join(f'disk/by-id/virtio-{serial}' for serial in disks)}"
    kickstart = KICKSTART.format(
        hostname=HOSTNAME,
        selection=selection,
        storage=storage,
        hash=PASSWORD_HASH,
        url=anaconda.url,
        vendor=VENDOR_REPOSITORY,
        key=KEY_NAME,
    )
    return anaconda.install(kickstart, hostname=HOSTNAME, disks=disks, lacking=lacking)


@pytest.mark.campaign  # tests/vm/test_iso.py comes by here every day
def test_a_disk_that_anaconda_installs_boots_into_xen_and_is_finished(tmp_path: Path) -> None:
    with installer(tmp_path) as anaconda:
        refuse_a_disk_of_anacondas(anaconda)
        put_the_host_on_the_disk(anaconda)
        anaconda.vm.power_off()
    untouched = empty_disk(tmp_path / "untouched.qcow2")
    assert "identical" in run(["qemu-img", "compare", untouched, tmp_path / "data.qcow2"])
    boot_into_xen(tmp_path)
    assert_disk(tmp_path / "system.qcow2")


def test_a_boot_entry_that_cannot_be_made_yet_is_left_to_the_first_boot(tmp_path: Path) -> None:
    """Without a dracut that works there is no initramfs for the boot set; plain Linux, once it runs, has its own."""
    with installer(tmp_path) as anaconda:
        outcome = install(anaconda, 'space = "free-space"', [SYSTEM_SERIAL], lacking=LACKING[:-1])["outcome"]
        assert outcome["dialogs"] == []
        assert outcome["complete"]
        left = "Zeus: left to the first boot: Make the Xen boot entry: chroot /mnt/sysroot /usr/bin/dracut --force "
        assert outcome["said"][-1].startswith(left)
        anaconda.vm.power_off()
    with boot(installed_machine(tmp_path, free_port()), tmp_path / "serial.log") as vm:
        # Plain Linux makes up for it, and reboots by itself.
        vm.wait_boots(XEN, 1, 400)
        assert vm.boots(GRUB) == 2
        vm.quit()


def refuse_a_disk_of_anacondas(anaconda: Installer) -> None:
    """A disk for the SR that Anaconda may use too ends the installation before anything is written."""
    story = install(anaconda, f'disks = [{{ serial = "{DATA_SERIAL}" }}]', [SYSTEM_SERIAL, DATA_SERIAL])
    outcome = story["outcome"]
    assert outcome["begun"] == ["Check the machine for Xen"]
    assert outcome["dialogs"] == [
        {
            "kind": Kind.FATAL,
            "text": "Zeus: this machine cannot become a host, 1 of 10 checks failed:\n"
            f"  storage.disk: storage.disks names disk, serial {DATA_SERIAL}, 21.5 GB, /dev/vdc,"
            " which Anaconda may use for the system\n\n"
            "What to do: storage.disk: leave it to Zeus: ignoredisk --drives=vdc, or the disk not selected;"
            ' or say space = "free-space"',
        }
    ]


def put_the_host_on_the_disk(anaconda: Installer) -> None:
    """The whole queue; the SR is to lie in what Anaconda's partitioning left of its disk."""
    vm = anaconda.vm
    vm.check("touch /run/before")
    story = install(anaconda, 'space = "free-space"', [SYSTEM_SERIAL])
    outcome = story["outcome"]
    assert outcome["dialogs"] == []
    assert outcome["complete"]
    assert outcome["begun"] == [*BEFORE_OURS, "Make this system a Xen host", *AFTER_OURS]
    assert [text for text in outcome["said"] if text in STEPS] == list(STEPS)

    # Anaconda makes the initramfs anew after us; the boot set has its own, which was made for it.
    before, after = story["initramfs"]
    (own,) = (path for path in before if "/boot/zeus/" in path)
    (plain,) = (path for path in before if "/boot/zeus/" not in path)
    assert before[own] == before[plain] == after[own] != after[plain]

    # All that was written is on the other disk.
    assert vm.check(CHANGED.format(mark="/run/before")) == ""


def boot_into_xen(scratch: Path) -> None:
    """The first boot of the installed disk is the trial; the wizard on its console shows the run to its end."""
    https = free_port()
    with boot(installed_machine(scratch, https), scratch / "serial.log") as vm:
        trip = Journey(vm=vm, url="", https=https)
        screen = Screen(vm.console)
        vm.wait_boots(XEN, 1, 240)
        screen.expect("This machine is a verified XenAPI host.", 900)
        screen.expect(f"https://{GUEST_ADDRESS}, user root")
        assert HOSTNAME in screen.text
        assert_host(trip.login())

        screen.press("f10")
        vm.expect(READY, 120)
        trip.prompt()
        assert (vm.boots(GRUB), vm.boots(XEN), vm.boots(LINUX)) == (1, 1, 1)
        assert vm.check("zeus status").startswith("state: done\n")
        report = trip.report()
        assert report["result"] == "done"
        assert "saved_entry=zeus-xen\n" in vm.check("grub2-editenv list")
        assert json.loads(vm.check("cat /var/lib/zeus/anaconda.json"))["result"] == "done"
        vm.check("rpm -q zeus-installer zeus-firstboot xapi-core")
        # Where the installer had its own root is of no interest to anybody.
        words = vm.check("cat /proc/cmdline").split()
        assert [word for word in words if word.startswith(("root=", "inst."))] == [f"root=UUID={ROOT_UUID}"]
        written = vm.check("stat -c %a /root/anaconda-ks.cfg; cat /root/anaconda-ks.cfg")
        assert written.startswith("600\n")
        assert "%addon org_xenproject_zeus\nversion = 1\n" in written
        assert PASSWORD_HASH in written
        assert PASSWORD not in written
        vm.power_off()


def assert_host(session: Any) -> None:
    """The host as a client sees it from outside."""
    api = session.xenapi
    (host,) = api.host.get_all_records().values()
    assert host["enabled"]
    assert host["hostname"] == HOSTNAME
    assert host["address"] == GUEST_ADDRESS
    (pool,) = api.pool.get_all_records().values()
    sr = api.SR.get_record(pool["default_SR"])
    assert sr["type"] == "ext"
    assert int(sr["physical_size"]) > 0.9 * (DISK_SIZE - ROOT_SIZE)
    assert [api.PBD.get_currently_attached(pbd) for pbd in sr["PBDs"]] == [True]
    (pif,) = (pif for pif in api.PIF.get_all_records().values() if pif["management"])
    assert pif["ip_configuration_mode"] == "DHCP"
    assert pif["IP"] == GUEST_ADDRESS


def assert_disk(image: Path) -> None:
    """The SR's partition is one more on the disk, behind the system's."""
    raw = as_raw(image)
    *others, partition = partitions(raw)
    assert len(others) == 2
    assert partition["type"] == SR_TYPE_GUID
    assert "XSLocalEXT-" in lvm_metadata(raw, partition)
