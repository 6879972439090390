"""Every screen as it is seen: on small and large terminals, in UTF-8 and ASCII, with colours and without.

ZEUS_SNAPSHOTS=write in the environment takes the snapshots anew.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.component.wizard.conftest import Opener
from tests.terminal.snapshots import check_snapshot
from tests.terminal.stage import MOMENTS
from tests.terminal.terminal import Terminal
from tests.terminal.walk import Deed, Walker, give_password, give_repository, nothing, walk

# What each plan makes up anew.
MADE_UP = (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", r"localsr-[0-9a-f]{8}")
TERMINALS: Mapping[str, dict[str, Any]] = {
    "80x24": {},
    "80x24-ascii-mono": {"term": "vt220"},
    "120x40-mono": {"columns": 120, "rows": 40, "environment": {"NO_COLOR": "1"}},
    "120x40-ascii": {"columns": 120, "rows": 40, "locale": "C"},
}


def storage(walker: Walker) -> None:
    walker.switch("SPARE")
    walker.choose("OLD-STORAGE")
    walker.fill("  destroy it", "RAGE")


def network(walker: Walker) -> None:
    walker.fill("Host name", "host1.example.org")
    walker.choose("static")
    walker.fill("Address", "192.0.2.10/24")
    walker.fill("Router", "192.0.2.1")


FILLED: Mapping[str, Deed] = {
    "machine": nothing,
    "storage": storage,
    "network": network,
    "access": give_password,
    "packages": give_repository,
}
# Where on a machine the operator is kept, and by what.
WRONG: Mapping[str, tuple[str, Sequence[str]]] = {
    "leftovers": ("machine", ["this machine cannot become a host"]),
    "odd-names": ("storage", ["to destroy what is on /dev/nvme0n1", "see what is marked"]),
    "no-link": ("network", ["pick the NIC that the host is managed on", "see what is marked"]),
    "two-empty-disks": ("storage", ["pick a disk", "see what is marked"]),
}


def keep(terminal: Terminal, name: str) -> None:
    check_snapshot(terminal, f"wizard/{name}", mask=MADE_UP, styled=True)


@pytest.mark.parametrize("name", TERMINALS)
def test_the_forms(name: str, wizard: Opener) -> None:
    terminal = wizard("busy", **TERMINALS[name])
    walker = walk(terminal, to="machine")
    for screen, deed in FILLED.items():
        walker.at(screen)
        deed(walker)
        keep(terminal, f"{name}/{screen}")
        walker.go_on()
    walker.at("summary")
    keep(terminal, f"{name}/summary")
    for key, said in (("f1", "Help: Summary"), ("f10", "Begin the installation?")):
        terminal.press(key)
        terminal.expect(said)
        keep(terminal, f"{name}/summary-{key}")
        terminal.press("esc")
        terminal.expect_gone(said)
    walker.button("Files")
    terminal.expect("Files that will be written")
    keep(terminal, f"{name}/files")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", ["80x24", "120x40-ascii"])
def test_the_run(name: str, moment: str) -> None:
    program = [sys.executable, "-m", "tests.terminal.stage", moment]
    with Terminal(program, directory=Path(__file__).parents[3], **TERMINALS[name]) as terminal:
        terminal.expect("Zeus installer: ")
        terminal.expect("F1 Help")
        keep(terminal, f"{name}/{moment}")
        assert terminal.stderr == ""


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong(name: str, wizard: Opener) -> None:
    """A machine that is refused, disks with odd names, a NIC without a link, disks of which one has to be picked."""
    terminal = wizard(name, rows=40)
    screen, said = WRONG[name]
    walker = walk(terminal, to=screen)
    if name == "odd-names":
        walker.choose("GRÖSSE ÄÖ/ß")
    walker.go_on()
    walker.expect(*said)
    keep(terminal, f"{name}/{screen}")
