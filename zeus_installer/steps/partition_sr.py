"""Step: make the partition of the storage repository. It destroys nothing: its place must be free already."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, Self

from zeus_installer.machine.model import Disk
from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.storage.blank import blank_ends
from zeus_installer.storage.device import Device, settle, udev_runs
from zeus_installer.storage.gpt import read_gpt
from zeus_installer.storage.identity import locate
from zeus_installer.storage.layout import (
    SR_PARTITION_TYPE,
    SrPartition,
    in_biggest_gap,
    on_whole_disk,
    sr_partition_name,
)
from zeus_installer.storage.text import disk_name, size_text
from zeus_installer.system.errors import UsageError, ZeusError, sentence_list
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target

# What a table leaves on the bare disk; after a power cut in the middle of writing ours, all that may be there.
_TABLE_SIGNATURES = frozenset({"gpt", "PMBR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionSr(Step):
    """Write the SR's partition: the only one of a new GPT, or one more in the biggest gap of a table.

    A new table is known as ours by the partition's name, so that a half-written one is begun anew after a power cut.
    libparted's binding belongs to the system's Python, so it is imported where the work is done and not with the plan.
    """

    id: ClassVar[str] = "partition_sr"
    title: ClassVar[str] = "Make the partition of the storage repository"

    disk: Disk
    partition: SrPartition
    space: Literal["whole-disk", "free-space"]

    @classmethod
    def wanted(cls, context: Context) -> bool:
        """Only a local SR has a partition."""
        return bool(context.disks)

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Make the step. Pure."""
        disk, partition = _plan(context)
        return cls(disk=disk, partition=partition, space=context.answers.storage.space)

    def describe(self) -> Change:
        """Tell the partition and what stays."""
        size, name, disk = size_text(self.partition.size), self.partition.name, disk_name(self.disk)
        if self.space == "whole-disk":
            return Change(changes=(f"new GPT on {disk}, with one partition of {size} named {name}",))
        others = sentence_list(str(entry.number) for entry in self.disk.partitions)
        begin = size_text(self.partition.start)
        return Change(
            changes=(
                f"partition {self.partition.number} of {size} named {name} in the gap at {begin} of {disk}; "
                f"{f'partitions {others} stay as they are' if others else 'there is no other'}",
            )
        )

    def is_done(self, target: Target) -> bool:  # noqa: ARG002 - disks are the machine's
        """Whether both copies of the table have the partition, and the kernel too."""
        device = locate(self.disk)
        return self._is_written(device) and self._kernel_path(device) is not None

    def apply(self, target: Target, report: Reporter) -> None:  # noqa: ARG002 - disks are the machine's
        """Write what is missing of it."""
        device = locate(self.disk)
        with device.locked():
            if not self._is_written(device):
                report.log(f"write partition {self.partition.number} of {disk_name(self.disk)}")
                if self.space == "whole-disk":
                    self._write_table(device)
                else:
                    self._write_entry(device)
            place = self.partition
            device.make_known(number=place.number, start=place.start, size=place.size)
        settle()

    def verify(self, target: Target) -> None:
        """Raise a `ZeusError` when the partition, or the link that dom0 will know it by, is not there."""
        if not self.is_done(target):
            raise ZeusError(
                "storage.partition",
                f"partition {self.partition.number} of {disk_name(self.disk)} did not come out right",
                hint="go on with: zeus resume; if it fails again, check the disk (smartctl -a)",
            )
        link = Path(_device_link(self.disk, self.partition))
        if udev_runs() and self._kernel_path(locate(self.disk)) != link.resolve():
            raise ZeusError(
                "storage.link",
                f"{link} does not lead to partition {self.partition.number} of {self.disk.path}",
                hint="udev makes these links: udevadm trigger; then go on: zeus resume",
            )

    def _write_table(self, device: Device) -> None:
        from zeus_installer.storage.table import write_new_table

        with device.exclusive() as descriptor:
            self._refuse_contents(device)
            blank_ends(descriptor, self.partition)
            write_new_table(device, self.partition)

    def _write_entry(self, device: Device) -> None:
        from zeus_installer.storage.table import add_to_table, is_in_table, write_both_copies

        with device.writable() as descriptor:
            if is_in_table(device, self.partition):
                write_both_copies(device)
                return
            blank_ends(descriptor, self.partition)
            add_to_table(device, self.partition)

    def _is_written(self, device: Device) -> bool:
        wanted = (self.partition.number, self.partition.start, self.partition.size, self.partition.name)
        table = read_gpt(device.path, sector=device.sector) or ()
        return any(
            (entry.number, entry.start, entry.size, entry.name) == wanted and entry.type == SR_PARTITION_TYPE
            for entry in table
        )

    def _kernel_path(self, device: Device) -> Path | None:
        wanted = (self.partition.number, self.partition.start, self.partition.size)
        known = {(entry.number, entry.start, entry.size): entry.path for entry in device.partitions()}
        return known.get(wanted)

    def _refuse_contents(self, device: Device) -> None:
        """The disk may carry nothing but a table of ours, whole or torn, and nothing may be in our partition yet."""
        mine = (self.partition.start, self.partition.size)
        table = read_gpt(device.path, sector=device.sector) or ()
        found = [entry.name or f"partition {entry.number}" for entry in table if entry.name != self.partition.name]
        for entry in device.partitions():
            is_mine = (entry.start, entry.size) == mine
            found += Device(entry.path).signatures() if is_mine else [str(entry.path)]
        found += [kind for kind in device.signatures() if kind not in _TABLE_SIGNATURES]
        if found:
            raise ZeusError(
                "storage.not_empty",
                f"{disk_name(self.disk)} is not empty, there is {sentence_list(found)}; nothing was written",
                hint="give this plan up (zeus abandon) and make a new one",
            )


def sr_device(context: Context) -> str:
    """Give the path by which dom0 finds the SR's partition; known when the plan is made.

    It is the disk's most stable by-id link with the partition's number. A disk without any, as virtual machines have,
    is known by the name of its partition, which no other host's has.
    """
    return _device_link(*_plan(context))


def _plan(context: Context) -> tuple[Disk, SrPartition]:
    if len(context.disks) != 1:
        raise UsageError(
            "storage.disks",
            f"storage.disks: {len(context.disks)} disks are named, and the storage repository takes 1",
            hint="name one disk",
        )
    disk = context.disks[0]
    place = in_biggest_gap if context.answers.storage.space == "free-space" else on_whole_disk
    return disk, place(disk, name=sr_partition_name(context.identity.host))


def _device_link(disk: Disk, partition: SrPartition) -> str:
    return f"{disk.links[0]}-part{partition.number}" if disk.links else f"/dev/disk/by-partlabel/{partition.name}"
