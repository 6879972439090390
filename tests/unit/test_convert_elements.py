"""Each element of an XCP-ng or XenServer answer file: what becomes of it, and what is said of its traps."""

import pytest

from tests.unit.convert_texts import (
    ADMIN,
    GUEST,
    HASH,
    PRIMARY,
    converted,
    data_of,
    installation,
    said,
)
from zeus_installer.answers.reader import examine
from zeus_installer.convert.elements import Dialect

STATIC = (
    '<admin-interface hwaddr="52:54:00:12:34:56" proto="static"{more}>'
    "<ipaddr>192.0.2.10</ipaddr><subnet>{mask}</subnet><gateway>192.0.2.1</gateway></admin-interface>"
)
SOURCE_SAID = "f:2: warning: <source> the install disc is not carried over: it holds no packages for Fedora"
WIPE_SAID = 'f:4: warning: wipe = "listed-disks": what is on /dev/disk/by-id/ata-DATA is destroyed, as XCP-ng would'


def test_a_plain_file_becomes_answers_that_validate() -> None:
    conversion = converted(installation("<hostname>xen1.example.org</hostname>"))
    assert said(conversion) == [SOURCE_SAID, WIPE_SAID]
    assert conversion.unfinished == ()
    assert examine(conversion.text or "")[1] == ()
    assert data_of(conversion) == {
        "version": 1,
        "host": {
            "hostname": "xen1.example.org",
            "root_password_hash": HASH,
            "timezone": "Europe/Prague",
        },
        "storage": {
            "sr_type": "ext",
            "disks": [{"path": "/dev/disk/by-id/ata-DATA"}],
            "wipe": "listed-disks",
        },
        "network": {
            "backend": "openvswitch",
            "management": {"nic": {"mac": "52:54:00:12:34:56"}, "ipv4": "dhcp"},
        },
        "packages": {
            "repos": [
                {
                    "id": "xapi",
                    "baseurl": "https://packages.example.org/",
                    "gpgkey": "https://packages.example.org/key",
                }
            ]
        },
    }


def management(text: str) -> dict[str, object]:
    return dict(data_of(converted(text))["network"]["management"])


def storage(text: str) -> dict[str, object]:
    return dict(data_of(converted(text))["storage"])


@pytest.mark.parametrize(
    ("attributes", "dialect", "sr_type", "message"),
    [
        ('sr-type="lvm"', None, "lvm", ""),
        ('srtype="lvm"', None, "lvm", ""),
        ('sr-type="lvm" srtype="ext"', None, "lvm", "warning: srtype of <installation> does not count: sr-type does"),
        (
            "",
            None,
            "ext",
            "warning: sr-type is not given: ext is taken, as XCP-ng's installer has it; XenServer's has lvm",
        ),
        ("", Dialect.XCP_NG, "ext", "note: sr-type is not given: ext, as XCP-ng's installer has it"),
        ("", Dialect.XENSERVER, "lvm", "note: sr-type is not given: lvm, as XenServer's installer has it"),
        ('gpgcheck="yes"', None, "ext", "note: sr-type is not given: ext, as XCP-ng's installer has it"),
    ],
)
def test_the_type_of_storage_without_a_word_depends_on_the_installer(
    attributes: str, dialect: Dialect | None, sr_type: str, message: str
) -> None:
    conversion = converted(installation(attributes=attributes), dialect=dialect)
    assert data_of(conversion)["storage"]["sr_type"] == sr_type
    assert (f"f:1: {message}" in said(conversion, "warning", "note")) == bool(message)


def test_what_xenserver_alone_reads_tells_whose_file_it_is() -> None:
    conversion = converted(installation("<ssh-mode>on</ssh-mode>", attributes=""))
    assert data_of(conversion)["storage"]["sr_type"] == "lvm"


def test_what_both_alone_read_wants_a_decision() -> None:
    text = installation("<ssh-mode>on</ssh-mode>", attributes='gpgcheck="yes"')
    assert said(converted(text), "error") == [
        "f:1: error: gpgcheck of <installation> (line 1) is XCP-ng's alone and <ssh-mode> (line 8) is XenServer's alone"
    ]
    conversion = converted(text, dialect=Dialect.XENSERVER)
    assert "f:1: warning: gpgcheck of <installation> does not count: XenServer does not read it" in said(conversion)


