"""The hosts of an inventory: whatever somebody writes is a host or a list of what is wrong with it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.pxe.hosts import OWN_KEYS, make_host, merged

VALUES = st.one_of(
    st.text(),
    st.integers(),
    st.booleans(),
    st.lists(st.one_of(st.text(), st.integers())),
    st.dictionaries(st.text(), st.text()),
)
TABLES: st.SearchStrategy[Any] = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), st.one_of(inner, st.integers()), max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.one_of(st.sampled_from(OWN_KEYS), st.text()), VALUES))
def test_anything_is_a_host_or_is_wrong(row: dict[str, Any]) -> None:
    host = make_host(7, row)
    assert host.line == 7
    if not host.problems:
        assert host.macs or host.serial
        assert set(row) <= set(OWN_KEYS)
    # What goes into file names and menus is harmless.
    if not host.problems:
        assert set(host.key) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


@given(TABLES, TABLES)
def test_what_lies_over_wins_and_the_rest_stays(base: dict[str, Any], over: dict[str, Any]) -> None:
    both = merged(base, over)
    assert both.keys() == base.keys() | over.keys()
    assert merged(both, over) == both
    for key, value in base.items():
        if key not in over:
            assert both[key] == value
    for key, value in over.items():
        if not isinstance(value, dict):
            assert both[key] == value


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ({"hostname": "xen1"}, {"host": {"hostname": "xen1"}}),
        ({"address": "dhcp"}, {"network": {"management": {"ipv4": "dhcp"}}}),
        (
            {"address": "10.0.0.2/8", "gateway": "10.0.0.1"},
            {
                "network": {
                    "management": {
                        "ipv4": {"address": "10.0.0.2/8", "gateway": "10.0.0.1"},
                        "nic": {"mac": "52:54:00:12:34:56"},
                    }
                }
            },
        ),
        (
            {"address": "fd00::2/64"},
            {
                "network": {
                    "management": {"ipv6": {"address": "fd00::2/64"}, "nic": {"mac": "52:54:00:12:34:56"}},
                }
            },
        ),
        ({"dns": "10.0.0.1 10.0.0.2"}, {"network": {"management": {"dns": ["10.0.0.1", "10.0.0.2"]}}}),
        ({"hostname": "xen1", "answers": {"host": {"hostname": "xen2"}}}, {"host": {"hostname": "xen2"}}),
    ],
)
def test_short_keys_stand_for_answers(row: dict[str, Any], answers: dict[str, Any]) -> None:
    host = make_host(1, {"mac": "52-54-00-12-34-56", **row})
    assert host.problems == ()
    assert host.overrides == answers
