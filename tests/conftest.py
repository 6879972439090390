"""Settings of all tests."""

from hypothesis import settings

# A timing is never an assertion: how long an example takes says something of the machine only.
# `make test` tries the same examples each time; `make campaign` looks for others.
settings.register_profile("zeus", deadline=None, derandomize=True)
settings.register_profile("campaign", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("zeus")
