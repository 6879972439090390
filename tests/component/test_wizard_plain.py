"""The wizard line by line: through pipes and on a real terminal, with nothing but lines."""

import re
import signal
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.component.plain_talk import ANSWERS, PASSWORD, Pipes, Talk
from tests.terminal.machines import machine_file
from tests.terminal.terminal import Terminal
from zeus_installer.host.passwords import hash_password
from zeus_installer.system.secrets import Secret

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q admin@example.org"
MAIN = "import sys; from zeus_installer.__main__ import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> "Files":
    return Files(tmp_path_factory.mktemp("machines"))


class Files:
    """The recorded machines as files, each made once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def __getitem__(self, name: str) -> Path:
        path = self._directory / f"{name}.json"
        return path if path.exists() else machine_file(name, self._directory)


class Open:
    """Opens the wizard."""

    def __init__(self, stack: ExitStack, machines: Files, directory: Path) -> None:
        self._stack = stack
        self._machines = machines
        self.directory = directory

    def __call__(
        self,
        name: str = "amd-iommu",
        *options: str,
        on: str = "pipes",
        locale: str = "C",
        before: str = "",
        speed: float = 2000,
        term: str = "xterm",
    ) -> Talk:
        """Open it on a recorded machine; `before` is run first, in its process."""
        words = ["wizard", "--dry-run", f"--machine={self._machines[name]}", f"--speed={speed}", *options]
        command = [sys.executable, "-c", f"{before}\n{MAIN}", *words]
        line: Pipes | Terminal
        if on == "pipes":
            line = self._stack.enter_context(Pipes(command, locale=locale, directory=self.directory))
        else:
            line = self._stack.enter_context(Terminal(command, locale=locale, directory=self.directory, term=term))
        return Talk(line)

    def plain(self, name: str = "amd-iommu", **options: str) -> Talk:
        return self(name, "--plain", **options)  # type: ignore[arg-type]


@pytest.fixture
def wizard(machines: Files) -> Iterator[Open]:
    with ExitStack() as stack:
        # A short name: the lines of what is said are folded.
        yield Open(stack, machines, Path(stack.enter_context(TemporaryDirectory(prefix="plain-"))))


def finished(talk: Talk) -> str:
    """All that was said by a wizard that has ended well."""
    assert (talk.line.finish(), talk.line.stderr) == (0, "")
    return talk.line.output.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("on", ["pipes", "terminal"])
@pytest.mark.parametrize(
    ("name", "locale", "storage"),
    [
        ("amd-iommu", "C", {}),
        ("leftovers", "C", {"Disks, several": "NUMBER FILES", "destroy it": "ILES"}),
        ("odd-names", "C.UTF-8", {"Disks, several": "NUMBER GRÖSSE ÄÖ/ß", "destroy it": "e0n1"}),
    ],
)
def test_a_machine_becomes_a_host(name: str, locale: str, storage: dict[str, str], on: str, wizard: Open) -> None:
    talk = wizard.plain(name, on=on, locale=locale)
    said = talk.walk("Disks, several")
    for words, answer in storage.items():
        wanted = answer.removeprefix("NUMBER ")
        number = re.search(rf"(\d+)\. [^.;]*serial {re.escape(wanted)},", said)
        talk.at(words, number[1] if number and answer != wanted else wanted)
        said = talk.prompt()
    talk.walk("Login prompt")
    talk.answer("1")
    everything = finished(talk)
    assert "This machine is a verified XenAPI host." in everything
    assert "\x1b" not in everything
    assert PASSWORD not in everything
    assert locale != "C" or everything.isascii()
    assert on != "pipes" or max(map(len, everything.split("\n"))) < 80
    for title in ("Machine", "Storage", "Network", "Access", "Packages", "Summary"):
        assert f"\n{title}, step " in everything
    assert re.findall(r"\n  (.*) \.\.\.", everything)[0] == "Clear the disks of the storage repository"


def test_every_question_explains_itself_and_leads_back(wizard: Open) -> None:
    talk = wizard.plain("two-empty-disks", on="terminal")
    before = "Machine, step 1 of 6"
    talk.at("What now?", "?")
    talk.at("Check again Probe the machine anew, after a change.", "<")
    talk.at("Leave the wizard?")
    explained = {
        "Storage, step 2 of 6": "In an answer file: storage.sr_type",
        "Network, step 3 of 6": "In an answer file: host.hostname",
        "Access, step 4 of 6": "Type it. Enter keeps what stands in brackets, - empties it.",
        "Packages, step 5 of 6": "In an answer file: packages.source",
        "Summary, step 6 of 6": "Files Each file that will be written, as a diff.",
    }
    for screen, help_text in explained.items():
        talk.walk(screen, {**ANSWERS, "Disks, several": "1"})
        if screen.startswith("Summary"):
            talk.walk("What now?")
        talk.answer("?")
        talk.at(help_text, "<")
        assert before in talk.prompt()
        before = screen
    talk.walk("Enter stops the countdown.")
    talk.answer("?")
    talk.hear("Log All that the run has said")
    talk.answer()
    talk.at("The countdown is stopped: the machine reboots when you say so.", "<")
    talk.at("Leave the wizard? The run goes on without this screen: zeus wizard shows it again.")
    talk.at("Number:", "1")
    talk.walk("Login prompt")
    talk.answer("!")
    talk.at("Leave the wizard?", "1")
    finished(talk)


def test_what_was_answered_stays(wizard: Open) -> None:
    talk = wizard.plain()
    talk.walk("1. Host name")
    talk.answer("host1.example.org")
    talk.at("2. Interface", "-")
    talk.at("3. Bond several NICs, yes or no [no]:", "<")
    talk.walk("1. Host name [host1.example.org]:")
    talk.answer("=")
    assert "Host name: host1.example.org Interface: nothing Bond several NICs: no IPv4: DHCP" in talk.prompt()


def test_what_cannot_be_is_refused_with_its_reason(wizard: Open) -> None:
    talk = wizard.plain("four-nics")
    talk.walk("1. Type")
    talk.answer("ext")
    talk.at("Type a number from 1 to 4.", "5")
    talk.at("Type a number from 1 to 4.", "-")
    talk.at("Type a number from 1 to 4.")
    talk.walk("3. Disks")
    talk.answer("1")
    talk.at("Number 1 cannot be used: holds the running system.", "2")
    talk.at("There is only number 1.", "\x1b[A")
    talk.at("That has keys in it that are no characters. Type it again.", "-")
    talk.at("pick a disk", "-")
    talk.at("What now?", "3")  # There is no other disk: without local storage, then.
    talk.at("1. Type", "4")
    talk.walk("1. Host name")
    talk.answer("under_score")
    talk.at("2. Interface", "1 2")
    talk.at("Only one can be taken.")
    talk.at("3. Bond", "perhaps")
    talk.at("Type yes or no.")
    talk.walk("VLAN:", {"IPv4": "2", "Address:": "192.0.2.10"})
    talk.answer("9999999999999999999999")
    # What is wrong with the whole is said when all is answered, and asked for again.
    said = talk.walk("Host name [under_score]:")
    assert 'host.hostname is "under_score", wants' in said
    talk.answer("host1.example.org")
    talk.at('network.management.ipv4.address is "192.0.2.10", wants', "192.0.2.10/24")
    talk.at("network.management.vlan is", "-")
    talk.at("What now?", "9")
    talk.at("Type a number from 1 to 5.", "6")
    talk.at("Type a number from 1 to 5.")
    assert "Access, step 4 of 6" in talk.prompt()


def test_of_two_passwords_that_differ_both_are_asked_for_again(wizard: Open) -> None:
    talk = wizard.plain(on="terminal")
    talk.walk("Root password (not shown):")
    talk.answer(PASSWORD)
    talk.at("Once more (not shown):", f"{PASSWORD}, mistyped")
    talk.walk("the two passwords differ. 1. Root password (not shown) [typed]:")
    talk.answer(PASSWORD)
    talk.at("Once more (not shown) [typed]:", PASSWORD)
    talk.hear("Hashing the password ... a password is set; type a new one to change it")
    talk.prompt()
    talk.answer("3")
    talk.at("1. Root password (not shown):")
    talk.at("2. Once more (not shown):")
    talk.at("3. SSH key:", KEY)  # This one is shown again.
    talk.at("4. another one:")
    assert PASSWORD.encode() not in talk.line.output
    assert KEY.encode() in talk.line.output


def test_a_disk_that_is_not_empty_wants_its_serial_number(wizard: Open) -> None:
    talk = wizard.plain("leftovers")
    number = re.search(r"(\d+)\. [^.;]*serial FILES,", talk.walk("3. Disks"))
    assert number
    talk.answer(number[1])
    talk.at("4. destroy it", "yes")
    talk.at("type the last four characters of its serial number FILES to destroy what is on /dev/vdf.")
    talk.at("What now?")
    assert "marked" not in talk.at("FILES to destroy what is on /dev/vdf.", "ILES")
    talk.at("What now?")
    assert "Network, step 3 of 6" in talk.prompt()


def test_answers_are_saved(wizard: Open) -> None:
    talk = wizard.plain()
    talk.walk("Save answers")
    talk.answer("4")
    talk.at(f"Save answers. - goes back. File [{wizard.directory}/zeus-answers.toml]:", "-")
    talk.at("What now?", "4")
    talk.at("File [", "mine.toml")
    assert "mine.toml has the answers; it does the same with: zeus install --answers mine.toml" in talk.prompt()
    saved = wizard.directory / "mine.toml"
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    assert PASSWORD not in saved.read_text()


def test_a_failure_is_said_with_what_can_be_done(wizard: Open) -> None:
    talk = wizard("amd-iommu", "--plain", "--fail", "boot_entry")
    said = talk.walk("1. Retry 2. Resume later 3. Shell 4. Save report 5. Log 6. Help 7. Leave")
    assert "Make the Xen boot entry: FAILED" in said
    assert re.search(r"Stopped: \S.* What to do: \S.* Nothing is lost: Retry goes on from here", said)
    assert said.endswith("Number:")
    talk.answer()
    talk.at("Type a number from 1 to 7.", "5")
    talk.at("Log ", "-")
    talk.walk("What now?", {"Enter for": "-"})
    talk.answer("1")
    talk.walk("Login prompt")
    talk.answer("1")
    everything = finished(talk)
    assert everything.count("Install Xen and the toolstack ...") == 1


def test_the_countdown_is_told_and_reboots(wizard: Open) -> None:
    talk = wizard.plain(before="from zeus_installer.screens import done; done.SECONDS = 6")
    talk.walk("Enter stops the countdown.")
    said = " ".join(talk.hear("Finish the host in dom0 ...").split())
    told = [f"The machine reboots in {second} s." for second in (5, 4, 3, 2, 1)]
    assert " ".join(["reboots in 6 s. Enter stops the countdown.", *told, "The machine reboots now."]) in said
    talk.walk("Login prompt")
    talk.answer("1")
    finished(talk)


def test_an_administrator_gives_a_password(wizard: Open, tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    (etc / "group").write_text("wheel:x:10:\n")
    (etc / "shadow").write_text(f"root:{hash_password(Secret(PASSWORD)).reveal()}:::::::\n")
    asked = f"""
