"""Every element of an answer file, its attributes, and who reads them: data, no logic.

Sources: answerfile.py and doc/answerfile.txt of xcp-ng/host-installer (2024-09) and of xenserver/host-installer
(2026-06), with all their earlier versions; xcp/xmlunwrap.py of xenserver/python-libs. Names without a reader today come
from those earlier versions and from examples that still go round.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Dialect(StrEnum):
    """Whose installer the file is for."""

    XCP_NG = "xcp-ng"
    XENSERVER = "xenserver"

    @property
    def product(self) -> str:
        """Its name for people."""
        return "XCP-ng" if self is Dialect.XCP_NG else "XenServer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """An attribute. `choices` are compared as they are, blanks and case included; `new` is the name that replaced it.

    `only`: the other installer does not read it; `dead`: no installer does any more.
    """

    required: bool = False
    boolean: bool = False
    choices: tuple[str, ...] = ()
    new: str = ""
    only: Dialect | None = None
    dead: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """An element. `within`: it counts only inside that one; `new`: the name that replaced it; `many`: each one counts.

    Of the others the first counts. `text`: what stands in it means something. `only` and `dead` as for attributes.
    """

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    within: str = ""
    new: str = ""
    many: bool = False
    text: bool = True
    only: Dialect | None = None
    dead: bool = False


_ANY: Final = Attribute()
_NEEDED: Final = Attribute(required=True)
_BOOLEAN: Final = Attribute(boolean=True)
_GPG: Final = Attribute(boolean=True, only=Dialect.XCP_NG)
_DEAD: Final = Attribute(dead=True)
_SOURCE: Final = Attribute(required=True, choices=("local", "url", "nfs"))
_ROOT_FILE_SYSTEM: Final = Attribute(choices=("ext3", "ext4"), only=Dialect.XENSERVER)

ROOTS: Final[Mapping[str, Kind]] = {
    name: Kind(
        attributes={
            "mode": Attribute(choices=("fresh", "reinstall", "upgrade")),
            "sr-type": _ANY,
            "srtype": Attribute(new="sr-type"),
            "repo-gpgcheck": _GPG,
            "gpgcheck": _GPG,
            "netinstall-gpg-check": _DEAD,
        },
        text=False,
    )
    for name in ("installation", "upgrade", "restore")
}

ELEMENTS: Final[Mapping[str, Kind]] = {
    "source": Kind(attributes={"type": _SOURCE, "repo-gpgcheck": _GPG, "gpgcheck": _GPG}, many=True),
    "driver-source": Kind(attributes={"type": _SOURCE}, many=True),
    "script": Kind(attributes={"stage": _NEEDED, "type": _NEEDED}, many=True),
    "post-install-script": Kind(attributes={"type": _ANY}, many=True),
    "install-failed-script": Kind(attributes={"type": _ANY}, many=True),
    "fcoe-interface": Kind(attributes={"name": _ANY, "hwaddr": _ANY, "dcb": _DEAD}, many=True, text=False),
    "ui-confirmation-prompt": Kind(),
    "bootloader": Kind(attributes={"location": Attribute(choices=("mbr", "partition")), "write-boot-entry": _BOOLEAN}),
    "network-backend": Kind(),
    "raid": Kind(attributes={"device": _NEEDED}, many=True, text=False, only=Dialect.XCP_NG),
    "disk": Kind(within="raid", many=True),
    "primary-disk": Kind(
        attributes={
            "guest-storage": _BOOLEAN,
            "gueststorage": Attribute(boolean=True, new="guest-storage"),
            "sr-at-end": _BOOLEAN,
            "preserve-first-partition": Attribute(choices=("true", "yes", "false", "no", "if-utility")),
            "swraid": Attribute(boolean=True, only=Dialect.XENSERVER),
            "fs-type": _ROOT_FILE_SYSTEM,
            "preserve-partition1": _DEAD,
        }
    ),
    "guest-disks": Kind(many=True, text=False),
    "guest-disk": Kind(many=True),
    "admin-interface": Kind(
        attributes={"name": _ANY, "hwaddr": _ANY, "proto": _NEEDED, "protov6": _ANY, "vlan": _ANY, "enabled": _DEAD},
        text=False,
    ),
    "ip": Kind(within="admin-interface", new="ipaddr"),
    "ipaddr": Kind(within="admin-interface"),
    "subnet-mask": Kind(within="admin-interface", new="subnet"),
    "subnet": Kind(within="admin-interface"),
    "gateway": Kind(within="admin-interface"),
    "ipv6": Kind(within="admin-interface"),
    "gatewayv6": Kind(within="admin-interface"),
    "root-password": Kind(attributes={"type": Attribute(choices=("plaintext", "hash"))}),
    "name-server": Kind(many=True),
    "nameserver": Kind(new="name-server", many=True),
    "hostname": Kind(),
    "timezone": Kind(),
    "ntp": Kind(
        attributes={"source": Attribute(required=True, choices=("dhcp", "default", "manual", "none"))},
        many=True,
        text=False,
    ),
    "ntp-server": Kind(many=True),
    "ntp-servers": Kind(new="ntp-server", many=True),
    "keymap": Kind(),
    "service": Kind(
        attributes={"name": _NEEDED, "state": Attribute(required=True, choices=("enabled", "disabled"))},
        many=True,
        text=False,
    ),
    "existing-installation": Kind(attributes={"fs-type": _ROOT_FILE_SYSTEM}),
    "backup-disk": Kind(),
    "ssh-mode": Kind(only=Dialect.XENSERVER),
    "selected-multiversion-drivers": Kind(text=False, only=Dialect.XENSERVER),
    "driver": Kind(attributes={"name": _ANY}, within="selected-multiversion-drivers", many=True),
    **{
        name: Kind(dead=True, many=True)
        for name in (
            *("initial-partitions", "partition", "zap-utility-partitions", "xenrt", "rootfs-writable", "interface"),
            *("dns", "broadcast", "time-config-method", "bootloader-location"),
            "netinstall-gpg-check",
        )
    },
}


def names_of(name: str) -> tuple[str, ...]:
    """Give the names under which the installers look for an element, in their order: the old one first or last."""
    old = tuple(other for other, kind in ELEMENTS.items() if kind.new == name)
    return (name, *old) if ELEMENTS[name].many else (*old, name)
