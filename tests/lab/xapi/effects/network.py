"""Bridges with iproute2 or Open vSwitch, addresses by dhclient or busybox: xcp-networkd's part of the host.

The NIC is in the bridge and has no address; the bridge has the NIC's MAC and the address. What is as it should be is
left alone, so that a restart of the toolstack does not break connections.
"""

import ipaddress
import json
import os
import shutil
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.lab.xapi.effects.ports import Address, Addressing, Nic
from tests.lab.xapi.effects.programs import ProgramFailed, run, start
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.files import write_atomic

_GUESTS = ("vif", "tap")
LEASE_SCRIPT = Path("/opt/xensource/libexec/lab-udhcpc")


class Bridging(Protocol):
    """A kind of bridge."""

    def join(self, bridge: str, nic: Nic) -> None:
        """Make the bridge if need be and put the NIC into it."""

    def remove(self, bridge: str, nic: str) -> None:
        """Take the bridge away."""


class LinuxBridging:
    """The kernel's own bridge; without spanning tree and delay, as networkd sets it."""

    def join(self, bridge: str, nic: Nic) -> None:
        if not _exists(bridge):
            settings = ("type", "bridge", "forward_delay", "0", "stp_state", "0")
            run(["ip", "link", "add", "name", bridge, "address", nic.mac, *settings])
        run(["ip", "link", "set", "dev", nic.device, "master", bridge])

    def remove(self, bridge: str, nic: str) -> None:
        run(["ip", "link", "set", "dev", nic, "nomaster"])
        run(["ip", "link", "del", "dev", bridge])


class OpenVSwitch:
    """A bridge of ovs-vswitchd, which must run."""

    def join(self, bridge: str, nic: Nic) -> None:
        mac = f"other-config:hwaddr={nic.mac}"
        add = ("--may-exist", "add-br", bridge, "--", "set", "Bridge", bridge, mac)
        run(["ovs-vsctl", "--timeout=20", *add, "--", "--may-exist", "add-port", bridge, nic.device])

    def remove(self, bridge: str, nic: str) -> None:
        del nic
        run(["ovs-vsctl", "--timeout=20", "--if-exists", "del-br", bridge])


def _exists(device: str) -> bool:
    return (Path("/sys/class/net") / device).exists()


def bridging(backend: str) -> Bridging:
    """The kind that `/etc/xensource/network.conf` names: `openvswitch`, or `bridge` for any other word."""
    return OpenVSwitch() if backend == "openvswitch" else LinuxBridging()


