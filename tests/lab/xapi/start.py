"""From nothing to a ready toolstack, in the order of xen-api's xapi.ml (server_init).

Checks that refuse the start, then the unix socket, the network, the storage, the ready cookie; the init-complete cookie
only when the management interface, if there is one, has an address.
"""

import logging
import threading
import time
from collections.abc import Callable

from tests.lab.xapi import management, networkd
from tests.lab.xapi.calls import pbd
from tests.lab.xapi.dispatch import Dispatcher
from tests.lab.xapi.faults import load_faults
from tests.lab.xapi.httpd import HttpsListener, ensure_certificate, serve_unix
from tests.lab.xapi.identity import read_inventory
from tests.lab.xapi.records import write_records
from tests.lab.xapi.resources import check_resources
from tests.lab.xapi.xapi import Xapi

log = logging.getLogger(__name__)


def run_forever(xapi: Xapi, *, https_port: int, https_address: str | None, wait: Callable[[], object]) -> None:
    """Start, then `wait`. Raises StartupRefused when the machine lacks something.

    `https_address` is where to listen instead of on the management address, for tests.
    """
    for cookie in (xapi.paths.ready_cookie, xapi.paths.init_complete_cookie):
        cookie.unlink(missing_ok=True)
        cookie.parent.mkdir(parents=True, exist_ok=True)
    inventory = read_inventory(xapi.paths.inventory)
    check_resources(xapi.paths)
    write_records(xapi, inventory)
    dispatcher = Dispatcher(xapi)
    serve_unix(xapi.paths.socket, dispatcher)
    if load_faults(xapi.paths).never_ready:
        log.warning("a fault is on order: never ready")
        wait()
        return
    ensure_certificate(xapi.paths.certificate, name=xapi.db.field("host", xapi.host, "hostname"))
    listener = HttpsListener(dispatcher, xapi.paths.certificate, port=https_port)
    xapi.rebind = lambda address: listener.rebind(address and (https_address or address))
    networkd.first_start(xapi)
    management.start_of_day(xapi)
    pbd.attach_all(xapi)
    xapi.paths.ready_cookie.touch()
    xapi.ready.set()
    threading.Thread(target=_enable, args=(xapi,), name="enable", daemon=True).start()
    threading.Thread(target=_complete, args=(xapi,), name="complete", daemon=True).start()
    wait()


def _enable(xapi: Xapi) -> None:
    time.sleep(load_faults(xapi.paths).enable_delay)
    xapi.db.update("host", xapi.host, enabled=True)


def _complete(xapi: Xapi) -> None:
    management.wait_for_management(xapi)
    xapi.paths.init_complete_cookie.touch()
