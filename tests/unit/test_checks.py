"""The checks: facts in, one finding each, with a remedy that names the menu or the option."""

from dataclasses import replace

import pytest

from zeus_installer.answers.model import Answers, Checks
from zeus_installer.answers.model import Boot as BootAnswers
from zeus_installer.checks.boot import check_one_shot
from zeus_installer.checks.cpu import check_second_level_paging, check_virtualization
from zeus_installer.checks.firmware import check_secure_boot
from zeus_installer.checks.iommu import check_interrupt_remapping, check_iommu
from zeus_installer.checks.kernel import check_dom0_kernel
from zeus_installer.checks.memory import check_memory
from zeus_installer.checks.model import Finding, Verdict, failed, passed, unknown, warning
from zeus_installer.checks.registry import run_checks
from zeus_installer.checks.text import render
from zeus_installer.machine.model import (
    Boot,
    Cpu,
    Firmware,
    Iommu,
    IommuState,
    Kernel,
    Machine,
    Memory,
    Os,
    VirtualizationState,
    Xen,
)
from zeus_installer.sources.model import KernelProvider, Source

GIB = 1 << 30
ACCEPT = 'or accept PV guests only: [checks] accept = ["cpu.virtualization"]'
INTEL = Cpu(vendor="GenuineIntel", model="Xeon", threads=8, virtualization="vt-x", second_level_paging=True)
AMD = Cpu(vendor="AuthenticAMD", model="EPYC", threads=8, virtualization="amd-v", second_level_paging=True)
UNKNOWN = Machine(
    cpu=Cpu(vendor=None, model=None, threads=None),
    iommu=Iommu(kind=None, state=None),
    firmware=Firmware(type=None),
    memory=Memory(bytes=None),
    xen=Xen(running=False),
    kernel=Kernel(release=None),
    os=Os(id=None),
)
DELL = replace(UNKNOWN, firmware=Firmware(type="bios", vendor="Dell Inc."))


def with_cpu(
    cpu: Cpu, state: VirtualizationState | None, *, base: Machine = UNKNOWN, kind: str | None = None
) -> Machine:
    return replace(base, cpu=replace(cpu, virtualization=kind or cpu.virtualization, virtualization_state=state))


def with_iommu(kind: str | None, state: IommuState | None, *, remapping: bool | None = None) -> Machine:
    return replace(UNKNOWN, cpu=AMD, iommu=Iommu(kind=kind, state=state, interrupt_remapping=remapping))


def test_what_is_not_known_is_never_called_absent() -> None:
    findings = [finding for finding in run_checks(UNKNOWN, None) if not finding.id.startswith(("storage.", "network."))]
    assert {finding.verdict for finding in findings} == {Verdict.UNKNOWN}
    assert all("not known" in finding.seen and "absent" not in finding.seen for finding in findings)
    assert all(finding.remedy for finding in findings)


def test_every_row_of_the_design_has_its_check() -> None:
    assert [finding.id for finding in run_checks(UNKNOWN, None)] == [
        "cpu.virtualization",
        "cpu.second_level_paging",
        "iommu",
        "iommu.interrupt_remapping",
        "firmware.secure_boot",
        "kernel.dom0_capable",
        "memory",
        "boot.one_shot",
        "storage.disk",
        "network.link",
    ]


