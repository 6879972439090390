"""GRUB's modules: what our entries load must lie beside its configuration before the reboot.

On UEFI the distribution's signed GRUB has no multiboot2 built in and no modules beside it; the package with them puts
them below /usr/lib/grub (grub2-efi-x64-modules, grub2-pc-modules).
"""

from typing import Final

from zeus_installer.system.errors import ZeusError, sentence_list
from zeus_installer.system.target import Target

# What the text of our entries names or calls.
NEEDED: Final = (
    *("search", "search_fs_uuid", "test", "reboot", "boot", "linux"),
    *("hashsum", "gcry_sha256"),
    *("multiboot2", "relocator", "elf", "gzio"),
)

_INSTALLED: Final = "/boot/grub2"
_SHIPPED: Final = "/usr/lib/grub"
_DEPENDENCIES: Final = "moddep.lst"
_PACKAGES: Final = {"i386-pc": "grub2-pc-modules", "x86_64-efi": "grub2-efi-x64-modules"}
_PLATFORMS: Final = {"bios": "i386-pc", "uefi": "x86_64-efi"}


def platforms(firmware: str | None, target: Target) -> tuple[str, ...]:
    """Give the GRUB platforms to serve: the machine's own, and any other that is installed."""
    own = _PLATFORMS.get(firmware or "")
    installed = [name for name in _PACKAGES if target.exists(f"{_INSTALLED}/{name}")]
    return tuple(dict.fromkeys([own, *installed] if own else installed))


def closure(dependencies: str) -> tuple[str, ...]:
    """Give `NEEDED` and all that it depends on, by the text of a moddep.lst (`module: other modules`), sorted."""
    table = {name: rest.split() for name, _, rest in (line.partition(":") for line in dependencies.splitlines())}
    found: set[str] = set()
    todo = list(NEEDED)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += table.get(name, [])
    return tuple(sorted(found))


def lacking(target: Target, platform: str) -> dict[str, str]:
    """Give the modules to copy, by where they come from: file of the package → file beside GRUB's configuration.

    Modules that grub2-install put there fit its core image and stay; those that we put there follow their package.
    """
    installed, shipped = f"{_INSTALLED}/{platform}", f"{_SHIPPED}/{platform}"
    keep = target.exists(f"{installed}/{_DEPENDENCIES}")
    files = {f"{shipped}/{name}.mod": f"{installed}/{name}.mod" for name in _wanted(target, platform)}
    return {source: copy for source, copy in files.items() if not _is_fine(target, source, copy, keep=keep)}


def _wanted(target: Target, platform: str) -> tuple[str, ...]:
    places = (f"{_INSTALLED}/{platform}", f"{_SHIPPED}/{platform}")
    texts = (target.read(f"{place}/{_DEPENDENCIES}") for place in places)
    return closure(next((text for text in texts if text is not None), ""))


def _is_fine(target: Target, source: str, copy: str, *, keep: bool) -> bool:
    if not target.exists(copy):
        return False
    if keep or not target.exists(source):
        return True
    return target.path(source).read_bytes() == target.path(copy).read_bytes()


def install(target: Target, platform: str) -> None:
    """Copy the modules that are lacking. One that no package brought is a `ZeusError`."""
    for source, copy in lacking(target, platform).items():
        if target.exists(source):
            target.write_atomic(copy, target.path(source).read_bytes())
    check(target, platform)


def check(target: Target, platform: str) -> None:
    """Raise a `ZeusError` unless everything that our entries load lies where GRUB looks for it."""
    missing = [copy.rpartition("/")[2] for copy in lacking(target, platform).values()]
    if missing:
        raise ZeusError(
            "boot.modules",
            f"GRUB cannot load Xen: {_INSTALLED}/{platform} lacks {sentence_list(missing)}",
            hint=f"install {_PACKAGES[platform]}, then: zeus resume",
        )
