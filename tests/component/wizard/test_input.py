"""What an operator types stays, what he does not mean does nothing, and what cannot be is refused with its reason."""

import pytest

from tests.component.wizard.conftest import Opener
from tests.terminal.terminal import Terminal
from tests.terminal.walk import KEY, PASSWORD, REPOSITORY, Deed, Walker, nothing, walk

SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK0wmN/Cr3JXqmLW7u+g9pTh+wyqDHpSQEIQczXkVx9q admin@example.org"


def fill_storage(walker: Walker) -> None:
    walker.choose("lvm")
    walker.switch("SPARE")
    walker.choose("OLD-STORAGE")
    walker.fill("  destroy it", "RAGE")


def fill_network(walker: Walker) -> None:
    walker.fill("Host name", "xen1.example.org")
    walker.choose("static")
    walker.fill("Address", "192.0.2.10/24")
    walker.fill("Router", "192.0.2.1")
    walker.fill("Name servers", "192.0.2.53, 2001:db8::53")
    walker.choose("bridge")


def fill_access(walker: Walker) -> None:
    walker.fill("Root password", PASSWORD)
    walker.fill("Once more", PASSWORD)
    walker.press("tab")
    walker.terminal.expect("a password is set; type a new one to change it")
    walker.fill("SSH key", SSH_KEY)
    walker.fill("another one", SSH_KEY.replace("K0wmN", "K0wmM"))
    walker.fill("Time zone", "Europe/Prague")


def fill_packages(walker: Walker) -> None:
    walker.fill("Repository", REPOSITORY)
    walker.fill("  its key", KEY)
    walker.fill("another one", "http://192.0.2.1/more/")
    walker.choose("Allow packages that nobody signed")


FILLED: dict[str, Deed] = {
    "storage": fill_storage,
    "network": fill_network,
    "access": fill_access,
    "packages": fill_packages,
}


def screen_of(terminal: Terminal) -> str:
    """The screen without what says where the focus is."""
    terminal.settle()
    return terminal.text


def test_back_never_loses_input(wizard: Opener) -> None:
    terminal = wizard("busy", rows=60)
    walker = walk(terminal, to="machine")
    filled = {}
    for name, following in zip(["machine", *FILLED], [*FILLED, "summary"], strict=True):
        walker.at(name)
        FILLED.get(name, nothing)(walker)
        filled[name] = screen_of(terminal)
        walker.go_on()
        walker.at(following)
    for name in [*reversed(FILLED), "machine"]:
        terminal.press("esc")
        walker.at(name)
        assert screen_of(terminal) == filled[name]
    for name in FILLED:
        walker.go_on()
        walker.at(name)
        assert screen_of(terminal) == filled[name]
    walker.go_on()
    walker.at("summary")
    assert "everything on disk, serial OLD-STORAGE" in terminal.text


def test_a_password_half_typed_stays_too(wizard: Opener) -> None:
    terminal = wizard("amd-iommu")
    walker = walk(terminal, to="access")
    walker.fill("Root password", "four words make strong")
    terminal.press("esc")
    walker.at("network")
    walker.go_on()
    walker.at("access")
    terminal.expect("*" * len("four words make strong"))
    walker.go_on()
    walker.expect("the two passwords differ")
    walker.fill("Once more", "four words make strong")
    walker.go_on()
    walker.at("packages")


def test_a_resize_loses_nothing(wizard: Opener) -> None:
    terminal = wizard("leftovers")
    walker = walk(terminal, to="network")
    walker.fill("Host name", "xen1.example.org")
    before = screen_of(terminal)
    for columns, rows in ((120, 40), (80, 24), (40, 10), (10, 3), (200, 60), (80, 24)):
        terminal.resize(columns, rows)
        terminal.settle()
    terminal.wait(lambda text: text == before, "the same screen as before")
    terminal.type(".net")
    terminal.expect("xen1.example.org.net")


