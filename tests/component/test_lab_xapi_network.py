"""The lab xapi's bridges and addresses for real, in network and mount namespaces of their own (needs root)."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
LEASE_SCRIPT = REPOSITORY / "tests/lab/xapi/files/lab-udhcpc"

# A machine with eth0; the far end of its cable is in another namespace, with a DHCP server.
CABLE = """
set -e
mount -t sysfs none /sys
mount --bind {etc} /etc
mount -t tmpfs none /run
ip link set lo up
ip link add eth0 address 52:54:00:00:00:01 type veth peer name far
{dhcp}
exec {python} -c "$CODE"
"""
DHCP = """
unshare --net sleep 60 & far=$!
while [ "$(readlink /proc/$far/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
ip link set far netns $far
nsenter --net=/proc/$far/ns/net sh -c 'ip addr add 192.0.2.1/24 dev far && ip link set far up'
nsenter --net=/proc/$far/ns/net busybox udhcpd -f {conf} >/dev/null 2>&1 &
"""
UDHCPD = """
interface far
start 192.0.2.50
end 192.0.2.59
lease_file /run/udhcpd.leases
option subnet 255.255.255.0
option router 192.0.2.1
option dns 192.0.2.53
"""
PREAMBLE = """
import json, subprocess, time
from pathlib import Path
from tests.lab.xapi.effects.network import HostNetwork, LinuxBridging, read_nic
from tests.lab.xapi.effects.ports import Addressing
network = HostNetwork(LinuxBridging(), lease_script=Path("%s"))
def links():
    return {link["ifname"]: link for link in json.loads(subprocess.check_output(["ip", "-j", "addr"]))}
def wait_for(seen):
    deadline = time.monotonic() + 30
    while (address := network.address("xenbr0")) is None or not seen(address):
        assert time.monotonic() < deadline, "no such address"
        time.sleep(0.1)
    return address
STATIC = Addressing(mode="Static", ip="192.0.2.10", netmask="255.255.255.0", gateway="192.0.2.1", dns=["192.0.2.53"])
"""


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    directory = tmp_path / "etc"
    directory.mkdir()
    return directory


def in_a_machine(code: str, etc: Path, *, dhcp: str = "") -> None:
    """Run `code` there; what it asserts is what is tested."""
    script = CABLE.format(etc=etc, python=sys.executable, dhcp=dhcp)
    whole = PREAMBLE % LEASE_SCRIPT + textwrap.dedent(code)
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={"CODE": whole, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


def test_a_static_address_is_on_the_bridge_and_the_nic_in_it(etc: Path) -> None:
    code = """
        network.up("xenbr0", "eth0", STATIC)
        found = links()
        assert found["eth0"]["master"] == "xenbr0"
        assert not [one for one in found["eth0"]["addr_info"] if one["family"] == "inet"]
        assert found["xenbr0"]["address"] == "52:54:00:00:00:01"
        address = network.address("xenbr0")
        assert (address.ip, address.netmask, address.gateway) == ("192.0.2.10", "255.255.255.0", "192.0.2.1")
        assert list(address.dns) == ["192.0.2.53"]
    """
    in_a_machine(code, etc)
    assert (etc / "resolv.conf").read_text() == "nameserver 192.0.2.53\n"


def test_the_same_again_changes_nothing(etc: Path) -> None:
    code = """
        network.up("xenbr0", "eth0", STATIC)
        before = links()
        network.up("xenbr0", "eth0", STATIC)
        assert links() == before
    """
    in_a_machine(code, etc)


def test_another_address_replaces_the_first_and_none_takes_it_away(etc: Path) -> None:
    code = """
        network.up("xenbr0", "eth0", STATIC)
        network.up("xenbr0", "eth0", Addressing(mode="Static", ip="192.0.2.11", netmask="255.255.255.0"))
        assert network.address("xenbr0").ip == "192.0.2.11"
        network.up("xenbr0", "eth0", Addressing())
        assert network.address("xenbr0") is None
        network.down("xenbr0", "eth0")
        assert "xenbr0" not in links() and "master" not in links()["eth0"]
    """
    in_a_machine(code, etc)


def test_the_nic_loses_the_address_that_it_had(etc: Path) -> None:
    code = """
        subprocess.check_call(["ip", "addr", "add", "192.0.2.10/24", "dev", "eth0"])
        network.up("xenbr0", "eth0", STATIC)
        assert network.address("xenbr0").ip == "192.0.2.10"
        assert not [one for one in links()["eth0"]["addr_info"] if one["family"] == "inet"]
    """
    in_a_machine(code, etc)


def test_a_leased_address_is_kept_and_released(etc: Path, tmp_path: Path) -> None:
    conf = tmp_path / "udhcpd.conf"
    conf.write_text(UDHCPD)
    code = """
        network.up("xenbr0", "eth0", Addressing(mode="DHCP"))
        address = wait_for(lambda address: address.gateway and address.dns)
        assert address.ip.startswith("192.0.2.5")
        assert (address.netmask, address.gateway, list(address.dns)) == ("255.255.255.0", "192.0.2.1", ["192.0.2.53"])
        client = Path("/run/dhcp-client-xenbr0.pid").read_text()
        network.up("xenbr0", "eth0", Addressing(mode="DHCP"))
        assert Path("/run/dhcp-client-xenbr0.pid").read_text() == client
        network.up("xenbr0", "eth0", STATIC)
        assert not Path("/run/dhcp-client-xenbr0.pid").exists()
        assert network.address("xenbr0").ip == "192.0.2.10"
    """
    in_a_machine(code, etc, dhcp=DHCP.format(conf=conf))


def test_without_an_answer_there_is_no_address(etc: Path) -> None:
    code = """
        network.up("xenbr0", "eth0", Addressing(mode="DHCP"))
        assert network.address("xenbr0") is None
        network.down("xenbr0", "eth0")
    """
    in_a_machine(code, etc)


def test_a_missing_nic_is_a_configuration_error(etc: Path) -> None:
    code = """
        from tests.lab.xapi.errors import XapiError
        try:
            network.up("xenbr0", "eth7", STATIC)
        except XapiError as error:
            assert (error.code, error.params[0]) == ("PIF_CONFIGURATION_ERROR", "eth7")
        else:
            raise AssertionError("it went up")
    """
    in_a_machine(code, etc)
