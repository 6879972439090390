"""`zeus convert` and `zeus validate FILE.xml`, on whole answer files of XCP-ng and XenServer."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.component.test_cli import machine
from zeus_installer.answers.reader import read_answers
from zeus_installer.host.passwords import matches
from zeus_installer.machine.replay import save
from zeus_installer.system.secrets import Secret

FIXTURES = Path(__file__).parents[1] / "fixtures/convert"
CONVERTED = [path.stem for path in sorted(FIXTURES.glob("*.xml")) if path.with_suffix(".toml").exists()]
REFUSED = [path.stem for path in sorted(FIXTURES.glob("*.xml")) if not path.with_suffix(".toml").exists()]
REPOS = ("--repo", "xapi=https://packages.example.org/", "--gpgkey", "https://packages.example.org/key")
PLAIN = FIXTURES / "xcp-ng.xml"
MANUAL = FIXTURES / "xcp-ng-manual.xml"

Zeus = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def zeus(tmp_path: Path) -> Zeus:
    def run(*words: str | Path, cwd: Path = tmp_path, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zeus_installer", *map(str, words)]
        done = subprocess.run(command, capture_output=True, check=False, cwd=cwd, input=stdin)
        assert b"Traceback" not in done.stderr
        return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def with_one_hash(text: str) -> str:
    """Salt is new each time."""
    return re.sub(r'"\$y\$[^"]+"', '"(hash)"', text)


@pytest.mark.parametrize("name", CONVERTED)
def test_answer_files_are_converted(zeus: Zeus, name: str) -> None:
    result = zeus("convert", f"{name}.xml", cwd=FIXTURES)
    assert result.returncode == 0
    assert with_one_hash(result.stdout) == (FIXTURES / f"{name}.toml").read_text()
    assert result.stderr == (FIXTURES / f"{name}.txt").read_text()
    assert "Staple-7" not in result.stdout + result.stderr


@pytest.mark.parametrize("name", REFUSED)
def test_answer_files_are_refused(zeus: Zeus, name: str) -> None:
    result = zeus("convert", f"{name}.xml", cwd=FIXTURES)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (FIXTURES / f"{name}.txt").read_text()
    assert "Staple-7" not in result.stderr


@pytest.mark.parametrize("name", [*CONVERTED, *REFUSED])
def test_validate_says_the_same(zeus: Zeus, name: str) -> None:
    converted = zeus("convert", f"{name}.xml", cwd=FIXTURES)
    result = zeus("validate", f"{name}.xml", cwd=FIXTURES)
    assert result.returncode == converted.returncode
    assert converted.stderr.startswith(result.stderr)
    good = f"{name}.xml: an answer file that can be converted: zeus convert {name}.xml\n"
    assert result.stdout == (good if name in CONVERTED else "")


def test_with_repositories_a_whole_file_needs_no_hand(zeus: Zeus, tmp_path: Path) -> None:
    result = zeus("convert", PLAIN, "-o", "answers.toml", "--strict", *REPOS)
    assert (result.returncode, result.stdout) == (0, "")
    assert "to be completed" not in result.stderr
    assert zeus("validate", "answers.toml").stdout == "answers.toml: good answers\n"
    assert (tmp_path / "answers.toml").stat().st_mode & 0o777 == 0o600


def test_hooks_are_pinned_by_option(zeus: Zeus, tmp_path: Path) -> None:
    text = PLAIN.read_text().replace(
        "<keymap>us</keymap>", '<script stage="filesystem-populated" type="url">https://w.example.org/a=b</script>'
    )
    (tmp_path / "host.xml").write_text(text)
    pin = f"https://w.example.org/a=b={'0A' * 32}"
    result = zeus("convert", "host.xml", "-o", "answers.toml", "--strict", "--sha256", pin, *REPOS)
    assert result.returncode == 0, result.stderr
    (hook,) = read_answers(tmp_path / "answers.toml").hooks
    assert (hook.stage, hook.url, hook.sha256) == ("filesystem-populated", "https://w.example.org/a=b", "0a" * 32)
    assert zeus("validate", "answers.toml").returncode == 0


def test_a_clear_password_is_hashed(zeus: Zeus, tmp_path: Path) -> None:
    text = PLAIN.read_text()
    (tmp_path / "host.xml").write_text(
        re.sub(r"<root-password.*</root-password>", "<root-password>a&amp;ž</root-password>", text)
    )
    assert zeus("convert", "host.xml", "-o", "answers.toml").returncode == 0
    hashed = read_answers(tmp_path / "answers.toml").host.root_password_hash
    assert hashed is not None
    assert matches(Secret("a&ž"), hashed.reveal())


def test_a_file_without_secrets_can_be_read_by_all(zeus: Zeus, tmp_path: Path) -> None:
    text = (FIXTURES / "xenserver.xml").read_text()
    (tmp_path / "host.xml").write_text(text)
    assert zeus("convert", "host.xml", "-o", "token.toml").returncode == 0
    assert (tmp_path / "token.toml").stat().st_mode & 0o777 == 0o600
    (tmp_path / "host.xml").write_text(text.replace("?host=10", ""))
    assert zeus("convert", "host.xml", "-o", "answers.toml").returncode == 0
    assert (tmp_path / "answers.toml").stat().st_mode & 0o777 == 0o644


def test_answers_are_not_overwritten(zeus: Zeus, tmp_path: Path) -> None:
    output = tmp_path / "answers.toml"
    output.write_text("# by hand\n")
    result = zeus("convert", PLAIN, "-o", output)
    assert (result.returncode, result.stderr) == (
        2,
        f"zeus: error: {output} exists already\nhint: --force replaces it\n",
    )
    assert output.read_text() == "# by hand\n"
    assert zeus("convert", PLAIN, "-o", output, "--force").returncode == 0
    assert output.read_text().startswith("# Answers for Zeus, made by `zeus convert` of xcp-ng.xml;")


def test_strict_writes_nothing_that_has_to_be_completed(zeus: Zeus, tmp_path: Path) -> None:
    result = zeus("convert", MANUAL, "-o", "answers.toml", "--strict", *REPOS)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == (
        f"zeus: error: {MANUAL}: nothing is written: storage.disks (line 3), storage.disks (line 4) and hooks (line 8)"
        " would have to be completed"
    )
    assert not (tmp_path / "answers.toml").exists()


def test_errors_leave_no_file(zeus: Zeus, tmp_path: Path) -> None:
    assert zeus("convert", FIXTURES / "wrong.xml", "-o", "answers.toml").returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_what_has_to_be_completed_is_refused_until_it_is(zeus: Zeus, tmp_path: Path) -> None:
    assert zeus("convert", MANUAL, "-o", "answers.toml", *REPOS).returncode == 0
    refused = zeus("validate", "answers.toml")
    assert refused.returncode == 2
    assert 'storage.disks[0].path is "/dev/sda", wants a link below /dev/disk/by-id/' in refused.stderr
    text = (tmp_path / "answers.toml").read_text()
    disks = '[{ path = "/dev/sda" }, { path = "/dev/sdb" }]'
    (tmp_path / "answers.toml").write_text(text.replace(disks, '[{ serial = "DATA" }]'))
    assert zeus("validate", "answers.toml").stdout == "answers.toml: good answers\n"


def test_a_machine_gives_names_of_the_kernel_their_serial_numbers(zeus: Zeus, tmp_path: Path) -> None:
    save(machine(), tmp_path / "server.json")
    text = MANUAL.read_text().replace("<primary-disk>", '<primary-disk guest-storage="no">').replace("eth0", "eno1")
    (tmp_path / "host.xml").write_text(text)
    result = zeus("convert", "host.xml", "-o", "answers.toml", "--machine", "server.json", *REPOS)
    assert result.returncode == 0
    answers = read_answers(tmp_path / "answers.toml")
    assert [disk.serial for disk in answers.storage.disks] == ["DATA"]
    assert answers.network.management.nic is not None
    assert answers.network.management.nic.mac == "52:54:00:00:00:01"
    assert "  hint: on the kernel command line: zeus.system_disk=SYS\n" in result.stderr
    assert (
        'host.xml:4: warning: <guest-disk> "sdb" is taken as /dev/sdb (disk, serial DATA, 537 GB, /dev/sdb)\n'
        "  hint: see that it is the one that had this name under XCP-ng\n" in result.stderr
    )
    assert zeus("validate", "answers.toml", "--machine", "server.json").returncode == 0
    on_it = zeus("validate", "host.xml", "--machine", "server.json")
    assert "is taken as /dev/sdb" in on_it.stderr


def test_a_link_stays_whatever_the_machine_says(zeus: Zeus, tmp_path: Path) -> None:
    save(machine(), tmp_path / "server.json")
    text = PLAIN.read_text().replace("wwn-0x5002538e40a1b2c3", "ata-DATA")
    (tmp_path / "host.xml").write_text(text)
    result = zeus("convert", "host.xml", "--machine", "server.json")
    assert 'disks = [{ path = "/dev/disk/by-id/ata-DATA" }]\n' in result.stdout


def test_it_reads_what_comes_in(zeus: Zeus) -> None:
    utf16 = PLAIN.read_text().replace("utf-8", "utf-16").encode("utf-16")
    for data in (PLAIN.read_bytes(), utf16):
        result = zeus("convert", "-", *REPOS, stdin=data)
        assert result.returncode == 0
        assert 'hostname = "xen71.rack7.example.org"\n' in result.stdout
        assert "-:6: warning: wipe = " in result.stderr
    assert zeus("validate", "-", stdin=PLAIN.read_bytes()).stdout.startswith("-: an answer file that can be converted")


@pytest.mark.parametrize("name", ["answers", "answerfile.txt"])
def test_validate_knows_xml_by_its_content(zeus: Zeus, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\ufeff" + PLAIN.read_text())
    assert zeus("validate", name).returncode == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["nowhere.xml"],
            "zeus: error: nowhere.xml: No such file or directory\nhint: name an answer file of XCP-ng or",
        ),
        (["."], "zeus: error: .: Is a directory\nhint: name an answer file of XCP-ng or"),
        ([PLAIN, "-o", "no/where.toml"], "zeus: error: no is no directory: nothing can be written there\n"),
        ([PLAIN, "--repo", "xapi"], "zeus: error: --repo xapi: wants ID=URL\nhint: --repo xapi=https://…\n"),
        (
            [PLAIN, "--repo", "xapi=https://a.example/"],
            "zeus: error: --repo: packages.repos[0].gpgkey is missing: nothing would tell whether somebody replaced the"
            " packages\nhint: name its key with --gpgkey\n",
        ),
        (
            [PLAIN, "--repo", "xapi=ftp://a.example/", "--gpgkey", "https://a.example/key"],
            'zeus: error: --repo: packages.repos[0].baseurl is "ftp://a.example/", wants a URL: http://, https:// or',
        ),
        (
            [PLAIN, "--gpgkey", "https://a.example/key"],
            "zeus: error: --gpgkey is there 1 times, and --repo 0 times\nhint: give one --gpgkey for all, or one for",
        ),
        (
            [PLAIN, "--sha256", "https://u:Staple-7@a/b=12"],
            "zeus: error: --sha256 https://a/b=12: wants URL=HEX\nhint: sha256sum prints the 64 digits\n",
        ),
        ([PLAIN, "-o", ".", "--force"], "zeus: error: . is a directory: nothing can be written there\n"),
        ([PLAIN, "--sha256", "https://a/b=12"], "zeus: error: --sha256 https://a/b=12: wants URL=HEX\nhint: sha256sum"),
        ([PLAIN, "--machine", PLAIN], f"{PLAIN}:1: error: Expecting value\n"),
        ([PLAIN, "--dialect", "vmware"], "usage: zeus convert "),
    ],
)
def test_wrong_command_lines(zeus: Zeus, words: list[str | Path], message: str) -> None:
    result = zeus("convert", *words)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(message)


def test_what_is_too_long_is_no_answer_file(zeus: Zeus, tmp_path: Path) -> None:
    (tmp_path / "long.xml").write_bytes(b"<installation>" + b" " * (4 << 20))
    result = zeus("convert", "long.xml")
    assert (result.returncode, result.stderr) == (
        2,
        "zeus: error: long.xml: longer than 4 MiB: this is no answer file\n",
    )


def test_a_name_that_no_text_can_hold_is_written_out(zeus: Zeus, tmp_path: Path) -> None:
    name = os.fsdecode(b"h\xffst\x1b.xml")
    (tmp_path / name).write_bytes(PLAIN.read_bytes())
    result = zeus("convert", name, "-o", "answers.toml")
    assert result.returncode == 0
    assert (
        (tmp_path / "answers.toml").read_text().startswith("# Answers for Zeus, made by `zeus convert` of h\\udcffst")
    )
    assert "h\\udcffst\\x1b.xml:20: warning: <source> the install disc" in result.stderr


def test_versions_are_for_kickstarts(zeus: Zeus) -> None:
    result = zeus("validate", PLAIN, "--version", "F44")
    assert result.returncode == 2
    assert result.stderr.startswith("zeus: error: --version is for kickstarts, and this is an answer file\n")
