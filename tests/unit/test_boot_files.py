"""The hypervisor, the kernels, settings files and boot sets of a host's tree."""

import gzip
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.boot_host import DOM0_OPTIONS, KERNEL, add_kernel, make_host, write, xen_image
from zeus_installer.boot import modules, sets
from zeus_installer.boot.hypervisor import check_hypervisor, find_hypervisor, is_multiboot2
from zeus_installer.boot.kernel import choose_kernel, make_initramfs
from zeus_installer.boot.sets import BootSet
from zeus_installer.boot.settings import get_setting, with_setting
from zeus_installer.boot.versions import version_key
from zeus_installer.sources.model import KernelProvider
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target

DISTRIBUTION = KernelProvider(provider="distribution", packages=("kernel-core",))


@pytest.fixture
def host(tmp_path: Path) -> Target:
    return Target(make_host(tmp_path))


def test_versions_are_numbers() -> None:
    releases = ["6.9.1-200.fc44", "6.12.0-0.rc1.fc44", "6.12.5-200.fc44", "6.12.10-200.fc44"]
    assert sorted([releases[place] for place in (2, 0, 3, 1)], key=version_key) == releases
    assert sorted(["4.20.0", "4.20.0-rc1", "4.9"], key=version_key) == ["4.9", "4.20.0-rc1", "4.20.0"]


def test_the_newest_xen_is_found(host: Target) -> None:
    for name in ("xen-4.9.0.gz", "xen-syms-4.19.1.gz", "xen-4.19.1.config", "xen-4.19.1.efi"):
        write(host.root, f"/boot/{name}", "x")
    assert find_hypervisor(host).path == "/boot/xen-4.19.1.gz"


def test_the_vendors_link_says_which_xen(host: Target) -> None:
    write(host.root, "/boot/xen-4.21.0.gz", xen_image())
    host.path("/boot/xen-4.19.gz").symlink_to("xen-4.19.1.gz")
    host.path("/boot/xen.gz").symlink_to("xen-4.19.1.gz")
    assert find_hypervisor(host).version == "4.19.1"


def test_no_xen(tmp_path: Path) -> None:
    (tmp_path / "boot").mkdir()
    with pytest.raises(ZeusError, match=r"there is no /boot/xen-<version>\.gz: the hypervisor is not installed"):
        find_hypervisor(Target(tmp_path))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (xen_image()[:40], "cannot be read: Compressed file ended before the end-of-stream marker"),
        (b"nothing like it", "cannot be read: Not a gzipped file"),
        (gzip.compress(b"\x7fELF" + bytes(5000), mtime=0), "has no multiboot2 header: GRUB cannot start it"),
        (xen_image(checksum=1), "has no multiboot2 header: GRUB cannot start it"),
    ],
)
def test_a_broken_xen_is_refused(host: Target, content: bytes, why: str) -> None:
    write(host.root, "/boot/xen-4.19.1.gz", content)
    with pytest.raises(ZeusError, match=f"/boot/xen-4.19.1.gz {why}"):
        check_hypervisor(host, "/boot/xen-4.19.1.gz")


@given(st.binary(max_size=200))
def test_any_bytes_can_be_looked_at(data: bytes) -> None:
    assert not is_multiboot2(data)


def test_the_running_kernel_is_preferred_when_it_is_the_distributions(host: Target) -> None:
    add_kernel(host.root, "6.13.0-1.fc44.x86_64")
    assert choose_kernel(host, provider=DISTRIBUTION, running=KERNEL).release == KERNEL
    assert choose_kernel(host, provider=DISTRIBUTION, running="gone").release == "6.13.0-1.fc44.x86_64"


def test_a_kernel_that_cannot_be_dom0s_is_not_chosen(host: Target) -> None:
    add_kernel(host.root, "6.13.0-1.fc44.x86_64", options="XEN XEN_PV")
    assert choose_kernel(host, provider=DISTRIBUTION, running="6.13.0-1.fc44.x86_64").release == KERNEL


