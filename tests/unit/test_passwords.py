"""Hashing passwords and comparing them, on hashes that others made."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from zeus_installer.answers.formats import PASSWORD_HASH
from zeus_installer.host.passwords import METHODS, hash_password, matches
from zeus_installer.system.errors import UsageError, ZeusError
from zeus_installer.system.secrets import Secret

PASSWORD = Secret("Staple-7 žluť")

# `openssl passwd`, and crypt(3) for the methods that it does not know.
HASHES = {
    "yescrypt": "$y$j9T$ZeusSaltZeusSaltZeus1.$XMKQp5cjTI/hG7pCW1jRrkTmrhHH42ggQq7AREeqKpA",
    "gost-yescrypt": "$gy$j9T$ZeusSaltZeusSaltZeus1.$hg8zUBveK6ewdtFhvqNUCSojwIlFxVe16oedSXQNdL2",
    "bcrypt": "$2b$05$ZeusSaltZeusSaltZeusSe8f6tvsCeWMHuu3cc.c4YeJU7/aFIUMe",
    "sha512crypt": "$6$zeusSalt$qMQ5hJdnm2GFHxmQtYbrTQD2KQLXlPAKpfp4pd5TeONzqSp8J2a/Q1rclyBPVU4cxHtnscEJOaGVC1hStHQ1G0",
    "sha256crypt": "$5$zeusSalt$frPKJiADNuFMLPcogyAQwI7sXzfvzstrORc9x8PP6/D",
}
YESCRYPT = HASHES["yescrypt"]


@pytest.mark.parametrize("method", HASHES)
def test_the_password_of_a_hash_matches(method: str) -> None:
    assert matches(PASSWORD, HASHES[method])
    assert not matches(Secret("Staple-7 zlut"), HASHES[method])


@pytest.mark.parametrize(
    "hashed",
    [
        "",
        "x",
        "!",
        "!!",
        "*",
        "*0",
        "*1",
        f"!{YESCRYPT}",
        YESCRYPT[:-1],
        f"{YESCRYPT}a",
        f"{YESCRYPT}\n",
        f"{YESCRYPT}\0",
        YESCRYPT.rpartition("$")[0],
        "$y$",
        "$6$zeusSalt",
        "$future$zeusSalt$x",
        "$6$žluť$x",
        "\udcff",
    ],
)
def test_what_is_no_hash_matches_nothing(hashed: str) -> None:
    assert not matches(PASSWORD, hashed)
    assert not matches(Secret(""), hashed)


@pytest.mark.parametrize("text", ["", "Staple-7 žluť\0", "\ud800", "x" * 512, "x" * 100_000, "Staple-7 žluť\n"])
def test_what_cannot_be_typed_matches_nothing(text: str) -> None:
    assert not matches(Secret(text), YESCRYPT)


def test_a_new_hash_is_yescrypt_as_answers_take_it() -> None:
    hashed = hash_password(PASSWORD)
    assert hashed.reveal().startswith("$y$")
    assert PASSWORD_HASH.allows(hashed.reveal())
    assert matches(PASSWORD, hashed.reveal())
    assert hash_password(PASSWORD) != hashed  # its salt is new
    assert str(hashed) == "********"


def test_a_library_without_yescrypt_makes_sha512crypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeus_installer.host.passwords.METHODS", ((b"$future$", 0), METHODS[-1]))
    hashed = hash_password(PASSWORD).reveal()
    assert hashed.startswith("$6$rounds=200000$")
    assert PASSWORD_HASH.allows(hashed)
    assert matches(PASSWORD, hashed)


def test_threads_do_not_mix_their_passwords() -> None:
    passwords = [Secret(f"password {number}") for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        hashes = [hashed.reveal() for hashed in pool.map(hash_password, passwords)]
        assert all(pool.map(matches, passwords, hashes))
        assert not any(pool.map(matches, passwords, hashes[::-1]))


@pytest.mark.parametrize("text", ["x", "x" * 511, " ", "\t", "\udcff\udcfe", "žluť", "\U0001f511"])
def test_whatever_can_be_typed_is_hashed(text: str) -> None:
    assert matches(Secret(text), hash_password(Secret(text)).reveal())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the password is empty"),
        ("Staple-7\0", "the password has a character that cannot be typed at a login"),
        ("Staple-7\ud800", "the password has a character that cannot be typed at a login"),
        ("Staple-7\n", "the password has a line break"),
        ("Staple-7\r", "the password has a line break"),
        ("x" * 512, "the password is longer than 511 bytes"),
        ("ž" * 256, "the password is longer than 511 bytes"),
    ],
)
def test_what_cannot_be_a_password_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        hash_password(Secret(text))
    assert caught.value.message == message
    assert caught.value.hint == "choose another one"
    # An exception that led to this one would show the password.
    assert caught.value.__context__ is None


def test_without_libcrypt_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeus_installer.host.passwords.LIBRARIES", ("libcrypt.so.0", "libc.so.6"))
    for attempt in (lambda: hash_password(PASSWORD), lambda: matches(PASSWORD, YESCRYPT)):
        with pytest.raises(ZeusError) as caught:
            attempt()
        assert caught.value.code == "identity.libcrypt"
        assert caught.value.message == (
            "this system has no libxcrypt (libcrypt.so.2): passwords can be neither hashed nor compared"
        )
        assert caught.value.hint == "install libxcrypt"


def test_a_library_that_knows_no_method_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zeus_installer.host.passwords.METHODS", ((b"$future$", 0),))
    with pytest.raises(ZeusError) as caught:
        hash_password(PASSWORD)
    assert caught.value.message == "libcrypt makes neither yescrypt nor sha512crypt hashes"
