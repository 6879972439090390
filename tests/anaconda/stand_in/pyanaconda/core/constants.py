"""Names of the environment."""

from typing import Final

DBUS_ANACONDA_SESSION_ADDRESS: Final = "DBUS_ANACONDA_SESSION_BUS_ADDRESS"
DEFAULT_LANG: Final = "C.UTF-8"  # en_US.UTF-8 on the installer image, which not every machine has
THREAD_DBUS_TASK: Final = "AnaTaskThread"
