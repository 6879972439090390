"""Order `host`: what the status page of a host shows. Whatever is not known is null."""

import json
from typing import cast

from zeus_installer.engine.store import Store
from zeus_installer.machine.addresses import probe_addresses
from zeus_installer.machine.live import ask_addresses
from zeus_installer.machine.tree import Tree
from zeus_installer.system.codec import Json, decode, encode
from zeus_installer.system.errors import UsageError
from zeus_installer.system.target import Target
from zeus_installer.verify.facts import HostFacts, collect_host_facts
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order
from zeus_installer.worker.stored import store_of

_FIRST_OF_LINK_LOCAL = "fe80:"


def host(order: Order, _channel: Channel) -> Json:
    """Ask xapi; while it does not answer, the report tells what it was like when the installation ended."""
    store = store_of(order)
    now = collect_host_facts(store.target)
    facts = now if now.uuid else _reported(store) or now
    return {
        "live": now.uuid is not None,
        "hostname": facts.hostname or _own_name(store.target),
        "name": facts.name,
        "uuid": facts.uuid,
        "enabled": now.enabled,
        "address": facts.address,
        "addresses": _addresses(store.target),
        "xapi": facts.versions.get("xapi"),
        "xen": now.versions.get("xen"),
        "sr": encode(facts.sr),
        "certificate_sha256": facts.certificate_sha256,
        "versions": encode(facts.versions),
    }


def _reported(store: Store) -> HostFacts | None:
    try:
        report = json.loads(store.report.read_text())
        return decode(HostFacts, report["host"])
    except (OSError, ValueError, KeyError, TypeError, UsageError):
        return None


def _own_name(target: Target) -> str | None:
    names = (target.read(path) for path in ("/proc/sys/kernel/hostname", "/etc/hostname"))
    return next((name.strip() for name in names if name and name.strip()), None)


def _addresses(target: Target) -> dict[str, Json]:
    """Give the addresses that others can reach, by interface."""
    known = ask_addresses() if target.is_running_system else None
    if known is None:
        known = probe_addresses(Tree(target.root))
    shown = {
        name: [address for address in addresses if not address.startswith(_FIRST_OF_LINK_LOCAL)]
        for name, addresses in known.items()
        if name != "lo"
    }
    return cast("dict[str, Json]", {name: addresses for name, addresses in shown.items() if addresses})
