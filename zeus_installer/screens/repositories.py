"""Asking the repositories and fetching the packages, in the background, while the operator goes on."""

from collections.abc import Sequence

from zeus_installer.checks.model import Finding, Verdict
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Line
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.screens.machine import finding_lines
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines, size_of
from zeus_installer.system.codec import Json, decode, encode


def ask(wizard: Wizard) -> None:
    """Ask the repositories, and when they have it all, begin to fetch it; other answers than before start anew."""
    desk = wizard.desk
    data = wizard.answers_data()
    asked = {"answers": {"version": 1, "packages": data.get("packages")}, "machine": encode(desk.machine)}
    if desk.machine_file is not None or desk.machine is None or desk.asked == asked:
        return
    desk.asked, desk.repositories = asked, None
    wizard.cancel("download")

    def heard(job: Job, _message: Message) -> None:
        if job.result is not None:
            desk.repositories = decode(Finding, job.result["finding"])
            if desk.repositories.verdict in (Verdict.PASS, Verdict.WARNING):
                _fetch(wizard, asked)

    wizard.order("packages", {**asked, "download": False}, title="Asking the repositories", heard=heard)


def _fetch(wizard: Wizard, asked: dict[str, Json]) -> None:
    wizard.order("packages", {**asked, "download": True}, name="download", title="Fetching the packages")


def repository_lines(desk: Desk) -> Sequence[Line]:
    """Say how far asking and fetching are."""
    lines = list(job_lines(desk.jobs.get("packages")))
    if desk.repositories is not None:
        lines += finding_lines([desk.repositories])
    job = desk.jobs.get("download")
    if job is not None and job.running:
        share = f" {size_of(job.done)}{f' of {size_of(job.total)}' if job.total else ''}" if job.done else ""
        lines.append(("dim", f"fetching{share}, while you go on … {job.seconds} s"))
    elif job is not None and job.result is not None:
        lines.append(("good", "all packages are here"))
    elif job is not None:
        lines += job_lines(job)
    return lines


def stop(wizard: Wizard) -> None:
    """Stop asking and fetching."""
    for name in ("packages", "download"):
        wizard.cancel(name)
    wizard.desk.asked = None
