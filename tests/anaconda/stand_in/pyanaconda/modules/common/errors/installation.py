"""Errors of the installation. What each means to the person who installs: tests/anaconda/dialogs.py."""

from pyanaconda.core.dbus import dbus_error
from pyanaconda.modules.common.constants.namespaces import ANACONDA_NAMESPACE
from pyanaconda.modules.common.errors.general import AnacondaError


@dbus_error("InstallationError", namespace=ANACONDA_NAMESPACE)
class InstallationError(AnacondaError):
    """Any that is not to be ignored."""


@dbus_error("NonCriticalInstallationError", namespace=ANACONDA_NAMESPACE)
class NonCriticalInstallationError(AnacondaError):
    """One that may be ignored; no InstallationError."""


@dbus_error("NetworkInstallationError", namespace=ANACONDA_NAMESPACE)
class NetworkInstallationError(InstallationError):
    """The network could not be set up."""


@dbus_error("SecurityInstallationError", namespace=ANACONDA_NAMESPACE)
class SecurityInstallationError(InstallationError):
    """Something of security could not be set up."""


@dbus_error("BootloaderInstallationError", namespace=ANACONDA_NAMESPACE)
class BootloaderInstallationError(InstallationError):
    """The boot loader could not be installed."""


@dbus_error("StorageInstallationError", namespace=ANACONDA_NAMESPACE)
class StorageInstallationError(InstallationError):
    """The storage could not be set up."""


@dbus_error("PayloadInstallationError", namespace=ANACONDA_NAMESPACE)
class PayloadInstallationError(InstallationError):
    """The packages could not be installed."""
