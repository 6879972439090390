"""What the kernel of a machine's installer is told. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zeus_installer.answer_sources import words as names
from zeus_installer.pxe.hosts import Host
from zeus_installer.system.unattended import WORD as UNATTENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is the same for all machines. `url` has no slash at its end; `append` are more words."""

    url: str
    fingerprint: str | None = None
    append: Sequence[str] = ()

    def of(self, host: Host, answers: str, digest: str) -> tuple[str, ...]:
        """Give the words of one machine. `answers` is the path of its answers in the tree, `digest` their SHA-256."""
        return tuple(self._words(host, answers, digest))

    def _words(self, host: Host, answers: str, digest: str) -> Iterator[str]:
        yield f"inst.stage2={self.url}"
        yield f"inst.ks={self.url}/zeus/zeus.ks"
        yield f"{names.ANSWERS}={self.url}/{answers}"
        # http is not to be trusted by itself; with https answers may be changed without rendering again.
        if self.url.startswith("http:"):
            yield f"{names.SHA256}={digest}"
        if self.fingerprint:
            yield f"{names.FINGERPRINT}={self.fingerprint}"
        if host.system_disk:
            yield f"zeus.system_disk={host.system_disk}"
        yield UNATTENDED
        yield "ip=dhcp"
        yield from self.append
