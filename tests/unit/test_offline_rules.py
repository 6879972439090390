"""Offline sets without a package manager: what a set is, how an installer is prepared for one, what is refused."""

import configparser
import json
import platform
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.kickstart_texts import MACHINE, changed, what_is_said
from zeus_installer.answers.reader import parse_answers
from zeus_installer.kickstart.prepare import main
from zeus_installer.machine.replay import save
from zeus_installer.packages.offline import OfflineSet, refuse_names, taken_offline, without_login
from zeus_installer.packages.port import Repository, Request
from zeus_installer.packages.repofiles import repo_file, switched_off
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.system.codec import decode
from zeus_installer.system.errors import UsageError, ZeusError

ARCH = platform.machine()
XEN = "xen-hypervisor-4.19-1.x86_64"
ANSWERS = """\
version = 1
[packages]
repos = [{{ id = "xapi", baseurl = "https://ada:gehe@xen.lan/xapi/", gpgkey = "https://ada:gehe@xen.lan/key" }}]
offline = "{}"
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A set with one package of each repository."""
    place = tmp_path / "set"
    packages = []
    for name, nevra in (("xapi", XEN), ("fedora", "kernel-core-6.19-1.x86_64")):
        path = f"{name}/{nevra}.rpm"
        (place / name).mkdir(parents=True)
        (place / path).write_text(nevra)
        packages.append(
            {"nevra": nevra, "path": path, "size": len(nevra), "sha256": sha256(nevra.encode()).hexdigest()}
        )
    (place / "keys").mkdir()
    for name in ("xapi-0.asc", "fedora-0.asc"):
        (place / "keys" / name).write_text(f"the key {name}")
    repositories = [
        {"id": "xapi", "baseurl": "https://xen.lan/xapi/", "priority": 10, "vendor": True},
        {"id": "fedora", "baseurl": "https://fedora.lan/", "priority": 99, "vendor": False},
    ]
    repositories[0]["keys"] = {"https://xen.lan/key": "keys/xapi-0.asc"}
    repositories[1]["keys"] = {"https://fedora.lan/key": "keys/fedora-0.asc"}
    described = {"version": 1, "arch": ARCH, "releasever": "44", "repositories": repositories, "packages": packages}
    (place / "set.json").write_text(json.dumps(described))
    return place


def asked(directory: Path) -> Request:
    answers = parse_answers(ANSWERS.format(directory), "answers.toml")
    return select(answers, load("xapi"), replace(MACHINE.os, version_id="44"))


def test_every_repository_is_that_of_the_set_and_has_what_the_set_has(directory: Path) -> None:
    offline = taken_offline(asked(directory), ARCH)
    assert offline is not None
    (xapi,), (fedora,) = offline.request.repos, offline.request.others or ()
    assert xapi == Repository(
        id="zeus-xapi",
        baseurl=f"file://{directory}/xapi",
        keys=("https://ada:gehe@xen.lan/key",),
        only=(XEN,),
    )
    assert fedora == Repository(
        id="fedora",
        baseurl=f"file://{directory}/fedora",
        priority=99,
        keys=("https://fedora.lan/key",),
        only=("kernel-core-6.19-1.x86_64",),
    )
    assert offline.keys == {
        "https://ada:gehe@xen.lan/key": directory / "keys/xapi-0.asc",
        "https://fedora.lan/key": directory / "keys/fedora-0.asc",
    }


def test_a_repository_of_which_the_set_has_nothing_has_nothing(directory: Path) -> None:
    found = json.loads((directory / "set.json").read_text())
    found["packages"].pop()
    (directory / "set.json").write_text(json.dumps(found))
    offline = taken_offline(asked(directory), ARCH)
    assert offline is not None
    assert offline.request.others is not None
    (fedora,) = offline.request.others
    assert fedora.only == ()
    assert "includepkgs=-\n" in repo_file(fedora, name="Fedora")


def test_a_key_of_another_repository_is_no_key_of_this_one(directory: Path) -> None:
    request = asked(directory)
    (repo,) = request.repos
    with pytest.raises(ZeusError) as caught:
        taken_offline(replace(request, repos=(replace(repo, keys=("https://fedora.lan/key",)),)), ARCH)
    assert caught.value.message == (
        f"packages.offline: {directory} has not the key https://fedora.lan/key of xapi (the answers name it)"
    )


def test_a_key_file_that_is_gone(directory: Path) -> None:
    (directory / "keys/fedora-0.asc").unlink()
    with pytest.raises(ZeusError) as caught:
        taken_offline(asked(directory), ARCH)
    assert caught.value.message == (
        f"packages.offline: {directory}/keys/fedora-0.asc: no such file (the medium is damaged)"
    )


def test_a_password_is_not_shown(directory: Path) -> None:
    request = asked(directory)
    (repo,) = request.repos
    with pytest.raises(ZeusError) as caught:
        taken_offline(replace(request, repos=(replace(repo, keys=("https://ada:gehe@xen.lan/other",)),)), ARCH)
    assert "gehe" not in str(caught.value)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["xapi", "xapi"], "'xapi': that name is taken"),
        (["keys"], "'keys': that name is taken"),
        (["set.json"], "'set.json': that name is taken"),
        ([".."], "'..': a name does not begin with a dot"),
    ],
)
def test_repositories_that_cannot_lie_side_by_side(names: list[str], why: str) -> None:
    with pytest.raises(UsageError) as caught:
        refuse_names(names)
    assert caught.value.message == f"an offline set cannot have a repository called {why}"
    assert caught.value.hint == "give the distribution's repository another name, or change packages.repos"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://ada:gehe@xen.lan:8443/a?b", "https://xen.lan:8443/a?b"),
        ("https://ada@xen.lan/", "https://xen.lan/"),
        ("https://xen.lan/a@b/$releasever", "https://xen.lan/a@b/$releasever"),
        ("file:///srv/a@b", "file:///srv/a@b"),
    ],
)
def test_what_is_written_of_an_address(url: str, public: str) -> None:
    assert without_login(url) == public


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("# nothing\n", "# nothing\n"),
        ("[a]\nname=A\nenabled=1\n[b]\nenabled = true\n", "[a]\nenabled=0\nname=A\n[b]\nenabled=0\n"),
        ("[a]\nenabled_metadata=1\n", "[a]\nenabled=0\nenabled_metadata=1\n"),
    ],
)
def test_repositories_that_are_switched_off(before: str, after: str) -> None:
    assert switched_off(before) == after


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True).filter(lambda name: name != "main")
VALUES = st.from_regex(r"[a-z0-9/:$. ]{0,12}", fullmatch=True)


