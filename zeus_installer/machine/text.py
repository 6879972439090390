"""The Machine for people. Pure: facts in, lines out."""

from collections.abc import Iterator

from zeus_installer.machine.model import Boot, Cpu, Disk, Firmware, Iommu, Kernel, Machine, Memory, Nic, Os, Use, Xen

_UNKNOWN = "not known"
_WIDTH = 12
_YES_NO = {True: "yes", False: "no", None: _UNKNOWN}
_ON_OFF = {True: "on", False: "off", None: _UNKNOWN}


def render(machine: Machine) -> str:
    """Describe the machine in as many lines as it takes."""
    facts = (
        ("System", " ".join(filter(None, (machine.hostname, _system(machine.os, machine.kernel))))),
        ("Processor", _cpu(machine.cpu)),
        ("Guests", _guests(machine.cpu)),
        ("IOMMU", _iommu(machine.iommu)),
        ("Firmware", _firmware(machine.firmware)),
        ("Memory", _memory(machine.memory)),
        ("Xen", _xen(machine.xen)),
        ("Dom0 kernel", _dom0(machine.kernel)),
        ("Boot", _boot(machine.boot)),
    )
    lines = [f"{name:<{_WIDTH}} {text}" for name, text in facts]
    lines += _section("Disks", [line for disk in machine.disks for line in _disk(disk)])
    lines += _section("Network", [_nic(nic) for nic in machine.nics])
    lines += _section("Could not be read", [f"{unread.fact}: {unread.reason}" for unread in machine.unread], empty="")
    return "".join(f"{line}\n" for line in lines)


def size(count: int) -> str:
    """Give a number of bytes as disk makers count (`480 GB`), as lists of disks show it."""
    amount, units = float(count), ["PB", "TB", "GB", "MB", "kB", "B"]
    # From 999.5 on, three digits would round to 1000.
    while amount >= 999.5 and len(units) > 1:
        amount /= 1000
        units.pop()
    return f"{amount:.3g} {units[-1]}"


def use_text(use: Use) -> str:
    """Say what one use is, in a word or two."""
    words = {
        "lvm": "LVM",
        "md": "Linux RAID",
        "luks": "LUKS",
        "multipath": "multipath",
        "zfs": "ZFS",
        "mount": "mounted on",
        "holder": "held by",
        "filesystem": "",
    }
    return " ".join(filter(None, (words.get(use.kind, use.kind), use.name))) or use.kind


def _system(system: Os, kernel: Kernel) -> str:
    return f"{system.name or system.id or _UNKNOWN}, kernel {kernel.release or _UNKNOWN}"


def _cpu(cpu: Cpu) -> str:
    counts = ((cpu.sockets, "sockets"), (cpu.cores, "cores"), (cpu.threads, "threads"))
    shown = ", ".join(f"{count} {name if count > 1 else name[:-1]}" for count, name in counts if count)
    return f"{cpu.model or cpu.vendor or _UNKNOWN}{f' ({shown})' if shown else ''}"


def _guests(cpu: Cpu) -> str:
    kind = {"vt-x": "VT-x", "amd-v": "AMD-V"}.get(cpu.virtualization or "", "hardware virtualization")
    state = cpu.virtualization_state.replace("-", " ") if cpu.virtualization_state else _UNKNOWN
    return f"{kind} {state}, second-level paging: {_YES_NO[cpu.second_level_paging]}"


def _iommu(iommu: Iommu) -> str:
    kind = {"vt-d": "VT-d", "amd-vi": "AMD-Vi"}.get(iommu.kind or "", "")
    state = iommu.state.replace("-", " ") if iommu.state else _UNKNOWN
    return f"{kind} {state}, interrupt remapping: {_YES_NO[iommu.interrupt_remapping]}".strip()


def _firmware(firmware: Firmware) -> str:
    kind = {"uefi": "UEFI", "bios": "BIOS"}.get(firmware.type or "", _UNKNOWN)
    machine = " ".join(filter(None, (firmware.vendor, firmware.product)))
    return ", ".join(filter(None, (kind, f"Secure Boot {_ON_OFF[firmware.secure_boot]}", machine)))


def _memory(memory: Memory) -> str:
    return _UNKNOWN if memory.bytes is None else f"{memory.bytes / (1 << 30):.1f} GiB"


def _xen(xen: Xen) -> str:
    if not xen.running:
        return "not running"
    return f"{'dom0' if xen.dom0 else 'a guest'} of Xen {xen.version or _UNKNOWN}"


def _dom0(kernel: Kernel) -> str:
    others = f" (installed and able: {', '.join(kernel.dom0_releases)})" if kernel.dom0_releases else ""
    return f"the running kernel: {_YES_NO[kernel.dom0_capable]}{others}"


def _boot(boot: Boot) -> str:
    place = "/boot of its own" if boot.separate else "/boot on the root"
    layers = f" on {' on '.join(boot.stack)}" if boot.stack else ""
    return _UNKNOWN if boot.file_system is None else f"{place}: {boot.file_system}{layers}, {boot.device or _UNKNOWN}"


def _disk(disk: Disk) -> Iterator[str]:
    marks = ("system disk" if disk.system else "", "install medium" if disk.install_medium else "")
    content = [use_text(use) for use in disk.uses] or (["empty"] if disk.empty else [])
    known = (disk.model, disk.serial, disk.transport, disk.table, *content, *marks)
    yield f"{disk.path:<14} {size(disk.size) if disk.size else _UNKNOWN:>9}  {', '.join(filter(None, known))}"
    for part in disk.partitions:
        uses = (part.label, *(use_text(use) for use in part.uses))
        yield f"  {part.path:<12} {size(part.size):>9}  {', '.join(filter(None, uses))}".rstrip()


def _nic(nic: Nic) -> str:
    link = {True: "link", False: "no link", None: "down"}[nic.carrier]
    speed = f"{nic.speed} Mbit/s" if nic.speed else None
    known = (nic.driver, nic.kind if nic.kind != "ethernet" else None, link, speed, *nic.addresses)
    return f"{nic.name:<14} {nic.mac or _UNKNOWN:<17}  {', '.join(filter(None, known))}"


def _section(title: str, lines: list[str], *, empty: str = "none") -> list[str]:
    shown = lines or ([empty] if empty else [])
    return ["", title, *(f"  {line}" for line in shown)] if shown else []
