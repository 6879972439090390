"""IOMMU, firmware, memory, kernel, Xen and the operating system."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.machine_trees import Content, Link, plant
from zeus_installer.machine.firmware import probe_firmware
from zeus_installer.machine.iommu import is_turned_off, probe_iommu
from zeus_installer.machine.kernel import probe_kernel
from zeus_installer.machine.memory import probe_memory
from zeus_installer.machine.model import Firmware, Iommu, IommuState, Memory, Os, Unread, Xen
from zeus_installer.machine.os_release import parse_os_release, probe_os
from zeus_installer.machine.tree import Tree
from zeus_installer.machine.xen import probe_xen

BARE = Xen(running=False)
DOM0 = Xen(running=True, dom0=True)
TABLES = "sys/firmware/acpi/tables"
ACPI: dict[str, Content] = {f"{TABLES}/FACP": "", f"{TABLES}/APIC": ""}
INTEL_UNIT = "sys/class/iommu/dmar0/intel-iommu/ecap"
SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


def dmar(*, flags: int) -> bytes:
    return b"DMAR" + bytes(32) + bytes([38, flags]) + bytes(10)


def iommu_of(root: Path, files: dict[str, Content], *, command_line: str = "", xen: Xen = BARE) -> tuple[object, ...]:
    found = probe_iommu(Tree(plant(root, files)), xen=xen, command_line=command_line)
    return found.kind, found.state, found.interrupt_remapping


class TestIommu:
    def test_table_only(self, tmp_path: Path) -> None:
        found = iommu_of(tmp_path, ACPI | {f"{TABLES}/DMAR": dmar(flags=1)})
        assert found == ("vt-d", IommuState.TABLES_PRESENT, True)

    def test_units_in_use(self, tmp_path: Path) -> None:
        files = ACPI | {f"{TABLES}/DMAR": dmar(flags=0), INTEL_UNIT: "f020de\n", "sys/kernel/iommu_groups/0/": ""}
        assert iommu_of(tmp_path, files) == ("vt-d", IommuState.ACTIVE, False)

    def test_a_unit_that_cannot_remap_interrupts(self, tmp_path: Path) -> None:
        files = ACPI | {f"{TABLES}/DMAR": dmar(flags=1), INTEL_UNIT: "f00006\n"}
        assert iommu_of(tmp_path, files) == ("vt-d", IommuState.ACTIVE, False)

    def test_table_that_only_root_may_read(self, tmp_path: Path) -> None:
        tree = Tree(plant(tmp_path, ACPI | {f"{TABLES}/DMAR/": ""}))
        found = probe_iommu(tree, xen=BARE, command_line="")
        assert found == Iommu(kind="vt-d", state=IommuState.TABLES_PRESENT)
        assert [unread.fact for unread in tree.unread] == ["iommu.interrupt_remapping"]

    def test_interrupts_tell_when_the_table_does_not(self, tmp_path: Path) -> None:
        files = ACPI | {f"{TABLES}/DMAR/": "", "proc/interrupts": "  0:  41   IR-IO-APIC    2-edge      timer\n"}
        assert iommu_of(tmp_path, files) == ("vt-d", IommuState.TABLES_PRESENT, True)

    def test_amd(self, tmp_path: Path) -> None:
        files = ACPI | {f"{TABLES}/IVRS": "IVRS", "sys/class/iommu/ivhd0/": "", "sys/kernel/iommu_groups/0/": ""}
        assert iommu_of(tmp_path, files) == ("amd-vi", IommuState.ACTIVE, True)

    def test_amd_with_interrupts_that_are_not_remapped(self, tmp_path: Path) -> None:
        files = ACPI | {"sys/class/iommu/ivhd0/": "", "proc/interrupts": "  0:  41   IO-APIC    2-edge      timer\n"}
        assert iommu_of(tmp_path, files) == ("amd-vi", IommuState.ACTIVE, False)

    @pytest.mark.parametrize("word", ["intel_iommu=off", "iommu=off", "intel_iommu=sm_off,off"])
    def test_turned_off(self, tmp_path: Path, word: str) -> None:
        files = ACPI | {f"{TABLES}/DMAR": dmar(flags=1)}
        found = iommu_of(tmp_path, files, command_line=f"quiet {word} ro")
        assert found == ("vt-d", IommuState.OFF_ON_COMMAND_LINE, True)

    def test_remapping_turned_off(self, tmp_path: Path) -> None:
        files = ACPI | {f"{TABLES}/DMAR": dmar(flags=1), "sys/class/iommu/dmar0/": ""}
        found = iommu_of(tmp_path, files, command_line="intremap=off")
        assert found == ("vt-d", IommuState.ACTIVE, False)

    def test_no_table(self, tmp_path: Path) -> None:
        assert iommu_of(tmp_path, ACPI) == ("none", IommuState.ABSENT, False)

    def test_not_even_a_list_of_tables(self, tmp_path: Path) -> None:
        tree = Tree(tmp_path)
        assert probe_iommu(tree, xen=BARE, command_line="iommu=off") == Iommu(kind=None, state=None)
        assert {unread.fact for unread in tree.unread} == {"iommu.kind", "iommu.state", "iommu.interrupt_remapping"}

    def test_under_xen_a_missing_table_says_nothing(self, tmp_path: Path) -> None:
        assert iommu_of(tmp_path, ACPI, xen=DOM0) == (None, None, None)

    def test_under_xen_its_toolstack_knows(self, tmp_path: Path) -> None:
        xen = Xen(running=True, dom0=True, capabilities=("pv", "hvm", "hvm_directio"))
        assert iommu_of(tmp_path, ACPI | {f"{TABLES}/XMAR": ""}, xen=xen) == ("vt-d", IommuState.ACTIVE, None)

    @pytest.mark.parametrize(
        ("command_line", "off"),
        [
            ("intel_iommu=on iommu=pt", False),
            ("intel_iommu=off intel_iommu=on", False),
            ("intel_iommu=on intel_iommu=off", True),
            ("amd_iommu=off", False),
            ("iommu", False),
        ],
    )
    def test_the_last_word_counts(self, command_line: str, off: bool) -> None:
        assert is_turned_off("vt-d", command_line) is off


class TestFirmware:
    @pytest.mark.parametrize(
        ("content", "expected"), [(b"\6\0\0\0\1", True), (b"\6\0\0\0\0", False), (b"\6\0\0", None), (b"", None)]
    )
    def test_secure_boot(self, tmp_path: Path, content: bytes, expected: bool | None) -> None:
        found = probe_firmware(Tree(plant(tmp_path, {SECURE_BOOT: content})))
        assert (found.type, found.secure_boot) == ("uefi", expected)

    def test_variables_without_secure_boot(self, tmp_path: Path) -> None:
        found = probe_firmware(Tree(plant(tmp_path, {"sys/firmware/efi/efivars/BootOrder-x": b"\0"})))
        assert (found.type, found.secure_boot) == ("uefi", False)

    def test_variables_that_are_not_mounted(self, tmp_path: Path) -> None:
        tree = Tree(plant(tmp_path, {"sys/firmware/efi/efivars/": ""}))
        assert probe_firmware(tree).secure_boot is None
        assert tree.unread[0].reason == f"/{SECURE_BOOT} is not there"

    def test_bios(self, tmp_path: Path) -> None:
        found = probe_firmware(Tree(plant(tmp_path, ACPI)))
        assert (found.type, found.secure_boot) == ("bios", False)

    def test_dmi(self, tmp_path: Path) -> None:
        dmi: dict[str, Content] = {
            "sys/class/dmi/id": Link("../../devices/virtual/dmi/id"),
            "sys/devices/virtual/dmi/id/sys_vendor": "Dell Inc.\n",
            "sys/devices/virtual/dmi/id/product_name": "To Be Filled By O.E.M.\n",
        }
        tree = Tree(plant(tmp_path, dmi))
        assert probe_firmware(tree) == Firmware(type=None, vendor="Dell Inc.")
        serial = Unread(fact="firmware.serial", reason="/sys/class/dmi/id/product_serial is not there")
        assert serial in tree.unread


class TestMemory:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [("MemTotal:       32836008 kB\nMemFree: 1 kB\n", 32836008 * 1024), ("MemTotal: lots\n", None), ("", None)],
    )
    def test_meminfo(self, tmp_path: Path, text: str, expected: int | None) -> None:
        tree = Tree(plant(tmp_path, {"proc/meminfo": text}))
        assert probe_memory(tree, xen=BARE, xen_total=None) == Memory(bytes=expected)
        assert [unread.fact for unread in tree.unread] == ([] if expected else ["memory.bytes"])

    def test_the_share_of_dom0_is_not_the_machine(self, tmp_path: Path) -> None:
        tree = Tree(plant(tmp_path, {"proc/meminfo": "MemTotal: 1024 kB\n"}))
        assert probe_memory(tree, xen=DOM0, xen_total=None) == Memory(bytes=None)
        assert probe_memory(tree, xen=DOM0, xen_total=8 << 30) == Memory(bytes=8 << 30)


class TestKernel:
    def test_configurations(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "proc/sys/kernel/osrelease": "6.12.0-1.el10\n",
            "proc/cmdline": "root=/dev/sda1 ro quiet\n",
            "boot/config-6.12.0-1.el10": "# CONFIG_XEN_DOM0 is not set\nCONFIG_XEN_DOM0=yes\n",
            "lib/modules/6.6.98-xen/config": "CONFIG_XEN=y\nCONFIG_XEN_DOM0=y\n",
            "lib/modules/6.1.0-plain/modules.dep": "",
        }
        kernel = probe_kernel(Tree(plant(tmp_path, files)), xen=BARE)
        assert (kernel.release, kernel.command_line) == ("6.12.0-1.el10", "root=/dev/sda1 ro quiet")
        assert (kernel.dom0_capable, kernel.dom0_releases) == (False, ("6.6.98-xen",))

    def test_its_own_configuration(self, tmp_path: Path) -> None:
        config = gzip.compress(b"CONFIG_XEN_DOM0=y\n")
        files: dict[str, Content] = {"proc/version": "Linux version 6.1.0 (gcc)\n", "proc/config.gz": config}
        kernel = probe_kernel(Tree(plant(tmp_path, files)), xen=BARE)
        assert (kernel.release, kernel.dom0_capable) == ("6.1.0", True)

    @pytest.mark.parametrize("config", [b"", b"\x1f\x8b", b"no gzip", gzip.compress(b"CONFIG_XEN_DOM0=y\n")[:-3]])
    def test_a_broken_configuration_is_none(self, tmp_path: Path, config: bytes) -> None:
        tree = Tree(plant(tmp_path, {"proc/version": "Linux version 6.1.0\n", "proc/config.gz": config}))
        assert probe_kernel(tree, xen=BARE).dom0_capable is None
        assert tree.unread[0] == Unread(
            fact="kernel.dom0_capable", reason="no configuration of kernel 6.1.0 can be read"
        )

    def test_what_runs_as_dom0_can(self, tmp_path: Path) -> None:
        assert probe_kernel(Tree(tmp_path), xen=DOM0).dom0_capable is True


class TestXen:
    def test_not_there(self, tmp_path: Path) -> None:
        assert probe_xen(Tree(plant(tmp_path, {"sys/hypervisor/": ""}))) == BARE

    def test_dom0(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {
            "sys/hypervisor/type": "xen\n",
            "sys/hypervisor/version/major": "4\n",
            "sys/hypervisor/version/minor": "20\n",
            "sys/hypervisor/version/extra": ".1\n",
            "sys/hypervisor/properties/capabilities": "xen-3.0-x86_64 hvm-3.0-x86_64 \n",
            "proc/xen/capabilities": "control_d\n",
        }
        capabilities = ("xen-3.0-x86_64", "hvm-3.0-x86_64")
        expected = Xen(running=True, dom0=True, version="4.20.1", capabilities=capabilities)
        assert probe_xen(Tree(plant(tmp_path, files))) == expected

    def test_dom0_without_xenfs(self, tmp_path: Path) -> None:
        files: dict[str, Content] = {"sys/hypervisor/type": "xen\n", "sys/hypervisor/start_flags/initdomain": "1\n"}
        assert probe_xen(Tree(plant(tmp_path, files))) == Xen(running=True, dom0=True)


class TestOs:
    def test_fedora(self, tmp_path: Path) -> None:
        text = 'NAME="Fedora Linux"\nVERSION_ID=42\nID=fedora\nPRETTY_NAME="Fedora Linux 42 (Server \\"x\\")"\n'
        found = probe_os(
            Tree(plant(tmp_path, {"usr/lib/os-release": text, "etc/os-release": Link("../usr/lib/os-release")}))
        )
        assert found == Os(id="fedora", version_id="42", name='Fedora Linux 42 (Server "x")')

    def test_the_second_place(self, tmp_path: Path) -> None:
        tree = Tree(plant(tmp_path, {"usr/lib/os-release": "ID='almalinux'\nID_LIKE=\"rhel centos fedora\"\n"}))
        assert probe_os(tree) == Os(id="almalinux", like=("rhel", "centos", "fedora"))

    @given(st.text())
    def test_any_text_is_read(self, text: str) -> None:
        assert all(parse_os_release(text).values())

    @given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
    def test_what_is_quoted_comes_back(self, value: str) -> None:
        quoted = "".join(f"\\{character}" if character in '"\\$`' else character for character in value)
        assert parse_os_release(f'NAME="{quoted}"') == {"NAME": value}
