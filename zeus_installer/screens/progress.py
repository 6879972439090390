"""Screen 8, progress: steps with their times, what is done now, the log beneath; after a failure, what to do next."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zeus_installer.screens import run
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Button, Line, Note, Screen, Style
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import duration, size_of

if TYPE_CHECKING:
    from zeus_installer.worker.estimate import StepView

_MARKS: Final[dict[str, tuple[Style, str]]] = {
    "waiting": ("dim", " "),
    "running": ("title", ">"),
    "done": ("good", "+"),
    "skipped": ("good", "+"),
    "failed": ("bad", "!"),
}
_OTHER_HALF: Final = {
    "linux": "  and {} steps in dom0, after the reboot",
    "dom0": "  {} steps were done before the reboot",
}
_UNTIL: Final = {"linux": "until the reboot", "dom0": "until the host is finished"}
# What of the log has a line each beneath the steps on the smallest terminal.
_LOG_LINES: Final = 5
_LOG_WIDTH: Final = 70


def has_failed(desk: Desk) -> bool:
    """Whether the run has stopped with an error."""
    return desk.state in ("failed", "fell-back")


def _steps(desk: Desk) -> Sequence[Line]:
    if desk.progress is None:
        return (("dim", "Waiting for the run …"),)
    view = desk.progress.view(time.time())
    half = view.half or "linux"
    lines = [line for step in view.steps if step.half == half for line in _step(step)]
    others = sum(1 for step in view.steps if step.half != half)
    lines.append(("dim", _OTHER_HALF[half].format(others)))
    if view.remaining is not None and desk.state in ("", *run.RUNNING):
        lines += [("", ""), ("title", f"About {duration(view.remaining)} {_UNTIL[half]}")]
    return lines


def _step(step: "StepView") -> Iterator[Line]:
    style, mark = _MARKS[step.state]
    took = "" if step.seconds is None else duration(step.seconds)
    yield style, f"{mark} {step.title:<46}{took:>6}".rstrip()
    doing = _doing(step) if step.state == "running" else ""
    if doing:
        yield "", f"    {doing}"


def _doing(step: "StepView") -> str:
    """Say what a step does at the moment: how far, how fast."""
    parts = [step.part or ""]
    if step.done is not None and step.total:
        parts.append(f"{step.done / step.total:.0%}")
    if step.rate:
        parts.append(f"{size_of(int(step.rate))}/s" if step.unit == "bytes" else f"{step.rate:.1f} {step.unit}/s")
    return " ".join(filter(None, parts))


def _log(desk: Desk) -> Sequence[Line]:
    if has_failed(desk):
        return ()
    tail = (line.expandtabs() for line in list(desk.log)[-_LOG_LINES:])
    lines: list[Line] = [("dim", line if len(line) <= _LOG_WIDTH else f"{line[: _LOG_WIDTH - 1]}…") for line in tail]
    return [("", ""), *lines]


def failure_lines(desk: Desk) -> Sequence[Line]:
    """Say why the run has stopped, and what to do."""
    error = desk.error
    if not has_failed(desk) or error is None:
        return ()
    lines: list[Line] = [("", ""), ("bad", f"Stopped: {error.message}")]
    lines += [("", f"What to do: {error.hint}")] if error.hint else []
    return [*lines, ("", "Nothing is lost: Retry goes on from here, and so does zeus resume, now or after a reboot.")]


def _save_report(wizard: Wizard) -> None:
    def save(name: str) -> None:
        path = str(Path(name).absolute())
        wizard.order(
            "report", {"to": path}, title=f"Saving {path}", heard=lambda job, _message: _saved(wizard, job.error)
        )

    wizard.face.ask_text("Save report", "File", "/root/zeus-report.tar.gz", save)


def _saved(wizard: Wizard, error: object) -> None:
    wizard.desk.said = str(getattr(error, "message", "")) or "the report is saved"


SCREEN: Final = Screen(
    id="progress",
    title="Installation",
    items=(Note(lines=_steps), Note(lines=_log), Note(lines=failure_lines)),
    buttons=(
        Button(
            label="Retry",
            press=run.resume,
            help="Goes on from the step that failed.",
            visible_when=has_failed,
        ),
        Button(
            label="Resume later",
            press=Wizard.ask_to_leave,
            help="Leaves everything as it is: zeus wizard or zeus resume goes on.",
            visible_when=has_failed,
        ),
        Button(label="Shell", press=run.open_shell, help="A root shell; exit comes back.", visible_when=has_failed),
        Button(label="Save report", press=_save_report, help="Report and log in one file.", visible_when=has_failed),
        Button(label="Log", press=Wizard.show_log, help="All that the run has said."),
    ),
    forward="",
    can_go_back=False,
)
