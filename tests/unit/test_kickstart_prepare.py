"""What is prepared in the installer before Anaconda reads a kickstart: repositories, and dom0's disk by a rule."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.kickstart_texts import MACHINE
from zeus_installer.answers.model import Answers, DiskMatch, DiskRule, Storage
from zeus_installer.kickstart.prepare import main
from zeus_installer.kickstart.system_disk import check_beside, choose_system_disk, disk_commands, parse_rule
from zeus_installer.machine.model import Disk, Machine, Use
from zeus_installer.machine.replay import save
from zeus_installer.system.errors import ZeusError

Prepare = Callable[..., tuple[int, str]]

SMALL = DiskRule(match=DiskMatch(size="<=100G"))
LARGE = DiskRule(match=DiskMatch(size=">100G"))
SYS, DATA = MACHINE.disks
USED = dataclasses.replace(SYS, table="gpt", uses=(Use(kind="filesystem", name="ext4"),))


def on(*disks: Disk) -> Machine:
    return dataclasses.replace(MACHINE, disks=disks)


def refused(rule: DiskRule, answers: Answers, machine: Machine, *, consent: bool = False) -> str:
    with pytest.raises(ZeusError) as caught:
        choose_system_disk(rule, answers, machine, consent=consent)
    return str(caught.value)


# dom0's disk


def test_the_disk_that_the_rule_means() -> None:
    assert choose_system_disk(SMALL, Answers(), on(SYS, DATA), consent=False) == SYS
    assert choose_system_disk(DiskRule(serial="DATA"), Answers(), on(SYS, DATA), consent=False) == DATA


def test_two_disks_fit() -> None:
    twin = dataclasses.replace(SYS, name="sdc", path="/dev/sdc", serial="SYS2", links=())
    assert refused(SMALL, Answers(), on(SYS, twin)) == (
        "the rule for dom0's disk matches 2 disks, wants 1\n"
        "  -  SYS   42.9 GB  /dev/sda  empty\n"
        "  -  SYS2  42.9 GB  /dev/sdc  empty\n"
        "hint: change the rule for dom0's disk in the kickstart"
    )


def test_a_disk_that_is_not_empty_needs_consent() -> None:
    assert refused(SMALL, Answers(), on(USED, DATA)).endswith(
        "\nhint: start the installer with zeus.unattended on the kernel command line: that destroys what is on the disk"
    )
    assert choose_system_disk(SMALL, Answers(), on(USED, DATA), consent=True) == USED


def test_the_storage_repositorys_disks_are_not_dom0s() -> None:
    answers = Answers(storage=Storage(disks=(DiskRule(serial="SYS"),)))
    assert refused(SMALL, answers, on(SYS, DATA)).startswith("the rule for dom0's disk matches no disk, wants 1\n")


def test_dom0_takes_disks_that_a_storage_repository_cannot() -> None:
    disk = dataclasses.replace(SYS, logical_sector=4096)
    assert choose_system_disk(SMALL, Answers(), on(disk), consent=False) == disk


def test_what_is_left_for_the_storage_repository() -> None:
    assert check_beside(SYS, Answers(), on(SYS, DATA)) == (DATA,)
    assert check_beside(SYS, Answers(storage=Storage(space="free-space")), on(SYS)) == ()
    with pytest.raises(ZeusError):
        check_beside(SYS, Answers(), on(SYS))


def test_the_commands_name_this_disk_alone() -> None:
    assert disk_commands(USED) == (
        "# dom0: disk, serial SYS, 42.9 GB, /dev/sda; on it: GPT table with ext4\n"
        "ignoredisk --only-use=sda\n"
        "zerombr\n"
        "clearpart --all --initlabel --disklabel=gpt --drives=sda\n"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sda", "sda is no rule: Invalid value (at line 1, column 8)"),
        ('"sda"', '"sda" is no rule'),
        ("{}", "{}: rule wants exactly one of serial, wwn, path and match, has none of them"),
        ('{ serial = "a" }\nx = 1', '{ serial = "a" }\nx = 1 is no rule'),
        ("{ match = { size = 1 } }", "{ match = { size = 1 } }: rule.match.size is 1, wants a string"),
        (
            "{ match = { empty = true }, count = 2 }",
            "{ match = { empty = true }, count = 2 }: it asks for more than one disk",
        ),
    ],
)
def test_what_is_no_rule(text: str, why: str) -> None:
    with pytest.raises(ZeusError) as caught:
        parse_rule(text)
    assert caught.value.message == f"dom0's disk: {why}"
    assert parse_rule('{ serial = "S1" }') == DiskRule(serial="S1")


# The whole

SECTION = """\
version = 1
[storage]
disks = [{ match = { size = ">100G" } }]
[packages]
repos = [
    { id = "xapi", baseurl = "https://xen.lan/xapi/", gpgkey = "https://xen.lan/key" },
    { id = "installer", baseurl = "https://xen.lan/zeus/", gpgkey = "https://xen.lan/key", priority = 20 },
]
"""
MANAGER = "usr/lib/python3.14/site-packages/pyanaconda/modules/payloads/payload/dnf/dnf_manager.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root of an installer: Fedora's repositories, and an Anaconda that uses libdnf5."""
    root = tmp_path / "root"
    for name, text in {
        "etc/anaconda.repos.d/fedora.repo": "[fedora]\nname=Fedora\n\n[fedora-source]\nname=Source\n",
        "proc/cmdline": "quiet inst.ks=https://install.lan/zeus.ks\n",
        "run/install/ks.cfg": f"lang C\n%addon org_xenproject_zeus\n{SECTION}%end\n",
        MANAGER: "import libdnf5\n",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture
def prepare(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Prepare:
    save(MACHINE, tmp_path / "machine.json")

    def run(*words: str) -> tuple[int, str]:
        ks = ["--kickstart", f"{root}/run/install/ks.cfg"]
        status = main([*ks, "--root", str(root), "--machine", str(tmp_path / "machine.json"), *words])
        return status, capsys.readouterr().out.replace(str(root), "")

    return run


def test_repositories_and_disk(prepare: Prepare, root: Path) -> None:
    assert prepare("--unattended", "--system-disk", '{ match = { size = "<=100G" } }') == (
        0,
        "Zeus: /etc/anaconda.repos.d/fedora.repo: xen xen-* left out\n"
        "Zeus: /etc/yum.repos.d/zeus-xapi.repo: https://xen.lan/xapi/, priority 10, signed\n"
        "Zeus: /etc/yum.repos.d/zeus-installer.repo: https://xen.lan/zeus/, priority 20, signed\n"
        "Zeus: dom0: disk, serial SYS, 42.9 GB, /dev/sda; on it: empty\n"
        "Zeus: storage repository: disk, serial DATA, 537 GB, /dev/sdb; on it: empty\n",
    )
    assert (root / "etc/yum.repos.d/zeus-xapi.repo").read_text() == (
        "[zeus-xapi]\nname=Zeus: xapi\nbaseurl=https://xen.lan/xapi/\nenabled=1\npriority=10\ngpgcheck=1\n"
        "gpgkey=https://xen.lan/key\n"
    )
    assert (root / "etc/anaconda.repos.d/fedora.repo").read_text().count("excludepkgs=xen xen-*\n") == 2
    made = root / "run/zeus/kickstart"
    assert (made / "repos.ks").read_text() == "repo --name=zeus-xapi\nrepo --name=zeus-installer\n"
    assert "ignoredisk --only-use=sda\n" in (made / "disk.ks").read_text()
    assert not (made / "answers.ks").exists()


def test_it_can_be_done_twice(prepare: Prepare, root: Path) -> None:
    prepare()
    before = (root / "etc/anaconda.repos.d/fedora.repo").read_text()
    assert prepare()[0] == 0
    assert (root / "etc/anaconda.repos.d/fedora.repo").read_text() == before


def test_answers_in_a_file_become_a_section(prepare: Prepare, root: Path) -> None:
    (root / "run/install/ks.cfg").unlink()
    file = root / "answers.toml"
    file.write_text(SECTION)
    assert prepare("--answers", str(file))[0] == 0
    section = root / "run/zeus/kickstart/answers.ks"
    assert section.read_text().startswith("%addon org_xenproject_zeus\nversion = 1\n")
    assert section.read_text().endswith("%end\n")
    assert section.stat().st_mode & 0o777 == 0o600


def test_a_disk_on_the_kernel_command_line_wins(prepare: Prepare, root: Path) -> None:
    (root / "proc/cmdline").write_text("zeus.system_disk=DATA\n")
    ks = root / "run/install/ks.cfg"
    ks.write_text(ks.read_text().replace(">100G", "<=100G"))
    assert (
        "Zeus: dom0: disk, serial DATA, 537 GB, /dev/sdb; on it: empty\n"
        in prepare("--system-disk", '{ serial = "SYS" }')[1]
    )


@pytest.mark.parametrize(
    ("old", "new", "status", "said"),
    [
        (
            "version = 1",
            "vrsion = 1",
            2,
            '/run/install/ks.cfg:3: error: unknown key vrsion (did you mean "version"?)\n',
        ),
        ("%addon org", "%addon rog", 2, "/run/install/ks.cfg has no %addon org_xenproject_zeus section, wants one\n"),
        (
            "xen.lan/xapi/",
            "packages.example.org/",
            2,
            "packages.repos[0].baseurl is at packages.example.org, an address of examples\n",
        ),
        (
            "\n[packages]",
            '\nwipe = "listed-disks"\n[packages]',
            3,
            'storage.wipe is "listed-disks", and nobody agreed to that\n',
        ),
        (">100G", "<=100G", 3, "the rule for dom0's disk matches no disk, wants 1\n"),
    ],
)
def test_what_ends_the_installation(prepare: Prepare, root: Path, old: str, new: str, status: int, said: str) -> None:
    ks = root / "run/install/ks.cfg"
    ks.write_text(ks.read_text().replace(old, new))
    result = prepare("--unattended", "--system-disk", '{ match = { size = "<=100G" } }')
    assert result[0] == status
    assert result[1].splitlines(keepends=True)[0] == said or said in result[1]
    assert not (root / "run/zeus/kickstart/disk.ks").exists()


def test_an_anaconda_that_checks_no_signatures(prepare: Prepare, root: Path) -> None:
    (root / MANAGER).write_text("import dnf\n")
    assert prepare() == (
        3,
        "packages: the Anaconda of this release checks no signatures, whatever gpgkey says\n"
        "hint: say allow_unsigned = true in [packages]; or install a plain system and run zeus install there\n",
    )
    ks = root / "run/install/ks.cfg"
    ks.write_text(ks.read_text().replace("[packages]\n", "[packages]\nallow_unsigned = true\n"))
    assert prepare()[0] == 0
