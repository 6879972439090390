"""The machine itself: disks, network."""

from pyanaconda.ui.categories import SpokeCategory


class SystemCategory(SpokeCategory):
    """The group with the installation's destination."""

    @staticmethod
    def get_title() -> str:
        """What stands above it."""
        return "SYSTEM"

    @staticmethod
    def get_sort_order() -> int:
        """Where it stands."""
        return 300
