"""xapi's services in the lab: which are real, which only run, which are not there. `services.md` is made from this.

Names, order and types follow xen-api's scripts/*.service, sm's and blktap's units, and the vendor's RPMs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DOCUMENT: Final = Path(__file__).with_name("services.md")

_XENOPSD: Final = (
    "/etc/xen/scripts/block",
    "/usr/libexec/xenopsd/vif",
    "/usr/libexec/xen/bin/xenguest",
    "/usr/libexec/xen/bin/emu-manager",
    "/usr/libexec/xenopsd/setup-vif-rules",
    "/usr/libexec/xenopsd/setup-pvs-proxy-rules",
    "/usr/bin/ovs-vsctl",
    "/usr/bin/zstd",
    "/usr/sbin/tune2fs",
    "/etc/xensource/network.conf",
)
_NETWORKD: Final = ("/etc/xensource/network.conf", "/usr/sbin/brctl", "/usr/sbin/ethtool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A unit. `essential` is what its program checks for at its start, and does not run without."""

    unit: str
    package: str
    description: str
    program: str
    after: Sequence[str] = ()
    before: Sequence[str] = ("xapi.service",)
    oneshot: bool = False
    essential: Sequence[str] = ()

    @property
    def kind(self) -> str:
        return "stand-in, one shot" if self.oneshot else "stand-in, runs"


STAND_INS: Final = (
    Service(
        unit="message-switch.service",
        package="message-switch",
        description="message bus of the toolstack",
        program="/usr/sbin/message-switch",
        after=["local-fs.target"],
    ),
    Service(
        unit="forkexecd.service",
        package="forkexecd",
        description="runs programs for the toolstack",
        program="/usr/sbin/forkexecd",
    ),
    Service(
        unit="xcp-rrdd.service",
        package="xcp-rrdd",
        description="metrics",
        program="/usr/sbin/xcp-rrdd",
        after=["forkexecd.service", "xenstored.service", "message-switch.service"],
    ),
    Service(
        unit="squeezed.service",
        package="squeezed",
        description="memory ballooning",
        program="/usr/sbin/squeezed",
        after=["xenstored.service", "message-switch.service"],
    ),
    Service(
        unit="xapi-storage-script.service",
        package="xapi-storage-script",
        description="storage drivers of the third generation",
        program="/usr/sbin/xapi-storage-script",
        after=["message-switch.service"],
    ),
    Service(
        unit="xcp-networkd.service",
        package="xcp-networkd",
        description="bridges and addresses (the lab's xapi does its work)",
        program="/usr/sbin/xcp-networkd",
        after=["systemd-udev-trigger.service", "forkexecd.service", "message-switch.service"],
        essential=_NETWORKD,
    ),
    Service(
        unit="xenopsd-xc.service",
        package="xenopsd-xc",
        description="lifecycle of virtual machines",
        program="/usr/sbin/xenopsd-xc",
        after=["xenstored.service", "squeezed.service", "message-switch.service", "forkexecd.service"],
        essential=_XENOPSD,
    ),
    Service(
        unit="v6d.service",
        package="xcp-featured",
        description="licences",
        program="/opt/xensource/libexec/v6d",
        after=["message-switch.service"],
    ),
    Service(
        unit="perfmon.service",
        package="xapi-core",
        description="alarms of the control domain",
        program="/opt/xensource/bin/perfmon",
        after=["xapi.service"],
        before=(),
    ),
    Service(unit="tapback.service", package="blktap", description="block device back end", program="/usr/bin/tapback"),
    Service(unit="cpumond.service", package="blktap", description="load of dom0's CPUs", program="/usr/bin/cpumond"),
    Service(
        unit="attach-static-vdis.service",
        package="xapi-core",
        description="disks that the host itself needs",
        program="/opt/xensource/libexec/attach-static-vdis",
        oneshot=True,
    ),
    Service(
        unit="save-boot-info.service",
        package="xapi-core",
        description="notes that the system has booted",
        program="/opt/xensource/libexec/save-boot-info",
        oneshot=True,
    ),
    Service(
        unit="gencert.service",
        package="xapi-core",
        description="certificates (the lab's xapi makes its own)",
        program="/opt/xensource/libexec/gencert-start",
        oneshot=True,
    ),
    Service(
        unit="xapi-domains.service",
        package="xapi-core",
        description="starts virtual machines at boot",
        program="/opt/xensource/libexec/xapi-autostart-vms",
        after=["xapi-init-complete.target"],
        before=(),
        oneshot=True,
    ),
)

