"""`zeus pxe render`: the tree, as the programs read it that it is for, and what is wrong with an inventory."""

import json
import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.component.pxe.conftest import COMMON, Zeus, run_zeus
from zeus_installer.answer_sources.names import names_of
from zeus_installer.answer_sources.words import read_words
from zeus_installer.answers.reader import read_answers
from zeus_installer.iso.grub_menu import quoted
from zeus_installer.machine.identity import Identity

INVENTORY = """\
[site]
url = "http://10.0.0.1/zeus/"
append = "console=tty0 console=ttyS0,115200"
answers = "common.toml"

[answers.storage]
sr_type = "lvm"

[[hosts]]
mac = ["52-54-00-12-34-56", "52:54:00:12:34:57"]
serial = "S3Z8NB0K"
hostname = "xen1.example.org"
address = "10.0.0.11/24"
gateway = "10.0.0.1"
dns = ["10.0.0.1"]
system_disk = "S3Z8NB0L"

[[hosts]]
serial = "ABC-123"
hostname = "xen2.example.org"
address = "dhcp"
answers.storage.sr_type = "ext"
answers.boot.dom0_memory = 4096
"""
CSV = """\
mac,serial,hostname,address,gateway,dns,system_disk,storage.sr_type,boot.dom0_memory
52-54-00-12-34-56 52:54:00:12:34:57,S3Z8NB0K,xen1.example.org,10.0.0.11/24,10.0.0.1,10.0.0.1,S3Z8NB0L,lvm,
,ABC-123,xen2.example.org,dhcp,,,,ext,4096
"""
URL = ("--url", "http://10.0.0.1/zeus")
WORDS = [
    "inst.stage2=http://10.0.0.1/zeus",
    "inst.ks=http://10.0.0.1/zeus/zeus/zeus.ks",
    "zeus.answers=http://10.0.0.1/zeus/hosts/52-54-00-12-34-56.toml",
    "zeus.answers_sha256=DIGEST",
    "zeus.system_disk=S3Z8NB0L",
    "zeus.unattended",
    "ip=dhcp",
    "console=tty0",
    "console=ttyS0,115200",
]


