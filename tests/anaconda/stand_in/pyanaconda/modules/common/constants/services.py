"""Services."""

from dasbus.identifier import DBusServiceIdentifier

from pyanaconda.core.dbus import DBus
from pyanaconda.modules.common.constants.namespaces import (
    BOSS_NAMESPACE,
    NETWORK_NAMESPACE,
    PAYLOADS_NAMESPACE,
    STORAGE_NAMESPACE,
)

BOSS = DBusServiceIdentifier(namespace=BOSS_NAMESPACE, message_bus=DBus)
NETWORK = DBusServiceIdentifier(namespace=NETWORK_NAMESPACE, message_bus=DBus)
PAYLOADS = DBusServiceIdentifier(namespace=PAYLOADS_NAMESPACE, message_bus=DBus)
STORAGE = DBusServiceIdentifier(namespace=STORAGE_NAMESPACE, message_bus=DBus)
