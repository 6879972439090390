"""Step `host_identity`: who the host is to XenAPI and to its operators, before xapi starts for the first time.

Files and their contents: xen-api (scripts/, ocaml/libs/xapi-inventory) and XenServer's host-installer (backend.py).
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from zeus_installer.host import access, inventory, lvm
from zeus_installer.host.essentials import check_essentials
from zeus_installer.host.labels import restore_labels
from zeus_installer.host.texts import set_variable
from zeus_installer.steps.base import Change, FileChange, Step
from zeus_installer.steps.context import Context
from zeus_installer.steps.partition_sr import sr_device
from zeus_installer.system.events import Reporter
from zeus_installer.system.secrets import Secret
from zeus_installer.system.target import Target

_XENCOMMONS: Final = "/etc/sysconfig/xencommons"
_PAM: Final = "/etc/pam.d/xapi"
# XenAPI clients log in as users of the host. The package ships this file; without it nobody can log in.
_PAM_RULES: Final = "".join(f"{kind:<10} include      system-auth\n" for kind in ("auth", "account", "password"))
_WRITTEN: Final = (
    inventory.PATH,
    _XENCOMMONS,
    _PAM,
    "/etc/xensource",
    "/etc/lvm",
    "/etc/hostname",
    "/etc/localtime",
    "/etc/shadow",
    "/root/.ssh",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostIdentity(Step):
    """Give the host its UUIDs, its network backend, its LVM configuration and its access.

    `host` and `dom0` are UUIDs, `sr_device` the partition that the host's own LVM leaves alone; what is None or empty
    stays as it is.
    """

    id: ClassVar[str] = "host_identity"
    title: ClassVar[str] = "Write the identity of the host"

    host: str
    dom0: str
    backend: str
    sr_device: str | None = None
    hostname: str | None = None
    timezone: str | None = None
    root_password_hash: Secret | None = None
    ssh_keys: tuple[str, ...] = ()

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Take the identity from the plan and the rest from the answers."""
        asked = context.answers.host
        local = context.answers.storage.is_local
        return cls(
            host=context.identity.host,
            dom0=context.identity.dom0,
            backend=context.answers.network.backend,
            sr_device=sr_device(context) if local else None,
            hostname=asked.hostname,
            timezone=asked.timezone,
            root_password_hash=asked.root_password_hash,
            ssh_keys=asked.ssh_keys,
        )

    def describe(self) -> Change:
        """Tell the files, and the settings inside files that are not ours alone."""
        fresh = inventory.merged("", host=self.host, dom0=self.dom0)
        files = (FileChange(path=inventory.PATH, content=fresh), *self._files())
        changes = [
            f"{_XENCOMMONS}: XEN_DOM0_UUID={self.dom0}",
            f"{_PAM}: written if no package has it",
            "SELinux labels restored on all of these",
        ]
        if self.sr_device is not None:
            changes.append(f"/etc/lvm/lvmlocal.conf: the host's own LVM leaves {self.sr_device} alone")
        if self.timezone is not None:
            changes.append(f"time zone: {self.timezone}")
        if self.root_password_hash is not None:
            changes.append("root's password: the one of the answers")
        if self.ssh_keys:
            changes.append(f"SSH keys that may log in as root: {len(self.ssh_keys)} added where missing")
        if self._no_remote_login():
            changes.append("warning: root gets SSH keys alone, which XenAPI does not take: no remote login to XenAPI")
        return Change(changes=tuple(changes), files=files)

    def is_done(self, target: Target) -> bool:
        """Whether every file and setting is there; what xapi's daemons rewrite since is theirs."""
        ours = inventory.is_of_host(target.read(inventory.PATH) or "", host=self.host, dom0=self.dom0)
        return (
            ours
            and all(target.read(file.path) == file.content for file in self._files())
            and f"XEN_DOM0_UUID={self.dom0}" in (target.read(_XENCOMMONS) or "").splitlines()
            and target.exists(_PAM)
            and (self.sr_device is None or lvm.host_ignores(target, self.sr_device))
            and (self.timezone is None or access.has_timezone(target, self.timezone))
            and (self.root_password_hash is None or access.has_root_password(target, self.root_password_hash))
            and access.has_ssh_keys(target, self.ssh_keys)
        )

    def apply(self, target: Target, report: Reporter) -> None:
        """Write all of it."""
        present = target.read(inventory.PATH) or ""
        target.write_atomic(inventory.PATH, inventory.merged(present, host=self.host, dom0=self.dom0))
        target.write_atomic(_XENCOMMONS, set_variable(target.read(_XENCOMMONS) or "", "XEN_DOM0_UUID", self.dom0))
        for file in self._files():
            target.write_atomic(file.path, file.content or "", mode=file.mode)
        if not target.exists(_PAM):
            target.write_atomic(_PAM, f"#%PAM-1.0\n{_PAM_RULES}")
        if self.sr_device is not None:
            lvm.ignore_on_host(target, self.sr_device)
        self._give_access(target, report)
        restore_labels(target, _WRITTEN)

    def verify(self, target: Target) -> None:
        """See that xapi and its daemons will find all that they exit without."""
        check_essentials(target)

    def revert(self, target: Target, report: Reporter) -> None:
        """Let the host's own LVM see the SR again; UUIDs and access harm nobody and stay."""
        lvm.restore_host(target)
        report.log("the host's own LVM sees the storage repository again")

    def _files(self) -> tuple[FileChange, ...]:
        named = () if self.hostname is None else (FileChange(path="/etc/hostname", content=f"{self.hostname}\n"),)
        return (
            FileChange(path="/etc/xensource/network.conf", content=f"{self.backend}\n"),
            # Without a newline, as xapi itself writes it (ocaml/xapi/xapi_pool_transition.ml).
            FileChange(path="/etc/xensource/pool.conf", content="master"),
            FileChange(path=lvm.MASTER_PATH, content=lvm.MASTER),
            *named,
        )

    def _no_remote_login(self) -> bool:
        return bool(self.ssh_keys) and self.root_password_hash is None

    def _give_access(self, target: Target, report: Reporter) -> None:
        if self.timezone is not None:
            access.set_timezone(target, self.timezone)
        if self.root_password_hash is not None:
            access.set_root_password(target, self.root_password_hash)
        if self.ssh_keys:
            access.add_ssh_keys(target, self.ssh_keys)
        if self._no_remote_login():
            report.warning("root gets SSH keys alone: XenAPI takes passwords only, so it has no remote login")
