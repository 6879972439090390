"""Which machine is meant: this one, one that was saved to a file, or a recorded tree."""

from pathlib import Path

from zeus_installer.machine.model import Machine
from zeus_installer.system.errors import UsageError


def read_machine(*, file: Path | None, root: Path) -> Machine:
    """Load the machine in `file`, or probe the one whose root directory is `root`."""
    if file is not None:
        from zeus_installer.machine.replay import load

        return load(file)
    from zeus_installer.machine.probe import probe

    if not root.is_dir():
        raise UsageError("usage.root", f"{root} is not a directory")
    return probe(root)
