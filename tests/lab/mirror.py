"""Where Debian packages come from: the machine's own apt configuration, read at run time. Only the standard library.

A machine without one (Fedora) names the archives: ZEUS_DEBIAN_MIRROR="ARCHIVE SECURITY-ARCHIVE".
"""

import os
import subprocess
import urllib.request
from dataclasses import dataclass

SUITE = "trixie"
NAMED_BY = "ZEUS_DEBIAN_MIRROR"


class MirrorError(RuntimeError):
    """The machine's apt configuration names no Debian archive."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """The archive's base URL and the security archive's (the same when the machine has none of its own)."""

    archive: str
    security: str

    def sources(self) -> str:
        """apt's sources of the suite that the lab's machines are made of."""
        lines = (
            f"deb {self.archive} {SUITE} main",
            f"deb {self.archive} {SUITE}-updates main",
            f"deb {self.security} {SUITE}-security main",
        )
        return "".join(f"{line}\n" for line in lines)

    def date(self) -> str:
        """The `Date:` of the suite's signed release file: it changes whenever a package does."""
        with urllib.request.urlopen(f"{self.archive}/dists/{SUITE}-updates/InRelease", timeout=60) as response:
            text: str = response.read().decode()
        return next(line for line in text.splitlines() if line.startswith("Date:"))


def machine_mirror() -> Mirror:
    """The Debian archives that ZEUS_DEBIAN_MIRROR names, or else those that this machine's apt uses."""
    if named := os.environ.get(NAMED_BY, "").split():
        return Mirror(named[0].rstrip("/"), named[-1].rstrip("/"))
    targets = run_apt("indextargets", "--format", "$(ORIGIN)|$(CODENAME)|$(REPO_URI)", "Created-By: Packages")
    rows = [line.split("|") for line in targets.splitlines()]
    debian = [(codename, uri.rstrip("/")) for origin, codename, uri in rows if origin == "Debian"]
    archives = [uri for codename, uri in debian if not codename.endswith("-security")]
    security = [uri for codename, uri in debian if codename.endswith("-security")]
    if not archives:
        raise MirrorError(f"no Debian archive in apt's sources: run apt-get update, or name archives in {NAMED_BY}")
    return Mirror(archives[0], (security or archives)[0])


def run_apt(*arguments: str) -> str:
    """apt-get's standard output."""
    return subprocess.run(["apt-get", *arguments], check=True, capture_output=True, text=True).stdout
