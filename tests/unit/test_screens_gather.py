"""From what was typed to answers: the data a file would have, and each complaint at its field."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal.machines import machine
from zeus_installer.answers.reader import check_data
from zeus_installer.checks.registry import run_checks
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.flow import form_screens
from zeus_installer.screens.form import Choice, Pick, Text, Toggle
from zeus_installer.screens.gather import Gathered, complaints, gather
from zeus_installer.system.codec import Json

GOOD = Path(__file__).parents[1] / "fixtures" / "answers" / "good"
SCREENS = form_screens()
HASH = f"$6$saltsalt${'A' * 86}"
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q admin@example.org"
OTHER_KEY = SSH_KEY.replace("K0wmN", "K0wmM")
# Inputs with which nothing is wrong.
FINE: dict[str, Json] = {
    "password_hash": HASH,
    "repo 0": "https://packages.example.org/xapi/",
    "key of repo 0": "https://packages.example.org/key.asc",
}


def desk(inputs: dict[str, Json], *, name: str = "leftovers", elsewhere: bool = True) -> Desk:
    return Desk(
        dry_run=True,
        machine=machine(name),
        findings=run_checks(machine(name), None),
        machine_file="other" if elsewhere else None,
        inputs=inputs,
    )


def gathered(inputs: dict[str, Json], *, name: str = "leftovers") -> Gathered:
    return gather(SCREENS, desk(inputs, name=name))


def wrong(inputs: dict[str, Json]) -> dict[str, list[str]]:
    """All complaints of all screens."""
    here = desk(inputs)
    found = gather(SCREENS, here)
    return {name: told for screen in SCREENS for name, told in complaints(screen, here, found).items()}


def test_nothing_typed_but_what_is_wanted() -> None:
    assert wrong(FINE) == {}
    assert gathered(FINE).data == {
        "version": 1,
        "host": {"hostname": "plain.lab.example", "root_password_hash": HASH},
        "storage": {"sr_type": "ext", "space": "whole-disk", "disks": [{"serial": "EMPTY"}]},
        "network": {
            "management": {"nic": {"mac": "52:54:00:12:34:56"}, "ipv4": "dhcp", "ipv6": "none"},
            "backend": "openvswitch",
        },
        "packages": {
            "source": "xapi",
            "repos": [
                {
                    "id": "xapi",
                    "baseurl": "https://packages.example.org/xapi/",
                    "gpgkey": "https://packages.example.org/key.asc",
                }
            ],
        },
    }


def test_everything_that_can_be_typed() -> None:
    inputs: dict[str, Json] = {
        "accept_pv": True,
        "sr_type": "lvm",
        "disks": ["vdf"],
        "confirm FILES": "ILES",
        "hostname": " xen1.example.org ",
        "ipv4": "static",
        "ipv4_address": "192.0.2.10/24",
        "ipv4_gateway": "192.0.2.1",
        "dns": "192.0.2.53,2001:db8::53 , ",
        "backend": "bridge",
        "key 0": SSH_KEY,
        "key 1": OTHER_KEY,
        "timezone": "Europe/Prague",
        "repo 0": "https://packages.example.org/xapi/",
        "repo 1": "file:///srv/more",
        "key of repo 1": "file:///srv/key.asc",
        "unsigned": True,
    }
    assert wrong(inputs) == {}
    data: Any = gathered(inputs).data
    assert data["checks"] == {"accept": ["cpu.virtualization"]}
    assert data["storage"] == {
        "sr_type": "lvm",
        "space": "whole-disk",
        "disks": [{"serial": "FILES"}],
        "wipe": "listed-disks",
    }
    assert data["host"] == {
        "hostname": "xen1.example.org",
        "ssh_keys": [SSH_KEY, OTHER_KEY],
        "timezone": "Europe/Prague",
    }
    assert data["network"]["management"] == {
        "nic": {"mac": "52:54:00:12:34:56"},
        "ipv4": {"address": "192.0.2.10/24", "gateway": "192.0.2.1"},
        "ipv6": "none",
        "dns": ["192.0.2.53", "2001:db8::53"],
    }
    assert [(repo["id"], repo["baseurl"]) for repo in data["packages"]["repos"]] == [
        ("xapi", "https://packages.example.org/xapi/"),
        ("xapi1", "file:///srv/more"),
    ]


def test_a_good_file_can_be_typed() -> None:
    """The smallest good file; the others have keys that no screen asks for, a rule for a disk or a NIC."""
    file = tomllib.loads((GOOD / "five-lines.toml").read_text())
    file["packages"]["repos"][0]["id"] = "xapi"  # the wizard names repositories itself
    wanted, _ = check_data(file)
    inputs: dict[str, Json] = {"repo 0": "http://192.0.2.1/xapi", "unsigned": True, "hostname": "", "disks": []}
    made = gathered(inputs, name="no-link").answers
    assert made == wanted


def test_a_choice_that_hides_fields_keeps_their_inputs_and_leaves_them_out() -> None:
    inputs: dict[str, Json] = {
        **FINE,
        "sr_type": "none",
        "disks": ["vdf"],
        "confirm FILES": "ILES",
        "space": "free-space",
    }
    assert wrong(inputs) == {}
    assert gathered(inputs).data["storage"] == {"sr_type": "none"}


MISSING_KEY = (
    "packages.repos[0].gpgkey is missing: nothing would tell whether somebody replaced the packages "
    "(name the key, or say packages.allow_unsigned = true)"
)
COMPLAINTS: dict[str, tuple[dict[str, Json], dict[str, str]]] = {
    "a host name": (
        {"hostname": "bad_host!"},
        {
            "hostname": 'host.hostname is "bad_host!", wants a host name: letters, digits and hyphens between dots, '
            "64 characters at most"
        },
    ),
    "no address": ({"ipv4": "static"}, {"ipv4_address": "network.management.ipv4.address is missing"}),
    "an address": (
        {"ipv4": "static", "ipv4_address": "300.1.1.1/24"},
        {
            "ipv4_address": 'network.management.ipv4.address is "300.1.1.1/24", wants the address of a host with its '
            'prefix length like "192.0.2.10/24"'
        },
    ),
    "a router": (
        {"ipv4": "static", "ipv4_address": "192.0.2.10/24", "ipv4_gateway": "198.51.100.1"},
        {"ipv4_gateway": 'network.management.ipv4.gateway is "198.51.100.1", which is not in 192.0.2.0/24'},
    ),
    "one of several": (
        {"dns": "192.0.2.53, x"},
        {"dns": 'network.management.dns[1] is "x", wants an IP address like "192.0.2.1"'},
    ),
    "no whole number": ({"vlan": "x"}, {"vlan": 'network.management.vlan is "x", wants a whole number'}),
    "nobody in reach": (
        {"ipv4": "none"},
        {"ipv4": 'network.management.ipv4 and ipv6 are both "none": nobody could reach the host'},
    ),
    "a time zone": (
        {"timezone": "../../../etc/passwd"},
        {"timezone": 'host.timezone is "../../../etc/passwd", wants a time zone like "Europe/Prague"'},
    ),
    "nobody could log in": (
        {"password_hash": None},
        {"password": "give root a password, or an SSH key below: nobody could log in"},
    ),
    "a key behind an empty line": (
        {"key 1": "nonsense"},
        {
            "key 1": 'host.ssh_keys[0] is "nonsense", wants an OpenSSH public key on one line '
            "(it is the content of a file like ~/.ssh/id_ed25519.pub)"
        },
    ),
    "no repository": (
        {"repo 0": ""},
        {"repo 0": 'packages.repos[0].baseurl is "", wants a URL: http://, https:// or file:///'},
    ),
    "no key of a repository": ({"key of repo 0": ""}, {"key of repo 0": MISSING_KEY}),
    "a disk that is not empty": (
        {"disks": ["vdf"]},
        {"confirm FILES": "type the last four characters of its serial number FILES to destroy what is on /dev/vdf"},
    ),
    "what is not carried out yet": (
        {"ipv6": "auto"},
        {
            "ipv6": "network.management.ipv6: IPv6 management cannot be carried out by this version of Zeus "
            '(say ipv6 = "none")'
        },
    ),
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_a_complaint_is_at_its_field(name: str) -> None:
    inputs, told = COMPLAINTS[name]
    assert wrong({**FINE, **inputs}) == {field: [sentence] for field, sentence in told.items()}


def test_what_was_emptied_is_gone() -> None:
    static: dict[str, Json] = {**FINE, "ipv4": "static", "ipv4_address": "192.0.2.10/24"}
    for router, wanted in (("192.0.2.1", {"gateway": "192.0.2.1"}), ("", {})):
        data: Any = gathered({**static, "ipv4_gateway": router}).data
        assert data["network"]["management"]["ipv4"] == {"address": "192.0.2.10/24", **wanted}


def test_lines_behind_empty_ones_stay_shown_and_count() -> None:
    inputs: dict[str, Json] = {
        **FINE,
        "key 0": "",
        "key 1": "",
        "key 2": SSH_KEY,
        "repo 0": "",
        "repo 1": "",
        "repo 2": "https://packages.example.org/",
        "unsigned": True,
    }
    data: Any = gathered(inputs).data
    assert data["host"]["ssh_keys"] == [SSH_KEY]
    assert [repo["baseurl"] for repo in data["packages"]["repos"]][-1] == "https://packages.example.org/"


def test_a_time_zone_that_is_too_long_for_a_file() -> None:
    here = desk({**FINE, "timezone": "x" * 300}, elsewhere=False)
    told = complaints(next(screen for screen in SCREENS if screen.id == "access"), here, gather(SCREENS, here))
    assert set(told) == {"timezone"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("x" * 5000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = {item.name: item for screen in SCREENS for item in screen.fields(desk(FINE))}
KEYS = [*FIELDS, "ipv4_address", "ipv4_gateway", "ipv6_address", "members", "mode", "raid", "key 1", "repo 1", "medium"]


@given(inputs=st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=8), elsewhere=st.booleans())
def test_no_inputs_are_too_odd(inputs: dict[str, Json], elsewhere: bool) -> None:
    """A draft of another version may have anything in it."""
    here = desk(inputs, elsewhere=elsewhere)
    found = gather(SCREENS, here)
    assert (found.answers is None) == bool(found.problems)
    for screen in SCREENS:
        for field in complaints(screen, here, found):
            assert field in {item.name for item in screen.fields(here)}


def sensible(item: object) -> st.SearchStrategy[Json]:
    """What a person may have put into a field."""
    match item:
        case Choice():
            return st.sampled_from([option.key for option in item.options(desk(FINE))])
        case Toggle():
            return st.booleans()
        case Pick():
            return st.lists(st.sampled_from([row.key for row in item.rows(desk(FINE))]), max_size=2)
        case Text():
            return st.sampled_from(["", "x", "7", "192.0.2.10/24", "192.0.2.1", "xen1", SSH_KEY, "https://h/x/", "UTC"])
    return st.just(HASH)


@given(inputs=st.fixed_dictionaries({}, optional={name: sensible(item) for name, item in FIELDS.items()}))
def test_every_problem_is_told_somewhere(inputs: dict[str, Json]) -> None:
    found = gathered(inputs)
    told = [sentence for sentences in wrong(inputs).values() for sentence in sentences]
    for problem in found.problems:
        assert any(sentence.startswith(problem.message) for sentence in told)
