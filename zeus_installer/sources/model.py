"""What a package source says: which repositories, package names and kernel make a host."""

from dataclasses import dataclass, field
from typing import Literal

from zeus_installer.answers.model import Repo
from zeus_installer.system.errors import RefusedError, sentence_list


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelProvider:
    """Whose kernel becomes dom0's: the distribution's (`packages` then are its names) or the source's own."""

    provider: Literal["distribution", "source"]
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A package source. `systems` are the vendor's required package names by system (`xen`, `xapi`, `sm`, `blktap`).

    `support` are required too, whoever has them. `groups` are optional ones; a package of a group that no repository
    has is skipped and reported. `kernels` are by the `ID` of os-release; a system that is not named there is refused.
    `distribution_excludes` keep the distribution's builds of what the vendor ships from replacing the vendor's.
    """

    name: str
    title: str = ""
    systems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    support: tuple[str, ...] = ()
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kernels: dict[str, KernelProvider] = field(default_factory=dict)
    repos: tuple[Repo, ...] = ()
    distribution_excludes: tuple[str, ...] = ()

    @property
    def vendor(self) -> tuple[str, ...]:
        """The package names that must come from the source's own repositories, in the order of the file."""
        return tuple(name for names in self.systems.values() for name in names)

    @property
    def required(self) -> tuple[str, ...]:
        """All required package names but the kernel's, in the order of the file."""
        return (*self.vendor, *self.support)

    def kernel_for(self, system: str | None) -> KernelProvider:
        """Give dom0's kernel on the system with this `ID` of os-release; a system that is not named is refused."""
        if system in self.kernels:
            return self.kernels[system]
        served = sentence_list(self.kernels) or "no system"
        raise RefusedError(
            "packages.kernel",
            f"package source {self.name} names no dom0 kernel for {system or 'a system without /etc/os-release'}",
            hint=f"it serves {served}: install on one of these, or name another source in packages.source",
        )
