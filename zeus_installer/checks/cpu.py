"""Can guests have hardware virtualization, and is it a fast one?"""

from zeus_installer.checks.menus import menus_of, virtualization_option
from zeus_installer.checks.model import Finding, failed, passed, unknown, warning
from zeus_installer.machine.model import Machine, VirtualizationState

_NAMES = {"vt-x": "VT-x", "amd-v": "AMD-V"}
_VIRTUALIZATION = "cpu.virtualization"
_PAGING = "cpu.second_level_paging"
_NESTED = (
    "turn on nested virtualization where this virtual machine is defined (libvirt: <cpu mode='host-passthrough'/>; "
    "VMware: Expose hardware assisted virtualization to the guest OS; VirtualBox: Enable Nested VT-x/AMD-V)"
)
_PV_ONLY = 'or accept PV guests only: [checks] accept = ["cpu.virtualization"]'


def check_virtualization(machine: Machine) -> Finding:
    """Judge VT-x and AMD-V. What is off, missing or hidden leaves Xen with PV guests only."""
    cpu = machine.cpu
    name = _NAMES.get(cpu.virtualization or "", "hardware virtualization")
    firmware = f"firmware menu {menus_of(machine).processor}: enable {virtualization_option(machine)}"
    match cpu.virtualization_state:
        case VirtualizationState.ENABLED:
            return passed(_VIRTUALIZATION, f"{name} enabled")
        case VirtualizationState.DISABLED_BY_FIRMWARE:
            return failed(_VIRTUALIZATION, f"{name} is disabled by the firmware", remedy=f"{firmware}, {_PV_ONLY}")
        case VirtualizationState.ABSENT:
            remedy = f"use a machine whose processor has VT-x or AMD-V, {_PV_ONLY}"
            return failed(_VIRTUALIZATION, "the processor has neither VT-x nor AMD-V", remedy=remedy)
        case VirtualizationState.HIDDEN_BY_HYPERVISOR:
            seen = "this is a virtual machine, and its hypervisor hides VT-x and AMD-V"
            return failed(_VIRTUALIZATION, seen, remedy=f"{_NESTED}, {_PV_ONLY}")
        case None if cpu.virtualization == "none":
            # Either way it does not work as the machine is now; only the reason is open.
            who = "Xen" if machine.xen.running else "the kernel"
            seen = f"{who} shows neither VT-x nor AMD-V; whether the firmware disables it or it is missing is not known"
            return failed(_VIRTUALIZATION, seen, remedy=f"{firmware}, {_PV_ONLY}")
        case None:
            return unknown(
                _VIRTUALIZATION, f"whether {name} is enabled is not known", remedy=_look_again("msr and cpuid")
            )


def check_second_level_paging(machine: Machine) -> Finding:
    """Judge EPT and NPT, without which HVM guests are slow."""
    match machine.cpu.second_level_paging:
        case True:
            return passed(_PAGING, "second-level paging (EPT or NPT) found")
        case False:
            remedy = "nothing to switch on: HVM guests run with shadow page tables, slowly"
            return warning(_PAGING, "no second-level paging (EPT or NPT)", remedy=remedy)
        case None:
            return unknown(_PAGING, "second-level paging is not known", remedy=_look_again("msr and cpuid"))


def _look_again(modules: str) -> str:
    return f"run the check as root, with the kernel modules {modules} loaded"
