"""A system as Anaconda would have installed it by the time that Zeus works on it, and the packages that Zeus wants."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.anaconda.installer import Installer, installer
from tests.anaconda.queue import Stage
from tests.anaconda.zeus import NIC, RECORDING, modules
from tests.boot_host import write
from tests.component.grub_host import grub_host, mounted
from tests.lab.rpms import File, Rpm, SigningKey, build, repository
from tests.lab.scratch import DATABASE
from zeus_installer.host import essentials
from zeus_installer.system.target import Target

PROGRAM = "#!/usr/bin/sh\n"
KEYFILE = f"""\
[connection]
uuid={NIC.uuid}
interface-name={NIC.name}
[ipv4]
method=manual
address1=192.0.2.10/24,192.0.2.1
dns=192.0.2.53;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """A repository of empty packages by the names that are wanted, signed."""

    directory: Path
    key: SigningKey

    @classmethod
    def make(cls, directory: Path, names: Sequence[str]) -> "Packages":
        """Build them."""
        key = SigningKey.create(directory / "key")
        rpms = [Rpm(name=name, version="1", files={f"/usr/share/lab/{name}": File(content=name)}) for name in names]
        build(rpms, directory / "repository", sign_with=key)
        repository(directory / "repository")
        return cls(directory=directory, key=key)

    @property
    def answers(self) -> str:
        """The answers that name them."""
        place, key = (self.directory / "repository").as_uri(), self.key.public_key.as_uri()
        return f'[[packages.repos]]\nid = "xapi"\nbaseurl = "{place}"\ngpgkey = "{key}"\n'


@contextmanager
def installing(directory: Path) -> Iterator[Installer]:
    """An installer whose new system is mounted and empty but for GRUB and a kernel. Anaconda has a static network."""
    home = directory / "home"
    write(home, ".rpmmacros", f"%_dbpath {DATABASE}\n")
    with ExitStack() as stack:
        host = stack.enter_context(grub_host(directory / "host"))
        running = stack.enter_context(
            installer(recording=RECORDING, modules=modules(), environment={"HOME": str(home)})
        )
        stack.enter_context(mounted("--rbind", host.root, running.root))
        write(running.machine, f"/etc/NetworkManager/system-connections/{NIC.name}.nmconnection", KEYFILE)
        yield running


def stages(root: Path) -> dict[Stage, object]:
    """What Anaconda's own stages do to the system."""
    return {Stage.PAYLOAD: lambda: payload(root), Stage.BOOTLOADER: lambda: bootloader(root)}


def payload(root: Path) -> None:
    """Install the distribution, and us."""
    write(root, "/etc/os-release", 'ID=fedora\nVERSION_ID=44\nPLATFORM_ID="platform:f44"\n')
    for program in ("zeus", "systemctl"):
        write(root, f"/usr/bin/{program}", PROGRAM).chmod(0o755)
    for missing in essentials.find_missing(Target(root)):
        place = missing.place if missing.place.startswith("/") else f"/usr/bin/{missing.place}"
        if not (root / place.lstrip("/")).exists():
            write(root, place, PROGRAM).chmod(0o755)


def bootloader(root: Path) -> None:
    """Say how the system boots."""
    write(root, "/etc/kernel/cmdline", "root=UUID=0f5a1c1e-6a52-4b5e-9d0e-5b0d3b1f6a01 ro\n")
