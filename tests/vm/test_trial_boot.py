"""Whatever goes wrong with a trial boot, the machine comes back to plain Linux by itself. Seen from the serial line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.images import restored, save
from tests.lab.vm import GRUB, LINUX, XEN, Vm
from tests.lab.xenhost import QUOTED_WORD, arm_trial, copy_of, xen_host

pytestmark = [pytest.mark.vm, pytest.mark.timeout(900)]


def back_in_plain_linux(vm: Vm) -> None:
    """Log in and see that this is plain Linux, that the trial is over, and that nothing else is armed."""
    vm.login(timeout=240)
    assert "zeus.dom0" not in vm.check("cat /proc/cmdline")
    assert vm.run("test -e /sys/hypervisor/type").status != 0
    assert vm.check("grub2-editenv - list") == "saved_entry=0\nnext_entry=\n"


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("truncate -s 500000 xen.gz", "xen.gz: HASH MISMATCH"),
        ("rm initramfs.img", r"error: file .*initramfs\.img. not found"),
    ],
)
def test_a_boot_set_damaged_after_it_was_armed(tmp_path: Path, damage: str, complaint: str) -> None:
    with xen_host(tmp_path) as vm:
        arm_trial(vm)
        vm.check(f"cd /boot/zeus/current/ && {damage} && cd && sync")
        vm.send("systemctl reboot\n")
        vm.wait_boots(GRUB, 2, timeout=180)
        back_in_plain_linux(vm)
        assert (vm.boots(GRUB), vm.boots(XEN), vm.boots(LINUX)) == (2, 0, 1)
        vm.wait_boots(complaint, 1, timeout=1)


@pytest.fixture(scope="module")
def saved_dom0(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a machine in its first trial boot, saved at dom0's root prompt, and its disks."""
    directory = tmp_path_factory.mktemp("dom0")
    with xen_host(directory) as vm:
        arm_trial(vm)
        vm.send("systemctl reboot\n")
        vm.wait_boots(XEN, 1, timeout=180)
        vm.login(timeout=400)
        save(vm, directory / "state")
    return directory


@pytest.fixture
def dom0(saved_dom0: Path, tmp_path: Path) -> Iterator[Vm]:
    with restored(copy_of(saved_dom0, tmp_path), saved_dom0 / "state", tmp_path / "serial.log") as vm:
        yield vm


def test_the_trial_is_dom0_with_the_words_of_the_entry(dom0: Vm) -> None:
    assert dom0.check("cat /sys/hypervisor/type") == "xen\n"
    words = dom0.check("cat /proc/cmdline")
    assert f'"{QUOTED_WORD}"' in words
    assert " zeus.dom0 " in words
    assert dom0.check("grub2-editenv - list") == "saved_entry=0\nnext_entry=\n"
    assert dom0.check("cat /sys/class/watchdog/watchdog0/identity") == "xen_wdt\n"
    assert dom0.check("systemctl show -p RuntimeWatchdogUSec") == "RuntimeWatchdogUSec=2min\n"


def test_a_dom0_that_panics(dom0: Vm) -> None:
    dom0.send("echo c > /proc/sysrq-trigger\n")
    dom0.wait_boots(GRUB, 1, timeout=120)
    back_in_plain_linux(dom0)
    assert (dom0.boots(GRUB), dom0.boots(XEN), dom0.boots(LINUX)) == (1, 0, 1)


def test_a_dom0_that_freezes(dom0: Vm) -> None:
    """Every processor is taken by a task that nothing may interrupt: neither systemd nor a shell runs any more."""
    dom0.check("sysctl -q kernel.sched_rt_runtime_us=-1")
    # Since Linux 6.12 ordinary tasks have a share of their own beside real-time ones.
    dom0.check("mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug")
    dom0.check("for share in /sys/kernel/debug/sched/fair_server/cpu*/runtime; do echo 0 > $share; done")
    dom0.send("for n in 1 2 3 4; do chrt -f 99 sh -c 'while :; do :; done' & done\n")
    dom0.wait_boots(r"\(XEN\) Hardware Dom0 shutdown: watchdog rebooting machine", 1, timeout=400)
    back_in_plain_linux(dom0)
    assert (dom0.boots(GRUB), dom0.boots(XEN), dom0.boots(LINUX)) == (1, 0, 1)
