"""The running kernel and the installed ones: which can be a dom0."""

import gzip
import zlib

from zeus_installer.machine.model import Kernel, Xen
from zeus_installer.machine.tree import Tree

_DOM0 = b"CONFIG_XEN_DOM0=y"
_PREFIX = "config-"


def probe_kernel(tree: Tree, *, xen: Xen) -> Kernel:
    """Read the kernel's release, its command line and the configurations of all that is installed."""
    release = _release(tree)
    running = _running_config(tree, release)
    if running is None and not xen.dom0:
        tree.note("kernel.dom0_capable", f"no configuration of kernel {release or '(release not known)'} can be read")
    return Kernel(
        release=release,
        command_line=tree.line("proc/cmdline", fact="kernel.command_line") or "",
        dom0_capable=True if xen.dom0 else running,
        dom0_releases=tuple(name for name in _installed(tree) if _is_dom0_capable(_installed_config(tree, name))),
    )


def _release(tree: Tree) -> str | None:
    if release := tree.line("proc/sys/kernel/osrelease"):
        return release
    words = (tree.line("proc/version", fact="kernel.release") or "").split()
    if words[:2] == ["Linux", "version"] and len(words) > 2:
        return words[2]
    tree.note("kernel.release", "/proc/version does not name it")
    return None


def _running_config(tree: Tree, release: str | None) -> bool | None:
    config = None if release is None else _installed_config(tree, release)
    return _is_dom0_capable(_own_config(tree) if config is None else config)


def _installed(tree: Tree) -> tuple[str, ...]:
    in_boot = (name.removeprefix(_PREFIX) for name in tree.names("boot") if name.startswith(_PREFIX))
    in_modules = (name for name in tree.names("lib/modules") if tree.exists(f"lib/modules/{name}/config"))
    return tuple(sorted({*in_boot, *in_modules}))


def _installed_config(tree: Tree, release: str) -> bytes | None:
    for path in (f"boot/{_PREFIX}{release}", f"lib/modules/{release}/config"):
        if config := tree.data(path):
            return config
    return None


def _own_config(tree: Tree) -> bytes | None:
    packed = tree.data("proc/config.gz")
    try:
        return gzip.decompress(packed) if packed else None
    except (OSError, EOFError, zlib.error):
        return None


def _is_dom0_capable(config: bytes | None) -> bool | None:
    return None if config is None else _DOM0 in config.splitlines()
