"""Step `services`: which services run in dom0, and in dom0 only.

Lists: the units of xen-api (scripts/*.service, toolstack.target), of sm, blktap and Xen; XCP-ng's 89-default.preset.
A unit that the target does not have is left out.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from zeus_installer.host import units
from zeus_installer.host.labels import restore_labels
from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target

# Enabled, with a condition that holds in dom0 only.
TOOLSTACK: Final = (
    "proc-xen.mount",
    "var-lib-xenstored.mount",
    "xenstored.service",
    "xen-init-dom0.service",
    "xenconsoled.service",
    "message-switch.service",
    "forkexecd.service",
    "xcp-rrdd.service",
    "xcp-rrdd-*.service",
    "squeezed.service",
    "xapi-storage-script.service",
    "xcp-networkd.service",
    "varstored-guard.service",
    "xenopsd-xc.service",
    "v6d.service",
    "save-boot-info.service",
    "attach-static-vdis.service",
    "tapback.service",
    "cpumond.service",
    "gencert.service",
    "xapi.service",
    "xapi-wait-init-complete.service",
    "xapi-init-complete.target",
    "xapi-domains.service",
    "perfmon.service",
    "mpathalert.service",
    "mpathcount.socket",
    "xapi-nbd.path",
    "wsproxy.socket",
    "usb-scan.socket",
    "sr_health_check.timer",
    "create-guest-templates.service",
    "toolstack.target",
)
# The same, unless the administrator runs the first of them already: plain Linux may depend on it then. All are named:
# a condition that does not hold keeps a unit from starting, but not what it requires.
OPEN_VSWITCH: Final = (
    "openvswitch.service",
    "ovsdb-server.service",
    "ovs-vswitchd.service",
    "openvswitch-xapi-sync.service",
)
# Off in dom0 and as before elsewhere: they would manage what XenAPI manages, or count what only Xen knows.
OFF_IN_DOM0: Final = (
    "xendomains.service",
    "xendriverdomain.service",
    "xen-qemu-dom0-disk-backend.service",
    "libvirtd.service",
    "libvirtd*.socket",
    "virtxend.service",
    "virtxend*.socket",
    "systemd-networkd.service",
    "systemd-networkd.socket",
    "systemd-networkd-wait-online.service",
    "lvm2-monitor.service",
    "lvm2-lvmpolld.service",
    "lvm2-lvmpolld.socket",
    "ksm.service",
    "ksmtuned.service",
    "tuned.service",
    "udisks2.service",
)
# xapi's own first boot, which Zeus does through XenAPI. The stamp keeps it away too should somebody unmask it:
# storage-init switches every volume group of the machine off.
FIRST_BOOT: Final = ("network-init", "storage-init", "generate-iscsi-iqn", "control-domain-params-init")

_ONLY_IN_DOM0: Final = "[Unit]\nConditionKernelCommandLine=zeus.dom0\n"
_NEVER_IN_DOM0: Final = "[Unit]\nConditionKernelCommandLine=!zeus.dom0\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services(Step):
    """Enable the toolstack for dom0, and switch off there what does not go with it."""

    id: ClassVar[str] = "services"
    title: ClassVar[str] = "Set up the services of dom0"

    backend: str

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Make the step; which units there are shows when the packages are installed."""
        return cls(backend=context.answers.network.backend)

    @property
    def toolstack(self) -> tuple[str, ...]:
        """The units for dom0; Open vSwitch only where it makes the bridges."""
        return (*TOOLSTACK, *OPEN_VSWITCH) if self.backend == "openvswitch" else TOOLSTACK

    def describe(self) -> Change:
        """Tell the rules."""
        return Change(
            changes=(
                f"in dom0 only, where installed: {', '.join(self.toolstack)}",
                f"switched off in dom0, unchanged elsewhere: {', '.join(OFF_IN_DOM0)}",
                f"masked, since Zeus does their work through XenAPI: {', '.join(FIRST_BOOT)}",
                "SELinux: permissive in dom0 (enforcing=0 on its kernel command line), unchanged elsewhere",
            )
        )

    def is_done(self, target: Target) -> bool:
        """Whether every unit of the target is as it should be."""
        return (
            all(target.read(path) == content for path, content in self._drop_ins(target).items())
            and all(units.is_masked(target, f"{name}.service") for name in FIRST_BOOT)
            and all(target.exists(_stamp(name)) for name in FIRST_BOOT)
            and not units.not_enabled(target, units.units_there(target, self.toolstack))
        )

    def apply(self, target: Target, report: Reporter) -> None:
        """Condition first, enable then: at no instant would plain Linux start the toolstack."""
        drop_ins = self._drop_ins(target)
        for path, content in drop_ins.items():
            target.write_atomic(path, content)
        for name in FIRST_BOOT:
            target.write_atomic(_stamp(name), "")
            units.mask(target, f"{name}.service")
        wanted = units.units_there(target, self.toolstack)
        units.enable(target, wanted)
        report.log(f"enabled for dom0: {', '.join(wanted)}")
        restore_labels(target, [*drop_ins, *map(_stamp, FIRST_BOOT)])
        units.reload(target)

    def revert(self, target: Target, report: Reporter) -> None:
        """Disable the toolstack, then take conditions, masks and stamps away."""
        there = units.units_there(target, self.toolstack)
        conditioned = [unit for unit in there if _has_drop_in(target, unit)]
        units.disable(target, conditioned)
        for unit in (*conditioned, *units.units_there(target, OFF_IN_DOM0)):
            units.remove_drop_in(target, unit)
        for name in FIRST_BOOT:
            units.unmask(target, f"{name}.service")
            target.remove(_stamp(name))
        report.log(f"disabled: {', '.join(conditioned)}")
        units.reload(target)

    def _drop_ins(self, target: Target) -> dict[str, str]:
        patterns = self.toolstack if _open_vswitch_is_ours(target) else TOOLSTACK
        only = {units.drop_in(unit): _ONLY_IN_DOM0 for unit in units.units_there(target, patterns)}
        never = {units.drop_in(unit): _NEVER_IN_DOM0 for unit in units.units_there(target, OFF_IN_DOM0)}
        return only | never


def kernel_arguments(context: Context) -> tuple[str, ...]:  # noqa: ARG001 - like its namesake of the network
    """Give the words for dom0's kernel: no SELinux policy knows xapi, so that it is permissive there."""
    return ("enforcing=0",)


def _open_vswitch_is_ours(target: Target) -> bool:
    leader = units.units_there(target, OPEN_VSWITCH[:1])
    return bool(units.not_enabled(target, leader)) or any(_has_drop_in(target, unit) for unit in leader)


def _has_drop_in(target: Target, unit: str) -> bool:
    return target.exists(units.drop_in(unit))


def _stamp(name: str) -> str:
    return f"/var/lib/misc/ran-{name}"
