"""Whether Anaconda's package manager will get at the package source, and at all of it."""

import fnmatch
from collections.abc import Iterator
from typing import Any, Final

from zeus_installer.answers.model import Repo
from zeus_installer.kickstart.context import Context, Wanted
from zeus_installer.kickstart.made import REPOSITORIES
from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.scripts import LIBRARY, PREPARE, code_of, preparing
from zeus_installer.packages.selection import PREFIX

PREPARING: Final = f"%pre --erroronfail\n. {LIBRARY}\n{PREPARE}\n%end"


def check_packages(context: Context) -> Iterator[Message]:
    """An add-on can ask Anaconda for packages, but not for repositories: the kickstart's `repo` commands name them."""
    wanted = context.wanted
    if wanted is None:
        return
    for index, repo in enumerate(wanted.answers.packages.repos):
        place = context.key("packages", "repos", index, "baseurl")
        yield from _repository(context, repo, place, f"packages.repos[{index}]")
    for repo in wanted.packages.repos:
        yield from _repository(
            context, repo, context.key("packages", "source"), f"repository {repo.id} of packages.source"
        )
    yield from _base(context, wanted)
    yield from _left_out(context, wanted)


def _base(context: Context, wanted: Wanted) -> Iterator[Message]:
    """Which of an offline set's repositories are the distribution's is known when zeus_prepare has read it."""
    if wanted.answers.packages.offline is not None and context.knows("repositories"):
        yield Message(
            place=context.key("packages", "offline"),
            text="packages.offline: nothing gives Anaconda the set's repositories of the distribution",
            hint=f"add, below the script with {PREPARE}: %include {REPOSITORIES}",
        )


def _repository(context: Context, repo: Repo, place: Place, what: str) -> Iterator[Message]:
    name = PREFIX + repo.id
    entries = context.commands.repo.repoList
    named = next((entry for entry in entries if entry.name == name and not _address(entry)), None)
    if named is not None:
        if context.knows("other") and not _written(context):
            text = f"repo --name={name} has no address, and no %pre script writes its .repo file"
            yield context.command(named.lineno, text, f"add a script, below that of start.ks:\n{PREPARING}")
        return
    given = next((entry for entry in (*entries, context.commands.url) if _same(_address(entry), repo.baseurl)), None)
    if given is not None:
        yield _without_priority(context, given, what)
    elif context.knows("repositories"):
        yield Message(
            place=place,
            text=f"{what} is in no repo command: Anaconda would not find Xen",
            hint=f"add: repo --name={name}, and a script, below that of start.ks:\n{PREPARING}",
        )


def _without_priority(context: Context, given: Any, what: str) -> Message:  # noqa: ANN401 - pykickstart has no types
    """A repository by its address; when all are, the distribution's Xen is installed (docs/kickstart.md, Whose Xen)."""
    entries = context.commands.repo.repoList
    by_file = any(not _address(entry) and entry.name.startswith(PREFIX) for entry in entries)
    kept_out = any(fnmatch.fnmatchcase("xen", name) for entry in entries for name in entry.excludepkgs or ())
    alone = given is context.commands.url
    loses = not (by_file or kept_out or alone)
    why = "the distribution's newer Xen would be installed" if loses else "it gets no priority"
    return Message(
        place=context.source.at(given.lineno),
        text=f"{what} by its address: {why}, and nobody checks signatures",
        hint="leave the address out, repo --name=zeus-ID, and run zeus_prepare in a %pre script:\n" + PREPARING,
        level="error" if loses else "warning",
    )


def _left_out(context: Context, wanted: Wanted) -> Iterator[Message]:
    packages = context.commands.packages
    header = next((section.header.place for section in context.sections if section.name == "%packages"), context.start)
    for pattern in packages.excludedList:
        hit = next((name for name in wanted.packages.required if fnmatch.fnmatchcase(name, pattern)), None)
        if hit is not None:
            text = f"%packages leaves out {pattern}, and with it {hit}, which a Xen host needs"
            yield Message(place=header, text=text, hint=f"take -{pattern} out")
    if packages.handleMissing:
        text = "%packages --ignoremissing would also pass over missing packages of Xen"
        yield Message(place=header, text=text, hint="leave --ignoremissing out", level="warning")


def _written(context: Context) -> bool:
    scripts = [section for section in context.sections if section.name == "%pre"]
    return any(".repo" in code_of(section) or any(preparing(section)) for section in scripts)


def _address(entry: Any) -> str:  # noqa: ANN401 - pykickstart has no types
    return str(
        getattr(entry, "baseurl", None) or getattr(entry, "url", None) or entry.mirrorlist or entry.metalink or ""
    )


def _same(one: str, other: str) -> bool:
    return bool(one) and one.rstrip("/") == other.rstrip("/")
