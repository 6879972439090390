"""Our section of custom.cfg."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.boot.grubcfg import Section, replace_section


def section(**changes: object) -> Section:
    fields: dict[str, object] = {
        "uuid": "1-2",
        "path": "/zeus",
        "xen": ("dom0_mem=1G,max:1G",),
        "dom0": ("root=UUID=a", "zeus.dom0"),
        "safe_xen": ("nosmp",),
        "safe_dom0": ("root=UUID=a", "nomodeset"),
        "linux": ("root=UUID=a",),
    }
    return Section(**(fields | changes))  # type: ignore[arg-type]


def ids(text: str) -> list[str]:
    return re.findall(r"^menuentry .* --id (\S+) ", text, re.MULTILINE)


def entry(text: str, name: str) -> str:
    found = re.search(rf"^menuentry [^\n]* --id {name} .*?^}}\n", text, re.MULTILINE | re.DOTALL)
    assert found
    return found[0]


def test_the_ids_are_fixed_and_the_previous_one_comes_with_its_set() -> None:
    assert ids(section().render()) == ["zeus-xen", "zeus-xen-safe", "zeus-linux"]
    assert ids(section(previous=True).render()) == ["zeus-xen", "zeus-xen-previous", "zeus-xen-safe", "zeus-linux"]


def test_an_entry_tests_every_load_and_ends_in_what_happens_when_one_failed() -> None:
    assert entry(section().render(), "zeus-xen") == (
        "menuentry 'Xen virtualization host' --id zeus-xen --class xen --unrestricted {\n"
        "  zeus_prepare\n"
        "  if hashsum --hash sha256 --prefix /zeus/current --check /zeus/current/sha256; then\n"
        "    if multiboot2 /zeus/current/xen.gz placeholder dom0_mem=1G,max:1G $zeus_platform; then\n"
        "      if module2 /zeus/current/vmlinuz placeholder root=UUID=a zeus.dom0; then\n"
        "        if module2 --nounzip /zeus/current/initramfs.img; then\n"
        "          boot\n"
        "        fi\n"
        "      fi\n"
        "    fi\n"
        "  fi\n"
        "  zeus_failed\n"
        "}\n"
    )


def test_the_other_entries_take_their_own_set_and_words() -> None:
    text = section(previous=True).render()
    assert "multiboot2 /zeus/previous/xen.gz placeholder dom0_mem=1G,max:1G " in entry(text, "zeus-xen-previous")
    assert "multiboot2 /zeus/current/xen.gz placeholder nosmp " in entry(text, "zeus-xen-safe")
    assert "if linux /zeus/current/vmlinuz root=UUID=a; then\n" in text


OTHERS = "menuentry mine { true; }\n"


def test_what_others_wrote_stays() -> None:
    ours = section().render()
    once = replace_section(OTHERS, ours)
    assert once.startswith(OTHERS)
    assert replace_section(once + "\nset theirs=1\n", ours).count("### BEGIN Zeus") == 1
    assert "set theirs=1" in replace_section(once + "\nset theirs=1\n", ours)
    assert replace_section(once, None) == OTHERS


@pytest.mark.parametrize("present", [None, "", "\n"])
def test_a_file_of_our_own_is_empty_after_us(present: str | None) -> None:
    assert replace_section(replace_section(present, section().render()), None) == ""


@given(st.text("ab#\n {}"), st.booleans())
def test_replacing_twice_is_replacing_once(present: str, previous: bool) -> None:
    text = section(previous=previous).render()
    once = replace_section(present, text)
    assert replace_section(once, text) == once
    assert replace_section(once, None) == replace_section(present, None)
