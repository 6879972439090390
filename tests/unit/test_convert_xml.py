"""Answer files as XML: what is no XML, what is too much of it, encodings; and the same reading as the installers'."""

import xml.dom.minidom
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.convert_texts import converted, data_of, installation, said
from zeus_installer.convert.document import parse

ACCENT = "<installation><!-- žluť --></installation>"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "1: error: the file is empty"),
        (b" \n ", "1: error: the file is empty"),
        (b"version = 1\n", "1: error: not XML, at column 1: syntax error"),
        (b"<installation>\n<hostname>a</installation>", "2: error: not XML, at column 14: mismatched tag"),
        (b"<installation>", "1: error: not XML, at column 15: no element found"),
        (
            b"<installation>\n <root-password>a&b</root-password></installation>",
            "2: error: not XML, at column 20: not well-formed (invalid token)",
        ),
        (b"<installation>&nbsp;</installation>", "1: error: not XML, at column 15: undefined entity"),
        (b'<installation a="1" a="2"/>', "1: error: not XML, at column 21: duplicate attribute"),
        (b"\n<?xml version='1.0'?><installation/>", "2: error: not XML, at column 1: XML or text declaration not at"),
        (b"<installation/><installation/>", "1: error: not XML, at column 16: junk after document element"),
        (b"<installation>\xff</installation>", "1: error: not XML, at column 15: not well-formed (invalid token)"),
        (b"<?xml version='1.0' encoding='klingon'?><installation/>", "1: error: "),
        (b"<?xml version='1.0' encoding='shift_jis'?><installation/>", "1: error: "),
        (b"\0\0\0\0", "1: error: not XML, at column 1: "),
        (
            b"<!DOCTYPE installation>\n<installation/>",
            "1: error: a document type (<!DOCTYPE …>) is not taken",
        ),
        (
            b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/shadow">]>\n<a>&b;</a>',
            "2: error: a document type (<!DOCTYPE …>) is not taken",
        ),
        (b"<a>" * 33 + b"</a>" * 33, "1: error: elements are nested more than 32 deep: this is no answer file"),
        (
            b"<installation>" + b"<a/>\n" * 10_000 + b"</installation>",
            "10000: error: more than 10000 elements: this is no answer file",
        ),
    ],
)
def test_what_is_no_answer_file_is_told_by_line(data: bytes, message: str) -> None:
    conversion = converted(data)
    assert conversion.text is None
    (only,) = said(conversion)
    assert only.startswith(f"f:{message}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-2", "windows-1250"])
def test_encodings_that_xml_declares(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>\n' + installation(
        '<service name="žluť" state="enabled"/>', attributes='sr-type="ext" '
    )
    conversion = converted(text.encode(encoding))
    assert 'f:9: warning: service "žluť" is not enabled: Zeus carries no settings of services over' in said(conversion)
    assert conversion.text


def test_lines_of_windows_are_lines() -> None:
    conversion = converted(installation("<hostnam/>").replace("\n", "\r\n"))
    assert said(conversion, "error") == ['f:8: error: unknown element <hostnam> (did you mean "hostname"?)']


def test_a_comment_inside_a_text_is_no_part_of_it() -> None:
    conversion = converted(installation("<hostname> xen<!-- the\n first -->1\n</hostname>"))
    assert data_of(conversion)["host"]["hostname"] == "xen1"


def test_schema_locations_are_nobody_s_business() -> None:
    attributes = 'sr-type="ext" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="a"'
    assert converted(installation(attributes=attributes)).text


def test_what_would_work_on_a_terminal_is_written_out() -> None:
    conversion = converted(installation("<keymap>u\u009bs\u202e</keymap>", "<unknown/>"))
    shown = [message.named("f\x1b[2J") for message in conversion.messages]
    assert all(sign.isprintable() or sign == "\n" for message in shown for sign in message)
    assert any("\\x9bs\\u202e" in message for message in shown)


NAMES = st.sampled_from(["primary-disk", "ip", "ipaddr", "guest-disk", "a", "installation"])
TEXTS = st.sampled_from(["", " ", "sda", "\n x y\t", "&amp;&#38;", "<!-- c -->", "<![CDATA[ d ]]>", "<?pi e?>"])
TREES = st.recursive(
    st.lists(TEXTS, max_size=3).map("".join),
    lambda inner: st.lists(
        st.tuples(NAMES, inner, TEXTS).map(lambda node: f"<{node[0]}>{node[1]}</{node[0]}>{node[2]}")
    ).map("".join),
    max_leaves=12,
)


def _text(node: Any) -> str:
    """Give the text as getText of xcp/xmlunwrap.py does."""
    return "".join(child.data for child in node.childNodes if child.nodeType == child.TEXT_NODE).strip()


@given(TREES, st.lists(NAMES, min_size=1, max_size=2, unique=True))
def test_elements_are_found_as_the_installers_find_them(inside: str, names: list[str]) -> None:
    data = f"<installation>{inside}</installation>".encode()
    theirs = xml.dom.minidom.parseString(data).documentElement  # noqa: S318 - our own text
    assert theirs is not None
    expected = [(node.tagName, _text(node)) for name in names for node in theirs.getElementsByTagName(name)]
    ours = parse(data).find(*names)
    assert [(element.name, element.text) for element in ours] == expected


def test_a_password_is_in_no_trace_of_an_element() -> None:
    document = parse(b'<installation><root-password type="Staple-7">Staple-7</root-password></installation>')
    assert "Staple-7" not in repr(document)
