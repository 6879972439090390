"""Step `create_sr`: the local storage repository on the prepared partition, attached, and the host's default.

What the appliance's storage-init does (sm, scripts/storage-init), except for whatever it does to other volume groups.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self

from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.steps.partition_sr import PartitionSr, sr_device
from zeus_installer.steps.past import steps_marked
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter, silent
from zeus_installer.system.target import Target
from zeus_installer.xenapi import host as hosts
from zeus_installer.xenapi import pool as pools
from zeus_installer.xenapi import sr as api
from zeus_installer.xenapi.errors import ConnectionLostError
from zeus_installer.xenapi.host import Host
from zeus_installer.xenapi.local_sr import TRANSLATION, LocalSr
from zeus_installer.xenapi.readiness import with_session
from zeus_installer.xenapi.session import Session
from zeus_installer.xenapi.sr import Sr
from zeus_installer.xenapi.waiting import wait_for

# Volume groups of sm's drivers (sm, libs/sm/drivers/LVHDSR.py and EXTSR.py).
VOLUME_GROUPS: Final = {"ext": "XSLocalEXT-", "lvm": "VG_XenStorage-"}
_LVM_MASTER: Final = "/etc/lvm/master"
_CACHING_TYPES: Final = ("ext",)
_OWN_ACCORD_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSr(Step):
    """Make an SR of `sr_type` on `device`.

    The seconds are how long xapi may take to register the driver, and to enable the host.
    """

    id: ClassVar[str] = "create_sr"
    title: ClassVar[str] = "Create the storage repository"
    half: ClassVar[Literal["dom0"]] = "dom0"

    sr_type: str
    device: str
    driver_seconds: int = 300
    enabled_seconds: int = 180

    @classmethod
    def wanted(cls, context: Context) -> bool:
        """Whether the answers ask for a local SR."""
        return context.answers.storage.sr_type in VOLUME_GROUPS

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Take the partition that the plan prepares."""
        return cls(sr_type=context.answers.storage.sr_type, device=sr_device(context))

    def describe(self) -> Change:
        """Tell the SR. What is destroyed is told by the step that partitions."""
        return Change(
            changes=(f"XenAPI: a storage repository ({self.sr_type}) on {self.device}, the default for new disks",)
        )

    def is_done(self, target: Target) -> bool:
        """Whether the SR is there, attached, and the default."""
        with Session(target) as session, session.doing("look at the storage repositories"):
            host = hosts.this_host(session)
            known = self._local_sr(session, host, target, silent()).find()
            if known is None:
                return False
            sr, pbd = known
            return (
                pbd.attached
                and TRANSLATION.items() <= sr.other_config.items()
                and pools.this_pool(session).default_SR == sr.ref
                and (host.crash_dump_sr, host.suspend_image_sr) == (sr.ref, sr.ref)
                and host.enabled
            )

    def apply(self, target: Target, report: Reporter) -> None:
        """Bring it about, going on where an interrupted attempt ended."""
        with_session(target, lambda session: self._create(session, target, report), report=report)

    def _local_sr(self, session: Session, host: Host, target: Target, report: Reporter) -> LocalSr:
        # This plan made the partition; an SR on it that was complete once may hold data.
        done = steps_marked(target, "done")
        half_made_at_most = PartitionSr.id in done and self.id not in done
        return LocalSr(
            session=session,
            host=host,
            device=self.device,
            kind=self.sr_type,
            report=report,
            same_device=lambda one, other: _same_device(target, one, other),
            ours=PartitionSr.id in done,
            clear=(lambda: clear_device(target, self.device, kind=self.sr_type)) if half_made_at_most else None,
        )

    def _create(self, session: Session, target: Target, report: Reporter) -> None:
        host = hosts.this_host(session)
        self._wait_for_driver(session, report)
        sr = self._local_sr(session, host, target, report).ensure()
        with session.doing(f"make SR {sr.uuid} the default"):
            _make_default(session, host, sr)
        if self.sr_type in _CACHING_TYPES:
            self._let_it_cache(session, host, sr, report)
        self._wait_until_enabled(session, report)
        with session.doing("write xapi's database"):
            pools.sync_database(session)
        report.log(f"SR {sr.uuid} ({sr.type}, {sr.size} bytes) on {self.device} is attached")

    def _wait_for_driver(self, session: Session, report: Reporter) -> None:
        found = wait_for(
            lambda: self.sr_type in api.driver_types(session) or None,
            seconds=self.driver_seconds,
            report=report,
            what=lambda: f"waiting for xapi to register the storage driver {self.sr_type}",
        )
        if found is None:
            known = ", ".join(api.driver_types(session)) or "none"
            raise ZeusError(
                "storage.no_driver",
                f"xapi has no storage driver {self.sr_type} after {self.driver_seconds} s; it has: {known}",
                hint="is the package `sm` complete, and is the type in `sm-plugins` of /etc/xapi.conf?",
            )

    def _let_it_cache(self, session: Session, host: Host, sr: Sr, report: Reporter) -> None:
        """Local caching needs a disabled host. Without it the host works all the same."""
        if host.local_cache_sr == sr.ref or not self._wait_until_enabled(session, report):
            return
        try:
            with session.doing("let the storage repository cache shared images"):
                hosts.disable(session, host)
                hosts.enable_local_storage_caching(session, host, sr.ref)
        except ConnectionLostError:
            raise
        except ZeusError as error:
            report.warning(error.message)
        with session.doing("enable the host again"):
            hosts.try_enable(session, host)

    def _wait_until_enabled(self, session: Session, report: Reporter) -> bool:
        """xapi enables the host at the end of its start-up; one that an interrupted attempt disabled stays so."""

        def enabled() -> bool | None:
            return hosts.this_host(session).enabled or None

        def made_enabled() -> bool | None:
            return hosts.try_enable(session, hosts.this_host(session)) or None

        with session.doing("enable the host"):
            for find, seconds in ((enabled, _OWN_ACCORD_SECONDS), (made_enabled, self.enabled_seconds)):
                if wait_for(find, seconds=seconds, report=report, what=lambda: "waiting for xapi to enable the host"):
                    return True
        report.warning(f"xapi did not enable the host within {_OWN_ACCORD_SECONDS + self.enabled_seconds:g} s")
        return False


