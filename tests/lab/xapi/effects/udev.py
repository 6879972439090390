"""Type `udev`: removable disks and DVD drives that udev announces. There is nothing to make or to attach."""

from collections.abc import Mapping, Sequence

from tests.lab.xapi.effects.ports import FoundSr, Sizes


class UdevDriver:
    """Holds no data of its own."""

    def create(self, uuid: str, config: Mapping[str, str]) -> None:
        del uuid, config

    def destroy(self, uuid: str, config: Mapping[str, str]) -> None:
        del uuid, config

    def attach(self, uuid: str, config: Mapping[str, str]) -> None:
        del uuid, config

    def detach(self, uuid: str) -> None:
        del uuid

    def sizes(self, uuid: str) -> Sizes:
        del uuid
        return Sizes(total=0, used=0)

    def probe(self, config: Mapping[str, str]) -> Sequence[FoundSr]:
        del config
        return []
