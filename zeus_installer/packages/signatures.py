"""Who signed a package: rpmkeys asks, per repository, with that repository's own keys and no others.

dnf4 installs unsigned packages with gpgcheck on unless it is asked to check, and libdnf5 puts a key into the target
before it knows whether the key fits; so both backends leave the matter to this module. It is also stricter than they
are: a key of one repository vouches for that repository alone.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from zeus_installer.packages.port import PackageFile
from zeus_installer.packages.problems import problem
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.run import run


def check_signatures(files: Sequence[PackageFile], *, keys: Mapping[str, Path], root: Path) -> None:
    """Raise a `ZeusError` unless every file that must be signed is. `keys` are the key files by URL."""
    wanted = sorted((file for file in files if file.check), key=lambda file: (file.repo, file.keys))
    for (repo, urls), group in groupby(wanted, key=lambda file: (file.repo, file.keys)):
        with tempfile.TemporaryDirectory(prefix="zeus-keys-", dir=_in_memory()) as scratch:
            keyring = _keyring([keys[url] for url in urls], Path(scratch)) if urls else root_arguments(root)
            _check(list(group), keyring, repo)


def trust(keys: Sequence[Path], *, root: Path) -> None:
    """Put keys into the target's rpm database, where its own package manager will look for them."""
    different = {key.read_bytes(): key for key in keys}
    if different:
        run(["rpmkeys", *root_arguments(root), "--import", *different.values()])


def root_arguments(root: Path) -> list[str]:
    """rpm's arguments for a root; for `/` none, since `--root` wants to chroot."""
    return [] if root == Path("/") else ["--root", str(root)]


def _in_memory() -> str | None:
    """/run where we may write there: rpm flushes its database to the disk after each key, which these need not."""
    return "/run" if os.access("/run", os.W_OK) else None


def _keyring(keys: Sequence[Path], scratch: Path) -> list[str]:
    arguments = ["--dbpath", str(scratch), "--define", f"_keyringpath {scratch}/pubkeys"]
    for key in keys:
        try:
            run(["rpmkeys", *arguments, "--import", key])
        except ZeusError as error:
            raise problem("packages.key", error.message) from None
    return arguments


def _check(files: Sequence[PackageFile], keyring: Sequence[str], repo: str) -> None:
    # Level and flags as dnf sets them (dnf/rpm/miscutils.py): signatures are wanted, none is left out.
    strict = ["--define", "_pkgverify_level signature", "--define", "_pkgverify_flags 0x0"]
    paths = [file.path for file in files]
    said = run(["rpmkeys", *keyring, *strict, "--checksig", "--verbose", *paths], ok=range(256)).stdout
    verdicts = dict(_by_file(said.splitlines()))
    bad = [f"{file.nevra} {why}" for file in files if (why := _why_bad(verdicts.get(file.path, ())))]
    if bad:
        shown = "".join(f"\n  {line}" for line in bad[:12])
        raise problem("packages.signature", f"repository {repo}: {len(bad)} of {len(files)} packages fail:{shown}")


def _by_file(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Split rpmkeys' report: a line `FILE:`, then indented ones, one a digest or signature."""
    file = ""
    for is_verdict, group in groupby(lines, key=lambda line: line.startswith("    ")):
        if is_verdict:
            yield file, [line.strip() for line in group]
        else:
            file = list(group)[-1].removesuffix(":")


def _why_bad(verdicts: Sequence[str]) -> str:
    """Give what is wrong with a package, or nothing. What is not known to be good is bad."""
    failed = [line for line in verdicts if not line.endswith(": OK")]
    if any(line.endswith(": NOKEY") for line in failed):
        return "is signed with a key that the repository does not name"
    if any(": BAD" in line for line in failed):
        return "was changed after it was signed"
    if any(line.endswith(": NOTTRUSTED") for line in failed):
        return "is signed with a key that is not trusted"
    if not any("signature" in line.lower() and line.endswith(": OK") for line in verdicts):
        return "is not signed"
    return f"does not verify ({failed[0]})" if failed else ""