def test_a_resize_with_a_dialog_open(wizard: Opener) -> None:
    terminal = wizard("leftovers")
    walker = walk(terminal, to="summary")
    walker.go_on()
    terminal.expect("Begin the installation?")
    before = screen_of(terminal)
    for columns, rows in ((40, 10), (120, 40), (80, 24)):
        terminal.resize(columns, rows)
        terminal.expect("Begin the installation?")
        terminal.settle()
    terminal.wait(lambda text: text == before, "the same screen as before")
    terminal.press("enter")  # The button that begins nothing has the focus.
    terminal.expect_gone("Begin the installation?")
    walker.at("summary")


def test_a_resize_in_mid_run(wizard: Opener) -> None:
    terminal = wizard("amd-iommu", speed=100)
    walk(terminal, to="progress")
    for columns, rows in ((40, 10), (120, 40), (80, 24)):
        terminal.resize(columns, rows)
        terminal.settle(0.5)
    walk(terminal, to="status", since="progress")


def test_f1_explains_the_focused_field(wizard: Opener) -> None:
    terminal = wizard("leftovers", rows=50)
    walker = walk(terminal, to="machine")
    helped(walker, "Accept it: this host runs PV guests only", "Enter or Space switches it.", "checks.accept")
    walk(terminal, to="storage")
    helped(walker, "lvm", "Enter or Space chooses the option under the cursor.", "storage.sr_type")
    helped(walker, "EMPTY", "Enter or Space picks the row under the cursor.", "storage.disks")
    walk(terminal, to="network", since="storage")
    walker.to_field("VLAN")
    helped(walker, "", "Type it; Ctrl-U empties the line. Enter goes to the next field.", "network.management.vlan")
    walker.to_button("Back")
    terminal.press("f1")
    terminal.expect("Help: Network")
    terminal.expect("The management network: how you and XenAPI clients reach this host.")


def helped(walker: Walker, row: str, how: str, key: str) -> None:
    if row:
        walker.to_row(row)
    walker.terminal.press("f1")
    walker.terminal.expect("Help: ")
    walker.terminal.expect(how)
    walker.terminal.expect(f"In an answer file: {key}")
    walker.terminal.press("esc")
    walker.terminal.expect_gone("Help: ")


def test_ctrl_c_asks(wizard: Opener) -> None:
    terminal = wizard("amd-iommu")
    walker = walk(terminal, to="network")
    walker.fill("Host name", "kept.example.org")
    for key in ("enter", "esc"):
        terminal.press("ctrl-c")
        terminal.expect("Leave the wizard?")
        terminal.press(key)
        terminal.expect_gone("Leave the wizard?")
        walker.at("network")
        terminal.expect("kept.example.org")
    terminal.press("ctrl-c")
    terminal.expect("Leave the wizard?")
    walker.button("Leave")
    assert terminal.finish() == 0


def test_esc_on_the_first_screen_asks(wizard: Opener) -> None:
    terminal = wizard("amd-iommu")
    walker = walk(terminal, to="machine")
    terminal.press("esc")
    terminal.expect("Leave the wizard?")
    walker.button("Stay")
    walk(terminal, to="storage")


def test_esc_in_a_dialog_does_nothing_but_close_it(wizard: Opener) -> None:
    terminal = wizard("leftovers")
    walker = walk(terminal, to="summary")
    for button, head in (
        ("Install", "Begin the installation?"),
        ("Files", "Files that will be written"),
        ("Save answers", "zeus-answers.toml"),
        ("Help", "Help: Summary"),
    ):
        walker.button(button)
        terminal.expect(head)
        terminal.press("esc")
        terminal.expect_gone(head)
        walker.at("summary")
    terminal.press("esc")
    walker.at("packages")


def test_a_hang_up_ends_the_wizard_so_that_its_unit_starts_another(wizard: Opener) -> None:
    terminal = wizard("amd-iommu")
    walk(terminal, to="network")
    terminal.hang_up()
    assert terminal.finish() == 75


