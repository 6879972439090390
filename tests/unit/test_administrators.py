"""Whose password opens the wizard, by the files of a target."""

from collections.abc import Callable
from pathlib import Path

import pytest

from zeus_installer.host.administrators import Administrators, read_administrators
from zeus_installer.system.secrets import Secret
from zeus_installer.system.target import Target

# Of "Staple-7 žluť", "Other-8" and "Third-9", made by crypt(3) and `openssl passwd -6`.
ROOT = "$y$j9T$ZeusSaltZeusSaltZeus1.$XMKQp5cjTI/hG7pCW1jRrkTmrhHH42ggQq7AREeqKpA"
OTHER = "$y$j9T$ZeusSaltZeusSaltZeus1.$lJzkX/oQJXhpEBfD7Qguzr2C0a7ONy2txMswc1P6Oa4"
THIRD = "$6$zeusSalt$aj2IJQPuZu16PMGYX/0/DSNM9Cb3bL81eFiI73j8MoD5qDb.YRxIdpXwJMrodiGgcXMlmiyDQ1A8CKVXblYVl1"
DES = "zsAvg/BOkpkbc"

PASSWD = """\
root:x:0:0:Super User:/root:/bin/bash
daemon:x:2:2:daemon:/sbin:/usr/sbin/nologin
ada:x:1000:1000::/home/ada:/bin/bash
bob:x:1001:10::/home/bob:/bin/bash
eve:x:1002:1002::/home/eve:/bin/bash
"""
GROUP = "root:x:0:\nwheel:x:10:ada\nusers:x:100:eve\neve:x:1002:\n"

Machine = Callable[..., Administrators]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """The administrators of a machine with these passwords: ada and bob are in wheel, eve is not."""

    def read(passwd: str = PASSWD, group: str = GROUP, **shadow: str) -> Administrators:
        target = Target(tmp_path)
        target.write_atomic("/etc/passwd", passwd)
        target.write_atomic("/etc/group", group)
        target.write_atomic(
            "/etc/shadow", "".join(f"{name}:{text}:20000:0:99999:7:::\n" for name, text in shadow.items())
        )
        return read_administrators(target)

    return read


@pytest.mark.parametrize("root", [ROOT, THIRD, DES])
def test_a_root_password_is_asked_for(machine: Machine, root: str) -> None:
    found = machine(root=root, ada="!", daemon="*")
    assert found.names == ("root",)
    assert (found.root_open, found.root_locked) == (False, False)
    assert (found.asked, found.shell_without_password) == (True, False)


@pytest.mark.parametrize("root", ["", "!", "*", "!!", f"!{ROOT}"])
def test_a_wheel_password_is_asked_for_whatever_root_has(machine: Machine, root: str) -> None:
    found = machine(root=root, ada=OTHER, eve=THIRD)
    assert found.names == ("ada",)
    assert (found.asked, found.shell_without_password) == (True, False)


def test_a_primary_group_makes_a_member(machine: Machine) -> None:
    assert machine(root="*", bob=OTHER, ada=f"!{THIRD}").names == ("bob",)


def test_members_of_sudo_are_administrators(machine: Machine) -> None:
    assert machine(root="*", eve=OTHER, ada=THIRD, group="sudo:x:27:daemon, eve\n").names == ("eve",)


def test_a_second_account_with_number_0_is_root_too(machine: Machine) -> None:
    found = machine(passwd=f"{PASSWD}toor:x:0:0::/root:/bin/sh\n", root="!", toor=OTHER)
    assert found.names == ("toor",)
    assert found.root_locked


def test_no_password_yet_opens_everything(machine: Machine) -> None:
    found = machine(root="", ada="!", bob="*", eve=OTHER)
    assert (found.names, found.root_open, found.root_locked) == ((), True, False)
    assert (found.asked, found.shell_without_password) == (False, True)


@pytest.mark.parametrize("root", ["!", "*", "!!", "!*", "!$y$x", f"!{ROOT}", "*LK*", "x", "NP", "NONE"])
def test_a_locked_root_is_not_no_password(machine: Machine, root: str) -> None:
    found = machine(root=root)
    assert (found.names, found.root_open, found.root_locked) == ((), False, True)
    assert (found.asked, found.shell_without_password) == (False, False)


def test_a_root_that_shadow_does_not_know_is_locked(machine: Machine) -> None:
    assert machine(ada="*").root_locked
    assert not machine(ada="*").shell_without_password


def test_a_machine_without_accounts_opens_nothing(tmp_path: Path) -> None:
    found = read_administrators(Target(tmp_path))
    assert (found.readable, found.names, found.root_locked) == (True, (), True)
    assert (found.asked, found.shell_without_password) == (False, False)


def test_a_password_may_stand_in_passwd_itself(machine: Machine) -> None:
    passwd = PASSWD.replace("root:x:", "root::").replace("ada:x:", f"ada:{OTHER}:")
    found = machine(passwd=passwd, root=ROOT, ada="*")
    assert found.root_open
    assert found.names == ("ada",)
    assert found.admits(Secret("Other-8"))


def test_the_first_line_of_a_name_counts(machine: Machine, tmp_path: Path) -> None:
    machine()
    Target(tmp_path).write_atomic("/etc/shadow", f"root:{ROOT}:20000::::::\nroot::20000::::::\n")
    assert not read_administrators(Target(tmp_path)).root_open


def test_broken_lines_are_no_accounts(machine: Machine) -> None:
    found = machine(
        passwd=f"\n:\n#\nroot\n+::::::\n{PASSWD}ada", group=f"wheel\n{GROUP}wheel:x\n:::\n", root="*", ada=OTHER
    )
    assert found.names == ("ada",)
    assert found.root_locked


def test_any_administrator_is_admitted_and_nobody_else(machine: Machine) -> None:
    found = machine(root=ROOT, ada=OTHER, eve=THIRD)
    assert found.names == ("root", "ada")
    assert found.admits(Secret("Staple-7 žluť"))
    assert found.admits(Secret("Other-8"))
    assert not found.admits(Secret("Third-9"))
    assert not found.admits(Secret(""))
    assert not found.admits(Secret(ROOT))


def test_a_password_of_an_unknown_kind_is_asked_for_and_admits_nobody(machine: Machine) -> None:
    found = machine(root="$future$zeusSalt$x")
    assert found.asked
    assert not found.admits(Secret("Staple-7 žluť"))


def test_an_open_root_admits_by_no_password(machine: Machine) -> None:
    found = machine(root="", ada=OTHER)
    assert found.root_open
    assert not found.admits(Secret(""))


@pytest.mark.parametrize("path", ["passwd", "shadow", "group"])
def test_unreadable_is_not_no_password(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    machine(root="")
    read = Path.read_text

    def refuse(self: Path, errors: str) -> str:
        """Be the kernel to who is not root: root itself, as whom tests run, may read everything."""
        if self == tmp_path / "etc" / path:
            raise PermissionError(13, "Permission denied", str(self))
        return read(self, errors=errors)

    monkeypatch.setattr(Path, "read_text", refuse)
    found = read_administrators(Target(tmp_path))
    assert (found.readable, found.names, found.root_open, found.root_locked) == (False, (), False, False)
    assert (found.asked, found.shell_without_password) == (True, False)
    assert not found.admits(Secret(""))


def test_hashes_never_show(machine: Machine) -> None:
    found = machine(root=ROOT, ada=OTHER)
    assert repr(found) == "Administrators(names=('root', 'ada'), root_locked=False, root_open=False, readable=True)"
    assert "$" not in str(found.hashes)
