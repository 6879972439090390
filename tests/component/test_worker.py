"""The worker as a user interface meets it: orders on its input, lines on its output, nothing on its standard error."""

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.component.test_cli import machine
from tests.component.test_stored_plan import make
from zeus_installer.engine.journal import RUN, Mark
from zeus_installer.engine.service import open_journal
from zeus_installer.engine.store import Store
from zeus_installer.engine.stream import EventStream
from zeus_installer.machine.model import Machine
from zeus_installer.machine.probe import probe
from zeus_installer.machine.replay import save
from zeus_installer.plan import restore, store, to_json
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.events import Event, Kind, Reporter
from zeus_installer.system.target import Target

MACHINES = Path(__file__).parents[1] / "fixtures" / "machines"
REPO = {"id": "xapi", "baseurl": "https://packages.example.org/", "gpgkey": "https://packages.example.org/key"}
ANSWERS = {"version": 1, "packages": {"repos": [REPO]}}
LIMIT = 120.0
Line = dict[str, Any]


class Worker:
    """A worker under way."""

    def __init__(self, order: object, *, module: str = "zeus_installer.worker", close: bool = True) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.tell(order)
        if close:
            assert self.process.stdin
            self.process.stdin.close()

    def tell(self, order: object) -> None:
        assert self.process.stdin
        self.process.stdin.write((order if isinstance(order, str) else json.dumps(order)) + "\n")
        self.process.stdin.flush()

    def lines(self) -> Iterator[Line]:
        assert self.process.stdout
        for text in self.process.stdout:
            line = json.loads(text)
            assert len(line) == 1
            yield line

    def until(self, wanted: Callable[[Line], bool]) -> list[Line]:
        """Read up to the line that is wanted."""
        found = []
        for line in self.lines():
            found.append(line)
            if wanted(line):
                return found
        raise AssertionError(f"not said: {found[-3:]}")

    def end(self) -> int:
        assert self.process.stderr
        status = self.process.wait(LIMIT)
        assert self.process.stderr.read() == ""
        return status

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def worker() -> Iterator[Callable[..., Worker]]:
    started: list[Worker] = []

    def start(order: object, **options: Any) -> Worker:
        started.append(Worker(order, **options))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def ask(order: object) -> Line:
    """Give the last line of an order that ends by itself."""
    one = Worker(order)
    *_, last = one.lines()
    assert (one.end() == 0) == ("result" in last)
    return last


def is_status(state: str) -> Callable[[Line], bool]:
    return lambda line: "status" in line and line["status"]["state"] == state


