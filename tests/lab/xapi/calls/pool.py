"""pool: the few settings that a first boot makes. The host is its own pool."""

from tests.lab.xapi.xapi import Call, Handlers, Xapi


def sync_database(xapi: Xapi, call: Call) -> None:
    """Nothing to do: there is one host, and every change is on disk before its call returns."""
    del xapi, call


def enable_tls_verification(xapi: Xapi, call: Call) -> None:
    del call
    xapi.db.update("pool", xapi.db.only("pool"), tls_verification_enabled=True)
    xapi.db.update("host", xapi.host, tls_verification_enabled=True)


MESSAGES: Handlers = {
    "pool.sync_database": sync_database,
    "pool.enable_tls_verification": enable_tls_verification,
}
