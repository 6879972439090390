"""Signs of a hypervisor other than the CPU's own bit, which old VirtualBox and some recordings do not show."""

from zeus_installer.machine.tree import Tree

_DMI_WORDS = ("QEMU", "KVM", "VirtualBox", "VMware", "innotek", "Bochs", "HVM domU", "Parallels Virtual")
_DMI_FILES = ("sys_vendor", "product_name")
# Makers of devices that only virtual machines have: VirtualBox, VMware, QEMU's standard VGA.
_PCI_VENDORS = frozenset({"80ee", "15ad", "1234"})


def runs_in_guest(tree: Tree) -> bool:
    """Whether the machine's own description or its PCI devices are those of a virtual machine."""
    description = " ".join(filter(None, (tree.line(f"sys/class/dmi/id/{name}") for name in _DMI_FILES)))
    if any(word in description for word in _DMI_WORDS) or description == "Microsoft Corporation Virtual Machine":
        return True
    lines = (tree.text("proc/bus/pci/devices") or "").splitlines()
    return any(line.split("\t")[1][:4] in _PCI_VENDORS for line in lines if "\t" in line)
