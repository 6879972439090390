"""A look at the machine on behalf of a spoke: in a thread, and after Anaconda's storage has come to rest."""

import threading
from collections.abc import Callable
from typing import Final

from zeus_installer.addon.spoke import Module

# While one of these runs, Anaconda does not know yet which disks it will use, and how
# (pyanaconda/core/constants.py; pyanaconda/payload/manager.py waits for the same).
_STORAGE: Final = frozenset({"AnaStorageThread", "AnaStorageWatcher", "AnaExecuteStorageThread"})


class Look:
    """Looks at the machine whenever it is told to, one look at a time."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._thread: threading.Thread | None = None

    @property
    def under_way(self) -> bool:
        """Whether the machine is being looked at."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, seen: Callable[[], None] = lambda: None) -> None:
        """Look; `seen` is called in the thread when that is done."""
        if not self.under_way:
            self._thread = threading.Thread(target=self._run, args=(seen,), name="ZeusLook", daemon=True)
            self._thread.start()

    def wait(self) -> None:
        """Wait for the end of a look."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, seen: Callable[[], None]) -> None:
        while busy := [thread for thread in threading.enumerate() if thread.name in _STORAGE]:
            for thread in busy:
                thread.join()
        self._module.look()
        seen()
