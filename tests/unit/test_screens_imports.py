"""What the wizard's own process loads: nothing that is slow to load, and nothing that could take it down."""

import subprocess
import sys

ALL_SCREENS = """
import sys
from zeus_installer.cli import wizard
sys.modules.setdefault("gi", None)
from zeus_installer.screens import done, elsewhere, flow, gather, help, progress, run, start, status
from zeus_installer.screens.tui import app
flow.form_screens()
loaded = [name for name, module in sys.modules.items() if module is not None]
foreign = {"dnf", "libdnf5", "hawkey", "rpm", "blivet", "parted", "gi"}
print(*sorted(foreign.intersection(name.split(".")[0] for name in loaded)))
print(*sorted(name for name in loaded if name.startswith("zeus_installer.steps.") or name == "zeus_installer.plan"))
"""


def test_no_screen_loads_what_does_the_work() -> None:
    said = subprocess.run([sys.executable, "-c", ALL_SCREENS], capture_output=True, text=True, check=True).stdout
    assert said == "\n\n"
