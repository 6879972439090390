"""Machines that boot from a network at once, and nobody there: verified hosts, and one that says why it is not one.

Whatever is on the network is what an operator has: `zeus pxe render`, and `zeus pxe serve` with its dnsmasq and nginx.
"""

import hashlib
import re
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.lab.fleet import BASE_URL, GIB, HOSTS, Bench, Host, Serving, bench
from tests.lab.vm import LINUX, XEN, Vm, boot

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]

*GOOD, BAD = HOSTS
# How each machine comes to its kernel: what UEFI firmware says, and what every boot loader asks for.
FIRMWARE = {"xen2": "Start PXE over IPv4", "xen3": "Start HTTP Boot over IPv4"}
MENUS = {
    "xen1": "ipxe/hosts/52-54-00-0a-00-01.ipxe",
    "xen2": "grub/hosts/52-54-00-0a-00-02.cfg",
    "xen3": "grub/hosts/52-54-00-0a-00-03.cfg",
    "xen4": "ipxe/hosts/52-54-00-0a-00-04.ipxe",
}
# What the machine's console, its report and the table of `serve` all say.
REFUSAL = """\
storage.disks[0] matches no disk, wants 1
  -  LAB0004-40   42.9 GB  /dev/vda  ext4  its size is 42.9 GB, not >200G
  -  LAB0004-120  129 GB   /dev/vdb  ext4  its size is 129 GB, not >200G"""


def test_grub_boots_a_machine_with_a_bios_too(tmp_path: Path) -> None:
    host = GOOD[0]
    with (
        bench(tmp_path / "bench", [host]) as here,
        here.serving("--loader", "grub") as serving,
        boot(here.machine(host, tmp_path / host.name), log(tmp_path, host)) as vm,
    ):
        vm.expect("Run /init as init process", 180)
        # The kernel tells its words twice; a busy machine's serial port may lose some of them once.
        said = vm.console.text
        assert f" zeus.answers={BASE_URL}/hosts/52-54-00-0a-00-01.toml " in said
        assert " BOOTIF=01-52-54-00-0a-00-01\n" in said
        vm.quit()
    assert "has got grub/hosts/52-54-00-0a-00-01.cfg" in messages(serving, host)


@pytest.mark.parametrize("good", [GOOD[2:], pytest.param(GOOD, marks=pytest.mark.campaign)], ids=["two", "four"])
def test_a_fleet_becomes_hosts_and_the_machine_that_fits_no_rule_is_left_as_it_was(
    tmp_path: Path, good: Sequence[Host]
) -> None:
    hosts = (*good, BAD)
    with (
        bench(tmp_path / "bench", hosts) as here,
        here.serving("--until-done") as serving,
        ExitStack() as stack,
    ):
        machines = {host: here.machine(host, tmp_path / host.name, cpus=1) for host in hosts}
        before = digests(tmp_path / BAD.name)
        vms = {host: stack.enter_context(boot(machines[host], log(tmp_path, host))) for host in hosts}

        refused = serving.wait_for(BAD, ["refused"], 900)
        assert refused["error"] == {
            "code": "storage.disks",
            "message": REFUSAL,
            "hint": 'name a disk that can be used by serial = "…"',
        }
        vms[BAD].expect(re.escape(REFUSAL), 60)
        vms[BAD].quit()
        assert digests(tmp_path / BAD.name) == before

        for host in hosts:
            assert FIRMWARE.get(host.name, "") in vms[host].console.text
            assert f"has got {MENUS[host.name]}" in messages(serving, host)
        for host in good:
            wait_done(serving, host, vms[host])
        assert serving.process.wait(60) == 4
        assert serving.said[-1]["summary"] == f"{len(good)} of {len(hosts)} done, 1 failed (xen4.lab.example)"
        for host in good:
            assert_host(here, host, serving.of(host)[-1]["address"])
            # The installer's Linux was the only one before Xen's.
            assert (vms[host].boots(XEN), vms[host].boots(LINUX)) == (1, 2)


def wait_done(serving: Serving, host: Host, vm: Vm) -> None:
    """Wait for the end; one that is not good ends the test with the machine's own words."""
    end = serving.wait_for(host, ["done", "failed", "fell-back", "refused"], 2700)
    if end["state"] != "done":
        pytest.fail(f"{end}\n{vm.console.text[-3000:]}")


def assert_host(here: Bench, host: Host, address: str) -> None:
    """The host as a client sees it from outside."""
    api: Any = here.login(address).xenapi
    with here.lan.inside():
        (record,) = api.host.get_all_records().values()
        (pool,) = api.pool.get_all_records().values()
        sr = api.SR.get_record(pool["default_SR"])
    assert (record["enabled"], record["hostname"], record["address"]) == (True, host.hostname, address)
    assert sr["type"] == "ext"
    # The disk that the rule has chosen, wherever it is.
    assert int(sr["physical_size"]) > 0.9 * max(host.disks) * GIB


def messages(serving: Serving, host: Host) -> list[str]:
    """What a machine has got and said."""
    return [line["message"] for line in serving.of(host)]


def digests(directory: Path) -> dict[str, str]:
    """The disks of a machine, byte by byte."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.glob("disk*.qcow2")}


def log(scratch: Path, host: Host) -> Path:
    """Where a machine's console goes."""
    return scratch / host.name / "serial.log"
