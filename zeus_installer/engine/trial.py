"""What the journal means: how the trial boot went, and what follows from it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from zeus_installer.engine.journal import Entry, Mark
from zeus_installer.steps.arm_trial_boot import ArmTrialBoot

MOST_TRIALS: Final = 3
MOST_TRIALS_WITHOUT_DOM0: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One armed boot: in which boot it was armed, and whether dom0's userland was reached by it."""

    armed_in: str
    reached_dom0: bool


class Next(StrEnum):
    """What to do with the trial, seen from plain Linux."""

    NONE = "none"  # never armed
    WAITING = "waiting"  # armed, and not rebooted since
    ARM_AGAIN = "arm-again"
    GIVE_UP = "give-up"


def trials(entries: Sequence[Entry]) -> tuple[Trial, ...]:
    """Give the trials so far, oldest first. Arming twice within one boot is one trial."""
    found: list[Trial] = []
    for entry in entries:
        if entry.step == ArmTrialBoot.id and entry.mark is Mark.DONE:
            if not found or found[-1].armed_in != entry.boot:
                found.append(Trial(armed_in=entry.boot, reached_dom0=False))
        elif entry.mark is Mark.DOM0 and found:
            found[-1] = Trial(armed_in=found[-1].armed_in, reached_dom0=True)
    return tuple(found)


def is_committed(entries: Sequence[Entry]) -> bool:
    """Whether dom0 was committed as the boot default."""
    return any(entry.mark is Mark.COMMITTED for entry in entries)


def next_in_linux(entries: Sequence[Entry], *, boot: str) -> Next:
    """Decide, in plain Linux. A trial that reached dom0 may be repeated up to three in all, another one once."""
    past = trials(entries)
    if not past:
        return Next.NONE
    if past[-1].armed_in == boot:
        return Next.WAITING
    without_dom0 = sum(not trial.reached_dom0 for trial in past)
    if len(past) >= MOST_TRIALS or (not past[-1].reached_dom0 and without_dom0 >= MOST_TRIALS_WITHOUT_DOM0):
        return Next.GIVE_UP
    return Next.ARM_AGAIN


def why_it_fell_back(entries: Sequence[Entry]) -> tuple[str, str]:
    """Say in words why the machine is back in plain Linux, and what to do: (what, remedy)."""
    past = trials(entries)
    failures = [entry for entry in entries if entry.mark is Mark.FAILED]
    if past and not past[-1].reached_dom0:
        return (
            f"Xen did not come up: {_boots(past)}, the last one ended in plain Linux before dom0's userland",
            "look at the first serial port during such a boot (Xen and dom0 both write there), then: zeus resume",
        )
    if failures and past:
        what = str(failures[-1].detail.get("message", "unknown"))
        return f"dom0 came up in {_boots(past)} but was not finished: {what}", str(failures[-1].detail.get("hint", ""))
    return (
        f"dom0 came up in {_boots(past)} and ended before the host was finished (a reset, a panic or a power cut)",
        "look at the journal of that boot (journalctl -b -1), then: zeus resume",
    )


def _boots(past: Sequence[Trial]) -> str:
    return f"{len(past)} trial boot{'' if len(past) == 1 else 's'}"
