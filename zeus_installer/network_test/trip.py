"""A trip over one NIC: out onto its wire, an address of each family that is wanted, and what lies behind."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address, ip_interface

from zeus_installer.answers.model import Management, Static
from zeus_installer.checks.model import Finding, failed, unknown
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.iproute import addresses, ip, link
from zeus_installer.network_test.ipv4 import dhcp_ipv4, static_ipv4
from zeus_installer.network_test.ipv6 import automatic_ipv6, static_ipv6
from zeus_installer.network_test.namespaces import PrivateNetwork, set_sysctl
from zeus_installer.network_test.outcome import Bench, Check, Outcome, not_tested, stopped
from zeus_installer.network_test.port import Place, opened
from zeus_installer.network_test.reach import Resolver, check_dns, check_repository, literal_address
from zeus_installer.network_test.repository import Door, door
from zeus_installer.network_test.routers import Routers
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter

_WOKEN = "a switch port with spanning tree passes nothing in its first 30 seconds: test again"
_LACP = "a switch that wants LACP may pass nothing until the bond is there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One test under way. What is done for it is undone with `stack`."""

    management: Management
    repositories: tuple[str, ...]
    network: PrivateNetwork
    stack: ExitStack
    deadline: Deadline
    report: Reporter

    def families(self, nic: str, *, idle: bool) -> Iterator[Outcome]:
        """Test what is wanted of IPv4 and IPv6. `idle`: the NIC was down."""
        port, routers = self._out(nic, idle=idle)
        for version, wanted in ((4, self.management.ipv4), (6, self.management.ipv6)):
            if wanted == "none":
                continue
            place = (self._present(wanted) if isinstance(wanted, Static) else None) or port
            if isinstance(place, ZeusError):
                yield stopped([unknown(Check.ADDRESS, place.message, remedy=place.hint)], f"{nic} cannot be used")
                continue
            try:
                yield self._family(version, wanted, routers, self._bench(place, idle=idle))
            except ZeusError as error:
                yield stopped([unknown(Check.ADDRESS, error.message, remedy=error.hint)], "no address")

    def beyond(self, outcomes: Sequence[Outcome]) -> Iterator[Finding]:
        """Test the name servers and the repositories, by what the families came to."""
        ways = [outcome.way for outcome in outcomes if outcome.way is not None]
        resolver = Resolver(ways=ways, deadline=self.deadline)
        if not ways:
            because = next((outcome.missing for outcome in outcomes), "no address is wanted")
            yield not_tested(Check.DNS, because)
            yield not_tested(Check.REPOSITORY, because)
            return
        found = [_door(url) for url in dict.fromkeys(self.repositories)]
        doors = [door for door in found if isinstance(door, Door)]
        names = [door.host for door in doors if literal_address(door.host) is None]
        servers = [ip_address(text) for text in self.management.dns] or [one for way in ways for one in way.servers]
        with self.report.task("dns", "Ask the name servers"):
            yield check_dns(list(dict.fromkeys(servers)), names[0] if names else "", resolver)
        yield from (finding for finding in found if isinstance(finding, Finding))
        for there in doors:
            with self.report.task("repository", f"Reach {there.shown}"):
                yield check_repository(there, resolver)

    def _out(self, nic: str, *, idle: bool) -> tuple[Place | ZeusError, Routers | None]:
        """Get onto the wire, and listen for routers from the start if they are wanted."""
        try:
            port = self.stack.enter_context(opened(self.network, nic, idle=idle, vlan=self.management.vlan))
            routers = self._listen(port) if self.management.ipv6 != "none" else None
            ip("link", "set", "dev", port.interface, "up")
        except ZeusError as error:
            return error, None
        return port, routers

    def _listen(self, port: Place) -> Routers | None:
        if not set_sysctl(f"ipv6/conf/{port.interface}/disable_ipv6", "0"):
            return None
        if isinstance(self.management.ipv6, Static):
            set_sysctl(f"ipv6/conf/{port.interface}/accept_ra", "0")
        routers = Routers(port.interface)
        self.stack.callback(routers.close)
        return routers

    def _bench(self, place: Place, *, idle: bool) -> Bench:
        rule = self.management.nic
        lacp = rule is not None and rule.bond is not None and rule.bond.mode == "lacp"
        remarks = ((_WOKEN,) if idle else ()) + ((_LACP,) if lacp else ())
        return Bench(place=place, deadline=self.deadline, report=self.report, stack=self.stack, remarks=remarks)

    def _family(self, version: int, wanted: str | Static, routers: Routers | None, bench: Bench) -> Outcome:
        if version == 4:
            return static_ipv4(wanted, bench) if isinstance(wanted, Static) else dhcp_ipv4(bench)
        if isinstance(wanted, Static):
            return static_ipv6(wanted, bench)
        if routers is None:
            return stopped([unknown(Check.ADDRESS, "this kernel has no IPv6")], "no IPv6 address")
        return automatic_ipv6(bench, routers, dhcp=wanted == "dhcp")

    def _present(self, wanted: Static) -> Place | None:
        """The machine's own interface that has the address now. To set it twice would cut the machine off."""
        address = ip_interface(wanted.address).ip
        with self.network.outside():
            name = next((one.interface for one in addresses() if one.address.ip == address), None)
            found = link(name) if name is not None else None
        if found is None:
            return None
        return Place(interface=found.name, mac=found.mac, enter=self.network.outside, ours=False)


def _door(url: str) -> Door | Finding | None:
    try:
        return door(url)
    except ValueError:
        return failed(Check.REPOSITORY, f"{url!r} is no http, https or file address", remedy="correct the address")
