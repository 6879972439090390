"""The .repo files of a target: ours, and the excludes that keep the distribution's Xen out of the others.

dnf4 and dnf5 both read `excludepkgs` from a repository's own section; dnf5's overrides are unknown to dnf4, and an
exclude in the main configuration would hold for the vendor's repositories too. So the other files get one line a
section (rpm keeps configuration files of its packages that were edited), marked so that it can be taken out again.
"""

import re
from collections.abc import Sequence

from zeus_installer.packages.port import Repository
from zeus_installer.packages.selection import PREFIX

OVERRIDES = "/etc/dnf/repos.override.d/50-zeus.repo"
# Where dnf5 looks for the files that distributions have in /usr.
PACKAGED = "/usr/share/dnf5/repos.d"

_MARK = "# added by Zeus: the distribution's builds must not replace the vendor's"
_SECTION = re.compile(r"\s*\[(?!main\])[^\]]+\]")
_ENABLED = re.compile(r"enabled\s*[=:]")
_EXCLUDES = re.compile(r"(exclude(?:pkgs)?\s*[=:]\s*)(.*)")


def repo_file(repo: Repository, *, name: str) -> str:
    """Give the .repo file of a vendor's repository."""
    lines = [
        f"[{repo.id}]",
        f"name={name}",
        f"baseurl={repo.baseurl}",
        "enabled=1",
        f"priority={repo.priority}",
        f"gpgcheck={int(bool(repo.keys))}",
        *(f"gpgkey={key}" for key in repo.keys),
        *([f"includepkgs={' '.join(repo.includes)}"] if repo.includes else []),
    ]
    return "".join(f"{line}\n" for line in lines)


def overrides(excludes: Sequence[str]) -> str:
    """Give the override file that keeps `excludes` out of all repositories but the vendor's.

    dnf5 alone reads it, and needs it where the distribution's files are its package's own, in /usr (Fedora 45).
    """
    return f"[*]\nexcludepkgs={' '.join(excludes)}\n\n[{PREFIX}*]\nexcludepkgs=\n"


def with_excludes(text: str, excludes: Sequence[str]) -> str:
    """Give a .repo file with `excludes` in every section; what is excluded there already stays excluded."""
    if not excludes:
        return text
    ours = " ".join(excludes)
    result: list[str] = []
    for section in _sections(without_excludes(text, excludes)):
        places = [number for number, line in enumerate(section) if _EXCLUDES.match(line)]
        for number in places:
            section[number] = _EXCLUDES.sub(lambda found: f"{found[1]}{ours} {found[2]}".rstrip(), section[number])
        if not places and section and _SECTION.match(section[0]):
            section[1:1] = [_MARK, f"excludepkgs={ours}"]
        result += section
    return "".join(f"{line}\n" for line in result)


def switched_off(text: str) -> str:
    """Give a .repo file none of whose repositories is used."""
    result: list[str] = []
    for section in _sections(text):
        lines = [line for line in section if not _ENABLED.match(line)]
        if lines and _SECTION.match(lines[0]):
            lines.insert(1, "enabled=0")
        result += lines
    return "".join(f"{line}\n" for line in result)


def without_excludes(text: str, excludes: Sequence[str]) -> str:
    """Give a .repo file as it was before `with_excludes`."""
    if not excludes:
        return text
    ours = " ".join(excludes)
    result: list[str] = []
    for line in text.splitlines():
        found = _EXCLUDES.match(line)
        if not found or not f"{found[2]} ".startswith(f"{ours} "):
            result.append(line)
            continue
        others = found[2].removeprefix(ours).lstrip()
        added = bool(result) and result[-1] == _MARK
        if added:
            result.pop()
        if others or not added:
            result.append(found[1] + others)
    return "".join(f"{line}\n" for line in result)


def _sections(text: str) -> list[list[str]]:
    """Split into what comes before the first section and the sections, each with its header line."""
    parts: list[list[str]] = [[]]
    for line in text.splitlines():
        if _SECTION.match(line):
            parts.append([])
        parts[-1].append(line)
    return parts