def files(tree: Path) -> dict[str, bytes]:
    return {str(path.relative_to(tree)): path.read_bytes() for path in sorted(tree.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def tree(iso: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rendered one."""
    place = tmp_path_factory.mktemp("rendered")
    (place / "common.toml").write_text(COMMON)
    (place / "machines.toml").write_text(INVENTORY)
    done = run_zeus("pxe", "render", "machines.toml", "-o", "tree", "--iso", iso, cwd=place)
    assert (done.returncode, done.stdout) == (0, "tree: a tree for 2 hosts\n")
    assert done.stderr == f"{iso}: Fedora 44 for x86_64\n"
    return place / "tree"


def manifest(tree: Path) -> Any:
    return json.loads((tree / "manifest.json").read_text())


def test_each_machine_finds_its_answers(tree: Path) -> None:
    first, second = manifest(tree)["hosts"]
    assert (first["name"], second["name"]) == ("xen1.example.org", "xen2.example.org")
    answers = tree / first["answers"]
    digest = sha256(answers.read_bytes()).hexdigest()
    assert first["words"] == [word.replace("DIGEST", digest) for word in WORDS]
    # The installer asks a directory for the same names.
    identity = Identity(serial="ABC-123", uuid=None, product=None, manufacturer=None, macs=("52:54:00:12:34:56",))
    assert [Path(one["answers"]).name for one in (first, second)] == names_of(identity, read_words(""))
    read = read_answers(answers)
    assert read.host.hostname == "xen1.example.org"
    assert read.host.root_password_hash is not None
    assert read.storage.sr_type == "lvm"
    management = read.network.management
    assert management.nic is not None
    assert management.nic.mac == "52:54:00:12:34:56"
    assert not isinstance(management.ipv4, str)
    assert (management.ipv4.address, management.ipv4.gateway) == ("10.0.0.11/24", "10.0.0.1")
    read = read_answers(tree / second["answers"])
    assert (read.storage.sr_type, read.boot.dom0_memory, read.network.management.ipv4) == ("ext", 4096, "dhcp")


def test_each_machine_has_files_of_its_own_and_all_have_the_rest(tree: Path) -> None:
    first, second = manifest(tree)["hosts"]
    stems = ["52-54-00-12-34-56", "52-54-00-12-34-57", "serial-S3Z8NB0K"]
    assert first["files"] == [
        "hosts/52-54-00-12-34-56.toml",
        *(f"grub/hosts/{stem}.cfg" for stem in stems),
        *(f"ipxe/hosts/{stem}.ipxe" for stem in stems),
    ]
    assert second["files"] == [
        "hosts/ABC-123.toml",
        "grub/hosts/serial-ABC-123.cfg",
        "ipxe/hosts/serial-ABC-123.ipxe",
    ]
    assert manifest(tree)["programs"] == {
        "bios": "boot/grub2/i386-pc/core.0",
        "uefi": "EFI/BOOT/BOOTX64.EFI",
        "ipxe": "boot.ipxe",
    }
    shared = {name for name in files(tree) if not name.startswith("boot/grub2/i386-pc/")}
    assert shared - set(first["files"]) - set(second["files"]) == {
        ".treeinfo",
        "EFI/BOOT/BOOTX64.EFI",
        "EFI/BOOT/grub.cfg",
        "boot.ipxe",
        "boot/grub2/grub.cfg",
        "boot/initrd.img",
        "boot/vmlinuz",
        "images/install.img",
        "images/product.img",
        "manifest.json",
        "zeus/zeus.ks",
    }
    assert (tree / "boot/grub2/i386-pc/core.0").exists()
    # Any server can read it, whoever it runs as.
    assert {path.stat().st_mode & 0o777 for path in tree.rglob("*") if path.is_file()} <= {0o644, 0o755}
    assert {path.stat().st_mode & 0o777 for path in (tree, *tree.rglob("*")) if path.is_dir()} == {0o755}


def test_grub_reads_its_files(tree: Path) -> None:
    scripts = [*tree.glob("grub/hosts/*.cfg"), tree / "EFI/BOOT/grub.cfg", tree / "boot/grub2/grub.cfg"]
    for script in scripts:
        subprocess.run(["grub-script-check", script], check=True)
    words = " ".join(manifest(tree)["hosts"][0]["words"])
    text = (tree / "grub/hosts/52-54-00-12-34-57.cfg").read_text()
    assert f'  linux "$zeus_base/boot/vmlinuz" {words} "BOOTIF=01-$zeus_mac"\n' in text


def test_ipxe_is_told_the_same(tree: Path) -> None:
    words = " ".join(manifest(tree)["hosts"][0]["words"])
    script = (tree / "ipxe/hosts/serial-S3Z8NB0K.ipxe").read_text()
    assert script.startswith("#!ipxe\n")
    line = f"kernel http://10.0.0.1/zeus/boot/vmlinuz initrd=initrd.img {words} BOOTIF=01-${{netX/mac:hexhyp}} "
    assert f"{line}|| goto failed\n" in script


@pytest.mark.parametrize("name", ["machines.csv", "MACHINES.CSV"])
def test_csv_says_the_same_as_toml(zeus: Zeus, iso: Path, tree: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(CSV)
    append = ("--append", "console=tty0 console=ttyS0,115200")
    done = zeus("pxe", "render", name, "-o", "t", "--iso", iso, *URL, "--answers", "common.toml", *append)
    assert done.returncode == 0, done.stderr
    # The newest file of the package dates the add-on's image; somebody may have touched one.
    assert {**files(tmp_path / "t"), "images/product.img": b""} == {**files(tree), "images/product.img": b""}


def test_https_needs_no_checksum_and_can_pin_a_certificate(zeus: Zeus, iso: Path, tmp_path: Path) -> None:
    (tmp_path / "machines.toml").write_text(INVENTORY)
    words = ("--url", "https://install.example.org", "--fingerprint", ":".join(["AB"] * 32))
    assert zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso, *words).returncode == 0
    told = manifest(tmp_path / "t")["hosts"][1]["words"]
    assert told[2:4] == [
        "zeus.answers=https://install.example.org/hosts/ABC-123.toml",
        f"zeus.answers_fingerprint={'ab' * 32}",
    ]


def test_any_server_can_read_the_tree_whatever_the_umask(iso: Path, zeus: Zeus, tmp_path: Path) -> None:
    (tmp_path / "machines.toml").write_text(INVENTORY)
    before = os.umask(0o077)
    try:
        assert zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso).returncode == 0
    finally:
        os.umask(before)
    assert [path for path in (tmp_path / "t", *(tmp_path / "t").rglob("*")) if not path.stat().st_mode & 0o004] == []


def test_a_link_stays_and_what_it_leads_to_is_replaced(iso: Path, zeus: Zeus, tmp_path: Path) -> None:
    (tmp_path / "machines.toml").write_text(INVENTORY)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "t").symlink_to("elsewhere")
    assert zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso).returncode == 0
    assert (tmp_path / "t").is_symlink()
    assert (tmp_path / "elsewhere/manifest.json").is_file()


def test_a_mount_point_and_a_full_disk_are_no_faults(iso: Path, zeus: Zeus, tmp_path: Path) -> None:
    (tmp_path / "machines.csv").write_text("mac\n" + "".join(f"52:54:00:00:00:{n:02x}\n" for n in range(256)))
    (tmp_path / "small").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", tmp_path / "small"], check=True)
    try:
        command = ("pxe", "render", "machines.csv", *URL, "--answers", "common.toml", "--iso", iso, "-o")
        mounted, full = zeus(*command, "small"), zeus(*command, "small/t")
        left = list((tmp_path / "small").iterdir())
    finally:
        subprocess.run(["umount", tmp_path / "small"], check=True)
    assert (mounted.returncode, mounted.stderr) == (
        2,
        f"zeus: error: {tmp_path}/small is a mount point\n"
        "hint: name a directory below it: the tree is replaced as a whole\n",
    )
    assert full.returncode == 4
    assert full.stderr.endswith(f": no space left on device\nhint: {tmp_path}/small/t is as it was\n")
    assert left == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_it_is_ended_the_tree_is_as_it_was(zeus: Zeus, iso: Path, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "machines.toml").write_text(INVENTORY)
    assert zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso).returncode == 0
    before = files(tmp_path / "t")
    names = sorted(path.name for path in tmp_path.iterdir())
    words = ("pxe", "render", "machines.toml", "-o", "t", "--iso", str(iso))
    command = [sys.executable, "-m", "zeus_installer", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        while not list(tmp_path.glob(".t.*")):
            assert process.poll() is None
        process.send_signal(number)
        output = "".join(process.communicate())
    assert process.returncode == 4
    assert "Traceback" not in output
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    assert files(tmp_path / "t") == before


def test_rendering_again_replaces_the_whole_tree(zeus: Zeus, iso: Path, tmp_path: Path) -> None:
    (tmp_path / "machines.toml").write_text(INVENTORY)
    command = ("pxe", "render", "machines.toml", "-o", "t", "--iso", iso)
    assert zeus(*command).returncode == 0
    (tmp_path / "machines.toml").write_text(INVENTORY.replace('"ABC-123"', '"ABC-124"'))
    assert zeus(*command).returncode == 0
    assert sorted(path.name for path in (tmp_path / "t/hosts").iterdir()) == ["52-54-00-12-34-56.toml", "ABC-124.toml"]
    (tmp_path / "t/notes").write_text("mine\n")
    before = files(tmp_path / "t")
    done = zeus(*command)
    assert (done.returncode, done.stderr) == (
        2,
        f"zeus: error: {tmp_path}/t has something that is not of a rendered tree: notes\n"
        "hint: name another directory: the tree is replaced as a whole\n",
    )
    assert files(tmp_path / "t") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["common.toml", "machines.toml", "t"]


WRONG = """\
[site]
url = "http://10.0.0.1/"
answers = "common.toml"

[[hosts]]
hostname = "xen1.example.org"

[[hosts]]
mac = "52:54:00:12:34:5"
colour = "red"

[[hosts]]
mac = "52:54:00:12:34:56"
hostname = "xen3.example.org"
address = "10.0.0.11/24"
answers.storage.sr_type = "zfs"

[[hosts]]
mac = "52:54:00:12:34:56"
serial = "a b"
hostname = "xen3.example.org"
address = "10.0.0.11/24"
"""


def test_all_errors_at_once_each_with_its_line(zeus: Zeus, iso: Path, tmp_path: Path) -> None:
    (tmp_path / "machines.toml").write_text(WRONG)
    done = zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso)
    assert (done.returncode, done.stdout) == (2, "")
    place = "machines.toml"
    assert done.stderr.splitlines() == [
        f"{place}:5: error: xen1.example.org: neither mac nor serial is there: nothing would tell this machine from "
        "others",
        f"{place}:8: error: 52-54-00-12-34-5: colour is not known here; answers stand below answers "
        "(mac, serial, hostname, address, gateway, dns, system_disk, answers)",
        f"{place}:8: error: 52-54-00-12-34-5: mac 52:54:00:12:34:5 is no MAC address, wants 52:54:00:12:34:56",
        f'{place}:12: error: xen3.example.org: storage.sr_type is "zfs", wants "ext", "lvm", "nfs" or "none" '
        '(did you mean "nfs"?)',
        f"{place}:18: error: xen3.example.org: serial 'a b' has something else than letters, digits and ._-",
        f"{place}:18: error: xen3.example.org: MAC address 52:54:00:12:34:56 is that of the host of line 12 too",
        f"{place}:18: error: xen3.example.org: host name xen3.example.org is that of the host of line 12 too",
        f"{place}:18: error: xen3.example.org: address 10.0.0.11 is that of the host of line 12 too",
    ]
    assert not (tmp_path / "t").exists()


CLASHES = """\
hosts = [{ mac = "52:54:00:12:34:56", hostname = "XEN1" }, { mac = "52:54:00:12:34:56", hostname = "xen1" }]

[site]
url = "http://10.0.0.1/"
answers = "common.toml"
"""
ODD = """\
[site]
url = "http://10.0.0.1/"
answers = "common.toml"

[[hosts]]
serial = "52-54-00-12-34-56"

[[hosts]]
mac = "52:54:00:12:34:57"
address = "dhcp"
gateway = "10.0.0.1"

[[hosts]]
mac = "52:54:00:12:34:58"
address = ""

[[hosts]]
mac = "52:54:00:12:34:59"
answers.host = 3
"""


def test_machines_that_stand_on_one_line_are_told_from_each_other(zeus: Zeus, iso: Path, tmp_path: Path) -> None:
    (tmp_path / "machines.toml").write_text(CLASHES)
    done = zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso)
    assert (done.returncode, done.stderr.splitlines()) == (
        2,
        [
            "machines.toml:1: error: xen1: MAC address 52:54:00:12:34:56 is that of the host of line 1 too",
            "machines.toml:1: error: xen1: host name xen1 is that of the host of line 1 too",
        ],
    )


def test_what_would_be_misread_or_passed_over_is_an_error(zeus: Zeus, iso: Path, tmp_path: Path) -> None:
    (tmp_path / "machines.toml").write_text(ODD)
    done = zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "machines.toml:5: error: 52-54-00-12-34-56: serial '52-54-00-12-34-56' has the form of a MAC address, and "
        "would name the files of another machine",
        'machines.toml:8: error: 52-54-00-12-34-57: gateway is there with address "dhcp": DHCP gives one',
        'machines.toml:13: error: 52-54-00-12-34-58: network.management.ipv4.address is "", wants the address of a '
        'host with its prefix length like "192.0.2.10/24"',
        "machines.toml:17: error: 52-54-00-12-34-59: host is 3, wants a table like { hostname = … }",
    ]


@pytest.mark.parametrize(
    ("wrong", "lines"),
    [
        (
            'repos = [{ id = "a b", baseurl = "https://a/", gpgkey = "https://a/k" }]',
            ['packages.repos[0].id is "a b", wants a name of letters, digits and -_.: (the same for 2 other hosts)'],
        ),
        (
            'source = "nope"',
            [
                "there is no package source 'nope' (the same for 2 other hosts)",
                "  hint: known sources: xapi; a file is named by its path",
            ],
        ),
    ],
)
def test_what_is_wrong_for_all_is_told_once(
    zeus: Zeus, iso: Path, tmp_path: Path, wrong: str, lines: list[str]
) -> None:
    (tmp_path / "wrong.toml").write_text(f"version = 1\n[packages]\n{wrong}\n")
    (tmp_path / "machines.csv").write_text("mac\n" + "".join(f"52:54:00:00:00:{n:02x}\n" for n in range(3)))
    done = zeus("pxe", "render", "machines.csv", "-o", "t", "--iso", iso, *URL, "--answers", "wrong.toml")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [f"machines.csv:2: error: 52-54-00-00-00-00: {lines[0]}", *lines[1:]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "mac;hostname\n",
            "machines.csv:1: error: something else than a comma stands between the columns\n",
        ),
        ("mac,colour\n", "machines.csv:1: error: column 'colour' is not known: mac, serial, hostname, address, "),
        ("hostname\nxen1\n", "machines.csv:1: error: the first line names no column mac or serial\n"),
        ("mac,mac\n", "machines.csv:1: error: column 'mac' is there twice\n"),
        (
            "mac,hostname\n52:54:00:12:34:56\n",
            "machines.csv:2: error: a host: the row has more or fewer cells than the first line\n",
        ),
        ('mac,hostname\n"52', "zeus: error: machines.csv is no CSV in UTF-8: unexpected end of data\n"),
        ("mac\n", "zeus: error: machines.csv has no hosts\n"),
    ],
)
def test_a_csv_that_is_wrong(zeus: Zeus, iso: Path, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "machines.csv").write_text(text)
    done = zeus("pxe", "render", "machines.csv", "-o", "t", "--iso", iso, *URL, "--answers", "common.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert not (tmp_path / "t").exists()


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("[site]\n", (), "machines.toml:1: error: there are no hosts: write [[hosts]]\n"),
        ("hosts = 3\nsites = 1\n", (), "machines.toml:1: error: hosts is no list of tables\n"),
        ("[site]\ncolour = 1\n[[hosts]]\n", (), "machines.toml:2: error: site.colour is not known; a site has url, "),
        ("[[hosts]]\nmac = 3", (), "zeus: error: nobody says where the tree will be found\nhint: write url = "),
        ("[[hosts]]\nmac =", (), "machines.toml:2: error: not TOML, "),
        (INVENTORY, ("--url", "ftp://a/"), "zeus: error: ftp://a/ is no web address\n"),
        (INVENTORY, ("--url", "http://a:b@c/"), "zeus: error: http://c/ has more than scheme, host, port and path"),
        (
            INVENTORY,
            ("--url", "http://[fd00::1]/"),
            "zeus: error: http://[fd00::1]/ has something else than letters, digits and @%+=:,./?&~_-\nhint: a boot ",
        ),
        (
            INVENTORY.replace("console=tty0", "a;b"),
            (),
            "machines.toml:3: error: site.append 'a;b': a word for the kernel has letters, digits and @%+=:,./?&~_- ",
        ),
        (INVENTORY, ("--append", "a;b"), "zeus: error: --append 'a;b': a word for the kernel has letters, digits "),
        (INVENTORY, ("--iso", "machines.toml"), "zeus: error: machines.toml is not an ISO: it has no ISO 9660 volume"),
        (INVENTORY, ("--fingerprint", "ab"), "zeus: error: ab is no SHA-256 fingerprint of a certificate\n"),
        (INVENTORY, ("-o", "gone/t"), "/gone is no directory: nothing can be written there\n"),
        (INVENTORY, ("-o", "machines.toml"), "machines.toml is not a directory\nhint: name a directory for the tree\n"),
    ],
)
def test_what_is_refused(
    zeus: Zeus, iso: Path, tmp_path: Path, text: str, words: tuple[str, ...], message: str
) -> None:
    (tmp_path / "machines.toml").write_text(text)
    done = zeus("pxe", "render", "machines.toml", "-o", "t", "--iso", iso, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert not (tmp_path / "t").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(words=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1), min_size=1))
def test_grub_takes_any_word_as_it_is(tmp_path: Path, words: list[str]) -> None:
    """`grub-script-check` prints each line that it reads; a word that ended its quotes would be an error."""
    script = tmp_path / "words.cfg"
    script.write_text("".join(f"echo {quoted(word)}\n" for word in words))
    subprocess.run(["grub-script-check", script], check=True)


def test_cobbler_is_told_of_each_machine_with_a_mac_address(tree: Path, tmp_path: Path) -> None:
    """Cobbler's command is a stand-in that writes down how it is called."""
    stand_in = tmp_path / "cobbler"
    stand_in.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$*\" >>{tmp_path}/called\n")
    stand_in.chmod(0o755)
    script = Path(__file__).parents[3] / "docs/templates/cobbler/import-tree"
    subprocess.run([script, tree], check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    words = " ".join(manifest(tree)["hosts"][0]["words"])
    assert (tmp_path / "called").read_text().splitlines() == [
        f"distro add --name=zeus --arch=x86_64 --breed=redhat --kernel={tree}/boot/vmlinuz "
        f"--initrd={tree}/boot/initrd.img",
        "profile add --name=zeus --distro=zeus",
        "system add --profile=zeus --netboot-enabled=true --name=xen1.example.org --mac=52:54:00:12:34:56 "
        f"--kernel-options={words}",
        "sync",
    ]
