"""The `zeus` command as a user meets it: what it prints, and its exit status."""

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from zeus_installer.machine.model import (
    Boot,
    Cpu,
    Disk,
    Firmware,
    Iommu,
    IommuState,
    Kernel,
    Machine,
    Memory,
    Nic,
    Os,
    Use,
    VirtualizationState,
    Xen,
)
from zeus_installer.machine.replay import save

Zeus = Callable[..., subprocess.CompletedProcess[str]]

REPOS = '[[packages.repos]]\nid = "xapi"\nbaseurl = "https://packages.example.org/"\ngpgkey = "https://packages.example.org/key"\n'
GIB = 1 << 30


def machine(**changes: object) -> Machine:
    """A server with its system on one disk, an empty and a used one beside it, one NIC."""
    facts: dict[str, object] = {
        "cpu": Cpu(
            vendor="GenuineIntel",
            model="Xeon",
            threads=8,
            virtualization="vt-x",
            virtualization_state=VirtualizationState.ENABLED,
            second_level_paging=True,
        ),
        "iommu": Iommu(kind="vt-d", state=IommuState.ACTIVE, interrupt_remapping=True),
        "firmware": Firmware(type="uefi", secure_boot=False),
        "memory": Memory(bytes=16 * GIB),
        "xen": Xen(running=False),
        "kernel": Kernel(release="6.17", dom0_capable=True, command_line="root=UUID=1 ro"),
        "boot": Boot(file_system="ext4", uuid="2", device="/dev/sda2", separate=True, grubenv=True),
        "os": Os(id="fedora", version_id="44"),
        "disks": (
            Disk(name="sda", path="/dev/sda", size=100 * GIB, serial="SYS", system=True, table="gpt"),
            Disk(name="sdb", path="/dev/sdb", size=500 * GIB, serial="DATA", links=("/dev/disk/by-id/ata-DATA",)),
            Disk(
                name="sdc",
                path="/dev/sdc",
                size=500 * GIB,
                serial="USED",
                links=("/dev/disk/by-id/ata-USED",),
                uses=(Use(kind="filesystem", name="ext4"), Use(kind="mount", name="/srv", active=True)),
            ),
        ),
        "nics": (Nic(name="eno1", mac="52:54:00:00:00:01", carrier=True),),
    }
    return Machine(**(facts | changes))  # type: ignore[arg-type]


@pytest.fixture
def zeus(tmp_path: Path) -> Zeus:
    def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zeus_installer", *map(str, words)]
        where = {**os.environ, **environment}
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=where)

    return run


@pytest.fixture
def server(tmp_path: Path) -> Path:
    save(machine(), tmp_path / "server.json")
    return tmp_path / "server.json"


def answers(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.toml"
    path.write_text(text)
    return path


def test_five_lines_suffice(zeus: Zeus, server: Path, tmp_path: Path) -> None:
    text = f"version = 1\n{REPOS}"
    assert len(text.splitlines()) == 5
    result = zeus("plan", "--machine", server, "--answers", answers(tmp_path, text), "--json")
    assert (result.returncode, result.stderr) == (0, "")
    plan = json.loads(result.stdout)
    assert [disk["serial"] for disk in plan["disks"]] == ["DATA"]
    assert [step["id"] for step in plan["steps"]] == [
        *("release_disks", "partition_sr", "install_packages", "host_identity", "management_network", "services"),
        *("boot_entry", "arm_trial_boot"),
        *("wait_for_xapi", "configure_management", "create_sr", "host_settings", "verify_host", "commit_boot"),
    ]
    assert {"version", "steps", "disks", "packages", "files", "findings"} <= plan.keys()
    assert plan["packages"]["source"] == "xapi"
    assert any(file["path"] == "/etc/xensource-inventory" for file in plan["files"])


def test_planning_opens_nothing_for_writing(server: Path, tmp_path: Path) -> None:
    file = answers(tmp_path, f"version = 1\n{REPOS}")
    trace = tmp_path / "trace"
    calls = "trace=openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,symlinkat,truncate"
    command = [sys.executable, "-B", "-m", "zeus_installer", "plan", "--machine", str(server), "--answers", str(file)]
    subprocess.run(["strace", "-f", "-o", trace, "-e", calls, *command], check=True, capture_output=True)
    lines = [line for line in trace.read_text().splitlines() if "(" in line]
    assert len(lines) > 50
    reading = re.compile(r"\bO_RDONLY\b")
    assert [line for line in lines if not reading.search(line) and '"/dev/null"' not in line] == []


def test_the_text_tells_what_is_destroyed_first(zeus: Zeus, tmp_path: Path) -> None:
    text = f'version = 1\n[storage]\nwipe = "listed-disks"\ndisks = [{{ serial = "USED" }}]\n{REPOS}'
    free = machine(disks=tuple(_without_mount(disk) for disk in machine().disks))
    save(free, tmp_path / "free.json")
    result = zeus("plan", "--machine", tmp_path / "free.json", "--answers", answers(tmp_path, text))
    assert result.returncode == 0
    first, second = result.stdout.splitlines()[:2]
    assert first == "Destroyed"
    assert "USED" in second
    assert "ext4" in second


def _without_mount(disk: Disk) -> Disk:
    return dataclasses.replace(disk, uses=tuple(use for use in disk.uses if not use.active))


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        (
            f'version = 1\n[storage]\nsr_typ = "ext"\n{REPOS}',
            2,
            '{file}:3: error: unknown key storage.sr_typ (did you mean "sr_type"?)',
        ),
        (
            f'version = 1\n[storage]\ndisks = [{{ serial = "NOPE" }}]\n{REPOS}',
            2,
            "{file}:3: error: storage.disks[0] matches no disk, wants 1",
        ),
        (
            f'version = 1\n[storage]\nwipe = "listed-disks"\ndisks = [{{ serial = "USED" }}]\n{REPOS}',
            2,
            "{file}:4: error: storage.disks[0] matches 1 disk, of which none can be used, wants 1",
        ),
        (
            "version = 1\n",
            2,
            "{file}:1: error: packages.repos names no repository, and neither does package source xapi",
        ),
    ],
)
def test_bad_answers(zeus: Zeus, server: Path, tmp_path: Path, text: str, status: int, message: str) -> None:
    file = answers(tmp_path, text)
    result = zeus("plan", "--machine", server, "--answers", file)
    assert result.returncode == status
    assert result.stderr.splitlines()[0] == message.format(file=file)
    assert "Traceback" not in result.stderr


