"""`zeus iso`: boot media, made of a distribution's netinstall ISO, and what is inside of one."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeus_installer.cli.common import add_json, end_cleanly, make_parser, print_json
from zeus_installer.cli.repositories import read_repositories
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import ExitStatus, UsageError, sentence_list

if TYPE_CHECKING:
    from zeus_installer.iso.offline import OfflineOrder

_MEANING: Final = {
    "right": "implanted, and right",
    "wrong": "implanted, and WRONG: the medium is not as it was made",
    "none": "none",
}


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("iso")
    actions = options.add_subparsers(dest="action", required=True, metavar="build|inspect")
    _add_build(actions.add_parser("build", help="make a medium", allow_abbrev=False))
    inspect = actions.add_parser("inspect", help="what is on one, secrets hidden", allow_abbrev=False)
    inspect.add_argument("iso", type=Path, metavar="ISO", help="the medium")
    add_json(inspect)
    return options


def _add_build(build: argparse.ArgumentParser) -> None:
    build.add_argument("iso", type=Path, metavar="ISO", help="the distribution's netinstall ISO")
    build.add_argument("-o", "--output", type=Path, metavar="FILE", required=True, help="the medium")
    build.add_argument(
        "--answers",
        type=Path,
        metavar="PLACE",
        help="the answers that go on it: a file, or a directory with one for each machine (52-54-00-12-34-56.toml)",
    )
    build.add_argument(
        "--unattended", action="store_true", help="the entry that asks nothing starts by itself, after ten seconds"
    )
    build.add_argument("--kickstart", type=Path, metavar="FILE", help="the kickstart (default: zeus-media.ks)")
    build.add_argument(
        "--append",
        action="append",
        default=[],
        metavar="WORDS",
        help="more words for the kernel, such as zeus.system_disk=SERIAL; can be repeated",
    )
    build.add_argument(
        "--offline", action="store_true", help="put all packages on it, so that the machine needs no network for them"
    )
    build.add_argument(
        "--offline-repo",
        action="append",
        default=[],
        metavar="ID=URL",
        help="a repository of the distribution for --offline; can be repeated",
    )
    build.add_argument(
        "--offline-key",
        action="append",
        default=[],
        metavar="URL",
        help="its key: one for all of --offline-repo, or one for each, in their order",
    )
    build.add_argument("--releasever", metavar="N", help="the release of --offline (default: of ISO)")
    build.add_argument("--addon", type=Path, metavar="IMAGE", help="the add-on's image (default: of this very Zeus)")
    build.add_argument("--replace", action="store_true", help="ISO has Zeus on it already: take that off first")
    build.add_argument("--force", action="store_true", help="replace the medium's file if it exists")


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Make a medium, or tell what is on one."""
    return _build(arguments) if arguments.action == "build" else _inspect(arguments)


def _build(arguments: argparse.Namespace) -> ExitStatus:
    from zeus_installer.iso.build import Order, build

    order = Order(
        iso=arguments.iso,
        out=arguments.output,
        answers=arguments.answers,
        kickstart=arguments.kickstart,
        addon=arguments.addon,
        offline=_offline(arguments),
        append=tuple(arguments.append),
        unattended=arguments.unattended,
        replace=arguments.replace,
        force=arguments.force,
    )
    end_cleanly()
    record = build(order, lambda text: sys.stderr.write(f"{text}\n"))
    size = order.out.stat().st_size >> 20
    with_answers = f", with {sentence_list(record.answers)}" if record.answers else ""
    sys.stdout.write(f"{order.out}: a medium of {size} MiB{with_answers}\n")
    if record.answers:
        sys.stderr.write("Who has the medium can read its answers: password hashes are among them.\n")
    return ExitStatus.DONE


def _offline(arguments: argparse.Namespace) -> "OfflineOrder | None":
    from zeus_installer.iso.offline import OfflineOrder
    from zeus_installer.packages.port import Repository

    named = read_repositories(
        arguments.offline_repo, arguments.offline_key, option="--offline-repo", key_option="--offline-key"
    )
    if not arguments.offline:
        if named or arguments.releasever:
            raise UsageError("usage", "--offline-repo, --offline-key and --releasever are for --offline")
        return None
    return OfflineOrder(
        repositories=[
            Repository(id=str(repo["id"]), baseurl=str(repo["baseurl"]), keys=(str(repo["gpgkey"]),)) for repo in named
        ],
        releasever=arguments.releasever,
    )


def _inspect(arguments: argparse.Namespace) -> ExitStatus:
    from zeus_installer.iso.inspect import inspect

    found = inspect(arguments.iso)
    if arguments.json:
        print_json(encode(found))
        return ExitStatus.DONE
    lines = [
        ("medium", f"{found.distribution} {found.version} for {found.arch}, {found.size >> 20} MiB"),
        ("label", found.label),
        ("boots", f"{sentence_list(found.firmwares) or 'not'}; from a CD{' or a USB disk' if found.disk else ''}"),
        ("checksum", _MEANING[found.checksum]),
    ]
    if found.zeus:
        lines.append(("zeus", f"{found.zeus.zeus}, from {found.zeus.base.file} (SHA-256 {found.zeus.base.sha256})"))
    else:
        lines.append(("zeus", "not on it"))
    if found.packages:
        counts = sentence_list(f"{count} of {name}" for name, count in found.packages.repositories.items())
        text = f"{counts}, {found.packages.size >> 20} MiB, for release {found.packages.releasever}"
        lines.append(("packages", text))
    sys.stdout.write("".join(f"{name + ':':10}{text}\n" for name, text in lines))
    sys.stdout.write("\nmenu:\n")
    sys.stdout.write("".join(f"  {entry.title}\n      {entry.words}\n" for entry in found.menu))
    for name, text in found.answers.items():
        sys.stdout.write(f"\n{name}:\n" + "".join(f"  {line}".rstrip() + "\n" for line in text.splitlines()))
    if found.files:
        sys.stdout.write("\nfiles:\n" + "".join(f"  {path}\n" for path in found.files))
    return ExitStatus.DONE