@pytest.mark.parametrize(
    ("attribute", "on_primary"),
    [
        ("", True),
        ('guest-storage="yes"', True),
        ('guest-storage="TRUE"', True),
        ('guest-storage=""', True),
        ('guest-storage="no"', False),
        ('gueststorage="no"', False),
        ('guest-storage="yes" gueststorage="no"', True),
        ('guest-storage="1"', False),
        ('guest-storage="on"', False),
        ('guest-storage="y"', False),
    ],
)
def test_only_yes_and_true_are_true(attribute: str, on_primary: bool) -> None:
    text = installation(primary=f"<primary-disk {attribute}>/dev/disk/by-id/ata-SYS</primary-disk>", without="guest")
    expected = {"sr_type": "ext", "space": "free-space"} if on_primary else {"sr_type": "none"}
    assert storage(text) == expected


def test_a_number_that_counts_as_false_is_named() -> None:
    text = installation(primary='<primary-disk guest-storage="1">/dev/disk/by-id/ata-SYS</primary-disk>')
    assert 'f:3: warning: guest-storage="1" of <primary-disk> counts as false: only yes and true are true' in said(
        converted(text)
    )


def test_a_guest_disk_that_is_the_primary_one_turns_guest_storage_on() -> None:
    text = installation(
        guest="<guest-disk>sda</guest-disk>", primary=PRIMARY.replace("/dev/disk/by-id/ata-SYS", "/dev/sda")
    )
    assert storage(text) == {"sr_type": "ext", "space": "free-space"}
    assert (
        'f:4: warning: <guest-disk> "sda" is the primary disk: it counts as guest-storage, whatever that says'
        in said(converted(text))
    )


def test_guest_disks_count_at_any_depth() -> None:
    text = installation(guest=f"<guest-disks><guest-disk>/dev/disk/by-id/a</guest-disk>{GUEST}</guest-disks>")
    conversion = converted(text)
    assert [rule["path"] for rule in data_of(conversion)["storage"]["disks"]] == [
        "/dev/disk/by-id/a",
        "/dev/disk/by-id/ata-DATA",
    ]
    assert conversion.unfinished == (("storage.disks", 4),)
    assert (
        "f:4: warning: storage.disks: more than one disk cannot be carried out by this version of Zeus;"
        " zeus validate refuses the file as long as it stands there" in said(conversion)
    )


def test_a_disk_and_the_rest_of_the_primary_one_cannot_be_one_repository() -> None:
    conversion = converted(installation(primary="<primary-disk>/dev/disk/by-id/ata-SYS</primary-disk>"))
    assert data_of(conversion)["storage"] == {
        "sr_type": "ext",
        "disks": [{"path": "/dev/disk/by-id/ata-SYS"}, {"path": "/dev/disk/by-id/ata-DATA"}],
    }
    assert conversion.unfinished == (("storage.disks", 3),)
    assert said(conversion)[1:] == [
        "f:3: warning: one storage repository over the rest of dom0's disk and /dev/disk/by-id/ata-DATA"
        " (guest-storage is true unless it is said to be false) cannot be had"
    ]


@pytest.mark.parametrize(
    ("name", "path", "why"),
    [
        ("sdb", "/dev/sdb", "is a name of the kernel's, which is not stable"),
        ("/dev/sdb", "/dev/sdb", "is a name of the kernel's, which is not stable"),
        ("/dev/disk/by-path/pci-0", "/dev/disk/by-path/pci-0", "is no link below /dev/disk/by-id/"),
        (
            "/dev/disk/by-id/edd-int13_dev80",
            "/dev/disk/by-id/edd-int13_dev80",
            "is a link that XCP-ng's installer alone has",
        ),
        ("iscsi:RFC4173", "iscsi:RFC4173", "names an iSCSI disk, which Zeus cannot use"),
    ],
)
def test_a_disk_without_a_stable_name_has_to_be_completed(name: str, path: str, why: str) -> None:
    conversion = converted(installation(guest=f"<guest-disk>{name}</guest-disk>"))
    assert data_of(conversion)["storage"]["disks"] == [{"path": path}]
    assert conversion.unfinished == (("storage.disks", 4),)
    assert f'f:4: warning: <guest-disk> "{path}" {why}' in said(conversion)
    assert f'# 4: <guest-disk> "{path}" {why}: name it by serial' in (conversion.text or "")


