"""What has no counterpart here, or another one than its name says."""

from zeus_installer.convert.messages import said
from zeus_installer.convert.reading import Reading, attribute, is_true, show

_FALSE = frozenset({"false", "no", "0", "off", "n"})


def tell_others(reading: Reading) -> None:
    """Tell of `bootloader`, `ui-confirmation-prompt`, `fcoe-interface`, of upgrades, restores and a backup."""
    draft, root = reading.draft, reading.root
    if attribute(root, "mode") == "reinstall":
        text = 'mode="reinstall" backs the old system up first: Zeus makes no backup'
        draft.warning(root.line, text, "back it up before")
    _tell_boot_loader(reading)
    _tell_prompt(reading)
    for interface in reading.all("fcoe-interface"):
        draft.warning(interface.line, "<fcoe-interface> is not carried over: Zeus does not use disks by FCoE")
    for name in ("existing-installation", "backup-disk"):
        if element := reading.first(name):
            draft.error(
                element.line,
                f"<{name}> belongs to an upgrade or a restore, which Zeus does not do",
                "remove it if a fresh host is wanted",
            )


def _tell_boot_loader(reading: Reading) -> None:
    loader, draft = reading.first("bootloader"), reading.draft
    if loader is None:
        return
    if loader.text not in ("", "grub2"):
        text = f"<bootloader> is {said(loader.text)}: XCP-ng and XenServer stop there, they have grub2 only"
        draft.error(loader.line, text)
    if attribute(loader, "location") == "partition":
        text = f"{show(loader, 'location')} is not carried over: the boot loader is Anaconda's business"
        draft.warning(loader.line, text, "say bootloader --location=partition in the kickstart")
    if not is_true(loader, "write-boot-entry", default=True):
        text = "write-boot-entry is false, and is not carried over: the boot loader is Anaconda's business"
        draft.warning(loader.line, text, "say bootloader --leavebootorder in the kickstart")


def _tell_prompt(reading: Reading) -> None:
    prompt = reading.first("ui-confirmation-prompt")
    if prompt is None or not prompt.text:
        return
    hint = "leave zeus.unattended off the kernel command line: the installer then asks"
    if prompt.text.lower() in _FALSE:
        text = f"<ui-confirmation-prompt> {said(prompt.text)} counts as true: any text does"
        reading.draft.warning(prompt.line, text, f"{hint}; remove the element if nobody shall be asked")
    else:
        reading.draft.note(prompt.line, "<ui-confirmation-prompt>: Zeus takes that from the kernel command line", hint)
