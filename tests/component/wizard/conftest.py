"""The wizard in a terminal, on a recorded machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.terminal.machines import machine_file
from tests.terminal.terminal import Terminal
from tests.terminal.walk import command

Machines = Callable[[str], Path]
Opener = Callable[..., Terminal]


@pytest.fixture(scope="session")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Machines:
    """Gives the file of a recorded machine by its name."""
    directory = tmp_path_factory.mktemp("machines")
    files: dict[str, Path] = {}

    def file(name: str) -> Path:
        if name not in files:
            files[name] = machine_file(name, directory)
        return files[name]

    return file


@pytest.fixture
def wizard(machines: Machines, tmp_path: Path) -> Iterator[Opener]:
    """Opens wizards. When the test ends, none of them may have written anything to its standard error."""
    with ExitStack() as stack:
        opened: list[Terminal] = []

        def open_wizard(name: str, *options: str, speed: float = 2000, **terminal: Any) -> Terminal:
            opened.append(
                Terminal(command(machines(name), *options, speed=speed), **{"directory": tmp_path, **terminal})
            )
            return stack.enter_context(opened[-1])

        yield open_wizard
        assert [terminal.stderr for terminal in opened] == [""] * len(opened)
