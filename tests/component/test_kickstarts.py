"""The kickstarts as they ship: pykickstart's own validator takes them, and their scripts do what they say.

The scripts are run on a scratch root: the installer's own paths in them are put below it, and `curl`, `python3` and the
shell are the machine's.
"""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pykickstart.version import versionMap

from tests.lab.http import serve
from tests.unit.kickstart_texts import MACHINE
from zeus_installer.kickstart.flatten import flatten
from zeus_installer.kickstart.sections import SCRIPTS, Section, sections
from zeus_installer.kickstart.source import read_source
from zeus_installer.machine.replay import save

PROJECT = Path(__file__).parents[2]
KICKSTARTS = sorted((PROJECT / "kickstart").glob("*.ks"))
SNIPPETS = sorted((PROJECT / "kickstart/snippets").glob("*.ks"))
RELEASES = ("F44", "F45", "RHEL10")
# What the scripts name of the installer's root.
PLACES = r"/(?:dev/(?:tty|console)|mnt/sysroot|proc/cmdline|run/(?:zeus|install)|sys/class|tmp|usr/share/anaconda)\b"
PYTHON = """#!/bin/sh
case "$*" in *kickstart.prepare*) set -- "$@" --root "$ROOT" --kickstart "$ROOT/run/install/ks.cfg" \
    --machine "$ROOT/machine.json" ;; esac
exec {python} "$@"
"""
ANSWERS = """\
version = 1
[packages]
repos = [{ id = "xapi", baseurl = "https://xen.lan/xapi/", gpgkey = "https://xen.lan/key" }]
"""
MANAGER = "usr/lib/python3.14/site-packages/pyanaconda/modules/payloads/payload/dnf/dnf_manager.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a script ended: its status, what it said in its log, and what it said on the terminal."""

    status: int
    said: str
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class Installer:
    """An installer as scripts see it, below a directory of ours."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)

    def write(self, path: str, text: str = "") -> Path:
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def run(self, section: Section) -> Done:
        """Run a script of a kickstart as Anaconda does, with a terminal that is a file."""
        terminal = self.write("/dev/tty")
        text = re.sub(rf"(?<![\w}}$]){PLACES}", lambda found: f"{self.root}{found[0]}", section.text)
        environment = {"PATH": f"{self.root}/bin:/usr/bin:/bin", "ROOT": str(self.root), **self.environment}
        done = subprocess.run(
            ["/bin/sh", "-s"], input=text, capture_output=True, text=True, check=False, env=environment, cwd=self.root
        )
        assert done.stderr == ""
        return Done(status=done.returncode, said=self.plain(done.stdout), terminal=self.plain(terminal.read_text()))

    def plain(self, text: str) -> str:
        return text.replace(str(self.root), "")


@pytest.fixture
def installer(tmp_path: Path) -> Installer:
    """An installer with the add-on, of a machine with two disks."""
    root = tmp_path / "root"
    root.mkdir()
    found = Installer(root)
    addons = root / "usr/share/anaconda/addons"
    addons.mkdir(parents=True)
    (addons / "org_xenproject_zeus").symlink_to(PROJECT / "zeus_installer/addon")
    (addons / "zeus_installer").symlink_to(PROJECT / "zeus_installer")
    found.write("/usr/share/anaconda/dbus/services/org.fedoraproject.Anaconda.Addons.Zeus.service")
    found.write("/run/zeus/addon", "0.1.0\n")
    found.write("/proc/cmdline", "quiet\n")
    found.write("/etc/anaconda.repos.d/fedora.repo", "[fedora]\nname=Fedora\n")
    found.write(MANAGER, "import libdnf5\n")
    # Not the tests' own Python: what an installer's has must do.
    found.write("/bin/python3", PYTHON.format(python=Path("/usr/bin/python3").resolve())).chmod(0o755)
    found.write("/bin/sleep", "#!/bin/sh\n").chmod(0o755)
    save(MACHINE, root / "machine.json")
    return found


@pytest.fixture
def started(installer: Installer) -> Installer:
    """... in which the first script has run."""
    assert installer.run(script("start")).status == 0
    return installer


def script(snippet: str, kind: str = "%pre") -> Section:
    return next(
        section for section in all_sections(PROJECT / f"kickstart/snippets/{snippet}.ks") if section.name == kind
    )


def all_sections(file: Path) -> Iterator[Section]:
    yield from sections(read_source(file))


def box(what: str, why: str, remedy: str) -> str:
    line = "=" * 78
    return f"\n{line}\nZeus ends this installation: {what}\n  why:    {why}\n  remedy: {remedy}\n{line}\n\n"


# The files


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("file", [*KICKSTARTS, *SNIPPETS], ids=lambda file: file.stem)
def test_ksvalidator_is_content(file: Path, release: str, tmp_path: Path) -> None:
    whole = tmp_path / "whole.ks"
    whole.write_text(flatten(file))
    for path in (file, whole):
        command = [Path(sys.executable).with_name("ksvalidator"), "-v", release, path]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"\nChecking kickstart file {path}\n\n"


@pytest.mark.parametrize("file", KICKSTARTS, ids=lambda file: file.stem)
def test_zeus_validate_has_warnings_at_most(file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zeus_installer", "validate", file], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"{file}: good kickstart for F44, F45 and RHEL10\n")
    about = {"made in the installer", "an address of examples", "the key of an example", "checks no signatures"}
    warnings = [line for line in done.stderr.splitlines() if not line.startswith("  hint: ")]
    assert all(": warning: " in line and any(words in line for words in about) for line in warnings)


@pytest.mark.parametrize("shell", ["dash", "bash"])
@pytest.mark.parametrize("file", KICKSTARTS, ids=lambda file: file.stem)
def test_the_shell_is_shell(file: Path, shell: str) -> None:
    scripts = [section for section in all_sections(file) if section.name in SCRIPTS]
    assert len(scripts) >= 4
    for section in scripts:
        subprocess.run([shell, "-n"], input=section.text, text=True, check=True)


def test_the_snippets_are_all_used() -> None:
    texts = "".join(file.read_text() for file in KICKSTARTS)
    assert all(f"%include /run/install/repo/zeus/snippets/{file.name}\n" in texts for file in SNIPPETS)


# start.ks


def test_the_add_on_is_there(installer: Installer) -> None:
    assert installer.run(script("start")) == Done(status=0, said="Zeus: the add-on is there: zeus 0.1.0\n")
    assert (installer.root / "run/zeus/kickstart").stat().st_mode & 0o777 == 0o700


IMAGE = "start the installer with inst.updates=URL of Zeus's updates image, or from a medium that has it"
SERVICE = "/usr/share/anaconda/dbus/services/org.fedoraproject.Anaconda.Addons.Zeus.service"


@pytest.mark.parametrize(
    ("lost", "message"),
    [
        (
            "/usr/share/anaconda/addons/org_xenproject_zeus",
            box(
                "the Zeus add-on is not on this installer image",
                "/usr/share/anaconda/addons/org_xenproject_zeus is missing",
                IMAGE,
            ),
        ),
        (
            SERVICE,
            box("the Zeus add-on is on this installer image in part only", f"{SERVICE} is missing", IMAGE),
        ),
        (
            "/usr/share/anaconda/addons/zeus_installer",
            box(
                "the Zeus add-on does not run on this installer image",
                f"{Path('/usr/bin/python3').resolve()}: No module named zeus_installer",
                IMAGE,
            ),
        ),
        (
            "/run/zeus/addon",
            box(
                "the Zeus add-on did not start",
                "it left no /run/zeus/addon; Anaconda goes on without an add-on that fails",
                "look for Zeus in /tmp/dbus.log and in the output of journalctl",
            ),
        ),
    ],
)
def test_an_add_on_that_is_not_there_ends_the_installation(installer: Installer, lost: str, message: str) -> None:
    (installer.root / lost.lstrip("/")).unlink()
    assert installer.run(script("start")) == Done(status=1, said=message, terminal=message)


# finish.ks

OUTCOME = "/mnt/sysroot/var/lib/zeus/anaconda.json"
MENU = "/mnt/sysroot/boot/grub2/grub.cfg"


@pytest.mark.parametrize("result", ["done", "first-boot"])
def test_the_add_on_has_finished(started: Installer, result: str) -> None:
    outcome = json.dumps({"result": result, "what": "the next boot is the trial boot of Xen"})
    started.write(OUTCOME, outcome)
    started.write(MENU, "menu\n")
    assert started.run(script("finish", "%post")) == Done(status=0, said=f"Zeus: the add-on has finished: {outcome}\n")
    started.run(script("finish", "%onerror"))
    assert (started.root / MENU[1:]).read_text() == "menu\n"


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (None, "it left no /var/lib/zeus/anaconda.json in the new system"),
        ('{"result": "failed", "what": "no space"}', 'it says {"result": "failed", "what": "no space"}'),
    ],
)
def test_an_add_on_that_did_not_finish(started: Installer, outcome: str | None, why: str) -> None:
    menu = started.write(MENU, "menu\n")
    if outcome is not None:
        started.write(OUTCOME, outcome)
    message = box(
        "the Zeus add-on has not made this system a Xen host",
        why,
        "look for Zeus in /tmp/anaconda.log and in the output of journalctl; then install again",
    )
    assert started.run(script("finish", "%post")) == Done(status=1, said=message, terminal=message)
    assert menu.with_name("grub.cfg.unfinished").read_text() == "menu\n"
    subprocess.run(["grub-script-check", menu], check=True)
    assert "Install it again." in menu.read_text()
    # Done once more, as %onerror does, it keeps the system's menu.
    started.run(script("finish", "%onerror"))
    assert menu.with_name("grub.cfg.unfinished").read_text() == "menu\n"


def test_the_system_is_where_anaconda_says(started: Installer) -> None:
    started.write("/elsewhere/var/lib/zeus/anaconda.json", '{"result": "done"}')
    elsewhere = Installer(started.root, {"ANA_INSTALL_PATH": f"{started.root}/elsewhere"})
    assert elsewhere.run(script("finish", "%post")).status == 0


def test_the_last_script_without_the_first(installer: Installer) -> None:
    said = "Zeus ends this installation: no script looked for the add-on; %include start.ks before finish.ks\n"
    assert installer.run(script("finish", "%post")) == Done(status=1, said=said)


def test_an_error_of_anacondas_leaves_the_logs(started: Installer) -> None:
    started.write("/mnt/sysroot/etc/os-release")
    menu = started.write(MENU, "menu\n")
    started.write("/tmp/anaconda.log", "why\n")
    assert started.run(script("finish", "%onerror")) == Done(status=0, said="")
    assert (started.root / "mnt/sysroot/var/log/anaconda/anaconda.log").read_text() == "why\n"
    assert "zeus-unfinished" in menu.read_text()


def test_an_error_before_there_is_a_system(started: Installer) -> None:
    started.write("/tmp/anaconda.log", "why\n")
    assert started.run(script("finish", "%onerror")) == Done(status=0, said="")
    assert not (started.root / "mnt").exists()


# fetch-answers.ks

Fetch = Callable[..., Done]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    directory = tmp_path / "server"
    directory.mkdir()
    with serve(directory) as url:
        yield directory, url


@pytest.fixture
def fetch(started: Installer) -> Fetch:
    """A machine with a serial number and two NICs, the second of which it was booted from."""
    started.write("/sys/class/dmi/id/product_serial", "S3Z 8NB/0K\n")
    for name, mac in (("eno1", "52:54:00:00:00:0A"), ("eno2", "52:54:00:00:00:0b"), ("lo", "00:00:00:00:00:00")):
        started.write(f"/sys/class/net/{name}/address", f"{mac}\n")
        if name != "lo":
            started.write(f"/sys/class/net/{name}/device/vendor")

    def run(words: str) -> Done:
        started.write("/proc/cmdline", f"quiet BOOTIF=01-52-54-00-00-00-0B {words}\n")
        return started.run(script("fetch-answers"))

    return run


def pinned(text: str) -> str:
    return f"zeus.answers_sha256={hashlib.sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize("name", ["52-54-00-00-00-0b", "52-54-00-00-00-0a", "S3Z8NB0K"])
def test_answers_by_mac_and_serial_number(
    fetch: Fetch, started: Installer, server: tuple[Path, str], name: str
) -> None:
    directory, url = server
    (directory / f"{name}.toml").write_text(ANSWERS)
    done = fetch(f"zeus.answers={url}/ {pinned(ANSWERS)}")
    assert done == Done(status=0, said=f"Zeus: the answers are {url}/{name}.toml\n")
    assert (started.root / "run/zeus/kickstart/answers.toml").read_text() == ANSWERS


def test_the_nic_that_it_was_booted_from_comes_first(fetch: Fetch, server: tuple[Path, str]) -> None:
    directory, url = server
    for name in ("S3Z8NB0K", "52-54-00-00-00-0a", "52-54-00-00-00-0b"):
        (directory / f"{name}.toml").write_text(ANSWERS)
    assert (
        fetch(f"zeus.answers={url} {pinned(ANSWERS)}").said == f"Zeus: the answers are {url}/52-54-00-00-00-0b.toml\n"
    )


def test_answers_in_one_file(fetch: Fetch, server: tuple[Path, str]) -> None:
    directory, url = server
    (directory / "all.toml").write_text(ANSWERS)
    assert fetch(f"zeus.answers={url}/all.toml {pinned(ANSWERS)}").said == f"Zeus: the answers are {url}/all.toml\n"


def test_no_answers_for_this_machine(fetch: Fetch, server: tuple[Path, str]) -> None:
    _, url = server
    message = box(
        "there are no answers for this machine",
        f"asked for: {url}/52-54-00-00-00-0b.toml {url}/52-54-00-00-00-0a.toml {url}/S3Z8NB0K.toml",
        "put the answers of this machine on the server under one of these names",
    )
    assert fetch(f"zeus.answers={url}/ zeus.answers_sha256=00") == Done(status=1, said=message, terminal=message)


def test_answers_that_somebody_changed(fetch: Fetch, server: tuple[Path, str]) -> None:
    directory, url = server
    (directory / "S3Z8NB0K.toml").write_text(ANSWERS + "# more\n")
    done = fetch(f"zeus.answers={url}/ {pinned(ANSWERS)}")
    assert done.status == 1
    assert done.said == box(
        "these are not the answers that were meant",
        f"{url}/S3Z8NB0K.toml has another checksum than zeus.answers_sha256",
        "compare: sha256sum of the file on the server, and the kernel command line",
    )


@pytest.mark.parametrize(
    ("words", "what", "why"),
    [
        ("", "nobody said where the answers are", "zeus.answers= is not on the kernel command line"),
        ("zeus.answers=ftp://a/", "nobody said where the answers are", "zeus.answers=ftp://a/"),
        ("zeus.answers=http://a/", "the answers would come over plain http", "anybody on the way could change them"),
    ],
)
def test_addresses_that_do_not_do(fetch: Fetch, words: str, what: str, why: str) -> None:
    done = fetch(words)
    assert done.status == 1
    assert f"Zeus ends this installation: {what}\n  why:    {why}\n" in done.said


def test_a_server_that_cannot_be_reached(fetch: Fetch, started: Installer) -> None:
    started.write("/bin/curl", "#!/bin/sh\necho 'curl: (7) Failed to connect' >&2\nexit 7\n").chmod(0o755)
    done = fetch("zeus.answers=https://install.lan/host.toml")
    assert done.status == 1
    assert done.said == box(
        "the answers could not be fetched",
        "https://install.lan/host.toml: curl: (7) Failed to connect",
        "look at the network of this machine, and at the server",
    )


def test_a_server_in_trouble(fetch: Fetch, started: Installer) -> None:
    started.write("/bin/curl", '#!/bin/sh\necho "$*" > "$ROOT/asked"\nprintf 503\n').chmod(0o755)
    done = fetch("zeus.answers=https://install.lan/host.toml")
    assert done.said == box(
        "the answers could not be fetched", "https://install.lan/host.toml: the server says 503", "look at the server"
    )
    # From https nobody is sent to where others listen.
    assert "--proto =https --proto-redir =https " in (started.root / "asked").read_text()


# The kickstarts, script by script


def filled_in(name: str) -> str:
    text = flatten(PROJECT / f"kickstart/{name}.ks")
    return text.replace("packages.example.org", "xen.lan").replace("nobody@example.org", "me@xen.lan")


def pre_scripts(file: Path) -> list[Section]:
    return [section for section in all_sections(file) if section.name == "%pre"]


def test_the_unattended_one(installer: Installer) -> None:
    """Its scripts in their order, and then all that Anaconda reads: the kickstart with what they made."""
    ks = installer.write("/run/install/ks.cfg", filled_in("zeus-unattended"))
    dones = [installer.run(section) for section in pre_scripts(ks)]
    assert [(done.status, done.terminal) for done in dones] == [(0, ""), (0, "")]
    assert dones[1].said == (
        "Zeus: /etc/anaconda.repos.d/fedora.repo: xen xen-* left out\n"
        "Zeus: /etc/yum.repos.d/zeus-xapi.repo: https://xen.lan/xapi/, priority 10, signed\n"
        "Zeus: /etc/yum.repos.d/zeus-installer.repo: https://xen.lan/zeus/, priority 10, signed\n"
        "Zeus: dom0: disk, serial SYS, 42.9 GB, /dev/sda; on it: empty\n"
        "Zeus: storage repository: disk, serial DATA, 537 GB, /dev/sdb; on it: empty\n"
    )
    assert nothing_is_wrong_with(installer, ks, "checks no signatures")


def test_the_pxe_one(installer: Installer, server: tuple[Path, str]) -> None:
    directory, url = server
    (directory / "host.toml").write_text(ANSWERS)
    installer.write("/proc/cmdline", f"zeus.answers={url}/host.toml {pinned(ANSWERS)}\n")
    ks = installer.write("/run/install/ks.cfg", filled_in("zeus-pxe"))
    assert [installer.run(section).status for section in pre_scripts(ks)] == [0, 0, 0]
    assert nothing_is_wrong_with(installer, ks, "nobody could log in", "checks no signatures")


def test_answers_that_are_wrong_end_the_installation(installer: Installer, server: tuple[Path, str]) -> None:
    directory, url = server
    answers = ANSWERS.replace("version", "vrsion")
    (directory / "host.toml").write_text(answers)
    installer.write("/proc/cmdline", f"zeus.answers={url}/host.toml {pinned(answers)}\n")
    ks = installer.write("/run/install/ks.cfg", filled_in("zeus-pxe"))
    *_, last = [installer.run(section) for section in pre_scripts(ks)]
    message = box(
        "the answers or this machine do not allow it",
        "/run/zeus/kickstart/answers.toml:1: error: version is missing\n  hint: begin the file with version = 1\n"
        '/run/zeus/kickstart/answers.toml:1: error: unknown key vrsion (did you mean "version"?)',
        "correct what is named, and start again",
    )
    assert last == Done(status=1, said=message, terminal=message)
    assert not (installer.root / "run/zeus/kickstart/answers.ks").exists()


def test_the_interactive_one(installer: Installer) -> None:
    ks = installer.write("/run/install/ks.cfg", filled_in("zeus-interactive"))
    assert [installer.run(section).status for section in pre_scripts(ks)] == [0, 0]
    assert nothing_is_wrong_with(installer, ks, "checks no signatures")


def test_a_kickstart_that_was_not_filled_in(installer: Installer) -> None:
    ks = installer.write("/run/install/ks.cfg", flatten(PROJECT / "kickstart/zeus-interactive.ks"))
    *_, last = [installer.run(section) for section in pre_scripts(ks)]
    assert last.status == 1
    assert last.said == box(
        "the answers or this machine do not allow it",
        "packages.repos[0].baseurl is at packages.example.org, an address of examples\n"
        "hint: put your own there, in the kickstart",
        "correct what is named, and start again",
    )


def nothing_is_wrong_with(installer: Installer, ks: Path, *but: str) -> bool:
    """Whether the kickstart, with what its scripts made, is a good one for every release."""
    text = re.sub(r"(?<=%include )/run/zeus", f"{installer.root}/run/zeus", ks.read_text())
    whole = installer.write("/whole.ks", text)
    command = [sys.executable, "-m", "zeus_installer", "validate", str(whole)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if not line.startswith("  hint: ")]
    assert [line for line in said if not any(words in line for words in but)] == []
    return done.returncode == 0


# zeus validate


Validate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def validate(tmp_path: Path) -> Validate:
    def run(name: str, text: str, *words: str) -> tuple[int, str, str]:
        (tmp_path / name).write_text(text)
        command = [sys.executable, "-m", "zeus_installer", "validate", name, *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize("name", ["a.ks", "ks.cfg", "kickstart", "x.txt"])
def test_a_kickstart_is_known_by_its_name_or_its_text(validate: Validate, name: str) -> None:
    status, out, err = validate(name, "lang C\nrootpw hunter2\n%packages\n%end\n", "--version", "F45")
    assert (status, out) == (2, "")
    assert err == (
        f"{name}:1: error: no %addon org_xenproject_zeus section: this installs a plain system\n"
        "  hint: add %addon org_xenproject_zeus, the answers (`zeus schema` describes them), and %end\n"
        f"{name}:2: error: rootpw: a password in clear text\n"
        "  hint: give its hash with --iscrypted: `mkpasswd` or `openssl passwd -6` make one\n"
    )


def test_answers_are_answers_still(validate: Validate) -> None:
    assert validate("answers", ANSWERS) == (0, "answers: good answers\n", "")
    assert validate("a.toml", ANSWERS) == (0, "a.toml: good answers\n", "")
    assert validate("a.toml", ANSWERS, "--version", "F45") == (
        2,
        "",
        "zeus: error: --version is for kickstarts, and this is an answer file\nhint: leave it out\n",
    )


def test_a_release_that_nobody_knows(validate: Validate) -> None:
    status, _, err = validate("a.ks", "lang C\n", "--version", "F404")
    assert status == 2
    assert err.startswith("zeus: error: there are no rules for kickstarts of release F404 (did you mean")


@pytest.mark.parametrize("release", sorted(known for known in versionMap if re.fullmatch(r"F4\d|RHEL1\d", known)))
def test_each_release_alone(validate: Validate, release: str) -> None:
    text = filled_in("zeus-interactive").replace("[packages]", "[packages]\nallow_unsigned = true")
    assert validate("a.ks", text, "--version", release) == (0, f"a.ks: good kickstart for {release}\n", "")


def test_enterprise_linux_alone_wants_signatures_unchecked(validate: Validate) -> None:
    status, _, err = validate("a.ks", filled_in("zeus-interactive"), "--version", "RHEL10")
    assert (status, err.count(": error: packages: the Anaconda of this release checks no signatures")) == (2, 1)


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_a_file_that_can_be_read_once(name: str) -> None:
    """The text says what kind of file it is, and is then all that there is."""
    command = [sys.executable, "-m", "zeus_installer", "validate", name]
    good = filled_in("zeus-interactive").replace("[packages]", "[packages]\nallow_unsigned = true")
    for text, said in ((good, "good kickstart for F44, F45 and RHEL10"), (ANSWERS, "good answers")):
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{name}: {said}\n", "")


def test_a_file_without_an_end() -> None:
    command = [sys.executable, "-m", "zeus_installer", "validate", "/dev/zero"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "zeus: error: /dev/zero: longer than 4 MiB\n")


def test_a_byte_order_mark(validate: Validate) -> None:
    text = "\ufeff" + filled_in("zeus-interactive").replace("[packages]", "[packages]\nallow_unsigned = true")
    assert validate("kickstart", text) == (
        2,
        "",
        "kickstart:1: error: the file begins with a byte order mark: the installer takes it for a part of the first "
        "word\n  hint: save it as UTF-8 without one: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE\n",
    )


def test_without_pykickstart(validate: Validate, tmp_path: Path) -> None:
    (tmp_path / "a.ks").write_text("lang C\n")
    code = "import sys; sys.modules['pykickstart'] = None; from zeus_installer.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "validate", "a.ks"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stderr == (
        "zeus: error: a.ks is a kickstart, and pykickstart, which knows their rules, is not installed\n"
        "hint: install python3-kickstart\n"
    )
    assert validate("a.toml", ANSWERS)[0] == 0


def test_answers_on_a_machine(validate: Validate, tmp_path: Path) -> None:
    save(MACHINE, tmp_path / "machine.json")
    status, _, err = validate(
        "a.toml", ANSWERS + '[storage]\ndisks = [{ serial = "NO" }]\n', "--machine", "machine.json"
    )
    assert status == 2
    assert err.startswith("a.toml:5: error: storage.disks[0] matches no disk, wants 1\n")
    assert err.endswith('\n  hint: name a disk that can be used by serial = "…"\n')


def test_a_kickstart_on_a_machine(validate: Validate, tmp_path: Path) -> None:
    save(MACHINE, tmp_path / "machine.json")
    text = filled_in("zeus-unattended").replace('">200G"', '">2000G"')
    status, _, err = validate("a.ks", text, "--machine", "machine.json")
    assert status == 2
    assert "error: storage.disks[0] matches no disk, wants 1\n" in err
