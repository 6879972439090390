"""An administrator's password before anything can be destroyed: no way past it, no faster way to guess it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.component.wizard.inside import Answers, Inside, StillJob, make_wizard
from zeus_installer.screens.desk import Administrators
from zeus_installer.screens.tui.look import Look
from zeus_installer.screens.wizard import Wizard


class Comparisons(Answers):
    """A worker that knows one password, and remembers which it was asked for."""

    def __init__(self) -> None:
        super().__init__("amd-iommu")
        self.compared: list[str] = []

    def of(self, order: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if order["order"] != "admit":
            return {}
        self.compared.append(order["password"])
        return {"admitted": order["password"] == "right", "open": False}


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Comparisons:
    worker = Comparisons()
    monkeypatch.setattr(StillJob, "answers", worker, raising=False)
    monkeypatch.setattr("zeus_installer.screens.wizard.Job", StillJob)
    return worker


@pytest.fixture
def at_password(worker: Comparisons, tmp_path: Path) -> tuple[Wizard, Inside]:
    wizard, face = make_wizard(tmp_path, worker, look=Look(ascii=False, mono=False))
    wizard.desk.administrators = Administrators(names=["root"], asked=True, readable=True, open=False)
    wizard.show(wizard.screens[0])
    face.keys("f10")
    assert wizard.screen.id == "password"
    return wizard, face


def test_the_right_one_leads_on(at_password: tuple[Wizard, Inside]) -> None:
    wizard, face = at_password
    face.keys(*"wrong", "f10")
    face.pass_time()
    assert (wizard.screen.id, wizard.desk.said) == (
        "password",
        "that is not the password of root or an administrator",
    )
    assert "administrator" not in wizard.desk.typed
    face.keys(*"right", "f10")
    face.pass_time()
    assert wizard.screen.id == "storage"
    face.keys("esc")
    assert wizard.screen.id == "machine"
    face.keys("f10")
    assert wizard.screen.id == "storage"


def test_back_while_it_is_compared(at_password: tuple[Wizard, Inside]) -> None:
    wizard, face = at_password
    face.keys(*"right", "f10", "esc")
    assert wizard.screen.id == "machine"
    face.pass_time()
    assert wizard.screen.id in ("machine", "storage")
    wizard.show(wizard.screens[0])
    face.keys("f10")
    assert wizard.screen.id in ("password", "storage")


def test_after_three_wrong_ones_more_presses_are_no_more_guesses(
    at_password: tuple[Wizard, Inside], worker: Comparisons
) -> None:
    wizard, face = at_password
    for guess in ("one", "two", "three"):
        face.keys(*guess, "f10")
        face.pass_time()
    face.keys(*"four", "f10")
    assert wizard.desk.said == "after 3 wrong passwords it takes 5 s each"
    for _ in range(4):
        face.pass_time()
        face.keys("f10")
    assert worker.compared == ["one", "two", "three"]
    for _ in range(10):
        face.pass_time()
    assert worker.compared == ["one", "two", "three", "four"]