def test_no_kernel_can_be_dom0s(tmp_path: Path) -> None:
    add_kernel(tmp_path, "6.12.0-55.el10.x86_64", options=DOM0_OPTIONS.replace("XEN_DOM0 ", ""))
    add_kernel(tmp_path, "6.12.0-56.el10.x86_64", options=DOM0_OPTIONS.replace("HVC_XEN ", "").replace("XENFS ", ""))
    with pytest.raises(ZeusError) as error:
        choose_kernel(Target(tmp_path), provider=DISTRIBUTION, running=None)
    assert str(error.value) == (
        "no installed kernel can be dom0's:\n"
        "  6.12.0-55.el10.x86_64: lacks CONFIG_XEN_DOM0\n"
        "  6.12.0-56.el10.x86_64: lacks CONFIG_HVC_XEN and CONFIG_XENFS\n"
        "hint: install kernel-core with CONFIG_XEN_DOM0"
    )


def test_no_initramfs_and_no_dracut(host: Target) -> None:
    with pytest.raises(ZeusError, match=f"/boot/initramfs-{KERNEL}.img is missing, and there is no dracut to make it"):
        make_initramfs(host, release=KERNEL)


def test_grub_modules_with_all_that_they_need() -> None:
    found = modules.closure("multiboot2: relocator boot acpi\nacpi: extcmd mmap\nother: thing\n")
    assert set(found) == {*modules.NEEDED, "acpi", "extcmd", "mmap"}


def shipped(host: Target, platform: str, content: str = "new") -> None:
    write(host.root, f"/usr/lib/grub/{platform}/moddep.lst", "multiboot2: net\n")
    for name in (*modules.NEEDED, "net"):
        write(host.root, f"/usr/lib/grub/{platform}/{name}.mod", content)


def test_modules_are_copied_beside_the_configuration(host: Target) -> None:
    shipped(host, "x86_64-efi")
    modules.install(host, "x86_64-efi")
    assert host.read("/boot/grub2/x86_64-efi/net.mod") == "new"
    assert modules.lacking(host, "x86_64-efi") == {}
    shipped(host, "x86_64-efi", "newer")
    modules.install(host, "x86_64-efi")
    assert host.read("/boot/grub2/x86_64-efi/multiboot2.mod") == "newer"


def test_modules_of_grub_install_stay(host: Target) -> None:
    shipped(host, "i386-pc")
    write(host.root, "/boot/grub2/i386-pc/moddep.lst", "")
    write(host.root, "/boot/grub2/i386-pc/linux.mod", "fits the core image")
    modules.install(host, "i386-pc")
    assert host.read("/boot/grub2/i386-pc/linux.mod") == "fits the core image"
    assert host.read("/boot/grub2/i386-pc/multiboot2.mod") == "new"


def test_modules_that_nobody_brought(host: Target) -> None:
    shipped(host, "x86_64-efi")
    host.remove("/usr/lib/grub/x86_64-efi/elf.mod")
    host.remove("/usr/lib/grub/x86_64-efi/multiboot2.mod")
    with pytest.raises(ZeusError) as error:
        modules.install(host, "x86_64-efi")
    assert str(error.value) == (
        "GRUB cannot load Xen: /boot/grub2/x86_64-efi lacks elf.mod and multiboot2.mod\n"
        "hint: install grub2-efi-x64-modules, then: zeus resume"
    )


def test_the_machines_own_platform_is_served_first(host: Target) -> None:
    host.path("/boot/grub2/i386-pc").mkdir()
    assert modules.platforms("uefi", host) == ("x86_64-efi", "i386-pc")
    assert modules.platforms(None, host) == ("i386-pc",)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=1\nB=2\n", "1"),
        ("A=1\nA='x y'  # why\n", "x y"),
        ('A="saved"\n', "saved"),
        ("#A=1\nBA=1\n", None),
        ("A=\n", ""),
        ("A='open\n", "'open"),
    ],
)
def test_settings_are_read_as_a_shell_does(text: str, value: str | None) -> None:
    assert get_setting(text, "A") == value


def test_a_setting_is_changed_in_its_place() -> None:
    text = "A=1\n# about B\nB=old\nC=3\nB=older\n"
    assert with_setting(text, "B", "new value") == "A=1\n# about B\nC=3\nB='new value'\n"
    assert with_setting(text, "B", None) == "A=1\n# about B\nC=3\n"
    assert with_setting("A=1", "B", "2") == "A=1\nB=2\n"


