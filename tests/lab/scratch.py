"""A scratch host for package tests: an almost empty root, repositories of tiny RPMs, backends that act on it.

Scriptlets are Lua (`post -p <lua>`), which rpm runs itself: the root has no shell.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.http import Die, Fault, Missing
from tests.lab.rpms import File, Rpm, SigningKey, build, repository
from zeus_installer.packages import client
from zeus_installer.packages.port import Repository, Request, Resolution
from zeus_installer.system.events import Event, Kind, Reporter

DATABASE = "/usr/lib/sysimage/rpm"
LUA_FAILS = 'io.stderr:write("no such user: xapi\\n") error("cannot set up")'
LUA_KILLS = """
if not posix.access("/var/killed") then
    posix.mkdir("/var/killed")
    posix.kill(posix.getprocessid("pid"), 9)
end
"""
LUA_NOTES = 'local notes = io.open("/var/notes", "a") notes:write("%s " .. arg[2] .. "\\n") notes:close()'

VENDOR = (
    Rpm(
        name="xen-libs",
        version="4.19",
        files={"/usr/lib64/libxen": File(content="vendor 4.19"), "/etc/xen.conf": File(content="a = b\n", config=True)},
        scripts={"post -p <lua>": LUA_NOTES % "xen-libs"},
    ),
    Rpm(
        name="xen-hypervisor", version="4.19", requires=["xen-libs = 4.19"], files={"/boot/xen.gz": File(content="xen")}
    ),
    Rpm(name="blktap", version="4", files={"/usr/sbin/tapdisk": File(content=os.urandom(200_000), mode=0o755)}),
    Rpm(name="sm", version="4.1", requires=["blktap >= 4"], files={"/usr/lib/sm": File(content=os.urandom(300_000))}),
    Rpm(
        name="xapi-core",
        version="26.1",
        requires=["sm", "xen-libs", "jemalloc"],
        files={"/usr/bin/xapi": File(content=os.urandom(400_000), mode=0o755)},
    ),
    Rpm(name="needy", version="1", requires=["nothing-has-this >= 9"]),
    Rpm(name="pre-fails", version="1", scripts={"pre -p <lua>": LUA_FAILS}),
    Rpm(name="post-fails", version="1", scripts={"post -p <lua>": LUA_FAILS}),
    Rpm(name="killer", version="1", requires=["xen-libs"], scripts={"post -p <lua>": LUA_KILLS + LUA_NOTES % "killer"}),
    Rpm(name="clash", version="1", requires=["xen-libs"], files={"/usr/lib64/libxen": File(content="other")}),
    Rpm(name="huge", version="1", files={"/usr/share/huge": File(content=bytes(6_000_000))}),
    Rpm(name="big-file", version="1", files={"/usr/share/big-file": File(content=os.urandom(6_000_000))}),
)
DISTRIBUTION = (
    Rpm(name="xen-libs", version="4.21", files={"/usr/lib64/libxen": File(content="distribution 4.21")}),
    Rpm(name="xen-runtime", version="4.21", requires=["xen-libs = 4.21"]),
    Rpm(name="jemalloc", version="5.3", files={"/usr/lib64/libjemalloc": File(content="jemalloc")}),
    Rpm(name="lvm2", version="2.03", files={"/usr/sbin/lvm": File(content="lvm")}),
    Rpm(name="lvm2", version="2.04", files={"/usr/sbin/lvm": File(content="newer lvm")}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """The RPMs, built and signed once, by `name-version`; the keys of the vendor and of the distribution."""

    directory: Path
    vendor_key: SigningKey
    distribution_key: SigningKey

    @classmethod
    def make(cls, directory: Path) -> "Packages":
        """Build everything below `directory`."""
        keys = [SigningKey.create(directory / name) for name in ("vendor", "distribution")]
        build(VENDOR, directory / "rpms", sign_with=keys[0])
        build(DISTRIBUTION, directory / "rpms", sign_with=keys[1])
        build([Rpm(name="unsigned", version="1")], directory / "rpms", sign_with=None)
        return cls(directory=directory, vendor_key=keys[0], distribution_key=keys[1])

    def repository(self, where: Path, names: Iterable[str]) -> Path:
        """Make a repository of the packages with these `name` or `name-version` prefixes."""
        where.mkdir(parents=True)
        for name in names:
            for file in self.directory.glob(f"rpms/{name}-[0-9]*.rpm"):
                (where / file.name).hardlink_to(file)
        repository(where)
        return where


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A scratch root, and the Python whose package manager acts on it (our own when empty)."""

    root: Path
    python: Sequence[str] = ()
    events: list[Event] = field(default_factory=list)

    @classmethod
    def make(cls, root: Path, python: Sequence[str] = ()) -> "Host":
        """Make an almost empty root that calls itself Fedora."""
        (root / "etc/yum.repos.d").mkdir(parents=True)
        (root / "etc/os-release").write_text('ID=fedora\nVERSION_ID=44\nPLATFORM_ID="platform:f44"\n')
        return cls(root=root, python=python)

    def add_distribution(self, url: str, key: Path | None, **options: str) -> None:
        """Configure a repository of the distribution, as its own .repo file would."""
        settings = {"name": "Fedora", "baseurl": url, "gpgcheck": str(int(key is not None)), "metadata_expire": "0"}
        if key is not None:
            place = self.root / "etc/pki/rpm-gpg/RPM-GPG-KEY-fedora"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(key.read_bytes())
            settings["gpgkey"] = "file:///etc/pki/rpm-gpg/RPM-GPG-KEY-fedora"
        lines = [f"{name}={value}" for name, value in (settings | options).items()]
        (self.root / "etc/yum.repos.d/fedora.repo").write_text("\n".join(["[fedora]", *lines, ""]))

    def request(self, url: str, key: Path | str | None, *vendor: str, **options: object) -> Request:
        """A request for `vendor` packages of the repository at `url`; nobody waits long here."""
        keys = (key.as_uri() if isinstance(key, Path) else key,) if key else ()
        repo = Repository(id="zeus-xapi", baseurl=url, keys=keys)
        settings = {"root": str(self.root), "releasever": "44", "timeout": 1, "retries": 1} | options
        return Request(repos=(repo,), vendor=vendor, **settings)  # type: ignore[arg-type]

    def install(self, request: Request) -> Resolution:
        """Install through the port; events go to `events`."""
        return client.install(request, Reporter(self.events.append, run="test"), python=self.python).resolution

    def resolve(self, request: Request) -> Resolution:
        """Resolve through the port."""
        return client.resolve(request, Reporter(self.events.append, run="test"), python=self.python).resolution

    def logged(self) -> list[str]:
        """The lines that were logged."""
        return [event.title for event in self.events if event.kind is Kind.LOG]

    def installed(self) -> list[str]:
        """What rpm's database has, without the keys."""
        listed = self.rpm("-qa", "--qf", "%{name}-%{version}\n").splitlines()
        return sorted(name for name in listed if not name.startswith("gpg-pubkey"))

    def rpm(self, *arguments: str) -> str:
        """Ask rpm of this machine about the root."""
        command = ["rpm", "--root", str(self.root), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True).stdout


@dataclass(frozen=True)
class Served:
    """The vendor's repository over HTTP."""

    directory: Path
    url: str
    faults: "Faults"
    log: list[str]


class Faults(dict[str, Fault]):
    """Faults of paths; with `once` each happens a single time; the server dies at package number `last`;
    with `nothing` everything is missing."""

    once = False
    last = 0
    nothing = False

    def get(self, path: str, default: object = None) -> Fault | None:  # type: ignore[override]  # noqa: ARG002
        if self.nothing:
            return Missing()
        if self.last and path.endswith(".rpm"):
            self.last -= 1
            if not self.last:
                return Die()
        return self.pop(path, None) if self.once else super().get(path)


def our_python() -> Sequence[str]:
    """The Python of the tests, which knows dnf 4."""
    return (sys.executable,)
