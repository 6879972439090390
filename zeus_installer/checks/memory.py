"""Is there memory for dom0 and for guests?"""

from zeus_installer.checks.model import Finding, failed, passed, unknown, warning
from zeus_installer.machine.model import Machine

_MEMORY = "memory"
_GIB = 1 << 30
_LEAST = 2 * _GIB
_ENOUGH = 4 * _GIB
# Firmware and kernel keep up to a sixteenth of what the machine has: 2 GiB of memory show as 1.9.
_SHOWN = 15 / 16


def check_memory(machine: Machine) -> Finding:
    """Judge the amount: dom0 itself takes more than one GiB (xcp's formula), the rest is for guests."""
    size = machine.memory.bytes
    if size is None:
        remedy = "in dom0: xl info, line total_memory" if machine.xen.running else "run the check on the machine itself"
        return unknown(_MEMORY, "the amount of memory is not known", remedy=remedy)
    seen = f"{size / _GIB:.1f} GiB"
    if size < _LEAST * _SHOWN:
        return failed(
            _MEMORY, f"{seen}, less than 2 GiB", remedy="add memory: 2 GiB at the least, 8 GiB for a few guests"
        )
    if size < _ENOUGH * _SHOWN:
        return warning(_MEMORY, f"{seen}, less than 4 GiB", remedy="add memory: dom0 leaves little of it to guests")
    return passed(_MEMORY, seen)
