"""Answers as hypothesis makes them: all that this version carries out."""

from base64 import b64encode

from hypothesis import strategies as st

from zeus_installer.answers.model import (
    Answers,
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
from zeus_installer.system.secrets import Secret

TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
NAMES = st.from_regex(r"[A-Za-z0-9_.:-]{1,12}", fullmatch=True)
LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
HOST_NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
URLS = st.builds("https://{}/{}".format, HOST_NAMES, NAMES)
MACS = st.from_regex(r"[0-9a-f][2468ace](:[0-9a-f]{2}){5}", fullmatch=True)
SSH_KEYS = st.binary(min_size=32, max_size=32).map(
    lambda key: "ssh-ed25519 " + b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + key).decode()
)
HASHES = st.from_regex(r"\$6\$[a-z]{8}\$[./A-Za-z0-9]{86}", fullmatch=True).map(Secret)
SIZES = st.from_regex(r"(>=|<=|>|<|=)?[0-9]{1,5}[KMGTP]i?B?", fullmatch=True)
STATICS = st.builds(
    lambda net, host, router: Static(
        address=f"10.0.{net}.{host}/24", gateway=None if router == host else f"10.0.{net}.{router}"
    ),
    st.integers(0, 255),
    st.integers(1, 254),
    st.integers(1, 254),
)


def tuples(items: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(items, max_size=3, unique=True).map(tuple)


def optional(items: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.none() | items


DISK_MATCHES = st.builds(
    DiskMatch,
    size=optional(SIZES),
    model=optional(TEXTS),
    rotational=st.none() | st.booleans(),
    transport=optional(TEXTS),
    empty=st.none() | st.booleans(),
).filter(lambda match: match != DiskMatch())
DISK_RULES = st.one_of(
    st.builds(DiskRule, serial=TEXTS),
    st.builds(DiskRule, wwn=TEXTS),
    st.builds(DiskRule, path=NAMES.filter(lambda name: name not in {".", ".."}).map("/dev/disk/by-id/{}".format)),
    st.builds(DiskRule, match=DISK_MATCHES),
)
NIC_MATCHES = st.builds(NicMatch, link=st.none() | st.booleans(), driver=optional(TEXTS), name=optional(TEXTS)).filter(
    lambda match: match != NicMatch()
)
STORAGES = st.one_of(
    st.just(Storage(sr_type="none")),
    st.builds(
        Storage,
        sr_type=st.sampled_from(["ext", "lvm"]),
        disks=st.tuples(DISK_RULES),
        wipe=st.sampled_from(["only-if-empty", "listed-disks"]),
    ),
    st.builds(Storage, disks=st.tuples() | st.tuples(DISK_RULES), space=st.sampled_from(["whole-disk", "free-space"])),
)
REPOS = st.lists(
    st.builds(Repo, id=NAMES, baseurl=URLS, gpgkey=URLS, priority=st.integers(1, 99)),
    max_size=3,
    unique_by=lambda repo: repo.id,
).map(tuple)

SHA256 = st.from_regex(r"[0-9A-Fa-f]{64}", fullmatch=True)
FINGERPRINTS = st.from_regex(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31}", fullmatch=True) | SHA256
STAGES = ("installation-start", "packages-installed", "filesystem-populated", "installation-complete")
HOOKS = st.builds(Hook, stage=st.sampled_from(STAGES), url=URLS, sha256=SHA256)
REPORTS = st.builds(Report, url=URLS.map(Secret), fingerprint=optional(FINGERPRINTS))

ANSWERS = st.builds(
    Answers,
    host=st.builds(
        Host,
        hostname=optional(HOST_NAMES),
        root_password_hash=st.none() | HASHES,
        ssh_keys=tuples(SSH_KEYS),
        timezone=st.sampled_from([None, "UTC", "Europe/Prague", "America/Argentina/Buenos_Aires"]),
    ),
    storage=STORAGES,
    network=st.builds(
        Network,
        backend=st.sampled_from(["openvswitch", "bridge"]),
        management=st.builds(
            Management,
            nic=st.none() | st.builds(NicRule, mac=MACS) | st.builds(NicRule, match=NIC_MATCHES),
            ipv4=st.just("dhcp") | STATICS,
            dns=tuples(st.ip_addresses(v=4, network="192.0.2.0/24").map(str)),
        ),
    ),
    packages=st.builds(
        Packages,
        source=TEXTS,
        repos=REPOS,
        groups=tuples(NAMES),
        allow_unsigned=st.booleans(),
    ),
    boot=st.builds(
        Boot,
        dom0_memory=st.just("auto") | st.integers(512, 2**40),
        dom0_vcpus=st.just("auto") | st.integers(1, 512),
        trial=st.booleans(),
        deadline=st.integers(60, 86400),
    ),
    checks=st.builds(Checks, accept=st.sampled_from([(), ("cpu.virtualization",)])),
    report=st.none() | REPORTS,
    hooks=st.lists(HOOKS, max_size=2).map(tuple),
)
