"""Where firmware keeps its switches, by maker, in the words of the makers' manuals."""

from dataclasses import dataclass

from zeus_installer.machine.model import Machine


@dataclass(frozen=True, slots=True)
class Menus:
    """The menus of one maker: of the processor, of the I/O chipset, of Secure Boot."""

    processor: str
    chipset: str
    secure_boot: str


_GENERIC = Menus("Advanced > CPU Configuration", "Advanced > Chipset or North Bridge Configuration", "Security or Boot")
# By the beginning of DMI's system vendor.
_BY_VENDOR = {
    "Dell": Menus(
        "System BIOS > Processor Settings", "System BIOS > Processor Settings", "System BIOS > System Security"
    ),
    "HP": Menus(
        "BIOS/Platform Configuration (RBSU) > Virtualization Options",
        "BIOS/Platform Configuration (RBSU) > Virtualization Options",
        "BIOS/Platform Configuration (RBSU) > Server Security > Secure Boot Settings",
    ),
    "Lenovo": Menus(
        "Security > Virtualization, or System Settings > Processors",
        "Security > Virtualization, or System Settings > Devices and I/O Ports",
        "Security > Secure Boot",
    ),
    "Supermicro": Menus("Advanced > CPU Configuration", "Advanced > Chipset Configuration > North Bridge", "Security"),
    "ASUS": Menus("Advanced > CPU Configuration", "Advanced > System Agent (SA) Configuration", "Boot > Secure Boot"),
    "Gigabyte": Menus("Tweaker > Advanced CPU Settings", "Settings > Miscellaneous", "Boot > Secure Boot"),
    "Micro-Star": Menus("OC > CPU Features", "OC > CPU Features", "Settings > Advanced > Windows OS Configuration"),
}


def menus_of(machine: Machine) -> Menus:
    """Give the menus of the machine's maker, or the usual ones."""
    vendor = (machine.firmware.vendor or "").casefold()
    return next((menus for name, menus in _BY_VENDOR.items() if vendor.startswith(name.casefold())), _GENERIC)


def virtualization_option(machine: Machine) -> str:
    """Give the name of the switch for VT-x or AMD-V."""
    return _option(machine, intel="Intel Virtualization Technology (VT-x)", amd="SVM Mode")


def iommu_option(machine: Machine) -> str:
    """Give the name of the switch for the IOMMU."""
    return _option(machine, intel="Intel VT for Directed I/O (VT-d)", amd="IOMMU (AMD-Vi)")


def _option(machine: Machine, *, intel: str, amd: str) -> str:
    if machine.cpu.virtualization == "amd-v" or machine.cpu.vendor in ("AuthenticAMD", "HygonGenuine"):
        return amd
    if machine.cpu.virtualization == "vt-x" or machine.cpu.vendor in ("GenuineIntel", "CentaurHauls"):
        return intel
    return f"{intel} or {amd}"
