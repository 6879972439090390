"""The hosts of an inventory: what is said of each beside the answers that all have in common."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

_MAC: Final = re.compile(r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}")
# What file names, boot loaders and the kernel command line all take as it is.
_SERIAL: Final = re.compile(r"[A-Za-z0-9._-]+")
# The columns and keys of a host that are not answers.
OWN_KEYS: Final = ("mac", "serial", "hostname", "address", "gateway", "dns", "system_disk", "answers")
_LISTS: Final = ("mac", "dns")
Table = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One machine. `macs` have colons; `overrides` is what its answers have beside the common ones.

    `line` is where the inventory names it. `problems` are what is wrong with it so far.
    """

    line: int
    macs: tuple[str, ...] = ()
    serial: str | None = None
    system_disk: str | None = None
    overrides: Table = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What its files are called after, without an ending: the names that `zeus answers names` prints."""
        return self.macs[0].replace(":", "-") if self.macs else self.serial or ""

    @property
    def name(self) -> str:
        """What people call it."""
        host = self.overrides.get("host")
        hostname = host.get("hostname") if isinstance(host, dict) else None
        return hostname if isinstance(hostname, str) and hostname else self.key


def make_host(line: int, given: Mapping[str, Any]) -> Host:
    """Make a host of what an inventory says; values are TOML's."""
    problems = list(_wrong_types(given))
    good = {key: value for key, value in given.items() if key not in {problem.split()[0] for problem in problems}}
    macs = tuple(dict.fromkeys(mac.lower().replace("-", ":") for mac in _listed(good.get("mac"))))
    problems.extend(f"mac {mac} is no MAC address, wants 52:54:00:12:34:56" for mac in macs if not _MAC.fullmatch(mac))
    serial = good.get("serial")
    problems.extend(
        f"{key} {good[key]!r} has something else than letters, digits and ._-"
        for key in ("serial", "system_disk")
        if key in good and not _SERIAL.fullmatch(good[key])
    )
    if serial and _MAC.fullmatch(serial.lower()):
        problems.append(f"serial {serial!r} has the form of a MAC address, and would name the files of another machine")
    if not macs and serial is None and not problems:
        problems.append("neither mac nor serial is there: nothing would tell this machine from others")
    if "gateway" in good and "address" not in good:
        problems.append("gateway is there without address")
    if "gateway" in good and good.get("address") == "dhcp":
        problems.append('gateway is there with address "dhcp": DHCP gives one')
    return Host(
        line=line,
        macs=macs,
        serial=serial,
        system_disk=good.get("system_disk"),
        overrides=merged(_short(good, macs), good.get("answers", {})),
        problems=tuple(problems),
    )


def _wrong_types(given: Mapping[str, Any]) -> Iterator[str]:
    for key, value in given.items():
        if key not in OWN_KEYS:
            yield f"{key} is not known here; answers stand below answers ({', '.join(OWN_KEYS)})"
        elif key == "answers":
            if not isinstance(value, dict):
                yield "answers is no table"
        elif key in _LISTS and isinstance(value, list):
            if not all(isinstance(item, str) for item in value):
                yield f"{key} wants texts"
        elif not isinstance(value, str):
            yield f"{key} wants a text"


def _listed(value: str | Sequence[str] | None) -> Sequence[str]:
    if value is None:
        return ()
    return value.split() if isinstance(value, str) else value


def _short(given: Mapping[str, Any], macs: Sequence[str]) -> Table:
    """Give the answers that an inventory's short keys stand for."""
    answers: Table = {}
    if "hostname" in given:
        answers["host"] = {"hostname": given["hostname"]}
    management: Table = {}
    address = given.get("address")
    if address == "dhcp":
        management["ipv4"] = "dhcp"
    elif address is not None:
        family = "ipv6" if ":" in address else "ipv4"
        gateway = {"gateway": given["gateway"]} if "gateway" in given else {}
        management[family] = {"address": address, **gateway}
        if macs:
            management["nic"] = {"mac": macs[0]}
    if "dns" in given:
        management["dns"] = list(_listed(given["dns"]))
    if management:
        answers["network"] = {"management": management}
    return answers


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Table:
    """Give `base` with `over` laid on it: tables are merged, everything else is replaced."""
    result: Table = dict(base)
    for key, value in over.items():
        before = result.get(key)
        result[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result
