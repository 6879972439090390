"""The third repository: the product's RPMs, built by its own script, and what the lab's Fedora lacks for them.

pykickstart is the real one. `anaconda-core` is the stand-in of pyanaconda, with the small Boss beside it; `dracut`
takes the place of the vendor's stand-in, which makes nothing.
"""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from tests.component.clean_clone import commit_all, run
from tests.lab.product import SITE, TOP
from tests.lab.repositories import signing_key
from tests.lab.rpms import Directory, Entry, File, Rpm, build, repository

ADDON_REPOSITORY: Final = "zeus-lab"
# Where Boss is in the guest; see anaconda_boss.py.
BOSS: Final = "/opt/lab-anaconda"
# pykickstart, and what it imports to read from a network; urllib3 is the distribution's.
PYTHON: Final = ("pykickstart", "requests", "idna", "certifi", "charset-normalizer")
# Fedora's names of what lab-base has.
NAMES: Final = ("python3-gobject-base", "python3-dasbus")
# What every Fedora has, and the lab's plain image has not.
LACKING: Final = ("python3-gobject-base", "python3-kickstart", "dracut")
# What runs in the guest, of tests/lab.
GUEST: Final = (
    "__init__.py",
    "anaconda_boss.py",
    "anaconda_disk.py",
    "anaconda_main.py",
    "anaconda_scripts.py",
    "anaconda_stages.py",
)

START_MODULE: Final = """\
#!/bin/sh
# Start a module of Anaconda's, as its own scripts/start-module does.
export PYTHONPATH="$PYTHONPATH:/usr/share/anaconda/addons"
exec python3 -m "$1"
"""
DRACUT: Final = """\
#!/bin/sh
# dracut [OPTION...] IMAGE KERNEL. The initramfs is the lab's ready-made one, since a real dracut takes a minute in an
# emulated machine; behind it, in an archive of its own, stands a word that no other image has, and XFS.
set -e
for word; do
    case $word in
        -*) ;;
        */*) image=$word ;;
        *) kernel=$word ;;
    esac
done
work=$(mktemp -d)
cp "/usr/lib/modules/$kernel/lab-initramfs.img" "$work/image"
# The kernel looks for the next archive at a multiple of four bytes.
truncate -s %4 "$work/image"
mkdir -p "$work/more/modules/base"
cat /proc/sys/kernel/random/uuid >"$work/more/made-by-dracut"
# A module's line in modules.dep names what it needs, the first to load last; the initramfs loads by name.
number=99
for file in $(grep ^kernel/fs/xfs/xfs.ko "/usr/lib/modules/$kernel/modules.dep" | tr -d :); do
    name=$(basename "${file%%.ko*}")
    busybox xzcat "/usr/lib/modules/$kernel/$file" >"$work/more/modules/base/$number-$name.ko"
    number=$((number - 1))
done
(cd "$work/more" && find . -mindepth 1 | busybox cpio -o -H newc) >>"$work/image" 2>/dev/null
install -m 0600 "$work/image" "$image"
rm -r "$work"
"""


def make_repository(directory: Path, scratch: Path) -> None:
    """Build, sign and index; `scratch` is a directory for the build, which is not there yet."""
    build(list(lab_packages()), directory, sign_with=None)
    for package in product_packages(scratch):
        package.rename(directory / package.name)
    signing_key().sign(sorted(directory.glob("*.rpm")))
    repository(directory)


def product_packages(scratch: Path) -> list[Path]:
    """What `packaging/build-rpms` makes of everything that is here, for the guest's Python."""
    clone = scratch / "clone"
    run(["git", "clone", "--quiet", commit_all(scratch / "origin"), clone])
    run([clone / "packaging/build-rpms", "--define", f"python3_sitelib /{SITE}"])
    return sorted((clone / "build/rpms").glob("*.noarch.rpm"))


def lab_packages() -> Iterator[Rpm]:
    """The others."""
    for name in NAMES:
        yield Rpm(name=name, version="44", summary="Part of lab-base")
    yield Rpm(name="python3-kickstart", version=metadata.version(PYTHON[0]), files=dict(python_files()))
    yield Rpm(
        name="dracut",
        version="107",
        summary="A stand-in of the Zeus lab",
        files={"/usr/bin/dracut": File(content=DRACUT, mode=0o755)},
    )
    yield Rpm(
        name="anaconda-core",
        version="45.21",
        summary="A stand-in of the Zeus lab",
        files=dict(anaconda_files()),
        requires=["python3-dasbus", "python3-kickstart"],
    )


def python_files() -> Iterator[tuple[str, Entry]]:
    """The packages from PyPI without what is compiled: each of them does without."""
    for name in PYTHON:
        for file in metadata.files(name) or ():
            if ".." not in file.parts and file.suffix not in (".pyc", ".so"):
                yield f"/{SITE}/{file}", File(source=Path(str(file.locate())))


def anaconda_files() -> Iterator[tuple[str, Entry]]:
    """What an add-on finds in the installer's image, and Boss."""
    for place in ("addons", "dbus/confs", "dbus/services"):
        yield f"/usr/share/anaconda/{place}", Directory()
    yield "/usr/libexec/anaconda/start-module", File(content=START_MODULE, mode=0o755)
    stand_in = TOP / "tests/anaconda/stand_in"
    for source in sorted(stand_in.rglob("*.py")):
        yield f"/{SITE}/{source.relative_to(stand_in)}", File(source=source)
    own = (TOP / "tests/lab" / name for name in GUEST)
    for source in (TOP / "tests/__init__.py", *own, *sorted((TOP / "tests/anaconda").glob("*.py"))):
        yield f"{BOSS}/{source.relative_to(TOP)}", File(source=source)
