"""The add-on's spokes: the text one in a hub, in a real terminal, before the real service on a recorded machine.

The graphical one needs Anaconda's own widgets: here only its parts are held together.
"""

import ast
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from dasbus.error import DBusError

from tests.anaconda import source
from tests.anaconda.installer import REPOSITORY, Installer, installer
from tests.anaconda.zeus import read, repository, section, zeus
from tests.terminal.terminal import Terminal

RULE: Final = "=" * 80
PROMPT: Final = re.compile(r"(refresh\]|keep it): $")
QUESTION: Final = "Please make a selection from the above"
GUI: Final = REPOSITORY / "zeus_installer/addon/gui/spokes"
OFF: Final = """Xen host (Zeus)

Not wanted

1) [ ] Make this installation a Xen host

Fedora is installed as always, with Xen and XenAPI on top. The checks run as
soon as it is turned on.
"""
ON: Final = """Xen host (Zeus)

Fails: packages.repository: packages.repos names no repository, and neither
does package source xapi

1) [x] Make this installation a Xen host
2) Machine: 1 FAIL, 2 warning, 8 ok
3) Storage: ext, by rule
4) Management NIC: by rule
5) Memory of dom0: auto
6) Packages: none
7) Look at the machine again
"""


class Console:
    """Somebody at Anaconda's text interface, who reads what it says and types when it is his turn."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._wait(0)

    def _wait(self, since: int) -> None:
        self._terminal.wait(lambda _: bool(PROMPT.search(self._said()[since:])), "a prompt", timeout=60)

    def _said(self) -> str:
        return self._terminal.output.decode().replace("\r", "")

    def type(self, *words: str) -> str:
        """Type each, with Enter; give the screen after the last."""
        for word in words:
            before = len(self._said())
            self._terminal.type(f"{word}\n")
            self._wait(before)
        return self.screen

    def leave(self, word: str) -> str:
        """Type a word after which the program ends; give the last line."""
        self._terminal.type(f"{word}\n")
        assert self._terminal.finish() == 0
        return self._said().splitlines()[-1]

    @property
    def screen(self) -> str:
        """The last screen, without the question below it."""
        return self._said().rpartition(f"{RULE}\n{RULE}\n")[2].partition(f"\n{QUESTION}")[0]

    @property
    def answer(self) -> str:
        """What was said since the question before the last."""
        asked = list(re.finditer(r"(?:refresh\]|keep it): .*\n", self._said()))
        return self._said()[asked[-1].end() :]

    @property
    def hub(self) -> str:
        """The spoke's place in the hub: its mark, its title, its status."""
        assert self.screen.startswith("Installation\n")
        return " ".join(self.screen.split()[2:])

    def check(self) -> None:
        """Nothing was wider than the screen, and nothing went wrong."""
        said = re.sub("keep it: .*", "keep it: ", self._said())  # without what was typed
        assert [line for line in said.splitlines() if len(line) > 80] == []
        assert "Traceback" not in self._said() + self._terminal.stderr


@contextmanager
def text_hub(installing: Installer) -> Iterator[Terminal]:
    """Anaconda's text interface, with the spokes of this installer's add-ons."""
    addons = installing.directory / "addons"
    environment = {
        "PYTHONPATH": ":".join([*source.search_path(), str(REPOSITORY), str(addons)]),
        "DBUS_ANACONDA_SESSION_BUS_ADDRESS": installing.address,
        "ANACONDA_CONFIG_TMP": str(installing.directory / "anaconda.conf"),
    }
    command = [sys.executable, "-m", "tests.anaconda.text_hub", addons]
    with Terminal(command, rows=60, environment=environment, directory=REPOSITORY) as terminal:
        yield terminal


@contextmanager
def console_of(installing: Installer) -> Iterator[Console]:
    with text_hub(installing) as terminal:
        console = Console(terminal)
        yield console
        console.check()


@pytest.fixture
def running() -> Iterator[Installer]:
    with zeus() as installing:
        yield installing


@pytest.fixture
def console(running: Installer) -> Iterator[Console]:
    with console_of(running) as console:
        yield console


