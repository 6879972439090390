"""The wizard begins with answers that exist already."""

import subprocess
import sys
from pathlib import Path

from tests.component.wizard.conftest import Machines, Opener
from tests.terminal.terminal import Terminal
from tests.terminal.walk import KEY, REPOSITORY, Walker, command, walk

ANSWERS = f"""\
version = 1
[host]
hostname = "found.lab.example"
ssh_keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q admin@example.org"]
[boot]
dom0_vcpus = 2
[packages]
repos = [{{ id = "xapi", baseurl = "{REPOSITORY}", gpgkey = "{KEY}" }}]
"""


def test_the_fields_have_the_answers(wizard: Opener, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(ANSWERS)
    terminal = wizard("amd-iommu", "--answers", "a.toml")
    walker = Walker(terminal)
    walker.expect(
        "The screens begin with the answers of a.toml. Nothing is done before you",
        "They also have boot.dom0_vcpus, which you choose here anew, or which no",
    )
    terminal.press("esc")
    terminal.expect_gone("The screens begin")
    walk(terminal, to="network")
    terminal.expect("found.lab.example")


# A console at boot, whose kernel was started with other words.
AT_BOOT = ("unshare", "--net", "--mount", "sh", "-c", 'mount --bind "$0" /proc/cmdline && exec "$@"', "cmdline")


def at_boot(machines: Machines, directory: Path, words: str) -> Terminal:
    (directory / "cmdline").write_text(f"{words}\n")
    (directory / "a.toml").write_text(ANSWERS)
    return Terminal([*AT_BOOT, *command(machines("amd-iommu"), "--console")], directory=directory)


def test_answers_that_are_found_at_boot(machines: Machines, tmp_path: Path) -> None:
    with at_boot(machines, tmp_path, f"zeus.answers=file://{tmp_path}/a.toml") as terminal:
        terminal.expect("The screens begin with the answers of")
        terminal.press("esc")
        walk(terminal, to="network")
        terminal.expect("found.lab.example")


def test_without_answers_the_wizard_opens_as_ever(machines: Machines, tmp_path: Path) -> None:
    with at_boot(machines, tmp_path, "quiet") as terminal:
        walk(terminal, to="network")
        assert "found.lab.example" not in terminal.text


def test_answers_that_cannot_be_had_are_told_and_done_without(machines: Machines, tmp_path: Path) -> None:
    with at_boot(machines, tmp_path, f"zeus.answers=file://{tmp_path}/none.toml") as terminal:
        terminal.expect("no answers for this machine there")
        terminal.expect("The forms begin without them.")
        walk(terminal, to="network")


def test_answers_that_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("vrsion = 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "zeus_installer", "wizard", "--dry-run", "--plain", "--answers", tmp_path / "a.toml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path}/a.toml:1: error: version is missing\n")
