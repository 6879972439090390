"""Run the service, or end at once: `SAMPLE_DIES` is set where a test wants an add-on that does not start."""

import os
import sys

from pyanaconda.modules.common import init

init()

from tests.anaconda.sample.org_example_sample.service.sample import Sample  # noqa: E402

if "SAMPLE_DIES" in os.environ:
    sys.exit(1)
Sample().run()
