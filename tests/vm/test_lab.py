"""The lab itself: its plain hosts boot, and the vendor's Xen packages make a working dom0 of one, by hand."""

from pathlib import Path

import pytest

from tests.lab.disk import LAYOUTS, ROOT_UUID, Firmware
from tests.lab.http import serve
from tests.lab.images import plain_machine, running
from tests.lab.product import use_repositories
from tests.lab.repositories import repositories
from tests.lab.vm import GRUB, LINUX, XEN, boot

pytestmark = [pytest.mark.vm, pytest.mark.timeout(900)]

ENTRY = f"""\
menuentry 'Xen by hand' --id by-hand {{
  search --no-floppy --fs-uuid --set=root {ROOT_UUID}
  insmod multiboot2
  multiboot2 /boot/xen.gz placeholder dom0_mem=1024M,max:1024M com1=115200,8n1 console=com1
  module2 /boot/vmlinuz-KERNEL placeholder root=UUID={ROOT_UUID} ro console=hvc0
  module2 --nounzip /boot/initramfs-KERNEL.img
}}
"""
XEN_PACKAGES = "xen-hypervisor xen-libs xen-dom0-libs xen-tools xen-dom0-tools"
XEN_UNITS = "proc-xen.mount xenstored.service xenconsoled.service xen-init-dom0.service"


@pytest.mark.parametrize(("layout", "firmware"), [("plain", "bios"), ("boot-xfs", "uefi"), ("lvm-root", "bios")])
def test_a_plain_host_boots_through_grub(tmp_path: Path, layout: str, firmware: Firmware) -> None:
    with boot(plain_machine(tmp_path, layout=layout, firmware=firmware), tmp_path / "serial.log") as vm:
        vm.login()
        assert (vm.boots(GRUB), vm.boots(LINUX), vm.boots(XEN)) == (1, 1, 0)
        assert vm.run("systemctl is-system-running --wait", timeout=180).output == "running\n"
        assert ("/sys/firmware/efi" in vm.run("ls -d /sys/firmware/efi").output.split()) == (firmware == "uefi")
        assert f"root={LAYOUTS[layout].root_device} " in vm.check("cat /proc/cmdline")
        boot_type = vm.check("findmnt -n -o FSTYPE --target /boot/grub2").strip()
        assert boot_type == (LAYOUTS[layout].boot or "ext4")
        assert vm.check("nmcli -g IP4.ADDRESS device show enp0s4") == "10.0.2.15/24\n"
        assert vm.check("lsblk -d -n -o SERIAL").split() == ["LABSYSTEM", "LABDATA"]
        assert vm.check("rpm -q --qf '%{name} %{rsaheader:pgpsig}\\n' kernel-core").startswith("kernel-core RSA/SHA256")
        vm.power_off()


def test_the_vendors_packages_make_a_dom0_for_one_boot(tmp_path: Path) -> None:
    with serve(repositories()) as url, running(tmp_path) as vm:
        use_repositories(vm, url)
        vm.check(f"dnf -y -q install {XEN_PACKAGES}", timeout=300)
        vm.check("cp /usr/lib/grub/i386-pc/{multiboot2,relocator,elf}.mod /boot/grub2/i386-pc/")
        vm.console.write_file("/boot/grub2/custom.cfg", ENTRY.replace("KERNEL", vm.check("uname -r").strip()))
        vm.check(f"systemctl enable {XEN_UNITS} && grub2-reboot by-hand")
        vm.send("systemctl reboot\n")
        vm.login(timeout=400)
        assert (vm.boots(GRUB), vm.boots(XEN), vm.boots(LINUX)) == (1, 1, 1)
        assert vm.run("systemctl is-system-running --wait", timeout=300).output == "running\n"
        assert vm.check(f"systemctl is-active {XEN_UNITS}").split() == ["active"] * 4
        assert "xen_version            : 4.20" in vm.check("xl info")
        assert "Domain-0" in vm.check("xl list")
        vm.send("systemctl reboot\n")
        vm.login(timeout=400)
        assert (vm.boots(GRUB), vm.boots(XEN), vm.boots(LINUX)) == (2, 1, 2)
        assert vm.run("ls -d /proc/xen").status == 2
