"""Order `rehearse`: plays a run for a viewer, who may speed it up. Nothing is done.

It reads on: a line `{"reboot": true}` goes on from the reboot that it waits for, `{"resume": true}` after a failure.
"""

import json
import math
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from zeus_installer.engine.status import State, Status
from zeus_installer.plan import Plan
from zeus_installer.system.codec import Json, encode
from zeus_installer.system.errors import UsageError
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order, option
from zeus_installer.worker.rehearsal import rehearsal, rfc3339
from zeus_installer.worker.stored import plan_of, steps_of

_WAITS_FOR: Final = {State.READY_TO_REBOOT: "reboot", State.FAILED: "resume"}


def rehearse(order: Order, channel: Channel) -> Json:
    """Play the plan at `speed` times the usual speed; the step `fail` fails once."""
    plan, fail = plan_of(order), option(str, order, "fail", "") or None
    speed = option(float, order, "speed", 1.0)
    if not (speed > 0 and math.isfinite(speed)):
        raise UsageError("order.speed", f"the speed is {speed:g}, wants more than 0")
    if fail is not None and fail not in {step.id for step in plan.steps}:
        raise UsageError("order.step", f"the plan has no step {fail}")
    channel.say("plan", {"steps": steps_of(plan)})
    _play(plan, channel, speed=speed, fail=fail)
    return {}


def _play(plan: Plan, channel: Channel, *, speed: float, fail: str | None) -> None:
    """Send everything at its time. Events count the usual time; a slow or waiting viewer's time is the real one."""
    clock = datetime.now(UTC)
    for seconds, moment in rehearsal(plan, fail=fail):
        time.sleep(seconds / speed)
        clock += timedelta(seconds=max(seconds, seconds / speed))
        if isinstance(moment, Status):
            channel.say("status", encode(moment))
            if moment.state in _WAITS_FOR and not _heard(_WAITS_FOR[moment.state]):
                return
            clock = max(clock, datetime.now(UTC))
        else:
            channel.event(replace(moment, time=rfc3339(clock)))


def _heard(word: str) -> bool:
    """Wait for a line that says `word`; gives whether one came before the end of the input."""
    for line in sys.stdin.buffer:
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict) and said.get(word) is True:
            return True
    return False
