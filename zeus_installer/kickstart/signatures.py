"""Whether the Anaconda of this installer checks who signed what it installs.

It switches dnf's checks off (dnf_manager.py, _create_base). libdnf5 checks all the same what a .repo file of its own
asks it to (`gpgcheck=1`); dnf4, which Enterprise Linux 10 has, leaves checking to its caller, and Anaconda does not.
"""

from typing import Final

from zeus_installer.answers.model import Answers
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.target import Target

UNCHECKED: Final = "packages: the Anaconda of this release checks no signatures, whatever gpgkey says"
TRUST: Final = "say allow_unsigned = true in [packages]; or install a plain system and run zeus install there"
_MANAGER: Final = "usr/lib*/python3*/site-packages/pyanaconda/modules/payloads/payload/dnf/dnf_manager.py"


def refuse_unchecked(answers: Answers, target: Target) -> None:
    """Refuse to install unchecked what the answers want checked."""
    if answers.packages.allow_unsigned or any("libdnf5" in file.read_text() for file in target.root.glob(_MANAGER)):
        return
    raise RefusedError("packages.unchecked", UNCHECKED, hint=TRUST)
