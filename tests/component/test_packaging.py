"""The RPMs and Anaconda's images, built by the real scripts from a clean clone."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.anaconda.installer import Addon, installer
from tests.anaconda.zeus import RECORDING, modules
from tests.component.clean_clone import ROOT, build_all, commit_all, files_of, run
from tests.lab.rpms import Rpm, build, repository
from zeus_installer import __version__
from zeus_installer.answers.schema import json_schema

ADDONS = "usr/share/anaconda/addons"
DBUS = "org.fedoraproject.Anaconda.Addons.Zeus"
REQUIRES = {
    "anaconda-addon-zeus": [
        "anaconda-core >= 40.22",
        "python3-dasbus",
        "python3-kickstart",
        f"zeus-installer = {__version__}-RELEASE",
    ],
    "zeus-firstboot": ["systemd", "systemd-udev", "util-linux", f"zeus-installer = {__version__}-RELEASE"],
    "zeus-installer": [
        "(python3-dnf or python3-libdnf5)",
        "dracut",
        "grub2-tools",
        "iproute",
        "lvm2",
        "python3 >= 3.11",
        "python3-blivet",
        "python3-gobject-base",
        "python3-kickstart",
        "python3-pyparted",
        "python3-urllib3",
        "python3-urwid",
        "rpm",
        "systemd-udev",
        "util-linux",
    ],
}
# What rpm adds by itself, after the builder's Python and shell.
AUTOMATIC = re.compile(r"python\(abi\) .*|/usr/bin/python3|(?:/usr)?/bin/sh")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("packaging")
    return build_all(commit_all(place / "origin"), place / "clone")


def rpm_of(built: Path, name: str) -> Path:
    [path] = (built / "rpms").glob(f"{name}-{__version__}-*.noarch.rpm")
    return path


def query(built: Path, name: str, *arguments: str) -> list[str]:
    database = ["--dbpath", str(built / "database")]
    return run(["rpm", *database, "-qp", "--nosignature", *arguments, rpm_of(built, name)]).splitlines()


def requires(built: Path, name: str) -> list[str]:
    return [line for line in query(built, name, "--requires") if not line.startswith("rpmlib(")]


def contents(built: Path, name: str) -> list[str]:
    """Mode and path of each file and link but documentation, and bytecode, which only some builders make."""
    lines = query(built, name, "--qf", "[%{filemodes:perms} %{filenames}\n]")
    left_out = re.compile(r"d.*|.*\.pyc|.* /usr/share/(doc|licenses)/.*")
    return sorted(line.replace(site(built), "/SITE") for line in lines if not left_out.fullmatch(line))


def site(built: Path) -> str:
    """Where the packages' Python looks for modules."""
    inner = "/zeus_installer/__init__.py"
    [path] = [path for path in query(built, "zeus-installer", "-l") if path.endswith(inner)]
    return path.removesuffix(inner)


def python_files(built: Path) -> list[str]:
    names = [name for name in files_of(built.parent) if name.startswith("zeus_installer/")]
    return [f"-rw-r--r-- /SITE/{name}" for name in names if name != "zeus_installer/firstboot/95-zeus.install"]


def test_the_same_commit_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    def sums(top: Path) -> dict[str, str]:
        files = [*top.glob("rpms/*.noarch.rpm"), *top.glob("images/*")]
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    first = sums(built)
    assert len(first) == len([*REQUIRES, "updates.img", "product.img"])
    assert sums(build_all(built.parent, tmp_path / "elsewhere")) == first


def test_the_source_package_has_the_commit(built: Path) -> None:
    [path] = (built / "rpms").glob("*.src.rpm")
    archive = f"zeus-installer-{__version__}.tar.gz"
    assert run(["rpm", "--dbpath", built / "database", "-qpl", path]).split() == [archive, "zeus-installer.spec"]
    listed = run(["tar", "-tf", built / "rpmbuild/SOURCES" / archive]).splitlines()
    prefix = f"zeus-installer-{__version__}/"
    assert sorted(name.removeprefix(prefix) for name in listed if not name.endswith("/")) == files_of(built.parent)


def test_zeus_installer_has_the_program_and_the_kickstarts(built: Path) -> None:
    kickstarts = [name for name in files_of(built.parent) if name.startswith("kickstart/")]
    assert contents(built, "zeus-installer") == sorted(
        [
            "-rwxr-xr-x /usr/bin/zeus",
            *python_files(built),
            *(f"-rw-r--r-- /usr/share/zeus/{name}" for name in kickstarts),
        ]
    )


