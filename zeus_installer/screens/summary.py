"""Screen 7, the summary: the plan. What will be destroyed, in red and in words; nothing is done before its button."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from zeus_installer.checks.model import Finding, Verdict
from zeus_installer.screens import run
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Button, Line, Note, Screen
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.screens.machine import finding_lines
from zeus_installer.screens.repositories import ask, repository_lines
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines
from zeus_installer.system.codec import decode, encode

_HALVES: Final = {"linux": "Now, in plain Linux", "dom0": "After the reboot, in dom0"}


def _make_plan(wizard: Wizard) -> None:
    """Have the plan made for what was chosen."""
    desk = wizard.desk
    desk.plan = desk.view = None

    def heard(job: Job, _message: Message) -> None:
        if job.result is not None:
            desk.plan, desk.view = (_table(job.result[name]) for name in ("plan", "view"))

    ask(wizard)
    wizard.order(
        "plan",
        {
            "answers": wizard.answers_data(),
            "machine": encode(desk.machine),
            "findings": [],
            "this_machine": desk.machine_file is None,
        },
        title="Making the plan",
        heard=heard,
    )


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _lines(desk: Desk) -> Sequence[Line]:
    if desk.view is None:
        return job_lines(desk.jobs.get("plan"))
    view: Mapping[str, Any] = desk.view
    lines: list[Line] = [("title", "Destroyed")]
    lines += [("bad", f"  {sentence}") for sentence in view["destroys"]] or [("good", "  nothing")]
    findings = [*decode(tuple[Finding, ...], view["findings"])]
    notable = [finding for finding in findings if finding.verdict is not Verdict.PASS]
    if notable:
        lines += [("", ""), ("title", "To know"), *finding_lines(notable)]
    lines += [("", ""), ("title", "Packages"), *repository_lines(desk)]
    lines.append(("", f"  {', '.join(view['packages'])}"))
    for half, head in _HALVES.items():
        lines += [("", ""), ("title", head)]
        for step in view["steps"]:
            if step["half"] == half:
                lines.append(("", f"  {step['title']}"))
                lines += [("dim", f"    {change}") for change in step["changes"]]
    return lines


def _blocked(desk: Desk) -> str:
    if desk.view is None:
        return "the plan is still being made" if desk.is_busy("plan") else "there is no plan: go back and correct it"
    refused: Mapping[str, Any] | None = _table(desk.view.get("refused")) or None
    if refused:
        return f"{refused['message']}\n{refused['hint']}"
    if desk.is_busy("packages"):
        return "the repositories are still being asked"
    if desk.repositories is not None and desk.repositories.verdict is Verdict.FAIL:
        return f"the packages cannot be had: {desk.repositories.seen}\n{desk.repositories.remedy}"
    return ""


def _install(wizard: Wizard) -> None:
    """Ask once more, then begin."""
    reason = _blocked(wizard.desk)
    if reason:
        wizard.desk.said = reason
        wizard.face.refresh()
        return
    view: Mapping[str, Any] = wizard.desk.view or {}
    doomed: list[Line] = [("bad", sentence) for sentence in view["destroys"]]
    lines = [("title", "This will be destroyed:"), *doomed] if doomed else [("good", "Nothing is destroyed.")]
    wizard.face.ask(
        "Begin the installation?", lines, {"Begin": lambda: run.begin(wizard), "Not yet": wizard.face.refresh}
    )


def _show_files(wizard: Wizard) -> None:
    view: Mapping[str, Any] = wizard.desk.view or {"files": []}
    lines: list[Line] = []
    for file in view["files"]:
        lines.append(("title", file["path"]))
        lines += [(_diff_style(line), line) for line in (file["diff"] or "  already so").expandtabs().splitlines()]
    wizard.face.tell("Files that will be written", lines or [("", "no plan yet")])


def _diff_style(line: str) -> Any:  # noqa: ANN401 - one of the literal styles
    return {"+": "good", "-": "bad", "@": "dim"}.get(line[:1], "")


def _save(wizard: Wizard) -> None:
    directory = Path.cwd() if wizard.desk.dry_run else Path("/root")
    wizard.face.ask_text("Save answers", "File", str(directory / "zeus-answers.toml"), _writer(wizard))


def _writer(wizard: Wizard) -> Callable[[str], None]:
    def write(name: str) -> None:
        from zeus_installer.answers.dump import dump
        from zeus_installer.screens.gather import gather
        from zeus_installer.system.files import write_atomic

        answers = gather(wizard.way, wizard.desk).answers
        if answers is None:
            said = "the answers are not complete: go back and correct them"
        else:
            try:
                write_atomic(Path(name), dump(answers), mode=0o600)
                said = f"{name} has the answers; it does the same with: zeus install --answers {name}"
            except OSError as error:
                said = f"{name}: {(error.strerror or str(error)).lower()}"
        wizard.desk.said = said
        wizard.face.refresh()

    return write


SCREEN: Final = Screen(
    id="summary",
    title="Summary",
    items=(Note(lines=_lines),),
    buttons=(
        Button(label="Files", press=_show_files, help="Each file that will be written, as a diff."),
        Button(label="Save answers", press=_save, help="A file that does the same unattended; secrets are hashed."),
    ),
    forward="Install",
    proceed=_install,
    enter=_make_plan,
)