def test_a_machine_without_virtualization_is_refused(zeus: Zeus, tmp_path: Path) -> None:
    cpu = Cpu(
        vendor="GenuineIntel",
        model="Xeon",
        threads=8,
        virtualization="vt-x",
        virtualization_state=VirtualizationState.DISABLED_BY_FIRMWARE,
    )
    save(machine(cpu=cpu), tmp_path / "off.json")
    result = zeus("plan", "--machine", tmp_path / "off.json", "--answers", answers(tmp_path, f"version = 1\n{REPOS}"))
    assert result.returncode == 3
    assert result.stderr.startswith("zeus: error: this machine cannot become a host, 1 of ")
    assert "cpu.virtualization: " in result.stderr
    assert "Intel Virtualization Technology" in result.stderr


def test_validate_names_what_is_missing(zeus: Zeus, server: Path, tmp_path: Path) -> None:
    file = answers(tmp_path, "version = 1\n")
    offline = zeus("validate", file)
    assert offline.returncode == 2
    assert offline.stderr.startswith(f"{file}:1: error: packages.repos names no repository")
    good = answers(tmp_path, f"version = 1\n{REPOS}")
    assert zeus("validate", good, "--machine", server).stdout == f"{good}: good answers\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["prbe"], "zeus: error: no such command: prbe (did you mean probe?)\nhint: zeus --help lists the commands\n"),
        (["probe", "--root", "/nowhere"], "zeus: error: /nowhere is not a directory\n"),
        (
            ["validate", "/nowhere"],
            "zeus: error: /nowhere: No such file or directory\nhint: name a file with answers\n",
        ),
    ],
)
def test_a_wrong_command_line(zeus: Zeus, words: list[str], message: str) -> None:
    result = zeus(*words)
    assert (result.returncode, result.stderr) == (2, message)


def test_status_of_a_machine_without_a_plan(zeus: Zeus) -> None:
    result = zeus("status", "--json")
    assert json.loads(result.stdout) == {"state": "none", "step": None, "plan": None, "error": None}


def test_a_saved_machine_is_the_same_machine(zeus: Zeus, tmp_path: Path) -> None:
    assert zeus("probe", "--save", tmp_path / "here.json").returncode == 0
    first = zeus("probe", "--machine", tmp_path / "here.json", "--json").stdout
    again = zeus("probe", "--machine", tmp_path / "here.json", "--save", tmp_path / "again.json")
    assert again.returncode == 0
    assert json.loads(first) == json.loads(zeus("probe", "--machine", tmp_path / "again.json", "--json").stdout)


def test_a_bug_is_told_as_one(zeus: Zeus, tmp_path: Path) -> None:
    """A standard library that lies: what cannot happen does, and no traceback reaches the user."""
    (tmp_path / "tomllib.py").write_text("def loads(text):\n    raise ArithmeticError('two and two are five')\n")
    (tmp_path / "a.toml").write_text("version = 1\n")
    result = zeus("validate", tmp_path / "a.toml", PYTHONPATH=str(tmp_path))
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr


def test_help_names_every_command(zeus: Zeus) -> None:
    from zeus_installer.cli.commands import COMMANDS

    result = zeus("--help")
    assert result.returncode == 0
    for name in COMMANDS:
        assert f"  {name} " in result.stdout
        assert zeus(name, "--help").returncode == 0
