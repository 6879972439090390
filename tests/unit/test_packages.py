"""What packages are asked for, who signed them, what a failure is called: the parts that touch nothing."""

import base64
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answers.model import Answers, Packages, Repo
from zeus_installer.machine.model import Os
from zeus_installer.packages.installed import name_of, without_epoch
from zeus_installer.packages.openpgp import public_keys
from zeus_installer.packages.port import Repository, Request
from zeus_installer.packages.problems import classified, scriptlets
from zeus_installer.packages.progress import DownloadMeter
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import RefusedError, UsageError
from zeus_installer.system.events import Event, Kind, Reporter

FEDORA = Os(id="fedora", version_id="44")
REPO = Repo(id="xapi", baseurl="https://repo.example/$basearch", gpgkey="https://repo.example/key")

# A key made for this test: `gpg --quick-generate-key "Zeus test <test@localhost>" ed25519 sign never`.
KEY = """-----BEGIN PGP PUBLIC KEY BLOCK-----

mDMEawM39xYJKwYBBAHaRw8BAQdAXcNtX2unl8MNV5wX/WisxsF8k3wnRlblcEOa
6wQgaui0GlpldXMgdGVzdCA8dGVzdEBsb2NhbGhvc3Q+iJAEExYIADgWIQRuuKlq
0OD0IOebDRzAtEIvfHxgTAUCawM39wIbAwULCQgHAgYVCgkICwIEFgIDAQIeAQIX
gAAKCRDAtEIvfHxgTLK+AP9nFLmRE5VyW3WbT3s/qAynSyxOSy4/5uc5GAZhnVkX
wAD7BpGSu0XiDZdcoqDTUAePFKDlx/E599Ni/wf1WIMCtQY=
=Ugop
-----END PGP PUBLIC KEY BLOCK-----
"""
FINGERPRINT = "6EB8A96AD0E0F420E79B0D1CC0B4422F7C7C604C"


def answers(**packages: object) -> Answers:
    return Answers(packages=Packages(**({"repos": (REPO,)} | packages)))  # type: ignore[arg-type]


def test_fedora_brings_its_own_kernel() -> None:
    request = select(answers(groups=("pv-guests",)), load("xapi"), FEDORA)
    assert request == Request(
        releasever="44",
        repos=(Repository(id="zeus-xapi", baseurl=REPO.baseurl, keys=("https://repo.example/key",)),),
        vendor=load("xapi").vendor,
        support=(*load("xapi").support, "kernel-core"),
        optional=("linux-guest-loader",),
        excludes=("xen", "xen-*"),
    )
    assert decode(Request, encode(request)) == request


def test_enterprise_linux_takes_the_vendors_kernel() -> None:
    request = select(answers(), load("xapi"), Os(id="almalinux", version_id="10.0"))
    assert request.releasever == "10"
    assert request.vendor == (*load("xapi").vendor, "kernel")
    assert request.support == load("xapi").support


def test_without_a_repository_there_is_nothing_to_install() -> None:
    with pytest.raises(UsageError, match=r"packages\.repos names no repository, and neither does package source xapi"):
        select(answers(repos=()), load("xapi"), FEDORA)


def test_an_unsigned_repository_needs_leave() -> None:
    unsigned = dataclasses.replace(REPO, gpgkey=None)
    with pytest.raises(RefusedError, match=r"no gpgkey for xapi"):
        select(answers(repos=(unsigned,)), load("xapi"), FEDORA)
    request = select(answers(repos=(unsigned,), allow_unsigned=True), load("xapi"), FEDORA)
    assert request.repos[0].keys == ()


def test_an_unknown_group() -> None:
    with pytest.raises(UsageError) as caught:
        select(answers(groups=("pvguests",)), load("xapi"), FEDORA)
    assert str(caught.value) == (
        "packages.groups: package source xapi has no group 'pvguests' (did you mean 'pv-guests'?)\n"
        "hint: its groups: pv-guests"
    )


