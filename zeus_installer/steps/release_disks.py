"""Step: clear the selected disks. It is the only step that destroys, and only on disks that the answers list."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from zeus_installer.machine.model import Disk
from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.storage.device import Device, settle
from zeus_installer.storage.holders import find_holders
from zeus_installer.storage.identity import locate
from zeus_installer.storage.release import refuse_shared, take_down
from zeus_installer.storage.text import contents, disk_name
from zeus_installer.storage.users import refuse_users
from zeus_installer.system.errors import ZeusError, sentence_list
from zeus_installer.system.events import Reporter
from zeus_installer.system.run import run
from zeus_installer.system.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDisks(Step):
    """Take down what is built on the disks and wipe their signatures. Disks are the machine's, not the target root's.

    With `wipe` "only-if-empty" nothing is ever destroyed: a disk that is not empty (any more) is an error.
    """

    id: ClassVar[str] = "release_disks"
    title: ClassVar[str] = "Clear the disks of the storage repository"

    disks: tuple[Disk, ...]
    wipe: Literal["only-if-empty", "listed-disks"]

    @classmethod
    def wanted(cls, context: Context) -> bool:
        """Only whole disks are cleared; in the gap of a disk nothing is in the way."""
        return bool(context.disks) and context.answers.storage.space == "whole-disk"

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Make the step. Pure."""
        return cls(disks=context.disks, wipe=context.answers.storage.wipe)

    def describe(self) -> Change:
        """Tell what is lost, disk by disk."""
        return Change(
            destroys=tuple(
                f"everything on {disk_name(disk)}; on it now: {contents(disk)}" for disk in self.disks if not disk.empty
            ),
            changes=tuple(f"{disk_name(disk)}: is empty, and must still be" for disk in self.disks if disk.empty),
        )

    def is_done(self, target: Target) -> bool:  # noqa: ARG002 - disks are the machine's
        """Whether every disk has neither partitions nor signatures nor holders."""
        return all(_is_clear(locate(disk)) for disk in self.disks)

    def apply(self, target: Target, report: Reporter) -> None:  # noqa: ARG002 - disks are the machine's
        """Clear the disks. All of them are inspected before the first is changed."""
        devices = [(disk, locate(disk)) for disk in self.disks]
        taken = [(disk, device) for disk, device in devices if not _is_clear(device)]
        if not taken:
            return
        for _, device in taken:
            refuse_users(device)
            self._refuse_contents(device)
        settle()
        names = [device.name for _, device in taken]
        holders = find_holders(names)
        refuse_shared(holders, names)
        for disk, device in taken:
            with device.locked():
                report.log(f"clear {disk_name(disk)}")
                take_down([holder for holder in holders if device.name in holder.disks])
                _wipe(disk, device)
        settle()

    def verify(self, target: Target) -> None:  # noqa: ARG002 - disks are the machine's
        """Raise a `ZeusError` when something is left or came back."""
        for disk in self.disks:
            device = locate(disk)
            if not _is_clear(device):
                left = [*device.holders(), *(str(entry.path) for entry in device.partitions()), *device.signatures()]
                raise ZeusError(
                    "storage.not_cleared",
                    f"{disk_name(disk)} is not clear, there still is {sentence_list(left)}",
                    hint=f"see what brings it back: lsblk {device.path}; then go on: zeus resume",
                )

    def _refuse_contents(self, device: Device) -> None:
        if self.wipe == "only-if-empty":
            found = [*(str(entry.path) for entry in device.partitions()), *device.signatures(), *device.holders()]
            raise ZeusError(
                "storage.not_empty",
                f"{device.path} is not empty any more, there is {sentence_list(found)}; nothing was written",
                hint='make a new plan; wipe = "listed-disks" destroys what is on the disks that are listed',
            )


def _is_clear(device: Device) -> bool:
    return not (device.partitions() or device.holders() or device.signatures())


def _wipe(disk: Disk, device: Device) -> None:
    """Wipe the signatures of the partitions, then those of the disk with both copies of its table; tell the kernel."""
    for path in (*(entry.path for entry in device.partitions()), device.path):
        if locate(disk) != device:
            raise ZeusError(
                "storage.identity",
                f"{disk_name(disk)} is not {device.path} any more",
                hint="what was wiped so far belongs to it; go on with: zeus resume",
            )
        Device(path).refuse_claimed()
        run(["wipefs", "--all", path])
    if device.partitions():
        run(["partx", "--delete", device.path])