# What runs for real: unit, what it does.
REAL: Final = (
    ("xapi.service", "the lab's XenAPI server: storage, bridges, addresses and the database are real"),
    ("xapi-wait-init-complete.service", "waits for the server's second cookie"),
    ("xapi-init-complete.target", "reached when the toolstack is up"),
    ("toolstack.target", "wants the toolstack's daemons"),
    ("network-init.service", "upstream's first boot: leaves /var/lib/misc/lab-ran-network-init and does nothing else"),
    ("storage-init.service", "upstream's first boot: leaves /var/lib/misc/lab-ran-storage-init and does nothing else"),
)
ABSENT: Final = (
    ("stunnel@xapi.service", "the server speaks TLS itself"),
    ("varstored-guard.service", "no guests with UEFI"),
    ("xapi-nbd.service, wsproxy.socket, xcp-rrdd-*.service", "optional"),
    ("generate-iscsi-iqn.service, control-domain-params-init.service, create-guest-templates.service", "first boot"),
    ("mpathalert.service, mpathcount.socket, usb-scan.socket, SMGC@.service, sr_health_check.timer", "not needed"),
)
TOOLSTACK: Final = ("xapi.service", *(one.unit for one in STAND_INS if not one.oneshot and one.package != "blktap"))


def unit_text(service: Service) -> str:
    """The unit file of a stand-in. Unlike upstream's it is not restarted, so that a killed one stays visible."""
    kind = ("Type=oneshot", "RemainAfterExit=yes") if service.oneshot else ("Type=simple",)
    after = (f"After={' '.join(service.after)}",) if service.after else ()
    before = (f"Before={' '.join(service.before)}",) if service.before else ()
    lines = (
        "[Unit]",
        f"Description=Stand-in of the lab: {service.description}",
        "PartOf=toolstack.target",
        *after,
        *before,
        "",
        "[Service]",
        *kind,
        f"ExecStart={service.program}",
        "",
        "[Install]",
        "WantedBy=multi-user.target",
    )
    return "\n".join(lines) + "\n"


def program_text(service: Service) -> str:
    """The program of a stand-in: refuses to run without what it needs, else runs (or ends) and does nothing."""
    checks = [
        f'[ -e {path} ] || {{ echo "Cannot access {path}. Please either add to /etc/xapi.conf" >&2; exit 1; }}'
        for path in service.essential
    ]
    lines = (
        "#!/bin/sh",
        f"# Stand-in of the Zeus lab for {Path(service.program).name}: {service.description}.",
        *checks,
        "exit 0" if service.oneshot else "exec sleep infinity",
    )
    return "\n".join(lines) + "\n"


def document() -> str:
    """`services.md`."""
    return "\n".join(_document_lines()) + "\n"


def _document_lines() -> Iterator[str]:
    yield "# xapi's services in the lab"
    yield ""
    yield "Made from `services.py`. A stand-in runs under the real unit's name, so that it can be seen and killed; it"
    yield "does nothing else, and is not restarted. Programs that no service runs are stand-ins that say so and fail."
    yield ""
    yield "| unit | package | here | what it is |"
    yield "| --- | --- | --- | --- |"
    for unit, text in REAL:
        yield f"| `{unit}` | xapi-core | real | {text} |"
    for one in STAND_INS:
        yield f"| `{one.unit}` | {one.package} | {one.kind} | {one.description} |"
    for unit, text in ABSENT:
        yield f"| `{unit}` | | absent | {text} |"
    yield ""
    yield "XenAPI calls that the server knows and does not serve answer `NOT_IMPLEMENTED`: joining pools, VLANs, bonds,"
    yield "plugins, reboot, changing passwords and certificates. IPv6 addressing is checked and kept, not applied."