from zeus_installer.screens import password, start
from zeus_installer.screens.desk import Administrators
from zeus_installer.screens.wizard import Wizard
password._WAIT = 0.1
order, begin = Wizard.order, start.begin
Wizard.order = lambda self, name, data, **more: order(self, name, {{**data, "root": {str(tmp_path)!r}}}, **more)
def begin_asking(wizard):
    wizard.desk.administrators = Administrators(names=["root"], asked=True, readable=True, open=False)
    begin(wizard)
start.begin = begin_asking
"""
    talk = wizard.plain(on="terminal", before=asked)
    said = talk.walk("1. Password (not shown):")
    assert "Password, step 2 of 7, dry run This machine has an administrator." in said
    for _ in range(4):
        talk.answer("guess")
        talk.walk("that is not the password of root or an administrator")
    talk.answer(PASSWORD)
    talk.walk("Storage, step 2 of 6")
    assert PASSWORD.encode() not in talk.line.output


def test_ctrl_c_stops_what_is_waited_for(wizard: Open) -> None:
    slow = """
import subprocess, sys
from zeus_installer.screens import jobs
start = jobs.start_own
def start_slowly(*_which, **_more):
    jobs.start_own = start
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
jobs.start_own = start_slowly
"""
    talk = wizard.plain(on="terminal", before=slow)
    talk.hear("Looking at this machine ...")
    talk.line.process.send_signal(signal.SIGINT)
    talk.at("cancelled", "1")
    talk.at("the machine could not be looked at: check again", "2")
    talk.at("ok: AMD-V enabled", "1")
    assert "Storage, step 2 of 6" in talk.prompt()


def test_ctrl_c_asks_to_leave(wizard: Open) -> None:
    talk = wizard.plain(on="terminal")
    talk.walk("1. Type")
    assert isinstance(talk.line, Terminal)
    talk.line.press("ctrl-c")
    talk.hear("Leave the wizard?")
    talk.at("Number [2]:")
    assert "Number [1]:" in talk.prompt()
    talk.line.press("ctrl-c")
    talk.hear("Leave the wizard?")
    talk.at("Number [2]:", "1")
    finished(talk)


def test_the_end_of_the_input(wizard: Open) -> None:
    talk = wizard.plain()
    talk.walk("1. Host name")
    assert isinstance(talk.line, Pipes)
    talk.line.end()
    assert talk.line.finish() == 2
    assert talk.line.stderr == (
        "zeus: error: the input ended before all questions were answered; nothing was done\n"
        "hint: an answer file needs no input: zeus install --answers FILE\n"
    )


def test_the_end_of_the_input_in_a_run(wizard: Open) -> None:
    talk = wizard.plain(speed=10)  # type: ignore[arg-type]
    talk.walk("Begin the installation?")
    talk.answer("1")
    talk.hear("Install Xen and the toolstack ...")
    assert isinstance(talk.line, Pipes)
    talk.line.end()
    finished(talk)


def test_a_lost_terminal_and_an_end_by_signal(wizard: Open) -> None:
    lost = wizard.plain(on="terminal")
    lost.walk("1. Host name")
    assert isinstance(lost.line, Terminal)
    lost.line.hang_up()
    assert (lost.line.finish(), lost.line.stderr) == (75, "")
    ended = wizard.plain()
    ended.walk("1. Host name")
    ended.line.process.terminate()
    finished(ended)


def test_a_dumb_terminal_gets_lines(wizard: Open) -> None:
    talk = wizard(on="terminal", term="dumb")
    talk.walk("1. Type")
    talk.answer("!")
    talk.at("Leave the wizard?", "1")
    assert "\x1b" not in finished(talk)
