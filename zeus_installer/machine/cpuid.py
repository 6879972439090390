"""CPUID and model-specific registers, as /dev/cpu/N gives them, and as recordings of it have them.

The device takes the leaf as its file position and gives 16 bytes, EAX EBX ECX EDX (Linux, arch/x86/kernel/cpuid.c);
the MSR device takes the register's number and gives 8 bytes (msr.c). A plain file cannot keep overlapping records, so
recordings have another form: text as `hwloc-gather-cpuid` or `cpuid -r` write it, or records at 16 times the leaf.
"""

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from zeus_installer.machine.tree import Tree

_RECORD = struct.Struct("<4I")
_VENDORS = (b"GenuineIntel", b"AuthenticAMD", b"HygonGenuine", b"CentaurHauls", b"  Shanghai  ")
# hwloc: mask, then EAX EBX ECX EDX of the question => of the answer; bit 2 of the mask: the subleaf counts.
_HEX = "([0-9a-fA-F]{1,8})"
_HWLOC_LINE = re.compile(rf"{_HEX} {_HEX} [0-9a-f]+ {_HEX} [0-9a-f]+ => {_HEX} {_HEX} {_HEX} {_HEX}\s*")
_CPUID_R_LINE = re.compile(rf"\s*0x{_HEX} 0x{_HEX}: eax=0x{_HEX} ebx=0x{_HEX} ecx=0x{_HEX} edx=0x{_HEX}\s*")
# FPU, TSC, MSR, PAE, CX8, CMOV, MMX, FXSR, SSE, SSE2: what leaf 1 EDX shows of every 64-bit processor.
_X86_64 = 0x07808171
_DUMP_FILE = re.compile(r"pu\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """The four registers of an answer."""

    eax: int
    ebx: int
    ecx: int
    edx: int


class Cpuid:
    """The answers of one processor, read when asked for."""

    def __init__(self, tree: Tree, path: str) -> None:
        self._tree = tree
        self._path = path
        self._spaced = False
        self._text: Mapping[int, Leaf] | None = None
        head = tree.data(path, size=1 << 16) if not tree.live else None
        if head is not None:
            self._text = _parse_dump(head.decode(errors="replace")) or None
            self._spaced = _vendor_text(head[4:16]) in _VENDORS

    def leaf(self, number: int) -> Leaf | None:
        """Give the answer to leaf `number` (subleaf 0), or None when it cannot be read."""
        if self._text is not None:
            return self._text.get(number)
        record = self._tree.data(self._path, offset=number * 16 if self._spaced else number, size=_RECORD.size)
        if record is None or len(record) != _RECORD.size:
            return None
        eax, ebx, ecx, edx = _RECORD.unpack(record)
        return Leaf(eax=eax, ebx=ebx, ecx=ecx, edx=edx)

    @property
    def plausible(self) -> bool:
        """Whether leaf 1 is there and can be of a 64-bit processor: a hole or noise in a recording is not."""
        leaf = self.leaf(1)
        return leaf is not None and any((leaf.eax, leaf.ecx, leaf.edx)) and leaf.edx & _X86_64 in (0, _X86_64)

    @property
    def vendor(self) -> str | None:
        """The vendor's name in leaf 0."""
        if (leaf := self.leaf(0)) is None:
            return None
        name = struct.pack("<3I", leaf.ebx, leaf.edx, leaf.ecx)
        return name.decode().strip() if name in _VENDORS else None

    @property
    def model(self) -> str | None:
        """The name that the processor gives itself in leaves 0x80000002 to 0x80000004."""
        leaves = [leaf for number in (0x80000002, 0x80000003, 0x80000004) if (leaf := self.leaf(number)) is not None]
        if len(leaves) != 3:
            return None
        name = b"".join(_RECORD.pack(leaf.eax, leaf.ebx, leaf.ecx, leaf.edx) for leaf in leaves)
        return " ".join(name.rstrip(b"\0").decode("ascii", errors="ignore").split()) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registers:
    """What was found of CPUID and the MSRs. `processors` counts those of a bare CPUID dump, else it is 0."""

    cpuid: Cpuid | None
    msr_path: str | None
    processors: int = 0
    tree: Tree = field(repr=False)

    def msr(self, number: int) -> int | None:
        """Give the model-specific register `number`, or None when it cannot be read."""
        record = None if self.msr_path is None else self.tree.data(self.msr_path, offset=number, size=8)
        return int.from_bytes(record, "little") if record is not None and len(record) == 8 else None


def open_registers(tree: Tree) -> Registers:
    """Find the first processor whose CPUID, and the first whose MSRs, can be read."""
    numbers = sorted((name for name in tree.names("dev/cpu") if name.isdecimal()), key=int)
    dumps = () if numbers or tree.live else tuple(filter(_DUMP_FILE.fullmatch, tree.names("")))
    cpuid_paths = [f"dev/cpu/{number}/cpuid" for number in numbers] + [name for name in dumps if name == "pu0"]
    msr_paths = [f"dev/cpu/{number}/msr" for number in numbers]
    return Registers(
        cpuid=next((cpuid for path in cpuid_paths if (cpuid := Cpuid(tree, path)).plausible), None),
        msr_path=next((path for path in msr_paths if tree.data(path, offset=0x10, size=8)), None),
        processors=len(dumps),
        tree=tree,
    )


def _vendor_text(words: bytes) -> bytes:
    # Leaf 0 has the name in the order EBX, EDX, ECX.
    return words[0:4] + words[8:12] + words[4:8]


def _parse_dump(text: str) -> dict[int, Leaf]:
    leaves: dict[int, Leaf] = {}
    for line in text.splitlines():
        if match := _HWLOC_LINE.fullmatch(line):
            mask, number, subleaf, *answer = match.groups()
            plain = not int(mask, 16) & 4 or int(subleaf, 16) == 0
        elif match := _CPUID_R_LINE.fullmatch(line):
            number, subleaf, *answer = match.groups()
            plain = int(subleaf, 16) == 0
        else:
            continue
        if plain:
            eax, ebx, ecx, edx = (int(word, 16) for word in answer)
            leaves.setdefault(int(number, 16), Leaf(eax=eax, ebx=ebx, ecx=ecx, edx=edx))
    return leaves
