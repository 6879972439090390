"""The firmware: UEFI or BIOS, Secure Boot, and what DMI says of the machine."""

from zeus_installer.machine.model import Firmware
from zeus_installer.machine.tree import Tree

_EFI = "sys/firmware/efi"
_GLOBAL_VARIABLES = "8be4df61-93ca-11d2-aa0d-00e098032b8c"
_DMI = "sys/class/dmi/id"
# Files that firmware vendors leave in boards that nobody filled in.
_PLACEHOLDERS = frozenset(
    {"To Be Filled By O.E.M.", "To be filled by O.E.M.", "System Serial Number", "Default string", "None"}
)


def probe_firmware(tree: Tree) -> Firmware:
    """Read sysfs. `type` is None where not even ACPI shows, as in a recording that left the firmware out."""
    kind = _type(tree)
    return Firmware(
        type=kind,
        secure_boot=_secure_boot(tree) if kind == "uefi" else False if kind == "bios" else None,
        vendor=dmi(tree, "sys_vendor"),
        product=dmi(tree, "product_name"),
        serial=dmi(tree, "product_serial", fact="firmware.serial" if tree.is_dir(_DMI) else ""),
    )


def _type(tree: Tree) -> str | None:
    if tree.is_dir(_EFI):
        return "uefi"
    if tree.is_dir("sys/firmware/acpi") or tree.is_dir("sys/firmware/memmap"):
        return "bios"
    tree.note("firmware.type", "/sys/firmware shows neither EFI nor ACPI")
    return None


def _secure_boot(tree: Tree) -> bool | None:
    """Read the variable: four bytes of attributes, then 1 for on (Linux, Documentation/filesystems/efivarfs.rst)."""
    variables = tree.names(f"{_EFI}/efivars", fact="firmware.secure_boot")
    name = f"SecureBoot-{_GLOBAL_VARIABLES}"
    if variables and name not in variables:
        return False
    data = tree.data(f"{_EFI}/efivars/{name}", fact="firmware.secure_boot")
    if data is not None and len(data) >= 5:
        return data[4] == 1
    tree.note("firmware.secure_boot", "the variable SecureBoot is too short")
    return None


def dmi(tree: Tree, name: str, *, fact: str = "") -> str | None:
    """Give what DMI says under a name of sysfs; None for a placeholder."""
    value = tree.line(f"{_DMI}/{name}", fact=fact)
    return None if value in _PLACEHOLDERS else value