class TestVirtualization:
    def test_enabled(self) -> None:
        found = check_virtualization(with_cpu(AMD, VirtualizationState.ENABLED))
        assert found == passed("cpu.virtualization", "AMD-V enabled")

    @pytest.mark.parametrize(
        ("machine", "menu"),
        [
            (UNKNOWN, "Advanced > CPU Configuration: enable Intel Virtualization Technology (VT-x)"),
            (DELL, "System BIOS > Processor Settings: enable Intel Virtualization Technology (VT-x)"),
        ],
    )
    def test_disabled_by_firmware(self, machine: Machine, menu: str) -> None:
        found = check_virtualization(with_cpu(INTEL, VirtualizationState.DISABLED_BY_FIRMWARE, base=machine))
        seen = "VT-x is disabled by the firmware"
        assert found == failed("cpu.virtualization", seen, remedy=f"firmware menu {menu}, {ACCEPT}")

    def test_absent(self) -> None:
        found = check_virtualization(with_cpu(AMD, VirtualizationState.ABSENT, kind="none"))
        remedy = f"use a machine whose processor has VT-x or AMD-V, {ACCEPT}"
        assert found == failed("cpu.virtualization", "the processor has neither VT-x nor AMD-V", remedy=remedy)

    def test_hidden(self) -> None:
        found = check_virtualization(with_cpu(INTEL, VirtualizationState.HIDDEN_BY_HYPERVISOR, kind="none"))
        assert found.verdict is Verdict.FAIL
        assert found.seen == "this is a virtual machine, and its hypervisor hides VT-x and AMD-V"
        assert found.remedy.startswith("turn on nested virtualization where this virtual machine is defined")

    @pytest.mark.parametrize(("running", "who"), [(False, "the kernel"), (True, "Xen")])
    def test_off_for_a_reason_that_is_not_known(self, running: bool, who: str) -> None:
        machine = replace(with_cpu(AMD, None, kind="none"), xen=Xen(running=running))
        assert check_virtualization(machine) == failed(
            "cpu.virtualization",
            f"{who} shows neither VT-x nor AMD-V; whether the firmware disables it or it is missing is not known",
            remedy=f"firmware menu Advanced > CPU Configuration: enable SVM Mode, {ACCEPT}",
        )

    def test_a_fail_can_be_accepted(self) -> None:
        machine = with_cpu(AMD, VirtualizationState.ABSENT, kind="none")
        found = run_checks(machine, Answers(checks=Checks(accept=("cpu.virtualization",))))[0]
        assert (found.verdict, found.seen) == (
            Verdict.WARNING,
            "the processor has neither VT-x nor AMD-V; accepted in the answers: PV guests only",
        )

    def test_nothing_else_can_be_accepted(self) -> None:
        machine = replace(UNKNOWN, memory=Memory(bytes=GIB))
        findings = run_checks(machine, Answers(checks=Checks(accept=("memory",))))
        assert [finding.verdict for finding in findings if finding.id == "memory"] == [Verdict.FAIL]

    def test_accepting_what_is_well_changes_nothing(self) -> None:
        machine = with_cpu(AMD, VirtualizationState.ENABLED)
        found = run_checks(machine, Answers(checks=Checks(accept=("cpu.virtualization",))))[0]
        assert found.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("paging", "verdict"), [(True, Verdict.PASS), (False, Verdict.WARNING), (None, Verdict.UNKNOWN)]
)
def test_second_level_paging(paging: bool | None, verdict: Verdict) -> None:
    machine = replace(UNKNOWN, cpu=replace(INTEL, second_level_paging=paging))
    assert check_second_level_paging(machine).verdict is verdict


class TestIommu:
    @pytest.mark.parametrize(
        ("machine", "found"),
        [
            (with_iommu("vt-d", IommuState.ACTIVE), passed("iommu", "VT-d active")),
            (
                with_iommu("amd-vi", IommuState.TABLES_PRESENT),
                passed("iommu", "AMD-Vi found in ACPI, not in use by this kernel; Xen turns it on itself"),
            ),
            (
                with_iommu("vt-d", IommuState.OFF_ON_COMMAND_LINE),
                warning(
                    "iommu",
                    "VT-d is turned off on the kernel command line",
                    remedy="remove iommu=off, intel_iommu=off and amd_iommu=off from the kernel command line",
                ),
            ),
            (
                with_iommu("none", IommuState.ABSENT),
                warning(
                    "iommu",
                    "no IOMMU: PCI passthrough will not work",
                    remedy="firmware menu Advanced > Chipset or North Bridge Configuration: enable IOMMU (AMD-Vi)",
                ),
            ),
            (with_iommu(None, None), unknown("iommu", "the IOMMU is not known", remedy="run the check as root")),
        ],
    )
    def test_states(self, machine: Machine, found: Finding) -> None:
        assert check_iommu(machine) == found

    def test_interrupt_remapping(self) -> None:
        verdicts = [
            check_interrupt_remapping(with_iommu("vt-d", IommuState.ACTIVE, remapping=value)).verdict
            for value in (True, False, None)
        ]
        assert verdicts == [Verdict.PASS, Verdict.WARNING, Verdict.UNKNOWN]

    def test_interrupt_remapping_that_was_turned_off(self) -> None:
        machine = replace(
            with_iommu("vt-d", IommuState.ACTIVE, remapping=False),
            kernel=Kernel(release=None, command_line="quiet intremap=off"),
        )
        remedy = "remove intremap=off and nointremap from the kernel command line"
        assert check_interrupt_remapping(machine).remedy == remedy


@pytest.mark.parametrize(
    ("firmware", "found"),
    [
        (
            Firmware(type="bios", secure_boot=False),
            passed("firmware.secure_boot", "BIOS boot, which has no Secure Boot"),
        ),
        (Firmware(type="uefi", secure_boot=False), passed("firmware.secure_boot", "Secure Boot is off")),
        (
            Firmware(type="uefi", secure_boot=True, vendor="LENOVO"),
            failed(
                "firmware.secure_boot",
                "Secure Boot is on, and Xen is not signed",
                remedy="firmware menu Security > Secure Boot: disable Secure Boot",
            ),
        ),
    ],
)
def test_secure_boot(firmware: Firmware, found: Finding) -> None:
    assert check_secure_boot(replace(UNKNOWN, firmware=firmware)) == found


