"""The packets of the network test: what is written and read, and that no bytes from the network do any harm."""

import struct
from ipaddress import IPv4Address, IPv4Interface, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.network_test import adverts, arp, datagrams, dhcp, dns
from zeus_installer.network_test.malformed import MalformedError

MAC = bytes.fromhex("525400123456")
OTHER = bytes.fromhex("525400abcdef")
NUMBER = 0x12345678
OURS, SERVER = IPv4Address("192.0.2.50"), IPv4Address("192.0.2.1")


def option(code: int, value: bytes) -> bytes:
    return bytes([code, len(value)]) + value


def reply(*options: bytes, kind: int = 2, address: IPv4Address = OURS, file: bytes = b"", mac: bytes = MAC) -> bytes:
    """A server's message, as RFC 2131 draws it."""
    head = struct.pack("!BBBBIHH4s4s4s4s", 2, 1, 6, 0, NUMBER, 0, 0x8000, b"", address.packed, b"", b"")
    fields = mac.ljust(16, b"\0") + bytes(64) + file.ljust(128, b"\0") + b"\x63\x82\x53\x63"
    return head + fields + option(53, bytes([kind])) + option(54, SERVER.packed) + b"".join(options) + b"\xff"


def read(data: bytes) -> dhcp.Reply:
    return dhcp.read(data, transaction=NUMBER, mac=MAC)


def test_an_offer_is_read() -> None:
    mask, routers = option(1, b"\xff\xff\xff\0"), option(3, SERVER.packed)
    servers = option(6, b"".join(IPv4Address(f"192.0.2.{n}").packed for n in (3, 3, 0, 4, 5, 6)))
    said = read(reply(mask, b"\0\0", routers, servers, option(51, b"\0\0\x0e\x10")))
    assert said == dhcp.Reply(
        type=dhcp.Type.OFFER,
        server=SERVER,
        address=IPv4Interface("192.0.2.50/24"),
        routers=(SERVER,),
        name_servers=(IPv4Address("192.0.2.3"), IPv4Address("192.0.2.0"), IPv4Address("192.0.2.4")),
        seconds=3600,
    )


def test_without_a_mask_the_address_is_alone() -> None:
    assert read(reply(kind=5)).address == IPv4Interface("192.0.2.50/32")


def test_options_go_on_in_the_file_field() -> None:
    data = reply(option(52, b"\1"), option(1, b"\xff\xff"), file=option(1, b"\xff\0") + option(3, SERVER.packed))
    assert read(data).address == IPv4Interface("192.0.2.50/24")
    assert read(data).routers == (SERVER,)


def test_a_refusal_has_no_address() -> None:
    assert read(reply(kind=6)) == dhcp.Reply(type=dhcp.Type.NAK, server=SERVER)


@pytest.mark.parametrize(
    "data",
    [
        reply(mac=OTHER),
        reply(kind=1),
        reply(option(1, b"\xff\0\xff\0")),
        reply(option(1, b"\0\0\0\xff")),
        reply(option(1, bytes(4))),
        reply(address=IPv4Address("224.0.0.1")),
        reply(address=IPv4Address("127.0.0.1")),
        reply(address=IPv4Address("255.255.255.255")),
        reply(address=IPv4Address(0)),
        reply()[:-1] + b"\x06\x09\x01",
        reply()[:200],
        b"\1" + reply()[1:],
    ],
)
def test_what_is_no_offer_to_us_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        read(data)


def test_a_request_names_the_address_and_the_server() -> None:
    data = dhcp.write(dhcp.Type.REQUEST, transaction=NUMBER, mac=MAC, elapsed=3, requested=OURS, server=SERVER)
    assert data[:12] == bytes([1, 1, 6, 0]) + struct.pack("!IHH", NUMBER, 3, 0x8000)
    assert data[28:34] == MAC
    assert option(53, b"\3") + option(61, b"\1" + MAC) + option(50, OURS.packed) + option(54, SERVER.packed) in data
    assert len(data) >= 300


def test_a_release_says_whose_address_it_was() -> None:
    data = dhcp.write(dhcp.Type.RELEASE, transaction=NUMBER, mac=MAC, own=OURS, server=SERVER)
    assert data[10:16] == b"\0\0" + OURS.packed
    assert option(50, OURS.packed) not in data


