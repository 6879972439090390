"""Namespaces."""

from typing import Final

Namespace = tuple[str, ...]

ANACONDA_NAMESPACE: Final[Namespace] = ("org", "fedoraproject", "Anaconda")
BOSS_NAMESPACE: Final[Namespace] = (*ANACONDA_NAMESPACE, "Boss")
MODULES_NAMESPACE: Final[Namespace] = (*ANACONDA_NAMESPACE, "Modules")
ADDONS_NAMESPACE: Final[Namespace] = (*ANACONDA_NAMESPACE, "Addons")
NETWORK_NAMESPACE: Final[Namespace] = (*MODULES_NAMESPACE, "Network")
PAYLOADS_NAMESPACE: Final[Namespace] = (*MODULES_NAMESPACE, "Payloads")
STORAGE_NAMESPACE: Final[Namespace] = (*MODULES_NAMESPACE, "Storage")
DEVICE_TREE_NAMESPACE: Final[Namespace] = (*STORAGE_NAMESPACE, "DeviceTree")
