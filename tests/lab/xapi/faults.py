"""Faults on order, for tests: read from `/etc/xapi-lab-faults.json` at every call, so that one can come and go.

All keys may be left out; no file means no faults:

    {"never_ready": true,                      the toolstack stays in HOST_STILL_BOOTING
     "enable_delay": 5.0,                      seconds from ready to host.enabled
     "delays": {"SR.create": 20.0},            seconds before a method does anything
     "errors": [{"method": "SR.create", "code": "SR_BACKEND_FAILURE_55", "params": ["", "no", ""], "times": 2}],
     "die": [{"method": "SR.create", "call": 1, "when": "after"}],      "before" (default) or "after" it was done
     "sr_create_leaves_pbd_unplugged": true}   SR.create returns success, its PBD is not attached

Calls are counted on disk: "the first time" is the first since the counts were made, not since the process started.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.lab.xapi.errors import StartupRefused, XapiError
from tests.lab.xapi.files import write_atomic
from tests.lab.xapi.paths import Paths

DEATH = 86

# Asynchronous calls are counted in threads of their own.
_counting = threading.Lock()

_KEYS = frozenset({"never_ready", "enable_delay", "delays", "errors", "die", "sr_create_leaves_pbd_unplugged"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What is to go wrong."""

    never_ready: bool = False
    enable_delay: float = 0.5
    delays: Mapping[str, float] = field(default_factory=dict)
    errors: list[Mapping[str, Any]] = field(default_factory=list)
    die: list[Mapping[str, Any]] = field(default_factory=list)
    sr_create_leaves_pbd_unplugged: bool = False


def load_faults(paths: Paths) -> Faults:
    """Read the order. Raises StartupRefused when it cannot be understood."""
    try:
        text = paths.faults.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Faults()
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise StartupRefused(f"{paths.faults}: {error}") from error
    if unknown := data.keys() - _KEYS:
        raise StartupRefused(f"{paths.faults}: unknown keys: {', '.join(sorted(unknown))}")
    return Faults(**data)


def before_call(paths: Paths, method: str) -> int:
    """Let what is ordered for this call happen, and return which call of the method it is. Raises XapiError."""
    faults = load_faults(paths)
    if not faults.errors and not faults.die and not faults.delays:
        return 0
    count = _count(paths, method)
    time.sleep(faults.delays.get(method, 0.0))
    _die_if(faults, method, count, "before")
    for error in faults.errors:
        if error["method"] == method and count <= error.get("times", 1):
            raise XapiError(error["code"], *error.get("params", ()))
    return count


def after_call(paths: Paths, method: str, count: int) -> None:
    """Die if that is ordered for after this call."""
    _die_if(load_faults(paths), method, count, "after")


def _die_if(faults: Faults, method: str, count: int, when: str) -> None:
    for death in faults.die:
        if (death["method"], death.get("call", 1), death.get("when", "before")) == (method, count, when):
            os._exit(DEATH)


def _count(paths: Paths, method: str) -> int:
    known = paths.fault_counts
    with _counting:
        counts: dict[str, int] = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
        counts[method] = counts.get(method, 0) + 1
        write_atomic(known, json.dumps(counts) + "\n")
        return counts[method]
