"""The groups in which a hub shows its spokes."""


class SpokeCategory:
    """A group; a spoke names it as a class."""

    @staticmethod
    def get_title() -> str:
        """What stands above it."""
        return ""

    @staticmethod
    def get_sort_order() -> int:
        """Where it stands: lower is earlier."""
        return 0
