"""What a package source says: which repositories, package names and kernel make a host."""

from dataclasses import dataclass, field
from typing import Literal

from zeus_installer.answers.model import Repo


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelProvider:
    """Whose kernel becomes dom0's: the distribution's (`packages` then are its names) or the source's own."""

    provider: Literal["distribution", "source"]
    packages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A package source. `systems` are the required package names by system (`xen`, `xapi`, `sm`, `blktap`, ...).

    `groups` are optional ones; a package of a group that no repository has is skipped and reported. `kernels` are by the
    `ID` of os-release; a system that is not named there is refused. `distribution_excludes` keep the distribution's builds
    of what the vendor ships from replacing the vendor's.
    """

    name: str
    title: str = ""
    systems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    kernels: dict[str, KernelProvider] = field(default_factory=dict)
    repos: tuple[Repo, ...] = ()
    distribution_excludes: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """All required package names, in the order of the file."""
        return tuple(name for names in self.systems.values() for name in names)
