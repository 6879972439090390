"""Units of the target: which are there, enabled or masked, and our drop-ins. Works on any root, whatever runs there."""

import fnmatch
from collections.abc import Iterable, Sequence
from typing import Final

from zeus_installer.system.run import run
from zeus_installer.system.target import Target

OURS: Final = "/etc/systemd/system"
# Where packages put units; /lib is a link to /usr/lib on every system that we know.
_PACKAGED: Final = "/usr/lib/systemd/system"
_ENABLED: Final = ("enabled", "enabled-runtime", "alias", "static", "indirect", "generated", "linked")


def units_there(target: Target, patterns: Iterable[str]) -> tuple[str, ...]:
    """Give the units of the target that fit one of the patterns (`xcp-rrdd-*.service`), in the patterns' order."""
    directories = [target.path(directory) for directory in (_PACKAGED, OURS)]
    names = sorted(
        {path.name for directory in directories if directory.is_dir() for path in directory.iterdir() if path.is_file()}
    )
    return tuple(dict.fromkeys(name for pattern in patterns for name in fnmatch.filter(names, pattern)))


def not_enabled(target: Target, units: Sequence[str]) -> tuple[str, ...]:
    """Give those of `units` that no boot would start. A unit without an [Install] section is started by others."""
    if not units:
        return ()
    states = _systemctl(target, "is-enabled", units, ok=(0, 1, 4)).splitlines()
    return tuple(unit for unit, state in zip(units, states, strict=True) if state not in _ENABLED)


def enable(target: Target, units: Sequence[str]) -> None:
    """Have the units started at boot."""
    if units:
        _systemctl(target, "enable", units)


def disable(target: Target, units: Sequence[str]) -> None:
    """Have the units not started at boot."""
    if units:
        _systemctl(target, "disable", units)


def mask(target: Target, unit: str) -> None:
    """Keep anything from starting the unit."""
    target.link_atomic(f"{OURS}/{unit}", "/dev/null")


def is_masked(target: Target, unit: str) -> bool:
    """Whether the unit is masked."""
    path = target.path(f"{OURS}/{unit}")
    return path.is_symlink() and str(path.readlink()) == "/dev/null"


def unmask(target: Target, unit: str) -> None:
    """Undo `mask`."""
    if is_masked(target, unit):
        target.remove(f"{OURS}/{unit}")


def drop_in(unit: str) -> str:
    """Give the path of our drop-in for `unit`."""
    return f"{OURS}/{unit}.d/50-zeus-dom0.conf"


def remove_drop_in(target: Target, unit: str) -> None:
    """Take our drop-in away, and its directory when nothing else is in it."""
    path = target.path(drop_in(unit))
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()


def reload(target: Target) -> None:
    """Have a running systemd read its units again."""
    if target.is_running_system and target.exists("/run/systemd/system"):
        run(["systemctl", "daemon-reload"], timeout=120)


def _systemctl(target: Target, verb: str, units: Sequence[str], *, ok: Sequence[int] = (0,)) -> str:
    """Run systemctl on the files of the target; `--root` needs no systemd to run there."""
    return run(["systemctl", f"--root={target.root}", verb, *units], ok=ok, timeout=120).stdout
