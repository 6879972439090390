"""Is there a kernel that can be dom0's?"""

from zeus_installer.checks.model import Finding, failed, passed, unknown
from zeus_installer.machine.model import Machine
from zeus_installer.sources.model import Source

_DOM0 = "kernel.dom0_capable"
_OPTION = "CONFIG_XEN_DOM0"


def check_dom0_kernel(machine: Machine, source: Source | None) -> Finding:
    """Judge the running kernel, the other installed ones, and the one that the package source brings."""
    kernel = machine.kernel
    if kernel.dom0_capable:
        return passed(_DOM0, f"kernel {kernel.release or 'running now'} has {_OPTION}")
    if kernel.dom0_releases:
        return passed(_DOM0, f"installed kernel {kernel.dom0_releases[-1]} has {_OPTION}")
    provider = source.kernels.get(machine.os.id or "") if source else None
    if source and provider and provider.provider == "source":
        return passed(_DOM0, f"package source {source.name} brings a dom0 kernel: {', '.join(provider.packages)}")
    if kernel.dom0_capable is None:
        remedy = f"look for {_OPTION}=y in /boot/config-* or /lib/modules/*/config, as root"
        return unknown(
            _DOM0, "whether a kernel can be dom0's is not known: no configuration can be read", remedy=remedy
        )
    return failed(
        _DOM0,
        f"no installed kernel has {_OPTION}{f', and package source {source.name} brings none' if source else ''}",
        remedy=f"install a kernel with {_OPTION}=y, or name a package source that brings one: [packages] source",
    )
