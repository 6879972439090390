"""What starts after the next reboot, by GRUB's environment block."""

from typing import Final

from zeus_installer.boot.grubenv import DEFAULT, ONCE, GrubEnv
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target
from zeus_installer.verify.model import Expectations, Verification, seen, wrong

# Every entry of ours that boots Xen begins so; the one for plain Linux does not.
_XEN: Final = "zeus-xen"


def check_boot(target: Target, expected: Expectations) -> tuple[Verification, ...]:
    """Check the boot default, and that GRUB has cleared the one-shot by which a trial boot came here."""
    if expected.default_boot is None:
        return ()
    try:
        variables = GrubEnv(target=target).read()
    except ZeusError as error:
        return (wrong("boot.default", f"not known: {error.message}", remedy=error.hint),)
    return (_judge(variables.get(DEFAULT, ""), variables.get(ONCE, ""), expected.default_boot),)


def _judge(default: str, once: str, wanted: str) -> Verification:
    shown = f"{DEFAULT}={default}, {ONCE}={once}"
    if once:
        return wrong(
            "boot.default",
            f"{shown}: the one-shot is still armed, so GRUB cannot write its environment block",
            remedy="put /boot on ext4 or XFS on a plain partition, or install with boot.trial = false",
        )
    if default.startswith(_XEN) != (wanted == "xen"):
        return wrong(
            "boot.default",
            f"{shown}: the next boot should be {wanted}",
            remedy="something else changed GRUB's default; `zeus resume` sets it right",
        )
    return seen("boot.default", f"{shown}: the next boot is {wanted}")
