"""The lab's netinstall ISO has what a remaster finds on Fedora's own: judged by the tools that read any ISO."""

import configparser
import json
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.lab.netinst import ESP_GUID, LABEL, netinst


@pytest.fixture(scope="module")
def iso() -> Path:
    return netinst() / "netinst.iso"


def xorriso(iso: Path, *commands: str) -> str:
    done = subprocess.run(["xorriso", "-indev", iso, *commands], check=True, capture_output=True, text=True)
    return done.stdout


def test_it_boots_in_both_firmwares_from_a_cd(iso: Path) -> None:
    rows = [line.split() for line in xorriso(iso, "-report_el_torito", "plain").splitlines()]
    images = [
        (row[6], row[7]) for row in rows if row[:4] == ["El", "Torito", "boot", "img"] and row[6] in ("BIOS", "UEFI")
    ]
    assert images == [("BIOS", "y"), ("UEFI", "y")]


def test_it_boots_in_both_firmwares_as_a_disk(iso: Path) -> None:
    report = xorriso(iso, "-report_system_area", "plain")
    assert "grub2-mbr" in report
    table = json.loads(subprocess.run(["sfdisk", "--json", iso], check=True, capture_output=True).stdout)
    rows = table["partitiontable"]["partitions"]
    assert table["partitiontable"]["label"] == "gpt"
    assert rows[1]["type"] == ESP_GUID


def test_its_tree_is_fedoras(iso: Path) -> None:
    found = set(xorriso(iso, "-find", "/", "-type", "f").replace("'", "").splitlines())
    assert {
        "/.discinfo",
        "/.treeinfo",
        "/EFI/BOOT/BOOTX64.EFI",
        "/EFI/BOOT/grub.cfg",
        "/boot/grub2/grub.cfg",
        "/boot/grub2/i386-pc/normal.mod",
        "/images/efiboot.img",
        "/images/eltorito.img",
        "/images/install.img",
        "/images/pxeboot/initrd.img",
        "/images/pxeboot/vmlinuz",
    } <= found
    assert f"Volume Id    : {LABEL}\n" in xorriso(iso, "-pvd_info")


def test_its_treeinfo_has_the_digests_of_its_images(iso: Path) -> None:
    tree = iso.parent / "tree"
    parser = configparser.ConfigParser(delimiters="=")
    parser.read(tree / ".treeinfo")
    assert parser["release"]["version"] == "44"
    for name, digest in parser["checksums"].items():
        assert digest == f"sha256:{sha256((tree / name).read_bytes()).hexdigest()}"
