"""The scripts of a kickstart, run for real: pyanaconda/core/kickstart/scripts.py.

Runs in the guest.
"""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pykickstart.parser import KickstartParser
from pykickstart.version import makeVersion

SHELL_PATH: Final = "/usr/bin:/bin:/usr/sbin:/sbin"


class ScriptError(Exception):
    """A script with --erroronfail failed."""


def read(path: Path) -> Any:
    """Read a kickstart by pykickstart; files that it includes and that are not there yet are passed over."""
    handler = makeVersion()
    KickstartParser(handler, missingIncludeIsFatal=False).readKickstart(str(path))
    return handler


def run_scripts(handler: Any, kind: int, root: Path) -> None:
    """Run the scripts of a kind in their order; `root` is where the new system is."""
    for script in handler.scripts:
        if script.type == kind:
            run_script(script, root)


def run_script(script: Any, root: Path) -> None:
    """Run one, in the new system if it wants that; its output goes to a log beside Anaconda's."""
    top = root if script.inChroot else Path("/")
    with tempfile.NamedTemporaryFile("w", prefix="ks-script-", dir=top / "tmp", delete=False) as file:
        file.write(script.script)
    program = Path(file.name)
    program.chmod(0o700)
    inside: Sequence[str] = ["chroot", str(top)] if script.inChroot else []
    done = subprocess.run(
        [*inside, *script.interp.split(), f"/tmp/{program.name}"],
        cwd="/",
        env={**os.environ, "PATH": SHELL_PATH, "ANA_INSTALL_PATH": str(root)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    Path(f"/tmp/{program.name}.log").write_text(done.stdout)
    program.unlink()
    if done.returncode and script.errorOnFail:
        raise ScriptError(f"the script of the kickstart's line {script.lineno} failed:\n\n{done.stdout}")
