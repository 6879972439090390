"""What the kernel command line says of answers, what they are called on a server, and which machine this is."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answer_sources.names import names_of
from zeus_installer.answer_sources.words import Words, parameters, read_words
from zeus_installer.machine.identity import Identity, read_identity
from zeus_installer.machine.tree import Tree
from zeus_installer.system.errors import ZeusError

HEX = "0123456789abcdef" * 4
NAMES = st.from_regex(r"[a-z][a-z._]{0,10}", fullmatch=True)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_characters='"'), max_size=20)
MACS = st.binary(min_size=6, max_size=6).map(lambda mac: mac.hex(":"))


# The kernel command line


@given(st.lists(st.tuples(NAMES, VALUES)))
def test_what_is_quoted_comes_back(pairs: list[tuple[str, str]]) -> None:
    line = "  ".join(f'{name}="{value}"' for name, value in pairs)
    assert list(parameters(line)) == pairs
    whole = " ".join(f'"{name}={value}"' for name, value in pairs)
    assert list(parameters(whole)) == pairs


@given(st.lists(st.tuples(NAMES, st.from_regex(r"[!#-~]*", fullmatch=True))))
def test_what_has_no_blanks_needs_no_quotes(pairs: list[tuple[str, str]]) -> None:
    assert list(parameters(" ".join(f"{name}={value}" for name, value in pairs))) == pairs


@given(st.text())
def test_no_line_is_too_odd(line: str) -> None:
    assert all(name in line and value in line for name, value in parameters(line))


def test_the_words() -> None:
    line = (
        f"quiet zeus.answers=https://a/ zeus.answers_sha256={HEX.upper()} zeus.answers_fingerprint={HEX}"
        " zeus.answers_post=https://b/ BOOTIF=01-52-54-00-00-00-0B zeus.unattended\n"
    )
    assert read_words(line) == Words(
        answers="https://a/", sha256=HEX, fingerprint=HEX, post="https://b/", boot_mac="52:54:00:00:00:0b"
    )


def test_of_a_word_that_is_there_twice_the_last_counts() -> None:
    assert read_words("zeus.answers=https://a/ zeus.answers=https://b/").answers == "https://b/"
    assert read_words("zeus.answers=https://a/ zeus.answers=").answers is None
    assert read_words("zeus.answers xzeus.answers=https://a/") == Words()


@pytest.mark.parametrize(
    ("word", "mac"),
    [
        ("01-52-54-00-00-00-0B", "52:54:00:00:00:0b"),
        ("52:54:00:00:00:0b", "52:54:00:00:00:0b"),
        ("eth0", None),
        ("01-52-54-00-00", None),
        ("01-52-54-00-00-00-0b-0c", None),
    ],
)
def test_the_nic_of_the_boot(word: str, mac: str | None) -> None:
    assert read_words(f"BOOTIF={word}").boot_mac == mac


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "zeus.answers_sha256=00",
            "zeus.answers_sha256=00 is no SHA-256 checksum, which has 64 hex digits\nhint: sha256sum FILE prints it",
        ),
        (
            f"zeus.answers_fingerprint={HEX}x",
            f"{HEX}x is no SHA-256 fingerprint of a certificate\n"
            "hint: openssl x509 -in CERTIFICATE -noout -fingerprint -sha256 prints it",
        ),
    ],
)
def test_a_pin_that_is_none_protects_nothing(words: str, message: str) -> None:
    with pytest.raises(ZeusError) as caught:
        read_words(words)
    assert str(caught.value) == message


# The names


@given(st.builds(Identity, serial=st.none() | st.text(), macs=st.lists(MACS).map(tuple)), st.none() | MACS)
def test_names_are_names_of_files(identity: Identity, boot: str | None) -> None:
    names = names_of(identity, Words(boot_mac=boot))
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+\.toml", name) for name in names)
    macs = dict.fromkeys([*([boot] if boot else []), *identity.macs])
    assert names[: len(macs)] == [f"{mac.replace(':', '-')}.toml" for mac in macs]


def test_the_nic_of_the_boot_is_asked_for_first_and_once() -> None:
    identity = Identity(serial="S3Z 8NB/0K", macs=("52:54:00:00:00:0a", "52:54:00:00:00:0b"))
    assert names_of(identity, Words(boot_mac="52:54:00:00:00:0b")) == [
        "52-54-00-00-00-0b.toml",
        "52-54-00-00-00-0a.toml",
        "S3Z8NB0K.toml",
    ]


# The identity


def machine(root: Path, files: dict[str, str]) -> Identity:
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    return read_identity(Tree(root))


def test_which_machine_this_is(tmp_path: Path) -> None:
    dmi, net = "sys/class/dmi/id", "sys/class/net"
    assert machine(
        tmp_path,
        {
            f"{dmi}/product_serial": "S3Z8NB0K",
            f"{dmi}/product_uuid": "4c4c4544-0042",
            f"{dmi}/product_name": "PowerEdge R640",
            f"{dmi}/sys_vendor": "Dell Inc.",
            f"{net}/eno2/address": "52:54:00:00:00:0B",
            f"{net}/eno2/device/vendor": "0x8086",
            f"{net}/eno1/address": "52:54:00:00:00:0a",
            f"{net}/eno1/device/vendor": "0x8086",
            f"{net}/br0/address": "52:54:00:00:00:0c",
            f"{net}/ib0/address": ":".join(["80"] * 20),
            f"{net}/ib0/device/vendor": "0x15b3",
            f"{net}/odd0/address": "00:00:00:00:00:00",
            f"{net}/odd0/device/vendor": "0x8086",
        },
    ) == Identity(
        serial="S3Z8NB0K",
        uuid="4c4c4544-0042",
        product="PowerEdge R640",
        manufacturer="Dell Inc.",
        macs=("52:54:00:00:00:0a", "52:54:00:00:00:0b"),
    )


def test_a_board_that_nobody_filled_in(tmp_path: Path) -> None:
    dmi = "sys/class/dmi/id"
    found = machine(tmp_path, {f"{dmi}/product_serial": "To Be Filled By O.E.M.", f"{dmi}/product_uuid": ""})
    assert found == Identity()
