"""Which repositories the answers mean, once the package source is known."""

from zeus_installer.answers.model import Answers, Repo
from zeus_installer.answers.problems import did_you_mean, nearest, one_of
from zeus_installer.sources.model import Source
from zeus_installer.system.errors import UsageError

_HINT = 'add to [packages]: repos = [{ id = "…", baseurl = "https://…", gpgkey = "https://…" }]'


def repositories(answers: Answers, source: Source) -> tuple[Repo, ...]:
    """Give the repositories of the source and of the answers; of two with one id the answers' counts.

    None at all, or an unsigned one without leave, is a `UsageError`.
    """
    packages = answers.packages
    named = {repo.id for repo in packages.repos}
    repos = (*(repo for repo in source.repos if repo.id not in named), *packages.repos)
    if not repos:
        message = f"packages.repos names no repository, and package source {source.name} has none of its own"
        raise UsageError("answers.repos", message, hint=_HINT)
    unsigned = [repo.id for repo in repos if repo.gpgkey is None]
    if unsigned and not packages.allow_unsigned:
        message = f"packages.source {source.name}: repository {unsigned[0]} has no gpgkey"
        raise UsageError(
            "answers.unsigned", message, hint="say packages.allow_unsigned = true if you trust the network"
        )
    return repos


def check_groups(answers: Answers, source: Source) -> None:
    """Refuse package groups that the source does not have."""
    for index, group in enumerate(answers.packages.groups):
        if group not in source.groups:
            known = list(source.groups)
            has = f"has {one_of(known)}" if known else "has none"
            message = f'packages.groups[{index}] is "{group}", but package source {source.name} {has}'
            raise UsageError("answers.groups", message + did_you_mean(nearest(group, known)))
