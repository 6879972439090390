"""Errors of what was asked for."""

from pyanaconda.core.dbus import dbus_error
from pyanaconda.modules.common.constants.namespaces import ANACONDA_NAMESPACE
from pyanaconda.modules.common.errors.general import AnacondaError


@dbus_error("ConfigurationError", namespace=ANACONDA_NAMESPACE)
class ConfigurationError(AnacondaError):
    """Any of them."""


@dbus_error("StorageConfigurationError", namespace=ANACONDA_NAMESPACE)
class StorageConfigurationError(ConfigurationError):
    """The wanted storage is not possible."""


@dbus_error("BootloaderConfigurationError", namespace=ANACONDA_NAMESPACE)
class BootloaderConfigurationError(ConfigurationError):
    """The wanted boot loader is not possible."""