@given(
    st.text("AB=#'\" \nx"), st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs", "Cc", "Zl"]))
)
def test_what_is_set_is_read_back(text: str, value: str) -> None:
    assert get_setting(with_setting(text, "A", value), "A") == value


def boot_set(host: Target, initramfs: str = "one") -> BootSet:
    write(host.root, f"/boot/initramfs-{KERNEL}.img", initramfs)
    return BootSet(
        xen="4.19.1",
        kernel=KERNEL,
        hypervisor="/boot/xen-4.19.1.gz",
        image=f"/boot/vmlinuz-{KERNEL}",
        initramfs=f"/boot/initramfs-{KERNEL}.img",
    )


def links(host: Target) -> list[str | None]:
    found = [host.path(link) for link in (sets.CURRENT, sets.PREVIOUS)]
    return [str(link.readlink()) if link.is_symlink() else None for link in found]


def directories(host: Target) -> list[str]:
    return sorted(path.name for path in host.path("/boot/zeus/sets").iterdir())


def test_a_set_is_a_whole_copy(host: Target) -> None:
    wanted = boot_set(host)
    sets.install(host, wanted)
    assert links(host) == [f"sets/4.19.1-{KERNEL}", None]
    assert host.read("/boot/zeus/current/initramfs.img") == "one"
    sets.check_current(host)
    assert sets.is_current(host, wanted)
    assert not sets.has_previous(host)


def test_an_equal_set_is_not_written_again(host: Target) -> None:
    sets.install(host, boot_set(host))
    before = host.path("/boot/zeus/current/vmlinuz").stat().st_ino
    sets.install(host, boot_set(host))
    assert host.path("/boot/zeus/current/vmlinuz").stat().st_ino == before
    assert links(host)[1] is None


def test_another_initramfs_is_another_set_and_the_old_one_stays(host: Target) -> None:
    sets.install(host, boot_set(host, "one"))
    sets.install(host, boot_set(host, "two"))
    assert links(host) == [f"sets/4.19.1-{KERNEL}.2", f"sets/4.19.1-{KERNEL}"]
    assert host.read("/boot/zeus/previous/initramfs.img") == "one"
    assert sets.has_previous(host)


def test_only_the_current_and_the_previous_set_are_kept(host: Target) -> None:
    for content in ("one", "two", "three"):
        sets.install(host, boot_set(host, content))
    assert directories(host) == [f"4.19.1-{KERNEL}.2", f"4.19.1-{KERNEL}.3"]
    assert host.read("/boot/zeus/current/initramfs.img") == "three"
    assert host.read("/boot/zeus/previous/initramfs.img") == "two"


class PowerCutError(Exception):
    """The test's own end of the world."""


def test_a_power_cut_at_any_write_leaves_a_whole_current_set(host: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    sets.install(host, boot_set(host, "one"))
    real, cuts = os.fsync, 0

    def fsync_until(left: list[int]) -> None:
        def fsync(descriptor: int) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise PowerCutError
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)

    for survived in range(100):
        fsync_until([survived])
        try:
            sets.install(host, boot_set(host, "two"))
        except PowerCutError:
            cuts += 1
            sets.check_current(host)
            assert host.read("/boot/zeus/current/initramfs.img") in {"one", "two"}
        else:
            break
    assert cuts > 5
    assert host.read("/boot/zeus/current/initramfs.img") == "two"
    assert host.read("/boot/zeus/previous/initramfs.img") == "one"
    assert len(directories(host)) == 2


@pytest.mark.parametrize("name", sets.FILES)
def test_a_damaged_set_is_not_armed(host: Target, name: str) -> None:
    sets.install(host, boot_set(host))
    with host.path(f"/boot/zeus/current/{name}").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ZeusError, match=f"/boot/zeus/current/{name} is missing or not as it was written"):
        sets.check_current(host)


def test_a_full_boot_file_system(host: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = boot_set(host)
    os.truncate(host.path(wanted.initramfs), 40 << 20)
    status = os.statvfs_result((4096, 4096, 0, 5000, 5000, 0, 0, 0, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda _path: status)
    with pytest.raises(ZeusError) as error:
        sets.install(host, wanted)
    assert error.value.message == "/boot has 19 MiB free, the hypervisor with its kernel and initramfs needs 56 MiB"
    assert links(host) == [None, None]
