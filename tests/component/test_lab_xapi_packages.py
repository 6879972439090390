"""The toolstack's RPMs for the lab: complete, and honest about what they are."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.lab.rpms import Entry, File, Link, build
from tests.lab.xapi import resources
from tests.lab.xapi.packages import UNITS, rpms
from tests.lab.xapi.services import DOCUMENT, STAND_INS, TOOLSTACK, document

# Essential to xapi, and the operating system's.
FROM_THE_SYSTEM = {"busybox", "systemctl", "openssl", "rpm", "depmod", "udevadm"}


@pytest.fixture(scope="module")
def files() -> Mapping[str, Entry]:
    return {path: entry for package in rpms() for path, entry in package.files.items()}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the files of all packages."""
    directory = tmp_path_factory.mktemp("packages")
    root = directory / "root"
    root.mkdir()
    for package in build(rpms(), directory / "rpms", sign_with=None):
        archive = subprocess.run(["rpm2cpio", package], capture_output=True, check=True).stdout
        subprocess.run(["cpio", "-idm", "--quiet"], cwd=root, input=archive, check=True)
    return root


def test_every_file_is_in_one_package() -> None:
    paths = [path for package in rpms() for path, entry in package.files.items() if isinstance(entry, (File, Link))]
    assert len(paths) == len(set(paths))


def test_everything_that_xapi_checks_for_is_packaged(files: Mapping[str, Entry]) -> None:
    wanted = [*resources.EXECUTABLES.values(), *resources.FILES.values(), *resources.DIRECTORIES.values()]
    missing = [
        name
        for name in wanted
        if not ({name} if name.startswith("/") else {f"{place}/{name}" for place in resources.SEARCH}) & files.keys()
    ]
    assert set(missing) == FROM_THE_SYSTEM


def test_what_the_installer_writes_is_not_packaged(files: Mapping[str, Entry]) -> None:
    for path in ("/etc/pam.d/xapi", "/etc/xensource-inventory", "/etc/xensource/network.conf", "/etc/lvm/master"):
        assert path not in files


def test_no_unit_hangs_on_the_kernel_command_line(files: Mapping[str, Entry]) -> None:
    units = [entry.content for path, entry in files.items() if path.startswith(UNITS) and isinstance(entry, File)]
    assert len(units) > len(STAND_INS)
    assert not [text for text in units if "ConditionKernelCommandLine" in str(text)]


def test_the_toolstack_wants_only_units_that_are_there(files: Mapping[str, Entry]) -> None:
    assert {f"{UNITS}/{unit}" for unit in TOOLSTACK} <= files.keys()


def test_units_and_scripts_are_sound(installed: Path) -> None:
    for script in installed.rglob("*"):
        if script.is_file() and not script.is_symlink() and script.read_bytes().startswith(b"#!/bin/sh\n"):
            checked = subprocess.run(["sh", "-n", script], capture_output=True, text=True)
            assert (checked.returncode, checked.stderr) == (0, ""), script


def test_the_packaged_server_stands_alone(installed: Path, tmp_path: Path) -> None:
    code = installed / "opt/xensource/libexec/lab-xapi"
    command = [sys.executable, "-m", "tests.lab.xapi.main", "--root", str(tmp_path), "--machine-effects", "none"]
    ended = subprocess.run(command, cwd=code, capture_output=True, text=True)
    assert ended.stderr == f"xapi: Cannot access {tmp_path}/etc/xensource-inventory: the host has no inventory\n"
    assert ended.returncode == 1


def test_a_stand_in_refuses_to_run_without_what_it_needs(installed: Path) -> None:
    ended = subprocess.run([installed / "usr/sbin/xcp-networkd"], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Cannot access /etc/xensource/network.conf.")


def test_a_command_that_is_not_real_says_so(installed: Path) -> None:
    ended = subprocess.run([installed / "usr/bin/vhd-tool"], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (1, "vhd-tool: a stand-in of the Zeus lab, which does nothing\n")


def test_the_list_of_services_is_up_to_date() -> None:
    assert DOCUMENT.read_text() == document()
