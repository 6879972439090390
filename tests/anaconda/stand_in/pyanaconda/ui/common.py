"""What spokes are, in text and in graphics alike; and how those of a folder are found."""

import importlib
import inspect
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from pyanaconda.ui.categories import SpokeCategory


class Spoke(ABC):
    """A screen of settings. Hubs ask `completed` and `mandatory` before they go on."""

    category: ClassVar[type[SpokeCategory] | None] = None

    def __init__(self, data: Any, storage: Any, payload: Any) -> None:
        self.data, self.storage, self.payload = data, storage, payload

    @staticmethod
    def get_screen_id() -> str | None:
        """What the screen is called in logs and helps."""
        return None

    @classmethod
    def should_run(cls, environment: str, data: Any) -> bool:  # noqa: ARG003
        """Whether it is shown at all: in the installer, unless it says otherwise."""
        return environment == "anaconda"

    def initialize(self) -> None:  # noqa: B027 - most spokes have nothing to prepare
        """Prepare, once, before the hub is shown."""

    @abstractmethod
    def apply(self) -> None:
        """Tell the modules what was chosen."""

    @property
    def showable(self) -> bool:
        """Whether it makes sense on this machine."""
        return True

    @property
    def indirect(self) -> bool:
        """Whether only another spoke leads to it."""
        return False

    @property
    def ready(self) -> bool:
        """Whether it can be entered; an automated installation waits for all."""
        return True

    @property
    def completed(self) -> bool:
        """Whether everything is chosen."""
        return False

    @property
    def mandatory(self) -> bool:
        """Whether the installation waits until it is completed."""
        return True

    @property
    @abstractmethod
    def status(self) -> str:
        """A line about what is chosen."""


def collect(mask_paths: Sequence[tuple[str, str]]) -> Iterator[type[Spoke]]:
    """Give the spokes of folders: the classes with a category that their modules name in `__all__`."""
    for mask, path in mask_paths:
        for file in sorted(Path(path).glob("[!_]*.py")):
            module = importlib.import_module(mask % file.stem)
            names = getattr(module, "__all__", dir(module))
            for thing in (getattr(module, name) for name in names):
                if inspect.isclass(thing) and getattr(thing, "category", None) is not None:
                    yield thing
