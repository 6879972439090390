"""Settings of all tests."""

from hypothesis import settings

# A timing is never an assertion: how long an example takes says something of the machine only.
settings.register_profile("zeus", deadline=None)
settings.load_profile("zeus")
