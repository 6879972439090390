"""How the add-on's service is called on Anaconda's bus."""

from typing import Final

from dasbus.identifier import DBusServiceIdentifier
from pyanaconda.core.dbus import DBus
from pyanaconda.modules.common.constants.namespaces import ADDONS_NAMESPACE

ZEUS: Final = DBusServiceIdentifier(namespace=(*ADDONS_NAMESPACE, "Zeus"), message_bus=DBus)
