"""What greets the operator on the machine's consoles at boot, until the host is finished."""

from typing import Final

from zeus_installer.engine.units import own_file
from zeus_installer.host.labels import restore_labels
from zeus_installer.host.units import OURS, reload
from zeus_installer.system.target import Target

_GENERATOR: Final = "/etc/systemd/system-generators/zeus-wizard-generator"
# The generator comes last: it is what brings the others into a boot.
_FILES: Final = {
    f"{OURS}/zeus-wizard@.service": 0o644,
    "/etc/zeus/wizard-console": 0o644,
    _GENERATOR: 0o755,
}
# The package zeus-firstboot has the same files in /usr/lib: they are used where they are, and masked at the end
# (systemd.generator(7)).
_PACKAGED: Final = "/usr/lib/systemd/system-generators/zeus-wizard-generator"
_MASK: Final = "/dev/null"


def install_console(target: Target) -> None:
    """Have the wizard greet on the consoles: at each boot from the next one on, as long as the host is not finished."""
    if target.exists(_PACKAGED):
        _remove_ours(target)
    else:
        for path, mode in _FILES.items():
            target.write_atomic(path, own_file(path.rpartition("/")[2]), mode=mode)
        restore_labels(target, [*_FILES])
    reload(target)


def remove_console(target: Target) -> None:
    """Have nothing but login prompts on the consoles from the next boot on. A wizard that is there stays."""
    _remove_ours(target)
    if target.exists(_PACKAGED):
        target.link_atomic(_GENERATOR, _MASK)
    reload(target)


def _remove_ours(target: Target) -> None:
    for path in reversed(_FILES):
        target.remove(path)
