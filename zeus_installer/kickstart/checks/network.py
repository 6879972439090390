"""Whether the management NIC is one that Anaconda configures."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message

# Devices that only the installer can tell (pykickstart/commands/network.py).
_FOUND_THERE: Final = frozenset({"", "link", "bootif", "ibft"})
# What the management network cannot be yet (zeus_installer/answers/not_yet.py), as options of the command.
_NOT_PLAIN: Final[Sequence[tuple[str, Callable[[Any], object]]]] = (
    ("--vlanid", lambda entry: entry.vlanid),
    ("--bondslaves", lambda entry: entry.bondslaves),
    ("--teamslaves", lambda entry: entry.teamslaves),
    ("--bridgeslaves", lambda entry: entry.bridgeslaves),
    ("--noipv4", lambda entry: entry.noipv4),
)
_INSTEAD: Final = "say in [network.management] of the answers which NIC it is, and its address (nic, ipv4)"


def check_network(context: Context) -> Iterator[Message]:
    """Hold the NIC that the answers name against the devices of the network commands."""
    wanted = context.wanted
    if wanted is None:
        return
    rule = wanted.answers.network.management.nic
    if rule is None:
        yield from _not_plain(context)
        return
    where, name = ("mac", rule.mac) if rule.mac else ("match", rule.match.name if rule.match else None)
    if name is None:
        return
    devices = [device for entry in context.commands.network.network if (device := _device(entry)) is not None]
    if any(device.lower() in {*_names(context, name)} for device in devices):
        return
    key = f"network.management.nic.{where}"
    place = context.key("network", "management", "nic", where)
    if not devices:
        if context.knows("other"):
            hint = f"add: network --device={name} --bootproto=dhcp --activate"
            text = f"{key} is {name}, and no network command names it"
            yield Message(place=place, text=text, hint=hint, level="warning" if context.asks else "error")
    elif not any(device in _FOUND_THERE for device in devices) and _comparable(name, devices, context):
        yield Message(
            place=place,
            text=f"{key} is {name}, but the network commands name {', '.join(dict.fromkeys(devices))}",
            hint=f"add: network --device={name} --bootproto=dhcp --activate",
        )
    elif not any(device in _FOUND_THERE for device in devices):
        yield Message(
            place=place,
            text=f"{key} is {name}: nobody can tell whether that is {', '.join(dict.fromkeys(devices))}",
            hint=f"name it the same way in both: network --device={name}",
            level="warning",
        )


def _not_plain(context: Context) -> Iterator[Message]:
    """Without a rule the management NIC is the one that Anaconda configures, if it is a NIC itself, by IPv4.

    Source: zeus_installer/addon/service/surroundings.py, `_activated`.
    """
    entries = [entry for entry in context.commands.network.network if _device(entry) is not None]
    kinds = [(entry, next((option for option, what in _NOT_PLAIN if what(entry)), None)) for entry in entries]
    if not all(option for _, option in kinds):
        return
    for entry, option in kinds:
        text = f"network {option}: a Xen host is managed by a plain NIC and IPv4, and would not get this network"
        yield context.command(entry.lineno, text, _INSTEAD, level="warning")


def _device(entry: Any) -> str | None:  # noqa: ANN401 - pykickstart has no types
    """Give the device of a network command; None for one that only gives the host its name."""
    only_name = (
        entry.hostname and not entry.device and not entry.ip and entry.bootProto == "dhcp" and not entry.activate
    )
    return None if only_name else str(entry.device)


def _names(context: Context, name: str) -> Iterator[str]:
    """Give all names of the NIC that are known."""
    yield name.lower()
    for nic in context.machine.nics if context.machine else ():
        if name.lower() in {nic.name.lower(), (nic.mac or "").lower()}:
            yield from (nic.name.lower(), (nic.mac or "").lower())


def _comparable(name: str, devices: Sequence[str], context: Context) -> bool:
    """Whether all are named in the same way, by MAC address or by name; with a machine both are known."""
    return context.machine is not None or len({":" in device for device in (name, *devices)}) == 1
