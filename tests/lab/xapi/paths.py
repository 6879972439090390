"""Where xapi keeps its things, below a root directory."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Paths:
    """Absolute names of the target, seen from here; `root` is `/` on a real host."""

    root: Path

    def at(self, name: str) -> Path:
        """The path here of an absolute name there."""
        return self.root / name.lstrip("/")

    @property
    def inventory(self) -> Path:
        return self.at("/etc/xensource-inventory")

    @property
    def socket(self) -> Path:
        return self.at("/var/lib/xcp/xapi")

    @property
    def state(self) -> Path:
        return self.at("/var/lib/xcp/lab-state.json")

    @property
    def certificate(self) -> Path:
        return self.at("/etc/xensource/xapi-ssl.pem")

    @property
    def ready_cookie(self) -> Path:
        return self.at("/var/run/xapi_startup.cookie")

    @property
    def init_complete_cookie(self) -> Path:
        return self.at("/var/run/xapi_init_complete.cookie")

    @property
    def faults(self) -> Path:
        return self.at("/etc/xapi-lab-faults.json")

    @property
    def fault_counts(self) -> Path:
        return self.at("/var/lib/xcp/lab-fault-counts.json")

    @property
    def network_backend(self) -> Path:
        return self.at("/etc/xensource/network.conf")
