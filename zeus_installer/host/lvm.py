"""Two LVM configurations: sm's own, which sees everything, and the host's, which leaves the SR's partition alone.

sm runs LVM with LVM_SYSTEM_DIR=/etc/lvm/master (sm, libs/sm/lvutil.py); only XenServer's build of lvm2 ships it.
"""

import re
from typing import Final

from zeus_installer.host.texts import with_block, without_block
from zeus_installer.system.run import run
from zeus_installer.system.target import Target

MASTER_PATH: Final = "/etc/lvm/master/lvm.conf"
# Without a devices file every physical volume is seen: Fedora's lists only those that its installer made.
# sm activates by name what it needs; nothing may be activated, watched or archived behind its back.
MASTER: Final = """\
# LVM as XenAPI's storage manager (sm) runs it; the host's own configuration is /etc/lvm/lvm.conf.
devices {
    use_devicesfile = 0
}
activation {
    auto_activation_volume_list = []
    monitoring = 0
}
global {
    event_activation = 0
}
backup {
    backup = 0
    archive = 0
}
"""
# lvmlocal.conf is merged over lvm.conf, so that the host's own file is not touched.
_LOCAL: Final = "/etc/lvm/lvmlocal.conf"
_SPECIAL = re.compile(r"[.^$*+?|()\[\]\\]")
_ITEM = re.compile(r'"(?:[^"\\]|\\.)*"')


def host_ignores(target: Target, device: str) -> bool:
    """Whether the host's own LVM is told to leave `device` alone."""
    return _reject(device) in (target.read(_LOCAL) or "")


def ignore_on_host(target: Target, device: str) -> None:
    """Tell the host's own LVM to leave `device` alone, so that it does not activate the SR's volumes at boot."""
    text = without_block(target.read(_LOCAL) or "")
    target.write_atomic(_LOCAL, text)
    items = ", ".join([_reject(device), *_present_filter(target)])
    target.write_atomic(_LOCAL, with_block(text, f"devices/global_filter = [ {items} ]"))


def restore_host(target: Target) -> None:
    """Let the host's own LVM see everything again."""
    text = target.read(_LOCAL)
    if text is not None and text != without_block(text):
        target.write_atomic(_LOCAL, without_block(text))


def _reject(device: str) -> str:
    """Give the filter item that rejects exactly `device`: a letter, then an expression between delimiters."""
    expression = _SPECIAL.sub(r"\\\g<0>", device)
    return '"r|^' + expression.replace("\\", "\\\\") + '$|"'


def _present_filter(target: Target) -> list[str]:
    """Give the items of the filter that the host has now: ours replaces the whole list, so it must hold them too."""
    environment = {"LVM_SYSTEM_DIR": str(target.path("/etc/lvm")), "LVM_SUPPRESS_FD_WARNINGS": "1"}
    result = run(["lvmconfig", "devices/global_filter"], environment=environment, ok=(0, 5), timeout=60)
    return _ITEM.findall(result.stdout) if result.returncode == 0 else []
