"""How a disk is attached, from its place in the device tree."""

import re

from zeus_installer.machine.blocks import Block
from zeus_installer.machine.tree import Tree

# The first that matches counts: a SATA disk behind a USB bridge is a USB disk.
_BY_PLACE = (
    (re.compile(r"/usb\d+/"), "usb"),
    (re.compile(r"/session\d+/"), "iscsi"),
    (re.compile(r"/rport-"), "fc"),
    (re.compile(r"/end_device-"), "sas"),
    (re.compile(r"/ata\d+/"), "sata"),
    (re.compile(r"/virtio\d+/"), "virtio"),
    (re.compile(r"/vbd-\d+/"), "xen"),
    (re.compile(r"/mmc_host/|/mmc\d+:"), "mmc"),
    (re.compile(r"/ndbus\d+/"), "nvdimm"),
    (re.compile(r"/vmbus|/VMBUS:", re.IGNORECASE), "hyper-v"),
)
_BY_NAME = (("nvme", "nvme"), ("mmcblk", "mmc"), ("vd", "virtio"), ("xvd", "xen"), ("pmem", "nvdimm"))
_BY_BUS = {"ata": "sata", "usb": "usb", "scsi": "scsi", "nvme": "nvme"}


def transport_of(tree: Tree, block: Block) -> str | None:
    """Give `nvme`, `sata`, `sas`, `usb`, `virtio`, `iscsi`, …, None when nothing tells; NVMe over TCP is `nvme-tcp`."""
    if block.name.startswith("nvme"):
        link = tree.line(f"{block.directory}/device/transport") or "pcie"
        return "nvme" if link == "pcie" else f"nvme-{link}"
    by_place = next((name for pattern, name in _BY_PLACE if pattern.search(f"/{block.directory}/")), None)
    by_name = next((name for prefix, name in _BY_NAME if block.name.startswith(prefix)), None)
    return by_place or by_name or _BY_BUS.get(block.udev.get("ID_BUS") or "")