def test_zeus_firstboot_has_what_greets_at_boot_and_the_kernel_hook(built: Path) -> None:
    assert contents(built, "zeus-firstboot") == [
        "-rw-r--r-- /usr/lib/systemd/system/zeus-wizard@.service",
        "-rw-r--r-- /usr/lib/zeus/wizard-console",
        "-rwxr-xr-x /usr/lib/kernel/install.d/95-zeus.install",
        "-rwxr-xr-x /usr/lib/systemd/system-generators/zeus-wizard-generator",
    ]


def test_the_add_on_is_where_anaconda_looks(built: Path) -> None:
    assert contents(built, "anaconda-addon-zeus") == sorted(
        [
            f"-rw-r--r-- /usr/share/anaconda/dbus/confs/{DBUS}.conf",
            f"-rw-r--r-- /usr/share/anaconda/dbus/services/{DBUS}.service",
            f"lrwxrwxrwx /{ADDONS}/org_xenproject_zeus",
            f"lrwxrwxrwx /{ADDONS}/zeus_installer",
        ]
    )


@pytest.mark.parametrize("name", REQUIRES)
def test_what_a_package_needs(built: Path, name: str) -> None:
    release = rpm_of(built, name).name.removeprefix(f"{name}-{__version__}-").removesuffix(".noarch.rpm")
    found = [line.replace(f"{__version__}-{release}", f"{__version__}-RELEASE") for line in requires(built, name)]
    assert sorted(line for line in found if not AUTOMATIC.fullmatch(line)) == REQUIRES[name]
    # systemd and rpm have file triggers; nothing of ours has to run.
    assert query(built, name, "--scripts") == []


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root directory where dnf has installed the three, with stand-ins for what they need of the distribution."""
    place = tmp_path_factory.mktemp("installed")
    needed = {line for name in REQUIRES for line in requires(built, name) if not line.startswith("zeus-installer")}
    names = {line.split()[0]: line.split()[-1] for line in needed if line[0].isalpha() and "(" not in line}
    others = [line for line in needed if AUTOMATIC.fullmatch(line)]
    stand_ins = [Rpm(name=name, version=version if version != name else "1") for name, version in names.items()]
    build(
        [*stand_ins, Rpm(name="python3-dnf", version="4"), Rpm(name="base", version="1", provides=others)],
        place / "repository",
        sign_with=None,
    )
    for name in REQUIRES:
        shutil.copy(rpm_of(built, name), place / "repository")
    repository(place / "repository")
    dnf(place, "install", "zeus-firstboot", "anaconda-addon-zeus")
    return place / "root"


def dnf(place: Path, *command: str) -> None:
    # Debian's rpm keeps its database in the home directory of whoever calls it, unless it is told.
    (place / "home").mkdir(exist_ok=True)
    (place / "home/.rpmmacros").write_text("%_dbpath /usr/lib/sysimage/rpm\n")
    options = [
        f"--installroot={place}/root",
        "--releasever=44",
        "--setopt=reposdir=/nowhere",
        "--setopt=zeus.gpgcheck=0",
    ]
    source = [f"--repofrompath=zeus,{place}/repository", "--repo=zeus"]
    run(["dnf", "--assumeyes", *options, *source, *command], environment={"HOME": f"{place}/home"})


def zeus(built: Path, installed: Path, *arguments: str) -> str:
    """Run the installed command with the system's Python, which has nothing else of ours."""
    script = installed / "usr/bin/zeus"
    assert script.read_text().startswith("#!/usr/bin/python3 -sP\n")
    environment = {"PYTHONPATH": f"{installed}{site(built)}"}
    return run(["/usr/bin/python3", "-sPB", script, *arguments], cwd=installed, environment=environment)


def test_the_installed_command_runs(built: Path, installed: Path) -> None:
    assert zeus(built, installed, "--version") == f"zeus {__version__}\n"
    assert json.loads(zeus(built, installed, "schema")) == json_schema()
    assert zeus(built, installed, "probe").startswith("System ")


def test_the_installed_wizard_greets_with_files_of_its_package(installed: Path, tmp_path: Path) -> None:
    unit = (installed / "usr/lib/systemd/system/zeus-wizard@.service").read_text()
    console = "/usr/lib/zeus/wizard-console"
    assert [line for line in unit.splitlines() if line.startswith("Exec")] == [
        f"ExecStartPre=-/bin/sh {console} quiet %I",
        f"ExecStart=/bin/sh {console} run %I /usr/bin/python3 -m zeus_installer wizard --console",
        f"ExecStopPost=-/bin/sh {console} loud %I",
    ]
    (tmp_path / "machine/sys/class/tty/tty1").mkdir(parents=True)
    generator = installed / "usr/lib/systemd/system-generators/zeus-wizard-generator"
    run([generator, tmp_path / "units", "/nowhere", "/nowhere", tmp_path / "machine"])
    [link] = (tmp_path / "units/getty.target.wants").iterdir()
    assert (link.name, str(link.readlink())) == (
        "zeus-wizard@tty1.service",
        "/usr/lib/systemd/system/zeus-wizard@.service",
    )
    assert "@PYTHON@" not in unit
    assert "/etc/" not in unit + generator.read_text() + (installed / console[1:]).read_text()


