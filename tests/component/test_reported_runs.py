"""Whole runs of the service, both halves, with hooks and a report server: one that works, and all kinds of others."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.boot_host import write
from tests.component.hooks import Scripts, small_system
from tests.component.report_server import receiving, silent_server
from tests.component.test_stored_plan import make
from tests.lab.http import serve
from zeus_installer.answers.model import Hook, Host, Report
from zeus_installer.engine.store import Store
from zeus_installer.system.secrets import Secret
from zeus_installer.system.target import Target

REPOSITORY = Path(__file__).parents[2]
MACHINE = {
    "sys/class/dmi/id/product_serial": "SN1\n",
    "sys/class/net/eth0/address": "52:54:00:12:34:56\n",
    "sys/class/net/eth0/device/vendor": "0x8086\n",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """A small system with a plan of hooks alone."""

    root: Path

    @property
    def store(self) -> Store:
        return Store(Target(self.root))

    @property
    def warnings(self) -> list[str]:
        """The warnings of all runs."""
        events = map(json.loads, self.store.events.read_text().splitlines())
        return [event["title"] for event in events if event.get("result") == "warning"]

    def plan(self, url: str | None, *hooks: Hook) -> None:
        """Store the plan."""
        report = Report(url=Secret(url)) if url else None
        plan = make(report=report, hooks=hooks, host=Host(hostname="xen1"))
        steps = tuple(step for step in plan.steps if "hook" in step.id)
        self.store.save_plan(replace(plan, steps=steps))

    def run(self, *, dom0: bool = False) -> subprocess.CompletedProcess[str]:
        """Run the service as systemd does at a boot."""
        write(self.root, "/proc/cmdline", "ro zeus.dom0\n" if dom0 else "ro\n")
        command = [sys.executable, "-m", "zeus_installer.engine.service", "--root", str(self.root)]
        return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    root = small_system(tmp_path / "root")
    for name, content in MACHINE.items():
        write(root, f"/{name}", content)
    return Machine(root)


@pytest.fixture
def scripts(tmp_path: Path) -> Iterator[Scripts]:
    directory = tmp_path / "served"
    directory.mkdir()
    with serve(directory) as url:
        yield Scripts(directory, url)


def start_and_complete(scripts: Scripts) -> tuple[Hook, Hook]:
    first = scripts.hook("start.sh", "echo begun >> /order")
    return first, scripts.hook("done.sh", "echo done >> /order", stage="installation-complete")


def titles(messages: list[dict[str, Any]]) -> list[str]:
    return [event["title"] for message in messages for event in message["events"] if event["kind"] == "start"]


def test_both_halves_are_told_as_one_run(machine: Machine, scripts: Scripts) -> None:
    with receiving() as receiver:
        machine.plan(receiver.url, *start_and_complete(scripts))
        assert machine.run().returncode == 0
        before = receiver.messages
        assert machine.run(dom0=True).returncode == 0
        after = receiver.messages[len(before) :]
    assert machine.store.target.read("/order") == "begun\ndone\n"
    assert [{message[key] for message in receiver.messages} for key in ("version", "run")] == [{1}, {"r1"}]
    macs = ["52:54:00:12:34:56"]
    assert receiver.messages[0]["machine"] == {"serial": "SN1", "uuid": None, "macs": macs, "hostname": "xen1"}
    assert [len({message["sender"] for message in half}) for half in (before, after)] == [1, 1]
    assert before[0]["sender"] != after[0]["sender"]
    assert titles(before) == [
        "Prepare the host",
        "Fetch the hooks",
        "Run the hooks for the start",
        f"Run {scripts.url}/start.sh",
    ]
    assert titles(after) == [
        "Finish the host in dom0",
        "Run the hooks for the verified host",
        f"Run {scripts.url}/done.sh",
        "Write the report",
    ]
    assert (before[-1]["state"], after[-1]["state"]) == ("ready-to-reboot", "done")
    assert "report" not in before[-1]
    assert after[-1]["report"] == json.loads(machine.store.report.read_text())
    assert after[-1]["report"]["result"] == "done"
    assert [step["id"] for step in after[-1]["report"]["steps"]] == [
        "fetch_hooks",
        "hook_installation_start",
        "hook_installation_complete",
    ]
    assert "log" not in after[-1]
    told = [event["seq"] for message in after for event in message["events"]]
    assert told == list(range(1, len(told) + 1))
    assert machine.warnings == []


def test_a_hook_that_fails_fails_the_run_and_is_run_again(machine: Machine, scripts: Scripts) -> None:
    script = "echo the password is https://me:geheim@192.0.2.1/; [ -e /mended ]"
    hook = scripts.hook("start.sh", script)
    with receiving() as receiver:
        machine.plan(receiver.url, hook)
        result = machine.run()
        assert result.returncode == 4
        last = receiver.messages[-1]
        write(machine.root, "/mended")
        assert machine.run().returncode == 0
    assert (last["state"], last["report"]["result"]) == ("failed", "failed")
    error = last["report"]["error"]
    assert error["code"] == "hooks.failed"
    assert error["message"] == (
        f"the hook {hook.url} at installation-start: exit status 1\n  the password is https://me:********@192.0.2.1/"
    )
    assert last["log"].splitlines()[:3] == [
        "Prepare the host ...",
        "  Fetch the hooks ...",
        f"    {hook.url}: SHA-256 {hook.sha256}, as the answers say",
    ]
    assert "the password is https://me:********@192.0.2.1/" in last["log"]
    assert receiver.messages[-1]["state"] == "ready-to-reboot"
    everything = result.stdout + result.stderr + machine.store.events.read_text() + str(receiver.bodies)
    assert "geheim" not in everything


def test_a_hook_that_fails_in_dom0_keeps_the_host_from_being_committed(machine: Machine, scripts: Scripts) -> None:
    hook = scripts.hook("done.sh", "[ -e /mended ]", stage="installation-complete")
    with receiving() as receiver:
        machine.plan(receiver.url, hook)
        assert machine.run().returncode == 0
        assert machine.run(dom0=True).returncode == 4
        report = receiver.messages[-1]["report"]
        assert (receiver.messages[-1]["state"], report["committed"]) == ("failed", False)
        assert not machine.store.done.exists()
        write(machine.root, "/mended")
        assert machine.run(dom0=True).returncode == 0
        assert (receiver.messages[-1]["state"], receiver.messages[-1]["report"]["committed"]) == ("done", True)


def test_a_hook_that_cannot_be_fetched_stops_the_plan_at_its_first_step(machine: Machine, scripts: Scripts) -> None:
    hook = scripts.hook("start.sh", "echo begun >> /order")
    scripts.hook("start.sh", "echo another >> /order")
    machine.plan(None, hook)
    result = machine.run()
    assert result.returncode == 4
    assert f"Fetch the hooks: FAILED\n    error: the hook {hook.url} has the SHA-256 " in result.stdout
    assert machine.store.target.read("/order") is None


# Whatever the server does.


def test_a_server_that_never_answers_stops_neither_half(machine: Machine, scripts: Scripts) -> None:
    with silent_server() as url:
        machine.plan(url.replace("://", "://zeus:geheim@"), *start_and_complete(scripts))
        results = [machine.run(), machine.run(dom0=True)]
    assert [result.returncode for result in results] == [0, 0]
    assert machine.store.target.read("/order") == "begun\ndone\n"
    assert machine.store.done.read_text() == "r1\n"
    said = f"reports do not arrive: {url}: the server does not answer in time; the installation goes on without them"
    assert machine.warnings == [said, said]
    assert "geheim" not in "".join(result.stdout + result.stderr for result in results)
    assert "geheim" not in machine.store.events.read_text() + machine.store.report.read_text()


def test_a_server_that_dies_midway_does_not_stop_the_run(machine: Machine, scripts: Scripts) -> None:
    with receiving() as receiver:
        receiver.last = 1
        slow = scripts.hook("slow.sh", "i=0; while [ $i -lt 400000 ]; do i=$((i + 1)); done; echo slow >> /order")
        machine.plan(receiver.url, *start_and_complete(scripts), slow)
        assert machine.run().returncode == 0
    assert machine.store.target.read("/order") == "begun\nslow\n"
    assert len(receiver.bodies) == 1
    assert machine.warnings == [
        f"reports do not arrive: {receiver.url}: connection refused; the installation goes on without them"
    ]


def test_the_server_of_the_manual_prints_how_machines_stand(machine: Machine, scripts: Scripts, tmp_path: Path) -> None:
    manual = (REPOSITORY / "docs/reporting.md").read_text()
    [program] = re.findall(r"```python\n(.*?)```", manual, re.DOTALL)
    (tmp_path / "server.py").write_text(program.replace('("", int(', '("127.0.0.1", int('))
    with receiving() as free:
        port = free.port
    server = subprocess.Popen(
        [sys.executable, tmp_path / "server.py", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        machine.plan(free.url, *start_and_complete(scripts))
        assert machine.run().returncode == 0
        machine.store.target.remove("/order")
        write(machine.root, "/usr/bin/sh", "")
        assert machine.run(dom0=True).returncode == 4
    finally:
        server.terminate()
        said = server.communicate()[0]
    assert said.startswith(("xen1: ready-to-reboot\n  Prepare the host\n", "xen1: running\n"))
    assert f"\n  Run {scripts.url}/start.sh\n" in said
    assert "\n  Finish the host in dom0\n" in said
    assert f"\n  the hook {scripts.url}/done.sh at installation-complete: " in said


def test_the_example_of_the_manual_has_the_keys_of_a_message(machine: Machine) -> None:
    manual = (REPOSITORY / "docs/reporting.md").read_text()
    [example] = re.findall(r"```json\n(.*?)```", manual, re.DOTALL)
    with receiving() as receiver:
        machine.plan(receiver.url)
        machine.run()
    shown, sent = json.loads(example), receiver.messages[0]
    assert list(shown) == list(sent)
    assert list(shown["machine"]) == list(sent["machine"])
    assert list(shown["events"][0]) == list(sent["events"][0])
