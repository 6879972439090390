"""`python -m tests.lab build|demo`: build the whole lab, a line for each part with its time; show the main job."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from tests.lab.accelerator import accelerator
from tests.lab.forky import forky_root
from tests.lab.images import image, snapshot
from tests.lab.netinst import netinst
from tests.lab.repositories import repositories
from tests.lab.roots import debian_tree

PARTS: Final[dict[str, Callable[[], object]]] = {
    "Debian tree": debian_tree,
    "repositories": repositories,
    "accelerator": accelerator,
    "disk image": image,
    "snapshot": snapshot,
}
# What the tests need besides, as a part of the build and not of whichever test comes first.
PARTS_OF_TESTS: Final[dict[str, Callable[[], object]]] = {"root with libdnf5": forky_root, "netinstall ISO": netinst}


def main(arguments: list[str]) -> int:
    """Build, or show the main job; or say how."""
    match arguments:
        case ["build"]:
            build_all(PARTS | PARTS_OF_TESTS)
        case ["demo"]:
            from tests.lab import demo

            demo.main()
        case _:
            print("usage: python -m tests.lab build|demo", file=sys.stderr)
            return 2
    return 0


def build_all(parts: Mapping[str, Callable[[], object]] = PARTS) -> None:
    """Build these parts, by default those of the demo."""
    began = time.monotonic()
    for name, make in parts.items():
        print(f"lab: {name}: {make()}", flush=True)
    print(f"lab: ready after {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
