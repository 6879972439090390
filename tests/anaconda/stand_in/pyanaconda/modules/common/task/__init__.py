"""Long work of a module, started and watched over D-Bus."""

from collections.abc import Callable
from time import sleep
from typing import Any

from pyanaconda.modules.common.task.task import Task
from pyanaconda.modules.common.task.task_interface import TaskInterface

__all__ = ["Task", "TaskInterface", "sync_run_task"]


def sync_run_task(task_proxy: Any, callback: Callable[[Any], object] | None = None) -> None:
    """Run a task of another process to its end; its error is raised here."""
    task_proxy.Start()
    while task_proxy.IsRunning:
        if callback:
            callback(task_proxy)
        sleep(0.1)
    task_proxy.Finish()
