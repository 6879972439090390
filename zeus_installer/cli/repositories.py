"""Repositories on the command line: ID=URL, and the keys that their packages are signed with."""

from collections.abc import Sequence

from zeus_installer.answers.reader import check_data
from zeus_installer.convert.draft import Value
from zeus_installer.convert.messages import shown
from zeus_installer.system.errors import UsageError


def read_repositories(
    named: Sequence[str], keys: Sequence[str], *, option: str = "--repo", key_option: str = "--gpgkey"
) -> Sequence[dict[str, Value]]:
    """Give what `packages.repos` of the answers would have: `named` are ID=URL, `keys` one for all or one for each."""
    if (len(keys) > 1 and len(keys) != len(named)) or (keys and not named):
        message = f"{key_option} is there {len(keys)} times, and {option} {len(named)} times"
        raise UsageError("usage", message, hint=f"give one {key_option} for all, or one for each {option}")
    of_each = keys if len(keys) == len(named) else [*keys] * len(named)
    repos: list[dict[str, Value]] = []
    for index, word in enumerate(named):
        name, equals, url = word.partition("=")
        if not equals:
            raise UsageError("usage", f"{option} {shown(word)}: wants ID=URL", hint=f"{option} xapi=https://…")
        repos.append({"id": name, "baseurl": url, **({"gpgkey": of_each[index]} if of_each else {})})
    _, problems = check_data({"version": 1, "packages": {"repos": repos}})
    if problems:
        hint = f"name its key with {key_option}" if "gpgkey is missing" in problems[0].message else problems[0].hint
        raise UsageError("usage", f"{option}: {problems[0].message}", hint=hint)
    return repos
