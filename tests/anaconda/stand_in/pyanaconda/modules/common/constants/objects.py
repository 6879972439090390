"""Objects below a service's own."""

from dasbus.identifier import DBusObjectIdentifier

from pyanaconda.modules.common.constants.namespaces import DEVICE_TREE_NAMESPACE, STORAGE_NAMESPACE

BOOTLOADER = DBusObjectIdentifier(namespace=STORAGE_NAMESPACE, basename="Bootloader")
DEVICE_TREE = DBusObjectIdentifier(namespace=DEVICE_TREE_NAMESPACE)
DISK_INITIALIZATION = DBusObjectIdentifier(namespace=STORAGE_NAMESPACE, basename="DiskInitialization")
DISK_SELECTION = DBusObjectIdentifier(namespace=STORAGE_NAMESPACE, basename="DiskSelection")
