"""Errors of no special kind."""

from dasbus.error import DBusError

from pyanaconda.core.dbus import dbus_error
from pyanaconda.modules.common.constants.namespaces import ANACONDA_NAMESPACE


@dbus_error("Error", namespace=ANACONDA_NAMESPACE)
class AnacondaError(DBusError):
    """Any error of a module; also what a module's unforeseen exception becomes on its way out."""


@dbus_error("InvalidValueError", namespace=ANACONDA_NAMESPACE)
class InvalidValueError(AnacondaError):
    """A value makes no sense."""


@dbus_error("UnsupportedValueError", namespace=ANACONDA_NAMESPACE)
class UnsupportedValueError(AnacondaError):
    """A value is not supported."""


@dbus_error("UnavailableValueError", namespace=ANACONDA_NAMESPACE)
class UnavailableValueError(AnacondaError):
    """A value is not there."""