def test_an_array_of_guest_disks_becomes_raid_of_its_members() -> None:
    raid = '<raid device="md127"><disk>/dev/disk/by-id/a</disk><disk>/dev/disk/by-id/b</disk></raid>'
    conversion = converted(installation(raid, guest="<guest-disk>/dev/md127</guest-disk>"))
    assert data_of(conversion)["storage"] == {
        "sr_type": "ext",
        "raid": "raid1",
        "disks": [{"path": "/dev/disk/by-id/a"}, {"path": "/dev/disk/by-id/b"}],
        "wipe": "listed-disks",
    }
    assert conversion.unfinished == (("storage.raid", 4), ("storage.disks", 8))


def test_of_two_arrays_of_one_name_the_last_counts() -> None:
    raid = '<raid device="md0"><disk>/dev/disk/by-id/{}</disk><disk>/dev/disk/by-id/{}</disk></raid>'
    conversion = converted(
        installation(raid.format("a", "b"), raid.format("c", "d"), guest="<guest-disk>md0</guest-disk>")
    )
    assert data_of(conversion)["storage"]["disks"] == [{"path": "/dev/disk/by-id/c"}, {"path": "/dev/disk/by-id/d"}]
    assert "f:9: warning: <raid> /dev/md0 is there twice: the one of line 8 does not count" in said(conversion)


def test_an_array_that_nothing_uses_is_left_out() -> None:
    conversion = converted(installation('<raid device="md0"><disk>sdc</disk><disk>sdd</disk></raid>'))
    assert "f:8: warning: <raid> /dev/md0 is used by neither <primary-disk> nor <guest-disk>, and is left out" in said(
        conversion
    )
    assert conversion.unfinished == ()


def test_a_mirror_beside_another_disk_cannot_be_one_repository() -> None:
    raid = '<raid device="md0"><disk>/dev/disk/by-id/a</disk><disk>/dev/disk/by-id/b</disk></raid>'
    conversion = converted(installation(raid, guest=f"<guest-disk>md0</guest-disk>{GUEST}"))
    assert "raid" not in data_of(conversion)["storage"]
    assert "f:4: warning: a mirror and other disks in one storage repository cannot be had" in said(conversion)
    assert conversion.unfinished == (("storage.disks", 4),)


def test_a_mirror_for_dom0_is_named_and_its_rest_mirrored_too() -> None:
    primary = '<primary-disk swraid="yes">/dev/disk/by-id/a,/dev/disk/by-id/b</primary-disk>'
    conversion = converted(installation(primary=primary, without="guest"))
    assert data_of(conversion)["storage"] == {
        "sr_type": "ext",
        "space": "free-space",
        "raid": "raid1",
        "disks": [{"path": "/dev/disk/by-id/a"}, {"path": "/dev/disk/by-id/b"}],
    }
    assert (
        "f:3: warning: dom0's mirror of /dev/disk/by-id/a and /dev/disk/by-id/b is not carried over: dom0's disks are"
        " Anaconda's business" in said(conversion)
    )


def test_a_mirror_with_a_missing_half_is_a_disk() -> None:
    primary = '<primary-disk swraid="yes" guest-storage="no">sda, missing</primary-disk>'
    conversion = converted(installation(primary=primary))
    assert data_of(conversion)["storage"]["disks"] == [{"path": "/dev/disk/by-id/ata-DATA"}]
    assert "f:3: warning: one half of the mirror is missing: sda is taken as a disk of its own" in said(conversion)


