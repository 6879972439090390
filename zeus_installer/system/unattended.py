"""Consent to destruction where nobody is asked: a word on the kernel's command line, which is no accident."""

from typing import Final

from zeus_installer.system.target import Target

WORD: Final = "zeus.unattended"


def has_consent(target: Target) -> bool:
    """Whether the kernel that runs was started with it."""
    return WORD in (target.read("/proc/cmdline") or "").split()
