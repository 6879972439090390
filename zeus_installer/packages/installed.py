"""What rpm's database of a target says, and whether the disk agrees. The `rpm` program of this system is asked."""

from collections.abc import Sequence
from pathlib import Path

from zeus_installer.packages.signatures import root_arguments
from zeus_installer.system.run import run

# Sizes, digests and links are the package's; owners, modes and times an administrator may change, and config files too.
_VERIFY = ("--nodeps", "--noscripts", "--nomtime", "--nomode", "--nouser", "--nogroup", "--nocaps", "--nordev")
_NOT_THE_PACKAGES = ("c", "d", "g")
_ANY_STATUS = range(256)


def installed(packages: Sequence[str], *, root: Path) -> tuple[str, ...]:
    """Give those of `packages` (name-version-release.arch) that are in the database."""
    if not packages:
        return ()
    said = _rpm(root, "-q", "--qf", "%{nvra}\n", *packages)
    return tuple(package for package in packages if without_epoch(package) in said.splitlines())


def broken(packages: Sequence[str], *, root: Path) -> tuple[str, ...]:
    """Give those of `packages` that are not installed or whose files are not what they should be."""
    names = [without_epoch(package) for package in packages]
    if not names or not _complaints(names, root):
        return ()
    return tuple(name for name in names if _complaints([name], root))


def torn_settings(packages: Sequence[str], *, root: Path) -> tuple[Path, ...]:
    """Give the configuration files of `packages` that a power cut has left without their content.

    rpm keeps a configuration file that differs from the package's, also one that was never written to the disk.
    """
    lines = _rpm(root, "-V", *_VERIFY, *map(without_epoch, packages)).splitlines() if packages else []
    changed = [words[2] for line in lines if len(words := line.split(maxsplit=2)) == 3 and words[1] == "c"]
    files = (root / name.lstrip("/") for name in changed)
    return tuple(file for file in files if file.is_file() and not file.read_bytes().strip(b"\0"))


def forget(packages: Sequence[str], *, root: Path) -> None:
    """Take packages out of the database and leave their files where they are, so that they can be installed anew."""
    if packages:
        names = [without_epoch(package) for package in packages]
        run(["rpm", *root_arguments(root), "-e", "--justdb", "--nodeps", "--noscripts", "--notriggers", *names])


def name_of(package: str) -> str:
    """Give the name in name-version-release.arch."""
    return package.rsplit("-", 2)[0]


def without_epoch(package: str) -> str:
    """dnf writes `name-1:version-release.arch`, which `rpm -V` and `rpm -e` do not take."""
    name, version, rest = package.rsplit("-", 2)
    return f"{name}-{version.rpartition(':')[2]}-{rest}"


def _complaints(names: Sequence[str], root: Path) -> list[str]:
    said = _rpm(root, "-V", *_VERIFY, *names)
    return [line for line in said.splitlines() if not _is_excused(line)]


def _is_excused(line: str) -> bool:
    """A line is `S.5......  c /path` or `missing   c /path`; the letter tells a config, documentation or ghost file."""
    words = line.split(maxsplit=2)
    return not words or (len(words) == 3 and words[1] in _NOT_THE_PACKAGES)


def _rpm(root: Path, *arguments: str) -> str:
    return run(["rpm", *root_arguments(root), *arguments], ok=_ANY_STATUS).stdout
