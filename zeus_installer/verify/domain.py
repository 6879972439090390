"""Xen and dom0, by what the kernel says: no program is asked."""

from zeus_installer.system.target import Target
from zeus_installer.verify.model import Expectations, Verification, seen, wrong

_BALLOON = "/sys/devices/system/xen_memory/xen_memory0/info/current_kb"
_KIB_IN_MIB = 1024
# What the kernel keeps from MemTotal for itself, and what ballooning rounds.
_TOLERANCE = 0.15


def check_domain(target: Target, expected: Expectations) -> tuple[Verification, ...]:
    """Check that Xen runs, that this is its control domain, and how much memory that has."""
    memory = () if expected.dom0_memory is None else (_memory(target, expected.dom0_memory),)
    return (_dom0(target), *memory)


def xen_version(target: Target) -> str | None:
    """Give the running hypervisor's version, None when there is none."""
    parts = [target.read(f"/sys/hypervisor/version/{part}") for part in ("major", "minor", "extra")]
    major, minor, extra = ((part or "").strip() for part in parts)
    return f"{major}.{minor}{extra}" if major and minor else None


def is_dom0(target: Target) -> bool:
    """Whether this is the control domain: xenfs says so, and the hypervisor's own UUID for dom0 is all zeros."""
    if "control_d" in (target.read("/proc/xen/capabilities") or ""):
        return True
    uuid = (target.read("/sys/hypervisor/uuid") or "").strip()
    return bool(uuid) and not uuid.strip("0-")


def dom0_memory(target: Target) -> int | None:
    """Give dom0's memory in MiB: the balloon driver's figure, else what the kernel has."""
    balloon = (target.read(_BALLOON) or "").strip()
    if balloon.isdigit():
        return int(balloon) // _KIB_IN_MIB
    for line in (target.read("/proc/meminfo") or "").splitlines():
        name, _, value = line.partition(":")
        if name == "MemTotal" and value.split():
            return int(value.split()[0]) // _KIB_IN_MIB
    return None


def _dom0(target: Target) -> Verification:
    hypervisor = (target.read("/sys/hypervisor/type") or "").strip()
    if hypervisor == "xen" and is_dom0(target):
        return seen("xen.dom0", f"this is dom0 of Xen {xen_version(target) or '(version not known)'}")
    what = "a Xen guest, not dom0" if hypervisor == "xen" else "no Xen: /sys/hypervisor/type is missing or other"
    return wrong("xen.dom0", what, remedy="boot the entry `zeus-xen` (GRUB menu); `zeus status` tells why it was not")


def _memory(target: Target, planned: int) -> Verification:
    found = dom0_memory(target)
    evidence = f"dom0 has {'an unknown amount of' if found is None else found} MiB, planned are {planned} MiB"
    if found is not None and abs(found - planned) <= planned * _TOLERANCE:
        return seen("dom0.memory", evidence)
    return wrong("dom0.memory", evidence, remedy="look at `dom0_mem=` in `xl info` (xen_commandline) and in custom.cfg")
