"""Which disks become the local storage repository: those that the answers name, or an error that says why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from zeus_installer.answers.model import Answers, Storage
from zeus_installer.checks.disk_rules import NOT_EMPTY, why_not_empty, why_unmatched
from zeus_installer.checks.disk_safety import shared_with, why_unusable
from zeus_installer.checks.model import Finding, failed, passed, unknown
from zeus_installer.machine.model import Disk, Machine
from zeus_installer.storage.text import contents, disk_name, disk_rows
from zeus_installer.system.errors import UsageError

_ID: Final = "storage.disk"
_KEY: Final = "storage.disks"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A rule as errors name it: how a disk is held against it, how many it wants, and what helps when none fits."""

    title: str
    why_unmatched: Callable[[Disk], str | None]
    remedy: str = 'name a disk that can be used by serial = "…"'
    count: int = 1
    can_say_count: bool = False


_DEFAULTS: Final[Mapping[str, _Rule]] = {
    "whole-disk": _Rule(
        title=f"{_KEY} (by default the only empty disk)",
        why_unmatched=why_not_empty,
        remedy='name a disk by serial = "…", with wipe = "listed-disks" to destroy what is on it',
    ),
    "free-space": _Rule(
        title=f"{_KEY} (by default the system disk)",
        why_unmatched=lambda disk: None if disk.system else "is not the system disk",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A disk before a rule: why the rule does not match it, or why it cannot be used although it does."""

    disk: Disk
    unmatched: str | None
    unusable: str | None

    @property
    def reason(self) -> str:
        return self.unmatched or self.unusable or ""


def choose_disks(answers: Answers, machine: Machine) -> tuple[Disk, ...]:
    """Choose the SR's disks by the rules of the answers; none when the SR is not a local one.

    Without a rule it is the only empty, unused disk that is not the system's (with `free-space`: the only system disk).
    A rule must match exactly as many usable disks as it asks for. Otherwise `UsageError` `storage.disks`: its message
    begins with the key and shows every disk with the reason why it does not qualify.
    """
    storage = answers.storage
    if not storage.is_local:
        return ()
    chosen: dict[str, tuple[Disk, str]] = {}
    for rule in _rules(storage):
        candidates = [_candidate(disk, rule, machine.disks, storage, chosen) for disk in machine.disks]
        fitting = [candidate.disk for candidate in candidates if not candidate.reason]
        if len(fitting) != rule.count:
            raise _mismatch(rule, candidates)
        chosen.update({disk.name: (disk, rule.title) for disk in fitting})
    if storage.space == "whole-disk":
        _refuse_shared(chosen.values(), machine.disks)
    return tuple(disk for disk, _ in chosen.values())


def check_disks(machine: Machine, answers: Answers) -> Finding:
    """Judge whether the answers name disks of this machine that can be used."""
    try:
        disks = choose_disks(answers, machine)
    except UsageError as error:
        if not all(disk.examined for disk in machine.disks):
            return unknown(_ID, error.message, remedy="run it as root: what is on some disks is not known")
        return failed(_ID, error.message, remedy=error.hint)
    if not disks:
        return passed(_ID, f"no disk is wanted for storage of type {answers.storage.sr_type}")
    return passed(_ID, "; ".join(f"{disk_name(disk)}: {contents(disk)}" for disk in disks))


def _rules(storage: Storage) -> tuple[_Rule, ...]:
    if not storage.disks:
        return (_DEFAULTS[storage.space],)
    return tuple(
        _Rule(
            title=f"{_KEY}[{index}]",
            why_unmatched=partial(why_unmatched, rule),
            count=rule.count,
            can_say_count=rule.match is not None,
        )
        for index, rule in enumerate(storage.disks)
    )


def _candidate(
    disk: Disk, rule: _Rule, disks: Sequence[Disk], storage: Storage, chosen: Mapping[str, tuple[Disk, str]]
) -> _Candidate:
    taken = f"is already named by {chosen[disk.name][1]}" if disk.name in chosen else None
    return _Candidate(
        disk=disk,
        unmatched=rule.why_unmatched(disk),
        unusable=taken or why_unusable(disk, disks, storage),
    )


def _mismatch(rule: _Rule, candidates: Sequence[_Candidate]) -> UsageError:
    matching = [candidate for candidate in candidates if not candidate.unmatched]
    fitting = [candidate for candidate in matching if not candidate.unusable]
    ordered = sorted(candidates, key=lambda candidate: (bool(candidate.unmatched), bool(candidate.unusable)))
    if not candidates:
        return UsageError(
            _KEY,
            f"{rule.title}: this machine has no disk",
            hint='connect one, or say sr_type = "none": no local storage',
        )
    table = disk_rows((candidate.disk, candidate.reason) for candidate in ordered)
    seen = f"{rule.title} matches {_count(matching, fitting)}, wants {rule.count}"
    return UsageError(_KEY, f"{seen}\n{table}", hint=_hint(rule, matching, fitting))


def _count(matching: Sequence[_Candidate], fitting: Sequence[_Candidate]) -> str:
    if not matching:
        return "no disk"
    disks = "1 disk" if len(matching) == 1 else f"{len(matching)} disks"
    if len(fitting) == len(matching):
        return disks
    return f"{disks}, of which {len(fitting) or 'none'} can be used"


def _hint(rule: _Rule, matching: Sequence[_Candidate], fitting: Sequence[_Candidate]) -> str:
    if len(fitting) > rule.count:
        by_name = 'name one by serial = "…"'
        return f"{by_name}, or say count = {len(fitting)}" if rule.can_say_count else by_name
    if any(candidate.unusable == NOT_EMPTY for candidate in matching):
        return 'wipe = "listed-disks" destroys what is on the disks that are listed'
    return rule.remedy


def _refuse_shared(chosen: Iterable[tuple[Disk, str]], disks: Sequence[Disk]) -> None:
    """Refuse a disk that has a volume group or an array in common with a disk that is not chosen."""
    chosen = list(chosen)
    others = [disk for disk in disks if disk not in [mine for mine, _ in chosen]]
    for disk, key in chosen:
        shared = shared_with(disk, others)
        if shared:
            use, other = shared
            raise UsageError(
                _KEY,
                f"{key}: {disk.path} has {use.kind} {use.name} in common with {other.path}, which is not chosen",
                hint=f"take {use.name} off {disk.path} first, or name another disk",
            )
