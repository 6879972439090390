"""What a conversion has found out so far: values for keys of ours, the lines they come from, what there is to say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from zeus_installer.answers.lines import Path
from zeus_installer.convert.messages import Message

Value = str | int | bool | Sequence["Value"] | dict[str, "Value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A script, at one of our stages. Without `sha256` it cannot run, and is only written down."""

    line: int
    stage: str
    url: str = field(repr=False)
    sha256: str | None = None

    @property
    def is_fetched(self) -> bool:
        """Whether it lies where our hooks can: on a web server."""
        return self.url.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Draft:
    """Keys are dotted (`network.management.nic`); tables are made on the way."""

    data: dict[str, Value] = field(default_factory=lambda: {"version": 1}, repr=False)
    lines: dict[Path, int] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    # What `zeus validate` will refuse, or an operator has to complete: by key, where it comes from.
    unfinished: dict[Path, int] = field(default_factory=dict)
    left_out: dict[Path, Value] = field(default_factory=dict, repr=False)
    remarks: dict[Path, list[str]] = field(default_factory=dict)

    def set(self, key: str, value: Value, line: int) -> None:
        """Give a key its value."""
        *tables, name = key.split(".")
        table = self.data
        for part in tables:
            inner = table.setdefault(part, {})
            table = inner if isinstance(inner, dict) else {}
        table[name] = value
        self.lines[path_of(key)] = line

    def get(self, path: Path) -> Value | None:
        """Give the value at a path, if there is one."""
        value: object = self.data
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value  # type: ignore[return-value] # a value below a table is one

    def leave_out(self, key: str, value: Value, line: int, why: str) -> None:
        """Write a key as a comment only, and why."""
        path = path_of(key)
        self.left_out[path] = value
        self.lines[path] = line
        self.remark(path, line, why)

    def remark(self, path: Path, line: int, why: str) -> None:
        """Write a comment beside a key: what has become of the XML's line."""
        remarks = self.remarks.setdefault(path, [])
        remarks.extend({f"{line}: {why}"}.difference(remarks))

    def drop(self, path: Path) -> Value:
        """Take a value out again."""
        table = self.get(path[:-1])
        return table.pop(str(path[-1])) if isinstance(table, dict) else ""

    def to_complete(self, key: str, line: int, why: str) -> None:
        """Note that the key is wrong or missing until somebody completes it."""
        path = path_of(key)
        self.unfinished.setdefault(path, line)
        self.remark(path, line, why)

    def error(self, line: int, text: str, hint: str = "") -> None:
        """Say why nothing can be converted."""
        self.messages.append(Message(line=line, text=text, hint=hint))

    def warning(self, line: int, text: str, hint: str = "") -> None:
        """Say what is lost, changed or to be completed."""
        self.messages.append(Message(line=line, text=text, hint=hint, level="warning"))

    def note(self, line: int, text: str, hint: str = "") -> None:
        """Say what is good to know."""
        self.messages.append(Message(line=line, text=text, hint=hint, level="note"))

    @property
    def has_errors(self) -> bool:
        """Whether nothing is converted."""
        return any(message.level == "error" for message in self.messages)


def path_of(key: str) -> Path:
    """Give the path of a dotted key."""
    return tuple(key.split("."))


def prefixes(path: Path) -> Iterator[Path]:
    """Give a path and what is around it, the nearest first."""
    return (path[:length] for length in range(len(path), 0, -1))
