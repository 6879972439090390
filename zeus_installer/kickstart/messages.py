"""What there is to say about a kickstart, by line: `FILE:LINE: error: …` and `FILE:LINE: warning: …`."""

from dataclasses import dataclass, field
from typing import Literal

from zeus_installer.answers.problems import error_line

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a file. `order` is where the line stands once all files are one."""

    order: int
    file: str = field(compare=False)
    line: int = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing that is wrong (`error`: an installation would fail or go astray) or that cannot be told (`warning`)."""

    place: Place
    text: str
    hint: str = ""
    level: Level = "error"

    def __str__(self) -> str:
        line = error_line(self.place.file, self.place.line, self.text, self.hint)
        front = f"{self.place.file}:{self.place.line}: "
        if self.level != "error":
            line = front + self.level + line.removeprefix(f"{front}error")
        # What a file says must not work on the terminal of whoever reads about it.
        return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in line)
