"""Settings of all tests."""

import pytest
from hypothesis import settings

# A timing is never an assertion: how long an example takes says something of the machine only.
settings.register_profile("zeus", deadline=None)
settings.load_profile("zeus")


@pytest.hookimpl(tryfirst=True)  # the worker reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Virtual machines first, one at a time on one worker; each other file stays together on one that is free."""
    items.sort(key=lambda item: not _boots(item))
    for item in items:
        item.add_marker(pytest.mark.xdist_group("vm" if _boots(item) else item.path.stem))


def _boots(item: pytest.Item) -> bool:
    return item.get_closest_marker("vm") is not None
