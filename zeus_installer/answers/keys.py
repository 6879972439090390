"""What each key of the answers means and may hold, beyond its type in `model`: one entry a key, no logic."""

from collections.abc import Mapping
from dataclasses import dataclass

from zeus_installer.answers import formats
from zeus_installer.answers.formats import Format
from zeus_installer.answers.model import (
    Answers,
    Bond,
    Boot,
    Checks,
    DiskMatch,
    DiskRule,
    Hook,
    Host,
    Management,
    Network,
    NicMatch,
    NicRule,
    Packages,
    Repo,
    Report,
    Static,
    Storage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key: `help` is a sentence for the reference; `format`, `choices`, `minimum` and `maximum` bound its value.

    In a list they bound each item; `items` is the least number of them. No item that is a plain value may come twice.
    """

    help: str
    format: Format = formats.TEXT
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    items: int = 0
    required: bool = False


KEYS: Mapping[type, Mapping[str, Key]] = {
    Answers: {
        "version": Key(help="The version of this format.", required=True),
        "host": Key(help="Identity and access. What is not named stays as it is."),
        "storage": Key(help="The local storage repository (SR)."),
        "network": Key(help="How dom0 is connected."),
        "packages": Key(help="Where Xen and XenAPI come from."),
        "boot": Key(help="dom0's share of the machine, and the first boot."),
        "checks": Key(help="What to make of the checks of the machine."),
        "report": Key(help="Who is told how the installation goes: docs/reporting.md."),
        "hooks": Key(help="Programs to run on the way, in this order within a stage: docs/reporting.md."),
    },
    Host: {
        "hostname": Key(help="Name of the host.", format=formats.HOST_NAME),
        "root_password_hash": Key(
            help="crypt(5) hash of root's password, which is also the login of XenAPI clients.",
            format=formats.PASSWORD_HASH,
        ),
        "ssh_keys": Key(
            help="Public keys that may log in as root over SSH. Without a password XenAPI has no remote login.",
            format=formats.SSH_KEY,
        ),
        "timezone": Key(help="Time zone by its name in the tz database.", format=formats.TIME_ZONE),
    },
    Storage: {
        "sr_type": Key(help="`ext`: thin, VHD files; `lvm`: VHD on logical volumes; `nfs`; `none`: no local SR."),
        "disks": Key(help="The disks of the SR. Without: the only empty, unused disk that is not the system's."),
        "space": Key(help="`whole-disk`: all of each disk; `free-space`: what is free on it, partitions stay."),
        "raid": Key(help="Software RAID over the disks."),
        "wipe": Key(
            help="`only-if-empty`: refuse a disk with anything on it; `listed-disks`: destroy what is on `disks`."
        ),
    },
    DiskRule: {
        "serial": Key(help="Serial number of the disk."),
        "wwn": Key(help="World Wide Name of the disk."),
        "path": Key(help="A stable link to the disk.", format=formats.DISK_LINK),
        "match": Key(help="Conditions, all of which must hold."),
        "count": Key(help="How many disks `match` must find, no more and no less.", minimum=1),
    },
    DiskMatch: {
        "size": Key(help="Comparison with the size; G is 10^9 bytes, GiB 2^30.", format=formats.SIZE_RULE),
        "model": Key(help="A part of the model name."),
        "rotational": Key(help="Whether it is a hard disk."),
        "transport": Key(help="How it is attached: `sata`, `sas`, `nvme`, `usb`, `virtio`, …"),
        "empty": Key(help="Whether it has neither partitions nor signatures."),
    },
    Network: {
        "backend": Key(help="What bridges are made with."),
        "management": Key(help="The network on which the host is managed."),
    },
    Management: {
        "nic": Key(help="The NIC. Without: the only one that has a link."),
        "ipv4": Key(help="IPv4: `dhcp`, `none` or a static address."),
        "ipv6": Key(help="IPv6: `auto` (router advertisements), `dhcp`, `none` or a static address."),
        "vlan": Key(help="VLAN tag.", minimum=1, maximum=4094),
        "dns": Key(help="Addresses of name servers.", format=formats.ADDRESS),
        "ntp": Key(help="Time servers.", format=formats.HOST_OR_ADDRESS),
    },
    NicRule: {
        "mac": Key(help="Permanent MAC address of the NIC.", format=formats.MAC),
        "match": Key(help="Conditions, all of which must hold."),
        "count": Key(help="How many NICs `match` must find, no more and no less.", minimum=1),
        "bond": Key(help="Several NICs as one."),
    },
    NicMatch: {
        "link": Key(help="Whether it has a link."),
        "driver": Key(help="Name of its kernel driver."),
        "name": Key(help="Its name in the running system."),
    },
    Bond: {
        "mode": Key(help="How traffic is spread."),
        "members": Key(help="MAC addresses; the first is the primary one.", format=formats.MAC, items=2),
    },
    Static: {
        "address": Key(help="Address with its prefix length.", format=formats.INTERFACE, required=True),
        "gateway": Key(help="The router, inside the prefix.", format=formats.ADDRESS),
    },
    Packages: {
        "source": Key(help="A package source that Zeus knows, or the path of a file that describes one."),
        "repos": Key(help="Its repositories. There is no default: the source or the answers must name one."),
        "groups": Key(help="Optional package groups of the source.", format=formats.NAME),
        "offline": Key(
            help="Directory of an offline set (docs/iso.md): every package comes from there.",
            format=formats.ABSOLUTE_PATH,
        ),
        "allow_unsigned": Key(help="Leave to install packages that nobody signed."),
    },
    Repo: {
        "id": Key(help="Short name.", format=formats.NAME, required=True),
        "baseurl": Key(help="Where `repodata/` lies.", format=formats.URL, required=True),
        "gpgkey": Key(help="The public key that signed its packages.", format=formats.URL),
        "priority": Key(help="dnf's priority: the lower wins.", minimum=1, maximum=99),
    },
    Boot: {
        "dom0_memory": Key(help="dom0's memory in MiB; `auto`: by the size of the machine.", minimum=512),
        "dom0_vcpus": Key(help="dom0's CPUs; `auto`: by its memory and the machine.", minimum=1, maximum=512),
        "trial": Key(help="Whether plain Linux stays the default until the host is verified."),
        "deadline": Key(
            help="Seconds from dom0's start until the host must be verified; then plain Linux comes back.",
            minimum=60,
            maximum=86400,
        ),
    },
    Checks: {
        "accept": Key(
            help="Checks whose failure is accepted: a warning, repeated in the report.", choices=("cpu.virtualization",)
        ),
    },
    Report: {
        "url": Key(
            help="Where events and reports are POSTed. It may have a user and a password.",
            format=formats.WEB_URL,
            required=True,
        ),
        "fingerprint": Key(
            help="The server must show the certificate with this SHA-256; without, one that the system trusts.",
            format=formats.FINGERPRINT,
        ),
    },
    Hook: {
        "stage": Key(help="When it runs.", required=True),
        "url": Key(help="Where it is fetched.", format=formats.WEB_URL, required=True),
        "sha256": Key(help="The SHA-256 that it must have.", format=formats.SHA256, required=True),
    },
}
