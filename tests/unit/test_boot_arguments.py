"""dom0's resources and the command lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.boot_host import GIB, machine
from zeus_installer.answers.model import Boot
from zeus_installer.boot.arguments import (
    carried_over,
    dom0_arguments,
    plain_arguments,
    safe_xen_arguments,
    split_words,
    xen_arguments,
)
from zeus_installer.boot.dom0 import Dom0, auto_memory, auto_vcpus, dom0_resources
from zeus_installer.system.errors import UsageError, ZeusError


# The appliance's own results (default_memory_v3).
@pytest.mark.parametrize(
    ("host", "dom0"),
    [(2, 1136), (4, 1232), (8, 1440), (16, 1856), (32, 2672), (64, 4304), (128, 7584), (144, 8192), (1024, 8192)],
)
def test_memory_is_the_appliances(host: int, dom0: int) -> None:
    assert auto_memory(host * 1024) == dom0


@pytest.mark.parametrize(
    ("threads", "memory", "vcpus"),
    [
        (1, 8192, 1),
        (8, 8192, 8),
        (64, 8192, 16),
        (64, 2047, 4),
        (64, 2048, 8),
        (64, 4095, 8),
        (6, 4304, 6),
        (2, 1136, 2),
    ],
)
def test_vcpus_are_the_appliances(threads: int, memory: int, vcpus: int) -> None:
    assert auto_vcpus(threads, memory=memory) == vcpus


def test_resources_of_the_answers_win() -> None:
    assert dom0_resources(Boot(dom0_memory=2048, dom0_vcpus=3), machine()) == Dom0(memory=2048, vcpus=3)


def test_an_unknown_machine_gets_what_the_smallest_one_gets() -> None:
    assert dom0_resources(Boot(), machine(memory=None, threads=None)) == Dom0(memory=1136, vcpus=4)


def test_more_memory_than_there_is() -> None:
    with pytest.raises(UsageError) as error:
        dom0_resources(Boot(dom0_memory=4096), machine(memory=4 * GIB))
    assert str(error.value) == (
        "boot.dom0_memory: dom0 would get 4096 MiB, but this machine has 4096 MiB and Xen itself needs 256\n"
        'hint: at most 3840; "auto" is 1232'
    )


def test_xen_gets_fixed_memory_the_serial_port_and_no_way_to_wait() -> None:
    words = xen_arguments(Dom0(memory=1856, vcpus=4))
    assert words == (
        *("dom0_mem=1856M,max:1856M", "dom0_max_vcpus=1-4", "watchdog"),
        *("com1=115200,8n1", "console=com1,vga"),
    )
    assert "noreboot" not in (*words, *safe_xen_arguments(Dom0(memory=1856, vcpus=4)))


def test_dom0_knows_itself_and_never_waits() -> None:
    assert dom0_arguments(("root=UUID=a", "ro"), extra=("enforcing=0",)) == (
        *("root=UUID=a", "ro", "zeus.dom0", "console=tty0", "console=hvc0"),
        *("panic=10", "rd.shell=0", "rd.emergency=reboot", "systemd.watchdog_sec=120", "modules_load=xen_wdt"),
        "enforcing=0",
    )


def test_the_plain_entry_has_the_serial_port_and_is_not_dom0() -> None:
    assert plain_arguments(("root=UUID=a",)) == ("root=UUID=a", "console=tty0", "console=ttyS0,115200")


@pytest.mark.parametrize(
    ("running", "carried"),
    [
        ("BOOT_IMAGE=/vmlinuz root=UUID=a ro quiet rhgb console=ttyS0,115200 initrd=x", "root=UUID=a ro"),
        ("root=/dev/mapper/f-root ro rd.lvm.lv=f/root rd.lvm.lv=f/swap", None),
        ("root=UUID=a rd.luks.uuid=luks-1 rd.luks.name=1=cr rd.md.uuid=2:3", None),
        ("root=UUID=a rootflags=subvol=root,compress=zstd:1 rw resume=UUID=b", None),
        ("ip=dhcp netroot=iscsi:@10.0.0.1::3260::iqn.a root=LABEL=r", None),
        ("root=UUID=a single systemd.unit=rescue.target init=/bin/sh rd.break", "root=UUID=a"),
        ("root=UUID=a crashkernel=1G mem=4G hugepages=512", "root=UUID=a"),
        ("root=UUID=a inst.ks=http://x/ks zeus.unattended", "root=UUID=a"),
        ("root=UUID=a ro -- --log-level=debug", "root=UUID=a ro"),
        ("root=UUID=a ro root=UUID=a ro", "root=UUID=a ro"),
        ("modules_load=xen_wdt modules_load=nbd root=UUID=a", "modules_load=nbd root=UUID=a"),
    ],
)
def test_what_a_plain_boot_hands_on(running: str, carried: str | None) -> None:
    assert " ".join(carried_over(running)) == (running if carried is None else carried)


def test_quoted_words_stay_whole() -> None:
    assert carried_over('root=UUID=a dyndbg="file x +p"  "rd.driver=a b"') == (
        *("root=UUID=a", "dyndbg=file x +p", "rd.driver=a b"),
    )


def test_a_word_that_grub_would_change_is_an_error() -> None:
    with pytest.raises(ZeusError) as error:
        carried_over(r"root=/dev/mapper/a\x2db")
    assert error.value.code == "boot.arguments"
    assert r"the kernel argument root=/dev/mapper/a\x2db has a quote or a backslash" in error.value.message


WORDS = st.text(st.characters(exclude_characters="\\'\"\0\n", exclude_categories=["Cs"]), max_size=40)


@given(WORDS, st.lists(st.sampled_from(["enforcing=0", "module_blacklist=bridge"]), unique=True))
def test_carrying_over_our_own_boot_gives_the_same_words(text: str, ours: list[str]) -> None:
    root = carried_over(f"root=x {text}", ours=ours)
    again = " ".join(f'"{word}"' for word in dom0_arguments(root, extra=ours))
    assert carried_over(again, ours=ours) == root


@given(st.lists(st.text("ab =", min_size=1).filter(str.strip)))
def test_quoted_words_are_split_where_the_quotes_end(words: list[str]) -> None:
    assert split_words(" ".join(f'"{word}"' for word in words)) == tuple(words)


@given(st.text())
def test_any_text_is_split(text: str) -> None:
    assert all(split_words(text)) or not text.strip()
