"""A main loop in a thread, which answers for what is published in it while the test waits for something else."""

from collections.abc import Mapping
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from gi.repository import GLib


class Publisher:
    """Objects of a service, on a connection of their own: service name to objects by path."""

    def __init__(self, bus: Any, services: Mapping[str, Mapping[str, object]]) -> None:
        self._bus = bus
        self._services = services
        self._context = GLib.MainContext()
        self._loop = GLib.MainLoop.new(self._context, False)
        self._ready = Event()
        self._error: Exception | None = None
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._loop.quit()
        self._thread.join()

    def _serve(self) -> None:
        self._context.push_thread_default()
        try:
            for name, objects in self._services.items():
                for path, published in objects.items():
                    self._bus.publish_object(path, published)
                self._bus.register_service(name)
        except Exception as error:  # noqa: BLE001 it is raised where somebody sees it
            self._error = error
            self._ready.set()
            return
        self._ready.set()
        self._loop.run()
        self._bus.disconnect()
        self._context.pop_thread_default()
