"""Can devices be given to guests, and safely?"""

from zeus_installer.checks.menus import iommu_option, menus_of
from zeus_installer.checks.model import Finding, passed, unknown, warning
from zeus_installer.machine.model import IommuState, Machine

_NAMES = {"vt-d": "VT-d", "amd-vi": "AMD-Vi"}
_IOMMU = "iommu"
_REMAPPING = "iommu.interrupt_remapping"
_AS_ROOT = "run the check as root"
_ON_XEN = "in dom0: xl info, line virt_caps (hvm_directio)"


def check_iommu(machine: Machine) -> Finding:
    """Judge the IOMMU, without which PCI passthrough does not work."""
    name = _NAMES.get(machine.iommu.kind or "", "IOMMU")
    match machine.iommu.state:
        case IommuState.ACTIVE:
            return passed(_IOMMU, f"{name} active")
        case IommuState.TABLES_PRESENT:
            return passed(_IOMMU, f"{name} found in ACPI, not in use by this kernel; Xen turns it on itself")
        case IommuState.OFF_ON_COMMAND_LINE:
            remedy = "remove iommu=off, intel_iommu=off and amd_iommu=off from the kernel command line"
            return warning(_IOMMU, f"{name} is turned off on the kernel command line", remedy=remedy)
        case IommuState.ABSENT:
            return warning(_IOMMU, "no IOMMU: PCI passthrough will not work", remedy=_enable(machine))
        case None:
            return unknown(_IOMMU, "the IOMMU is not known", remedy=_ON_XEN if machine.xen.running else _AS_ROOT)


def check_interrupt_remapping(machine: Machine) -> Finding:
    """Judge interrupt remapping, without which a guest with a passed-through device can disturb the host."""
    match machine.iommu.interrupt_remapping:
        case True:
            return passed(_REMAPPING, "interrupt remapping found")
        case False:
            remedy = (
                "remove intremap=off and nointremap from the kernel command line"
                if any(word in machine.kernel.command_line.split() for word in ("intremap=off", "nointremap"))
                else f"{_enable(machine)}; older chipsets cannot"
            )
            return warning(_REMAPPING, "no interrupt remapping: passthrough is not safe", remedy=remedy)
        case None:
            remedy = "in dom0: xl dmesg, line 'Interrupt remapping'" if machine.xen.running else _AS_ROOT
            return unknown(_REMAPPING, "interrupt remapping is not known", remedy=remedy)


def _enable(machine: Machine) -> str:
    return f"firmware menu {menus_of(machine).chipset}: enable {iommu_option(machine)}"
