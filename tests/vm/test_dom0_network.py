"""The names of NICs and who manages them: only with zeus.dom0 on the kernel's command line, and nothing without it."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.bootfiles import boot_files
from tests.lab.disk import LAYOUTS
from tests.lab.images import plain_machine
from tests.lab.machine import DirectKernel, Machine
from tests.lab.machine import Nic as Card
from tests.lab.vm import Vm, boot
from tests.unit.test_host_steps import context
from zeus_installer.answers.model import Answers
from zeus_installer.machine.model import Nic
from zeus_installer.steps.management_network import ManagementNetwork

pytestmark = [pytest.mark.vm, pytest.mark.timeout(900)]

MACS = ("52:54:00:12:34:56", "52:54:00:12:34:57", "52:54:00:12:34:58")
# The other way round than the kernel finds them: every name is one that another NIC has at first.
WANTED = {"eth0": MACS[2], "eth1": MACS[1], "eth2": MACS[0]}


@contextmanager
def started(machine: Machine, log: Path, words: str = "") -> Iterator[Vm]:
    """Start the machine with more words for its kernel."""
    files = boot_files()
    arguments = f"{LAYOUTS['plain'].kernel_arguments} {words}"
    kernel = DirectKernel(kernel=files / "vmlinuz", initrd=files / "initramfs.img", arguments=arguments)
    with boot(dataclasses.replace(machine, direct=kernel), log) as vm:
        vm.login()
        vm.run("systemctl is-system-running --wait", timeout=180)
        yield vm
        vm.power_off()


def names(vm: Vm) -> dict[str, str]:
    """Give the interfaces that have a device, with their addresses."""
    shown = vm.check("cd /sys/class/net; for i in *; do [ ! -e $i/device ] || echo $i $(cat $i/address); done")
    return dict(line.split() for line in shown.splitlines())


def states(vm: Vm) -> dict[str, str]:
    """Give what NetworkManager makes of them."""
    shown = vm.check("nmcli -t -f DEVICE,STATE device")
    return dict(line.split(":", 1) for line in shown.splitlines() if not line.startswith("lo:"))


def network() -> ManagementNetwork:
    nics = tuple(Nic(name=f"x{index}", mac=mac, bus=f"0000:{9 - index:02x}:00.0") for index, mac in enumerate(MACS))
    plain = context(Answers(), nics=nics[:1])
    machine = dataclasses.replace(plain.machine, nics=nics)
    return ManagementNetwork.from_context(dataclasses.replace(plain, machine=machine))


def test_names_and_management_belong_to_dom0_alone(tmp_path: Path) -> None:
    cards = [Card(mac=MACS[0]), Card(mac=MACS[1], model="e1000e"), Card(mac=MACS[2])]
    machine = dataclasses.replace(plain_machine(tmp_path), nics=cards)
    units = [file.path for file in network().files if file.path.endswith(".service")]
    with started(machine, tmp_path / "before.log") as vm:
        before, managed = names(vm), states(vm)
        vm.check("ln -sf /run/NetworkManager/resolv.conf /etc/resolv.conf")
        for file in network().files:
            vm.check(f"mkdir -p {Path(file.path).parent}")
            vm.console.write_file(file.path, file.content or "")
        vm.check(f"systemctl enable {' '.join(units)} && sync")
    assert set(before) & set(WANTED) == set()
    assert "connected" in managed.values()

    # With net.ifnames=0 the kernel's names stay until ours come.
    with started(machine, tmp_path / "dom0.log", "zeus.dom0 net.ifnames=0") as vm:
        assert names(vm) == WANTED
        assert states(vm) == dict.fromkeys(WANTED, "unmanaged")
        assert vm.check("systemctl is-active zeus-dom0-network.service") == "active\n"
        vm.check("rm /etc/resolv.conf && echo 'nameserver 192.0.2.53' >/etc/resolv.conf && sync")

    with started(machine, tmp_path / "after.log") as vm:
        assert (names(vm), states(vm)) == (before, managed)
        assert vm.run("test -e /run/NetworkManager/conf.d/zeus-dom0.conf").status == 1
        assert vm.check("readlink /etc/resolv.conf").strip() == "/run/NetworkManager/resolv.conf"
