"""How steps fail in a rehearsal: in the words in which they really do."""

from typing import Final

from zeus_installer.packages.problems import classified
from zeus_installer.plan import Plan
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.errors import ExitStatus, ZeusError

_TOLD: Final = {
    "fetch_hooks": (
        "web.refused",
        "https://fleet.example.org/start.sh: connection refused",
        "look at the server, and at the network of this machine",
    ),
    "release_disks": (
        "storage.in_use",
        "/dev/sdb is in use: it is mounted at /mnt",
        "unmount it, then: zeus resume",
    ),
    "partition_sr": (
        "storage.identity",
        "there is no disk with the serial number of the plan any more",
        "is its cable in place? then: zeus resume",
    ),
    "boot_entry": (
        "boot.no_space",
        "/boot has 12 MiB left, the boot set needs 96 MiB",
        "remove an old kernel (dnf remove kernel-core-VERSION), then: zeus resume",
    ),
    "wait_for_xapi": (
        "xapi.not_ready",
        "xapi was not ready within 900 s: it has not opened its socket /var/lib/xcp/xapi\n"
        "  failed units: xenstored.service",
        "xapi ends when a program, file or directory that it needs is missing, and says which: `journalctl -b -u xapi`;"
        " put that right, then: zeus resume",
    ),
    "configure_management": (
        "network.no_address",
        "no IPv4 address on eth0 (bridge xenbr0) within 120 s; tried: DHCP; link: no carrier",
        "check cable, switch port and DHCP server, or give a static address in [network.management]",
    ),
    "create_sr": (
        "storage.no_driver",
        "xapi has no storage driver ext after 300 s; it has: nfs, iso",
        "is the package `sm` complete, and is the type in `sm-plugins` of /etc/xapi.conf?",
    ),
    "commit_boot": (
        "boot.commit",
        "zeus-xen is not the default: /boot/grub2/grubenv did not take the change",
        "look whether /boot and /etc can be written, then: zeus resume",
    ),
}


def failure_of(step: str, plan: Plan) -> ZeusError:
    """Give the error that a step fails with."""
    if step == InstallPackages.id:
        repos = [
            repo.baseurl for found in plan.steps if isinstance(found, InstallPackages) for repo in found.request.repos
        ]
        where = repos[0] if repos else "https://packages.example.org/"
        words = f"Curl error (28): Timeout was reached for {where}"
        return classified("download", words)
    if step == "verify_host":
        return ZeusError(
            "verify.failed",
            "this host does not work, 1 of 12 checks failed:\n  services.xapi: xapi.service is failed",
            hint="services.xapi: look at `journalctl -b -u xapi`",
            status=ExitStatus.NOT_VERIFIED,
        )
    if step in _TOLD:
        code, message, hint = _TOLD[step]
        return ZeusError(code, message, hint=hint)
    return ZeusError(
        "run.failed",
        "systemctl daemon-reload: exit status 1\n  Failed to reload daemon: No space left on device",
        hint="make room there, then: zeus resume",
    )
