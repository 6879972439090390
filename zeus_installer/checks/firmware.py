"""Does the firmware let Xen boot?"""

from zeus_installer.checks.menus import menus_of
from zeus_installer.checks.model import Finding, failed, passed, unknown
from zeus_installer.machine.model import Machine

_SECURE_BOOT = "firmware.secure_boot"


def check_secure_boot(machine: Machine) -> Finding:
    """Judge Secure Boot: it refuses Xen, which no distribution signs."""
    if machine.firmware.type == "bios":
        return passed(_SECURE_BOOT, "BIOS boot, which has no Secure Boot")
    match machine.firmware.secure_boot:
        case True:
            remedy = f"firmware menu {menus_of(machine).secure_boot}: disable Secure Boot"
            return failed(_SECURE_BOOT, "Secure Boot is on, and Xen is not signed", remedy=remedy)
        case False:
            return passed(_SECURE_BOOT, "Secure Boot is off")
        case None:
            remedy = "mount efivarfs on /sys/firmware/efi/efivars, or look: mokutil --sb-state"
            return unknown(_SECURE_BOOT, "Secure Boot is not known", remedy=remedy)
