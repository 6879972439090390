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

from tests.component.web_server import make_certificate, site
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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    directory = tmp_path / "server"
    directory.mkdir()
    with serve(directory) as url:
        yield directory, url


def pinned(text: str) -> str:
    return f"zeus.answers_sha256={hashlib.sha256(text.encode()).hexdigest()}"


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
    dones = [installer.run(section) for section in pre_scripts(ks)]
    assert [done.status for done in dones] == [0, 0]
    assert dones[1].said.startswith(
        f"Zeus: zeus.answers: {url}/host.toml has answers (authenticated)\nZeus: the answers are {url}/host.toml\n"
    )
    assert (installer.root / "run/zeus/kickstart/answers.toml").read_text() == ANSWERS
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
        f"Zeus: zeus.answers: {url}/host.toml has answers (authenticated)\n"
        f"{url}/host.toml:1: error: version is missing\n  hint: begin the file with version = 1\n"
        f'{url}/host.toml:1: error: unknown key vrsion (did you mean "version"?)',
        "correct what is named, and start again",
    )
    assert last == Done(status=1, said=message, terminal=message)
    assert not (installer.root / "run/zeus/kickstart/answers.ks").exists()


def test_a_refusal_is_reported_too(installer: Installer, tmp_path: Path) -> None:
    """No disk fits the rule of this machine's answers: the console says so, and the server of [report]."""
    fingerprint = make_certificate(tmp_path / "c.pem", "DNS:reports.lan")
    with site(certificate=tmp_path / "c.pem") as there:
        report = f'[report]\nurl = "{there.url}/reports"\nfingerprint = "{fingerprint}"\n'
        installer.write(
            "/run/install/repo/zeus/answers.toml", f'{ANSWERS}[storage]\ndisks = [{{ serial = "NO" }}]\n{report}'
        )
        installer.write("/sys/class/dmi/id/product_serial", "S3Z8NB0K\n")
        ks = installer.write("/run/install/ks.cfg", filled_in("zeus-pxe"))
        *_, last = [installer.run(section) for section in pre_scripts(ks)]
    assert last.status == 1
    assert "storage.disks[0] matches no disk, wants 1\n" in last.terminal
    assert all(name in last.terminal for name in ("SYS", "/dev/sda", "DATA", "/dev/sdb"))
    (request,) = there.asked
    told = json.loads(request.body)
    assert (request.path, told["machine"]["serial"]) == ("/reports", "S3Z8NB0K")
    error = told["report"]["error"]
    assert error["message"].startswith("storage.disks[0] matches no disk, wants 1\n")
    assert error["message"] in last.terminal
    assert not (installer.root / "run/zeus/kickstart/disk.ks").exists()
    assert not (installer.root / "etc/yum.repos.d").exists()


TRIED = (
    "Zeus: zeus.answers: not on the kernel command line\n"
    "Zeus: volume ZEUS: there is no volume labelled ZEUS\n"
    "Zeus: DHCP option 224: {dhcp}\n"
    "Zeus: zeus.answers_post: not on the kernel command line\n"
    "Zeus: medium: no answers in /run/install/repo/zeus\n"
)


@pytest.mark.parametrize("name", ["zeus-pxe", "zeus-media"])
def test_without_answers_nothing_is_installed_where_nobody_is_asked(installer: Installer, name: str) -> None:
    installer.write("/proc/cmdline", "zeus.unattended\n")
    ks = installer.write("/run/install/ks.cfg", filled_in(name))
    *_, last = [installer.run(section) for section in pre_scripts(ks)]
    message = box(
        "the answers or this machine do not allow it",
        TRIED.format(dhcp="not asked: that takes root")
        + "there are no answers for this machine, wherever they were looked for\n"
        "hint: give zeus.answers=https://… on the kernel command line, or a volume labelled ZEUS with answers.toml",
        "correct what is named, and start again",
    )
    assert last == Done(status=1, said=message, terminal=message)


def made(installer: Installer) -> dict[str, str]:
    return {file.name: file.read_text() for file in (installer.root / "run/zeus/kickstart").glob("*.ks")}


def test_the_medium_asks_for_everything_when_there_are_no_answers(installer: Installer) -> None:
    ks = installer.write("/run/install/ks.cfg", filled_in("zeus-media"))
    dones = [installer.run(section) for section in pre_scripts(ks)]
    assert dones[1] == Done(
        status=0,
        said=TRIED.format(
            dhcp="not asked: nobody vouches for what comes that way, unless you give zeus.answers_sha256= or "
            "zeus.answers_fingerprint= on the kernel command line"
        )
        + "Zeus: no answers were found: Anaconda asks for everything\n",
    )
    assert made(installer) == {
        "way.ks": "graphical\n",
        "answers.ks": "%addon org_xenproject_zeus\nversion = 1\n%end\n",
        "repos.ks": "",
        "disk.ks": "",
    }
    assert nothing_is_wrong_with(installer, ks, "packages.repos names no", "checks no signatures") is False


def test_the_medium_asks_for_what_its_answers_leave_open(installer: Installer) -> None:
    installer.write("/run/install/repo/zeus/answers.toml", ANSWERS)
    ks = installer.write("/run/install/ks.cfg", filled_in("zeus-media"))
    dones = [installer.run(section) for section in pre_scripts(ks)]
    assert [done.status for done in dones] == [0, 0]
    assert dones[1].said.endswith(
        "Zeus: medium: /run/install/repo/zeus/answers.toml has answers (authenticated)\n"
        "Zeus: the answers are /run/install/repo/zeus/answers.toml\n"
        "Zeus: /etc/anaconda.repos.d/fedora.repo: xen xen-* left out\n"
        "Zeus: /etc/yum.repos.d/zeus-xapi.repo: https://xen.lan/xapi/, priority 10, signed\n"
    )
    files = made(installer)
    assert (files["way.ks"], files["disk.ks"]) == ("graphical\n", "")
    assert files["repos.ks"] == "repo --name=zeus-xapi\n"
    assert "https://xen.lan/xapi/" in files["answers.ks"]
    assert nothing_is_wrong_with(installer, ks, "checks no signatures")


def test_the_medium_asks_nothing_with_the_word(installer: Installer) -> None:
    installer.write("/run/install/repo/zeus/answers.toml", ANSWERS)
    installer.write("/proc/cmdline", "zeus.unattended\n")
    snippets = installer.root / "run/install/repo/zeus/snippets"
    snippets.symlink_to(PROJECT / "kickstart/snippets")
    ks = installer.write("/run/install/ks.cfg", filled_in("zeus-media"))
    assert [installer.run(section).status for section in pre_scripts(ks)] == [0, 0]
    files = made(installer)
    assert files["way.ks"] == (
        "cmdline\nreboot --eject\nrootpw --lock\n%include /run/install/repo/zeus/snippets/dom0-partitions.ks\n"
    )
    assert "ignoredisk --only-use=sda\n" in files["disk.ks"]
    installer.write(
        "/run/zeus/kickstart/way.ks", files["way.ks"].replace("/run/install", f"{installer.root}/run/install")
    )
    assert nothing_is_wrong_with(installer, ks, "nobody could log in", "checks no signatures")


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
