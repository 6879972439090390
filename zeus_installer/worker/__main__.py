"""The worker: `python -m zeus_installer.worker` with one order, `{"order": NAME, ...}`, as the first line of its input.

It answers on standard output with JSON objects of one key, a line each: `{"event": ...}`, and `{"plan": ...}` and
`{"status": ...}` where an order says so, any number of times; then `{"result": ...}` or `{"error": ...}`. SIGTERM and
a reader that has gone end it at once, the latter not before a run is handed over. Only what the order needs is loaded.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Final, cast

from zeus_installer.system.codec import Json
from zeus_installer.system.errors import ExitStatus, UsageError, ZeusError
from zeus_installer.system.secrets import redact
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.ending import end_with_reader, obey_signals
from zeus_installer.worker.orders import Order

# The module of this folder and its function.
ORDERS: Final = {
    "look": ("look", "look"),
    "administrators": ("access", "administrators"),
    "admit": ("access", "admit"),
    "hash": ("access", "make_hash"),
    "network": ("network", "try_network"),
    "packages": ("packages", "check_packages"),
    "plan": ("plan", "plan"),
    "start": ("control", "start"),
    "resume": ("control", "resume"),
    "reboot": ("control", "reboot"),
    "follow": ("follow", "follow"),
    "host": ("host", "host"),
    "report": ("report", "report"),
    "rehearse": ("rehearse", "rehearse"),
}
# These are carried out although whoever gave them has gone meanwhile.
_HANDED_OVER: Final = ("start", "resume")


def main() -> int:
    """Carry out the order; the exit status is that of `zeus`."""
    channel = Channel.take_stdout()
    obey_signals()
    try:
        order = _read_order()
        if order.get("order") not in _HANDED_OVER:
            end_with_reader(channel.descriptor)
        channel.say("result", _carry_out(order, channel))
    except ZeusError as error:
        _complain(channel, error)
        return error.status
    except Exception as error:
        told = redact(f"{type(error).__name__}: {error}")
        hint = "this is a bug in Zeus; report what happens with ZEUS_DEBUG=1"
        _complain(channel, ZeusError("bug", f"internal fault: {told}", hint=hint, status=ExitStatus.BUG))
        if os.environ.get("ZEUS_DEBUG") == "1":
            raise
        return ExitStatus.BUG
    return ExitStatus.DONE


def _read_order() -> Order:
    try:
        order = json.loads(sys.stdin.buffer.readline())
    except (ValueError, RecursionError) as error:
        raise UsageError("order.not_json", "the order is not a line of JSON") from error
    if not isinstance(order, dict):
        raise UsageError("order.not_json", "the order is not a JSON object")
    return order


def _carry_out(order: Order, channel: Channel) -> Json:
    name = order.get("order")
    if not isinstance(name, str) or name not in ORDERS:
        raise UsageError("order.unknown", f"there is no order {json.dumps(name)[:40]}")
    module, function = ORDERS[name]
    work = getattr(importlib.import_module(f"zeus_installer.worker.{module}"), function)
    return cast("Callable[[Order, Channel], Json]", work)(order, channel)


def _complain(channel: Channel, error: ZeusError) -> None:
    words: dict[str, Json] = {"code": error.code, "message": redact(error.message), "hint": redact(error.hint)}
    channel.say("error", {**words, "status": int(error.status)})


if __name__ == "__main__":
    try:
        status = main()
    except SystemExit as ended:
        status = cast("int", ended.code)
    sys.stderr.flush()
    # Everything is sent: a reader that has gone must not be complained about while Python takes itself apart.
    os._exit(status)
