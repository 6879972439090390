"""RPM packages described as data, built by rpmbuild, signed with a throw-away key, and indexed by createrepo_c.

Works the same on Debian and Fedora hosts: rpm's database is put beside the build, so the host's own (on Debian
`~/.rpmdb`) is neither read nor made.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

OWNER = "Zeus lab <lab@localhost>"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A regular file: either `content` or a copy of `source`; `config` marks it `%config(noreplace)`."""

    content: str | bytes = ""
    source: Path | None = None
    mode: int = 0o644
    owner: str = "root"
    group: str = "root"
    config: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """A directory that the package owns."""

    mode: int = 0o755
    owner: str = "root"
    group: str = "root"


Entry = File | Link | Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Rpm:
    """A binary package. `files` maps absolute target paths to what is there; `scripts` maps `pre`, `post`, `preun`,
    `postun`, `pretrans` and `posttrans` to shell text."""

    name: str
    version: str
    release: str = "1.lab"
    arch: str = "noarch"
    summary: str = ""
    files: Mapping[str, Entry] = field(default_factory=dict)
    requires: Sequence[str] = ()
    provides: Sequence[str] = ()
    conflicts: Sequence[str] = ()
    obsoletes: Sequence[str] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A throw-away OpenPGP key without a passphrase; `home` is a GnuPG home directory of its own."""

    home: Path

    @classmethod
    def create(cls, home: Path) -> "SigningKey":
        """Make the key, or take the one that `home` already holds."""
        key = cls(home)
        if not key.public_key.exists():
            home.mkdir(parents=True, mode=0o700, exist_ok=True)
            key.gpg("--quick-generate-key", OWNER, "rsa3072", "sign", "never")
            key.gpg("--armor", "--output", str(key.public_key), "--export")
            key.forget_agent()
        return key

    @property
    def public_key(self) -> Path:
        """The exported public key, for a repository's `gpgkey=`."""
        return self.home / "RPM-GPG-KEY-lab"

    def gpg(self, *arguments: str) -> None:
        """Run gpg on this key's home."""
        run(["gpg", "--homedir", str(self.home), "--batch", "--quiet", "--yes", "--passphrase", "", *arguments])

    def sign(self, packages: Sequence[Path]) -> None:
        """Sign the packages in place."""
        macros = {
            "__gpg": shutil.which("gpg") or "gpg",
            "_gpg_path": str(self.home),
            "_gpg_name": OWNER,
            "_gpg_digest_algo": "sha256",
        }
        run(["rpmsign", *defines(macros), "--addsign", *map(str, packages)])
        self.forget_agent()

    def forget_agent(self) -> None:
        """Stop the gpg-agent that gpg left behind."""
        run(["gpgconf", "--homedir", str(self.home), "--kill", "gpg-agent"])


def build(packages: Sequence[Rpm], out: Path, *, sign_with: SigningKey | None) -> list[Path]:
    """Build the packages into `out` (flat) and return their paths, in the order given.

    Packages of one name in several versions are allowed. Raises CalledProcessError with rpmbuild's own words.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rpmbuild-", dir=out) as scratch:
        for number, batch in enumerate(batches(packages)):
            build_batch(batch, out, Path(scratch) / str(number))
    built = [out / file_name(package) for package in packages]
    if sign_with and built:
        sign_with.sign(built)
    return built


def file_name(package: Rpm) -> str:
    """The package's file name as rpmbuild gives it."""
    return f"{package.name}-{package.version}-{package.release}.{package.arch}.rpm"


def repository(directory: Path, *, comps: Path | None = None) -> None:
    """Write (or renew) the repository metadata of the RPMs below `directory`; `comps` is a group file."""
    groups = ["--groupfile", str(comps.absolute())] if comps else []
    run(["createrepo_c", "--quiet", *groups, str(directory)])


def batches(packages: Sequence[Rpm]) -> list[list[Rpm]]:
    """Split so that no batch, which becomes one spec with one tree, has a name or a file twice."""
    result: list[list[Rpm]] = []
    for package in packages:
        for batch in result:
            if all(can_share_a_spec(package, other) for other in batch):
                batch.append(package)
                break
        else:
            result.append([package])
    return result


def can_share_a_spec(one: Rpm, other: Rpm) -> bool:
    """Whether the two differ in name and have no path in common that is not a directory in both."""
    shared = one.files.keys() & other.files.keys()
    both_directories = all(isinstance(rpm.files[path], Directory) for path in shared for rpm in (one, other))
    return one.name != other.name and both_directories


