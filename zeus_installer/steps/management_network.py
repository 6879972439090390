"""Step `management_network`: the names of the NICs in dom0, and who manages them there.

Everything hangs on `zeus.dom0` on the kernel command line: the plain boot reads none of these files.
"""

from dataclasses import dataclass
from importlib import resources
from typing import ClassVar, Final, Self

from zeus_installer.host import management_conf
from zeus_installer.host.labels import restore_labels
from zeus_installer.host.nic_names import NicName, dom0_names, link_file, name_of
from zeus_installer.steps.base import Change, FileChange, FilesStep
from zeus_installer.steps.context import Context
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target

_UNITS: Final = "/etc/systemd/system"
_ENABLED: Final = ("zeus-dom0-network.service", "zeus-dom0-firewall.service", "zeus-plain-resolv.service")
# Where zeus-dom0-network.service keeps plain Linux' own, often a link.
_PLAIN_RESOLV_CONF: Final = "/etc/zeus/resolv.conf"
_FIREWALL_ZONE: Final = "/etc/firewalld/zones/zeus-management.xml"

# NetworkManager reads both ways to say it; another file of the administrator may override one of them.
_NETWORK_MANAGER: Final = """\
# In dom0 XenAPI manages the network (xcp-networkd). Copied to /run there; see zeus-dom0-network.service.
[keyfile]
unmanaged-devices=*

[device-zeus-dom0]
match-device=*
managed=0
"""
# 443 and 80: XenAPI, consoles, migration. Without an interface, as in plain Linux, a zone does nothing.
_ZONE: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<zone>
  <short>Zeus management</short>
  <description>The management network of a XenAPI host: SSH and XenAPI.</description>
  <service name="ssh"/>
  <service name="http"/>
  <service name="https"/>
</zone>
"""
# Its presence tells xcp-networkd that NICs have their names already (ocaml/networkd/lib/network_config.ml): it asks no
# biosdevname, and it leaves MANAGEMENT_INTERFACE empty, so that xapi does not wait for ever for an address.
_NAMES_ARE_FINAL: Final = "/etc/sysconfig/network-scripts/interface-rename-data/zeus"
_NAMES_NOTE: Final = "# NICs have their names from /etc/systemd/network/10-zeus-*.link\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementNetwork(FilesStep):
    """Name the NICs for dom0 and describe the management network to xcp-networkd.

    `device` is the management NIC's name in dom0, `dhcp` whether its address is leased.
    """

    id: ClassVar[str] = "management_network"
    title: ClassVar[str] = "Prepare the management network"

    device: str
    dhcp: bool

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Name the machine's NICs and write the answers' addresses down."""
        if len(context.nics) != 1:
            raise UsageError("network.nic", f"network.management.nic: {len(context.nics)} NICs are chosen, wants 1")
        names = dom0_names(context.machine.nics)
        device = name_of(context.nics[0], names)
        management = context.answers.network.management
        domain = (context.answers.host.hostname or "").partition(".")[2]
        conf = management_conf.management_conf(device=device, ipv4=management.ipv4, dns=management.dns, domain=domain)
        files = (
            *(
                FileChange(path=f"/etc/systemd/network/10-zeus-{nic.name}.link", content=link_file(nic))
                for nic in names
            ),
            FileChange(path="/etc/zeus/nics", content=_list_of(names)),
            FileChange(path="/etc/zeus/name-nics", content=_ours("name-nics")),
            FileChange(path="/etc/zeus/NetworkManager.conf", content=_NETWORK_MANAGER),
            *(
                FileChange(path=f"{_UNITS}/{unit}", content=_ours(unit).replace("@BRIDGE@", bridge_of(device)))
                for unit in _ENABLED
            ),
            FileChange(path=_FIREWALL_ZONE, content=_ZONE),
            FileChange(path=_NAMES_ARE_FINAL, content=_NAMES_NOTE),
            FileChange(path=management_conf.PATH, content=conf),
        )
        return cls(files=files, device=device, dhcp=management.ipv4 == "dhcp")

    def describe(self) -> Change:
        """Tell the files and when they count."""
        changes = (
            f"in dom0 only: the management NIC is called {self.device}, its bridge {bridge_of(self.device)}",
            "in dom0 only: NetworkManager leaves all interfaces to XenAPI",
            "in dom0 only: firewalld lets the management network reach SSH, HTTP and HTTPS",
            "plain Linux keeps its network as it is, and gets back the /etc/resolv.conf that dom0 replaces",
        )
        return Change(changes=changes, files=self.files)

    def is_done(self, target: Target) -> bool:
        """Whether files and links are there."""
        return FilesStep.is_done(self, target) and all(target.exists(_wanted_by(unit)) for unit in _ENABLED)

    def apply(self, target: Target, report: Reporter) -> None:
        """Write the files and enable the units."""
        FilesStep.apply(self, target, report)
        for unit in _ENABLED:
            target.link_atomic(_wanted_by(unit), f"{_UNITS}/{unit}")
        restore_labels(target, [file.path for file in self.files])

    def verify(self, target: Target) -> None:
        """See that what leases the address is there: its place is fixed (ocaml/networkd/lib/network_utils.ml)."""
        if self.dhcp and not target.exists("/sbin/dhclient"):
            raise ZeusError(
                "network.dhclient",
                "network.management.ipv4: DHCP needs /sbin/dhclient in dom0, and no package brought it",
                hint="install dhcp-client, or give a static address",
            )

    def revert(self, target: Target, report: Reporter) -> None:
        """Take files and links away, and put back the resolv.conf that dom0 has replaced."""
        if target.exists(_PLAIN_RESOLV_CONF):
            target.path(_PLAIN_RESOLV_CONF).replace(target.path("/etc/resolv.conf"))
        for path in (*map(_wanted_by, _ENABLED), *(file.path for file in self.files)):
            report.log(f"remove {path}")
            target.remove(path)


def bridge_of(device: str) -> str:
    """Give the bridge that xcp-networkd and xapi make on `device` (ocaml/xapi/xapi_pif.ml)."""
    return f"xenbr{device.removeprefix('eth')}" if device.startswith("eth") else f"br{device}"


def kernel_arguments(context: Context) -> tuple[str, ...]:
    """Give the words for dom0's kernel: with Open vSwitch no Linux bridge may take the NICs.

    XenServer writes a file for modprobe instead, which would hold in plain Linux too.
    """
    return ("module_blacklist=bridge",) if context.answers.network.backend == "openvswitch" else ()


def _list_of(names: tuple[NicName, ...]) -> str:
    return "".join(f"{nic.mac} {nic.name}\n" for nic in names)


def _ours(name: str) -> str:
    return resources.files("zeus_installer").joinpath("firstboot", name).read_text(encoding="utf-8")


def _wanted_by(unit: str) -> str:
    return f"{_UNITS}/multi-user.target.wants/{unit}"