@pytest.mark.parametrize(
    ("mask", "prefix"), [("255.255.255.0", 24), ("255.255.255.128", 25), ("255.255.252.0", 22), ("24", 24)]
)
def test_a_netmask_becomes_a_prefix(mask: str, prefix: int) -> None:
    assert management(installation(admin=STATIC.format(mask=mask, more=""))) == {
        "nic": {"mac": "52:54:00:12:34:56"},
        "ipv4": {"address": f"192.0.2.10/{prefix}", "gateway": "192.0.2.1"},
    }


def test_an_old_name_wins_over_a_new_one() -> None:
    admin = STATIC.format(mask="255.255.255.0", more="").replace("<ipaddr>", "<ipaddr>192.0.2.11</ipaddr><ip>")
    conversion = converted(installation(admin=admin.replace("10</ipaddr>", "10</ip>")))
    assert data_of(conversion)["network"]["management"]["ipv4"]["address"] == "192.0.2.10/24"
    assert "f:5: warning: <ipaddr> does not count: line 5 has the one that does" in said(conversion)


def test_old_names_of_lists_are_added_behind() -> None:
    text = installation(
        "<nameserver>192.0.2.3</nameserver>",
        "<name-server>192.0.2.2</name-server>",
        admin=STATIC.format(mask="255.255.255.0", more=""),
    )
    assert management(text)["dns"] == ["192.0.2.2", "192.0.2.3"]


def test_name_servers_beside_dhcp_count_for_nothing() -> None:
    conversion = converted(installation("<name-server>192.0.2.2</name-server>"))
    assert "dns" not in data_of(conversion)["network"]["management"]
    assert '# dns = ["192.0.2.2"]\n' in (conversion.text or "")
    assert said(conversion)[2:] == [
        "f:8: warning: <name-server> is left out: with DHCP XCP-ng writes it down, and uses the servers of the lease"
    ]
    assert conversion.unfinished == ()


def test_time_servers_are_written_as_a_comment_while_no_version_sets_them() -> None:
    conversion = converted(installation("<ntp-server>a.example</ntp-server>", "<ntp-servers>b.example</ntp-servers>"))
    assert (
        '# 8: setting time servers: leave ntp out: the system keeps those that it has\n# ntp = ["a.example", "b.ex'
        in (conversion.text or "")
    )
    assert conversion.unfinished == ()
    assert examine(conversion.text or "")[1] == ()


def test_a_vlan_stays_and_has_to_be_decided() -> None:
    conversion = converted(installation(admin=ADMIN.replace("proto", 'vlan="42" proto')))
    assert data_of(conversion)["network"]["management"]["vlan"] == 42
    assert conversion.unfinished == (("network.management.vlan", 5),)
    (fault,) = examine(conversion.text or "")[1]
    assert fault.message == (
        "network.management.vlan: management on a VLAN cannot be carried out by this version of Zeus"
    )


@pytest.mark.parametrize(
    ("protocol", "value"),
    [
        ('protov6="autoconf"', "auto"),
        ('protov6="dhcp"', "dhcp"),
        ('protov6="none"', None),
        ('protov6="AUTOCONF"', None),
        ("", None),
    ],
)
def test_ipv6_beside_ipv4_is_written_as_a_comment(protocol: str, value: str | None) -> None:
    conversion = converted(installation(admin=ADMIN.replace("proto", f"{protocol} proto")))
    assert "ipv6" not in data_of(conversion)["network"]["management"]
    assert (f'# ipv6 = "{value}"\n' in (conversion.text or "")) == (value is not None)
    assert conversion.unfinished == ()


def test_ipv6_alone_stays() -> None:
    admin = (
        '<admin-interface hwaddr="52:54:00:12:34:56" proto="none" protov6="static">'
        "<ipv6>2001:db8::10/64</ipv6><gatewayv6>fe80::1</gatewayv6></admin-interface>"
    )
    conversion = converted(installation(admin=admin))
    assert data_of(conversion)["network"]["management"] == {
        "nic": {"mac": "52:54:00:12:34:56"},
        "ipv4": "none",
        "ipv6": {"address": "2001:db8::10/64", "gateway": "fe80::1"},
    }
    assert conversion.unfinished == (("network.management.ipv6", 5),)


