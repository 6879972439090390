"""iPXE's scripts. Pure; https://ipxe.org/cmd and /cfg tell what its commands and settings are."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.pxe.grub import INITRD, KERNEL
from zeus_installer.pxe.hosts import Host

MAIN: Final = "boot.ipxe"
HOSTS: Final = "ipxe/hosts"

_MAIN: Final = """\
#!ipxe
chain {url}/{hosts}/${{netX/mac:hexhyp}}.ipxe ||
chain {url}/{hosts}/serial-${{serial}}.ipxe ||
echo Zeus: this machine is not in the inventory: MAC address ${{netX/mac}}, serial number ${{serial}}.
echo Nothing is installed; it starts from its disk in ten seconds.
sleep 10
exit
"""
# It never comes back: who reads it boots or begins anew.
_HOST: Final = """\
#!ipxe
echo Zeus: installing {name}
kernel {url}/{kernel} initrd=initrd.img {words} BOOTIF=01-${{netX/mac:hexhyp}} || goto failed
initrd --name initrd.img {url}/{initrd} || goto failed
boot || goto failed
:failed
echo Zeus: {url} did not give what starts the installer; trying again in a minute.
sleep 60
reboot
"""


def main_script(url: str) -> str:
    """Give what every machine reads: it finds the machine's own."""
    return _MAIN.format(url=url, hosts=HOSTS)


def host_script(host: Host, words: Sequence[str], url: str) -> str:
    """Give what one machine reads."""
    return _HOST.format(name=host.name, url=url, kernel=KERNEL, initrd=INITRD, words=" ".join(words))


def host_files(host: Host) -> Sequence[str]:
    """Give the paths of what one machine reads: by each MAC address, and by serial number."""
    serial = [f"{HOSTS}/serial-{host.serial}.ipxe"] if host.serial else []
    return [*(f"{HOSTS}/{mac.replace(':', '-')}.ipxe" for mac in host.macs), *serial]
