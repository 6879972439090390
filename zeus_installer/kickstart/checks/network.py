"""Whether the management NIC is one that Anaconda configures."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message

# Devices that only the installer can tell (pykickstart/commands/network.py).
_FOUND_THERE: Final = frozenset({"", "link", "bootif", "ibft"})


def check_network(context: Context) -> Iterator[Message]:
    """Hold the NIC that the answers name against the devices of the network commands."""
    wanted = context.wanted
    rule = wanted.answers.network.management.nic if wanted else None
    if rule is None:
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