@pytest.mark.parametrize(
    ("backend", "value"),
    [("bridge", "bridge"), ("vswitch", "openvswitch"), ("openvswitch", "openvswitch"), ("Bridge", "openvswitch")],
)
def test_backends(backend: str, value: str) -> None:
    conversion = converted(installation(f"<network-backend>{backend}</network-backend>"))
    assert data_of(conversion)["network"]["backend"] == value


def test_a_host_without_a_time_zone_has_that_of_its_installer() -> None:
    conversion = converted(installation(without="zone"))
    assert data_of(conversion)["host"]["timezone"] == "Etc/UTC"
    assert "f:1: note: <timezone> is missing: XCP-ng and XenServer take Etc/UTC then" in said(conversion, "note")


@pytest.mark.parametrize(
    ("password", "levels"),
    [
        ('<root-password type="hash">!!</root-password>', ["warning"]),
        ("<root-password>Staple-7</root-password>", ["note", "note"]),
        ('<root-password type="plaintext">Staple-7</root-password>', ["note"]),
        (f'<root-password type="plaintext">{HASH}</root-password>', ["note"]),
        ("<root-password>!!</root-password>", ["error"]),
        (f"<root-password>{HASH}</root-password>", ["error"]),
        ('<root-password type="hash">$1$salt$qMQ5hJdnm2GFHxmQtYbrTQ</root-password>', ["error"]),
        ('<root-password type="hash">Staple-7</root-password>', ["error"]),
        ('<root-password type="Hash">Staple-7</root-password>', ["error", "note"]),
    ],
)
def test_passwords(password: str, levels: list[str]) -> None:
    conversion = converted(installation(password=password))
    about = [message for message in conversion.messages if message.line == 6]
    assert [message.level for message in about] == levels
    shown = "".join(message.named("f") for message in conversion.messages)
    assert "Staple-7" not in shown + (conversion.text or "")
    assert HASH not in shown
    if "error" not in levels and "!!" not in password:
        assert data_of(conversion)["host"]["root_password_hash"] == HASH


def test_a_missing_password_is_asked_for_by_nobody() -> None:
    conversion = converted(installation(without="password"))
    assert "root_password_hash" not in data_of(conversion)["host"]
    assert said(conversion)[0] == (
        "f:1: warning: <root-password> is missing: XCP-ng and XenServer ask for root's password at the first boot, and"
        " Zeus leaves it as it is"
    )
    assert not conversion.has_secret


SCRIPT = '<script stage="{stage}" type="{type}">{url}</script>'


@pytest.mark.parametrize(
    ("script", "stage", "url"),
    [
        (SCRIPT.format(stage="installation-start", type="url", url="http://w/a"), "installation-start", "http://w/a"),
        (SCRIPT.format(stage="Packages-Installed", type="URL", url="https://w/a"), "packages-installed", "https://w/a"),
        (
            "<post-install-script type='url'>\n http://w/a\n</post-install-script>",
            "filesystem-populated",
            "http://w/a",
        ),
        ("<install-failed-script>http://w/a</install-failed-script>", "installation-complete", "http://w/a"),
    ],
)
def test_scripts_become_hooks(script: str, stage: str, url: str) -> None:
    conversion = converted(installation(script))
    block = f'# [[hooks]]\n# stage = "{stage}"\n# url = "{url}"\n# sha256 = "…"\n'
    assert f"complete it with what this prints: curl -fsS {url} | sha256sum\n{block}" in (conversion.text or "")
    assert conversion.unfinished == (("hooks", 8),)
    assert examine(conversion.text or "")[1] == ()
    pinned = converted(installation(script), checksums={url: "a" * 64})
    assert pinned.unfinished == ()
    assert data_of(pinned)["hooks"] == [{"stage": stage, "url": url, "sha256": "a" * 64}]
    assert examine(pinned.text or "")[1] == ()


