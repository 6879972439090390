"""`zeus iso build`: what is on the medium, read by the tools that read any ISO, and what is refused."""

import gzip
import json
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from tests.component.iso.conftest import Zeus, run_zeus
from zeus_installer import __version__

ROOT = Path(__file__).parents[3]
HASH = "$6$salt$CqUbBpPHjYw4fcAK5wlKC6y7k6Z1wtpQ/JD2CV2sDzgk4Eu6jqOYCkzMMyxQg6cyBFEIc2vVVXFMSkDQaBcfJ/"
ANSWERS = f"""\
version = 1

[host]
hostname = "xen1.example.org"
root_password_hash = "{HASH}"

[storage]
wipe = "listed-disks"
disks = [{{ serial = "S3Z8NB0L" }}]

[[packages.repos]]
id = "xapi"
baseurl = "https://reader:Staple-7@packages.example.org/"
gpgkey = "https://packages.example.org/key"

[report]
url = "https://install.example.org/report?token=Staple-8"
"""
UNATTENDED = (
    "inst.stage2=hd:LABEL=Fedora-S-dvd-x86_64-44 inst.ks=hd:LABEL=Fedora-S-dvd-x86_64-44:/zeus/zeus.ks "
    "zeus.answers=file:///run/install/repo/zeus/ zeus.system_disk=S3Z8NB0K "
    "zeus.unattended console=tty0 console=ttyS0,115200"
)


def xorriso(iso: Path, *commands: str | Path) -> str:
    done = subprocess.run(["xorriso", "-indev", iso, *commands], check=True, capture_output=True, text=True)
    return done.stdout


def digests(iso: Path, scratch: Path) -> Mapping[str, str]:
    """The SHA-256 of each file."""
    xorriso(iso, "-osirrox", "on:auto_chmod_on", "-extract", "/", scratch)
    found = {f"/{path.relative_to(scratch)}": path for path in scratch.rglob("*") if path.is_file()}
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in found.items()}


def text(iso: Path, path: str, scratch: Path) -> str:
    place = scratch / "text"
    place.unlink(missing_ok=True)
    xorriso(iso, "-osirrox", "on:auto_chmod_on", "-extract", path, place)
    return place.read_text()