def test_off_until_somebody_turns_it_on(running: Installer, console: Console) -> None:
    assert console.hub == "[x] Xen host (Zeus) (Not wanted)"
    assert console.type("1") == OFF
    assert not running.module.Enabled
    assert console.type("1") == ON
    assert running.module.Enabled
    console.type("c")
    assert console.hub.startswith("[!] Xen host (Zeus) (Fails: packages.repository: packages.repos names no")
    console.type("b")
    assert console.hub.startswith("[!] Xen host (Zeus)")  # It cannot begin like this.
    assert console.type("1", "1") == OFF
    assert not running.module.Enabled
    console.type("c")
    assert console.leave("b") == "The hub was left."


def test_the_machine(console: Console) -> None:
    assert (
        console.type("1", "1", "2")
        == """Machine

FAIL       packages.repos names no repository, and neither does package source
           xapi
           -> add repos = [{ id = "xapi", baseurl = "https://…", gpgkey =
              "https://…" }] to [packages]
warning    no interrupt remapping: passthrough is not safe
           -> firmware menu Advanced > Chipset or North Bridge Configuration:
              enable IOMMU (AMD-Vi); older chipsets cannot
warning    2.8 GiB, less than 4 GiB
           -> add memory: dom0 leaves little of it to guests
ok         AMD-V enabled
ok         second-level paging (EPT or NPT) found
ok         AMD-Vi active
ok         BIOS boot, which has no Secure Boot
ok         kernel 6.12.117+deb13-amd64 has CONFIG_XEN_DOM0
ok         GRUB can write its environment block: /boot is ext4 on a plain
           partition
ok         disk, serial DATA, 21.5 GB, /dev/vdb: empty
ok         enp0s4 (52:54:00:12:34:56): link is up
"""
    )


def test_the_storage(running: Installer, console: Console) -> None:
    assert (
        console.type("1", "1", "3")
        == """Storage

1) Storage type: ext
2) Space: whole disks
3) Storage disk: by rule
4) What is on the disk: keep it

Nothing is destroyed for the storage repository.
"""
    )
    assert (
        console.type("1")
        == """Storage type

1) [x] ext
       (thin: guests' disks are files that grow; the usual choice)
2) [ ] lvm
       (a volume for each disk, all of its size at once; fast and simple)
3) [ ] none
       (no local storage: it comes later, from a pool or a SAN)
"""
    )
    assert console.type("2").startswith("Storage\n\n1) Storage type: lvm\n")
    assert running.module.SrType == "lvm"
    assert (
        console.type("3")
        == """Storage disk

1) [x] by rule
2) [ ] disk, serial DATA, 21.5 GB, /dev/vdb: empty

Cannot be chosen:
  disk, serial LABSYSTEM, 17.2 GB, /dev/vda: GPT table with partition 1
  (nothing known) and partition 2 (ext4): is one that the installer uses
"""
    )
    assert "3) Storage disk: disk, serial DATA, 21.5 GB, /dev/vdb: empty\n" in console.type("2")
    assert running.module.Disk == "DATA"
    assert "3) Storage: lvm, disk, serial DATA, 21.5 GB, /dev/vdb: empty\n" in console.type("c")
    assert "2) Space: free space\n" in console.type("3", "2", "2")
    assert running.module.Space == "free-space"


def test_a_choice_that_the_module_refuses(running: Installer, console: Console) -> None:
    console.type("1", "1", "3", "4", "2")
    assert console.answer.startswith(
        """
storage.wipe is "listed-disks", but disks lists none
  hint: name in disks what may be destroyed

Please make"""
    )
    assert "4) What is on the disk: keep it\n" in console.type("c")
    assert running.module.Wipe == "only-if-empty"


def test_the_network(running: Installer, console: Console) -> None:
    assert (
        console.type("1", "1", "4")
        == """Management NIC

1) [x] by rule
2) [ ] enp0s4, 52:54:00:12:34:56, virtio_net, link
"""
    )
    assert "4) Management NIC: enp0s4, 52:54:00:12:34:56, virtio_net, link\n" in console.type("2")
    assert running.module.Nic == "52:54:00:12:34:56"
    assert "4) Management NIC: by rule\n" in console.type("4", "1")
    assert running.module.Nic == ""


