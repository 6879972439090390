"""Sizes as people write them, and comparisons with them (`>=200G`)."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Like the makers of disks: G is 10^9, and GiB is 2^30.
_FACTORS: Mapping[str, int] = {
    "": 1,
    **{prefix: 1000 ** (power + 1) for power, prefix in enumerate("KMGTP")},
    **{f"{prefix}i": 1024 ** (power + 1) for power, prefix in enumerate("KMGTP")},
}
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "": operator.eq,
}
PATTERN = r"(>=|<=|>|<|=|) *([0-9]+(?:\.[0-9]+)?) *([KMGTP]?i?)B?"
_SIZE = re.compile(PATTERN)


@dataclass(frozen=True, slots=True)
class SizeRule:
    """A comparison with a number of bytes."""

    comparison: str
    bytes: float

    def holds(self, size: int) -> bool:
        """Whether `size` bytes fulfil the rule."""
        return _COMPARISONS[self.comparison](size, self.bytes)


def parse_size_rule(text: str) -> SizeRule | None:
    """Read a comparison, or give None when `text` is none. A number alone means exactly that size."""
    found = _SIZE.fullmatch(text)
    if found is None or found[3] not in _FACTORS:
        return None
    return SizeRule(found[1], float(found[2]) * _FACTORS[found[3]])