class HostNetwork:
    """The network of this machine. A tool that fails is PIF_CONFIGURATION_ERROR with its words."""

    def __init__(
        self,
        bridges: Bridging,
        *,
        state: Path = Path("/run"),
        etc: Path = Path("/etc"),
        lease_script: Path = LEASE_SCRIPT,
    ) -> None:
        self._bridges = bridges
        self._state = state
        self._etc = etc
        self._lease_script = lease_script

    def nics(self) -> Sequence[Nic]:
        """Interfaces with hardware behind them: bridges, VLANs and the like have no `device` in sysfs; guests' have."""
        found = [device.parent for device in sorted(Path("/sys/class/net").glob("*/device"))]
        return [read_nic(entry) for entry in found if not entry.name.startswith(_GUESTS)]

    def up(self, bridge: str, nic: str, addressing: Addressing) -> None:
        try:
            self._bridges.join(bridge, read_nic(Path("/sys/class/net") / nic))
            run(["ip", "link", "set", "dev", nic, "up"])
            run(["ip", "addr", "flush", "dev", nic])
            run(["ip", "link", "set", "dev", bridge, "up"])
            self._address(bridge, addressing)
        except (ProgramFailed, OSError) as error:
            raise XapiError("PIF_CONFIGURATION_ERROR", nic, str(error)) from error

    def _address(self, bridge: str, addressing: Addressing) -> None:
        match addressing.mode:
            case "DHCP":
                if not (self._client_runs(bridge) and self.address(bridge)):
                    self._lease(bridge)
            case "Static":
                self._stop_client(bridge)
                self._set_static(bridge, addressing)
            case _:
                self._stop_client(bridge)
                run(["ip", "-4", "addr", "flush", "dev", bridge, "scope", "global"])

    def _set_static(self, bridge: str, wanted: Addressing) -> None:
        now = self.address(bridge)
        if now is None or (now.ip, now.netmask) != (wanted.ip, wanted.netmask):
            length = ipaddress.IPv4Network(f"0.0.0.0/{wanted.netmask}").prefixlen
            run(["ip", "-4", "addr", "flush", "dev", bridge, "scope", "global"])
            run(["ip", "addr", "add", f"{wanted.ip}/{length}", "broadcast", "+", "dev", bridge])
        if wanted.gateway:
            run(["ip", "route", "replace", "default", "via", wanted.gateway, "dev", bridge])
        if wanted.dns:
            write_atomic(self._etc / "resolv.conf", "".join(f"nameserver {server}\n" for server in wanted.dns))

    def _lease(self, bridge: str) -> None:
        """Start a client; it goes on asking in the background."""
        self._stop_client(bridge)
        pid = self._pid_file(bridge)
        if shutil.which("dhclient"):
            start(["dhclient", "-q", "-nw", "-pf", pid, "-lf", self._state / f"dhclient-{bridge}.leases", bridge])
        else:
            options = ("-t", "3", "-T", "2", "-A", "5", "-b", "-S")
            start(["busybox", "udhcpc", "-i", bridge, "-s", self._lease_script, "-p", pid, *options])

    def _pid_file(self, bridge: str) -> Path:
        return self._state / f"dhcp-client-{bridge}.pid"

    def _client_runs(self, bridge: str) -> bool:
        try:
            os.kill(int(self._pid_file(bridge).read_text(encoding="ascii")), 0)
        except (OSError, ValueError):
            return False
        return True

    def _stop_client(self, bridge: str) -> None:
        if self._client_runs(bridge):
            os.kill(int(self._pid_file(bridge).read_text(encoding="ascii")), signal.SIGTERM)
        self._pid_file(bridge).unlink(missing_ok=True)

    def down(self, bridge: str, nic: str) -> None:
        self._stop_client(bridge)
        try:
            self._bridges.remove(bridge, nic)
        except ProgramFailed as error:
            raise XapiError("PIF_CONFIGURATION_ERROR", nic, str(error)) from error

    def address(self, bridge: str) -> Address | None:
        if not _exists(bridge):
            return None
        addresses = _ip("-4", "addr", "show", "dev", bridge, "scope", "global")
        for one in (known for link in addresses for known in link.get("addr_info", ())):
            netmask = ipaddress.IPv4Network(f"0.0.0.0/{one['prefixlen']}").netmask
            return Address(ip=one["local"], netmask=str(netmask), gateway=_gateway(bridge), dns=self._dns())
        return None

    def _dns(self) -> Sequence[str]:
        try:
            lines = (self._etc / "resolv.conf").read_text(encoding="utf-8").splitlines()
        except OSError:
            return ()
        return [words[1] for line in lines if len(words := line.split()) > 1 and words[0] == "nameserver"]

    def set_hostname(self, name: str) -> None:
        write_atomic(self._etc / "hostname", name + "\n")
        socket.sethostname(name)


def read_nic(entry: Path) -> Nic:
    """One interface's facts from its directory in sysfs."""

    def read(name: str) -> str:
        try:
            return (entry / name).read_text(encoding="ascii").strip()
        except OSError:
            # An interface that is down has no carrier to read.
            return ""

    return Nic(device=entry.name, mac=read("address"), mtu=int(read("mtu") or "1500"), carrier=read("carrier") == "1")


def _gateway(bridge: str) -> str:
    routes = _ip("-4", "route", "show", "default", "dev", bridge)
    return str(routes[0].get("gateway", "")) if routes else ""


def _ip(*argv: str) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(run(["ip", "-j", *argv]) or "[]")
    except ProgramFailed:
        return []
    return found