@pytest.mark.parametrize(
    ("scripts", "message"),
    [
        (
            [SCRIPT.format(stage="filesystem-populate", type="url", url="http://w/a")],
            "<script> is never run: XCP-ng and XenServer have no stage"
            ' "filesystem-populate" (did you mean "filesystem-populated"?); it is left out',
        ),
        (
            ["<post-install-script>http://w/a</post-install-script>"] * 2,
            "<post-install-script> is there 2 times: XCP-ng and XenServer run none of them, and they are left out",
        ),
    ],
)
def test_scripts_that_are_never_run_are_left_out(scripts: list[str], message: str) -> None:
    conversion = converted(installation(*scripts))
    assert f"f:8: warning: {message}" in said(conversion)
    assert "hooks" not in (conversion.text or "")


@pytest.mark.parametrize("script", [("nfs", "server:/a/b.sh"), ("url", "nfs://server:/a/b.sh"), ("url", "ftp://w/b")])
def test_scripts_that_cannot_be_fetched_are_written_as_a_comment(script: tuple[str, str]) -> None:
    kind, url = script
    conversion = converted(installation(SCRIPT.format(stage="installation-start", type=kind, url=url)))
    whole = url if "://" in url else f"nfs://{url}"
    assert (
        f"f:8: warning: <script> {whole} is written down as a comment: hooks are fetched by http:// and https:// alone"
        in said(conversion)
    )
    assert f'# url = "{whole}"\n' in (conversion.text or "")
    assert "put the script on a web server" in (conversion.text or "")


def test_passwords_of_addresses_are_in_no_message() -> None:
    text = installation(
        '<source type="url">http://me:Staple-7@8/9@mirror.example/xcp-ng/?token=Staple-7</source>',
        SCRIPT.format(stage="installation-start", type="url", url="http://me:Staple-7@w/a?token=Staple-7"),
    )
    conversion = converted(text)
    shown = "\n".join(message.named("f") for message in conversion.messages)
    assert "Staple" not in shown
    assert "http://mirror.example/xcp-ng/?… is not carried over: it holds no packages for Fedora; neither are" in shown
    assert "mirror.example" not in (conversion.text or "")
    assert conversion.has_secret


@pytest.mark.parametrize("attribute", ["repo-gpgcheck", "gpgcheck"])
def test_a_switched_off_signature_check_is_not_imported(attribute: str) -> None:
    for text, element in (
        (installation(attributes=f'sr-type="ext" {attribute}="false"'), "installation"),
        (installation(source=f'<source type="local" {attribute}="no"/>'), "source"),
    ):
        conversion = converted(text)
        assert (
            f"{attribute} of <{element}> is false, and is not carried over: Zeus checks every signature"
            in "\n".join(said(conversion))
        )
        assert "allow_unsigned" not in (conversion.text or "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<installation mode='upgrade'/>", '1: error: mode="upgrade" keeps a host\'s settings and guests:'),
        ("<upgrade/>", "1: error: <upgrade> does not upgrade: XCP-ng and XenServer take it as <installation>,"),
        ("<upgrade mode='fresh'/>", "1: error: <upgrade> does not upgrade: XCP-ng and XenServer take it as"),
        ("<restore/>", "1: error: <restore> brings an old XCP-ng back: there is nothing of it that Zeus could"),
        ("<instalation/>", '1: error: the root is <instalation>, wants <installation> (did you mean "installation"?)'),
        ("<kickstart/>", "1: error: the root is <kickstart>, wants <installation>"),
    ],
)
def test_what_is_no_fresh_installation_is_refused(text: str, message: str) -> None:
    conversion = converted(text)
    assert conversion.text is None
    (only,) = said(conversion)
    assert only.startswith(f"f:{message}")


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ("<hostnam>a</hostnam>", 'unknown element <hostnam> (did you mean "hostname"?)'),
        ("<ui-confirm/>", "unknown element <ui-confirm>"),
        ('<service nam="a" name="a" state="enabled"/>', 'unknown attribute nam of <service> (did you mean "name"?)'),
        ('<service state="enabled"/>', "name of <service> is missing: XCP-ng and XenServer stop there"),
        (
            '<service name="a" state="on"/>',
            'state="on" of <service>: XCP-ng and XenServer stop there, they want "enabled" or "disabled"',
        ),
        ("<disk>sda</disk>", "<disk> counts only inside <raid>"),
        ("<ipaddr>192.0.2.1</ipaddr>", "<ipaddr> counts only inside <admin-interface>"),
        ("<existing-installation>sda</existing-installation>", "<existing-installation> belongs to an upgrade or a"),
        ("<bootloader>extlinux</bootloader>", '<bootloader> is "extlinux": XCP-ng and XenServer stop there, they have'),
        ('<bootloader location="MBR"/>', 'location="MBR" of <bootloader>: XCP-ng and XenServer stop there, they want'),
        ('<raid device="md0"><disk>sda</disk></raid>', "<raid> has 1 disk(s), wants two or more"),
        ("<hostname><![CDATA[xen]]></hostname>", "<hostname> has a CDATA section, which the installers do not read"),
        ("<hostname>xen_1</hostname>", 'host.hostname is "xen_1", wants a host name: letters, digits and hyphens'),
    ],
)
def test_what_is_wrong_is_an_error_at_its_line(element: str, message: str) -> None:
    errors = said(converted(installation(element)), "error")
    assert len(errors) == 1
    assert errors[0].startswith(f"f:8: error: {message}")


