"""Questions about other modules."""

from dasbus.identifier import DBusServiceIdentifier

from pyanaconda.modules.common.constants.services import BOSS


def is_module_available(module_service_identifier: DBusServiceIdentifier) -> bool:
    """Whether Boss has the module: it was found, started and still runs."""
    return module_service_identifier.service_name in BOSS.get_proxy().GetModules()
