"""Screen 6, packages: where Xen and XenAPI come from; asked, checked and fetched while the operator goes on."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Final

from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import (
    Button,
    Choice,
    Constant,
    Item,
    Note,
    Option,
    Pick,
    Row,
    Screen,
    Text,
    Toggle,
)
from zeus_installer.screens.repositories import ask, repository_lines, stop
from zeus_installer.screens.wizard import Wizard

_MOST_REPOS: Final = 5
_PLACES: Final = (
    Option(key="network", label="network", note="repositories that are reached by a URL"),
    Option(key="medium", label="medium", note="an offline set on a disk or a stick that is mounted now"),
)


def _ask_and_go_on(wizard: Wizard) -> None:
    wizard.go_on()
    if wizard.screen.id != "packages":
        ask(wizard)


def _on_medium(desk: Desk) -> bool:
    return desk.inputs.get("place") == "medium"


def _media(desk: Desk) -> Sequence[Row]:
    if desk.machine_file is not None:
        return ()
    from zeus_installer.packages.media import find_media

    return [
        Row(
            key=str(medium.path),
            cells=(medium.name, str(medium.path), "signed" if medium.keys else "NOT SIGNED"),
            value={
                "id": "medium",
                "baseurl": f"file://{medium.path}/",
                **({"gpgkey": f"file://{medium.keys[0]}"} if medium.keys else {}),
            },
        )
        for medium in find_media()
    ]


def _repos(desk: Desk) -> Sequence[Item]:
    if _on_medium(desk):
        return ()
    last = max((number for number in range(_MOST_REPOS) if desk.inputs.get(f"repo {number}")), default=-1)
    return [item for number in range(min(last + 2, _MOST_REPOS)) for item in _repo(number)]


def _repo(number: int) -> Sequence[Item]:
    path = f"packages.repos.{number}"
    there = partial(_is_used, number)
    return (
        Text(
            name=f"repo {number}",
            label="Repository" if number == 0 else "another one",
            path=f"{path}.baseurl",
            required=number == 0,
            help="The URL of the directory that repodata/ lies in.",
        ),
        Text(name=f"key of repo {number}", label="  its key", path=f"{path}.gpgkey", visible_when=there),
        Constant(
            name=f"id of repo {number}",
            label="",
            path=f"{path}.id",
            value=lambda _desk: f"xapi{number or ''}",
            visible_when=there,
        ),
    )


def _is_used(number: int, desk: Desk) -> bool:
    return number == 0 or bool(desk.inputs.get(f"repo {number}"))


@cache
def _sources() -> Sequence[Option]:
    from zeus_installer.sources.loader import load, names

    return [Option(key=name, label=name, note=load(name).title, value=name) for name in names()]


SCREEN: Final = Screen(
    id="packages",
    title="Packages",
    intro="Where Xen and XenAPI come from. Nothing is installed before you have seen the summary.",
    items=(
        Choice(name="source", label="Package set", path="packages.source", options=lambda _desk: _sources()),
        Choice(name="place", label="From", options=lambda _desk: _PLACES),
        Pick(
            name="medium",
            label="Medium",
            path="packages.repos.0",
            heads=("name", "directory", "signatures"),
            required="pick a medium; one that is put in now shows up here once it is mounted",
            rows=_media,
            visible_when=_on_medium,
        ),
        _repos,
        Toggle(
            name="unsigned",
            label="Allow packages that nobody signed",
            path="packages.allow_unsigned",
            help="Without a signature nothing tells whether somebody replaced the packages on their way.",
        ),
        Note(lines=repository_lines),
    ),
    buttons=(
        Button(label="Check now", press=ask, help="Asks the repositories without leaving this screen."),
        Button(
            label="Stop",
            press=stop,
            visible_when=lambda desk: desk.is_busy("packages") or desk.is_busy("download"),
        ),
    ),
    proceed=_ask_and_go_on,
)
