"""The plain host as a directory that is changed and thrown away: quick trials of what needs no boot."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import zeus_installer
from tests.lab.plainhost import plain_tree

PRODUCT: Final = Path(zeus_installer.__file__).parent
PLACE: Final = "usr/lib/python3/dist-packages/zeus_installer"
# Mounts are made in the command's own namespace and end with it; what was written stays in WORK/upper.
ENTER: Final = """
lower=$1 work=$2; shift 2
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$work/upper,workdir=$work/work" "$work/root"
for name in dev proc sys; do mount --rbind "/$name" "$work/root/$name"; done
mount -t tmpfs run "$work/root/run"
exec chroot "$work/root" "$@"
"""


@dataclass(frozen=True, slots=True)
class OverlayHost:
    """A plain host; what its commands change is in `upper`."""

    work: Path

    @property
    def upper(self) -> Path:
        """Where the changed files are."""
        return self.work / "upper"

    def install_product(self) -> None:
        """Put the product's files in, compiled, as its package would."""
        shutil.copytree(PRODUCT, self.upper / PLACE, ignore=shutil.ignore_patterns("__pycache__"))
        self.run(["python3", "-m", "compileall", "-q", f"/{PLACE}"])

    def run(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> str:
        """Run a command inside; its output when it succeeds."""
        settings = {"HOME": "/root", "LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin"}
        assigned = [f"{name}={value}" for name, value in (settings | dict(environment or {})).items()]
        places = map(str, (plain_tree(), self.work))
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", ENTER, "sh", *places, "env", "-i"]
        done = subprocess.run([*enter, *assigned, *command], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(
                f"{command[0]} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
            )
        return done.stdout


@contextmanager
def overlay_host() -> Iterator[OverlayHost]:
    """Give a fresh plain host and forget it afterwards."""
    with tempfile.TemporaryDirectory(prefix="zeus-overlay-") as place:
        for name in ("upper", "work", "root"):
            (Path(place) / name).mkdir(mode=0o755)
        yield OverlayHost(Path(place))
