"""Screen 3, the storage repository: every disk of the machine, what is on it, and what may be destroyed."""

from typing import Final

from zeus_installer.checks.disks import check_disks
from zeus_installer.screens.disks import DISKS, confirmations, doomed, is_local
from zeus_installer.screens.form import Choice, Constant, Option, Screen, picked

SR_TYPES: Final = (
    Option(key="ext", label="ext", note="thin: guests' disks are files that grow; the usual choice", value="ext"),
    Option(
        key="lvm", label="lvm", note="a volume for each disk, all of its size at once; fast and simple", value="lvm"
    ),
    Option(key="nfs", label="NFS", note="guests' disks are files on a server in the network", value="nfs"),
    Option(key="none", label="none", note="no local storage: it comes later, from a pool or a SAN", value="none"),
)
SPACES: Final = (
    Option(key="whole-disk", label="whole disks", note="all that is on them is destroyed", value="whole-disk"),
    Option(key="free-space", label="free space", note="only what no partition has; nothing else", value="free-space"),
)
_RAIDS: Final = (
    Option(key="none", label="no RAID", note="the disks' sizes add up; one broken disk loses all", value="none"),
    Option(key="raid1", label="RAID 1", note="each disk holds everything", value="raid1"),
    Option(key="raid10", label="RAID 10", note="stripes over mirrors, for four disks and more", value="raid10"),
)

SCREEN: Final = Screen(
    id="storage",
    title="Storage",
    intro="Where guests' disks will be kept: the local storage repository (SR).",
    items=(
        Choice(name="sr_type", label="Type", path="storage.sr_type", options=lambda _desk: SR_TYPES),
        Choice(name="space", label="Use", path="storage.space", options=lambda _desk: SPACES, visible_when=is_local),
        DISKS,
        confirmations,
        Choice(
            name="raid",
            label="RAID",
            path="storage.raid",
            options=lambda _desk: _RAIDS,
            visible_when=lambda desk: is_local(desk) and len(picked(DISKS, desk)) > 1,
        ),
        Constant(
            name="wipe",
            label="",
            path="storage.wipe",
            value=lambda desk: "listed-disks" if doomed(desk) else None,
        ),
    ),
    judge=check_disks,
)
