"""What a module is built from."""

from pyanaconda.modules.common.base.base import KickstartService
from pyanaconda.modules.common.base.base_interface import KickstartModuleInterface

__all__ = ["KickstartModuleInterface", "KickstartService"]
