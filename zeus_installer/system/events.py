"""The one stream of what is happening: nested events, as JSON lines, for every reader alike."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.secrets import redact


class Kind(StrEnum):
    """What an event tells."""

    START = "start"
    PROGRESS = "progress"
    FINISH = "finish"
    LOG = "log"


class Result(StrEnum):
    """How something ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something failed, in the words of a `ZeusError`."""

    code: str
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of the stream. `path` names the nesting (`install/install_packages`), `done`/`total` count `unit`s."""

    time: str
    run: str
    seq: int
    kind: Kind
    path: str
    title: str
    done: int | None = None
    total: int | None = None
    unit: str | None = None
    result: Result | None = None
    error: Failure | None = None

    def to_line(self) -> str:
        """Give the event as one line of JSON, without what is not known."""
        return json.dumps({key: value for key, value in asdict(self).items() if value is not None}, ensure_ascii=False)

    @classmethod
    def from_line(cls, line: str) -> "Event":
        """Read what `to_line` wrote; keys of a later version are left out."""
        data = {key: value for key, value in json.loads(line).items() if key in cls.__dataclass_fields__}
        data["kind"] = Kind(data["kind"])
        data["result"] = Result(data["result"]) if "result" in data else None
        data["error"] = Failure(**data["error"]) if "error" in data else None
        return cls(**data)


Sink = Callable[[Event], None]


def now() -> str:
    """Give the time as RFC 3339 UTC with milliseconds, as every file of ours has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Reporter:
    """Writes events at one place of the nesting. Children share its run, its counter and its sink."""

    def __init__(self, sink: Sink, *, run: str, path: str = "", counter: Iterator[int] | None = None) -> None:
        self._sink = sink
        self._run = run
        self._path = path
        self._counter = count(1) if counter is None else counter

    @contextmanager
    def task(self, name: str, title: str, *, total: int | None = None, unit: str | None = None) -> Iterator["Reporter"]:
        """Report the start and the end of a part; a `ZeusError` is reported as its failure and goes on its way."""
        path = f"{self._path}/{name}" if self._path else name
        child = Reporter(self._sink, run=self._run, path=path, counter=self._counter)
        child._emit(Kind.START, title, total=total, unit=unit)
        try:
            yield child
        except ZeusError as error:
            failure = Failure(code=error.code, message=redact(error.message), hint=redact(error.hint))
            child._emit(Kind.FINISH, title, result=Result.FAILED, error=failure)
            raise
        except (KeyboardInterrupt, SystemExit):
            interrupted = Failure(code="run.interrupted", message="interrupted", hint="go on with: zeus resume")
            child._emit(Kind.FINISH, title, result=Result.FAILED, error=interrupted)
            raise
        except BaseException as error:
            child._emit(
                Kind.FINISH, title, result=Result.FAILED, error=Failure(code="bug", message=type(error).__name__)
            )
            raise
        child._emit(Kind.FINISH, title, result=Result.OK)

    def progress(self, title: str, *, done: int, total: int | None = None, unit: str | None = None) -> None:
        """Report how far this part is."""
        self._emit(Kind.PROGRESS, title, done=done, total=total, unit=unit)

    def log(self, message: str) -> None:
        """Report a line worth reading, nothing more."""
        self._emit(Kind.LOG, redact(message))

    def warning(self, message: str) -> None:
        """Report something that the operator should know although the work goes on."""
        self._emit(Kind.LOG, redact(message), result=Result.WARNING)

    def skipped(self, name: str, title: str) -> None:
        """Report a part that had nothing to do."""
        child = Reporter(
            self._sink, run=self._run, path=f"{self._path}/{name}" if self._path else name, counter=self._counter
        )
        child._emit(Kind.FINISH, title, result=Result.SKIPPED)

    def forward(self, event: Event) -> None:
        """Pass on an event of another process as one that happened inside this part."""
        path = "/".join(filter(None, (self._path, event.path)))
        self._sink(replace(event, run=self._run, seq=next(self._counter), path=path))

    def _emit(
        self,
        kind: Kind,
        title: str,
        *,
        done: int | None = None,
        total: int | None = None,
        unit: str | None = None,
        result: Result | None = None,
        error: Failure | None = None,
    ) -> None:
        self._sink(
            Event(
                time=now(),
                run=self._run,
                seq=next(self._counter),
                kind=kind,
                path=self._path,
                title=title,
                done=done,
                total=total,
                unit=unit,
                result=result,
                error=error,
            )
        )


def silent() -> Reporter:
    """Give a reporter that nobody reads."""
    return Reporter(lambda _event: None, run="")
