"""The checks of a kickstart against itself and against our section in it: one file a subject, and their list."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from zeus_installer.kickstart.checks.addon import check_addon
from zeus_installer.kickstart.checks.boot import check_boot
from zeus_installer.kickstart.checks.devices import check_devices
from zeus_installer.kickstart.checks.disks import check_disks
from zeus_installer.kickstart.checks.login import check_login
from zeus_installer.kickstart.checks.network import check_network
from zeus_installer.kickstart.checks.packages import check_packages
from zeus_installer.kickstart.checks.passwords import check_passwords
from zeus_installer.kickstart.checks.payload import check_payload
from zeus_installer.kickstart.checks.scripts import check_scripts
from zeus_installer.kickstart.checks.space import check_space
from zeus_installer.kickstart.checks.unasked import check_unasked
from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message

CHECKS: Final[Sequence[Callable[[Context], Iterator[Message]]]] = (
    check_addon,
    check_scripts,
    check_boot,
    check_devices,
    check_disks,
    check_space,
    check_network,
    check_payload,
    check_packages,
    check_passwords,
    check_login,
    check_unasked,
)
