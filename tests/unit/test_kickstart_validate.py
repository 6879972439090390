"""`zeus validate` of kickstarts: what is wrong with one, in exact words and at its own lines."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.unit.kickstart_texts import GOOD, HASH, changed, what_is_said

Said = Callable[..., list[str]]
SCRIPT = "  hint: %pre --erroronfail\n  hint: . /run/zeus/kickstart/lib.sh\n  hint: zeus_prepare\n  hint: %end"


@pytest.fixture
def said(tmp_path: Path) -> Said:
    return partial(what_is_said, tmp_path)


def test_nothing_is_wrong_with_a_good_one(said: Said) -> None:
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        (
            "lang en",
            "lnag en",
            ['ks:1: error: Unknown command: lnag (did you mean "lang"?)'],
        ),
        (
            "timezone --utc",
            "timezone --isUtc",
            [
                "ks:3: warning: The --isUtc option has been deprecated and no longer has any effect (F44, F45)\n"
                "  hint: remove this option",
                'ks:3: error: unrecognized arguments: --isUtc (did you mean "--utc"?) (RHEL10)',
            ],
        ),
        (
            "keyboard --vckeymap=us",
            "vnc",
            [
                "ks:2: warning: The vnc command has been deprecated and no longer has any effect (F44, RHEL10)\n"
                "  hint: remove this command",
                "ks:2: error: vnc has been removed. (F45)\n  hint: take it out",
            ],
        ),
        (
            "%packages",
            "%pakages",
            ['ks:14: error: Unknown kickstart section: %pakages (did you mean "%packages"?)'],
        ),
        (
            "@core\n%end\n",
            "@core\n\n",
            [
                "ks:14: error: Section %packages does not end with %end.\n  hint: end it with %end; a line that begins "
                "with the name of a section ends it too, wherever it stands"
            ],
        ),
        (
            "part / --fstype=xfs",
            'part / --label="root',
            ["ks:12: error: pykickstart cannot read this line: No closing quotation"],
        ),
        (
            "@core",
            "-",
            ["ks:15: error: pykickstart cannot read this line: IndexError"],
        ),
        (
            'sr_type = "ext"',
            'sr_typ = "ext"',
            ['ks:25: error: unknown key storage.sr_typ (did you mean "sr_type"?)'],
        ),
        (
            'sr_type = "ext"',
            "sr_type = ",
            ["ks:25: error: not TOML, at column 11: invalid value"],
        ),
        (
            "version = 1\n",
            "\n",
            ["ks:22: error: version is missing\n  hint: begin the file with version = 1"],
        ),
        (
            "%addon org_xenproject_zeus",
            "%addon org_xenproject_zues",
            [
                'ks:22: error: unknown add-on org_xenproject_zues (did you mean "org_xenproject_zeus"?)\n'
                "  hint: Anaconda ignores the section of an add-on that it does not have, and says nothing"
            ],
        ),
        (
            "%addon org_xenproject_zeus\n",
            "%addon com_redhat_kdump --disable\n%end\n%packages\n",
            [
                "ks:1: error: no %addon org_xenproject_zeus section: this installs a plain system\n"
                "  hint: add %addon org_xenproject_zeus, the answers (`zeus schema` describes them), and %end"
            ],
        ),
        (
            "%post --nochroot",
            "%addon org_xenproject_zeus\nversion = 1\n%end\n%post --nochroot",
            [
                "ks:33: error: another %addon org_xenproject_zeus section; the first is at ks:22\n"
                "  hint: make one section of them"
            ],
        ),
        (
            "test -f /mnt/sysroot/var/lib/zeus/anaconda.json",
            "echo done",
            [
                "ks:22: warning: no %post script makes sure that the add-on has finished: a plain system would be "
                "installed without it\n"
                "  hint: %include the snippets of Zeus's own kickstarts: start.ks and finish.ks"
            ],
        ),
        (
            "bootloader --timeout=5\n",
            "",
            [
                "ks:21: warning: no bootloader command: on which disk GRUB is installed is Anaconda's choice\n"
                "  hint: add: bootloader"
            ],
        ),
        (
            "bootloader --timeout=5",
            "bootloader --location=none",
            ["ks:7: error: bootloader --location=none: Xen is started by GRUB\n  hint: leave that out"],
        ),
        (
            "part /boot --fstype=ext4 --size=2048\npart / --fstype=xfs --size=32768",
            "part pv.1 --size=40000\nvolgroup os pv.1\nlogvol / --vgname=os --name=root --size=30000",
            [
                "ks:13: error: /, and /boot with it, is on LVM, where GRUB cannot write, and boot.trial needs that\n"
                "  hint: give it a partition (part /boot --fstype=ext4 --size=2048), or say trial = false in [boot]"
            ],
        ),
        (
            "part /boot --fstype=ext4",
            "part /boot --encrypted --fstype=ext4",
            [
                "ks:11: error: /boot is encrypted, where GRUB cannot write, and boot.trial needs that\n"
                "  hint: give it a partition (part /boot --fstype=ext4 --size=2048), or say trial = false in [boot]"
            ],
        ),
        (
            "reqpart\npart /boot --fstype=ext4 --size=2048\npart / --fstype=xfs --size=32768",
            "autopart --noboot",
            [
                "ks:10: error: autopart --noboot puts /boot where GRUB cannot write, and boot.trial needs that\n"
                "  hint: leave --noboot out, or say trial = false in [boot]"
            ],
        ),
        (
            "ignoredisk --only-use=sda\nclearpart --all --initlabel --disklabel=gpt --drives=sda",
            "clearpart --all --initlabel",
            [
                "ks:8: error: clearpart --all: nothing keeps Anaconda off the disk of the storage repository\n"
                "  hint: say which disk is Anaconda's: ignoredisk --only-use=DISK"
            ],
        ),
        (
            "repo --name=zeus-xapi\n",
            "",
            [
                "ks:27: error: packages.repos[0] is in no repo command: Anaconda would not find Xen\n"
                "  hint: add: repo --name=zeus-xapi, and a script, below that of start.ks:\n" + SCRIPT
            ],
        ),
        (
            "[packages]\n",
            '[packages]\noffline = "/run/install/repo/zeus/packages"\n',
            [
                "ks:27: error: packages.offline: nothing gives Anaconda the set's repositories of the distribution\n"
                "  hint: add, below the script with zeus_prepare: %include /run/zeus/kickstart/repos.ks"
            ],
        ),
        (
            "repo --name=zeus-xapi",
            "repo --name=xen --baseurl=https://xen.lan/xapi",
            [
                "ks:6: error: packages.repos[0] by its address: the distribution's newer Xen would be installed, and "
                "nobody checks signatures\n"
                "  hint: leave the address out, repo --name=zeus-ID, and run zeus_prepare in a %pre script:\n" + SCRIPT
            ],
        ),
        (
            " && zeus_prepare",
            "",
            [
                "ks:6: error: repo --name=zeus-xapi has no address, and no %pre script writes its .repo file\n"
                "  hint: add a script, below that of start.ks:\n" + SCRIPT
            ],
        ),
        (
            "@core",
            "@core\n-xen*",
            [
                "ks:14: error: %packages leaves out xen*, and with it xen-hypervisor, which a Xen host needs\n"
                "  hint: take -xen* out"
            ],
        ),
        (
            "%packages",
            "%packages --ignoremissing",
            [
                "ks:14: warning: %packages --ignoremissing would also pass over missing packages of Xen\n"
                "  hint: leave --ignoremissing out"
            ],
        ),
        (
            "https://xen.lan/key",
            "https://packages.example.org/key",
            [
                "ks:28: warning: packages.repos[0].gpgkey is at packages.example.org, an address of examples\n"
                "  hint: put your own there"
            ],
        ),
        (
            "%addon org_xenproject_zeus",
            "%addon org_xenproject_zeus --enable",
            ["ks:22: error: %addon org_xenproject_zeus takes no arguments, and has --enable\n  hint: leave that out"],
        ),
        (
            "%addon org_xenproject_zeus\n",
            "%addon\n%end\n%packages\n",
            [
                "ks:22: error: %addon names no add-on\n  hint: write: %addon org_xenproject_zeus",
            ],
        ),
        (
            "[packages]",
            '[packages]\nsource = "xcp"',
            [
                "ks:27: error: there is no package source 'xcp'\n"
                "  hint: known sources: xapi; a file is named by its path"
            ],
        ),
        (
            "repo --name=zeus-xapi",
            "url --url=https://xen.lan/xapi",
            [
                "ks:6: warning: packages.repos[0] by its address: it gets no priority, and nobody checks signatures\n"
                "  hint: leave the address out, repo --name=zeus-ID, and run zeus_prepare in a %pre script:\n" + SCRIPT
            ],
        ),
        (
            "timezone --utc Etc/UTC",
            "liveimg --url=https://install.lan/live.img",
            [
                "ks:3: error: liveimg: an image is installed as it is, and Xen could not be added to it\n"
                "  hint: install packages: leave that out, or say url --url=…"
            ],
        ),
        (
            "https://xen.lan/xapi/",
            "https://me:hunter2@xen.lan/xapi/",
            [
                "ks:28: error: packages.repos[0].baseurl: a password in clear text, in an address\n"
                "  hint: use a server that asks for none, or a certificate"
            ],
        ),
        (
            "lang en",
            "lang\033[2J en",
            ['ks:1: error: Unknown command: lang\\x1b[2J (did you mean "lang"?)'],
        ),
        (
            "https://xen.lan/xapi/",
            "https://packages.example.org/xapi/",
            [
                "ks:28: warning: packages.repos[0].baseurl is at packages.example.org, an address of examples\n"
                "  hint: put your own there"
            ],
        ),
        (
            ', gpgkey = "https://xen.lan/key" },\n]\nallow_unsigned = true',
            "},\n]",
            [
                "ks:28: error: packages.repos[0].gpgkey is missing: nothing would tell whether somebody replaced the "
                "packages\n  hint: name the key, or say packages.allow_unsigned = true",
            ],
        ),
    ],
)
def test_what_is_wrong_is_said(said: Said, old: str, new: str, messages: list[str]) -> None:
    assert said(changed((old, new))) == messages


def test_everything_is_said_at_once_in_the_order_of_the_lines(said: Said) -> None:
    text = changed(("rootpw --iscrypted " + HASH, "rootpw hunter2"), ("version = 1", ""), ("lang en", "lnag e"))
    assert [message.split(": ", 2)[:2] for message in said(text)] == [
        ["ks:1", "error"],
        ["ks:5", "error"],
        ["ks:22", "error"],
    ]


# Passwords


@pytest.mark.parametrize(
    ("command", "messages"),
    [
        ("rootpw hunter2", ["rootpw: a password in clear text"]),
        ("rootpw --plaintext hunter2", ["rootpw: a password in clear text"]),
        ("rootpw --iscrypted hunter2", ["rootpw: --iscrypted, but that is no hash of a password"]),
        ("rootpw --iscrypted !!", []),
        ("rootpw --lock", []),
        ("user --name=me --password=hunter2", ["user --password: a password in clear text"]),
        (f"user --name=me --iscrypted --password={HASH}", []),
        ("sshpw --username=root hunter2", ["sshpw: a password in clear text"]),
        ("network --device=wlp1s0 --essid=a --wpakey=hunter2", ["network --wpakey: a password in clear text"]),
        ("rdp --username=me --password=hunter2", ["rdp --password: a password in clear text"]),
        ("url --url=http://me:hunter2@mirror.lan/", ["url --url: a password in clear text, in an address"]),
        (
            "repo --name=a --baseurl=http://mirror.lan/ --proxy=http://me:hunter2@proxy.lan/",
            ["repo --proxy: a password in clear text, in an address"],
        ),
        ("iscsi --ipaddr=192.0.2.1 --user=a --password=hunter2", ["iscsi --password: a password in clear text"]),
        ("rootpw hunter2\nrootpw --lock", ["rootpw: a password in clear text"]),
        (
            f"rootpw hunter2\nrootpw --iscrypted {HASH}",
            ["rootpw: a password in clear text"],
        ),
        ("bootloader --password=hunter2\nbootloader --timeout=1", ["bootloader --password: a password in clear text"]),
        (
            "%include https://me:hunter2@install.lan/a.ks",
            [
                "%include https://me:********@install.lan/a.ks: nothing is fetched: what it says is not checked",
                "%include: a password in clear text, in an address",
            ],
        ),
        ("realm join --one-time-password=hunter2 lan", ["realm join --one-time-password: a password in clear text"]),
        ("part /data --size=1 --encrypted --passphrase=hunter2", ["part --passphrase: a password in clear text"]),
    ],
)
def test_passwords(said: Said, command: str, messages: list[str]) -> None:
    found = said(changed((f"rootpw --iscrypted {HASH}", command)), versions=("F44",))
    assert [text.partition("\n")[0].split(": ", 2)[2] for text in found] == messages
    assert "hunter2" not in "".join(found)


@pytest.mark.parametrize(
    "command",
    [
        "rootpw --plaintxt hunter2",
        "rootpw hunter2 again",
        "user --name=me --pasword=hunter2",
        "user --password hunter2 --foo",
        "bootloader --password=hunter2 --foo",
        "part / --size=x --passphrase=hunter2",
        "autopart --passphras hunter2 --foo",
    ],
)
def test_a_command_that_pykickstart_refuses_shows_no_password(said: Said, command: str) -> None:
    found = said(changed((f"rootpw --iscrypted {HASH}", command)), versions=("F44",))
    assert found
    assert "hunter2" not in "".join(found)


def test_what_is_no_secret_is_shown(said: Said) -> None:
    for option in ("--ntpservers=ntp.lan", "--vckeymap=de"):
        (message,) = said(changed(("timezone --utc", f"timezone {option} --utc")), versions=("RHEL10",))
        assert message.startswith(f"ks:3: error: unrecognized arguments: {option}")


def test_a_host_that_nobody_can_log_in_to(said: Said) -> None:
    text = changed((f"rootpw --iscrypted {HASH}", "rootpw --lock\ncmdline"))
    assert said(text) == [
        "ks:23: warning: nobody could log in: neither root nor a user of the group wheel has a password or a key\n"
        "  hint: say root_password_hash or ssh_keys in [host]"
    ]
    assert said(text.replace("[storage]", f'[host]\nroot_password_hash = "{HASH}"\n[storage]')) == []
    assert said(text.replace("cmdline", "text")) == []
    for ways, count in (
        ("user --name=me --password=*  --iscrypted --groups=wheel", 1),
        (f"user --name=me --password={HASH} --iscrypted", 1),
        (f"user --name=me --password={HASH} --iscrypted --groups=wheel", 0),
        ('sshkey --username=joe "ssh-ed25519 AAAA"', 1),
        ('sshkey --username=root "ssh-ed25519 AAAA"', 0),
    ):
        assert len(said(text.replace("cmdline", f"cmdline\n{ways}"))) == count


def test_an_installation_that_asks_nothing_must_say_everything(said: Said) -> None:
    text = changed(
        ("network --bootproto=dhcp --device=link --activate", "cmdline"),
        (f"rootpw --iscrypted {HASH}\n", ""),
        ("part /boot --fstype=ext4 --size=2048\npart / --fstype=xfs --size=32768\n", ""),
        ("[storage]", f'[host]\nroot_password_hash = "{HASH}"\n[storage]'),
    )
    assert said(text) == [
        "ks:19: error: no partitions: nobody is asked, and Anaconda ends where it would ask for them\n"
        "  hint: say what dom0 gets: %include dom0-partitions.ks of Zeus's own kickstarts, or part / --size=32768 …",
        "ks:19: error: neither rootpw nor a user of the group wheel: nobody is asked, and Anaconda ends where it would "
        "ask\n  hint: add: rootpw --lock    (with ssh_keys or root_password_hash in [host] of the answers)",
        "ks:19: warning: no network command: the installer has the network of its own command line, or none\n"
        "  hint: add: network --bootproto=dhcp --device=link --activate --onboot=yes",
    ]
    assert said(text.replace("cmdline", "text")) == []
    faulty = text.replace("reqpart", "part / --size=x\nrootpw --foo\nnetwork --foo")
    assert not any("nobody is asked" in message or "no network" in message for message in said(faulty))


def test_a_section_of_which_a_part_is_not_known(said: Said) -> None:
    assert said(changed(("[storage]", "%include /tmp/storage.toml\n[storage]"))) == [
        "ks:22: warning: %addon org_xenproject_zeus: nothing of it is checked, as not all of it is known",
        "ks:24: warning: %include /tmp/storage.toml: is made in the installer: what it says is not checked",
    ]
