"""Looking at the machine from the installer that runs on it. Changes nothing."""

from dataclasses import replace
from pathlib import Path

from zeus_installer.machine.installer import ANACONDA_ROOTS, InstallerTree
from zeus_installer.machine.model import Machine
from zeus_installer.machine.probe import probe_tree
from zeus_installer.system.target import Target


def look(target: Target, *, root: Path = Path("/")) -> Machine:
    """Probe the machine, and the system at `target` if it is there already.

    The kernel's command line is the installer's own: where its root is must not get into the host's boot entries.
    """
    machine = probe_tree(InstallerTree(root, (str(target.root), *ANACONDA_ROOTS)))
    return replace(machine, kernel=replace(machine.kernel, command_line=""))
