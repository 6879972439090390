"""The process that does the work: `python -m zeus_installer.packages.child` with an `Order` on standard input.

It answers on standard output with one JSON object a line: `{"event": ...}` any number of times, `{"keys": ...}` (base64
by address) and `{"resolution": ...}` as soon as they are known, after a download `{"unchecked": ...}` (the repositories
that want no signatures) and for an offline set `{"collected": ...}`, or `{"error": ...}`. A process of its own, since
both package managers' libraries abort, leak and print at will, and since rpm must not be stopped half-way: it is in a
session of its own and, once the transaction runs, deaf to SIGTERM and to the loss of whoever reads. What installs
nothing ends with whoever asked for it.
"""

import base64
import json
import os
import platform
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO
from urllib.parse import unquote, urlsplit

from zeus_installer.packages.choose import open_backend
from zeus_installer.packages.collect import Collector, refuse_no_space
from zeus_installer.packages.lifeline import end_with_parent
from zeus_installer.packages.offline import OfflineSet, taken_offline
from zeus_installer.packages.openpgp import public_keys
from zeus_installer.packages.port import Action, Backend, PackageFile, Request
from zeus_installer.packages.problems import problem
from zeus_installer.packages.record import Record
from zeus_installer.packages.signatures import check_signatures, trust
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import ZeusError, sentence_list
from zeus_installer.system.events import Event, Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the parent sends."""

    action: Action
    request: Request


class Answers:
    """The way back to the parent. A parent that has gone is, for this, no reason to stop."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._heard = True

    def fileno(self) -> int:
        """Give the descriptor that the answers go to."""
        return self._stream.fileno()

    def say(self, kind: str, content: object) -> None:
        """Send one line."""
        if not self._heard:
            return
        try:
            print(json.dumps({kind: content}), file=self._stream, flush=True)
        except OSError:
            self._heard = False

    def event(self, event: Event) -> None:
        """Send an event: the sink of a `Reporter`."""
        self.say("event", json.loads(event.to_line()))


class KeyFiles:
    """The files that `gpgkey` addresses stand for. `file:` means the target's files first, then the machine's.

    `there` are those that need not be fetched.
    """

    def __init__(
        self, root: Path, fetch: Callable[[str], bytes], scratch: Path, *, there: Mapping[str, Path] | None = None
    ) -> None:
        self._root = root
        self._fetch = fetch
        self._scratch = scratch
        self._there = there or {}
        self._files: dict[str, Path] = {}

    def file(self, url: str) -> Path:
        """Give the file for `url`, fetched if need be. What is not a public key is a `ZeusError`."""
        if url not in self._files:
            self._files[url] = self._there.get(url) or self._local(url) or self._fetched(url)
            if not public_keys(self._files[url].read_bytes()):
                raise problem("packages.key", f"{url} is not an OpenPGP public key")
        return self._files[url]

    def _local(self, url: str) -> Path | None:
        parts = urlsplit(url)
        if parts.scheme != "file":
            return None
        path = Path(unquote(parts.path))
        inside = self._root / str(path).lstrip("/")
        found = next((place for place in (inside, path) if place.is_file()), None)
        if found is None:
            raise problem("packages.key", f"{url}: no such file")
        return found

    def _fetched(self, url: str) -> Path:
        place = self._scratch / str(len(self._files))
        place.write_bytes(self._fetch(url))
        return place


def main() -> int:
    """Carry out the order on standard input."""
    # Scriptlets and libraries print to descriptor 1: give them standard error, keep the pipe for ourselves.
    answers = Answers(os.fdopen(os.dup(1), "w"))
    os.dup2(2, 1)
    order = decode(Order, json.loads(sys.stdin.read()))
    if order.action is not Action.INSTALL:
        end_with_parent(answers.fileno())
    try:
        _carry_out(order, answers, Reporter(answers.event, run="child"))
    except ZeusError as error:
        answers.say("error", {"code": error.code, "message": error.message, "hint": error.hint})
        return 1
    return 0


def _carry_out(order: Order, answers: Answers, report: Reporter) -> None:
    offline = taken_offline(order.request, platform.machine())
    request = offline.request if offline else order.request
    backend = open_backend(request)
    try:
        with TemporaryDirectory(prefix="zeus-keys-") as scratch:
            there = offline.keys if offline else None
            keys = KeyFiles(Path(request.root), backend.fetch, Path(scratch), there=there)
            with report.task("metadata", "Read the repositories") as part:
                fetched = {url: keys.file(url) for repo in request.repos for url in repo.keys}
                answers.say(
                    "keys", {url: base64.b64encode(file.read_bytes()).decode() for url, file in fetched.items()}
                )
                backend.load(part)
            with report.task("resolve", "Work out what to install"):
                resolution = backend.resolve()
            answers.say("resolution", encode(resolution))
            if offline:
                with report.task("offline", "Check the offline set") as part:
                    offline.check(resolution.items, part)
            if order.action is Action.COLLECT:
                refuse_no_space(request, resolution.download)
                if resolution.skipped:
                    report.warning(f"left out, since no repository has it: {sentence_list(resolution.skipped)}")
            if resolution.items and order.action is not Action.RESOLVE:
                files = _download(request, backend, keys, report)
                answers.say("unchecked", sorted({file.repo for file in files if not file.check}))
                if order.action is Action.INSTALL:
                    _install(request, backend, files, keys, report)
                elif order.action is Action.COLLECT:
                    with report.task("collect", "Fetch the metadata and write the set"):
                        answers.say("collected", encode(_collect(request, backend, files, keys)))
    finally:
        backend.close()


def _download(request: Request, backend: Backend, keys: KeyFiles, report: Reporter) -> tuple[PackageFile, ...]:
    with report.task("download", "Download packages", unit="bytes") as part:
        files = backend.download(part)
    with report.task("signatures", "Check signatures"):
        check_signatures(files, keys=_signers(files, keys), root=Path(request.root))
    return files


def _signers(files: Sequence[PackageFile], keys: KeyFiles) -> dict[str, Path]:
    return {url: keys.file(url) for file in files if file.check for url in file.keys}


def _collect(request: Request, backend: Backend, files: Sequence[PackageFile], keys: KeyFiles) -> OfflineSet:
    repos = (*request.repos, *(request.others or ()))
    there = {url: keys.file(url) for repo in repos for url in repo.keys}
    collector = Collector(
        request=request,
        out=Path(request.collect or ""),
        arch=platform.machine(),
        fetch=backend.fetch_to,
        keys=there,
        cache=Path(request.scratch or request.root),
    )
    return collector.collect(files)


def _install(
    request: Request, backend: Backend, files: Sequence[PackageFile], keys: KeyFiles, report: Reporter
) -> None:
    root = Path(request.root)
    trust(list(_signers(files, keys).values()), root=root)
    Record(root).begin(file.nevra for file in files)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with report.task("transaction", "Install packages", unit="packages") as part:
        backend.run(part)
    for path in (Path(file.path) for file in files):
        if path.is_relative_to(root / "var/cache"):  # and not in a repository on a disk
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    status = main()
    sys.stderr.flush()
    # Everything is closed and sent: taking the package managers' C++ objects apart would only cost time.
    os._exit(status)