def build_batch(packages: Sequence[Rpm], out: Path, scratch: Path) -> None:
    """One rpmbuild of one spec; every package of the batch is a sub-package with a staged tree of its own."""
    scratch.mkdir()
    tree = scratch / "tree"
    for package in packages:
        stage(package, tree)
        (scratch / f"{package.name}.files").write_text("".join(f"{line}\n" for line in file_list(package)))
    spec = scratch / "lab.spec"
    spec.write_text("\n".join(spec_lines(packages, scratch)) + "\n")
    macros = {
        "_topdir": str(scratch / "top"),
        "_rpmdir": str(out.absolute()),
        "_rpmfilename": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
        "_dbpath": str(scratch / "db"),
        "_binary_payload": "w1.zstdio",
        "_build_id_links": "none",
        "_unpackaged_files_terminate_build": "0",
        "debug_package": "%{nil}",
        "__os_install_post": "%{nil}",
        "_build_name_fmt": "%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
    }
    run(["rpmbuild", "-bb", "--quiet", "--target", "x86_64", *defines(macros), "--buildroot", str(tree), str(spec)])


def spec_lines(packages: Sequence[Rpm], scratch: Path) -> Iterator[str]:
    """The spec: an empty source package and one sub-package for each Rpm."""
    yield from ("Name: lab", "Version: 1", "Release: 1", "Summary: Lab", "License: GPL-2.0-or-later")
    yield from ("%description", "Lab.")
    for package in packages:
        yield from preamble(package)
    for package in packages:
        listed = f" -f {scratch}/{package.name}.files" if package.files else ""
        yield f"%files -n {package.name}{listed}"
        for when, text in package.scripts.items():
            yield f"%{when} -n {package.name}"
            yield text.replace("%", "%%")


def preamble(package: Rpm) -> Iterator[str]:
    """The header of one sub-package."""
    yield f"%package -n {package.name}"
    yield f"Summary: {package.summary or package.name}"
    yield f"Version: {package.version}"
    yield f"Release: {package.release}"
    yield "AutoReqProv: no"
    if package.arch == "noarch":
        yield "BuildArch: noarch"
    relations = {
        "Requires": package.requires,
        "Provides": package.provides,
        "Conflicts": package.conflicts,
        "Obsoletes": package.obsoletes,
    }
    yield from (f"{tag}: {value}" for tag, values in relations.items() for value in values)
    yield f"%description -n {package.name}"
    yield "Made for the Zeus lab."


def file_list(package: Rpm) -> Iterator[str]:
    """The package's `%files` lines."""
    for path, entry in sorted(package.files.items()):
        name = pattern(path)
        match entry:
            case Directory():
                yield f"%dir %attr({entry.mode:04o},{entry.owner},{entry.group}) {name}"
            case Link():
                yield name
            case File():
                config = "%config(noreplace) " if entry.config else ""
                yield f"{config}%attr({entry.mode:04o},{entry.owner},{entry.group}) {name}"


def pattern(path: str) -> str:
    """A path for `%files`: rpm has no escape for blanks and its glob characters, so each becomes `?`, which matches."""
    return re.sub(r"""[\s\[\]*{}\\"]""", "?", path).replace("%", "%%")


def stage(package: Rpm, tree: Path) -> None:
    """Lay the package's files out below `tree`; big sources are hard links, not copies."""
    for path, entry in package.files.items():
        target = tree / path.lstrip("/")
        match entry:
            case Directory():
                target.mkdir(parents=True, exist_ok=True)
            case Link():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(entry.target)
            case File():
                target.parent.mkdir(parents=True, exist_ok=True)
                place(entry, target)


def place(entry: File, target: Path) -> None:
    """Put one regular file at `target`."""
    if entry.source is None:
        target.write_bytes(entry.content.encode() if isinstance(entry.content, str) else entry.content)
        return
    try:
        os.link(entry.source, target, follow_symlinks=False)
    except OSError:
        shutil.copyfile(entry.source, target)


def defines(macros: Mapping[str, str]) -> list[str]:
    """rpm's `--define` arguments."""
    return [argument for name, value in macros.items() for argument in ("--define", f"{name} {value}")]


def run(command: Sequence[str]) -> None:
    """Run a tool; on failure its output is part of the error."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