@given(st.binary(max_size=300), st.integers(0, 0xFFFF))
def test_a_datagram_comes_back_as_it_went(payload: bytes, port: int) -> None:
    packet = datagrams.wrap(payload, source=(OURS, 68), target=(SERVER, port))
    assert datagrams.unwrap(packet + bytes(7), port=port) == (OURS, payload)  # Ethernet pads short frames


def test_a_datagram_is_as_the_standards_want_it() -> None:
    packet = datagrams.wrap(b"abc", source=(IPv4Address(0), 68), target=(IPv4Address(0xFFFFFFFF), 67))
    assert packet.hex() == "4500001f000000004011" + "7acf" + "00000000ffffffff" + "00440043000b" + "3aef" + "616263"


def test_an_answer_is_read_through_its_aliases() -> None:
    question = dns.write("repo.example", dns.Kind.A, number=7)
    alias = b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 60, 2) + b"\xc0\x0c"
    address = b"\xc0\x2a" + struct.pack("!HHIH", 1, 1, 60, 4) + SERVER.packed
    data = struct.pack("!HHHHHH", 7, 0x8180, 1, 2, 0, 0) + question[12:] + alias + address
    assert dns.read(data, "REPO.example.", dns.Kind.A, number=7) == dns.Answer(status=0, addresses=(SERVER,))
    for name, kind, number in (
        ("repo.example", dns.Kind.A, 8),
        ("other.example", dns.Kind.A, 7),
        ("repo.example", dns.Kind.AAAA, 7),
    ):
        with pytest.raises(MalformedError):
            dns.read(data, name, kind, number=number)


def test_the_root_has_an_empty_name() -> None:
    assert dns.write("", dns.Kind.NS, number=1).hex() == "0001010000010000000000000000020001"


@pytest.mark.parametrize("name", ["", ".", "a..b", "a b", "a\x1b[2J", "ä.example", "a" * 64, "a." * 200])
def test_what_is_no_name_is_not_asked_for(name: str) -> None:
    assert not dns.is_name(name)


def test_a_probe_is_of_nobody_and_a_claim_is_of_another() -> None:
    probe = arp.read(arp.ask(OURS, mac=MAC))
    assert probe == arp.Arp(reply=False, mac=MAC, sender=arp.NOBODY, target=OURS)
    assert not probe.claims(OURS, by_others_than=MAC)
    assert arp.read(arp.ask(OURS, mac=OTHER)).claims(OURS, by_others_than=MAC)
    assert not arp.read(arp.ask(OURS, mac=OTHER, sender=SERVER)).claims(OURS, by_others_than=MAC)
    assert arp.Arp(reply=True, mac=OTHER, sender=OURS, target=arp.NOBODY).claims(OURS, by_others_than=MAC)


def test_an_advertisement_is_read() -> None:
    prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0xC0, 3600, 1800, 0, IPv6Address("2001:db8::").packed)
    servers = struct.pack("!BBHI", 25, 3, 0, 3600) + IPv6Address("2001:db8::53").packed
    head = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0x80, 1800, 0, 0)
    assert adverts.read(head + prefix + servers) == adverts.Advertisement(
        router=True, managed=True, prefix=True, name_servers=(IPv6Address("2001:db8::53"),)
    )
    with pytest.raises(MalformedError):
        adverts.read(head + prefix + b"\3\0")


BYTES = st.binary(max_size=600)


@given(BYTES, st.sampled_from([b"", reply()[:-1], b"\x45" + bytes(19), struct.pack("!BB", 134, 0)]))
def test_no_bytes_do_harm(data: bytes, start: bytes) -> None:
    """Whatever comes in is read or refused."""
    readers = [
        lambda packet: dhcp.read(packet, transaction=NUMBER, mac=MAC),
        lambda packet: datagrams.unwrap(packet, port=68),
        lambda packet: dns.read(packet, "a.example", dns.Kind.A, number=1),
        arp.read,
        adverts.read,
    ]
    for reader in readers:
        for packet in (data, start + data):
            try:
                reader(packet)
            except MalformedError:
                continue


@given(st.binary(max_size=200), st.integers(0, 20), st.sampled_from(list(dns.Kind)))
def test_no_answer_does_harm(records: bytes, count: int, kind: dns.Kind) -> None:
    """The same, for what comes behind the right question."""
    data = struct.pack("!HHHHHH", 1, 0x8180, 1, count, 0, 0) + dns.write("a.example", kind, number=1)[12:] + records
    try:
        answer = dns.read(data, "a.example", kind, number=1)
    except MalformedError:
        return
    assert len(answer.addresses) <= count
