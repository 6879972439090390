"""The files of each machine: its answers, and what its boot loader reads."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from zeus_installer.answers.dump import dump
from zeus_installer.answers.model import Answers
from zeus_installer.answers.problems import Problem, as_error, error_line
from zeus_installer.answers.reader import check_data
from zeus_installer.pxe import grub, ipxe
from zeus_installer.pxe.hosts import Host, Table, merged
from zeus_installer.pxe.inventory import Inventory
from zeus_installer.pxe.kernel_words import Words
from zeus_installer.system.errors import UsageError

ANSWERS: Final = "hosts"
# All errors are shown at once, but not thousands.
_SHOWN: Final = 100


@dataclass(slots=True)
class HostWriter:
    """Writes machine after machine, and remembers only what must not be there twice, and what is wrong."""

    tree: Path
    words: Words
    common: Table
    count: int = 0
    _seen: dict[str, int] = field(default_factory=dict)
    _errors: list[str] = field(default_factory=list)

    def write_all(self, inventory: Inventory, entries: IO[str]) -> None:
        """Write the files of all, and a line of JSON for each to `entries`. All that is wrong is one `UsageError`."""
        for place in (ANSWERS, grub.HOSTS, ipxe.HOSTS):
            (self.tree / place).mkdir(parents=True)
        name = str(inventory.path)
        for host in inventory.hosts():
            self.count += 1
            answers, problems = check_data({"version": 1, **merged(self.common, host.overrides)})
            own = (Problem((), text) for text in (*host.problems, *self._twice(host, answers)))
            for problem in (*own, *problems):
                text = f"{host.name or 'a host'}: {problem.message}"
                self._errors.append(error_line(name, host.line, text, problem.hint))
            if answers is not None and not self._errors:
                entries.write(json.dumps(self._write(host, answers)) + "\n")
        if not self.count:
            raise UsageError("pxe.inventory", f"{name} has no hosts")
        if self._errors:
            more = len(self._errors) - _SHOWN
            raise as_error([*self._errors[:_SHOWN], *([f"{name}: and {more} errors more"] if more > 0 else [])])

    def _twice(self, host: Host, answers: Answers | None) -> Iterator[str]:
        named = [*(f"MAC address {mac}" for mac in host.macs)]
        named += [f"serial number {host.serial}"] if host.serial else []
        if answers and answers.host.hostname:
            named.append(f"host name {answers.host.hostname}")
        management = answers.network.management if answers else None
        for address in (management.ipv4, management.ipv6) if management else ():
            if not isinstance(address, str):
                named.append(f"address {address.address.partition('/')[0]}")
        for text in named:
            line = self._seen.setdefault(text, host.line)
            if line != host.line:
                yield f"{text} is that of the host of line {line} too"

    def _write(self, host: Host, answers: Answers) -> dict[str, object]:
        text = dump(answers)
        place = f"{ANSWERS}/{host.key}.toml"
        digest = sha256(text.encode()).hexdigest()
        words = self.words.of(host, place, digest)
        texts = {place: text}
        texts |= dict.fromkeys(grub.host_files(host), grub.host_menu(host, words))
        texts |= dict.fromkeys(ipxe.host_files(host), ipxe.host_script(host, words, self.words.url))
        for path, content in texts.items():
            _write(f"{self.tree}/{path}", content)
        return {
            "name": host.name,
            "macs": list(host.macs),
            "serial": host.serial,
            "answers": place,
            "answers_sha256": digest,
            "files": list(texts),
            "words": list(words),
        }


def _write(path: str, content: str) -> None:
    """Write a small new file: there are tens of thousands, and a file object for each takes longer than the rest."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.write(descriptor, content.encode())
    finally:
        os.close(descriptor)