@pytest.mark.parametrize(
    ("admin", "message"),
    [
        ('<admin-interface proto="dhcp"/>', "<admin-interface> has neither name nor hwaddr: XCP-ng and XenServer stop"),
        ('<admin-interface hwaddr="52:54:00:12:34:56"/>', "proto of <admin-interface> is missing:"),
        ('<admin-interface hwaddr="52-54-00-12-34-56" proto="dhcp"/>', "network.management.nic.mac is"),
        (ADMIN.replace("dhcp", "none"), 'network.management.ipv4 and ipv6 are both "none": nobody could reach'),
        (ADMIN.replace("dhcp", "Dhcp"), 'network.management.ipv4 and ipv6 are both "none": nobody could reach'),
        (ADMIN.replace("proto", 'vlan="0" proto'), "network.management.vlan is 0, wants 1 to 4094"),
        (ADMIN.replace("proto", 'vlan="4095" proto'), "network.management.vlan is 4095, wants 1 to 4094"),
        (ADMIN.replace("proto", 'vlan="ten" proto'), 'vlan="ten" of <admin-interface>, wants 1 to 4094'),
        (STATIC.format(mask="0.0.0.255", more=""), '<subnet> is "0.0.0.255", wants a netmask like 255.255.255.0'),
        (STATIC.format(mask="255.0.255.0", more=""), '<subnet> is "255.0.255.0", wants a netmask like 255.255.255.0'),
        (STATIC.format(mask="", more=""), "<subnet> is empty"),
        (
            STATIC.format(mask="255.255.255.240", more="").replace("2.1<", "2.99<"),
            'network.management.ipv4.gateway is "192.0.2.99", which is not in 192.0.2.0/28',
        ),
        (
            STATIC.format(mask="255.255.255.0", more=' protov6="static"'),
            '<ipv6> is missing in <admin-interface>: protov6="static" wants it',
        ),
    ],
)
def test_bad_interfaces(admin: str, message: str) -> None:
    errors = said(converted(installation(admin=admin)), "error")
    assert errors
    assert errors[0].startswith(f"f:5: error: {message}")


