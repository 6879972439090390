"""Words that several screens share: jobs, sizes, times."""

from collections.abc import Sequence

from zeus_installer.screens.form import Line
from zeus_installer.screens.jobs import Job


def job_lines(job: Job | None) -> Sequence[Line]:
    """Say how a job is going; nothing when there is none, or when it ended well."""
    if job is None:
        return ()
    if job.running:
        return (("dim", f"{job.title} … {job.seconds} s"),)
    if job.error is None:
        return ()
    lines: list[Line] = [("bad", line) for line in job.error.message.splitlines()]
    return [*lines, ("", job.error.hint)] if job.error.hint else lines


def duration(seconds: float) -> str:
    """Give a time as a clock does: `0:07`, `12:30`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def size_of(count: int) -> str:
    """Give a number of bytes as disk makers count: `95.3 MB`."""
    from zeus_installer.storage.text import size_text

    return size_text(count)
