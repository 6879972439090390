"""What a kickstart's %packages says, as `zeus iso build --offline` reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.iso.given import kickstart_text
from zeus_installer.kickstart.named_packages import named_packages
from zeus_installer.system.errors import UsageError

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,20}", fullmatch=True)


def read(body: str, header: str = "%packages") -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = named_packages(f"lang en_US.UTF-8\n{header}\n{body}\n%end\n", name="mine.ks")
    return found.packages, found.groups


def test_our_own_names_the_core() -> None:
    found = named_packages(kickstart_text(None, default="zeus-media.ks"), name="zeus-media.ks")
    assert (found.packages, found.groups) == ((), ("core",))


def test_packages_groups_and_what_is_left_out() -> None:
    body = "@core\n@ hardware-support --nodefaults\n@guest-agents\ntmux  # for people\n-plymouth\n-@x\n\n# no\n"
    assert read(body) == (("tmux",), ("core", "hardware-support", "guest-agents"))


def test_an_environment() -> None:
    assert read("@^server-product-environment") == ((), ("core", "^server-product-environment"))


def test_the_core_comes_unless_it_is_told_not_to() -> None:
    assert read("tmux") == (("tmux",), ("core",))
    assert read("tmux", "%packages --nocore --excludedocs") == (("tmux",), ())
    assert named_packages("lang en_US.UTF-8\n", name="mine.ks").groups == ("core",)


def test_a_name_in_a_script_is_none() -> None:
    text = "%packages\ntmux\n%end\n%post\ncat <<END\nvim\nEND\n%end\n%packages\nvi\n%end\n"
    assert named_packages(text, name="mine.ks").packages == ("tmux", "vi")


@pytest.mark.parametrize("word", ["@nodejs:20/default", "kernel*", "/usr/bin/vi", "a=b", "@x --optional"])
def test_what_cannot_be_worked_out(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(word)
    assert str(caught.value) == (
        f"mine.ks: %packages names {word}: what belongs to it cannot be worked out\n"
        "hint: name groups and packages one by one"
    )


@given(st.lists(NAMES, unique=True), st.lists(NAMES, unique=True))
def test_each_is_found_once(packages: list[str], groups: list[str]) -> None:
    body = "\n".join([*packages, *(f"@{group}" for group in groups), *packages])
    assert read(body) == (tuple(packages), tuple(dict.fromkeys(["core", *groups])))
