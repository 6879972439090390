"""`python -m tests.lab build|demo`: build the whole lab, a line for each part with its time; show the main job."""

import sys
import time
from collections.abc import Callable
from typing import Final

from tests.lab.accelerator import accelerator
from tests.lab.images import image, snapshot
from tests.lab.repositories import repositories
from tests.lab.roots import debian_tree

PARTS: Final[dict[str, Callable[[], object]]] = {
    "Debian tree": debian_tree,
    "repositories": repositories,
    "accelerator": accelerator,
    "disk image": image,
    "snapshot": snapshot,
}


def main(arguments: list[str]) -> int:
    """Build, or show the main job; or say how."""
    match arguments:
        case ["build"]:
            build_all()
        case ["demo"]:
            from tests.lab import demo

            demo.main()
        case _:
            print("usage: python -m tests.lab build|demo", file=sys.stderr)
            return 2
    return 0


def build_all() -> None:
    """Build all parts."""
    began = time.monotonic()
    for name, make in PARTS.items():
        print(f"lab: {name}: {make()}", flush=True)
    print(f"lab: ready after {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
