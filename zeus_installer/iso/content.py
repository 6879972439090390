"""What Zeus puts on a medium: kickstart, answers, add-on, boot menus."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from zeus_installer.iso import grub_menu, isolinux_menu
from zeus_installer.iso.addon_image import addon_image
from zeus_installer.iso.entries import DIRECTORY, make_menu
from zeus_installer.iso.firmware import EFI_MENUS
from zeus_installer.iso.given import Given, own_kickstart
from zeus_installer.iso.record import ORIGINAL
from zeus_installer.iso.source import Source
from zeus_installer.iso.stage import Stage
from zeus_installer.system.errors import UsageError

ISOLINUX_MENU: Final = "/isolinux/isolinux.cfg"
MENUS: Final = ("/boot/grub2/grub.cfg", *EFI_MENUS, ISOLINUX_MENU)
# Where Anaconda looks for images by itself (dracut/anaconda-lib.sh: anaconda_auto_updates).
_ADDON_PLACES: Final = ("/images/product.img", "/images/updates.img")
_KINDS: Final = (
    (grub_menu.read_start, grub_menu.with_zeus),
    (isolinux_menu.read_start, isolinux_menu.with_zeus),
)


def put_kickstart(stage: Stage, given: Given) -> None:
    """Put the kickstart and the answers where the installer looks for them."""
    stage.put(f"{DIRECTORY}/zeus.ks", given.kickstart)
    # What is made in the installer includes some of them (kickstart.prepare).
    for snippet in sorted(own_kickstart("snippets").glob("*.ks")):
        stage.put(f"{DIRECTORY}/snippets/{snippet.name}", snippet.read_text())
    for name, text in given.answers.items():
        stage.put(f"{DIRECTORY}/{name}", text, mode=0o400)


def put_addon(stage: Stage, source: Source, image: Path | None) -> dict[str, str]:
    """Put the add-on's image where the installer looks for one, and give that place with the image's SHA-256."""
    own = source.record.added if source.record else {}
    for place in own:
        stage.remove(place)
    free = [place for place in _ADDON_PLACES if place in own or place not in source.tree.files]
    if not free:
        raise UsageError(
            "iso.no_place_for_addon",
            f"{source.path} has {_ADDON_PLACES[0]} and {_ADDON_PLACES[1]}: Anaconda would not look for a third one",
            hint="name an ISO that has one of them at most",
        )
    content = _read_image(image) if image else addon_image()
    stage.put(free[0], content)
    return {free[0]: sha256(content).hexdigest()}


def _read_image(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError("iso.no_addon", f"{path}: {(error.strerror or str(error)).lower()}") from error
    if not content.startswith(b"\x1f\x8b"):
        raise UsageError(
            "iso.no_addon",
            f"{path} is not an image for Anaconda (cpio, gzip)",
            hint="make one with packaging/make-images",
        )
    return content


def put_menus(stage: Stage, source: Source, given: Given, *, unattended: bool) -> tuple[str, ...]:
    """Put our menus in the place of the medium's own, which are kept, and give their paths."""
    there = [menu for menu in MENUS if menu in source.tree.files]
    if not there:
        raise UsageError("iso.no_menu", f"{source.path} has no boot menu that is known: {', '.join(MENUS)}")
    own = source.record.changed if source.record else ()
    kept = {menu: f"{ORIGINAL}{menu}" if menu in own else menu for menu in there}
    texts = source.texts(list(kept.values()))
    for menu, place in kept.items():
        stage.put(f"{ORIGINAL}{menu}", texts[place])
        stage.put(menu, _with_zeus(menu, texts[place], source, given, unattended=unattended))
    return tuple(there)


def _with_zeus(path: str, original: str, source: Source, given: Given, *, unattended: bool) -> str:
    read_start, with_zeus = _KINDS[path == ISOLINUX_MENU]
    start = read_start(original, path)
    menu = make_menu(
        label=start.label or source.volume.label,
        answers=bool(given.answers),
        unattended=unattended,
        more=given.append,
    )
    return with_zeus(original, start, menu)
