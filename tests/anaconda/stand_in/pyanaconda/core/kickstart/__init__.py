"""Kickstart as a module sees it."""

from pyanaconda.core.kickstart.specification import KickstartSpecification
from pyanaconda.core.kickstart.version import VERSION

__all__ = ["VERSION", "KickstartSpecification"]
