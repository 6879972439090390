"""`python -m tests.anaconda.elsewhere MODULE`: run Zeus's add-on as if the directory ZEUS_ELSEWHERE were this machine.

What it probes, reads and writes lies below that directory, the new system at its mount point included.
"""

import os
import runpy
import sys
from pathlib import Path

from tests.anaconda.source import ELSEWHERE
from zeus_installer.addon import look
from zeus_installer.addon.service import surroundings
from zeus_installer.system.target import Target


def main(module: str, root: Path) -> None:
    """Change what stands for this machine by default, and become the module."""
    Target.__init__.__defaults__ = (root,)
    look.look.__kwdefaults__["root"] = root  # type: ignore[index]
    surroundings._ROOT = root  # type: ignore[misc]
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(os.environ[ELSEWHERE]))
