"""Errors of modules."""

from pyanaconda.core.dbus import dbus_error
from pyanaconda.modules.common.constants.namespaces import ANACONDA_NAMESPACE
from pyanaconda.modules.common.errors.general import AnacondaError


@dbus_error("UnavailableModuleError", namespace=ANACONDA_NAMESPACE)
class UnavailableModuleError(AnacondaError):
    """A module does not run."""
