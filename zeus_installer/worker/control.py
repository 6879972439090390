"""Orders `start`, `resume` and `reboot`: what is handed over goes on without us and without whoever asked for it."""

import time
from typing import Final

from zeus_installer.engine import units
from zeus_installer.engine.control import begin, begin_again, refuse_second_plan
from zeus_installer.engine.store import Store
from zeus_installer.engine.stream import size_of_log
from zeus_installer.system.codec import Json
from zeus_installer.system.errors import ZeusError
from zeus_installer.worker import orders
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.ending import put_off
from zeus_installer.worker.orders import Order, flag
from zeus_installer.worker.stored import plan_of, store_of

_BEGIN_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.05


def start(order: Order, _channel: Channel) -> Json:
    """Store the order's plan and start its run; with `console` this console shows how it ends after the reboot."""
    plan, store = plan_of(order), store_of(order)
    with put_off():
        refuse_second_plan(store)
        if flag(order, "console"):
            from zeus_installer.engine.console_units import install_console

            install_console(store.target)
        since = begin(store, plan)
    _wait_until_it_runs(store, since)
    return {}


def resume(order: Order, _channel: Channel) -> Json:
    """Start the run of the stored plan again; one that is under way is left alone."""
    store = store_of(order)
    with put_off():
        since = begin_again(store)
    _wait_until_it_runs(store, since)
    return {}


def reboot(order: Order, _channel: Channel) -> Json:
    """Reboot the machine in the orderly way."""
    units.reboot(orders.target(order))
    return {}


def _wait_until_it_runs(store: Store, since: int) -> None:
    """Wait for the first sign of the run, so that whoever asks for the status does not find it interrupted."""
    deadline = time.monotonic() + _BEGIN_SECONDS
    while not store.is_locked() and size_of_log(store) == since:
        if time.monotonic() > deadline:
            raise ZeusError(
                "run.not_begun",
                f"the run did not begin within {_BEGIN_SECONDS:g} s",
                hint="see why: journalctl -b -u zeus-run; then: zeus resume",
            )
        time.sleep(_POLL_SECONDS)
