"""What is checked before a reboot: everything that our entry needs, as GRUB will look for it."""

from zeus_installer.boot import grubcfg, modules, plain, sets
from zeus_installer.boot.hypervisor import check_hypervisor
from zeus_installer.boot.tools import grub_tool
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target


def check_entry(target: Target, *, firmware: str | None) -> None:
    """Raise a `ZeusError` unless the entry, its files, its modules and GRUB's configuration are as they must be."""
    configuration = target.read(grubcfg.PATH) or ""
    if f" --id {grubcfg.XEN} " not in configuration:
        raise ZeusError(
            "boot.entry",
            f"{grubcfg.PATH} has no entry {grubcfg.XEN}",
            hint="zeus resume writes it again",
        )
    check_script(target, configuration)
    sets.check_current(target)
    check_hypervisor(target, f"{sets.CURRENT}/{sets.FILES[0]}")
    for platform in modules.platforms(firmware, target):
        modules.check(target, platform)
    if not plain.ready_for_us(target):
        raise ZeusError(
            "boot.grub",
            f"{plain.GRUB_CFG} does not boot the saved default, or does not read {grubcfg.PATH}",
            hint="zeus resume makes it anew",
        )


def check_script(target: Target, configuration: str) -> None:
    """Raise a `ZeusError` unless GRUB can read `configuration`; one mistake in it and GRUB leaves it out whole."""
    try:
        target.run([grub_tool(target, "script-check")], stdin=configuration)
    except ZeusError as error:
        raise ZeusError(
            "boot.entry",
            f"GRUB cannot read what {grubcfg.PATH} would be: {error.message}",
            hint=f"repair the part of {grubcfg.PATH} that is not between Zeus's lines, then: zeus resume",
        ) from error
