"""A tiny add-on, by which the stand-in is compared with Anaconda itself."""

from pathlib import Path
from typing import Final

from tests.anaconda.installer import REPOSITORY, Addon

HERE: Final = Path(__file__).parent
SAMPLE: Final = Addon(
    id="org_example_sample",
    service="org.fedoraproject.Anaconda.Addons.Sample",
    package=HERE / "org_example_sample",
    dbus=HERE / "dbus",
    beside=(REPOSITORY / "tests",),
)
