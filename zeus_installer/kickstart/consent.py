"""Whether somebody agreed that an installation without questions destroys what it finds."""

from typing import Final

from zeus_installer.answer_sources.servers import HOW_TO_PIN
from zeus_installer.answers.model import Answers
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.unattended import WORD

HOW_TO_CONSENT: Final = f"start the installer with {WORD} on the kernel command line: that destroys what is on the disk"
HOW_TO_TRUST: Final = f"{HOW_TO_PIN}: answers that anybody could have forged may destroy nothing"


def check_trust(answers: Answers, origin: str, *, authenticated: bool) -> None:
    """Refuse answers that want to destroy something and that anybody on the network could have forged."""
    if answers.storage.wipe == "listed-disks" and not authenticated:
        raise RefusedError(
            "answers.unauthenticated",
            f'storage.wipe is "listed-disks", and nobody vouches for these answers: {origin} came by DHCP',
            hint=HOW_TO_TRUST,
        )


def check_consent(answers: Answers, *, consent: bool) -> None:
    """Refuse to destroy what is on the listed disks when nobody agreed."""
    if answers.storage.wipe == "listed-disks" and not consent:
        raise RefusedError(
            "storage.consent", 'storage.wipe is "listed-disks", and nobody agreed to that', hint=HOW_TO_CONSENT
        )