@given(st.dictionaries(NAMES, st.dictionaries(NAMES | st.just("enabled"), VALUES, max_size=4), max_size=4))
def test_nothing_else_of_them_changes(sections: dict[str, dict[str, str]]) -> None:
    text = "".join(
        f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in keys.items()) for name, keys in sections.items()
    )
    off = switched_off(text)
    assert switched_off(off) == off
    assert values(off) == {name: {**keys, "enabled": "0"} for name, keys in values(text).items()}


def values(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_is_no_set_is_refused_and_nothing_else(content: Any) -> None:
    with pytest.raises((UsageError, ValueError)):
        decode(OfflineSet, content)


# In the installer

Prepare = Callable[..., tuple[int, str]]


@pytest.fixture
def root(tmp_path: Path, directory: Path) -> Path:
    root = tmp_path / "root"
    manager = "usr/lib/python3.14/site-packages/pyanaconda/modules/payloads/payload/dnf/dnf_manager.py"
    for name, text in {
        "etc/anaconda.repos.d/fedora.repo": "[fedora]\nname=Fedora\nenabled=1\n",
        "proc/cmdline": "quiet\n",
        "run/install/ks.cfg": f"%addon org_xenproject_zeus\n{ANSWERS.format(directory)}%end\n",
        manager: "import libdnf5\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def prepare(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Prepare:
    save(replace(MACHINE, os=replace(MACHINE.os, version_id="44")), tmp_path / "machine.json")

    def run() -> tuple[int, str]:
        words = ["--kickstart", f"{root}/run/install/ks.cfg", "--root", str(root)]
        status = main([*words, "--machine", str(tmp_path / "machine.json")])
        return status, capsys.readouterr().out

    return run


def test_an_installer_is_prepared_for_a_set(prepare: Prepare, root: Path, directory: Path) -> None:
    assert prepare() == (
        0,
        f"Zeus: {directory}: 2 packages, 0.0 MB, all as they were collected\n"
        "Zeus: /etc/anaconda.repos.d/fedora.repo: switched off\n"
        f"Zeus: /etc/yum.repos.d/zeus-xapi.repo: file://{directory}/xapi, priority 10, signed\n"
        f"Zeus: /etc/yum.repos.d/zeus-offline-fedora.repo: file://{directory}/fedora, priority 99, signed\n",
    )
    assert (root / "run/zeus/kickstart/repos.ks").read_text() == (
        "url --url=file:///run/zeus/kickstart/empty\nrepo --name=zeus-xapi\nrepo --name=zeus-offline-fedora\n"
    )
    assert (root / "etc/yum.repos.d/zeus-xapi.repo").read_text() == (
        f"[zeus-xapi]\nname=Zeus: xapi\nbaseurl=file://{directory}/xapi\nenabled=1\npriority=10\ngpgcheck=1\n"
        f"gpgkey=file://{directory}/keys/xapi-0.asc\nincludepkgs={XEN}\n"
    )
    assert (root / "etc/anaconda.repos.d/fedora.repo").read_text() == "[fedora]\nenabled=0\nname=Fedora\n"
    assert (root / "run/zeus/kickstart/empty/repodata/repomd.xml").exists()
    assert prepare()[0] == 0


@pytest.mark.parametrize("damage", ["changed", "gone", "no set"])
def test_a_set_that_is_not_whole_ends_the_installation(
    prepare: Prepare, root: Path, directory: Path, damage: str
) -> None:
    package = directory / "xapi" / f"{XEN}.rpm"
    match damage:
        case "changed":
            package.write_text("another one")
            digest = sha256(b"another one").hexdigest()
            why = f"{package} is damaged: its SHA-256 is {digest}, not {sha256(XEN.encode()).hexdigest()}"
        case "gone":
            package.unlink()
            why = f"{package}: no such file or directory (the medium is damaged)"
        case _:
            (directory / "set.json").unlink()
            why = f"{directory} is no offline set: {directory}/set.json: no such file or directory"
    status, said = prepare()
    assert (status, said.splitlines()[0]) == (4, f"packages.offline: {why}")
    assert said.splitlines()[1].startswith("hint: ")
    assert not (root / "etc/yum.repos.d").exists()
    assert not (root / "run/zeus/kickstart/repos.ks").exists()


def test_a_kickstart_that_takes_what_is_made_of_the_set(tmp_path: Path) -> None:
    text = changed(
        ("[packages]\n", '[packages]\noffline = "/run/install/repo/zeus/packages"\n'),
        ("%addon", "%include /run/zeus/kickstart/repos.ks\n%addon"),
        ("repo --name=zeus-xapi\n", ""),
    )
    assert [line for line in what_is_said(tmp_path, text) if "error" in line] == []
