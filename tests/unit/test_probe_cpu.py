"""The processor: what is told apart, and what is told although much is missing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.machine_trees import Content, cpuid, cpuinfo, leaf, plant, write_msrs
from zeus_installer.machine.cpu import probe_cpu
from zeus_installer.machine.cpuinfo import parse_cpu_list, parse_cpuinfo
from zeus_installer.machine.model import Cpu, VirtualizationState, Xen
from zeus_installer.machine.tree import Tree

BARE = Xen(running=False)
FEATURE_CONTROL, VM_CR, SECONDARY_CONTROLS = 0x3A, 0xC0010114, 0x48B
LOCKED, LOCKED_ON, SVM_DISABLED = 0b001, 0b101, 0b11000

ENABLED = VirtualizationState.ENABLED
DISABLED = VirtualizationState.DISABLED_BY_FIRMWARE
ABSENT = VirtualizationState.ABSENT
HIDDEN = VirtualizationState.HIDDEN_BY_HYPERVISOR


def cpu_of(root: Path, files: dict[str, Content], *, msrs: dict[int, int] | None = None, xen: Xen = BARE) -> Cpu:
    plant(root, files)
    if msrs:
        write_msrs(root / "dev/cpu/0/msr", msrs)
    return probe_cpu(Tree(root), xen=xen)


def virtualization(cpu: Cpu) -> tuple[str | None, VirtualizationState | None, bool | None]:
    return cpu.virtualization, cpu.virtualization_state, cpu.second_level_paging


@pytest.mark.parametrize(
    ("flags", "vendor", "expected"),
    [
        ("vmx ept vpid", "GenuineIntel", ("vt-x", ENABLED, True)),
        ("vmx", "GenuineIntel", ("vt-x", ENABLED, False)),
        ("svm npt", "AuthenticAMD", ("amd-v", ENABLED, True)),
        ("svm npt", "HygonGenuine", ("amd-v", ENABLED, True)),
        ("hypervisor svm npt", "AuthenticAMD", ("amd-v", ENABLED, True)),
        ("hypervisor", "GenuineIntel", ("none", HIDDEN, None)),
        ("npt nrip_save", "AuthenticAMD", ("amd-v", DISABLED, True)),
        ("", "GenuineIntel", ("none", None, None)),
        ("", "AuthenticAMD", ("none", None, None)),
    ],
)
def test_flags_alone(
    tmp_path: Path, flags: str, vendor: str, expected: tuple[str | None, VirtualizationState | None, bool | None]
) -> None:
    assert virtualization(cpu_of(tmp_path, {"proc/cpuinfo": cpuinfo(flags, vendor=vendor)})) == expected


@pytest.mark.parametrize(
    ("flags", "dump", "msrs", "expected"),
    [
        # Linux 5.6 and later takes the flag away; CPUID still has it.
        ("", cpuid(vmx=True), {FEATURE_CONTROL: LOCKED}, ("vt-x", DISABLED, None)),
        ("", cpuid(vmx=True), {}, ("vt-x", DISABLED, None)),
        # Older kernels leave the flag: the MSR knows better.
        ("vmx ept", cpuid(vmx=True), {FEATURE_CONTROL: LOCKED}, ("vt-x", DISABLED, True)),
        ("svm npt", cpuid(svm=True, npt=True), {VM_CR: SVM_DISABLED}, ("amd-v", DISABLED, True)),
        ("vmx ept", cpuid(vmx=True), {FEATURE_CONTROL: LOCKED_ON}, ("vt-x", ENABLED, True)),
        ("vmx ept", cpuid(vmx=True), {FEATURE_CONTROL: 0b100000}, ("vt-x", ENABLED, True)),
        ("", cpuid(vmx=True), {FEATURE_CONTROL: LOCKED_ON, SECONDARY_CONTROLS: 1 << 33}, ("vt-x", ENABLED, True)),
        ("svm npt", cpuid(svm=True, npt=True), {VM_CR: 0}, ("amd-v", ENABLED, True)),
        ("", cpuid(), {}, ("none", ABSENT, False)),
        ("", cpuid(guest=True), {}, ("none", HIDDEN, None)),
        ("", leaf(1, eax=1, edx=0x178BFBFF), {}, ("none", ABSENT, False)),
    ],
)
def test_cpuid_and_msrs_tell_disabled_from_absent(
    tmp_path: Path,
    flags: str,
    dump: str,
    msrs: dict[int, int],
    expected: tuple[str | None, VirtualizationState | None, bool | None],
) -> None:
    vendor = "AuthenticAMD" if VM_CR in msrs else "GenuineIntel"
    files: dict[str, Content] = {"proc/cpuinfo": cpuinfo(flags, vendor=vendor), "dev/cpu/0/cpuid": dump}
    assert virtualization(cpu_of(tmp_path, files, msrs=msrs)) == expected


def test_cpuid_alone_does_not_say_enabled(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"dev/cpu/0/cpuid": cpuid(svm=True, npt=True)}))
    cpu = probe_cpu(tree, xen=BARE)
    assert virtualization(cpu) == ("amd-v", None, True)
    reason = "CPUID has it, but neither the MSRs nor /proc/cpuinfo tell whether the firmware allows it"
    assert ("cpu.virtualization_state", reason) in [(unread.fact, unread.reason) for unread in tree.unread]


def test_a_missing_flag_without_cpuid_is_not_called_absent(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"proc/cpuinfo": cpuinfo("")}))
    assert probe_cpu(tree, xen=BARE).virtualization_state is None
    reason = "without CPUID (needs root), absent cannot be told from disabled by firmware"
    assert [unread.reason for unread in tree.unread] == [reason]


def test_a_kernel_flag_without_msrs_is_believed_and_said_so(tmp_path: Path) -> None:
    tree = Tree(plant(tmp_path, {"proc/cpuinfo": cpuinfo("vmx ept")}))
    assert probe_cpu(tree, xen=BARE).virtualization_state is ENABLED
    assert [unread.fact for unread in tree.unread] == ["cpu.firmware_lock"]


@pytest.mark.parametrize("spacing", [1, 16])
def test_binary_recordings_by_leaf_and_by_sixteen_times_the_leaf(tmp_path: Path, spacing: int) -> None:
    path = tmp_path / "dev/cpu/0/cpuid"
    path.parent.mkdir(parents=True)
    vendor = bytes.fromhex("0d000000") + b"AuthcAMDenti"
    records = {1: (0x800F12, 0, 0, 0x178BFBFF), 0x80000001: (0x800F12, 0, 1 << 2, 0), 0x8000000A: (1, 0, 0, 1)}
    with path.open("wb") as file:
        if spacing > 1:
            file.write(vendor)
        for number, words in records.items():
            file.seek(number * spacing)
            file.write(b"".join(word.to_bytes(4, "little") for word in words))
    write_msrs(tmp_path / "dev/cpu/0/msr", {VM_CR: SVM_DISABLED})
    assert virtualization(cpu_of(tmp_path, {})) == ("amd-v", DISABLED, True)


def test_noise_in_place_of_cpuid_is_not_believed(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "proc/cpuinfo": cpuinfo("vmx ept"),
        "dev/cpu/0/cpuid": bytes(range(7, 250)) * 9,
        "dev/cpu/0/msr": b"\0",
    }
    assert virtualization(cpu_of(tmp_path, files)) == ("vt-x", ENABLED, True)


def test_a_bare_cpuid_dump_is_a_root_of_its_own(tmp_path: Path) -> None:
    name = [
        (0x20444D41, 0x43595045, 0x35343720, 0x34322031),
        (0x726F432D, 0x72502065, 0x7365636F, 0x20726F73),
        (0,) * 4,
    ]
    dump = leaf(0, eax=13, ebx=0x68747541, ecx=0x444D4163, edx=0x69746E65) + cpuid()
    for number, (eax, ebx, ecx, edx) in enumerate(name, start=0x80000002):
        dump += leaf(number, eax=eax, ebx=ebx, ecx=ecx, edx=edx)
    cpu = cpu_of(tmp_path, {"pu0": dump, "pu1": dump, "hwloc-cpuid-info": "Architecture: x86\n"})
    assert (cpu.vendor, cpu.model, cpu.threads) == ("AuthenticAMD", "AMD EPYC 7451 24-Core Processor", 2)
    assert virtualization(cpu) == ("none", ABSENT, False)


def test_old_virtualbox_is_known_by_its_devices(tmp_path: Path) -> None:
    devices = "0000\t80861237\t0\t0\n0010\t80eebeef\t12\te0000008\n"
    cpu = cpu_of(tmp_path, {"proc/cpuinfo": cpuinfo(""), "proc/bus/pci/devices": devices})
    assert virtualization(cpu) == ("none", HIDDEN, None)


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        (("xen-3.0-x86_64", "hvm-3.0-x86_64"), ("vt-x", ENABLED, None)),
        (("xen-3.0-x86_64", "hvm-3.0-x86_64", "pv", "hvm", "hap"), ("vt-x", ENABLED, True)),
        (("xen-3.0-x86_64", "hvm-3.0-x86_64", "pv", "hvm"), ("vt-x", ENABLED, False)),
        (("xen-3.0-x86_64",), ("none", None, None)),
        ((), (None, None, None)),
    ],
)
def test_under_xen_its_capabilities_count(
    tmp_path: Path,
    capabilities: tuple[str, ...],
    expected: tuple[str | None, VirtualizationState | None, bool | None],
) -> None:
    xen = Xen(running=True, dom0=True, capabilities=capabilities)
    files: dict[str, Content] = {"proc/cpuinfo": cpuinfo("hypervisor"), "dev/cpu/0/cpuid": cpuid(guest=True)}
    assert virtualization(cpu_of(tmp_path, files, xen=xen)) == expected


def test_a_guest_of_xen_is_a_guest(tmp_path: Path) -> None:
    xen = Xen(running=True, capabilities=("xen-3.0-x86_64", "hvm-3.0-x86_64"))
    assert virtualization(cpu_of(tmp_path, {"proc/cpuinfo": cpuinfo("")}, xen=xen)) == ("none", HIDDEN, None)


def test_processors_of_two_kinds(tmp_path: Path) -> None:
    kinds = cpuinfo("vmx ept", model="Fast") + cpuinfo("vmx ept", model="Small").replace(
        "core id\t\t: 0", "core id\t\t: 9"
    )
    cpu = cpu_of(tmp_path, {"proc/cpuinfo": kinds})
    assert (cpu.model, cpu.threads, cpu.cores, cpu.sockets) == ("Fast + Small", 4, 2, 1)


def test_what_one_processor_lacks_the_machine_lacks(tmp_path: Path) -> None:
    cpu = cpu_of(tmp_path, {"proc/cpuinfo": cpuinfo("vmx ept") + cpuinfo("vmx"), "dev/cpu/0/cpuid": cpuid(vmx=True)})
    assert virtualization(cpu) == ("vt-x", ENABLED, False)


def test_hundreds_of_processors(tmp_path: Path) -> None:
    cpu = cpu_of(tmp_path, {"proc/cpuinfo": cpuinfo("svm npt", vendor="AuthenticAMD", threads=768)})
    assert (cpu.threads, cpu.cores, cpu.sockets) == (768, 384, 1)


def test_counts_come_from_sysfs_where_cpuinfo_has_none(tmp_path: Path) -> None:
    topology = {
        f"sys/devices/system/cpu/cpu{number}/topology/{name}": value
        for number in range(4)
        for name, value in (("physical_package_id", "0\n"), ("core_id", f"{number // 2}\n"))
    }
    cpu = cpu_of(tmp_path, {"sys/devices/system/cpu/online": "0-1,3\n", **topology})
    assert (cpu.threads, cpu.cores, cpu.sockets) == (3, 2, 1)


def test_other_architectures_have_neither(tmp_path: Path) -> None:
    text = "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n\n"
    cpu = cpu_of(tmp_path, {"proc/cpuinfo": text})
    assert (cpu.vendor, cpu.threads) == (None, 1)
    assert virtualization(cpu) == ("none", ABSENT, False)


def test_cpuinfo_without_flags_is_not_another_architecture(tmp_path: Path) -> None:
    cpu = cpu_of(tmp_path, {"proc/cpuinfo": "processor\t: 0\nvendor_id\t: GenuineIntel\n\n"})
    assert virtualization(cpu) == (None, None, None)


def test_nothing_at_all(tmp_path: Path) -> None:
    assert cpu_of(tmp_path, {}) == Cpu(vendor=None, model=None, threads=None)


@given(st.text())
def test_any_cpuinfo_is_read(text: str) -> None:
    assert parse_cpuinfo(text).threads >= 0


@given(
    st.lists(st.sampled_from(["processor", "flags", "vendor_id", "physical id", "\t: ", "vmx", "0", "\n", "\n\n", "x"]))
)
def test_any_shape_of_cpuinfo_is_read(words: list[str]) -> None:
    info = parse_cpuinfo("".join(words))
    assert info.threads <= words.count("processor")


@given(st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9)), min_size=1))
def test_processor_lists_are_counted(ranges: list[tuple[int, int]]) -> None:
    text = ",".join(f"{low}-{low + more}" if more else str(low) for low, more in ranges)
    assert parse_cpu_list(text + "\n") == sum(more + 1 for _, more in ranges)


@pytest.mark.parametrize("text", ["", "all", "3-1", "0-", "1,,2"])
def test_what_is_no_list_of_processors(text: str) -> None:
    assert parse_cpu_list(text) is None
