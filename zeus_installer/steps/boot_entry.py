"""Make the Xen boot entry: a boot set, GRUB's modules, and our section of custom.cfg. The default stays plain Linux."""

from dataclasses import dataclass
from typing import ClassVar, Self

from zeus_installer.boot import grubcfg, modules, plain, sets
from zeus_installer.boot.arguments import (
    carried_over,
    dom0_arguments,
    plain_arguments,
    safe_dom0_arguments,
    safe_xen_arguments,
    xen_arguments,
)
from zeus_installer.boot.dom0 import Dom0, dom0_resources
from zeus_installer.boot.grubcfg import Section, replace_section
from zeus_installer.boot.hypervisor import check_hypervisor, find_hypervisor
from zeus_installer.boot.kernel import DRACUT, Kernel, choose_kernel, initramfs_path, make_initramfs
from zeus_installer.boot.preflight import check_entry, check_script
from zeus_installer.boot.sets import BootSet
from zeus_installer.machine.model import Boot
from zeus_installer.sources.model import KernelProvider
from zeus_installer.steps import management_network, services
from zeus_installer.steps.base import Change, FileChange, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChange(FileChange):
    """A change of our section of a file; the rest of the file is not ours and stays."""

    def diff(self, present: str | None) -> str:
        """Give the change of the whole file."""
        return FileChange(path=self.path, content=replace_section(present, self.content)).diff(present)


@dataclass(frozen=True, slots=True, kw_only=True)
class BootEntry(Step):
    """GRUB's entries for Xen, with everything that they load.

    `root` are the words of the running system's command line that dom0 needs too, `extra` those of other steps;
    `boot` is where /boot was when the plan was made, for showing the entry: GRUB's own programs are asked again.
    """

    id: ClassVar[str] = "boot_entry"
    title: ClassVar[str] = "Make the Xen boot entry"

    dom0: Dom0
    firmware: str | None
    boot: Boot
    running: str | None
    root: tuple[str, ...]
    extra: tuple[str, ...]
    provider: KernelProvider

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Compute dom0's resources and the command lines."""
        machine = context.machine
        extra = (*management_network.kernel_arguments(context), *services.kernel_arguments(context))
        return cls(
            dom0=dom0_resources(context.answers.boot, machine),
            firmware=machine.firmware.type,
            boot=machine.boot,
            running=machine.kernel.release,
            root=carried_over(machine.kernel.command_line, ours=extra),
            extra=extra,
            provider=context.source.kernel_for(machine.os.id),
        )

    def describe(self) -> Change:
        """Tell the entries, and what they load."""
        uuid = self.boot.uuid or "<UUID of /boot's file system>"
        path = "/zeus" if self.boot.separate else sets.ZEUS
        section = self._section(self.root, uuid=uuid, path=path, previous=False)
        return Change(
            changes=(
                f"dom0 gets {self.dom0.memory} MiB of memory and at most {self.dom0.vcpus} vCPUs",
                f"copy Xen, its kernel and the initramfs to {sets.ZEUS}/sets/<xen version>-<kernel version>",
                "copy the GRUB modules that Xen needs beside GRUB's configuration, where they are missing",
                f"add the entries {grubcfg.XEN}, {grubcfg.XEN_SAFE} and {grubcfg.LINUX} to GRUB's menu; "
                "plain Linux stays the default",
            ),
            files=(SectionChange(path=grubcfg.PATH, content=section.render()),),
        )

    def is_done(self, target: Target) -> bool:
        """Whether the entries, the set and the modules are those that `apply` would write now."""
        try:
            found = self._set(target, self._kernel(target))
            present = target.read(grubcfg.PATH)
            return (
                sets.is_current(target, found)
                and plain.ready_for_us(target)
                and not any(modules.lacking(target, platform) for platform in self._platforms(target))
                and present == replace_section(present, self._section_for(target, found).render())
            )
        except ZeusError:
            return False

    def apply(self, target: Target, report: Reporter) -> None:
        """Write what the entries load first, and the entries last."""
        kernel = self._kernel(target)
        found = self._set(target, kernel)
        if not kernel.has_watchdog:
            report.warning(
                f"Linux {kernel.release} has no CONFIG_XEN_WDT: Xen will not reset the host when dom0 freezes"
            )
        if not target.exists(found.initramfs) or _is_unfinished(target):
            report.log(f"make {found.initramfs}")
            make_initramfs(target, release=kernel.release)
        for platform in self._platforms(target):
            modules.install(target, platform)
        plain.make_ready_for_us(target)
        report.log(f"boot set: Xen {found.xen} with Linux {found.kernel}")
        sets.install(target, found)
        self._write(target, self._section_for(target, found))

    def verify(self, target: Target) -> None:
        """Check every path, module and header that the entry needs."""
        check_entry(target, firmware=self.firmware)

    def revert(self, target: Target, report: Reporter) -> None:
        """Take our entries and the sets away; the modules harm nobody and stay."""
        report.log(f"remove our entries from {grubcfg.PATH}, and {sets.ZEUS}")
        present = target.read(grubcfg.PATH)
        if present is not None:
            rest = replace_section(present, None)
            if rest:
                target.write_atomic(grubcfg.PATH, rest)
            else:
                target.remove(grubcfg.PATH)
        sets.remove(target)

    def _kernel(self, target: Target) -> Kernel:
        return choose_kernel(target, provider=self.provider, running=self.running)

    def _set(self, target: Target, kernel: Kernel) -> BootSet:
        hypervisor = find_hypervisor(target)
        check_hypervisor(target, hypervisor.path)
        return BootSet(
            xen=hypervisor.version,
            kernel=kernel.release,
            hypervisor=hypervisor.path,
            image=kernel.image,
            initramfs=initramfs_path(kernel.release),
        )

    def _platforms(self, target: Target) -> tuple[str, ...]:
        return modules.platforms(self.firmware, target)

    def _section_for(self, target: Target, found: BootSet) -> Section:
        root = plain.root_arguments(target, running=self.root, release=found.kernel, ours=self.extra)
        uuid, path = plain.grub_view(target, sets.ZEUS)
        return self._section(root, uuid=uuid, path=path, previous=sets.has_previous(target))

    def _section(self, root: tuple[str, ...], *, uuid: str, path: str, previous: bool) -> Section:
        return Section(
            uuid=uuid,
            path=path,
            xen=xen_arguments(self.dom0),
            dom0=dom0_arguments(root, extra=self.extra),
            safe_xen=safe_xen_arguments(self.dom0),
            safe_dom0=safe_dom0_arguments(root, extra=self.extra),
            linux=plain_arguments(root),
            previous=previous,
        )

    def _write(self, target: Target, section: Section) -> None:
        content = replace_section(target.read(grubcfg.PATH), section.render())
        check_script(target, content)
        target.write_atomic(grubcfg.PATH, content)


def _is_unfinished(target: Target) -> bool:
    """Whether the initramfs may be older than the configuration that it should carry.

    A system under installation has the one that its kernel package made before there was any. Anaconda makes it anew
    only after us (modules/boss/installation.py), too late for the boot set, which is a copy.
    """
    return not target.is_running_system and target.exists(DRACUT)
