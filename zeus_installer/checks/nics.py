"""Which NICs become the management network: the answers' rule must match exactly the count asked for."""

from collections import Counter
from collections.abc import Callable, Sequence

from zeus_installer.answers.model import Answers, NicMatch, NicRule
from zeus_installer.checks.model import Finding, failed, passed, unknown, warning
from zeus_installer.machine.model import Machine, Nic
from zeus_installer.system.errors import UsageError, sentence_list

_KEY = "network.management.nic"
_HINT = 'name one by its address: nic = { mac = "…" }'

# Why a NIC is not meant by a rule; an empty text when it is.
_Reason = Callable[[Nic], str]


def choose_nics(answers: Answers, machine: Machine) -> tuple[Nic, ...]:
    """Give the management NICs, a bond's in the order of its members. Too few or too many are a `UsageError`."""
    rule = answers.network.management.nic
    if rule is None:
        return _exactly(1, _KEY, "with a link", machine.nics, lambda nic: _link_reason(nic, wanted=True))
    if rule.bond is not None:
        members = enumerate(rule.bond.members)
        chosen = [_by_mac(mac, f"{_KEY}.bond.members[{index}]", machine.nics) for index, mac in members]
        return tuple(nic for nics in chosen for nic in nics)
    if rule.mac is not None:
        return _by_mac(rule.mac, _KEY, machine.nics)
    return _by_match(rule, machine.nics)


def check_nics(machine: Machine, answers: Answers | None) -> Finding:
    """Judge the NICs that would carry the management network (`network.link`)."""
    check = "network.link"
    if not machine.nics and any(unread.fact.startswith("nics") for unread in machine.unread):
        return unknown(
            check, "the network interfaces are not known", remedy="run the check as root on the machine itself"
        )
    try:
        nics = choose_nics(answers or Answers(), machine)
    except UsageError as error:
        return failed(check, error.message, remedy=error.hint)
    without = [nic for nic in nics if nic.carrier is False]
    if without:
        names = sentence_list(_short(nic) for nic in without)
        return warning(
            check, f"{names}: no link", remedy="plug in the cable, switch the port on, or choose another NIC"
        )
    unsure = [nic for nic in nics if nic.carrier is None]
    if unsure:
        names = sentence_list(_short(nic) for nic in unsure)
        return unknown(
            check, f"{names}: whether there is a link is not known", remedy="bring it up: `ip link set … up`"
        )
    return passed(check, f"{sentence_list(_short(nic) for nic in nics)}: link is up")


def _by_mac(mac: str, key: str, nics: Sequence[Nic]) -> tuple[Nic, ...]:
    def reason(nic: Nic) -> str:
        return "" if (nic.mac or "").lower() == mac.lower() else "another MAC address"

    return _exactly(1, key, f"with MAC address {mac}", nics, reason)


def _by_match(rule: NicRule, nics: Sequence[Nic]) -> tuple[Nic, ...]:
    match = rule.match or NicMatch()

    def reason(nic: Nic) -> str:
        reasons = [
            "" if match.link is None else _link_reason(nic, wanted=match.link),
            "" if match.driver in (None, nic.driver) else f"driver is not {match.driver}",
            "" if match.name in (None, nic.name) else f"name is not {match.name}",
        ]
        return ", ".join(filter(None, reasons))

    return _exactly(rule.count, _KEY, "", nics, reason)


def _link_reason(nic: Nic, *, wanted: bool) -> str:
    if nic.carrier is wanted:
        return ""
    return {True: "has a link", False: "no link", None: "link not known"}[nic.carrier]


def _exactly(count: int, key: str, condition: str, nics: Sequence[Nic], reason: _Reason) -> tuple[Nic, ...]:
    macs = Counter((nic.mac or "").lower() for nic in nics)
    verdicts = [(nic, reason(nic) or _unfit(nic, macs)) for nic in nics]
    chosen = tuple(nic for nic, against in verdicts if not against)
    if len(chosen) == count:
        return chosen
    found = " ".join(filter(None, [f"{len(chosen)} NIC{'' if len(chosen) == 1 else 's'}", condition]))
    rows = [[*_cells(nic), against or "matches"] for nic, against in verdicts]
    table = _table(rows) or "\n  this machine has no NIC"
    raise UsageError("network.nic", f"{key} matches {found}, wants {count}{table}", hint=_HINT)


def _unfit(nic: Nic, macs: Counter[str]) -> str:
    """Why a NIC cannot carry the management network whatever the rule says."""
    if nic.mac is None:
        return "MAC address not known"
    if macs[nic.mac.lower()] > 1:
        return "shares its MAC address"
    # systemd names every wireless interface wl…; an access point takes no frames of a bridge's guests.
    return "wireless: cannot be bridged" if nic.name.startswith("wl") else ""


def _cells(nic: Nic) -> list[str]:
    speed = "" if nic.speed is None else f"{nic.speed} Mbit/s"
    link = {True: "link", False: "no link", None: "link?"}[nic.carrier]
    return [nic.name, nic.mac or "no MAC", nic.driver or "", speed, link]


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width) for row in rows)
    return "".join(f"\n  {line.rstrip()}" for line in lines)


def _short(nic: Nic) -> str:
    return f"{nic.name} ({nic.mac})"