def test_a_wrong_value_is_refused_in_the_modules_words_and_changes_nothing(
    running: Installer, console: Console
) -> None:
    assert (
        console.type("1", "1", "5")
        == """Memory of dom0

How much memory dom0 keeps for itself, in MiB; auto: by the size of the
machine.

Now: auto

Type a new value, or only ENTER to keep it: """
    )
    console.type("much")
    assert console.answer == (
        '\nboot.dom0_memory is "much", wants "auto" or a whole number\n\nType a new value, or only ENTER to keep it: '
    )
    console.type("7")
    assert console.answer == (
        "\nboot.dom0_memory is 7, wants 512 or more\n\nType a new value, or only ENTER to keep it: "
    )
    assert "5) Memory of dom0: auto\n" in console.type("")
    assert "5) Memory of dom0: 4096\n" in console.type("5", " 4096 ")
    assert running.module.Dom0Memory == "4096"


def test_the_packages_and_what_the_hub_says_then(running: Installer, console: Console, tmp_path: Path) -> None:
    repository(tmp_path / "repository")
    place = (tmp_path / "repository").as_uri()
    assert (
        console.type("1", "1", "6")
        == """Packages

1) Package repository: none
2) Its key: none
"""
    )
    assert f"Type a new value, {'-'} for none, or only ENTER to keep it: " in console.type("1")
    console.type(place, "2", f"{place}/key")
    assert (running.module.Repository, running.module.RepositoryKey) == (place, f"{place}/key")
    console.type("2", "-")
    assert running.module.RepositoryKey == ""
    console.type("2", f"{place}/key", "c", "7", "c")
    assert (
        console.hub
        == "[x] Xen host (Zeus) (Warning: iommu.interrupt_remapping: no interrupt remapping: passthrough is not safe)"
    )


def test_what_will_be_destroyed_is_said_and_wants_consent() -> None:
    with installer(recording="busy") as running:
        text = 'version = 1\n[storage]\ndisks = [{ serial = "OLD-STORAGE" }]\nwipe = "listed-disks"\n'
        assert read(running, section(text)).errors == ()
        with console_of(running) as console:
            doomed = """
This will be destroyed:
  everything on disk, serial OLD-STORAGE, 1.1 TB, /dev/vdd; on it now: LVM
  volume group VG_XenStorage-6f1d1c2e-3a0b-4d5c-8e9f-0a1b2c3d4e5f (active)
"""
            screen = console.type("1")
            status = "Fails: storage.consent: nobody agreed yet to what will be destroyed\n"
            assert screen.startswith(f"Xen host (Zeus)\n\n{status}")
            assert screen.endswith(doomed)
            assert console.type("3").endswith(f"5) [ ] I agree to what will be destroyed\n{doomed}")
            assert console.type("5").endswith(f"5) [x] I agree to what will be destroyed\n{doomed}")
            assert running.module.Consent
            assert "Fails: storage.consent" not in console.type("c")
            # Other wishes may destroy something else.
            assert "5) [ ] I agree to what will be destroyed\n" in console.type("3", "1", "2")
            assert not running.module.Consent


def test_a_kickstart_that_wants_a_host_is_judged_before_anybody_asks(running: Installer) -> None:
    assert read(running, section()).errors == ()
    with text_hub(running) as terminal:
        terminal.expect("Xen host (Zeus): Fails: packages.repository: packages.repos names no")
        terminal.expect("FAIL       packages.repos names no repository")
        terminal.type("r\n")
        terminal.expect("1) [!] Xen host (Zeus)\n       (Fails: packages.repository:\n")
        assert "Traceback" not in terminal.stderr


def end(installing: Installer, *, for_good: bool) -> None:
    """Kill the module's process; the bus starts it anew when somebody calls it, unless it is gone for good."""
    process = installing.boss.process(installing.addon.service)
    if for_good:
        (installing.directory / "start-module").write_text("#!/bin/sh\nexit 1\n")
        installing.boss.modules.clear()
    os.kill(process, signal.SIGKILL)
    with suppress(DBusError):  # until the bus knows too: what is sent before that is lost with the process
        while installing.boss.process(installing.addon.service) == process:
            time.sleep(0.01)


