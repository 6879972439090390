"""Whatever is put together from the elements of an answer file: it is converted or refused, and says so."""

import tomllib
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.convert_texts import WISHES, converted, hashed, installation
from zeus_installer.answers.reader import examine
from zeus_installer.convert.convert import Wishes, convert
from zeus_installer.convert.elements import ELEMENTS, ROOTS, Dialect

SECRET = "Staple-7 žluť"
WORDS = st.sampled_from(
    [
        *("", "yes", "no", "true", "1", "ext", "lvm", "fresh", "reinstall", "upgrade", "largeblock", "static", "dhcp"),
        *("none", "autoconf", "url", "nfs", "local", "manual", "default", "enabled", "disabled", "mbr", "partition"),
        *("plaintext", "hash", "if-utility", "ext4", "eth0", "52:54:00:12:34:56", "42", "4095", "md127", "on", "off"),
        *("installation-start", "filesystem-populated", "packages-installed", "nowhere", "bridge", "vswitch", "grub2"),
        *("sda", "sda,sdb", "sda,missing", "/dev/sdb", "/dev/disk/by-id/ata-X", "/dev/disk/by-id/ata-Y", "iscsi:1"),
        *("192.0.2.10", "192.0.2.1", "255.255.255.0", "0.0.0.255", "2001:db8::10/64", "fe80::1", "a.example"),
        *("xen1.example.org", "Europe/Prague", "!!", "cz", "http://w/a", "http://u:Staple-7@w/a?b=Staple-7"),
        *("nfs://s:/a", "s:/a", "a\nb", "a # b", '"', "'''", "\\", "\x7f", "\u2028", "žluť", "x" * 5000),
    ]
)
TEXTS = WORDS | st.text(st.characters(exclude_categories=["C"]), max_size=10)


@st.composite
def elements(draw: st.DrawFn, deep: int = 2) -> str:
    name = draw(st.sampled_from([*ELEMENTS, "unknown"]))
    known = list(ELEMENTS[name].attributes) if name in ELEMENTS else []
    wanted = draw(st.lists(st.sampled_from([*known, "other"]), unique=True, max_size=4))
    attributes = "".join(f" {attribute}={quoteattr(draw(TEXTS))}" for attribute in wanted)
    text = SECRET if name == "root-password" and draw(st.booleans()) else draw(TEXTS)
    children = draw(st.lists(elements(deep - 1), max_size=4)) if deep else []
    return f"<{name}{attributes}>{escape(text)}{''.join(children)}</{name}>"


@st.composite
def files(draw: st.DrawFn) -> str:
    root = draw(st.sampled_from([*["installation"] * 8, *ROOTS, "unknown"]))
    names = draw(st.lists(st.sampled_from(["mode", "sr-type", "srtype", "gpgcheck"]), unique=True))
    attributes = "".join(f" {name}={quoteattr(draw(WORDS))}" for name in names)
    return f"<{root}{attributes}>\n" + "\n".join(draw(st.lists(elements(), max_size=8))) + f"\n</{root}>"


def check(text: str, wishes: Wishes) -> None:
    conversion = convert(text.encode(), "host.xml", wishes, hashed)
    shown = "".join(message.named("host.xml") for message in conversion.messages)
    assert "Staple" not in shown
    assert all(sign.isprintable() or sign == "\n" for sign in shown)
    lines = text.count("\n") + 1
    assert all(1 <= message.line <= lines for message in conversion.messages)
    assert (conversion.text is None) == any(message.level == "error" for message in conversion.messages)
    if conversion.text is None:
        return
    tomllib.loads(conversion.text)
    assert SECRET not in conversion.text
    answers, faults = examine(conversion.text)
    assert answers is not None
    if not conversion.unfinished:
        assert faults == ()
    for fault in faults:
        assert any(fault.message.startswith(key) for key, _ in conversion.unfinished), fault
    again = convert(text.encode(), "host.xml", wishes, hashed)
    assert again == conversion


WISH = st.sampled_from([WISHES, Wishes(), Wishes(dialect=Dialect.XENSERVER), Wishes(dialect=Dialect.XCP_NG)])


@given(files(), WISH)
def test_any_file_of_known_elements_is_converted_or_refused(text: str, wishes: Wishes) -> None:
    check(text, wishes)


@given(st.lists(elements(), max_size=3), st.sampled_from(["", "guest", "zone", "password", "source"]), WISH)
def test_anything_beside_a_good_file(more: list[str], without: str, wishes: Wishes) -> None:
    check(installation(*more, without=without), wishes)


@given(st.data(), WISH)
def test_any_value_in_a_good_file(data: st.DataObject, wishes: Wishes) -> None:
    name = data.draw(st.sampled_from(["primary", "guest", "admin", "password", "zone", "source"]))
    tags = {"primary": "primary-disk", "guest": "guest-disk", "admin": "admin-interface", "zone": "timezone"}
    tag = tags.get(name, "root-password" if name == "password" else "source")
    wanted = data.draw(st.lists(st.sampled_from([*ELEMENTS[tag].attributes, "type"]), unique=True, max_size=4))
    attributes = "".join(f" {attribute}={quoteattr(data.draw(WORDS))}" for attribute in wanted)
    below = "".join(
        f"<{child}>{escape(data.draw(WORDS))}</{child}>" for child, kind in ELEMENTS.items() if kind.within == tag
    )
    element = f"<{tag}{attributes}>{escape(data.draw(WORDS))}{below}</{tag}>"
    check(installation(**{name: element}), wishes)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    conversion = converted(data)
    assert conversion.text is None
    assert conversion.messages
