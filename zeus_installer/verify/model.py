"""What is expected of a finished host, and what a check of it found."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What the plan asked for; None is not checked, or only for being there at all.

    `dom0_memory` is MiB. `default_boot` is what starts after the next reboot: `linux` while the trial lasts.
    """

    host_uuid: str | None = None
    dom0_memory: int | None = None
    management_mac: str | None = None
    management_address: str | None = None
    sr_type: str | None = None
    sr_device: str | None = None
    backend: str | None = None
    default_boot: Literal["linux", "xen"] | None = None
    https_port: int = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """One check: what was seen, and what to do when it is not `ok`."""

    id: str
    ok: bool
    evidence: str
    remedy: str = ""


def seen(check: str, evidence: str) -> Verification:
    """All is well."""
    return Verification(id=check, ok=True, evidence=evidence)


def wrong(check: str, evidence: str, *, remedy: str) -> Verification:
    """It is not as it must be."""
    return Verification(id=check, ok=False, evidence=evidence, remedy=remedy)
