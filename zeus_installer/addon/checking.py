"""The checks before Anaconda writes anything: those of every installation, and what only its own plans tell. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from zeus_installer.addon.surroundings import BootDevice, Surroundings, marked
from zeus_installer.answers.model import Answers, Storage
from zeus_installer.checks.disk_rules import why_unmatched
from zeus_installer.checks.disk_safety import MINIMUM_SIZE
from zeus_installer.checks.disks import choose_disks
from zeus_installer.checks.model import Finding, Verdict, failed, passed, unknown
from zeus_installer.checks.registry import run_checks
from zeus_installer.machine.model import Boot, Disk, Machine
from zeus_installer.packages.selection import PREFIX
from zeus_installer.sources.model import Source
from zeus_installer.steps.release_disks import ReleaseDisks
from zeus_installer.storage.text import disk_name, size_text
from zeus_installer.system.errors import UsageError, sentence_list

# What may be destroyed: these sentences, or anything.
Consent = frozenset[str] | None

_PACKAGES: Final = "DNF"
_DISK: Final = "storage.disk"
CONSENT: Final = "storage.consent"
_WORST_FIRST: Final = (Verdict.FAIL, Verdict.WARNING, Verdict.UNKNOWN, Verdict.PASS)
# What blivet calls the devices below /boot through which GRUB cannot write, as the check of the one-shot knows them.
_LAYERS: Final[Mapping[str, str]] = {
    "lvmlv": "lvm",
    "lvmthinlv": "lvm",
    "mdarray": "md",
    "luks/dm-crypt": "luks",
    "mdbiosarray": "md",
    "integrity/dm-integrity": "holder",
    "stratis filesystem": "holder",
    "btrfs subvolume": "holder",
    "btrfs volume": "holder",
}

_NO_HARDWARE: Final = failed(
    _DISK,
    "this installation is into a directory or an image: the disks are those of the machine that makes it",
    remedy='say sr_type = "none" in [storage]; the storage repository comes later, on the machine itself',
)
_NOBODY_KNOWS: Final = failed(
    _DISK,
    "which disks Anaconda uses is not known: its storage module does not answer",
    remedy="look at the installer's logs (/tmp/storage.log), and start the installation anew",
)


def check_installation(
    machine: Machine, answers: Answers, around: Surroundings, *, source: Source, agreed: Consent
) -> tuple[Finding, ...]:
    """Judge the machine and Anaconda's plans for it, the worst first."""
    seen = replace(marked(machine, around), boot=_planned_boot(around.boot))
    found = {finding.id: finding for finding in run_checks(seen, answers, source=source)}
    found |= {finding.id: finding for finding in _of_anaconda(seen, answers, around, agreed)}
    return worst_first(found.values())


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give the findings in the order in which people want to read them."""
    return tuple(sorted(findings, key=lambda finding: _WORST_FIRST.index(finding.verdict)))


def destroyed(machine: Machine, answers: Answers) -> tuple[str, ...]:
    """Give what will be destroyed for the storage repository, in sentences. A rule that does not fit destroys nothing.

    `machine` is one with Anaconda's disks marked.
    """
    if answers.storage.space != "whole-disk":
        return ()
    try:
        disks = choose_disks(answers, machine)
    except UsageError:
        return ()
    return ReleaseDisks(disks=disks, wipe=answers.storage.wipe).describe().destroys


def _of_anaconda(machine: Machine, answers: Answers, around: Surroundings, agreed: Consent) -> Iterator[Finding]:
    """Give the findings that stand in the place of those of the same name, and our own."""
    storage = answers.storage
    if storage.is_local:
        if not around.hardware:
            yield _NO_HARDWARE
        elif around.claimed is None:
            yield _NOBODY_KNOWS
        elif storage.space == "free-space":
            yield _free_space(machine, storage, around)
        elif claimed := _named_and_claimed(machine, storage):
            yield _shared_with_anaconda(claimed)
    yield from _of_payload(answers, around)
    lost = destroyed(machine, answers)
    if agreed is not None and not set(lost) <= agreed:
        yield failed(
            CONSENT,
            "\n".join(["nobody agreed yet to what will be destroyed", *(f"  {sentence}" for sentence in lost)]),
            remedy="agree in the Zeus screen, or boot the installer with zeus.unattended",
        )


def _of_payload(answers: Answers, around: Surroundings) -> Iterator[Finding]:
    """Judge whether Anaconda will get at the packages: it resolves them when the disks have been written already."""
    if around.payload not in (None, _PACKAGES):
        yield failed(
            "packages.payload",
            f"Anaconda installs an image here ({around.payload}), and the Xen host is made of packages",
            remedy="install from packages (a netinstall image), or install Zeus into the finished system: zeus wizard",
        )
    elif around.sources is not None:
        places = {source.rstrip("/") for source in around.sources}
        missing = [
            f"{PREFIX}{repo.id}"
            for repo in answers.packages.repos
            if not {f"{PREFIX}{repo.id}", repo.baseurl.rstrip("/")} & places
        ]
        if missing:
            yield failed(
                "packages.anaconda",
                f"Anaconda was given no repository called {sentence_list(missing)}, and none with the same address",
                remedy=f"begin with Zeus's kickstarts (repo --name={missing[0]}), or add the address to its "
                "installation source",
            )


def _named_and_claimed(machine: Machine, storage: Storage) -> tuple[Disk, ...]:
    """Give the disks that the answers name although Anaconda may use them."""
    named = (disk for disk in machine.disks if any(why_unmatched(rule, disk) is None for rule in storage.disks))
    return tuple(disk for disk in named if disk.claimed and all(rule.match is None for rule in storage.disks))


def _shared_with_anaconda(disks: tuple[Disk, ...]) -> Finding:
    names = ",".join(disk.name for disk in disks)
    return failed(
        _DISK,
        f"storage.disks names {sentence_list(map(disk_name, disks))}, which Anaconda may use for the system",
        remedy=f'leave it to Zeus: ignoredisk --drives={names}, or the disk not selected; or say space = "free-space"',
    )


def _free_space(machine: Machine, storage: Storage, around: Surroundings) -> Finding:
    """Judge what Anaconda's partitioning will leave; the partition itself is planned when that has been written."""
    disks = [disk for disk in machine.disks if _is_meant(disk, storage)]
    if len(disks) != 1:
        found = sentence_list(map(disk_name, disks)) or "no disk"
        return failed(
            _DISK,
            f'space = "free-space" wants one of the disks that Anaconda uses, and there is {found}',
            remedy='name one in storage.disks by serial = "…", and let Anaconda use it',
        )
    free = None if around.free is None else around.free.get(disks[0].name)
    if free is None:
        return unknown(_DISK, f"{disk_name(disks[0])}: what the partitioning leaves of it is not known")
    if free < MINIMUM_SIZE:
        return failed(
            _DISK,
            f"{disk_name(disks[0])}: the partitioning leaves {size_text(free)}, less than 1 GiB, the least for an SR",
            remedy="give / a size instead of --grow (autopart takes all), or name another disk in storage.disks",
        )
    return passed(_DISK, f"{disk_name(disks[0])}: the partitioning leaves {size_text(free)} to the storage repository")


def _is_meant(disk: Disk, storage: Storage) -> bool:
    if not storage.disks:
        return disk.claimed
    return any(why_unmatched(rule, disk) is None for rule in storage.disks)


def _planned_boot(boot: BootDevice | None) -> Boot:
    if boot is None:
        return Boot()
    stack = tuple(dict.fromkeys(_LAYERS[layer] for layer in boot.layers if layer in _LAYERS))
    return Boot(file_system=boot.format, stack=stack, separate=boot.separate)
