"""Errors of tasks."""

from pyanaconda.core.dbus import dbus_error
from pyanaconda.modules.common.constants.namespaces import ANACONDA_NAMESPACE
from pyanaconda.modules.common.errors.general import AnacondaError


@dbus_error("TaskError", namespace=ANACONDA_NAMESPACE)
class TaskError(AnacondaError):
    """Any error of a task as such."""


@dbus_error("NoResultError", namespace=ANACONDA_NAMESPACE)
class NoResultError(TaskError):
    """A task has no result, or none that can be sent."""
