"""What a server that hands out answers is told of this machine: a documented JSON (docs/answer-sources.md)."""

from zeus_installer.answer_sources.search import Search
from zeus_installer.checks.registry import run_checks
from zeus_installer.machine.installer import ANACONDA_ROOTS, InstallerTree
from zeus_installer.machine.model import Disk, Machine, Nic
from zeus_installer.machine.probe import probe_tree
from zeus_installer.system.codec import Json, encode

_VERSION = 1


def inquiry(search: Search) -> dict[str, Json]:
    """Give identity, disks, NICs and findings. Nothing of the kernel command line: it may have passwords."""
    machine = probe_tree(InstallerTree(search.target.root, ANACONDA_ROOTS))
    return {
        "version": _VERSION,
        "machine": _machine(search, machine),
        "disks": [_disk(disk) for disk in machine.disks],
        "nics": [_nic(nic) for nic in machine.nics],
        "findings": encode(run_checks(machine, None)),
    }


def _machine(search: Search, machine: Machine) -> Json:
    identity = encode(search.identity)
    facts: dict[str, Json] = {
        "boot_mac": search.words.boot_mac,
        "firmware": machine.firmware.type,
        "cpu": machine.cpu.model,
        "threads": machine.cpu.threads,
        "memory": machine.memory.bytes,
    }
    return {**(identity if isinstance(identity, dict) else {}), **facts}


def _disk(disk: Disk) -> Json:
    names = ("name", "size", "model", "serial", "wwn", "rotational", "transport", "empty")
    return {name: getattr(disk, name) for name in names}


def _nic(nic: Nic) -> Json:
    return {name: getattr(nic, name) for name in ("name", "mac", "driver", "speed", "carrier")}
