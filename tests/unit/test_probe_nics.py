"""Network interfaces: the physical ones, with the addresses that they were made with."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.machine_trees import Content, Link, plant
from zeus_installer.machine.addresses import parse_connected, parse_if_inet6, parse_local, probe_addresses
from zeus_installer.machine.model import Nic, Unread
from zeus_installer.machine.nics import probe_nics
from zeus_installer.machine.tree import Tree

FIB_TRIE = """Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.7
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
     |-- 127.0.0.1
        /32 host LOCAL
Local:
        |-- 192.0.2.7
           /32 host LOCAL
"""
ROUTE = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
"""
IF_INET6 = """fe80000000000000505400fffe123456 02 40 20 80     eth0
00000000000000000000000000000001 01 80 10 80       lo
"""


def nic(name: str, *, device: str = "pci0000:00/0000:00:03.0/virtio0", **files: str) -> dict[str, Content]:
    where = f"sys/devices/{device}/net/{name}"
    return {
        f"sys/class/net/{name}": Link(f"../../devices/{device}/net/{name}"),
        f"{where}/device": Link("../.."),
        f"sys/devices/{device}/uevent": "DRIVER=virtio_net\n",
        **{f"{where}/{file}": f"{content}\n" for file, content in files.items()},
    }


def nics_of(root: Path, files: dict[str, Content], *, permanent: dict[str, str] | None = None) -> tuple[Nic, ...]:
    return probe_nics(Tree(plant(root, files)), addresses={"eth0": ("192.0.2.7/24",)}, permanent=permanent or {})


def test_an_interface_with_everything(tmp_path: Path) -> None:
    files = nic("eth0", address="52:54:00:12:34:56", addr_assign_type="0", speed="1000", carrier="1", type="1")
    assert nics_of(tmp_path, files) == (
        Nic(
            name="eth0",
            mac="52:54:00:12:34:56",
            driver="virtio_net",
            speed=1000,
            carrier=True,
            addresses=("192.0.2.7/24",),
            bus="0000:00:03.0",
        ),
    )


def test_bridges_and_loopback_are_not_physical(tmp_path: Path) -> None:
    virtual = {
        f"sys/class/net/{name}": Link(f"../../devices/virtual/net/{name}") for name in ("lo", "br0", "bond0", "eth0.7")
    }
    files: dict[str, Content] = {**virtual, "sys/devices/virtual/net/br0/address": "52:54:00:12:34:56\n"}
    assert nics_of(tmp_path, files) == ()


def test_an_interface_whose_device_was_not_recorded(tmp_path: Path) -> None:
    files = nic("eth0", address="52:54:00:12:34:56")
    files["sys/devices/pci0000:00/0000:00:03.0/virtio0/net/eth0/device"] = Link("../../../gone")
    assert [found.mac for found in nics_of(tmp_path, files)] == ["52:54:00:12:34:56"]


def test_no_link(tmp_path: Path) -> None:
    found = nics_of(tmp_path, nic("eth0", speed="-1", carrier="0", address="52:54:00:12:34:56"))
    assert (found[0].speed, found[0].carrier) == (None, False)


def test_an_interface_that_is_down_tells_no_carrier(tmp_path: Path) -> None:
    files = nic("eth0", operstate="down", address="52:54:00:12:34:56")
    where = "sys/devices/pci0000:00/0000:00:03.0/virtio0/net/eth0"
    found = nics_of(tmp_path, files | {f"{where}/carrier/": "", f"{where}/speed/": ""})
    assert (found[0].speed, found[0].carrier) == (None, None)


def test_permanent_addresses(tmp_path: Path) -> None:
    changed = {"address": "02:00:00:00:00:01", "addr_assign_type": "3"}
    files = (
        nic("eth0", **changed, ifindex="2")
        | nic("eth1", **changed, ifindex="3", device="pci0000:00/0000:00:04.0")
        | nic("eth2", **changed, ifindex="4", device="pci0000:00/0000:00:05.0")
        | nic("eth3", **changed, ifindex="5", device="pci0000:00/0000:00:06.0")
        | {
            "run/udev/data/n2": "E:ID_NET_NAME_MAC=enx525400000002\n",
            "proc/net/bonding/bond0": "Bonding Mode: x\n\nSlave Interface: eth1\nMII Status: up\n"
            "Permanent HW addr: 52:54:00:00:00:03\nSlave queue ID: 0\n",
        }
    )
    tree = Tree(plant(tmp_path, files))
    found = probe_nics(tree, addresses={}, permanent={"eth2": "52:54:00:00:00:04"})
    assert [nic.mac for nic in found] == [
        "52:54:00:00:00:02",
        "52:54:00:00:00:03",
        "52:54:00:00:00:04",
        "02:00:00:00:00:01",
    ]
    reason = "the driver's permanent address is not known, only the one that is set now"
    assert tree.unread == (Unread(fact="nics.eth3.mac", reason=reason),)


def test_other_kinds(tmp_path: Path) -> None:
    files = nic("ib0", device="pci0000:00/0000:82:00.0", type="32", address=":".join(["80"] * 20))
    files |= nic("wlan0", device="pci0000:00/0000:05:00.0", type="1", address="52:54:00:00:00:03")
    files["sys/devices/pci0000:00/0000:05:00.0/net/wlan0/phy80211/"] = ""
    assert [(found.name, found.kind) for found in nics_of(tmp_path, files)] == [
        ("ib0", "infiniband"),
        ("wlan0", "wireless"),
    ]


def test_addresses_without_any_program(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "proc/net/fib_trie": FIB_TRIE,
        "proc/net/route": ROUTE,
        "proc/net/if_inet6": IF_INET6,
    }
    assert probe_addresses(Tree(plant(tmp_path, files))) == {
        "eth0": ("192.0.2.7/24", "fe80::5054:ff:fe12:3456/64"),
    }


LINES = [*FIB_TRIE.split("\n"), *ROUTE.split("\n"), *IF_INET6.split("\n"), "eth0\t\u0660" * 8]


@given(st.text() | st.lists(st.sampled_from(LINES)).map("\n".join))
def test_any_text_is_read(text: str) -> None:
    parse_local(text), parse_connected(text), parse_if_inet6(text)
