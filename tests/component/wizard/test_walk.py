"""The whole wizard by keys alone, on recorded machines: to the status page, or to the reason why not."""

from tests.component.wizard.conftest import Opener
from tests.terminal.walk import walk


def test_arrows_tab_enter_and_esc_are_enough(wizard: Opener) -> None:
    terminal = wizard("leftovers")
    walker = walk(terminal, to="storage", plain=True)
    terminal.press("esc")
    walk(terminal, to="status", since="machine", plain=True)
    terminal.expect("This machine is a verified XenAPI host.")
    walker.go_on()
    assert terminal.finish() == 0


def test_the_end_of_a_run_says_what_comes_next(wizard: Opener) -> None:
    terminal = wizard("amd-iommu")
    walker = walk(terminal, to="done")
    terminal.expect("The host is ready to reboot into Xen.")
    terminal.expect("The machine reboots in 2")
    walker.button("Stop the countdown")
    terminal.expect("The countdown is stopped: the machine reboots when you say so.")
    walker.press("f2")
    terminal.expect("Prepare the host: done")
    terminal.press("esc")
    terminal.expect_gone("Prepare the host: done")
    walk(terminal, to="status", since="done")


def test_a_failure_says_what_can_be_done_and_retry_goes_on(wizard: Opener) -> None:
    terminal = wizard("amd-iommu", "--fail", "boot_entry")
    walker = walk(terminal, to="progress")
    terminal.expect("[ Retry ]  [ Resume later ]  [ Shell ]  [ Save report ]  [ Log ]  [ Help ]")
    terminal.expect("! Make the Xen boot entry")
    walker.expect("Nothing is lost: Retry goes on from here, and so does zeus resume, now or after a reboot.")
    walker.button("Resume later")
    terminal.expect("Leave the wizard?")
    terminal.press("enter")  # Stay.
    terminal.expect_gone("Leave the wizard?")
    walker.press("left")
    walker.button("Retry")
    walk(terminal, to="status", since="done")


def test_without_a_disk_the_host_has_no_local_storage(wizard: Opener) -> None:
    terminal = wizard("no-disk")
    walker = walk(terminal, to="storage")
    walker.go_on()
    walker.expect("pick a disk", "see what is marked")
    walker.at("storage")
    walker.choose("none")
    walk(terminal, to="status", since="storage")


def test_without_a_link_a_nic_has_to_be_named(wizard: Opener) -> None:
    terminal = wizard("no-link")
    walker = walk(terminal, to="network")
    terminal.expect("( ) enp0s4  52:54:00:12:34:56  virtio_net  -      NO LINK")
    walker.go_on()
    walker.expect("pick the NIC that the host is managed on", "see what is marked")
    walker.at("network")
    walker.choose("enp0s5")
    walk(terminal, to="summary", since="network")
    walker.expect(
        "warning enp0s5 (52:54:00:00:00:02): no link → plug in the cable, switch the port on, or choose another NIC",
    )
    walk(terminal, to="status", since="summary")


def test_what_the_machine_lacks_has_to_be_accepted(wizard: Opener) -> None:
    terminal = wizard("four-nics", rows=40)
    walker = walk(terminal, to="machine")
    reason = "this is a virtual machine, and its hypervisor hides VT-x and AMD-V"
    assert f"FAIL {reason} → turn on nested virtualization" in walker.read
    walker.go_on()
    walker.expect(f"this machine cannot become a host: {reason}")
    walker.choose("Accept it: this host runs PV guests only")
    terminal.expect_gone("cannot become a host")
    walker.switch("Accept it: this host runs PV guests only")
    walker.go_on()
    walker.expect(f"this machine cannot become a host: {reason}")
    walker.choose("Accept it: this host runs PV guests only")
    walk(terminal, to="storage")


def test_looking_again_without_a_restart(wizard: Opener) -> None:
    terminal = wizard("amd-iommu")
    walker = walk(terminal, to="machine")
    walker.button("Check again")
    walker.go_on()
    still = "the machine is still being looked at"
    terminal.wait(lambda shown: still in shown or "Storage" in shown.split("\n")[0], "an answer")
    if still in terminal.text:
        walker.at("machine")
        walker.go_on()
    walker.at("storage")
