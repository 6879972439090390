"""/proc/cpuinfo, as far as it can be understood: what the kernel says of each processor that is online."""

from dataclasses import dataclass

from zeus_installer.machine.tree import printable, whole_number

# Keys by which the kernels of other architectures can be told (arch/*/kernel/{cpu,setup,processor}.c of Linux).
_FOREIGN_KEYS = frozenset({"CPU implementer", "CPU architecture", "isa", "features", "cpu", "cpu model", "ISA"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpuinfo:
    """What all processors together say. `flags` are those that every processor has, `vmx_flags` those of any.

    `foreign`: the processors are not x86. `flags` is None where no processor tells any.
    """

    threads: int
    vendor: str | None
    models: tuple[str, ...]
    cores: int | None
    sockets: int | None
    flags: frozenset[str] | None
    vmx_flags: frozenset[str]
    foreign: bool


def parse_cpuinfo(text: str) -> Cpuinfo:
    """Read /proc/cpuinfo. Any text is understood as far as it goes; no processor in it gives `threads` 0."""
    processors, keys = _processors(text)
    places = {(block.get("physical id"), block.get("core id")) for block in processors}
    packages = {package for package, _ in places if package is not None}
    return Cpuinfo(
        threads=len(processors),
        vendor=next((block["vendor_id"] for block in processors if block.get("vendor_id")), None),
        models=tuple(dict.fromkeys(block["model name"] for block in processors if block.get("model name"))),
        cores=len({place for place in places if None not in place}) or None,
        sockets=len(packages) or None,
        flags=_common_flags({block["flags"] for block in processors if "flags" in block}),
        vmx_flags=frozenset(
            word for line in {block.get("vmx flags", "") for block in processors} for word in line.split()
        ),
        foreign="flags" not in keys and not _FOREIGN_KEYS.isdisjoint(keys),
    )


def parse_cpu_list(text: str) -> int | None:
    """Count the processors of a list as sysfs writes it (`0-3,8,10-11`)."""
    count = 0
    for part in printable(text).split(","):
        first, dash, last = part.partition("-")
        low, high = whole_number(first), whole_number(last if dash else first)
        if low is None or high is None or high < low:
            return None
        count += high - low + 1
    return count


def _processors(text: str) -> tuple[list[dict[str, str]], set[str]]:
    """Give the pairs of each processor, and all keys of the file."""
    processors: list[dict[str, str]] = []
    keys: set[str] = set()
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        key = key.strip()
        if not colon:
            continue
        if key == "processor":
            processors.append({})
        if processors:
            processors[-1][key] = value.strip()
        keys.add(key)
    return processors, keys


def _common_flags(lines: set[str]) -> frozenset[str] | None:
    # Hundreds of processors have the same line: the set holds each line once, so only the different ones are split.
    return frozenset.intersection(*(frozenset(line.split()) for line in lines)) if lines else None