def clear_device(target: Target, device: str, *, kind: str) -> None:
    """Take a half-made SR off its partition. Anything but an SR of that kind on it is an error, and stays."""
    environment = {"LVM_SYSTEM_DIR": _LVM_MASTER} if target.exists(_LVM_MASTER) else {}
    shown = target.run(["pvs", "--noheadings", "-o", "vg_name", device], environment=environment, ok=(0, 5))
    for group in shown.stdout.split():
        if not group.startswith(VOLUME_GROUPS[kind]):
            raise ZeusError(
                "storage.foreign",
                f"{device} holds the volume group {group}, which no storage repository of type {kind} has",
                hint="nothing was wiped; look at what it is, and wipe it by hand if it may go",
            )
        target.run(["vgchange", "-a", "n", group], environment=environment)
    target.run(["wipefs", "--all", device])


def _make_default(session: Session, host: Host, sr: Sr) -> None:
    for key, value in TRANSLATION.items():
        if sr.other_config.get(key) != value:
            api.set_other_config_key(session, sr, key, value)
    pool = pools.this_pool(session)
    if pool.default_SR != sr.ref:
        pools.set_default_sr(session, pool, sr.ref)
    if host.crash_dump_sr != sr.ref:
        hosts.set_crash_dump_sr(session, host, sr.ref)
    if host.suspend_image_sr != sr.ref:
        hosts.set_suspend_image_sr(session, host, sr.ref)


def _same_device(target: Target, one: str, other: str) -> bool:
    return one == other or target.path(one).resolve() == target.path(other).resolve()