def test_ctrl_l_draws_everything_again(wizard: Opener) -> None:
    terminal = wizard("amd-iommu")
    walk(terminal, to="storage")
    before = screen_of(terminal)
    sent = terminal.bytes_sent
    terminal.press("ctrl-l")
    terminal.wait(lambda _: terminal.bytes_sent - sent > len(before) // 2, "everything to be sent again")
    assert screen_of(terminal) == before


def test_of_equal_disks_one_has_to_be_picked(wizard: Opener) -> None:
    terminal = wizard("two-empty-disks", rows=50)
    walker = walk(terminal, to="storage")
    for serial in ("S45PNA0M512345", "S45PNA0M512346"):
        terminal.expect(f"[ ] SAMSUNG MZ7LH480  {serial}  515 GB   sata")
    walker.go_on()
    walker.expect("pick a disk", "see what is marked")
    walker.at("storage")
    walker.choose("S45PNA0M512346")
    terminal.expect_gone("pick a disk")
    walk(terminal, to="summary", since="storage")
    walker.expect("new GPT on SAMSUNG MZ7LH480, serial S45PNA0M512346, 515 GB, /dev/sdb")
    assert "S45PNA0M512345" not in terminal.text


def test_what_is_on_a_disk_is_destroyed_only_after_its_last_four_characters(wizard: Opener) -> None:
    terminal = wizard("leftovers", rows=50)
    walker = walk(terminal, to="storage")
    walker.switch("EMPTY")
    walker.choose("FILES")
    wanted = "type the last four characters of its serial number FILES to destroy what is on /dev/vdf"
    walker.go_on()
    walker.expect(wanted, "see what is marked")
    for wrong in ("FILE", "iles", "FILES", "ILE"):
        walker.fill("  destroy it", wrong)
        walker.go_on()
        walker.expect(wanted)
        walker.at("storage")
    walker.fill("  destroy it", "ILES")
    terminal.wait(lambda _: wanted not in walker.read, "the complaint to go away")
    walk(terminal, to="network", since="storage")


def test_a_disk_in_common_with_another_is_refused(wizard: Opener) -> None:
    terminal = wizard("leftovers", rows=50)
    walker = walk(terminal, to="storage")
    walker.switch("EMPTY")
    walker.choose("RAID-A")
    walker.fill("  destroy it", "ID-A")
    walker.go_on()
    walker.expect("/dev/vdb has md md127 in common with /dev/vdc, which is not chosen")
    walker.at("storage")


def test_several_disks_are_refused_at_the_disks(wizard: Opener) -> None:
    terminal = wizard("two-empty-disks", rows=50)
    walker = walk(terminal, to="storage")
    walker.choose("S45PNA0M512346", "S45PNA0M512345", "RAID 1")
    walker.go_on()
    walker.expect(
        "storage.disks: more than one disk cannot be carried out by this version of Zeus",
        "storage.raid: software RAID cannot be carried out by this version of Zeus",
        "2 fields are marked",
    )


DISKS = {
    "leftovers": {
        "LABSYSTEM": "holds the running system",
        **dict.fromkeys(("RAID-A", "RAID-B", "VOLUMES", "ENCRYPTED", "FILES", "TABLE", "EMPTY"), ""),
    },
    "busy": {
        "LABSYSTEM": "holds the running system",
        "SERVICES": "is in use: mounted on /srv",
        "SWAP": "holds the running system",
        "OLD-STORAGE": "",
        "SPARE": "",
    },
}


@pytest.mark.parametrize("name", DISKS)
def test_every_disk_is_shown_and_why_it_cannot_be_used(name: str, wizard: Opener) -> None:
    terminal = wizard(name, rows=50)
    walker = walk(terminal, to="storage")
    for serial, reason in DISKS[name].items():
        walker.to_row(serial)
        if not reason:
            assert walker.mark in ("[ ]", "[x]")
            continue
        assert walker.mark == " - "
        terminal.press("enter")
        walker.expect(f"cannot be used: {reason}", f"disk {serial} {reason}")


def test_what_is_not_picked_is_not_used(wizard: Opener) -> None:
    terminal = wizard("busy", rows=50)
    walker = walk(terminal, to="storage")
    walker.switch("SPARE")
    walker.press("f10")
    walker.expect("pick a disk", "see what is marked")
    walker.at("storage")
    walker.choose("free space")
    terminal.expect_gone("see what is marked")
    walker.press("f10")
    walker.expect("pick a disk", "see what is marked")
    walker.at("storage")
