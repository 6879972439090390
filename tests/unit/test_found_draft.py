"""Answers that exist already, in the wizard: what its fields then say, and what it has no fields for."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given

from tests.unit.answers_strategies import ANSWERS
from tests.unit.kickstart_texts import HASH, MACHINE
from zeus_installer.answers.model import Answers
from zeus_installer.answers.reader import parse_answers
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.flow import form_screens
from zeus_installer.screens.found import FoundDraft, inputs_of, without_field
from zeus_installer.screens.gather import gather

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q admin@xen.lan"
PACKAGES = """
[[packages.repos]]
id = "xapi"
baseurl = "https://xen.lan/"
gpgkey = "https://xen.lan/k"
"""
ALL_SHOWN = [
    "",
    f"""
[host]
hostname = "xen1.lan"
root_password_hash = "{HASH}"
ssh_keys = ["{KEY}"]
timezone = "Europe/Prague"
[network]
backend = "bridge"
[network.management]
nic = {{ mac = "52:54:00:00:00:02" }}
ipv4 = {{ address = "192.0.2.10/24", gateway = "192.0.2.1" }}
dns = ["192.0.2.53", "192.0.2.54"]
[storage]
sr_type = "none"
""",
]


def gathered(answers: Answers) -> Answers | None:
    desk = Desk(machine_file="machine.json", machine=dataclasses.replace(MACHINE, hostname=None))
    desk.inputs = inputs_of(answers)
    return gather([screen for screen in form_screens() if screen.id != "password"], desk).answers


@pytest.mark.parametrize("text", ALL_SHOWN)
def test_what_the_fields_say_makes_the_same_answers(text: str) -> None:
    answers = parse_answers(f"version = 1\n{text}{PACKAGES}", "a.toml")
    assert without_field(answers) == []
    made = gathered(answers)
    assert made is not None
    # Disks and the NIC are proposed when nobody names one.
    expected = dataclasses.replace(answers, storage=dataclasses.replace(answers.storage, disks=made.storage.disks))
    if answers.network.management.nic is None:
        management = dataclasses.replace(answers.network.management, nic=made.network.management.nic)
        expected = dataclasses.replace(expected, network=dataclasses.replace(answers.network, management=management))
    assert made == expected


def test_what_has_no_field_is_named(tmp_path: Path) -> None:
    text = f"""version = 1
[storage]
disks = [{{ serial = "DATA" }}]
wipe = "listed-disks"
[network.management]
nic = {{ match = {{ link = true }} }}
[boot]
dom0_vcpus = 4
{PACKAGES}priority = 20
"""
    draft = FoundDraft(tmp_path, answers=parse_answers(text, "a.toml"), origin="a.toml")
    assert draft.told == ()
    assert draft.load()[0]["repo 0"] == "https://xen.lan/"
    assert [words for _, words in draft.told] == [
        "The screens begin with the answers of a.toml. Nothing is done before you say so.",
        "",
        "They also have storage.disks, storage.wipe, network.management.nic, packages.repos, boot.dom0_vcpus, which "
        "you choose here anew, or which no screen has.",
        "To carry them out as they are: zeus install --answers FILE",
    ]


def test_what_was_typed_comes_first(tmp_path: Path) -> None:
    draft = FoundDraft(tmp_path, answers=Answers(), origin="a.toml")
    draft.take()
    draft.save({"hostname": "typed"}, "network")
    assert (draft.load(), draft.told) == (({"hostname": "typed"}, "network"), ())


@given(ANSWERS)
def test_no_answers_are_too_odd(answers: Answers) -> None:
    assert all(isinstance(value, str | bool | list) and value not in ("", []) for value in inputs_of(answers).values())
    without = without_field(answers)
    assert ("report" in without, "hooks" in without) == (answers.report is not None, bool(answers.hooks))
