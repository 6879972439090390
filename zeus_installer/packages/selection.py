"""Which packages an installation wants, and from where: answers, package source and system made into one request."""

import difflib

from zeus_installer.answers.model import Answers
from zeus_installer.machine.model import Os
from zeus_installer.packages.port import Repository, Request
from zeus_installer.sources.model import Source
from zeus_installer.system.errors import RefusedError, UsageError, sentence_list

# Our repositories' ids start so: whatever an administrator calls theirs, the two do not meet.
PREFIX = "zeus-"


def select(answers: Answers, source: Source, system: Os) -> Request:
    """Make the request for `/`. Pure.

    No repository, an unsigned one without leave, an unknown group (`UsageError`) and a system for which the source has
    no dom0 kernel (`RefusedError`) are refused.
    """
    kernel = source.kernel_for(system.id)
    vendors_kernel = kernel.packages if kernel.provider == "source" else ()
    distributions_kernel = kernel.packages if kernel.provider == "distribution" else ()
    return Request(
        releasever=system.version_id.partition(".")[0] if system.version_id else None,
        repos=_repositories(answers, source),
        vendor=(*source.vendor, *vendors_kernel),
        support=(*source.support, *distributions_kernel),
        optional=tuple(name for group in answers.packages.groups for name in _group(source, group)),
        excludes=source.distribution_excludes,
        offline=answers.packages.offline,
    )


def _repositories(answers: Answers, source: Source) -> tuple[Repository, ...]:
    repos = (*source.repos, *answers.packages.repos)
    if not repos:
        raise UsageError(
            "packages.repos",
            f"packages.repos names no repository, and neither does package source {source.name}",
            hint='add repos = [{ id = "xapi", baseurl = "https://…", gpgkey = "https://…" }] to [packages]',
        )
    unsigned = [repo.id for repo in repos if repo.gpgkey is None]
    if unsigned and not answers.packages.allow_unsigned:
        raise RefusedError(
            "packages.unsigned",
            f"packages.repos: no gpgkey for {sentence_list(unsigned)}: its packages would not be checked",
            hint="name the repository's gpgkey, or say allow_unsigned = true in [packages]",
        )
    return tuple(
        Repository(
            id=PREFIX + repo.id,
            baseurl=repo.baseurl,
            priority=repo.priority,
            keys=(repo.gpgkey,) if repo.gpgkey else (),
        )
        for repo in repos
    )


def _group(source: Source, group: str) -> tuple[str, ...]:
    if group in source.groups:
        return source.groups[group]
    near = difflib.get_close_matches(group, list(source.groups), n=1)
    raise UsageError(
        "packages.groups",
        f"packages.groups: package source {source.name} has no group {group!r}"
        + (f" (did you mean {near[0]!r}?)" if near else ""),
        hint=f"its groups: {sentence_list(source.groups) or 'none'}",
    )
