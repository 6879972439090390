"""Whether this is a Xen domain already, and what Xen says that it can run (Linux, sysfs-hypervisor-xen)."""

from zeus_installer.machine.model import Xen
from zeus_installer.machine.tree import Tree

_HYPERVISOR = "sys/hypervisor"


def probe_xen(tree: Tree) -> Xen:
    """Ask sysfs, and the toolstack where this is a living dom0."""
    if not tree.is_dir("sys"):
        tree.note("xen.running", "/sys is not there")
    if tree.line(f"{_HYPERVISOR}/type") != "xen":
        return Xen(running=False)
    dom0 = "control_d" in (tree.text("proc/xen/capabilities") or "") or bool(
        tree.flag(f"{_HYPERVISOR}/start_flags/initdomain")
    )
    capabilities = (tree.line(f"{_HYPERVISOR}/properties/capabilities", fact="xen.capabilities") or "").split()
    return Xen(running=True, dom0=dom0, version=_version(tree), capabilities=tuple(capabilities))


def _version(tree: Tree) -> str | None:
    major, minor = (tree.line(f"{_HYPERVISOR}/version/{name}") for name in ("major", "minor"))
    extra = tree.line(f"{_HYPERVISOR}/version/extra") or ""
    return f"{major}.{minor}{extra}" if major and minor else None