@pytest.fixture
def recorded(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    with tarfile.open(MACHINES / f"{request.param}.tar.gz") as tar:
        tar.extractall(tmp_path / "root")  # noqa: S202 - our own recording
    return tmp_path / "root"


def recordings(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("recorded", names, indirect=True)


@recordings("four-nics", "leftovers", "nvme-4kn-vtd", "amd-iommu", "busy", "odd-names")
def test_a_recorded_machine_is_looked_at(recorded: Path, tmp_path: Path) -> None:
    result = ask({"order": "look", "root": str(recorded)})["result"]
    assert decode(Machine, result["machine"]) == probe(recorded)
    assert result["findings"][0]["id"] == "cpu.virtualization"
    save(probe(recorded), tmp_path / "saved.json")
    assert ask({"order": "look", "machine": str(tmp_path / "saved.json"), "root": "/"})["result"] == result


@recordings("leftovers")
def test_looking_loads_no_steps(recorded: Path) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "zeus_installer.worker"]
    order = json.dumps({"order": "look", "root": str(recorded)})
    said = subprocess.run(command, input=order, capture_output=True, text=True, check=True).stderr
    rooms = set(re.findall(r"zeus_installer\.(\w+)", said))
    assert {"machine", "checks", "worker"} <= rooms
    assert not rooms & {"plan", "planning", "steps", "packages", "engine", "boot", "xenapi", "network_test"}


TOML = """
version = 1
storage = {storage}
network.management.nic.mac = "52:54:00:12:34:56"
[[packages.repos]]
id = "xapi"
baseurl = "https://packages.example.org/"
gpgkey = "https://packages.example.org/key"
"""


@pytest.mark.parametrize(
    ("recorded", "storage"),
    [
        ("four-nics", '{ sr_type = "none" }'),
        ("amd-iommu", "{}"),
        ("leftovers", '{ disks = [{ serial = "EMPTY" }] }'),
        ("nvme-4kn-vtd", '{ sr_type = "lvm", disks = [{ serial = "NVME512" }] }'),
        ("busy", '{ wipe = "listed-disks", disks = [{ serial = "OLD-STORAGE" }] }'),
    ],
    indirect=["recorded"],
)
def test_the_plan_is_that_of_the_command(recorded: Path, storage: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(TOML.replace("{storage}", storage))
    command = [sys.executable, "-m", "zeus_installer", "plan", "--root", recorded, "--answers", file, "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    answers = tomllib.loads(file.read_text())
    result = ask({"order": "plan", "answers": answers, "machine": encode(probe(recorded)), "this_machine": False})
    plan, view = restore(result["result"]["plan"]), result["result"]["view"]
    commands = json.loads(told.stdout)
    assert without_identity(to_json(plan, present=lambda _path: None)) == without_identity(commands)
    assert without_identity(view["files"]) == without_identity(commands["files"])
    assert view["destroys"] == [sentence for step in commands["steps"] for sentence in step["destroys"]]
    assert [step["id"] for step in view["steps"]] == [step["id"] for step in commands["steps"]]
    assert set(commands["packages"]["install"]) <= set(view["packages"])
    refused = view["refused"]
    assert told.stderr == (f"zeus: error: {refused['message']}\nhint: {refused['hint']}\n" if refused else "")


def without_identity(data: object) -> str:
    text = json.dumps(data)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", text)
    text = re.sub(r"localsr-[0-9a-f]{8}", "localsr-ID", text)
    return re.sub(r'"run": "[0-9a-f]{8}"', '"run": "ID"', text)


def test_findings_of_others_stand_last_and_can_refuse() -> None:
    bad = {"id": "packages.repository", "verdict": "fail", "seen": "no route to it", "remedy": "plug it in"}
    view = ask({"order": "plan", "answers": ANSWERS, "machine": encode(machine()), "findings": [bad]})["result"]["view"]
    assert view["findings"][-1] == bad
    assert view["refused"]["hint"] == "packages.repository: plug it in"


def test_files_are_compared_to_this_machine_only_when_it_is_meant() -> None:
    order = {"order": "plan", "answers": ANSWERS, "machine": encode(machine())}
    other = {file["path"]: file["diff"] for file in ask(order)["result"]["view"]["files"]}
    assert all(diff.startswith("--- /dev/null\n") for diff in other.values() if "not shown" not in diff)
    assert set(other) == {file["path"] for file in ask({**order, "this_machine": True})["result"]["view"]["files"]}


@pytest.mark.parametrize(
    ("order", "code", "message"),
    [
        ("", "order.not_json", "the order is not a line of JSON"),
        ("[" * 100000, "order.not_json", "the order is not a line of JSON"),
        ("3", "order.not_json", "the order is not a JSON object"),
        ({}, "order.unknown", "there is no order null"),
        ({"order": "dance"}, "order.unknown", 'there is no order "dance"'),
        ({"order": ["look"]}, "order.unknown", 'there is no order ["look"]'),
        ({"order": "look", "root": 3}, "data.type", "root is int, not str"),
        ({"order": "look", "root": "/nowhere"}, "usage.root", "/nowhere is not a directory"),
        ({"order": "plan"}, "order.missing", "the order plan has no answers"),
        ({"order": "plan", "answers": []}, "data.type", "answers is not a table"),
        ({"order": "plan", "answers": ANSWERS, "machine": {}}, "data.missing", "machine.cpu is missing"),
        ({"order": "start", "plan": 3}, "order.plan", "the order's plan is not a stored plan"),
        ({"order": "rehearse", "plan": {"version": 1}}, "order.plan", "the order's plan is not a stored plan"),
        (
            {"order": "plan", "answers": {**ANSWERS, "storage": {"sr_typ": "ext"}, "host": 4}},
            "answers.invalid",
            'host is 4, wants a table like { hostname = … }\nunknown key storage.sr_typ (did you mean "sr_type"?)',
        ),
        (
            {"order": "plan", "answers": {"version": 1}, "machine": encode(machine())},
            "packages.repos",
            "packages.repos names no repository, and neither does package source xapi",
        ),
    ],
)
def test_an_order_that_is_no_good(order: object, code: str, message: str) -> None:
    error = ask(order)["error"]
    assert (error["code"], error["message"], error["status"]) == (code, message, 2)


def test_a_bug_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "socket.py").write_text("raise ArithmeticError('$6$salt$hash is five')\n")
    order = json.dumps({"order": "host"})
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    environment.pop("ZEUS_DEBUG", None)
    command = [sys.executable, "-m", "zeus_installer.worker"]
    result = subprocess.run(command, input=order, capture_output=True, text=True, check=False, env=environment)
    assert (result.returncode, result.stderr) == (1, "")
    assert json.loads(result.stdout)["error"] == {
        "code": "bug",
        "message": "internal fault: ArithmeticError: ******** is five",
        "hint": "this is a bug in Zeus; report what happens with ZEUS_DEBUG=1",
        "status": 1,
    }
    environment["ZEUS_DEBUG"] = "1"
    shown = subprocess.run(command, input=order, capture_output=True, text=True, check=False, env=environment)
    assert shown.stderr.startswith("Traceback")


def write_run(store: Store, titles: list[str]) -> None:
    """What a whole run leaves in the events."""
    with EventStream(store) as stream:
        for title in titles:
            Reporter(stream.write, run="r1").log(title)


def titles(lines: list[Line]) -> list[str]:
    return [line["event"]["title"] for line in lines if "event" in line]


def test_a_plan_is_followed_through_its_runs(tmp_path: Path, worker: Callable[..., Worker]) -> None:
    plan, kept = make(), Store(Target(tmp_path))
    kept.save_plan(plan)
    write_run(kept, ["one", "two"])
    viewer = worker({"order": "follow", "root": str(tmp_path)})
    before = viewer.until(is_status("failed"))
    assert before[0] == {
        "plan": {"steps": [{"id": step.id, "title": step.title, "half": step.half} for step in plan.steps]}
    }
    assert titles(before) == ["one", "two"]
    assert before[-1]["status"]["error"]["code"] == "run.interrupted"

    for number in (1, 2):
        with kept.lock(), EventStream(kept) as stream:
            assert viewer.until(is_status("running"))[-1]["status"]["step"] is None
            Reporter(stream.write, run="r1").log(f"live {number}")
            assert titles(viewer.until(lambda line: "event" in line)) == [f"live {number}"]
            Reporter(stream.write, run="r1").log(f"the end of {number}")
        assert titles(viewer.until(is_status("failed"))) == [f"the end of {number}"]

    # A run that is over before anybody looks.
    with kept.lock():
        write_run(kept, ["quick"])
    assert titles(viewer.until(lambda line: "event" in line)) == ["quick"]

    open_journal(kept, plan).write(RUN, Mark.FAILED, code="a.b", message="no", hint="do")
    assert viewer.until(is_status("failed"))[-1]["status"]["error"] == {"code": "a.b", "message": "no", "hint": "do"}

    kept.save_plan(plan)
    again = viewer.until(is_status("failed"))
    assert "plan" in again[0] or "plan" in again[-2]
    write_run(kept, ["new"])
    assert titles(viewer.until(lambda line: "event" in line)) == ["new"]
    kept.forget_plan()
    *_, last = viewer.lines()
    assert last == {"result": {}}
    assert viewer.end() == 0


def test_there_is_nothing_to_follow(tmp_path: Path) -> None:
    assert ask({"order": "follow", "root": str(tmp_path)}) == {"result": {}}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it(tmp_path: Path, worker: Callable[..., Worker], number: signal.Signals) -> None:
    kept = Store(Target(tmp_path))
    kept.save_plan(make())
    viewer = worker({"order": "follow", "root": str(tmp_path)})
    viewer.until(is_status("failed"))
    viewer.process.send_signal(number)
    assert viewer.end() == 128 + number


def test_it_ends_when_nobody_reads(tmp_path: Path, worker: Callable[..., Worker]) -> None:
    kept = Store(Target(tmp_path))
    kept.save_plan(make())
    viewer = worker({"order": "follow", "root": str(tmp_path)})
    viewer.until(is_status("failed"))
    with kept.lock(), EventStream(kept):
        viewer.until(is_status("running"))
        assert viewer.process.stdout
        viewer.process.stdout.close()
        assert viewer.end() == 128 + signal.SIGTERM


def test_the_network_is_tried_on_the_nic_of_the_answers() -> None:
    findings = ask({"order": "network", "answers": ANSWERS, "machine": encode(machine())})["result"]["findings"]
    assert findings[0]["id"] == "network.link"
    assert {finding["verdict"] for finding in findings} <= {"fail", "unknown"}


def test_the_package_managers_process_ends_with_it(tmp_path: Path, worker: Callable[..., Worker]) -> None:
    """A repository that takes the connection and says nothing: the download would wait for it."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silence:
        url = f"http://127.0.0.1:{silence.getsockname()[1]}/"
        repo = {"id": "mute", "baseurl": url, "gpgkey": f"{url}key"}
        answers = {"version": 1, "packages": {"repos": [repo]}}
        (tmp_path / "var/lib/rpm").mkdir(parents=True)
        order = {"order": "packages", "answers": answers, "machine": encode(machine()), "root": str(tmp_path)}
        asking = worker(order)
        asking.until(lambda line: "event" in line)
        (child,) = children(asking.process.pid)
        asking.process.terminate()
        assert asking.end() == 128 + signal.SIGTERM
        deadline = time.monotonic() + LIMIT
        while Path(f"/proc/{child}").exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_run_is_handed_over_and_resumed(tmp_path: Path, worker: Callable[..., Worker]) -> None:
    """The disks of the plan are nobody's, so the run fails at its first step, and changes nothing."""
    plan = make()
    root = {"root": str(tmp_path)}
    assert ask({"order": "start", "plan": store(plan), "console": True, **root}) == {"result": {}}
    assert (tmp_path / "etc/systemd/system-generators/zeus-wizard-generator").exists()
    viewer = worker({"order": "follow", **root})
    first = viewer.until(is_status("failed"))
    assert first[-1]["status"]["step"] == "release_disks"
    begun = [line["event"]["path"] for line in first if "event" in line and line["event"]["kind"] == "start"]
    assert begun == ["install"]
    assert (tmp_path / "etc/systemd/system/zeus-run.service").exists()

    refused = ask({"order": "start", "plan": store(plan), **root})["error"]
    assert (refused["code"], refused["status"]) == ("plan.exists", 3)
    assert ask({"order": "resume", **root}) == {"result": {}}
    second = viewer.until(lambda line: "event" in line and line["event"]["kind"] == "finish")
    assert second[-1]["event"]["result"] == "failed"

    assert ask({"order": "reboot", **root})["error"]["code"] == "run.reboot"


def test_a_run_is_handed_over_although_nobody_listens(tmp_path: Path) -> None:
    one = subprocess.Popen(
        [sys.executable, "-m", "zeus_installer.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert one.stdin and one.stdout and one.stderr
    one.stdout.close()
    one.stdin.write(json.dumps({"order": "start", "plan": store(make()), "root": str(tmp_path)}))
    one.stdin.close()
    assert (one.wait(LIMIT), one.stderr.read()) == (0, "")
    assert (tmp_path / "var/lib/zeus/events.jsonl").stat().st_size > 0


def test_there_is_nothing_to_resume(tmp_path: Path) -> None:
    assert ask({"order": "resume", "root": str(tmp_path)})["error"]["code"] == "plan.none"


def test_what_is_known_of_a_host_without_xapi(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/hostname").write_text("host7.example.org\n")
    nothing = ask({"order": "host", "root": str(tmp_path)})["result"]
    assert nothing == {
        "live": False,
        "hostname": "host7.example.org",
        **dict.fromkeys(("name", "uuid", "enabled", "address", "xapi", "xen", "sr", "certificate_sha256")),
        "addresses": {},
        "versions": {},
    }
    sr = {"uuid": "u", "type": "ext", "size": 5, "attached": True, "device": "/dev/sdb1"}
    facts = {"uuid": "h", "hostname": "host7", "address": "192.0.2.7", "sr": sr, "versions": {"xapi": "25.6"}}
    (tmp_path / "var/lib/zeus").mkdir(parents=True)
    (tmp_path / "var/lib/zeus/report.json").write_text(json.dumps({"host": facts}))
    known = ask({"order": "host", "root": str(tmp_path)})["result"]
    assert (known["live"], known["hostname"], known["address"]) == (False, "host7", "192.0.2.7")
    assert (known["sr"], known["xapi"]) == (sr, "25.6")


def test_the_report_has_everything_but_secrets(tmp_path: Path) -> None:
    plan, kept = make(), Store(Target(tmp_path))
    to = tmp_path / "report.tar.gz"
    order = {"order": "report", "root": str(tmp_path), "to": str(to)}
    assert ask(order)["error"]["code"] == "report.none"
    kept.save_plan(plan)
    write_run(kept, ["begun"])
    with kept.events.open("a") as events:
        events.write('{"title": "$6$salt$hash of http://me:secret@example.org/"}\n')
    open_journal(kept, plan).write("boot_entry", Mark.FAILED, code="a.b", message="no", hint="do")
    assert ask(order) == {"result": {"path": str(to)}}
    assert to.stat().st_mode & 0o777 == 0o600
    with tarfile.open(to) as archive:
        texts = {entry.name: archive.extractfile(entry).read().decode() for entry in archive}  # type: ignore[union-attr]
    assert sorted(texts) == [f"zeus-report/{name}" for name in ("events.jsonl", "journal.jsonl", "report.json")]
    assert "******** of http://me:********@example.org/" in texts["zeus-report/events.jsonl"]
    report = json.loads(texts["zeus-report/report.json"])
    assert (report["result"], report["error"]["code"]) == ("failed", "a.b")
    assert ask({**order, "to": "/nowhere/x"})["error"]["message"] == "/nowhere/x: no such file or directory"


def test_a_run_is_rehearsed_with_a_failure(worker: Callable[..., Worker]) -> None:
    plan = make()
    order = {"order": "rehearse", "plan": store(plan), "speed": 100000, "fail": "install_packages"}
    player = worker(order, close=False)
    broken = player.until(is_status("failed"))
    assert broken[0]["plan"]["steps"][0] == {
        "id": "release_disks",
        "title": "Clear the disks of the storage repository",
        "half": "linux",
    }
    assert broken[1]["status"]["state"] == "running"
    assert broken[-1]["status"]["error"]["code"] == "packages.unreachable"
    player.tell("not for us")
    player.tell({"resume": True})
    ready = player.until(is_status("ready-to-reboot"))
    skipped = [line["event"]["path"] for line in ready if line.get("event", {}).get("result") == "skipped"]
    assert skipped == ["install/release_disks", "install/partition_sr"]
    player.tell({"reboot": True})
    rest = list(player.lines())
    assert [line["status"]["state"] for line in rest if "status" in line] == ["finishing", "done"]
    assert rest[-1] == {"result": {}}
    assert player.end() == 0
    events = [Event.from_line(json.dumps(line["event"])) for line in (*broken, *ready, *rest) if "event" in line]
    assert {event.path.split("/")[1] for event in events if event.kind is Kind.FINISH and "/" in event.path} >= {
        step.id for step in plan.steps
    }
    assert [event.time for event in events] == sorted(event.time for event in events)


def test_a_rehearsal_ends_with_its_viewer_at_the_reboot() -> None:
    one = Worker({"order": "rehearse", "plan": store(make()), "speed": 100000, "fail": None})
    *_, status, last = one.lines()
    assert (status["status"]["state"], last) == ("ready-to-reboot", {"result": {}})
    assert one.end() == 0


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"speed": 0}, "order.speed"), ({"speed": -1.5}, "order.speed"), ({"fail": "dance"}, "order.step")],
)
def test_a_rehearsal_that_cannot_be(wrong: Line, code: str) -> None:
    assert ask({"order": "rehearse", "plan": store(make()), **wrong})["error"]["code"] == code
