"""How plain Linux boots here: the root arguments that dom0 needs too, and GRUB's own configuration."""

from collections.abc import Iterator, Sequence
from typing import Final

from zeus_installer.boot import grubenv
from zeus_installer.boot.arguments import carried_over, has_root
from zeus_installer.boot.grubenv import GrubEnv
from zeus_installer.boot.settings import get_setting, with_setting
from zeus_installer.boot.tools import grub_tool
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target

GRUB_CFG: Final = "/boot/grub2/grub.cfg"
GRUB_DEFAULTS: Final = "/etc/default/grub"
_ENTRIES: Final = "/boot/loader/entries"

# What the generated configuration must have: the one-shot, the saved default, and our file (00_header, 41_custom).
_EXPECTED: Final = ("save_env next_entry", "${saved_entry}", "custom.cfg")


def root_arguments(
    target: Target, *, running: Sequence[str], release: str, ours: Sequence[str] = ()
) -> tuple[str, ...]:
    """Give the words that find and open the root file system.

    `running` are those of the present boot, which has proven them: they count when the target is the running system.
    Else the target's own record: /etc/kernel/cmdline, then the boot loader entry of kernel `release`.
    """
    if target.is_running_system and has_root(running):
        return tuple(running)
    for text in (target.read("/etc/kernel/cmdline"), _entry_options(target, release)):
        words = carried_over(text or "", ours=ours)
        if has_root(words):
            return words
    raise ZeusError(
        "boot.root",
        "no kernel command line says where the root file system is (root=): not the running system's, "
        f"not /etc/kernel/cmdline, no entry for {release} in {_ENTRIES}",
        hint="write the words by which this system boots into /etc/kernel/cmdline, then: zeus resume",
    )


def _entry_options(target: Target, release: str) -> str | None:
    """Give the options of the Boot Loader Specification's entry for a kernel, `$kernelopts` filled in."""
    for path in sorted(target.path(_ENTRIES).glob("*.conf")):
        entry = dict(_fields(path.read_text(errors="replace")))
        if entry.get("version") == release:
            variables = GrubEnv(target=target).read() if "$" in entry.get("options", "") else {}
            words = (
                variables.get(word[1:], "") if word[:1] == "$" else word for word in entry.get("options", "").split(" ")
            )
            return " ".join(words)
    return None


def _fields(entry: str) -> Iterator[tuple[str, str]]:
    for line in entry.splitlines():
        name, _, value = line.strip().partition(" ")
        if name and not name.startswith("#"):
            yield name, value.strip()


def ready_for_us(target: Target) -> bool:
    """Whether GRUB boots its saved default, knows one-shots, and reads custom.cfg."""
    defaults, configuration = target.read(GRUB_DEFAULTS) or "", target.read(GRUB_CFG) or ""
    return get_setting(defaults, "GRUB_DEFAULT") == "saved" and all(text in configuration for text in _EXPECTED)


def make_ready_for_us(target: Target) -> None:
    """Make it so, without a change to what plain Linux boots."""
    if ready_for_us(target):
        return
    _save_default(target)
    target.run([grub_tool(target, "mkconfig"), "-o", GRUB_CFG])
    configuration = target.read(GRUB_CFG) or ""
    missing = next((text for text in _EXPECTED if text not in configuration), None)
    if missing is not None:
        raise ZeusError(
            "boot.grub",
            f"{GRUB_CFG} has no `{missing}` although it was just made anew",
            hint="give /etc/grub.d/00_header and /etc/grub.d/41_custom back as grub2-tools ships them "
            "(executable), then: zeus resume",
        )


def _save_default(target: Target) -> None:
    text = target.read(GRUB_DEFAULTS) or ""
    present = get_setting(text, "GRUB_DEFAULT")
    if present == "saved":
        return
    # First the value, then the switch to it: cut off in between, the old default still holds.
    GrubEnv(target=target).set(grubenv.DEFAULT, present or "0")
    target.write_atomic(GRUB_DEFAULTS, with_setting(text, "GRUB_DEFAULT", "saved"))


def grub_view(target: Target, path: str) -> tuple[str, str]:
    """Give the UUID of the file system that holds `path`, and the path as GRUB has it there (btrfs: with subvolume)."""
    uuid = target.run([grub_tool(target, "probe"), "--target=fs_uuid", path]).stdout.strip()
    return uuid, target.run([grub_tool(target, "mkrelpath"), path]).stdout.strip()
