"""From inputs to answers: the data a file would have, and what the schema says of it, told at the fields."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zeus_installer.answers.lines import Path
from zeus_installer.answers.model import Answers
from zeus_installer.answers.problems import Problem
from zeus_installer.answers.reader import check_data
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Choice, Constant, Field, Pick, Screen, Text, Toggle, chosen, picked, text_of
from zeus_installer.system.codec import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The data of the answers, the answers themselves when they are good, and the place of each field in them."""

    data: dict[str, Json]
    answers: Answers | None
    problems: Sequence[Problem]
    places: Mapping[str, Path]


def gather(screens: Iterable[Screen], desk: Desk) -> Gathered:
    """Put what all screens were told together, and hold it against the schema."""
    builder = _Builder()
    for screen in screens:
        for item in screen.fields(desk):
            if item.path:
                builder.put(item, value_of(item, desk))
    data: dict[str, Any] = _lists({"version": 1, **builder.data})
    answers, problems = check_data(data)
    return Gathered(data=data, answers=None if problems else answers, problems=problems, places=builder.places)


def complaints(screen: Screen, desk: Desk, gathered: Gathered) -> dict[str, list[str]]:
    """Give what is wrong on a screen: sentences by the name of the field that they are shown at."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in screen.fields(desk):
        if isinstance(item, Text):
            wrong = item.check(desk.typed.get(item.name, "") if item.secret else text_of(item, desk), desk)
            if wrong:
                found[item.name].append(wrong)
        elif isinstance(item, Pick) and item.required and not picked(item, desk):
            found[item.name].append(item.required)
    places = {item.name: gathered.places[item.name] for item in screen.fields(desk) if item.name in gathered.places}
    for problem in gathered.problems:
        name = _nearest(problem.path, places)
        if name:
            found[name].append(f"{problem.message}{f' ({problem.hint})' if problem.hint else ''}")
    return dict(found)


def value_of(item: Field, desk: Desk) -> Json:
    """Give what a field puts into the answers; None for nothing."""
    match item:
        case Choice():
            return chosen(item, desk).value
        case Toggle():
            return item.value if desk.is_on(item.name) else None
        case Pick(many=True):
            return [row.value for row in picked(item, desk)] or None
        case Pick():
            return next((row.value for row in picked(item, desk)), None)
        case Constant():
            return item.value(desk)
        case Text():
            return _text_value(item, text_of(item, desk).strip())
    return None


def _text_value(item: Text, text: str) -> Json:
    if item.many:
        return [part.strip() for part in text.split(",") if part.strip()] or None
    if item.number and text.isascii() and text.isdigit():
        return int(text[:18])
    return text if text or item.required else None


@dataclass(slots=True)
class _Builder:
    """Nested tables; list items are kept by their number, and numbered anew without the gaps."""

    data: dict[Any, Any] = field(default_factory=dict)
    _places: dict[str, Path] = field(default_factory=dict)
    _without: dict[str, Path] = field(default_factory=dict)
    _numbers: dict[Path, int] = field(default_factory=dict)

    @property
    def places(self) -> dict[str, Path]:
        """Give the place of each field. Without a value it has one for what the schema says of the key."""
        return {**self._places, **{name: self._beside(words) for name, words in self._without.items()}}

    def put(self, item: Field, value: Json) -> None:
        """Set the key of a field."""
        words: Path = tuple(int(word) if word.isdigit() else word for word in item.path.split("."))
        if value is None:
            self._without[item.name] = words
            return
        place = self._renumbered(words)
        table = self.data
        for word in place[:-1]:
            inner = table.setdefault(word, {})
            table = inner if isinstance(inner, dict) else {}
        if isinstance(value, dict):
            there = table.get(place[-1])
            value = {**value, **(there if isinstance(there, dict) else {})}
        table[place[-1]] = value
        self._places[item.name] = place

    def _renumbered(self, words: Path) -> Path:
        place: Path = ()
        for index, word in enumerate(words):
            if isinstance(word, int):
                taken = {known for known in self._numbers if known[:-1] == words[:index]}
                word = self._numbers.setdefault(words[: index + 1], len(taken))
            place = (*place, word)
        return place

    def _beside(self, words: Path) -> Path:
        """Give the place of a key that is not set: in its item of the list when that is there, else the list's."""
        numbers = [index for index, word in enumerate(words) if isinstance(word, int)]
        if all(words[: index + 1] in self._numbers for index in numbers):
            return self._renumbered(words)
        return words[: numbers[0]]


def _lists(data: Any) -> Any:  # noqa: ANN401 - a tree of plain data
    """Turn tables with numbers for keys into lists."""
    if not isinstance(data, dict):
        return data
    if data and all(isinstance(key, int) for key in data):
        return [_lists(data[key]) for key in sorted(data)]
    return {key: _lists(value) for key, value in data.items()}


def _nearest(path: Path, places: Mapping[str, Path]) -> str:
    """Give the field whose key is the problem's, or lies around it, or (the longest first) inside of it."""
    around = [name for name, place in places.items() if path[: len(place)] == place]
    inside = [name for name, place in places.items() if place[: len(path)] == path]
    return max(around, key=lambda name: len(places[name]), default=next(iter(inside), ""))
