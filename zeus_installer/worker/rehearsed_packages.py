"""The long step of a rehearsal: packages come over the network and are installed. Sizes and rates are made up."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from zlib import crc32

from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.worker import typical

Beats = Iterator[float]

_PARTS: Final = typical.PARTS[InstallPackages.id]
_EVERY: Final = 0.2


def rehearse_packages(step: InstallPackages, report: Reporter, failure: ZeusError | None) -> Beats:
    """Play the step as `packages.child` tells of it; with `failure` the download breaks off."""
    request = step.request
    sizes = _sizes((*request.vendor, *request.support, *request.optional))
    with report.task("metadata", "Read the repositories"):
        yield _PARTS["metadata"]
    with report.task("resolve", "Work out what to install"):
        yield _PARTS["resolve"]
    with report.task("download", "Download packages", unit="bytes") as part:
        yield from _download(sizes, part, failure)
    with report.task("signatures", "Check signatures"):
        yield _PARTS["signatures"]
    with report.task("transaction", "Install packages", unit="packages") as part:
        yield from _install(list(sizes), part)
    for file in step.describe().files:
        report.log(f"write {file.path}")
    yield typical.STEPS[step.id]


def _download(sizes: Mapping[str, int], report: Reporter, failure: ZeusError | None) -> Beats:
    total = sum(sizes.values())
    done = tick = 0
    for name, size in sizes.items():
        end = done + size
        while done < end:
            if failure is not None and done > total // 2:
                raise failure
            yield _EVERY
            done = min(end, done + _bytes_of(tick))
            tick += 1
            report.progress(name, done=done, total=total, unit="bytes")


def _install(names: Sequence[str], report: Reporter) -> Beats:
    for number, name in enumerate(names, start=1):
        yield _PARTS["transaction"] / len(names)
        report.progress(name, done=number, total=len(names), unit="packages")


def _bytes_of(tick: int) -> int:
    """Give what a fifth of a second brings: about the usual rate, as uneven as a network is."""
    usual = typical.DOWNLOAD_BYTES / _PARTS["download"] * _EVERY
    return int(usual * (0.7 + _share(f"tick {tick}") * 0.6))


def _sizes(names: Sequence[str]) -> dict[str, int]:
    """Give every package a size of its own, and all of them together the usual one."""
    weights = {name: 0.1 + _share(name) for name in names}
    return {name: int(typical.DOWNLOAD_BYTES * weight / sum(weights.values())) for name, weight in weights.items()}


def _share(text: str) -> float:
    return crc32(text.encode()) % 1000 / 1000
