"""What is in the files of a dom0: grammars held against parsers like those of xapi's daemons."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answers.model import Static
from zeus_installer.host import essentials, inventory, lvm
from zeus_installer.host.management_conf import management_conf, render
from zeus_installer.host.nic_names import NicName, dom0_names, link_file, name_of
from zeus_installer.host.texts import set_variable, with_block, without_block
from zeus_installer.machine.model import Nic
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target

HOST = "11111111-1111-4111-8111-111111111111"
DOM0 = "22222222-2222-4222-8222-222222222222"
WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="'"), max_size=12)
KEYS = st.text(string.ascii_uppercase + "_", min_size=1, max_size=12)


def test_a_fresh_inventory() -> None:
    text = inventory.merged("", host=HOST, dom0=DOM0)
    assert f"INSTALLATION_UUID='{HOST}'\nCONTROL_DOMAIN_UUID='{DOM0}'\nMANAGEMENT_INTERFACE=''\n" in text
    assert inventory.parse(text).keys() >= {"MANAGEMENT_ADDRESS_TYPE", "BUILD_NUMBER", "PLATFORM_VERSION"}


def test_a_package_may_name_the_product_but_not_the_host() -> None:
    packaged = f"PRODUCT_BRAND='XCP-ng'\nINSTALLATION_UUID='{DOM0}'\nEXTRA='1'\nMANAGEMENT_INTERFACE='xenbr7'\n"
    values = inventory.parse(inventory.merged(packaged, host=HOST, dom0=DOM0))
    assert (values["PRODUCT_BRAND"], values["EXTRA"]) == ("XCP-ng", "1")
    assert (values["INSTALLATION_UUID"], values["MANAGEMENT_INTERFACE"]) == (HOST, "")


def test_the_inventory_is_done_also_after_networkd_wrote_its_keys() -> None:
    text = inventory.merged("", host=HOST, dom0=DOM0).replace("INTERFACE=''", "INTERFACE='xenbr0'")
    assert inventory.is_of_host(text, host=HOST, dom0=DOM0)
    assert not inventory.is_of_host(text, host=DOM0, dom0=DOM0)
    assert not inventory.is_of_host("", host=HOST, dom0=DOM0)


@given(st.dictionaries(KEYS, WORDS))
def test_the_inventory_says_what_was_written(values: dict[str, str]) -> None:
    assert inventory.parse(inventory.render(values)) == values


@pytest.mark.parametrize("value", ["it's", "two\nlines", " blank", "nul\0"])
def test_what_the_inventory_cannot_hold_is_refused(value: str) -> None:
    with pytest.raises(ZeusError) as caught:
        inventory.render({"PRODUCT_NAME": value})
    assert caught.value.message == (
        f"/etc/xensource-inventory: PRODUCT_NAME cannot hold {value!r}: the file knows no escapes"
    )


def networkd_reads(text: str) -> dict[str, str]:
    """Read management.conf as xcp-networkd does: no shell, no comments, quotes trimmed from the ends."""
    lines = (line for line in text.strip().split("\n") if line)
    pairs = (line.partition("=") for line in lines)
    return {key: value.strip("'") for key, equals, value in pairs if equals and value}


def test_management_by_dhcp() -> None:
    assert management_conf(device="eth0", ipv4="dhcp") == "LABEL='eth0'\nMODE='dhcp'\nMODEV6='none'\n"


def test_management_with_a_static_address() -> None:
    static = Static(address="192.0.2.10/23", gateway="192.0.2.1")
    text = management_conf(device="eth3", ipv4=static, dns=("192.0.2.53", "192.0.2.54"), domain="example.org")
    assert networkd_reads(text) == {
        "LABEL": "eth3",
        "MODE": "static",
        "IP": "192.0.2.10",
        "NETMASK": "255.255.254.0",
        "GATEWAY": "192.0.2.1",
        "MODEV6": "none",
        "DNS": "192.0.2.53,192.0.2.54",
        "DOMAIN": "example.org",
    }


def test_no_key_of_management_conf_is_empty() -> None:
    text = management_conf(device="eth0", ipv4=Static(address="192.0.2.10/24"), dns=("192.0.2.53",))
    assert networkd_reads(text).keys() == {"LABEL", "MODE", "IP", "NETMASK", "MODEV6"}


@given(st.dictionaries(KEYS, WORDS.filter(bool)))
def test_management_conf_says_what_was_written(values: dict[str, str]) -> None:
    assert networkd_reads(render(values)) == values


@pytest.mark.parametrize("value", ["", "it's", "two\nlines"])
def test_what_management_conf_cannot_hold_is_refused(value: str) -> None:
    with pytest.raises(ZeusError) as caught:
        render({"DOMAIN": value})
    assert caught.value.message == f"/etc/firstboot.d/data/management.conf: DOMAIN cannot hold {value!r}"


def nic(name: str, last: int, bus: str | None = None) -> Nic:
    return Nic(name=name, mac=f"52:54:00:00:00:{last:02X}", bus=bus)


def test_nics_are_named_by_their_place() -> None:
    nics = [nic("enp10s0", 1, "0000:0a:00.0"), nic("enp2s0", 2, "0000:02:00.0"), nic("enp2s0f1", 3, "0000:02:00.1")]
    names = dom0_names(nics)
    assert [(one.name, one.mac[-2:]) for one in names] == [("eth0", "02"), ("eth1", "03"), ("eth2", "01")]
    assert name_of(nics[0], names) == "eth2"


def test_without_a_bus_names_count_as_people_do() -> None:
    names = dom0_names([nic("ens10", 1), nic("ens9", 2), Nic(name="wlp1s0", mac="52:54:00:00:00:09")])
    assert [one.mac[-2:] for one in names] == ["02", "01"]


@given(st.lists(st.integers(0, 15), unique=True, max_size=8), st.randoms())
def test_names_are_stable_and_each_has_one_nic(ends: list[int], random: object) -> None:
    nics = [nic(f"ens{end}", end, f"0000:{end:02x}:00.0") for end in ends]
    shuffled = list(nics)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    names = dom0_names(nics)
    assert dom0_names(shuffled) == names
    assert [one.name for one in names] == [f"eth{index}" for index in range(len(ends))]
    assert {one.mac for one in names} == {(one.mac or "").lower() for one in nics}


def test_link_files_count_in_dom0_only_and_never_on_bridges() -> None:
    assert link_file(NicName(mac="52:54:00:00:00:01", name="eth0")) == (
        "[Match]\nPermanentMACAddress=52:54:00:00:00:01\nKernelCommandLine=zeus.dom0\n\n"
        "[Link]\nName=eth0\nAlternativeNamesPolicy=database onboard slot path\n"
    )


def test_a_variable_is_set_once_and_other_lines_stay() -> None:
    text = "# comment\nXEN_DOM0_UUID=old\nOTHER=1\nXEN_DOM0_UUID=older\n"
    assert set_variable(text, "XEN_DOM0_UUID", "new") == "# comment\nXEN_DOM0_UUID=new\nOTHER=1\n"
    assert set_variable("A=1", "B", "2") == "A=1\nB=2\n"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])).map(lambda text: text + "\n"))
def test_a_block_comes_and_goes(text: str) -> None:
    once = with_block(text, "devices/x = 1")
    assert with_block(once, "devices/x = 2").count("devices/x") == 1
    assert without_block(once) == text


@pytest.fixture
def complete(tmp_path: Path) -> Target:
    """A root with everything that the toolstack's daemons exit without."""
    target = Target(tmp_path)
    for missing in essentials.find_missing(target):
        place = missing.place if missing.place.startswith("/") else f"/usr/bin/{missing.place}"
        directory = missing.name.endswith(("-dir", "-root", "-homedir"))
        if directory:
            target.path(place).mkdir(parents=True, exist_ok=True)
        else:
            target.write_atomic(place, "", mode=0o755)
    return target


