"""Repository files: ours as they should be, others' changed by one line a section, and back again."""

import configparser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.packages.port import Repository
from zeus_installer.packages.repofiles import repo_file, with_excludes, without_excludes

XEN = ("xen", "xen-*")
MARK = "# added by Zeus: the distribution's builds must not replace the vendor's\n"


def test_a_vendors_repository() -> None:
    repo = Repository(id="zeus-xapi", baseurl="https://a/$basearch", keys=("file:///etc/pki/rpm-gpg/KEY",))
    assert repo_file(repo, name="XenAPI") == (
        "[zeus-xapi]\nname=XenAPI\nbaseurl=https://a/$basearch\nenabled=1\npriority=10\ngpgcheck=1\n"
        "gpgkey=file:///etc/pki/rpm-gpg/KEY\n"
    )
    unsigned = Repository(id="zeus-xapi", baseurl="http://a", priority=5)
    assert "priority=5\ngpgcheck=0\n" in repo_file(unsigned, name="XenAPI")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("# nothing\n", "# nothing\n"),
        (
            "# two\n[a]\nname=A\n\n[b]\nname=B\n",
            f"# two\n[a]\n{MARK}excludepkgs=xen xen-*\nname=A\n\n[b]\n{MARK}excludepkgs=xen xen-*\nname=B\n",
        ),
        ("[a]\nexcludepkgs = foo\n  bar\n", "[a]\nexcludepkgs = xen xen-* foo\n  bar\n"),
        ("[a]\nexclude=foo\n", "[a]\nexclude=xen xen-* foo\n"),
        ("[a]\nexcludepkgs=\n", "[a]\nexcludepkgs=xen xen-*\n"),
        ("[main]\ngpgcheck=1\n[a]\n", f"[main]\ngpgcheck=1\n[a]\n{MARK}excludepkgs=xen xen-*\n"),
    ],
)
def test_excludes_go_into_every_section_and_out_again(before: str, after: str) -> None:
    assert with_excludes(before, XEN) == after
    assert with_excludes(after, XEN) == after
    assert without_excludes(after, XEN) == before


def test_what_was_added_later_stays() -> None:
    text = with_excludes("[a]\nname=A\n", XEN).replace("xen-*", "xen-* qemu-*")
    assert without_excludes(text, XEN) == "[a]\nexcludepkgs=qemu-*\nname=A\n"


LINES = st.sampled_from(["[a]", "[b]", "[main]", "name=N", "excludepkgs=foo", "exclude = a b", "  more", "# note", ""])


@given(st.lists(LINES).map(lambda lines: "".join(f"{line}\n" for line in lines)))
def test_taking_out_undoes_putting_in(text: str) -> None:
    changed = with_excludes(text, XEN)
    assert without_excludes(changed, XEN) == text
    assert with_excludes(changed, XEN) == changed


@given(st.lists(st.sampled_from(["name=N", "excludepkgs=foo", "exclude=bar", "# note", ""]), unique=True))
def test_every_repository_has_the_excludes(lines: list[str]) -> None:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.read_string(with_excludes("\n".join(["[a]", *lines]), XEN))
    values = [parser["a"][key].split() for key in ("exclude", "excludepkgs") if key in parser["a"]]
    assert values
    assert all(value[:2] == list(XEN) for value in values)
