"""Our section of GRUB's custom.cfg: entries with fixed ids, in a file that grub2-mkconfig reads and never writes. Pure.

No entry may wait for a key. GRUB's script goes on after a command that failed, so every load is tested, and what comes
after the tests runs only when something went wrong: a one-shot boot then ends in a reboot to the default, anything else
in plain Linux. The checksums are tested first, because GRUB 2.06 hangs on a truncated xen.gz, and starts one with a
flipped bit, which then hangs itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.boot.modules import NEEDED

PATH: Final = "/boot/grub2/custom.cfg"

XEN: Final = "zeus-xen"
XEN_PREVIOUS: Final = "zeus-xen-previous"
XEN_SAFE: Final = "zeus-xen-safe"
LINUX: Final = "zeus-linux"
IDS: Final = frozenset({XEN, XEN_PREVIOUS, XEN_SAFE, LINUX})

_BEGIN: Final = "### BEGIN Zeus: written by `zeus`, changes between these two lines are lost ###"
_END: Final = "### END Zeus ###"
_SECTION: Final = re.compile(rf"\n*{re.escape(_BEGIN)}\n.*?{re.escape(_END)}\n?", re.DOTALL)

# What GRUB's lexer takes as it stands; everything else goes into single quotes.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./:,@%+=-]+")

# Both platforms read one file. What Xen must not do under UEFI is known when GRUB runs.
_HEAD: Final = """\
if [ "$grub_platform" = "efi" ]; then
  set zeus_platform="no-real-mode edd=off"
else
  set zeus_platform=""
fi

function zeus_prepare {{
{modules}
  search --no-floppy --fs-uuid --set=root {uuid}
}}

function zeus_linux {{
  zeus_prepare
  if linux {path}/current/vmlinuz {linux}; then
    if initrd {path}/current/initramfs.img; then
      boot
    fi
  fi
  reboot
}}

function zeus_failed {{
  if [ "$boot_once" = "true" ]; then
    reboot
  fi
  zeus_linux
}}
"""

_XEN_ENTRY: Final = """
menuentry {title} --id {id} --class xen --unrestricted {{
  zeus_prepare
  if hashsum --hash sha256 --prefix {path} --check {path}/sha256; then
    if multiboot2 {path}/xen.gz placeholder {xen} $zeus_platform; then
      if module2 {path}/vmlinuz placeholder {dom0}; then
        if module2 --nounzip {path}/initramfs.img; then
          boot
        fi
      fi
    fi
  fi
  zeus_failed
}}
"""

_LINUX_ENTRY: Final = """
menuentry {title} --id {id} --class gnu-linux --unrestricted {{
  zeus_linux
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What our section is made from.

    `path` is /boot/zeus as GRUB sees it on the file system with `uuid`; `previous`: there is a set to fall back to.
    """

    uuid: str
    path: str
    xen: tuple[str, ...]
    dom0: tuple[str, ...]
    safe_xen: tuple[str, ...]
    safe_dom0: tuple[str, ...]
    linux: tuple[str, ...]
    previous: bool = False

    def render(self) -> str:
        """Give the text between the markers, without them."""
        path = quoted(self.path)
        head = _HEAD.format(
            modules="\n".join(f"  insmod {name}" for name in NEEDED),
            uuid=quoted(self.uuid),
            path=path,
            linux=_joined(self.linux),
        )
        entries = [
            self._xen(XEN, "Xen virtualization host", f"{path}/current"),
            self._xen(XEN_PREVIOUS, "Xen virtualization host, previous version", f"{path}/previous"),
            self._safe(path),
            _LINUX_ENTRY.format(title=quoted("Linux without Xen"), id=LINUX),
        ]
        if not self.previous:
            del entries[1]
        return head + "".join(entries)

    def _xen(self, name: str, title: str, path: str) -> str:
        return _XEN_ENTRY.format(
            title=quoted(title), id=name, path=path, xen=_joined(self.xen), dom0=_joined(self.dom0)
        )

    def _safe(self, path: str) -> str:
        return _XEN_ENTRY.format(
            title=quoted("Xen virtualization host, safe settings"),
            id=XEN_SAFE,
            path=f"{path}/current",
            xen=_joined(self.safe_xen),
            dom0=_joined(self.safe_dom0),
        )


def quoted(word: str) -> str:
    """Give `word` so that GRUB's script takes it for one word and changes nothing in it."""
    if _PLAIN.fullmatch(word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def _joined(words: Sequence[str]) -> str:
    return " ".join(map(quoted, words))


def replace_section(present: str | None, section: str | None) -> str:
    """Give the whole file with our section replaced, added at its end, or taken out (None). The rest stays."""
    rest = _SECTION.sub("\n", present or "").strip("\n")
    ours = "" if section is None else f"{_BEGIN}\n{section}{_END}\n"
    return (f"{rest}\n" if rest else "") + ("\n" if rest and ours else "") + ours
