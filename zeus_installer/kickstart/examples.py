"""What stands in our kickstarts as an example: one that was not filled in must not get far."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from zeus_installer.answers.lines import Path as KeyPath
from zeus_installer.answers.lines import dotted
from zeus_installer.answers.model import Answers
from zeus_installer.system.errors import UsageError

# RFC 2606
_NAMES: Final = ("example", "example.com", "example.net", "example.org")
REMEDY: Final = "put your own there"


def examples(answers: Answers) -> Iterator[tuple[KeyPath, str]]:
    """Give each value that nobody has: its key, and what is wrong with it in words that begin with the key."""
    for index, repo in enumerate(answers.packages.repos):
        for name, address in (("baseurl", repo.baseurl), ("gpgkey", repo.gpgkey or "")):
            host = urlsplit(address).hostname or ""
            if _is_example(host):
                key: KeyPath = ("packages", "repos", index, name)
                yield key, f"{dotted(key)} is at {host}, an address of examples"
    for index, line in enumerate(answers.host.ssh_keys):
        if _is_example(line.rpartition("@")[2]):
            key = ("host", "ssh_keys", index)
            yield key, f"{dotted(key)} is the key of an example, to which nobody has the other half"


def refuse_examples(answers: Answers) -> None:
    """Raise a `UsageError` for the first one."""
    for _, text in examples(answers):
        raise UsageError("kickstart.example", text, hint=f"{REMEDY}, in the kickstart")


def _is_example(host: str) -> bool:
    return host in _NAMES or host.endswith(tuple(f".{name}" for name in _NAMES))
