"""`zeus probe`: everything together. A probe never fails: what it cannot read is None, and stands in `unread`."""

from dataclasses import replace
from functools import reduce
from pathlib import Path

from zeus_installer.machine.addresses import probe_addresses
from zeus_installer.machine.blocks import read_blocks
from zeus_installer.machine.boot import probe_boot
from zeus_installer.machine.cpu import probe_cpu
from zeus_installer.machine.disks import probe_disks
from zeus_installer.machine.firmware import probe_firmware
from zeus_installer.machine.iommu import probe_iommu
from zeus_installer.machine.kernel import probe_kernel
from zeus_installer.machine.memory import probe_memory
from zeus_installer.machine.model import Machine, Unread, Xen
from zeus_installer.machine.nics import probe_nics
from zeus_installer.machine.os_release import probe_os
from zeus_installer.machine.tree import Tree, whole_number
from zeus_installer.machine.uses import read_occupation
from zeus_installer.machine.xen import probe_xen

# What every machine has: when one of these is None, `unread` says why, if only that nothing told it.
_FACTS = (
    "cpu.vendor",
    "cpu.model",
    "cpu.threads",
    "cpu.virtualization",
    "cpu.virtualization_state",
    "cpu.second_level_paging",
    "iommu.kind",
    "iommu.state",
    "iommu.interrupt_remapping",
    "firmware.type",
    "firmware.secure_boot",
    "memory.bytes",
    "kernel.release",
    "kernel.dom0_capable",
    "boot.file_system",
    "boot.grubenv",
    "os.id",
    "hostname",
)


def probe(root: Path) -> Machine:
    """Read the machine whose root directory is `root`: `/`, or a recorded tree. Nothing is changed by it."""
    return probe_tree(Tree(root))


def probe_tree(tree: Tree) -> Machine:
    """Read the machine through a tree."""
    answers = _Live(tree) if tree.live else _Recorded(tree)
    xen, xen_memory = answers.about_xen(probe_xen(tree))
    kernel = probe_kernel(tree, xen=xen)
    blocks = read_blocks(tree, asked=answers.signatures)
    occupation = read_occupation(tree, blocks, kernel.command_line)
    machine = Machine(
        cpu=probe_cpu(tree, xen=xen),
        iommu=probe_iommu(tree, xen=xen, command_line=kernel.command_line),
        firmware=probe_firmware(tree),
        memory=probe_memory(tree, xen=xen, xen_total=xen_memory),
        xen=xen,
        kernel=kernel,
        boot=probe_boot(tree, blocks, kernel.command_line),
        disks=probe_disks(tree, blocks, occupation),
        nics=probe_nics(tree, addresses=answers.addresses(), permanent=answers.permanent_addresses()),
        os=probe_os(tree),
        hostname=tree.line("etc/hostname") or tree.line("proc/sys/kernel/hostname", fact="hostname"),
    )
    return replace(machine, unread=_unread(tree, machine))


class _Recorded:
    """A recorded tree has nobody to ask: files are all there is."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def about_xen(self, xen: Xen) -> tuple[Xen, int | None]:
        """Give Xen with what its toolstack knows of it, and the machine's memory in bytes."""
        return xen, None

    def signatures(self, name: str) -> dict[str, str] | None:
        """Give udev's properties of a block device that the udev database does not know."""
        del name
        return None

    def addresses(self) -> dict[str, tuple[str, ...]]:
        """Give the interfaces' addresses."""
        return probe_addresses(self._tree)

    def permanent_addresses(self) -> dict[str, str]:
        """Give the interfaces' permanent MAC addresses."""
        return {}


class _Live(_Recorded):
    """The running system can be asked. The imports wait: a recorded tree does not need them."""

    def about_xen(self, xen: Xen) -> tuple[Xen, int | None]:
        """Ask `xl info`."""
        if not xen.dom0:
            return xen, None
        from zeus_installer.machine.live import ask_xen

        told = ask_xen()
        mebibytes = whole_number(told.get("total_memory", ""))
        capabilities = (*xen.capabilities, *told.get("virt_caps", "").split())
        return replace(xen, capabilities=capabilities), None if mebibytes is None else mebibytes << 20

    def signatures(self, name: str) -> dict[str, str] | None:
        """Ask blkid."""
        from zeus_installer.machine.live import ask_blkid

        return ask_blkid(name)

    def addresses(self) -> dict[str, tuple[str, ...]]:
        """Ask iproute2, which knows better than the routes where two interfaces share a network."""
        from zeus_installer.machine.live import ask_addresses

        return ask_addresses() or super().addresses()

    def permanent_addresses(self) -> dict[str, str]:
        """Ask the drivers."""
        from zeus_installer.machine.live import ask_permanent_addresses

        return ask_permanent_addresses(self._tree)


def _unread(tree: Tree, machine: Machine) -> tuple[Unread, ...]:
    """Give the notes, without those of facts that another source told, and with every fact that nobody told."""
    known = {fact for fact in _FACTS if reduce(getattr, fact.split("."), machine) is not None}
    for fact in _FACTS:
        if fact not in known:
            tree.note(fact, "nothing that could be read tells it")
    return tuple(unread for unread in tree.unread if unread.fact not in known)
