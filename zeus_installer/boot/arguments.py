"""The command lines of Xen and of dom0's kernel. Pure."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.boot.dom0 import Dom0
from zeus_installer.system.errors import ZeusError

# The word by which everything in the target knows our boot from the plain one.
DOM0_WORD: Final = "zeus.dom0"

# Seconds without a sign of life from dom0's systemd after which Xen resets the host.
WATCHDOG_SECONDS: Final = 120

# The first serial port, always. Xen leaves a port alone that is not there.
_XEN_CONSOLE: Final = ("com1=115200,8n1", "console=com1,vga")
_DOM0_CONSOLE: Final = ("console=tty0", "console=hvc0")
_PLAIN_CONSOLE: Final = ("console=tty0", "console=ttyS0,115200")

# Every way for a boot to end up waiting is made a reboot: panic, dracut's shell (dracut.cmdline(7)), and a frozen
# systemd (kernel-command-line(7)) by the watchdog that Xen offers its domains (drivers/watchdog/xen_wdt.c).
_NEVER_WAIT: Final = (
    "panic=10",
    "rd.shell=0",
    "rd.emergency=reboot",
    f"systemd.watchdog_sec={WATCHDOG_SECONDS}",
    "modules_load=xen_wdt",
)

# Xen options that rule out one suspect each (xen-command-line.pandoc), for a person at the console.
_SAFE_XEN: Final = ("nosmp", "noirqbalance", "no-numa", "no-hap", "iommu=0", "max_cstate=0", "loglvl=all")
_SAFE_DOM0: Final = ("nomodeset", "loglevel=7", "systemd.show_status=1")

# What belongs to one boot (a loader's words, a rescue), to the screen, or to the memory of the whole machine.
_OF_ONE_BOOT: Final = """
    BOOT_IMAGE BOOTIF initrd placeholder init single s S 1 2 3 4 5 rescue emergency -b
    systemd.unit systemd.debug_shell systemd.debug-shell rd.break rd.shell rd.emergency rd.live.image
    console earlyprintk earlycon quiet rhgb splash vga loglevel nomodeset systemd.show_status
    mem memmap crashkernel hugepages hugepagesz default_hugepagesz maxcpus nr_cpus nosmp
    panic systemd.watchdog_sec
"""
_NOT_CARRIED: Final = frozenset(_OF_ONE_BOOT.split())
_NOT_CARRIED_PREFIXES: Final = ("zeus.", "inst.", "plymouth.")

# GRUB puts a backslash before these when it makes a command line (lib/cmdline.c), and Linux does not take it away.
_GRUB_CANNOT_PASS: Final = frozenset("\\'\"\n")


def split_words(command_line: str) -> tuple[str, ...]:
    """Split as the kernel does (lib/cmdline.c): blanks part words, double quotes hold one together and go away."""
    words: list[str] = []
    word, quoted = "", False
    for character in command_line:
        if character == '"':
            quoted = not quoted
        elif character.isspace() and not quoted:
            words.append(word)
            word = ""
        else:
            word += character
    return tuple(word for word in [*words, word] if word)


def carried_over(command_line: str, *, ours: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the words of a plain boot that dom0 needs too: where root is and how to open it, drivers' options, ...

    `ours` are words that Zeus added itself. A word that GRUB would change on its way is a `ZeusError`.
    """
    words = split_words(command_line)
    if "--" in words:  # what follows is for init, and ours would end up behind it
        words = words[: words.index("--")]
    kept = tuple(dict.fromkeys(word for word in words if _is_carried(word) and word not in {*_NEVER_WAIT, *ours}))
    for word in kept:
        if _GRUB_CANNOT_PASS & set(word):
            raise ZeusError(
                "boot.arguments",
                f"the kernel argument {word} has a quote or a backslash in it, which GRUB does not pass on unchanged",
                hint="change it in the present boot entry (grubby --update-kernel=ALL), reboot, and try again",
            )
    return kept


def _is_carried(word: str) -> bool:
    return word.partition("=")[0] not in _NOT_CARRIED and not word.startswith(_NOT_CARRIED_PREFIXES)


def has_root(words: Sequence[str]) -> bool:
    """Whether the words say where the root file system is."""
    return any(word.startswith("root=") for word in words)


def xen_arguments(dom0: Dom0) -> tuple[str, ...]:
    """Give Xen's options. Without `noreboot`, so that a panic reboots; `watchdog` does the same for a hang in Xen."""
    return (
        f"dom0_mem={dom0.memory}M,max:{dom0.memory}M",
        f"dom0_max_vcpus=1-{dom0.vcpus}",
        "watchdog",
        *_XEN_CONSOLE,
    )


def safe_xen_arguments(dom0: Dom0) -> tuple[str, ...]:
    """Give Xen's options for a host that does not come up otherwise."""
    return (f"dom0_mem={dom0.memory}M,max:{dom0.memory}M", *_SAFE_XEN, *_XEN_CONSOLE)


def dom0_arguments(root: Sequence[str], *, extra: Sequence[str] = ()) -> tuple[str, ...]:
    """Give dom0's kernel command line: `root` are the words carried over, `extra` those that other steps need."""
    return (*root, DOM0_WORD, *_DOM0_CONSOLE, *_NEVER_WAIT, *extra)


def safe_dom0_arguments(root: Sequence[str], *, extra: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the same without the watchdog, for a person who watches."""
    return (*root, DOM0_WORD, *_DOM0_CONSOLE, *_SAFE_DOM0, "panic=10", *extra)


def plain_arguments(root: Sequence[str]) -> tuple[str, ...]:
    """Give the command line of plain Linux on the same kernel."""
    return (*root, *_PLAIN_CONSOLE)
