"""SR, PBD and SM: a storage repository, its attachment to a host, and the drivers that xapi knows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zeus_installer.xenapi.host import Host
from zeus_installer.xenapi.session import Session

# What a driver notes at the very end of making an SR (sm, libs/sm/drivers/LVHDSR.py, create). Without it sm takes the
# SR for one of an old kind, which has no VHDs.
_NOTED_BY_DRIVER: Final[Mapping[str, Mapping[str, str]]] = {"lvm": {"use_vhd": "true"}}

_UUID = re.compile(r"<UUID>\s*([0-9a-fA-F-]{36})\s*</UUID>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sr:
    """What Zeus reads of an SR record. `size` is bytes; not positive until the repository was attached once."""

    ref: str
    uuid: str
    name_label: str
    type: str
    size: int
    used: int
    pbds: Sequence[str]
    vdis: Sequence[str]
    other_config: Mapping[str, str]
    sm_config: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pbd:
    """What Zeus reads of a PBD record: where on which host an SR is, and whether it is attached there."""

    ref: str
    host: str
    sr: str
    device: str
    attached: bool


def read_sr(ref: str, record: Mapping[str, Any]) -> Sr:
    """Take from an SR record what Zeus reads."""
    return Sr(
        ref=ref,
        uuid=record["uuid"],
        name_label=record["name_label"],
        type=record["type"],
        size=int(record["physical_size"]),
        used=int(record["physical_utilisation"]),
        pbds=record["PBDs"],
        vdis=record["VDIs"],
        other_config=record["other_config"],
        sm_config=record["sm_config"],
    )


def read_pbd(ref: str, record: Mapping[str, Any]) -> Pbd:
    """Take from a PBD record what Zeus reads."""
    return Pbd(
        ref=ref,
        host=record["host"],
        sr=record["SR"],
        device=record["device_config"].get("device", ""),
        attached=record["currently_attached"],
    )


def get(session: Session, ref: str) -> Sr:
    """Read one SR."""
    return read_sr(ref, session.call("SR.get_record", ref))


def all_srs(session: Session) -> tuple[Sr, ...]:
    """Give every SR that xapi knows."""
    records: dict[str, dict[str, Any]] = session.call("SR.get_all_records")
    return tuple(read_sr(ref, record) for ref, record in records.items())


def pbds_of(session: Session, host: Host) -> tuple[Pbd, ...]:
    """Give every PBD of a host."""
    records: dict[str, dict[str, Any]] = session.call("PBD.get_all_records")
    pbds = (read_pbd(ref, record) for ref, record in records.items())
    return tuple(pbd for pbd in pbds if pbd.host == host.ref)


def driver_types(session: Session) -> tuple[str, ...]:
    """Give the types whose drivers xapi has registered; it does so one by one after its start."""
    records: dict[str, dict[str, Any]] = session.call("SM.get_all_records")
    return tuple(sorted({record["type"] for record in records.values()}))


def creations_under_way(session: Session) -> int:
    """Count the `SR.create`s that xapi is still at work on, whoever asked."""
    records: dict[str, dict[str, Any]] = session.call("task.get_all_records")
    names = (record["name_label"] for record in records.values() if record["status"] == "pending")
    return sum(name.removeprefix("Async.") == "SR.create" for name in names)


def create(session: Session, host: Host, *, device: str, name: str, kind: str) -> str:
    """Make an SR on `device`, wiping it. It is attached afterwards, or not: success does not tell."""
    return session.run("SR.create", host.ref, {"device": device}, "0", name, "", kind, "user", False, {})


def probe(session: Session, host: Host, *, device: str, kind: str) -> tuple[str, ...]:
    """Give the UUIDs of the SRs of that type that the driver sees on `device`."""
    return tuple(_UUID.findall(session.call("SR.probe", host.ref, {"device": device}, kind, {})))


def introduce(session: Session, host: Host, *, uuid: str, device: str, name: str, kind: str) -> str:
    """Make an SR that is on `device` known to xapi; nothing is written to the device. It is not attached yet."""
    noted = dict(_NOTED_BY_DRIVER.get(kind, {}))
    ref = str(session.call("SR.introduce", uuid, name, "", kind, "user", False, noted))
    session.call("PBD.create", {"host": host.ref, "SR": ref, "device_config": {"device": device}, "other_config": {}})
    return ref


def lacks_notes(sr: Sr) -> bool:
    """Whether the driver was interrupted before it noted what it had made."""
    return not _NOTED_BY_DRIVER.get(sr.type, {}).items() <= sr.sm_config.items()


def note(session: Session, sr: Sr) -> None:
    """Note of a detached SR what its driver would have noted."""
    for key, value in _NOTED_BY_DRIVER[sr.type].items():
        session.call("SR.remove_from_sm_config", sr.ref, key)
        session.call("SR.add_to_sm_config", sr.ref, key, value)


def forget(session: Session, sr: Sr) -> None:
    """Let xapi forget a detached SR; nothing is written to its devices."""
    session.call("SR.forget", sr.ref)


def plug(session: Session, pbd: Pbd) -> None:
    """Attach an SR."""
    session.run("PBD.plug", pbd.ref)


def unplug(session: Session, pbd: Pbd) -> None:
    """Detach an SR."""
    session.run("PBD.unplug", pbd.ref)


def is_attached(session: Session, pbd: Pbd) -> bool:
    """Whether the SR is attached now."""
    return bool(session.call("PBD.get_currently_attached", pbd.ref))


def set_other_config_key(session: Session, sr: Sr, key: str, value: str) -> None:
    """Set one key of an SR's other_config."""
    session.call("SR.remove_from_other_config", sr.ref, key)
    session.call("SR.add_to_other_config", sr.ref, key, value)
