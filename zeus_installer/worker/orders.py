"""What stands in an order, read into the types of the rest of the program. Nothing heavy is loaded for it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar, cast

from zeus_installer.answers.model import Answers
from zeus_installer.answers.problems import CODE, Problem
from zeus_installer.answers.reader import check_data
from zeus_installer.machine.model import Machine
from zeus_installer.system.codec import decode
from zeus_installer.system.errors import UsageError
from zeus_installer.system.target import Target

T = TypeVar("T")
Order = Mapping[str, object]


def asked(order: Order, name: str) -> object:
    """Give what the order says of `name`; an order that says nothing of it is a `UsageError`."""
    if name not in order:
        raise UsageError("order.missing", f"the order {order.get('order')} has no {name}")
    return order[name]


def option(kind: type[T], order: Order, name: str, default: T) -> T:
    """Give what the order says of `name`; left out and null mean the default."""
    said = order.get(name)
    return default if said is None else decode(kind, said, where=name)


def flag(order: Order, name: str) -> bool:
    """Whether the order says yes to `name`."""
    return option(bool, order, name, default=False)


def path(order: Order, name: str) -> Path | None:
    """Give the path `name`, None for none."""
    said = option(str, order, name, "")
    return Path(said) if said else None


def target(order: Order) -> Target:
    """Give the root that the order is about: the running system's when it names no `root`."""
    return Target(path(order, "root") or Path("/"))


def machine(order: Order) -> Machine:
    """Give the machine that the order brings."""
    return decode(Machine, asked(order, "machine"), where="machine")


def answers(order: Order) -> Answers:
    """Give the answers of the order. What is wrong is told in the words that a file with them would be told in."""
    data = asked(order, "answers")
    if not isinstance(data, dict):
        raise UsageError("data.type", "answers is not a table")
    found, problems = check_data(cast("dict[str, object]", data))
    if found is None or problems:
        raise UsageError(CODE, "\n".join(_told(problem) for problem in problems))
    return found


def _told(problem: Problem) -> str:
    return problem.message + "".join(f"\n  hint: {line}" for line in problem.hint.splitlines())