def test_a_keys_fingerprint() -> None:
    [key] = public_keys(KEY.encode())
    groups = " ".join(FINGERPRINT[start : start + 4] for start in range(0, 40, 4))
    assert str(key) == f"{groups} (Zeus test <test@localhost>)"


def test_a_key_without_armour_and_two_in_one_file() -> None:
    body = "".join(KEY.splitlines()[2:-1])
    binary = base64.b64decode(body.rpartition("=")[0] if body[-5] == "=" else body)
    assert [key.fingerprint for key in public_keys(binary)] == [FINGERPRINT]
    assert [key.fingerprint for key in public_keys((KEY + KEY).encode())] == [FINGERPRINT] * 2
    assert [key.fingerprint for key in public_keys(binary + binary)] == [FINGERPRINT] * 2


@given(st.binary() | st.text().map(lambda text: KEY.replace("Zeus", text).encode(errors="replace")))
def test_what_is_no_key_is_none(data: bytes) -> None:
    assert all(len(key.fingerprint) in (40, 64) for key in public_keys(data))


@given(st.integers(0, len(KEY) - 1), st.binary(min_size=1, max_size=3))
def test_a_damaged_key_is_told_or_taken_but_never_a_fault(position: int, junk: bytes) -> None:
    data = KEY.encode()
    public_keys(data[:position] + junk + data[position + 1 :])
    public_keys(data[:position])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("installing package a needs 4MB more space on the / filesystem", "packages.disk_full"),
        ("Curl error (23): Failed writing received data to disk", "packages.disk_full"),
        ("Curl error (7): Couldn't connect to server", "packages.unreachable"),
        ("Status code: 404 for http://a/b", "packages.unreachable"),
        ("Downloading successful, but checksum doesn't match", "packages.damaged"),
        ("file /a from install of b conflicts with file from package c", "packages.conflict"),
        ("nothing provides d >= 9 needed by e", "packages.dependency"),
        ("can't create transaction lock on /usr/lib/sysimage/rpm/.rpm.lock", "packages.locked"),
        ("something else", "packages.transaction"),
    ],
)
def test_the_words_of_package_managers_have_codes(words: str, code: str) -> None:
    error = classified("rpm", words)
    assert (error.code, error.message) == (code, f"rpm: {words}")
    assert error.hint


def test_what_is_said_twice_is_told_once() -> None:
    assert classified("download", ["a\nb", "b", " ", "a"]).message == "download:\n  a\n  b"


def test_failed_scriptlets_are_told_with_what_they_printed() -> None:
    error = scriptlets(["pre of a failed", "pre of a failed", "b was not installed"], ["first\n\nsecond\n"])
    assert error.message == "pre of a failed; b was not installed\n  first\n  second"


@pytest.mark.parametrize(
    ("nevra", "name", "plain"),
    [
        ("xen-libs-4.19-1.lab.noarch", "xen-libs", "xen-libs-4.19-1.lab.noarch"),
        ("bind-utils-32:9.18-1.fc44.x86_64", "bind-utils", "bind-utils-9.18-1.fc44.x86_64"),
    ],
)
def test_names_of_packages(nevra: str, name: str, plain: str) -> None:
    assert (name_of(nevra), without_epoch(nevra)) == (name, plain)


def test_the_meter_adds_up_and_does_not_chatter() -> None:
    events: list[Event] = []
    now = [0.0]
    meter = DownloadMeter(Reporter(events.append, run="test"), clock=lambda: now[0])
    meter.total = 100
    for second, (name, done) in enumerate([("a", 10), ("b", 20), ("a", 20), ("a", 50), ("b", 50)]):
        now[0] = second / 10
        meter.at(name, done)
    assert [(event.done, event.total) for event in events] == [(10, 100), (40, 100), (100, 100)]


def test_the_meter_tells_of_retries() -> None:
    events: list[Event] = []
    meter = DownloadMeter(Reporter(events.append, run="test"))
    meter.failed("a.rpm", "Timeout was reached")
    assert [(event.kind, event.title) for event in events] == [(Kind.LOG, "a.rpm: Timeout was reached; retrying")]
    assert meter.failures == ["a.rpm: Timeout was reached"]