def lost(sentence: str, state: str = "x") -> str:
    return f"""Xen host (Zeus)

{sentence}

As it is, the installation would end as a plain Fedora. `journalctl` in a
shell of the installer says why. Start the installation anew; or, if it
answers again, turn it off and on and choose everything anew.

1) [{state}] Make this installation a Xen host
"""


def test_a_module_that_was_started_anew_and_forgot_everything(running: Installer, console: Console) -> None:
    console.type("1", "1")
    end(running, for_good=False)
    assert console.type("r") == lost("The Zeus add-on was started anew and lost its settings")
    console.type("c", "b")
    assert console.hub == "[!] Xen host (Zeus) (The Zeus add-on was started anew and lost its settings)"
    assert console.type("1", "1") == OFF
    assert console.type("1") == ON


def test_a_module_that_is_gone(running: Installer, console: Console) -> None:
    console.type("1", "1")
    end(running, for_good=True)
    console.type("5", "4096")
    assert console.answer == ("\nThe Zeus add-on no longer answers\n\nType a new value, or only ENTER to keep it: ")
    assert console.type("") == lost("The Zeus add-on no longer answers")
    console.type("1")
    assert console.answer.startswith("\nThe Zeus add-on no longer answers\n\n====")
    console.type("c", "b")
    assert console.hub == "[!] Xen host (Zeus) (The Zeus add-on no longer answers)"


def test_a_module_that_is_gone_while_nothing_was_wanted(running: Installer, console: Console) -> None:
    console.type("1")
    end(running, for_good=True)
    assert console.type("1") == lost("The Zeus add-on no longer answers", state=" ")
    console.type("c")
    assert console.leave("b") == "The hub was left."


def test_a_module_that_did_not_start_has_no_spoke(running: Installer) -> None:
    end(running, for_good=True)
    with text_hub(running) as terminal:
        assert terminal.finish() == 0
        assert terminal.text.strip() == "No spoke to show."


def test_a_look_waits_until_anacondas_storage_is_at_rest(tmp_path: Path) -> None:
    script = """
import threading
from types import SimpleNamespace
from zeus_installer.addon.looking import Look
at_rest = threading.Event()
threading.Thread(target=at_rest.wait, name="AnaStorageWatcher").start()
look = Look(SimpleNamespace(look=lambda: print("looked", at_rest.is_set())))
look.start(lambda: print("seen"))
look.start()
print("under way", look.under_way)
at_rest.set()
look.wait()
print("under way", look.under_way)
"""
    configuration = tmp_path / "anaconda.conf"
    source.write_configuration(configuration, tmp_path)
    environment = {
        **os.environ,
        "PYTHONPATH": ":".join([*source.search_path(), str(REPOSITORY)]),
        "ANACONDA_CONFIG_TMP": str(configuration),
    }
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "under way True\nlooked True\nseen\nunder way False\n"


# The graphical one.


def test_the_graphical_spoke_and_its_layout_name_the_same_things() -> None:
    layout = ET.fromstring((GUI / "zeus.glade").read_bytes())  # noqa: S314 - our own file
    objects = [element.attrib["id"] for element in layout.iter("object")]
    handlers = {element.attrib["handler"] for element in layout.iter("signal")}
    tree = ast.parse((GUI / "zeus.py").read_text())
    methods = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert len(objects) == len(set(objects))
    assert handlers <= methods
    assert {method for method in methods if method.startswith("on_")} - handlers == {
        "on_selection_changed",  # of the widgets that are made for the settings
        "on_entry_activated",
    }
    named = {word for word in words if re.fullmatch(r"[a-z]+(Window|Label|Box|Check|Grid|Button)", word)}
    assert named <= set(objects)
    assert named == {
        "zeusWindow",
        "enabledCheck",
        "statusLabel",
        "purposeLabel",
        "detailsBox",
        "findingsLabel",
        "settingsGrid",
        "unusableLabel",
        "destroysLabel",
        "consentCheck",
    }
    assert layout.find("object").attrib["class"] == "AnacondaSpokeWindow"
