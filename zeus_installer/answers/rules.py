"""The rules that tie keys of one table together: each with its sentence, its test and its JSON Schema, if any."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from zeus_installer.answers.model import (
    DiskMatch,
    DiskRule,
    Management,
    NicMatch,
    NicRule,
    Packages,
    Report,
    Static,
    Storage,
)
from zeus_installer.system.errors import sentence_list

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong: at which path below the table, in words that follow that path's name."""

    path: tuple[str | int, ...]
    message: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[T]):
    """A rule of one table. It is not held against values that are already wrong by themselves (`keys`, dotted)."""

    table: type[T]
    keys: tuple[str, ...]
    help: str
    check: Callable[[T], Iterable[Complaint]]
    schema: Mapping[str, Any] = field(default_factory=dict)


def _exactly_one_of(*names: str) -> Callable[[object], Iterator[Complaint]]:
    def check(table: object) -> Iterator[Complaint]:
        named = [name for name in names if getattr(table, name) is not None]
        if len(named) != 1:
            found = sentence_list(named) if named else "none of them"
            yield Complaint((), f"wants exactly one of {sentence_list(names)}, has {found}")

    return check


def _any_of(*names: str) -> Callable[[object], Iterator[Complaint]]:
    def check(table: object) -> Iterator[Complaint]:
        if all(getattr(table, name) is None for name in names):
            yield Complaint((), f"has no condition: wants one or more of {sentence_list(names)}")

    return check


def _count_needs_match(rule: DiskRule | NicRule) -> Iterator[Complaint]:
    if rule.count != 1 and rule.match is None:
        yield Complaint(("count",), f"is {rule.count}, but only match can find more than one")


def _no_disk_twice(storage: Storage) -> Iterator[Complaint]:
    for name in ("serial", "wwn", "path"):
        yield from _repeated([getattr(disk, name) for disk in storage.disks], "disks", name)


def _repeated(values: Sequence[str | None], table: str, key: str) -> Iterator[Complaint]:
    counts = Counter(value for value in values if value is not None)
    for value, count in counts.items():
        if count > 1:
            first, second = [index for index, other in enumerate(values) if other == value][:2]
            yield Complaint((table, second, key), f"is that of {table}[{first}] too")


def _disks_need_an_sr(storage: Storage) -> Iterator[Complaint]:
    if storage.sr_type == "none" and storage.disks:
        yield Complaint(
            ("disks",), 'names disks, but sr_type = "none" uses none', "leave disks out, or choose another sr_type"
        )


def _raid_needs_disks(storage: Storage) -> Iterator[Complaint]:
    count = sum(disk.count for disk in storage.disks)
    if storage.raid != "none" and count < 2:
        yield Complaint(("raid",), f'is "{storage.raid}", which needs two or more disks in disks, not {count}')


def _wipe_needs_a_list(storage: Storage) -> Iterator[Complaint]:
    if storage.wipe == "only-if-empty":
        return
    if not storage.disks:
        yield Complaint(("wipe",), 'is "listed-disks", but disks lists none', "name in disks what may be destroyed")
    if storage.space == "free-space":
        yield Complaint(
            ("wipe",), 'is "listed-disks", but space = "free-space" destroys nothing', 'say wipe = "only-if-empty"'
        )


def _gateway_is_near(static: Static) -> Iterator[Complaint]:
    if static.gateway is None:
        return
    interface = ipaddress.ip_interface(static.address)
    gateway = ipaddress.ip_address(static.gateway)
    if gateway == interface.ip:
        yield Complaint(("gateway",), f'is "{static.gateway}", the address of the host itself')
    elif gateway not in interface.network and not (gateway.version == interface.version and gateway.is_link_local):
        yield Complaint(("gateway",), f'is "{static.gateway}", which is not in {interface.network}')


def _families_fit(management: Management) -> Iterator[Complaint]:
    for key, version in (("ipv4", 4), ("ipv6", 6)):
        static = getattr(management, key)
        if isinstance(static, Static) and ipaddress.ip_interface(static.address).version != version:
            yield Complaint((key, "address"), f'is "{static.address}", which is no IPv{version} address')


def _some_address(management: Management) -> Iterator[Complaint]:
    if management.ipv4 == "none" and management.ipv6 == "none":
        yield Complaint(("ipv4",), 'and ipv6 are both "none": nobody could reach the host')


