"""GRUB's configuration for machines that boot over the network, in BIOS, UEFI and UEFI HTTP. Pure."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.iso.grub_menu import TERMINALS, quoted
from zeus_installer.pxe.hosts import Host

KERNEL: Final = "boot/vmlinuz"
INITRD: Final = "boot/initrd.img"
HOSTS: Final = "grub/hosts"
# How long somebody can choose otherwise, in seconds.
_PATIENCE: Final = 5

_MAIN: Final = """\
{terminals}set zeus_host=
set zeus_base=
insmod regexp
insmod smbios
if regexp '^http' "$root"; then set zeus_base={base}; fi
regexp --set=1:a --set=2:b --set=3:c --set=4:d --set=5:e --set=6:f \\
  '^(..):(..):(..):(..):(..):(..)$' "$net_default_mac"
set zeus_mac="$a-$b-$c-$d-$e-$f"
source "$zeus_base/{hosts}/$zeus_mac.cfg"
if [ -z "$zeus_host" ]; then
  smbios --type 1 --get-string 7 --set zeus_serial
  source "$zeus_base/{hosts}/serial-$zeus_serial.cfg"
fi
if [ -z "$zeus_host" ]; then
  set timeout={patience}
  echo "Zeus: this machine is not in the inventory: MAC address $net_default_mac, serial number $zeus_serial."
  echo "Nothing is installed; it starts from its disk in {patience} seconds."
  sleep --interruptible {patience}
  exit
fi
"""
_HOST: Final = """\
set zeus_host={name}
set default=0
set timeout={patience}
menuentry {title} --id zeus {{
  linux "$zeus_base/{kernel}" {words} "BOOTIF=01-$zeus_mac"
  initrd "$zeus_base/{initrd}"
}}
menuentry 'Start from the disk' --id disk {{
  exit
}}
"""


def main_menu(base_path: str) -> str:
    """Give what every machine reads: it finds the machine's own. `base_path` is the tree's path on its web server."""
    return _MAIN.format(terminals=TERMINALS, base=quoted(base_path), hosts=HOSTS, patience=_PATIENCE)


def host_menu(host: Host, words: Sequence[str]) -> str:
    """Give what one machine reads."""
    return _HOST.format(
        name=quoted(host.name),
        title=quoted(f"Install Zeus host {host.name}: erases the disk of dom0"),
        patience=_PATIENCE,
        kernel=KERNEL,
        initrd=INITRD,
        words=" ".join(quoted(word) for word in words),
    )


def host_files(host: Host) -> Sequence[str]:
    """Give the paths of what one machine reads: by each MAC address, and by serial number."""
    serial = [f"{HOSTS}/serial-{host.serial}.cfg"] if host.serial else []
    return [*(f"{HOSTS}/{mac.replace(':', '-')}.cfg" for mac in host.macs), *serial]