def test_everything_is_there(complete: Target) -> None:
    essentials.check_essentials(complete)


def test_what_is_missing_is_named_all_at_once(complete: Target) -> None:
    complete.remove("/usr/bin/xe")
    complete.remove("/etc/xensource/db.conf")
    complete.path("/usr/bin/ovs-vsctl").chmod(0o644)
    with pytest.raises(ZeusError) as caught:
        essentials.check_essentials(complete)
    assert str(caught.value) == (
        "XenAPI would not start: 3 of the things that it cannot do without are missing\n"
        "  xapi: xe (xe), from package xapi-xe\n"
        "  xapi: /etc/xensource/db.conf (db-config-file), from package xapi-core\n"
        "  xenopsd-xc: /usr/bin/ovs-vsctl (ovs-vsctl), from package openvswitch\n"
        "hint: install openvswitch xapi-core xapi-xe; another place can be named in the daemon's configuration file"
    )


def test_the_configuration_may_say_otherwise(complete: Target) -> None:
    complete.remove("/usr/bin/xe")
    complete.write_atomic("/opt/other/xe", "", mode=0o755)
    complete.write_atomic("/etc/xapi.conf", "xe = /nowhere # comment\n")
    assert [one.place for one in essentials.find_missing(complete)] == ["/nowhere"]
    complete.write_atomic("/etc/xapi.conf.d/20-xe.conf", 'xe="/opt/other/xe"\n')
    assert essentials.find_missing(complete) == []
    complete.write_atomic("/etc/xapi.conf.d/20-xe.conf", "xe=xe\nsearch-path = /opt/other:/opt/more\n")
    assert essentials.find_missing(complete) == []


def test_a_link_out_of_another_root_counts(complete: Target) -> None:
    complete.remove("/usr/bin/xe")
    complete.link_atomic("/usr/bin/xe", "/etc/alternatives/xe")
    assert essentials.find_missing(complete) == []


def test_the_hosts_lvm_knows_what_to_ignore(tmp_path: Path) -> None:
    target = Target(tmp_path)
    target.write_atomic("/etc/lvm/lvmlocal.conf", 'devices/global_filter = [ "r|^/dev/disk/by-id/a\\\\.b-part1$|" ]\n')
    assert lvm.host_ignores(target, "/dev/disk/by-id/a.b-part1")
    assert not lvm.host_ignores(target, "/dev/disk/by-id/a.b-part11")
