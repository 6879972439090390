"""The processor: who made it, how many there are, and what it can do for guests."""

from zeus_installer.machine.cpuid import open_registers
from zeus_installer.machine.cpuinfo import Cpuinfo, parse_cpu_list, parse_cpuinfo
from zeus_installer.machine.hypervisor import runs_in_guest
from zeus_installer.machine.model import Cpu, Xen
from zeus_installer.machine.tree import Tree
from zeus_installer.machine.virtualization import gather, judge

_SYSFS = "sys/devices/system/cpu"


def probe_cpu(tree: Tree, *, xen: Xen) -> Cpu:
    """Read cpuinfo, CPUID and the MSRs, in the order of who can be read at all."""
    cpuinfo = parse_cpuinfo(tree.text("proc/cpuinfo", fact="cpu.model") or "")
    registers = open_registers(tree)
    cpuid = registers.cpuid
    vendor = cpuinfo.vendor or (cpuid.vendor if cpuid else None)
    evidence = gather(cpuinfo, registers, vendor=vendor, guest=runs_in_guest(tree), xen=xen)
    judgement = judge(evidence)
    if judgement.state is None:
        tree.note("cpu.virtualization_state", judgement.reason)
    elif evidence.locked_off is None and evidence.flagged and not xen.running:
        tree.note(
            "cpu.firmware_lock", "the MSRs cannot be read (they need root and the msr module): the kernel's flags count"
        )
    return Cpu(
        vendor=vendor,
        model=_model(cpuinfo) or (cpuid.model if cpuid else None),
        threads=cpuinfo.threads or _online(tree) or registers.processors or None,
        cores=cpuinfo.cores or _count(tree, cpuinfo, ("physical_package_id", "core_id")),
        sockets=cpuinfo.sockets or _count(tree, cpuinfo, ("physical_package_id",)),
        virtualization=judgement.kind,
        virtualization_state=judgement.state,
        second_level_paging=judgement.paging,
    )


def _model(cpuinfo: Cpuinfo) -> str | None:
    """Give the name, or the names where one machine has processors of several kinds."""
    return " + ".join(" ".join(name.split()) for name in cpuinfo.models) or None


def _online(tree: Tree) -> int | None:
    lists = (tree.line(f"{_SYSFS}/{name}") for name in ("online", "present"))
    return next((count for line in lists if line and (count := parse_cpu_list(line))), None)


def _count(tree: Tree, cpuinfo: Cpuinfo, files: tuple[str, ...]) -> int | None:
    """Count what differs in the topology files of the processors, for kernels whose cpuinfo has no topology."""
    cpus = [name for name in tree.names(_SYSFS) if name.startswith("cpu") and name[3:].isdecimal()]
    if cpuinfo.threads and not cpus:
        return None
    places = {tuple(tree.line(f"{_SYSFS}/{cpu}/topology/{name}") for name in files) for cpu in cpus}
    return len({place for place in places if None not in place}) or None
