"""Step `install_packages`: Xen and the toolstack from the vendor's repositories, and a dnf that will not undo it.

Written: /etc/yum.repos.d/zeus-<id>.repo, the repository's key in /etc/pki/rpm-gpg, and an exclude of the distribution's
builds of the vendor's packages in every other .repo file (see `packages.repofiles`).
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Final, Self

from zeus_installer.host.labels import restore_labels
from zeus_installer.packages import client
from zeus_installer.packages.installed import broken, forget, installed, name_of, torn_settings
from zeus_installer.packages.openpgp import public_keys
from zeus_installer.packages.port import Outcome, Repository, Request
from zeus_installer.packages.problems import problem
from zeus_installer.packages.record import Record
from zeus_installer.packages.repofiles import (
    OVERRIDES,
    PACKAGED,
    overrides,
    repo_file,
    with_excludes,
    without_excludes,
)
from zeus_installer.packages.selection import PREFIX, select
from zeus_installer.steps.base import Change, FileChange, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.errors import sentence_list
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target

# Where dnf4 and dnf5 both look for repositories.
REPO_DIRECTORIES: Final = ("/etc/yum.repos.d", "/etc/distro.repos.d")
KEYS: Final = "/etc/pki/rpm-gpg"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallPackages(Step):
    """Install the package set of the source. After an interruption at any instant, the same set stands in the end."""

    id: ClassVar[str] = "install_packages"
    title: ClassVar[str] = "Install Xen and the toolstack"

    request: Request

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Select the packages for this system."""
        return cls(request=select(context.answers, context.source, context.machine.os))

    def describe(self) -> Change:
        """Tell the packages by where they come from, and the repository files."""
        request = self.request
        changes = [f"install {sentence_list(request.vendor)} from {sentence_list(r.id for r in request.repos)}"]
        if request.offline:
            changes.append(f"take every package from the offline set {request.offline}")
        changes += [f"repository {repo.id}: {_trust(repo)}" for repo in request.repos]
        if request.support:
            changes.append(f"install {sentence_list(request.support)} where missing")
        if request.optional:
            changes.append(f"install {sentence_list(request.optional)} if a repository has it")
        if request.excludes:
            changes.append(f"exclude {' '.join(request.excludes)} from the distribution's repositories")
        return Change(
            changes=tuple(changes),
            files=tuple(FileChange(path=path, content=text) for path, text in self._repo_texts()),
        )

    def is_done(self, target: Target) -> bool:
        """Whether the files are as they should be and every package of the set is whole on the disk."""
        wanted_files = {**self._repo_files(), **self._with_excludes(target)}
        if any(_read(target, path) != content for path, content in wanted_files.items()):
            return False
        members = Record(target.root).members
        wanted = {*self.request.vendor, *self.request.support}
        return wanted <= set(map(name_of, members)) and not broken(members, root=target.root)

    def apply(self, target: Target, report: Reporter) -> None:
        """Keep the distribution's builds out, install, and only when all is on the disk say so."""
        request = replace(self.request, root=str(target.root))
        _write(target, self._with_excludes(target), report)
        self._forget_the_half_installed(request, report)
        outcome = client.install(request, report)
        for name in outcome.resolution.skipped:
            report.warning(f"{name}: no repository has it; skipped")
        _write(target, {**self._key_files(outcome, report), **self._repo_files()}, report)
        # rpm does not flush what it unpacks: a power cut after this line finds everything on the disk.
        os.sync()
        Record(target.root).finish(outcome.resolution.members)

    def verify(self, target: Target) -> None:
        """Hold every package of the set against the disk."""
        bad = broken(Record(target.root).members, root=target.root)
        if bad:
            raise problem("packages.damaged", f"{sentence_list(bad)}: files differ from what the package has")

    def revert(self, target: Target, report: Reporter) -> None:
        """Give the distribution's repositories back their packages. What is installed stays: it does no harm."""
        files = {path: without_excludes(text, self.request.excludes) for path, text in self._others(target)}
        _write(target, {path: _encoded(text) for path, text in files.items()}, report)
        for path in (OVERRIDES, *self._repo_files(), *(_key_path(repo) for repo in self.request.repos)):
            target.remove(path)
        Record(target.root).forget()

    def _forget_the_half_installed(self, request: Request, report: Reporter) -> None:
        """Take packages that a power cut or a failure may have left half done out of rpm's database.

        The installation that follows then installs them as new ones, with all of their scriptlets; a reinstallation
        would tell the scriptlets that they had run before.
        """
        root, record = Path(request.root), Record(Path(request.root))
        half = installed(sorted({*record.suspect, *broken(record.members, root=root)}), root=root)
        if not half:
            return
        client.resolve(request, report)  # proves that they can be had again
        report.warning(f"installing again what was interrupted: {sentence_list(half)}")
        record.begin(half)
        for path in torn_settings(half, root=root):
            report.log(f"remove {path}: it has lost its content")
            path.unlink()
        forget(half, root=root)

    def _repo_files(self) -> dict[str, bytes]:
        return {path: _encoded(text) for path, text in self._repo_texts()}

    def _repo_texts(self) -> Iterator[tuple[str, str]]:
        for repo in self.request.repos:
            local = replace(repo, keys=(f"file://{_key_path(repo)}",) if repo.keys else ())
            yield (
                f"{REPO_DIRECTORIES[0]}/{repo.id}.repo",
                repo_file(local, name=f"Zeus: {repo.id.removeprefix(PREFIX)}"),
            )

    def _key_files(self, outcome: Outcome, report: Reporter) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for repo in self.request.repos:
            for url in repo.keys:
                files[_key_path(repo)] = outcome.keys[url]
                owners = sentence_list(map(str, public_keys(outcome.keys[url])))
                report.log(f"repository {repo.id} is signed by {owners}")
        return files

    def _with_excludes(self, target: Target) -> dict[str, bytes]:
        excludes = self.request.excludes
        files = {path: _encoded(with_excludes(text, excludes)) for path, text in self._others(target)}
        if excludes and target.exists(PACKAGED):
            files[OVERRIDES] = _encoded(overrides(excludes))
        return files

    def _others(self, target: Target) -> Iterator[tuple[str, str]]:
        """The .repo files that are not ours."""
        for directory in REPO_DIRECTORIES:
            for file in sorted(target.path(directory).glob("*.repo")):
                path = f"{directory}/{file.name}"
                if path not in dict(self._repo_texts()):
                    yield path, file.read_bytes().decode(errors="surrogateescape")


def _key_path(repo: Repository) -> str:
    return f"{KEYS}/RPM-GPG-KEY-{repo.id}"


def _trust(repo: Repository) -> str:
    if not repo.keys:
        return f"{repo.baseurl}, NOT SIGNED (packages.allow_unsigned)"
    return f"{repo.baseurl}, signed with the key at {sentence_list(repo.keys)}"


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogateescape")


def _read(target: Target, path: str) -> bytes | None:
    file = target.path(path)
    return file.read_bytes() if file.is_file() else None


def _write(target: Target, files: Mapping[str, bytes], report: Reporter) -> None:
    """Write the files that differ, each with the mode it has."""
    differing = [path for path, content in files.items() if _read(target, path) != content]
    for path in differing:
        report.log(f"write {path}")
        file = target.path(path)
        mode = file.stat().st_mode & 0o7777 if file.exists() else 0o644
        target.write_atomic(path, files[path], mode=mode)
    restore_labels(target, differing)
