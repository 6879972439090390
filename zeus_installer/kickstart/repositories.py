"""The package source's repositories as the installer's own package manager takes them, before Anaconda reads any.

Anaconda's `repo` command has neither priority nor key, and `cost` does not let an older version win (dnf.conf(5)); but
it reads .repo files of the installer, and `repo --name=ID` without an address makes it use one of those:
pyanaconda/modules/payloads/payload/dnf (DNF_REPO_DIRS, read_system_repositories, enable_existing_repository).
"""

from collections.abc import Iterator
from typing import Final

from zeus_installer.packages.port import Request
from zeus_installer.packages.repofiles import repo_file, with_excludes
from zeus_installer.packages.selection import PREFIX
from zeus_installer.system.target import Target

# Every Anaconda reads this one; the distribution's own files lie in one of the others, by release.
OUR_DIRECTORY: Final = "/etc/yum.repos.d"
DIRECTORIES: Final = (OUR_DIRECTORY, "/etc/anaconda.repos.d", "/etc/distro.repos.d", "/usr/share/dnf5/repos.d")


def give_repositories(request: Request, target: Target) -> Iterator[str]:
    """Write our .repo files and keep the vendor's packages out of all others; tells what was done, in sentences."""
    for directory in DIRECTORIES:
        for file in sorted(target.path(directory).glob("*.repo")):
            path = f"{directory}/{file.name}"
            text = target.read(path) or ""
            if file.name.startswith(PREFIX) or with_excludes(text, request.excludes) == text:
                continue
            target.write_atomic(path, with_excludes(text, request.excludes))
            yield f"{path}: {' '.join(request.excludes)} left out"
    for repo in request.repos:
        path = f"{OUR_DIRECTORY}/{repo.id}.repo"
        target.write_atomic(path, repo_file(repo, name=f"Zeus: {repo.id.removeprefix(PREFIX)}"))
        yield f"{path}: {repo.baseurl}, priority {repo.priority}, {'signed' if repo.keys else 'not signed'}"


def repo_commands(request: Request) -> str:
    """Give the kickstart commands that make Anaconda use them."""
    return "".join(f"repo --name={repo.id}\n" for repo in request.repos)
