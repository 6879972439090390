"""pool: the one that every host belongs to, alone or not."""

from dataclasses import dataclass, fields
from typing import Any

from zeus_installer.xenapi.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """What Zeus reads of a pool record."""

    ref: str
    uuid: str
    default_SR: str  # noqa: N815 - XenAPI's name
    tls_verification_enabled: bool


_FIELDS = tuple(field.name for field in fields(Pool) if field.name != "ref")


def this_pool(session: Session) -> Pool:
    """Give the pool of the host that we run on."""
    ref = str(session.call("pool.get_all")[0])
    record: dict[str, Any] = session.call("pool.get_record", ref)
    return Pool(ref=ref, **{name: record[name] for name in _FIELDS})


def set_default_sr(session: Session, pool: Pool, sr: str) -> None:
    """Say where new disks go unless told otherwise."""
    session.call("pool.set_default_SR", pool.ref, sr)


def sync_database(session: Session) -> None:
    """Have xapi write its database to disk now: it does so by itself only after a while."""
    session.call("pool.sync_database")


def enable_tls_verification(session: Session) -> None:
    """Let hosts of the pool check each other's certificates, as on every host installed by the appliance."""
    session.call("pool.enable_tls_verification")
