"""The files of each machine: its answers, and what its boot loader reads."""

import json
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Final

from zeus_installer.answers.dump import dump
from zeus_installer.answers.model import Answers
from zeus_installer.pxe import grub, ipxe
from zeus_installer.pxe.checking import Checker
from zeus_installer.pxe.hosts import Host, Table
from zeus_installer.pxe.inventory import Inventory
from zeus_installer.pxe.kernel_words import Words
from zeus_installer.system.errors import UsageError

ANSWERS: Final = "hosts"


@dataclass(slots=True)
class HostWriter:
    """Writes machine after machine."""

    tree: Path
    words: Words
    common: Table
    count: int = 0

    def write_all(self, inventory: Inventory, entries: IO[str]) -> None:
        """Write the files of all, and a line of JSON for each to `entries`. All that is wrong is one `UsageError`."""
        for place in (ANSWERS, grub.HOSTS, ipxe.HOSTS):
            (self.tree / place).mkdir(parents=True)
        name = str(inventory.path)
        checker = Checker(name, self.common)
        for host in inventory.hosts():
            self.count += 1
            answers = checker.check(host)
            if answers is not None:
                entries.write(json.dumps(self._write(host, answers)) + "\n")
        if not self.count:
            raise UsageError("pxe.inventory", f"{name} has no hosts")
        checker.end()

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
