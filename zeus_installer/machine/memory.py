"""How much memory the machine has."""

import re

from zeus_installer.machine.model import Memory, Xen
from zeus_installer.machine.tree import Tree

_TOTAL = re.compile(r"^MemTotal:\s+([0-9]{1,15}) kB$", re.MULTILINE)


def probe_memory(tree: Tree, *, xen: Xen, xen_total: int | None) -> Memory:
    """Read what the kernel has.

    A dom0's kernel has only its share: there `xen_total` (bytes), what Xen has, is the answer, if Xen told it.
    """
    if xen.dom0:
        if xen_total is None:
            tree.note("memory.bytes", "/proc/meminfo has dom0's share only, and Xen's toolstack was not asked")
        return Memory(bytes=xen_total)
    text = tree.text("proc/meminfo", fact="memory.bytes")
    match = _TOTAL.search(text or "")
    if match is None:
        tree.note("memory.bytes", "/proc/meminfo has no MemTotal")
        return Memory(bytes=None)
    return Memory(bytes=int(match[1]) * 1024)