def test_nothing_is_left_when_they_are_removed(installed: Path, tmp_path: Path) -> None:
    place = tmp_path / "place"
    shutil.copytree(installed.parent, place, symlinks=True)
    dnf(place, "remove", "zeus-installer")
    left = [path for path in (place / "root").rglob("*zeus*") if "var" not in path.relative_to(place).parts]
    assert left == []


def unpacked(image: Path, root: Path) -> Path:
    """Unpack an image as the initramfs does (dracut, img-lib.sh)."""
    root.mkdir()
    run(["/bin/sh", "-c", 'gzip -dc "$0" | cpio -iumd --quiet', image], cwd=root)
    return root


def tree_of(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_images_have_the_package_the_add_on_and_its_bus_files(built: Path, tmp_path: Path) -> None:
    assert (built / "images/updates.img").read_bytes() == (built / "images/product.img").read_bytes()
    root = unpacked(built / "images/updates.img", tmp_path / "updates")
    names = [name for name in files_of(built.parent) if name.startswith("zeus_installer/")]
    wanted = {f"{ADDONS}/{name}": (built.parent / name).read_bytes() for name in names}
    addon = f"{ADDONS}/zeus_installer/addon/"
    wanted |= {
        f"{ADDONS}/org_xenproject_zeus/{p.removeprefix(addon)}": b for p, b in wanted.items() if p.startswith(addon)
    }
    for kind in ("service", "conf"):
        wanted[f"usr/share/anaconda/dbus/{kind}s/{DBUS}.{kind}"] = wanted[f"{addon}dbus/{DBUS}.{kind}"]
    assert tree_of(root) == wanted
    assert {oct(path.stat().st_mode) for path in root.rglob("*")} == {"0o100644", "0o40755"}
    assert [path for path in root.rglob("*") if path.is_symlink()] == []


def test_what_is_in_the_images_can_be_imported_from_there(built: Path, tmp_path: Path) -> None:
    root = unpacked(built / "images/updates.img", tmp_path / "updates")
    program = (
        f"import sys; sys.path.append('{root}/{ADDONS}')\n"
        "import org_xenproject_zeus, zeus_installer\n"
        "print(zeus_installer.__version__, org_xenproject_zeus.__file__)"
    )
    printed = run(["/usr/bin/python3", "-IB", "-c", program], cwd=Path("/"))
    assert printed == f"{__version__} {root}/{ADDONS}/org_xenproject_zeus/__init__.py\n"


def test_anaconda_starts_what_is_in_the_images(built: Path, tmp_path: Path) -> None:
    addons = unpacked(built / "images/updates.img", tmp_path / "updates") / ADDONS
    lacking = [tmp_path / "XenAPI.py", tmp_path / "urwid.py"]
    for path in lacking:
        path.write_text("raise ModuleNotFoundError('no installer has this')\n")
    addon = Addon(
        id="org_xenproject_zeus",
        service=DBUS,
        package=addons / "org_xenproject_zeus",
        dbus=addons / "zeus_installer/addon/dbus",
        beside=(addons / "zeus_installer", ROOT / "tests", *lacking),
    )
    with installer(addon, recording=RECORDING, modules=modules()) as running:
        assert running.boss.dropped == {}, running.log
        assert running.module.Status == "Not wanted"


def test_an_image_replaces_the_package_that_the_installer_has(built: Path, installed: Path, tmp_path: Path) -> None:
    """As dracut does it: directories are made where they are not, everything else is copied (apply-live-updates.sh)."""
    installer = tmp_path / "installer"
    shutil.copytree(installed, installer, symlinks=True)
    links = [path for path in installer.rglob("*") if path.is_symlink()]
    root = unpacked(built / "images/updates.img", tmp_path / "updates")
    for path in root.rglob("*.py"):
        path.write_text(f"{path.read_text()}# newer\n")
    copy = 'find . -depth -type d -exec mkdir -p "$0/{}" ";"; find . -depth ! -type d -exec cp -a "{}" "$0/{}" ";"'
    run(["/bin/sh", "-c", copy, installer], cwd=root)
    package = installer / site(built)[1:] / "zeus_installer"
    assert [path for path in installer.rglob("*") if path.is_symlink()] == links
    assert all(path.read_text().endswith("# newer\n") for path in package.rglob("*.py"))
