"""What booted by default before Zeus changed it, kept until it is asked back."""

import json
from dataclasses import dataclass
from typing import Final

from zeus_installer.boot import grubenv
from zeus_installer.boot.grubcfg import IDS
from zeus_installer.boot.grubenv import GrubEnv
from zeus_installer.boot.settings import get_setting, with_setting
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.target import Target

PATH: Final = "/var/lib/zeus/boot.json"

KERNEL_SETTINGS: Final = "/etc/sysconfig/kernel"
UPDATE_DEFAULT: Final = "UPDATEDEFAULT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """GRUB's default entry, and whether a new kernel became it. None: was not set. `settings`: the file was there."""

    saved_entry: str | None = None
    update_default: str | None = None
    settings: bool = True


def remember(target: Target) -> None:
    """Write down how the target boots now, unless that was done before or the default is ours already."""
    default = GrubEnv(target=target).get(grubenv.DEFAULT)
    if target.exists(PATH) or default in IDS:
        return
    settings = target.read(KERNEL_SETTINGS)
    before = Before(
        saved_entry=default,
        update_default=get_setting(settings or "", UPDATE_DEFAULT),
        settings=settings is not None,
    )
    target.write_atomic(PATH, json.dumps(encode(before)) + "\n", mode=0o600)


def recall(target: Target) -> Before:
    """Give what `remember` wrote down; GRUB's first entry when nothing was."""
    text = target.read(PATH)
    return Before() if text is None else decode(Before, json.loads(text), where=PATH)


def restore_default(target: Target) -> None:
    """Give GRUB's default back, if it is one of our entries, and take a trial off."""
    environment = GrubEnv(target=target)
    if environment.get(grubenv.ONCE) in IDS:
        environment.unset(grubenv.ONCE)
    if environment.get(grubenv.DEFAULT) not in IDS:
        return
    default = recall(target).saved_entry
    if default is None:
        environment.unset(grubenv.DEFAULT)
    else:
        environment.set(grubenv.DEFAULT, default)


def keep_default_on_kernel_updates(target: Target) -> None:
    """Stop kernel updates from making the new kernel, without Xen, the default (Fedora's 20-grub.install does)."""
    text = target.read(KERNEL_SETTINGS) or ""
    target.write_atomic(KERNEL_SETTINGS, with_setting(text, UPDATE_DEFAULT, "no"))


def default_stays_on_kernel_updates(target: Target) -> bool:
    """Whether kernel updates leave the default alone."""
    return get_setting(target.read(KERNEL_SETTINGS) or "", UPDATE_DEFAULT) == "no"


def restore_kernel_updates(target: Target) -> None:
    """Let kernel updates do what they did before."""
    before = recall(target)
    text = target.read(KERNEL_SETTINGS)
    if text is None:
        return
    restored = with_setting(text, UPDATE_DEFAULT, before.update_default)
    if restored or before.settings:
        target.write_atomic(KERNEL_SETTINGS, restored)
    else:
        target.remove(KERNEL_SETTINGS)