def uefi_menu(iso: Path, scratch: Path) -> str:
    """The menu in what the firmware boots."""
    images = scratch / "boot-images"
    xorriso(iso, "-osirrox", "on", "-extract_boot_images", images)
    image = next(path for path in images.iterdir() if path.name.endswith("_uefi.img"))
    return subprocess.run(
        ["mtype", "-i", image, "::/EFI/BOOT/grub.cfg"], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(scope="module")
def made(netinst_iso: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A medium with answers, whose menu asks nothing."""
    return unattended(netinst_iso, tmp_path_factory.mktemp("made"))


def unattended(iso: Path, directory: Path) -> Path:
    (directory / "answers.toml").write_text(ANSWERS)
    words = ("--answers", "answers.toml", "--unattended", "--append", "zeus.system_disk=S3Z8NB0K")
    done = run_zeus("iso", "build", iso, "-o", "zeus.iso", *words, cwd=directory)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        0,
        "Who has the medium can read its answers: password hashes are among them.",
    )
    assert re.fullmatch(r"zeus\.iso: a medium of \d+ MiB, with answers\.toml\n", done.stdout)
    return directory / "zeus.iso"


def test_a_medium_has_all_that_its_iso_had_and_zeus(made: Path, netinst_iso: Path, tmp_path: Path) -> None:
    before, after = digests(netinst_iso, tmp_path / "before"), digests(made, tmp_path / "after")
    changed = {name for name, digest in before.items() if after.get(name) != digest}
    # GRUB's image for the BIOS has its own place in it.
    images = {"/images/efiboot.img", "/images/eltorito.img"}
    assert changed == {"/EFI/BOOT/grub.cfg", "/boot/grub2/grub.cfg", *images}
    snippets = {f"/zeus/snippets/{path.name}" for path in (ROOT / "kickstart/snippets").iterdir()}
    assert after.keys() - before.keys() == {
        "/images/product.img",
        "/zeus/answers.toml",
        "/zeus/build.json",
        "/zeus/original/EFI/BOOT/grub.cfg",
        "/zeus/original/boot/grub2/grub.cfg",
        "/zeus/zeus.ks",
        *snippets,
    }
    kickstart = text(made, "/zeus/zeus.ks", tmp_path)
    assert "zeus_prepare --answers auto --may-ask" in kickstart
    # All that it includes is in it, but for what is made on the machine.
    assert {line.split()[1] for line in kickstart.splitlines() if line.startswith("%include")} == {
        f"/run/zeus/kickstart/{name}.ks" for name in ("answers", "disk", "repos", "way")
    }
    assert after["/zeus/original/boot/grub2/grub.cfg"] == before["/boot/grub2/grub.cfg"]
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert sorted(path.name for path in made.parent.iterdir()) == ["answers.toml", "zeus.iso"]


def test_its_checksum_is_right_until_a_byte_changes(zeus: Zeus, made: Path, tmp_path: Path) -> None:
    made = Path(shutil.copy(made, tmp_path))
    assert subprocess.run(["checkisomd5", made], check=False).returncode == 0
    with made.open("r+b") as file:
        file.seek(100 << 20)
        byte = file.read(1)
        file.seek(100 << 20)
        file.write(bytes([byte[0] ^ 1]))
    assert zeus("iso", "inspect", made).stdout.splitlines()[3] == (
        "checksum: implanted, and WRONG: the medium is not as it was made"
    )


def test_it_boots_as_its_iso_did(made: Path, netinst_iso: Path) -> None:
    assert boot_images(made) == boot_images(netinst_iso) == [("BIOS", "y"), ("UEFI", "y")]
    # As a disk: code in the first sector, and the partition that a UEFI firmware looks for.
    assert "grub2-mbr" in xorriso(made, "-report_system_area", "plain")
    assert [row["type"] for row in partitions(made)[:2]] == [row["type"] for row in partitions(netinst_iso)[:2]]
    assert partitions(made)[1]["size"] == partitions(netinst_iso)[1]["size"]


def boot_images(iso: Path) -> list[tuple[str, str]]:
    rows = [line.split() for line in xorriso(iso, "-report_el_torito", "plain").splitlines()]
    return [(row[6], row[7]) for row in rows if row[:5] == ["El", "Torito", "boot", "img", ":"]]


def partitions(iso: Path) -> list[Mapping[str, object]]:
    table = json.loads(subprocess.run(["sfdisk", "--json", iso], check=True, capture_output=True).stdout)
    rows: list[Mapping[str, object]] = table["partitiontable"]["partitions"]
    return rows


@pytest.mark.parametrize("menu", ["/boot/grub2/grub.cfg", "/EFI/BOOT/grub.cfg"])
def test_the_menus_start_zeus(made: Path, tmp_path: Path, menu: str) -> None:
    made_menu = text(made, menu, tmp_path)
    (tmp_path / "grub.cfg").write_text(made_menu)
    subprocess.run(["grub-script-check", tmp_path / "grub.cfg"], check=True)
    assert re.findall(r"^(?:menuentry|submenu) '([^']+)'", made_menu, re.MULTILINE) == [
        "Install Zeus host",
        "Install Zeus host, unattended: asks nothing, erases the disk of dom0",
        "Install Zeus host over a serial console (ttyS0, 115200)",
        "Rescue a host",
        "The installer without Zeus",
    ]
    assert re.findall(r"^set (?:default|timeout)=.*", made_menu, re.MULTILINE) == ["set default=1", "set timeout=10"]
    assert f"  linux /images/pxeboot/vmlinuz {UNATTENDED}\n" in made_menu
    assert "rd.live.check" in made_menu.partition("submenu")[2]
    assert uefi_menu(made, tmp_path) == (
        "search --no-floppy --set=root -l Fedora-S-dvd-x86_64-44\nconfigfile /EFI/BOOT/grub.cfg\n"
    )


def test_without_answers_it_asks(zeus: Zeus, netinst_iso: Path, tmp_path: Path) -> None:
    done = zeus("iso", "build", netinst_iso, "-o", "zeus.iso")
    assert (done.returncode, done.stderr) == (0, "writing zeus.iso, from Fedora 44\n")
    assert stat.S_IMODE((tmp_path / "zeus.iso").stat().st_mode) == 0o644
    menu = text(tmp_path / "zeus.iso", "/boot/grub2/grub.cfg", tmp_path)
    assert menu.startswith("set default=0\nset timeout=60\n")
    assert "zeus.answers" not in menu


def test_each_machine_can_have_answers(zeus: Zeus, netinst_iso: Path, tmp_path: Path) -> None:
    answers = tmp_path / "hosts"
    answers.mkdir()
    for name in ("52-54-00-12-34-56.toml", "S3Z8NB0K.toml"):
        (answers / name).write_text(ANSWERS.replace("xen1", name[0]))
    done = zeus("iso", "build", netinst_iso, "-o", "zeus.iso", "--answers", "hosts")
    assert done.stdout.endswith("with 52-54-00-12-34-56.toml and S3Z8NB0K.toml\n")
    found = json.loads(zeus("iso", "inspect", "zeus.iso", "--json").stdout)
    assert found["answers"].keys() == {"52-54-00-12-34-56.toml", "S3Z8NB0K.toml"}


def test_the_older_shape(zeus: Zeus, isolinux_iso: Path, tmp_path: Path) -> None:
    made = unattended(isolinux_iso, tmp_path)
    menu = text(made, "/isolinux/isolinux.cfg", tmp_path)
    assert menu.startswith("serial 0 115200\ntimeout 100\ndefault vesamenu.c32\n")
    assert [line.strip() for line in menu.splitlines() if "menu default" in line] == ["menu default"]
    entry = menu[menu.index("label zeus-unattended") : menu.index("label zeus-serial")]
    words = UNATTENDED.replace("Fedora-S-dvd-x86_64-44", "RHEL-9-3-0-BaseOS-x86_64")
    assert entry == (
        "label zeus-unattended\n"
        "  menu label Install Zeus host, unattended: asks nothing, erases the disk of dom0\n"
        "  menu default\n"
        "  kernel vmlinuz\n"
        f"  append initrd=initrd.img {words}\n"
    )
    assert "configfile /EFI/BOOT/grub.cfg" in uefi_menu(made, tmp_path)
    found = json.loads(zeus("iso", "inspect", made, "--json").stdout)
    assert (found["version"], found["firmwares"], found["disk"], found["checksum"]) == (
        "9.3",
        ["BIOS", "UEFI"],
        True,
        "right",
    )


def test_inspect_tells_all_but_secrets(zeus: Zeus, made: Path, netinst_iso: Path) -> None:
    done = zeus("iso", "inspect", made)
    digest = sha256(netinst_iso.read_bytes()).hexdigest()
    assert done.stdout.startswith(
        f"medium:   Fedora 44 for x86_64, {made.stat().st_size >> 20} MiB\n"
        "label:    Fedora-S-dvd-x86_64-44\n"
        "boots:    BIOS and UEFI; from a CD or a USB disk\n"
        "checksum: implanted, and right\n"
        f"zeus:     {__version__}, from netinst.iso (SHA-256 {digest})\n"
        "\nmenu:\n  Install Zeus host\n"
    )
    assert (
        "\nanswers.toml:\n"
        "  version = 1\n\n"
        '  [host]\n  hostname = "xen1.example.org"\n  root_password_hash = "********"\n\n'
        '  [storage]\n  disks = [{ serial = "S3Z8NB0L" }]\n  wipe = "listed-disks"\n\n'
    ) in done.stdout
    assert 'baseurl = "https://reader:********@packages.example.org/"' in done.stdout
    for output in (done.stdout, zeus("iso", "inspect", made, "--json").stdout):
        assert HASH not in output
        assert "Staple" not in output


def test_inspect_of_a_medium_without_zeus(zeus: Zeus, netinst_iso: Path) -> None:
    lines = zeus("iso", "inspect", netinst_iso).stdout.splitlines()
    assert lines[3:5] == ["checksum: none", "zeus:     not on it"]


def test_a_medium_of_ours_is_replaced_only_when_asked(
    zeus: Zeus, made: Path, netinst_iso: Path, tmp_path: Path
) -> None:
    done = zeus("iso", "build", made, "-o", "second.iso")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"zeus: error: {made} was made by zeus iso build (Zeus {__version__}, from netinst.iso)\n"
        "hint: name the distribution's own ISO, or take what Zeus put on it off again with --replace\n"
    )
    (tmp_path / "addon.img").write_bytes(gzip.compress(b"an image"))
    words = ("--addon", "addon.img")
    assert zeus("iso", "build", made, "-o", "second.iso", "--replace", *words).returncode == 0
    assert zeus("iso", "build", netinst_iso, "-o", "third.iso", *words).returncode == 0
    second, third = digests(tmp_path / "second.iso", tmp_path / "2"), digests(tmp_path / "third.iso", tmp_path / "3")
    # The file system of the firmware's image has the time of each build, and GRUB's image has its own place.
    images = {"/images/efiboot.img", "/images/eltorito.img"}
    assert {name: second[name] for name in second if name not in images} == {
        name: third[name] for name in third if name not in images
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["text", "-o", "out"], "text is not an ISO: it has no ISO 9660 volume\nhint: name the netinstall ISO of the"),
        (["gone.iso", "-o", "out"], "gone.iso: no such file or directory\n"),
        (["cut.iso", "-o", "out"], "cut.iso is cut short: 40000000 bytes are there, and its volume has "),
        (["data.iso", "-o", "out"], "data.iso (DATA) is not the medium of an Anaconda installer: it has no /images/"),
        (["arm.iso", "-o", "out"], "arm.iso is for aarch64; Zeus makes hosts of x86_64 machines\nhint: name the "),
        (["net.iso", "-o", "net.iso"], "net.iso is the ISO that the medium is made from\nhint: name another file\n"),
        (["net.iso", "-o", "there"], "there exists already\nhint: --force replaces it\n"),
        (["net.iso", "-o", "gone/out"], "gone is no directory: nothing can be written there\nhint: name a file\n"),
        (["net.iso", "-o", "/dev/null"], "/dev/null is not a regular file\nhint: name a file, and write that to the"),
        (["net.iso", "-o", "out", "--addon", "text"], "text is not an image for Anaconda (cpio, gzip)\nhint: make one"),
        (
            ["net.iso", "-o", "out", "--append", "a=$(b)"],
            "--append 'a=$(b)': a word for the kernel has letters, digits and @%+=:,./?&~_- only\n",
        ),
        (["net.iso", "-o", "out", "--answers", "empty"], "empty has no answers\nhint: name a file, or a directory of"),
        (
            ["net.iso", "-o", "out", "--answers", "odd"],
            "odd/a b.toml: no machine looks for a file of this name\nhint: ",
        ),
        (["net.iso", "-o", "out", "--answers", "wrong.toml"], "wrong.toml:2: error: unknown key colour\n"),
        (["net.iso", "-o", "out", "--kickstart", "bad.ks"], "bad.ks:1: error: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_refused(zeus: Zeus, netinst_iso: Path, tmp_path: Path, words: list[str], message: str) -> None:
    (tmp_path / "net.iso").symlink_to(netinst_iso)
    (tmp_path / "text").write_text("text\n" * 20000)
    (tmp_path / "there").write_text("mine\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/a b.toml").write_text(ANSWERS)
    (tmp_path / "wrong.toml").write_text("version = 1\ncolour = 1\n")
    (tmp_path / "bad.ks").write_text("colour red\n")
    with netinst_iso.open("rb") as file:
        (tmp_path / "cut.iso").write_bytes(file.read(40_000_000))
    small_iso(tmp_path / "data.iso", "DATA", {"readme": "data\n"})
    small_iso(tmp_path / "arm.iso", "ARM", {".discinfo": "1700000000.0\n44\naarch64\n"})
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    done = zeus("iso", "build", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.removeprefix("zeus: error: ").startswith(message)
    # Nothing is left behind, and what was there is as it was.
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def small_iso(iso: Path, label: str, files: Mapping[str, str]) -> None:
    tree = iso.with_suffix(".tree")
    for name, content in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(content)
    subprocess.run(["xorriso", "-as", "mkisofs", "-quiet", "-V", label, "-R", "-o", iso, tree], check=True)
    shutil.rmtree(tree)


def test_without_space(zeus: Zeus, netinst_iso: Path, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "small", small], check=True)
    try:
        done = zeus("iso", "build", netinst_iso, "-o", "small/zeus.iso")
        assert (done.returncode, done.stdout) == (4, "")
        assert re.search(r"error: small has 6\d MiB of free space, and the medium takes \d+ MiB\nhint: ", done.stderr)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_it_is_ended_nothing_is_left(netinst_iso: Path, tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "zeus_installer", "iso", "build", netinst_iso, "-o", tmp_path / "zeus.iso"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        while not list(tmp_path.iterdir()):
            assert process.poll() is None
        process.send_signal(number)
        output = "".join(process.communicate())
    assert process.returncode != 0
    assert "Traceback" not in output
    assert list(tmp_path.iterdir()) == []
