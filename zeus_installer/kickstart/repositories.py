"""The package source's repositories as the installer's own package manager takes them, before Anaconda reads any.

Anaconda's `repo` command has neither priority nor key, and `cost` does not let an older version win (dnf.conf(5)); but
it reads .repo files of the installer, and `repo --name=ID` without an address makes it use one of those:
pyanaconda/modules/payloads/payload/dnf (DNF_REPO_DIRS, read_system_repositories, enable_existing_repository).
"""

import platform
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from zeus_installer.kickstart.empty_repository import EMPTY, give_empty_repository
from zeus_installer.packages.offline import taken_offline
from zeus_installer.packages.port import Repository, Request
from zeus_installer.packages.repofiles import repo_file, switched_off, with_excludes
from zeus_installer.packages.selection import PREFIX
from zeus_installer.system.target import Target

# The distribution's repositories of an offline set, beside those of the same name that the installer has.
OFFLINE: Final = f"{PREFIX}offline-"
# Every Anaconda reads this one; the distribution's own files lie in one of the others, by release.
OUR_DIRECTORY: Final = "/etc/yum.repos.d"
DIRECTORIES: Final = (OUR_DIRECTORY, "/etc/anaconda.repos.d", "/etc/distro.repos.d", "/usr/share/dnf5/repos.d")


def for_anaconda(request: Request) -> Request:
    """Give the request with the addresses that Anaconda is to use: those of an offline set when there is one."""
    offline = taken_offline(request, platform.machine())
    if offline is None:
        return request

    def local(repo: Repository, name: str) -> Repository:
        return replace(repo, id=name, keys=tuple(offline.keys[url].absolute().as_uri() for url in repo.keys))

    return replace(
        offline.request,
        repos=tuple(local(repo, repo.id) for repo in offline.request.repos),
        others=tuple(local(repo, f"{OFFLINE}{repo.id}") for repo in offline.request.others or ()),
    )


def check_offline(request: Request) -> Iterator[str]:
    """Hold every package of an offline set against its checksum: what Anaconda finds it does when disks are written."""
    offline = taken_offline(request, platform.machine())
    if offline is not None:
        offline.check_all()
        size = f"{offline.set.size / 1e6:.1f} MB"
        yield f"{offline.directory}: {len(offline.set.packages)} packages, {size}, all as they were collected"


def give_repositories(request: Request, target: Target) -> Iterator[str]:
    """Write our .repo files and keep the vendor's packages out of all others; tells what was done, in sentences.

    With an offline set the others are not used at all.
    """
    offline = request.others is not None
    for directory in DIRECTORIES:
        for file in sorted(target.path(directory).glob("*.repo")):
            path = f"{directory}/{file.name}"
            text = target.read(path) or ""
            wanted = switched_off(text) if offline else with_excludes(text, request.excludes)
            if file.name.startswith(PREFIX) or wanted == text:
                continue
            target.write_atomic(path, wanted)
            yield f"{path}: " + ("switched off" if offline else f"{' '.join(request.excludes)} left out")
    if offline:
        give_empty_repository(target)
    for repo in (*request.repos, *(request.others or ())):
        path = f"{OUR_DIRECTORY}/{repo.id}.repo"
        text = repo_file(repo, name=f"Zeus: {repo.id.removeprefix(PREFIX)}")
        target.write_atomic(path, text if repo in request.repos else with_excludes(text, request.excludes))
        yield f"{path}: {repo.baseurl}, priority {repo.priority}, {'signed' if repo.keys else 'not signed'}"


def repo_commands(request: Request) -> str:
    """Give the kickstart commands that make Anaconda use them.

    Its base is a repository without a .repo file: nobody tells which of its packages are there, or checks signatures.
    Without an address for it Anaconda asks a mirror; so an offline set's is the address of an empty one.
    """
    base = "" if request.others is None else f"url --url=file://{EMPTY}\n"
    return base + "".join(f"repo --name={repo.id}\n" for repo in (*request.repos, *(request.others or ())))
