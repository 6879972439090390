"""What greets the operator on the machine's consoles at boot, until the host is finished."""

from typing import Final

from zeus_installer.engine.units import own_file
from zeus_installer.host.labels import restore_labels
from zeus_installer.host.units import OURS, reload
from zeus_installer.system.target import Target

# The generator comes last: it is what brings the others into a boot.
_FILES: Final = {
    f"{OURS}/zeus-wizard@.service": 0o644,
    "/etc/zeus/wizard-console": 0o644,
    "/etc/systemd/system-generators/zeus-wizard-generator": 0o755,
}


def install_console(target: Target) -> None:
    """Have the wizard greet on the consoles: at each boot from the next one on, as long as the host is not finished."""
    for path, mode in _FILES.items():
        target.write_atomic(path, own_file(path.rpartition("/")[2]), mode=mode)
    restore_labels(target, [*_FILES])
    reload(target)


def remove_console(target: Target) -> None:
    """Have nothing but login prompts on the consoles from the next boot on. A wizard that is there stays."""
    for path in reversed(_FILES):
        target.remove(path)
    reload(target)
