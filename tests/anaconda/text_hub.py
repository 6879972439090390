"""`python -m tests.anaconda.text_hub ADDONS`: the hub of the text interface, with the spokes of a folder of add-ons."""

import sys
from pathlib import Path

from pyanaconda import ui
from pyanaconda.ui.tui.hubs.summary import SummaryHub
from simpleline import App
from simpleline.event_loop.glib_event_loop import GLibEventLoop


def main(addons: Path) -> None:
    """Show it until it is left (pyanaconda/ui/tui, ui/lib/addons.py, anaconda.py)."""
    sys.path.append(str(addons))
    App.initialize(event_loop=GLibEventLoop())
    hub = SummaryHub(None, None, None)
    # Anaconda's own hub asks the storage module for space before it lets anybody begin: there is none to ask here.
    hub._checker = None
    hub.set_path("spokes", [(f"{addon.name}.tui.spokes.%s", str(addon / "tui/spokes")) for addon in addons.iterdir()])
    hub.set_path("categories", [("pyanaconda.ui.categories.%s", str(Path(ui.__file__).parent / "categories"))])
    if not hub.setup("anaconda"):
        print("No spoke to show.")
        return
    App.get_scheduler().schedule_screen(hub)
    App.run()
    print("The hub was left.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
