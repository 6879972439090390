"""Zeus's own task, over D-Bus, in a whole installation: on a mounted scratch system, with dnf and GRUB's own tools."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.anaconda.dialogs import Kind
from tests.anaconda.installer import Installer
from tests.anaconda.queue import Stage
from tests.anaconda.zeus import answers_in, read, section, zeus
from tests.component.addon_system import Packages, installing, payload, stages
from tests.component.hooks import Scripts
from tests.component.report_server import receiving, silent_server
from tests.lab.http import serve
from zeus_installer.answers.model import Hook

OUTCOME = "var/lib/zeus/anaconda.json"
JOURNAL = "var/lib/zeus/journal.jsonl"
NO_DISK = 'version = 1\n[storage]\nsr_type = "none"\n'
STEPS = [
    "Zeus: Install Xen and the toolstack",
    "Zeus: Write the identity of the host",
    "Zeus: Prepare the management network",
    "Zeus: Set up the services of dom0",
    "Zeus: Make the Xen boot entry",
    "Zeus: Arm the trial boot",
]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    with zeus() as asked:
        read(asked, section(f'{NO_DISK}[[packages.repos]]\nid = "x"\nbaseurl = "file:///x"\ngpgkey = "file:///x"\n'))
        names = [one.name for one in asked.boss.collect_requirements()]
    return Packages.make(tmp_path_factory.mktemp("packages"), names)


@pytest.fixture
def wanted(tmp_path: Path, packages: Packages) -> Iterator[Installer]:
    with installing(tmp_path) as running:
        assert read(running, section(NO_DISK + packages.answers)).errors == ()
        yield running


def marks(root: Path) -> dict[str, str]:
    """How far each step came."""
    entries = map(json.loads, (root / JOURNAL).read_text().splitlines())
    return {entry["step"]: entry["mark"] for entry in entries}


def test_an_installation_ends_with_the_trial_boot_armed(wanted: Installer) -> None:
    there: dict[Stage, bool] = {}

    def note(stage: Stage) -> None:
        there[stage] = (wanted.root / OUTCOME).exists()

    others = {stage: lambda stage=stage: note(stage) for stage in Stage if stage not in stages(wanted.root)}
    outcome = wanted.installation(hooks={**others, **stages(wanted.root)}).run()
    assert (outcome.dialogs, outcome.complete) == ([], True)
    assert [said for said in outcome.said if said in STEPS] == STEPS
    assert (there[Stage.SYSTEM], there[Stage.INITRAMFS]) == (False, True)
    assert json.loads((wanted.root / OUTCOME).read_text()) == {
        "result": "done",
        "what": "the next boot is the trial boot of Xen",
    }
    assert set(marks(wanted.root).values()) == {"done"}
    assert b"next_entry=zeus-" in (wanted.root / "boot/grub2/grubenv").read_bytes()
    assert answers_in((wanted.root / "root/anaconda-ks.cfg").read_text())["storage"] == {"sr_type": "none"}


def test_the_host_gets_the_network_that_anaconda_had(wanted: Installer) -> None:
    assert wanted.installation(hooks=stages(wanted.root)).run().complete
    plan = json.loads((wanted.root / "var/lib/zeus/plan.json").read_text())
    [management] = [step["parameters"] for step in plan["steps"] if step["id"] == "configure_management"]
    assert (management["mac"], management["address"]) == ("52:54:00:12:34:56", "192.0.2.10/24")
    assert (management["gateway"], management["dns"]) == ("192.0.2.1", ["192.0.2.53"])


def test_what_can_be_finished_later_is_left_to_the_first_boot(wanted: Installer) -> None:
    """Nothing says how the system boots: the boot entry has to wait for the system itself."""
    outcome = wanted.installation(hooks={Stage.PAYLOAD: lambda: payload(wanted.root)}).run()
    assert (outcome.dialogs, outcome.complete) == ([], True)
    told = json.loads((wanted.root / OUTCOME).read_text())
    assert told["result"] == "first-boot"
    assert told["what"].startswith(
        "Make the Xen boot entry: no kernel command line says where the root file system is (root=): "
    )
    assert outcome.said[-1] == f"Zeus: left to the first boot: {told['what']}"
    assert marks(wanted.root)["boot_entry"] == "failed"


def test_a_step_that_fails_ends_the_installation_with_its_words(wanted: Installer, packages: Packages) -> None:
    [rpm] = (packages.directory / "repository").glob("xapi-core-*.rpm")
    away = rpm.rename(packages.directory / rpm.name)
    try:
        outcome = wanted.installation(hooks=stages(wanted.root)).run()
    finally:
        away.rename(rpm)
    [dialog] = outcome.dialogs
    assert (dialog.kind, outcome.complete) == (Kind.FATAL, False)
    assert dialog.text.startswith("Zeus: ")
    assert "xapi-core" in dialog.text
    assert "\n\nWhat to do: " in dialog.text
    assert outcome.begun[-1] == "Make this system a Xen host"
    assert marks(wanted.root) == {"install_packages": "failed"}
    assert not (wanted.root / OUTCOME).exists()
    # The half-made system does not go on by itself when somebody boots it all the same.
    assert not (wanted.root / "etc/systemd/system/multi-user.target.wants/zeus-run.service").is_symlink()


# Hooks and reports.


def wish(running: Installer, packages: Packages, url: str, *hooks: Hook) -> None:
    """Want a host with reports and hooks."""
    report = f'[report]\nurl = "{url}"\n'
    named = "".join(
        f'[[hooks]]\nstage = "{hook.stage}"\nurl = "{hook.url}"\nsha256 = "{hook.sha256}"\n' for hook in hooks
    )
    assert read(running, section(NO_DISK + packages.answers + report + named)).errors == ()


def test_an_installation_is_told_from_its_begin_to_the_trial_boot(tmp_path: Path, packages: Packages) -> None:
    served = tmp_path / "served"
    served.mkdir()
    with installing(tmp_path) as running, serve(served) as url, receiving() as receiver:
        scripts = Scripts(served, url)
        first = scripts.hook("start.sh", "echo $ZEUS_STAGE >> /order; echo a line")
        last = scripts.hook("populated.sh", "echo $ZEUS_STAGE >> /order", stage="filesystem-populated")
        wish(running, packages, receiver.url, first, last)
        outcome = running.installation(hooks=stages(running.root)).run()
        assert (outcome.dialogs, outcome.complete) == ([], True)
        assert "Zeus: Run the hooks for the start" in outcome.said
        assert (running.root / "order").read_text() == "installation-start\nfilesystem-populated\n"
        plan = json.loads((running.root / "var/lib/zeus/plan.json").read_text())
    [begin] = [message for message in receiver.messages if message["run"] is None]
    others = [message for message in receiver.messages if message["run"] is not None]
    assert (begin["run"], begin["state"], begin["events"]) == (None, "running", [])
    assert {one["machine"]["macs"][0] for one in receiver.messages} == {"52:54:00:12:34:56"}
    assert {one["run"] for one in others} == {plan["id"]}
    assert (others[-1]["state"], "report" in others[-1]) == ("ready-to-reboot", False)
    ended = [event["path"] for event in receiver.events if event["kind"] == "finish"]
    assert ended[:3] == ["install/fetch_hooks", "install/hook_installation_start/1", "install/hook_installation_start"]
    assert ended[-1] == "install"
    assert "a line" in [event["title"] for event in receiver.events]


def test_a_server_that_never_answers_does_not_stop_an_installation(tmp_path: Path, packages: Packages) -> None:
    with installing(tmp_path) as running, silent_server() as url:
        wish(running, packages, url)
        outcome = running.installation(hooks=stages(running.root)).run()
        assert (outcome.dialogs, outcome.complete) == ([], True)
        assert json.loads((running.root / OUTCOME).read_text())["result"] == "done"
        events = (running.root / "var/lib/zeus/events.jsonl").read_text()
        assert events.count("the server does not answer in time; the installation goes on without them") == 1


def test_a_failure_is_told_with_its_log(tmp_path: Path, packages: Packages) -> None:
    served = tmp_path / "served"
    served.mkdir()
    with installing(tmp_path) as running, serve(served) as url, receiving() as receiver:
        hook = Scripts(served, url).hook("start.sh", "echo no; exit 7")
        wish(running, packages, receiver.url, hook)
        outcome = running.installation(hooks=stages(running.root)).run()
        [dialog] = outcome.dialogs
        assert dialog.text.startswith(f"Zeus: the hook {hook.url} at installation-start: exit status 7\n  no\n")
        last = receiver.messages[-1]
        assert (last["state"], last["report"]["result"]) == ("failed", "failed")
        assert last["report"]["error"]["message"] == f"the hook {hook.url} at installation-start: exit status 7\n  no"
        assert "Run the hooks for the start: FAILED" in last["log"]


def test_a_hook_that_cannot_be_had_refuses_before_anything_is_written(tmp_path: Path, packages: Packages) -> None:
    served = tmp_path / "served"
    served.mkdir()
    with installing(tmp_path) as running, serve(served) as url, receiving() as receiver:
        hook = Scripts(served, url).hook("start.sh", "echo a")
        (served / "start.sh").unlink()
        wish(running, packages, receiver.url, hook)
        outcome = running.installation(hooks=stages(running.root)).run()
        assert outcome.begun == ["Check the machine for Xen"]
        [message] = receiver.messages
        refused = f"  hooks: {hook.url}: the server says 404 Not Found"
        assert (message["state"], message["report"]["result"]) == ("refused", "refused")
        assert message["report"]["error"]["message"].splitlines()[-1] == refused
        assert refused in outcome.dialogs[0].text


def test_a_machine_that_no_rule_fits_is_told_with_its_table(tmp_path: Path, packages: Packages) -> None:
    with installing(tmp_path) as running, receiving() as receiver:
        text = f'version = 1\n[storage]\ndisks = [{{ serial = "OTHER" }}]\n[report]\nurl = "{receiver.url}"\n'
        assert read(running, section(text + packages.answers)).errors == ()
        outcome = running.installation(hooks=stages(running.root)).run()
        assert outcome.begun == ["Check the machine for Xen"]
        [message] = receiver.messages
        assert message["report"]["error"]["code"] == "machine.refused"
        assert "LABSYSTEM" in message["report"]["error"]["message"]
        assert not (running.root / "var/lib/zeus").exists()
