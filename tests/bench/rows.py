"""What a measurement gives, and how it is printed."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of ours beside its peer's (or floor's), the goal in words."""

    name: str
    ours: float
    peer: float | None
    peer_name: str
    unit: str
    goal: str

    def to_line(self) -> str:
        """Give the row as text."""
        beside = (
            ""
            if self.peer is None
            else f"{self.peer_name} {self.peer:.3f} {self.unit}, ratio {self.ours / self.peer:.2f}; "
        )
        return f"{self.name:34} {self.ours:9.3f} {self.unit:3}  {beside}goal {self.goal}"


def interleaved(ours: Callable[[], float], peer: Callable[[], float], *, pairs: int) -> tuple[float, float]:
    """Measure both in turns, so that a noisy minute falls on both; the medians."""
    samples = [(ours(), peer()) if number % 2 else (peer(), ours())[::-1] for number in range(pairs)]
    return statistics.median(first for first, _ in samples), statistics.median(second for _, second in samples)


def print_rows(rows: Sequence[Row]) -> None:
    """Print a table."""
    for row in rows:
        print(row.to_line(), flush=True)
