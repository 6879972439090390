"""`python -m tests.lab build`: build the whole lab, with a line for each part and its time; what is there is kept."""

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
    """Build; or say how."""
    if arguments != ["build"]:
        print("usage: python -m tests.lab build", file=sys.stderr)
        return 2
    began = time.monotonic()
    for name, make in PARTS.items():
        print(f"lab: {name}: {make()}", flush=True)
    print(f"lab: ready after {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
