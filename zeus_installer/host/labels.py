"""SELinux labels of files that we wrote."""

from collections.abc import Sequence

from zeus_installer.system.target import Target


def restore_labels(target: Target, paths: Sequence[str]) -> None:
    """Give `paths` of the target the labels that its policy wants, where SELinux is there and not switched off."""
    config = target.read("/etc/selinux/config") or ""
    there = [path for path in paths if target.exists(path)]
    if "SELINUX=disabled" in config.splitlines() or not target.exists("/usr/sbin/restorecon") or not there:
        return
    target.run(["restorecon", "-R", *there], timeout=120)
