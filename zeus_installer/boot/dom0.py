"""How much memory and how many processors dom0 gets."""

from dataclasses import dataclass
from typing import Final

from zeus_installer.answers.model import Boot
from zeus_installer.machine.model import Machine
from zeus_installer.system.errors import UsageError

MIB: Final = 1 << 20

# What the appliance's installer computes (xcp-ng/xcp-python-libs xcp/dom0.py, default_memory_v3 and default_vcpus).
_BASE: Final = 1024
_SHARE: Final = 20  # one twentieth of the host's memory
_GRANULE: Final = 16
_MOST: Final = 8192
_HELD_BY_XEN: Final = 256
_MOST_VCPUS: Final = 16
_VCPUS_BELOW: Final = ((2048, 4), (4096, 8))

# The least host that the checks let through; its dom0 fits every host whose memory is not known.
_SMALLEST_HOST: Final = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Dom0:
    """dom0's fixed memory (MiB) and the most vCPUs that it may have."""

    memory: int
    vcpus: int


def dom0_resources(wanted: Boot, machine: Machine) -> Dom0:
    """Give what the answers ask for; `auto` is the appliance's formula. More memory than there is: `UsageError`."""
    host = _SMALLEST_HOST if machine.memory.bytes is None else machine.memory.bytes // MIB
    memory = auto_memory(host) if wanted.dom0_memory == "auto" else wanted.dom0_memory
    if memory > host - _HELD_BY_XEN and machine.memory.bytes is not None:
        raise UsageError(
            "boot.dom0_memory",
            f"boot.dom0_memory: dom0 would get {memory} MiB, but this machine has {host} MiB "
            f"and Xen itself needs {_HELD_BY_XEN}",
            hint=f'at most {max(host - _HELD_BY_XEN, 0)}; "auto" is {auto_memory(host)}',
        )
    vcpus = auto_vcpus(machine.cpu.threads, memory=memory) if wanted.dom0_vcpus == "auto" else wanted.dom0_vcpus
    return Dom0(memory=memory, vcpus=vcpus)


def auto_memory(host: int) -> int:
    """Give dom0's memory for a host of `host` MiB, both in MiB. What Xen keeps for itself is added back first."""
    share = (host + _HELD_BY_XEN) // _SHARE
    return min(_BASE + share // _GRANULE * _GRANULE, _MOST)


def auto_vcpus(threads: int | None, *, memory: int) -> int:
    """Give dom0's vCPUs for a host with `threads` processors and `memory` MiB for dom0."""
    cap = next((vcpus for below, vcpus in _VCPUS_BELOW if memory < below), _MOST_VCPUS)
    return cap if threads is None else max(min(threads, cap), 1)
