"""`python -m tests.bench [NAME...]`: measure, print, assert nothing."""

import sys
from collections.abc import Callable, Sequence
from typing import Final

from tests.bench import demo, packages, probe, pxe, pxe_install, wizard
from tests.bench.rows import Row, print_rows

BENCHES: Final[dict[str, Callable[[], Sequence[Row]]]] = {
    "probe": probe.measure,
    "packages": packages.measure,
    "wizard": wizard.measure,
    "pxe": pxe.measure,
    "pxe-install": pxe_install.measure,
    "demo": demo.measure,
}


def main(names: Sequence[str]) -> int:
    """Run the named measurements, all of them when none is named."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"error: no such measurement: {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    for name in names or BENCHES:
        print(f"== {name}", flush=True)
        print_rows(BENCHES[name]())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