@pytest.mark.parametrize(
    ("size", "verdict"),
    [
        (GIB, Verdict.FAIL),
        (int(1.8 * GIB), Verdict.FAIL),
        # What a kernel shows of exactly 2 GiB, and of exactly 4 GiB.
        (2014492 * 1024, Verdict.WARNING),
        (3 * GIB, Verdict.WARNING),
        (4030000 * 1024, Verdict.PASS),
        (64 * GIB, Verdict.PASS),
    ],
)
def test_memory(size: int, verdict: Verdict) -> None:
    assert check_memory(replace(UNKNOWN, memory=Memory(bytes=size))).verdict is verdict


class TestKernel:
    SOURCE = Source(
        name="xapi",
        kernels={
            "almalinux": KernelProvider(provider="source", packages=("kernel-xcpng",)),
            "fedora": KernelProvider(provider="distribution", packages=("kernel-core",)),
        },
    )

    def machine(self, system: str | None, kernel: Kernel) -> Machine:
        return replace(UNKNOWN, os=Os(id=system), kernel=kernel)

    def test_the_running_one(self) -> None:
        machine = self.machine("fedora", Kernel(release="6.12.0", dom0_capable=True))
        assert check_dom0_kernel(machine, None) == passed("kernel.dom0_capable", "kernel 6.12.0 has CONFIG_XEN_DOM0")

    def test_another_installed_one(self) -> None:
        machine = self.machine("fedora", Kernel(release="6.12.0", dom0_capable=False, dom0_releases=("6.6.1", "6.6.9")))
        found = check_dom0_kernel(machine, self.SOURCE)
        assert found == passed("kernel.dom0_capable", "installed kernel 6.6.9 has CONFIG_XEN_DOM0")

    @pytest.mark.parametrize("capable", [False, None])
    def test_one_that_the_source_brings(self, capable: bool | None) -> None:
        machine = self.machine("almalinux", Kernel(release="6.12.0", dom0_capable=capable))
        seen = "package source xapi brings a dom0 kernel: kernel-xcpng"
        assert check_dom0_kernel(machine, self.SOURCE) == passed("kernel.dom0_capable", seen)

    @pytest.mark.parametrize("system", ["fedora", "arch"])
    def test_none(self, system: str) -> None:
        found = check_dom0_kernel(self.machine(system, Kernel(release="6.12.0", dom0_capable=False)), self.SOURCE)
        assert found == failed(
            "kernel.dom0_capable",
            "no installed kernel has CONFIG_XEN_DOM0, and package source xapi brings none",
            remedy="install a kernel with CONFIG_XEN_DOM0=y, "
            "or name a package source that brings one: [packages] source",
        )


class TestOneShot:
    @pytest.mark.parametrize(
        ("boot", "seen"),
        [
            (Boot(file_system="ext4", stack=()), "ext4 on a plain partition"),
            (Boot(file_system="xfs", stack=()), "xfs on a plain partition"),
            (Boot(file_system="vfat", stack=("multipath",)), "vfat on a plain partition"),
        ],
    )
    def test_grub_can_write(self, boot: Boot, seen: str) -> None:
        found = check_one_shot(replace(UNKNOWN, boot=boot), None)
        assert found == passed("boot.one_shot", f"GRUB can write its environment block: /boot is {seen}")

    @pytest.mark.parametrize(
        ("boot", "where"),
        [
            (Boot(file_system="btrfs"), "on btrfs"),
            (Boot(file_system="zfs"), "on zfs"),
            (Boot(file_system="ext4", stack=("lvm",)), "on LVM"),
            (Boot(file_system="xfs", stack=("md",)), "on Linux RAID"),
            (Boot(file_system="ext4", stack=("lvm", "luks", "md")), "on LVM, LUKS and Linux RAID"),
        ],
    )
    def test_grub_cannot_write(self, boot: Boot, where: str) -> None:
        machine = replace(UNKNOWN, boot=boot)
        seen = f"GRUB cannot write its environment block: /boot is {where}"
        own = "give /boot a partition of its own with ext4 or XFS"
        trial = failed("boot.one_shot", seen, remedy=f"{own}, or do without a trial boot: [boot] trial = false")
        assert check_one_shot(machine, None) == check_one_shot(machine, Answers()) == trial
        no_trial = warning("boot.one_shot", f"{seen}; the first boot into Xen is no trial", remedy=own)
        assert check_one_shot(machine, Answers(boot=BootAnswers(trial=False))) == no_trial


def test_findings_for_people() -> None:
    findings = [
        passed("memory", "15.5 GiB"),
        unknown("iommu", "the IOMMU is not known", remedy="run the check as root"),
        failed(
            "storage.disk", "matches 2 disks, wants 1\n  sda  empty\n  sdb  empty", remedy='name one by serial = "…"'
        ),
    ]
    assert render(findings) == (
        "FAIL      storage.disk              matches 2 disks, wants 1\n"
        "                                      sda  empty\n"
        "                                      sdb  empty\n"
        '                                    -> name one by serial = "…"\n'
        "not known iommu                     the IOMMU is not known\n"
        "                                    -> run the check as root\n"
        "ok        memory                    15.5 GiB\n"
    )
