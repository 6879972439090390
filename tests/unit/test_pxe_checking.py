"""The machines of an inventory together: whatever somebody writes is good, or an error at a line."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from zeus_installer.pxe.checking import Checker
from zeus_installer.pxe.hosts import OWN_KEYS, make_host
from zeus_installer.system.errors import UsageError

GOOD = {"packages": {"repos": [{"id": "xapi", "baseurl": "https://a/", "gpgkey": "https://a/key"}]}}
# What is near enough to be good for some keys and wrong for others.
WORDS = st.sampled_from(
    [
        "",
        "dhcp",
        "52:54:00:12:34:56",
        "52-54-00-12-34-56",
        "S3Z8",
        "xen1",
        "XEN1",
        "10.0.0.1",
        "10.0.0.2/8",
        "fd00::2/64",
    ]
)
VALUES: st.SearchStrategy[Any] = st.one_of(WORDS, st.integers(), st.booleans(), st.lists(WORDS, max_size=2))
TABLES = st.dictionaries(
    st.sampled_from(
        ["host", "network", "management", "hostname", "ipv4", "address", "nic", "mac", "packages", "version"]
    ),
    st.recursive(VALUES, lambda inner: st.dictionaries(st.sampled_from(["hostname", "ipv4", "management"]), inner)),
    max_size=3,
)
ROWS = st.dictionaries(st.sampled_from([key for key in OWN_KEYS if key != "answers"]), VALUES)
HOSTS = st.tuples(ROWS, st.one_of(st.just({}), TABLES)).map(lambda pair: {**pair[0], "answers": pair[1]})


@given(st.lists(HOSTS, min_size=1, max_size=4))
@example([{"mac": "52:54:00:12:34:56", "address": ""}])
@example([{"mac": "52:54:00:12:34:56", "answers": {"host": 3}}])
def test_hosts_are_good_or_wrong_and_good_ones_share_nothing(rows: list[dict[str, Any]]) -> None:
    checker = Checker("machines", GOOD)
    hosts = [make_host(line, row) for line, row in enumerate(rows, 1)]
    good = [checker.check(host) for host in hosts]
    try:
        checker.end()
    except UsageError as error:
        first, _, message = str(error).partition(": error: ")
        assert first.startswith("machines:")
        assert message
        return
    assert None not in good
    for names in ([host.key for host in hosts], [mac for host in hosts for mac in host.macs]):
        assert len(set(names)) == len(names)


def test_a_machine_may_say_its_own_mac_address_twice() -> None:
    checker = Checker("machines", GOOD)
    host = make_host(1, {"mac": ["52:54:00:12:34:56", "52-54-00-12-34-56"]})
    assert host.macs == ("52:54:00:12:34:56",)
    assert checker.check(host) is not None
    checker.end()
