"""`make test-anaconda`: the tests of the add-on's service on Anaconda itself, wherever it can be imported.

That is on Fedora with anaconda-core, or where ANACONDA_SOURCE names directories (as PYTHONPATH does) that have it.
"""

import os
import sys
from typing import Final

import pytest

from tests.anaconda.installer import REPOSITORY
from tests.anaconda.source import REAL, SOURCE, import_real

TESTS: Final = (
    "test_anaconda_stand_in.py",
    "test_addon_service.py",
    "test_addon_installation.py",
    "test_addon_work.py",
)


def main() -> int:
    """Run them, or say in a line that there was nothing to run them on."""
    version, error = import_real()
    if error:
        if os.environ.get(SOURCE):
            print(f"error: no pyanaconda in {os.environ[SOURCE]}: {error}", file=sys.stderr)
            return 1
        print("no pyanaconda here: nothing was tested")
        return 0
    print(f"pyanaconda {version}")
    os.environ[REAL] = "1"
    return int(pytest.main(["-q", *(str(REPOSITORY / "tests/component" / name) for name in TESTS)]))


if __name__ == "__main__":
    sys.exit(main())
