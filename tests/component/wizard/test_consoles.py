"""One wizard at a time has the forms: another console takes them over, and a dropped line loses nothing."""

import json
import sys
from pathlib import Path

import pytest

from tests.terminal.machines import machine_file
from tests.terminal.terminal import Terminal

# A wizard for a recorded machine that keeps its draft where the test says.
WIZARD = """
import sys
from pathlib import Path
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.draft import Draft
from zeus_installer.screens.start import begin, make_wizard
from zeus_installer.screens.tui.app import Tui
from zeus_installer.screens.tui.look import choose_look
face = Tui(choose_look())
wizard = make_wizard(Desk(machine_file=sys.argv[1], dry_run=True), face, Draft(Path(sys.argv[2])))
face.run(wizard, lambda: begin(wizard))
"""


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    return [sys.executable, "-c", WIZARD, str(machine_file("amd-iommu", tmp_path)), str(tmp_path / "zeus")]


def open_network(terminal: Terminal) -> None:
    terminal.expect("AMD-V enabled")
    terminal.press("f10")
    terminal.expect("Zeus installer: Storage")
    terminal.press("f10")
    terminal.expect("Zeus installer: Network")


def test_a_hang_up_loses_nothing(command: list[str], tmp_path: Path) -> None:
    with Terminal(command) as first:
        open_network(first)
        first.press("ctrl-u")
        first.type("xen7.example.org")
        first.expect("xen7.example.org")
        first.hang_up()
        assert first.process.wait(20) == 75
        assert first.stderr == ""
    assert json.loads((tmp_path / "zeus/wizard.json").read_text())["inputs"]["hostname"] == "xen7.example.org"
    assert (tmp_path / "zeus/wizard.json").stat().st_mode & 0o777 == 0o600
    with Terminal(command) as second:
        second.expect("Zeus installer: Network")
        second.expect("xen7.example.org")
        assert second.stderr == ""


def test_another_console_takes_over_and_gives_back(command: list[str]) -> None:
    with Terminal(command) as first:
        open_network(first)
        first.press("ctrl-u")
        first.type("xen7.example.org")
        first.expect("xen7.example.org")
        with Terminal(command) as second:
            second.expect("The wizard is open on pts/")
            second.press("enter")
            second.expect("Zeus installer: Network")
            second.expect("xen7.example.org")
            first.expect("Zeus installer: Open elsewhere")
            second.type("x")
            second.expect("xen7.example.orgx")
            first.press("enter")
            first.expect("Zeus installer: Network")
            first.expect("xen7.example.orgx")
            second.expect("Zeus installer: Open elsewhere")
            assert (first.stderr, second.stderr) == ("", "")


def test_a_console_that_waits_gets_the_forms_when_the_other_leaves(command: list[str]) -> None:
    with Terminal(command) as first:
        open_network(first)
        with Terminal(command) as second:
            second.expect("Take over here")
            first.press("ctrl-c")
            first.expect("Leave the wizard?")
            first.press("tab", "enter")
            assert first.finish() == 0
            second.expect("Zeus installer: Network")
