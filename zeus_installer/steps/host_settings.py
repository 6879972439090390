"""Step `host_settings`: the host's name in XenAPI, its iSCSI name, and the alarms of the control domain.

What the appliance's generate-iscsi-iqn and control-domain-params-init do at their first boot (xen-api, scripts/).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final, Literal, Self

from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target
from zeus_installer.xenapi import host as hosts
from zeus_installer.xenapi import pool as pools
from zeus_installer.xenapi.host import Host
from zeus_installer.xenapi.readiness import with_session
from zeus_installer.xenapi.session import Session

# Variable of the performance monitor, and the share at which it raises an alarm.
ALARMS: Final = {"fs_usage": "0.9", "mem_usage": "0.95", "log_fs_usage": "0.9"}
_PERIOD_SECONDS: Final = 60
_INHIBIT_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings(Step):
    """Set what a fresh host record lacks; `name` None keeps the name that xapi gave it."""

    id: ClassVar[str] = "host_settings"
    title: ClassVar[str] = "Set the host's name and defaults"
    half: ClassVar[Literal["dom0"]] = "dom0"

    uuid: str
    name: str | None = None

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Take the host's name and identity."""
        return cls(uuid=context.identity.host, name=context.answers.host.hostname)

    def describe(self) -> Change:
        """Tell the settings."""
        named = (f"XenAPI: the host is called {self.name}",) if self.name else ()
        return Change(changes=(*named, "XenAPI: iSCSI initiator name and alarms for dom0's disk and memory, if unset"))

    def is_done(self, target: Target) -> bool:
        """Whether every setting has a value."""
        with Session(target) as session, session.doing("look at the host's settings"):
            host = hosts.this_host(session)
            named = self.name is None or host.name_label == self.name
            return named and bool(host.iscsi_iqn) and "perfmon" in hosts.dom0_other_config(session, host)

    def apply(self, target: Target, report: Reporter) -> None:
        """Set what is not set."""
        with_session(target, self._set, report=report)

    def _set(self, session: Session) -> None:
        host = hosts.this_host(session)
        with session.doing("set the host's name and defaults"):
            if self.name is not None and host.name_label != self.name:
                hosts.set_name_label(session, host, self.name)
            if not host.iscsi_iqn:
                hosts.set_iscsi_iqn(session, host, self._iqn(host))
            if "perfmon" not in hosts.dom0_other_config(session, host):
                hosts.add_dom0_other_config(session, host, "perfmon", perfmon_config())
            pools.sync_database(session)

    def _iqn(self, host: Host) -> str:
        domain = host.hostname.partition(".")[2] or "example.com"
        return iscsi_name(domain=domain, month=datetime.now(UTC), unique=self.uuid[:8])


def iscsi_name(*, domain: str, month: datetime, unique: str) -> str:
    """Give an iSCSI qualified name (RFC 3720, 3.2.6.3.1): a month in which the domain was ours, and the domain."""
    return f"iqn.{month:%Y-%m}.{'.'.join(reversed(domain.lower().split('.')))}:{unique}"


def perfmon_config() -> str:
    """Give the performance monitor's configuration of the control domain."""
    return f"<config>{''.join(_variable(name, level) for name, level in ALARMS.items())}</config>"


def _variable(name: str, level: str) -> str:
    return (
        f'<variable><name value="{name}"/><alarm_trigger_level value="{level}"/>'
        f'<alarm_trigger_period value="{_PERIOD_SECONDS}"/>'
        f'<alarm_auto_inhibit_period value="{_INHIBIT_SECONDS}"/></variable>'
    )
