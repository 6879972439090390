"""What a UEFI firmware boots: GRUB in a file system of its own. Its menu has to lead to the one on the medium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from zeus_installer.iso.grub_menu import leads_to
from zeus_installer.iso.source import Source
from zeus_installer.iso.xorriso import appended_partition, extract_boot_images
from zeus_installer.system.run import run

# On the medium, for GRUB and people; the second one is that of 32-bit firmware.
EFI_MENUS: Final = ("/EFI/BOOT/grub.cfg", "/EFI/BOOT/BOOT.conf")
# The image as a file of the medium: up to Fedora 36 and Enterprise Linux 9 the firmware boots this one.
IMAGE: Final = "/images/efiboot.img"


def boot_image_changes(source: Source, scratch: Path) -> Iterator[str | Path]:
    """Give xorriso's words for the medium's own image with a menu of ours; none when it does not boot in UEFI."""
    appended = appended_partition(source.path)
    image = _image(source, scratch)
    if image is None:
        return
    image.chmod(0o600)
    names = run(["mdir", "-b", "-i", image, "::/EFI/BOOT"]).stdout.splitlines()
    for menu in EFI_MENUS:
        if f"::{menu}".lower() in (name.lower() for name in names):
            target = menu if menu in source.tree.files else EFI_MENUS[0]
            text = leads_to(source.volume.label, target)
            run(["mcopy", "-o", "-i", image, "-", f"::{menu}"], stdin=text)
    if appended is not None:
        number, kind = appended
        yield from ("-append_partition", number, kind, image)
    if IMAGE in source.tree.files:
        yield from ("-map", image, IMAGE)


def _image(source: Source, scratch: Path) -> Path | None:
    images = extract_boot_images(source.path, scratch / "boot-images")
    return next((image for image in images if image.name.startswith("eltorito_img") and "uefi" in image.name), None)