@pytest.mark.parametrize(
    ("elements", "message"),
    [
        (
            ['<ntp source="dhcp"/>', "<ntp-server>a.example</ntp-server>"],
            '9: error: <ntp-server> beside <ntp source="dhcp">: XCP-ng and XenServer stop there',
        ),
        (
            ['<ntp source="manual"/>', '<ntp source="manual"/>'],
            "9: error: <ntp> is there twice (line 8): XCP-ng and XenServer stop there",
        ),
        (["<ntp/>"], "8: error: source of <ntp> is missing: XCP-ng and XenServer stop there"),
        (['<ntp source="manual"/>'], '8: warning: <ntp source="manual"> names no server: add <ntp-server>'),
        (
            ['<ntp source="none"/>'],
            '8: warning: <ntp source="none"> is not carried over: Zeus leaves the time service as it is',
        ),
        (
            ['<ntp source="default"/>'],
            '8: note: <ntp source="default">: Zeus leaves the time servers that the system has',
        ),
        (
            ['<service name="a" state="enabled"/>', '<service name="a" state="disabled"/>'],
            '9: error: service "a" is there twice (line 8): XCP-ng and XenServer stop there',
        ),
        (
            ["<ui-confirmation-prompt>false</ui-confirmation-prompt>"],
            '8: warning: <ui-confirmation-prompt> "false" counts as true: any text does',
        ),
        (
            ["<hostname>a</hostname>", "<hostname>b</hostname>"],
            "9: warning: <hostname> does not count: line 8 has the one that does",
        ),
        (["<hostname/>"], "8: warning: <hostname> is empty, and counts as if it were not there"),
        (["<keymap>cz</keymap>"], '8: warning: <keymap> "cz" is not carried over: Zeus leaves the keyboard as it is'),
        (["<keymap>us</keymap>"], '8: note: <keymap> "us" is not carried over: Zeus leaves the keyboard as it is'),
        (
            ['<service name="sshd" state="disabled"/>'],
            '8: warning: service "sshd" is not disabled: Zeus carries no settings of services over',
        ),
        (["<ssh-mode>off</ssh-mode>"], "8: warning: <ssh-mode> off is not carried over: Zeus leaves sshd as it is"),
        (["<ssh-mode>never</ssh-mode>"], '8: warning: <ssh-mode> is "never", which XenServer ignores'),
        (
            ['<bootloader write-boot-entry="false">grub2</bootloader>'],
            "8: warning: write-boot-entry is false, and is not carried over: the boot loader is Anaconda's business",
        ),
        (
            ['<fcoe-interface name="eth1"/>'],
            "8: warning: <fcoe-interface> is not carried over: Zeus does not use disks by FCoE",
        ),
        (
            ["<time-config-method>ntp</time-config-method>"],
            "8: warning: <time-config-method> is read by no installer of today, and is left out",
        ),
        (
            ['<driver-source type="url">http://w/d</driver-source>'],
            "8: warning: <driver-source> http://w/d is not carried over: its drivers are for another kernel",
        ),
        (
            ['<selected-multiversion-drivers><driver name="ice">a</driver></selected-multiversion-drivers>'],
            "8: warning: <selected-multiversion-drivers> is not carried over: Fedora's kernel has its own drivers",
        ),
        (
            ["<guest-disks>sdz</guest-disks>"],
            "8: warning: the text in <guest-disks> means nothing, and is left out",
        ),
    ],
)
def test_traps_and_what_has_no_counterpart(elements: list[str], message: str) -> None:
    assert f"f:{message}" in said(converted(installation(*elements)), "error", "warning", "note")


def test_a_reinstallation_makes_no_backup() -> None:
    conversion = converted(installation(attributes='mode="reinstall" sr-type="ext"'))
    assert said(conversion)[0] == ('f:1: warning: mode="reinstall" backs the old system up first: Zeus makes no backup')
    assert conversion.text


def test_what_the_installers_want_is_missing() -> None:
    assert said(converted("<installation/>"), "error") == [
        "f:1: error: <primary-disk> is missing: the installers want it, and so does Zeus",
        "f:1: error: <admin-interface> is missing: the installers want it, and so does Zeus",
    ]


def test_without_repositories_a_place_for_them_is_left() -> None:
    conversion = converted(installation(), repos=())
    assert conversion.unfinished == (("packages.repos", 2),)
    assert (conversion.text or "").endswith(
        "[packages]\n# 2: name the repositories with Xen and XenAPI for this system\n"
        '# repos = [{ id = "xapi", baseurl = "https://…", gpgkey = "https://…" }]\n'
    )