def _signed_or_allowed(packages: Packages) -> Iterator[Complaint]:
    if packages.allow_unsigned:
        return
    for index, repo in enumerate(packages.repos):
        if repo.gpgkey is None:
            yield Complaint(
                ("repos", index, "gpgkey"),
                "is missing: nothing would tell whether somebody replaced the packages",
                "name the key, or say packages.allow_unsigned = true",
            )


def _no_repo_twice(packages: Packages) -> Iterator[Complaint]:
    return _repeated([repo.id for repo in packages.repos], "repos", "id")


def _pin_needs_tls(report: Report) -> Iterator[Complaint]:
    if report.fingerprint is not None and not report.url.reveal().startswith("https://"):
        yield Complaint(
            ("fingerprint",),
            "is given, but url is http://, which has no certificate",
            "use https://, or leave fingerprint out",
        )


def _one_required(*names: str) -> Mapping[str, Any]:
    return {"oneOf": [{"required": [name]} for name in names]}


RULES: Sequence[Rule[Any]] = (
    Rule(
        table=DiskRule,
        keys=("serial", "wwn", "path", "match"),
        help="Exactly one of `serial`, `wwn`, `path` and `match`.",
        check=_exactly_one_of("serial", "wwn", "path", "match"),
        schema=_one_required("serial", "wwn", "path", "match"),
    ),
    Rule(
        table=DiskRule,
        keys=("match", "count"),
        help="`count` belongs to `match`.",
        check=_count_needs_match,
    ),
    Rule(
        table=DiskMatch,
        keys=("size", "model", "rotational", "transport", "empty"),
        help="At least one condition.",
        check=_any_of("size", "model", "rotational", "transport", "empty"),
        schema={"minProperties": 1},
    ),
    Rule(table=Storage, keys=("disks",), help="No disk twice.", check=_no_disk_twice),
    Rule(
        table=Storage,
        keys=("sr_type", "disks"),
        help='`sr_type = "none"` takes no disks.',
        check=_disks_need_an_sr,
        schema={
            "if": {"properties": {"sr_type": {"const": "none"}}, "required": ["sr_type"]},
            "then": {"properties": {"disks": {"maxItems": 0}}},
        },
    ),
    Rule(table=Storage, keys=("raid", "disks"), help="RAID needs two or more disks.", check=_raid_needs_disks),
    Rule(
        table=Storage,
        keys=("wipe", "disks", "space"),
        help='`wipe = "listed-disks"` needs `disks` and `space = "whole-disk"`.',
        check=_wipe_needs_a_list,
    ),
    Rule(
        table=Static,
        keys=("address", "gateway"),
        help="`gateway` lies inside the prefix of `address`, or is link-local.",
        check=_gateway_is_near,
    ),
    Rule(
        table=Management,
        keys=("ipv4", "ipv4.address", "ipv6", "ipv6.address"),
        help="A static address is of its key's family.",
        check=_families_fit,
    ),
    Rule(
        table=Management,
        keys=("ipv4", "ipv6"),
        help="`ipv4` and `ipv6` are not both `none`.",
        check=_some_address,
        schema={
            "not": {"properties": {"ipv4": {"const": "none"}, "ipv6": {"const": "none"}}, "required": ["ipv4", "ipv6"]}
        },
    ),
    Rule(
        table=NicRule,
        keys=("mac", "match", "bond"),
        help="Exactly one of `mac`, `match` and `bond`.",
        check=_exactly_one_of("mac", "match", "bond"),
        schema=_one_required("mac", "match", "bond"),
    ),
    Rule(table=NicRule, keys=("match", "count"), help="`count` belongs to `match`.", check=_count_needs_match),
    Rule(
        table=NicMatch,
        keys=("link", "driver", "name"),
        help="At least one condition.",
        check=_any_of("link", "driver", "name"),
        schema={"minProperties": 1},
    ),
    Rule(
        table=Packages,
        keys=("repos", "allow_unsigned"),
        help="A repository without `gpgkey` needs `allow_unsigned = true`.",
        check=_signed_or_allowed,
    ),
    Rule(table=Packages, keys=("repos",), help="No repository twice.", check=_no_repo_twice),
    Rule(
        table=Report,
        keys=("url", "fingerprint"),
        help="A `fingerprint` needs an `url` with https.",
        check=_pin_needs_tls,
        schema={"if": {"required": ["fingerprint"]}, "then": {"properties": {"url": {"pattern": "^https://"}}}},
    ),
)
