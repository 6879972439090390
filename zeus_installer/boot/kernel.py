"""dom0's kernel: which of the installed ones, whether it can be dom0's, and its initramfs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.boot.versions import version_key
from zeus_installer.sources.model import KernelProvider
from zeus_installer.system.errors import ZeusError, sentence_list
from zeus_installer.system.target import Target

# What our entry needs of a kernel (Linux arch/x86/xen/Kconfig, drivers/xen/Kconfig, drivers/tty/hvc/Kconfig).
_BUILT_IN: Final = ("CONFIG_XEN", "CONFIG_XEN_PV", "CONFIG_XEN_DOM0", "CONFIG_HVC_XEN")
_PRESENT: Final = (
    "CONFIG_XEN_DEV_EVTCHN",
    "CONFIG_XENFS",
    "CONFIG_XEN_PRIVCMD",
    "CONFIG_XEN_GNTDEV",
    "CONFIG_XEN_BACKEND",
)
_WATCHDOG: Final = "CONFIG_XEN_WDT"

DRACUT: Final = "/usr/bin/dracut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kernel:
    """An installed kernel. `image` is its file; `options` are those set in its configuration, by value (`y`, `m`)."""

    release: str
    image: str
    options: dict[str, str]

    @property
    def missing(self) -> tuple[str, ...]:
        """What it lacks to be dom0's kernel."""
        built_in = [option for option in _BUILT_IN if self.options.get(option) != "y"]
        return (*built_in, *(option for option in _PRESENT if self.options.get(option) not in {"y", "m"}))

    @property
    def has_watchdog(self) -> bool:
        """Whether it can let Xen's watchdog watch over it."""
        return self.options.get(_WATCHDOG) in {"y", "m"}


def choose_kernel(target: Target, *, provider: KernelProvider, running: str | None) -> Kernel:
    """Choose among the installed kernels that can be dom0's.

    The distribution's provider prefers the `running` release, which has proven that it boots this machine; the source's
    own kernels are those that its packages brought. The newest one otherwise. None at all is a `ZeusError`.
    """
    kernels = installed_kernels(target)
    if provider.provider == "source":
        kernels = _of_packages(target, kernels, packages=provider.packages)
    able = {kernel.release: kernel for kernel in kernels if not kernel.missing}
    if not able:
        raise ZeusError("boot.kernel", _why_none(kernels), hint=_remedy(provider))
    if provider.provider == "distribution" and running in able:
        return able[running]
    return able[max(able, key=version_key)]


def installed_kernels(target: Target) -> tuple[Kernel, ...]:
    """Find every kernel that has modules, an image and a readable configuration."""
    releases = sorted(path.name for path in target.path("/usr/lib/modules").glob("*") if path.is_dir())
    found = (_kernel(target, release) for release in releases)
    return tuple(kernel for kernel in found if kernel is not None)


def _kernel(target: Target, release: str) -> Kernel | None:
    images = (f"/boot/vmlinuz-{release}", f"/usr/lib/modules/{release}/vmlinuz")
    configurations = (f"/boot/config-{release}", f"/usr/lib/modules/{release}/config")
    image = next((image for image in images if target.path(image).is_file()), None)
    text = next((text for path in configurations if (text := target.read(path)) is not None), None)
    if image is None or text is None:
        return None
    return Kernel(release=release, image=image, options=read_options(text))


def read_options(configuration: str) -> dict[str, str]:
    """Read a kernel's configuration: `CONFIG_X=y` lines; what is not set is not there."""
    lines = (line.strip().partition("=") for line in configuration.splitlines() if line.startswith("CONFIG_"))
    return {name: value for name, equals, value in lines if equals}


def _of_packages(target: Target, kernels: Sequence[Kernel], *, packages: Sequence[str]) -> tuple[Kernel, ...]:
    # A kernel's release is its package's version by convention; a vendor that departs from it still ships the image.
    query = ["rpm", "-q", "--qf", "%{VERSION}-%{RELEASE}.%{ARCH}\\n[%{FILENAMES}\\n]", *packages]
    listed = set(target.run(query, ok=range(len(packages) + 1)).stdout.split())
    return tuple(kernel for kernel in kernels if _names(kernel) & listed)


def _names(kernel: Kernel) -> set[str]:
    return {kernel.release, f"/boot/vmlinuz-{kernel.release}", f"/lib/modules/{kernel.release}/vmlinuz", kernel.image}


def _why_none(kernels: Sequence[Kernel]) -> str:
    lacks = "".join(f"\n  {kernel.release}: lacks {sentence_list(kernel.missing)}" for kernel in kernels)
    return f"no installed kernel can be dom0's:{lacks}" if lacks else "no kernel is installed that could be dom0's"


def _remedy(provider: KernelProvider) -> str:
    names = sentence_list(provider.packages)
    return f"install {names} with CONFIG_XEN_DOM0" if names else "install a kernel with CONFIG_XEN_DOM0"


def initramfs_path(release: str) -> str:
    """Where kernel-install keeps the initramfs of a kernel."""
    return f"/boot/initramfs-{release}.img"


def make_initramfs(target: Target, *, release: str) -> None:
    """Make the initramfs of a kernel with the system's own dracut. No dracut: `ZeusError`."""
    path = initramfs_path(release)
    if not target.exists(DRACUT):
        raise ZeusError(
            "boot.initramfs",
            f"{path} is missing, and there is no dracut to make it",
            hint=f"install dracut, or install the kernel {release} again, then: zeus resume",
        )
    target.run([DRACUT, "--force", path, release])
