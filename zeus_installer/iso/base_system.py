"""What an installation has beside the host and what its kickstart names: what comes without being named."""

from typing import Final

# Our own (addon.service), and what Anaconda's modules ask for by themselves (their collect_requirements): the kernel
# (payloads/payload/dnf/utils.py), boot loaders of both firmwares (storage/bootloader/{efi,grub2}.py), tools of the file
# systems (storage, by way of blivet), the time service (timezone), the firewall (network/firewall), languages and
# platforms (payloads/payload/dnf/requirements.py). What a release does not have it does not ask for.
PACKAGES: Final = (
    "zeus-installer",
    "zeus-firstboot",
    "kernel",
    "dracut-config-generic",
    "efibootmgr",
    "grub2-efi-x64",
    "grub2-pc",
    "grub2-tools",
    "grub2-tools-extra",
    "grubby",
    "shim-x64",
    "dosfstools",
    "e2fsprogs",
    "lvm2",
    "xfsprogs",
    "chrony",
    "firewalld",
    "langpacks-en",
)
PLATFORMS: Final = ("platform-kvm", "platform-vmware")
