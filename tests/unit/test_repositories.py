"""Which repositories and groups the answers mean, with the source that they name."""

import dataclasses

import pytest

from zeus_installer.answers.model import Answers, Packages, Repo
from zeus_installer.sources.model import Source
from zeus_installer.sources.repositories import check_groups, repositories
from zeus_installer.system.errors import UsageError


def test_repositories_come_from_the_source_and_the_answers() -> None:
    mine, theirs = (Repo(id=name, baseurl="https://a", gpgkey="https://b") for name in ("mine", "theirs"))
    source = Source(name="xapi", repos=(theirs,))
    mirror = dataclasses.replace(theirs, baseurl="https://mirror")
    assert repositories(Answers(packages=Packages(repos=(mine,))), source) == (theirs, mine)
    assert repositories(Answers(packages=Packages(repos=(mirror,))), source) == (mirror,)
    assert repositories(Answers(), source) == (theirs,)
    with pytest.raises(UsageError) as caught:
        repositories(Answers(), Source(name="xapi"))
    assert caught.value.message == "packages.repos names no repository, and package source xapi has none of its own"
    unsigned = Source(name="xapi", repos=(dataclasses.replace(theirs, gpgkey=None),))
    with pytest.raises(UsageError) as caught:
        repositories(Answers(), unsigned)
    assert caught.value.message == "packages.source xapi: repository theirs has no gpgkey"


def test_groups_are_the_sources() -> None:
    source = Source(name="xapi", groups={"pv-guests": ("linux-guest-loader",)})
    check_groups(Answers(packages=Packages(groups=("pv-guests",))), source)
    with pytest.raises(UsageError) as caught:
        check_groups(Answers(packages=Packages(groups=("pv-guest",))), source)
    assert caught.value.message == (
        'packages.groups[0] is "pv-guest", but package source xapi has "pv-guests" (did you mean "pv-guests"?)'
    )
