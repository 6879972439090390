"""What every call has at hand: the database, the machine, the faults on order, and how far the start has come."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.lab.xapi.auth import Authenticator
from tests.lab.xapi.db import Database
from tests.lab.xapi.effects.ports import NetworkPort, SrDriver
from tests.lab.xapi.model import Table
from tests.lab.xapi.paths import Paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: its decoded arguments by name, whose session it is, and whether it came over the unix socket."""

    args: Mapping[str, Any]
    session: str
    local: bool

    def __getitem__(self, name: str) -> Any:
        return self.args[name]

    def get(self, name: str, default: Any) -> Any:
        """An optional argument."""
        return self.args.get(name, default)


@dataclass(slots=True, kw_only=True)
class Xapi:
    """The server, without its sockets."""

    paths: Paths
    table: Table
    db: Database
    drivers: Mapping[str, SrDriver]
    network: NetworkPort
    authenticator: Authenticator
    bad_password_delay: float
    address_timeout: float
    # Told the management address, or None when there is none: HTTPS listens there and nowhere else.
    rebind: Callable[[str | None], None] = field(default=lambda _: None)
    ready: threading.Event = field(default_factory=threading.Event)
    storage_lock: threading.RLock = field(default_factory=threading.RLock)
    network_lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def host(self) -> str:
        """The reference of this host."""
        return self.db.only("host")


Handler = Callable[[Xapi, Call], Any]
Handlers = Mapping[str, Handler]
