"""The wizard on real consoles: a whole installation by keys on the serial line, and one whose line is dropped."""

import dataclasses
import re
from pathlib import Path
from typing import Final

import pytest

from tests.lab.images import plain_machine
from tests.lab.journey import PASSWORD, Journey, served, with_product
from tests.lab.machine import GUEST_ADDRESS, free_port
from tests.lab.product import guest_url
from tests.lab.repositories import KEY_NAME, VENDOR_REPOSITORY
from tests.lab.screen import Screen
from tests.lab.vm import READY, XEN, boot

pytestmark = [pytest.mark.vm, pytest.mark.timeout(2700)]

OLD_PASSWORD: Final = "the old one"
# TIOCVHANGUP (asm-generic/ioctls.h): what the kernel does to a terminal whose carrier has gone.
HANG_UP: Final = (
    "python3 -c 'import fcntl, os; "
    'fcntl.ioctl(os.open("/dev/ttyS0", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK), 0x5437)\''
)


def go_on(screen: Screen, title: str, timeout: float = 60) -> None:
    """Leave a screen by its first button for the one with that title."""
    screen.press("f10")
    screen.expect(f"Zeus installer: {title}", timeout)


def fill_in(screen: Screen, trip: Journey) -> None:
    """Fill in the forms from the storage screen on, up to the summary with its packages fetched."""
    screen.expect("[x] disk   LABDATA")
    go_on(screen, "Network")
    screen.expect("plain.lab.example")
    screen.press("ctrl u")
    screen.type("xen1.lab.example")
    screen.press(*["tab"] * 8)
    screen.press("down", "enter")
    screen.expect("(*) bridge")
    go_on(screen, "Access")
    screen.type(PASSWORD)
    screen.press("tab")
    screen.type(PASSWORD)
    screen.press("tab")
    screen.expect("a password is set")
    go_on(screen, "Packages")
    screen.press("tab", "tab")
    screen.type(f"{guest_url(trip.url)}/{VENDOR_REPOSITORY}/")
    screen.press("tab")
    screen.type(f"{guest_url(trip.url)}/{KEY_NAME}")
    go_on(screen, "Summary")
    screen.expect("Destroyed")
    screen.expect("all packages are here", 240)


def begin(screen: Screen) -> None:
    """Press Install, and say yes."""
    screen.press("f10")
    screen.expect("Begin the installation?")
    screen.press("tab", "enter")
    screen.expect("Zeus installer: Installation", 120)


def test_an_installation_by_keys_on_the_serial_line(tmp_path: Path) -> None:
    """Greeted at boot, asked for the old password, through all screens, into Xen, to the host's page and a login."""
    https = free_port()
    with served() as url, boot(plain_machine(tmp_path, forwards={443: https}), tmp_path / "serial.log") as vm:
        vm.login()
        trip = with_product(Journey(vm=vm, url=url, https=https))
        vm.check(f"echo 'root:{OLD_PASSWORD}' | chpasswd")
        vm.check("zeus wizard --at-boot && sync")
        screen = Screen(vm.console)
        vm.send("systemctl reboot\n")
        # The screen's console greets too: whichever was first has the forms, and one key brings them here.
        greeting = screen.expect(re.compile("Zeus installer: (Machine|Open elsewhere)"), 180)
        if "elsewhere" in greeting:
            go_on(screen, "Machine")
        screen.expect("AMD-V enabled", 120)
        go_on(screen, "Password", 120)
        screen.expect("A password of: root")
        screen.type("a wrong one")
        screen.press("f10")
        screen.expect("that is not the password of root or an administrator")
        screen.type(OLD_PASSWORD)
        go_on(screen, "Storage")
        fill_in(screen, trip)
        begin(screen)
        screen.expect("Zeus installer: Ready", 600)
        screen.press("f10")
        vm.wait_boots(XEN, 1, 240)

        screen.expect("This machine is a verified XenAPI host.", 900)
        page = screen.expect(f"https://{GUEST_ADDRESS}, user root", 60)
        assert "xen1.lab.example" in page
        assert "attached" in page
        (host,) = trip.login().xenapi.host.get_all_records().values()
        assert host["enabled"]

        screen.press("f10")
        vm.expect(READY, 120)
        trip.prompt()
        assert vm.check("zeus status").startswith("state: done\n")
        for secret in (PASSWORD, OLD_PASSWORD):
            assert secret not in vm.console.text.replace(f"root:{OLD_PASSWORD}", "")
            assert vm.run(f"grep -rlF '{secret}' /var/log /var/lib/zeus /run/zeus /tmp").output == ""
        # A finished host has no wizard: the console's login prompt comes at once.
        assert vm.run("systemctl start zeus-wizard@hvc0; systemctl is-active zeus-wizard@hvc0").output == "inactive\n"
        vm.power_off()


def test_a_dropped_line_and_another_console(tmp_path: Path) -> None:
    """The run goes on when the line hangs up, and the wizard on another console shows where it is."""
    machine = dataclasses.replace(plain_machine(tmp_path), consoles=2)
    with served() as url, boot(machine, tmp_path / "serial.log") as vm:
        vm.login()
        trip = with_product(Journey(vm=vm, url=url, https=0))
        vm.check("systemctl start serial-getty@ttyS1")
        other = vm.consoles[1]
        other.expect(READY, 120)
        other.prepare_shell()

        screen = Screen(vm.console)
        vm.send("TERM=vt220 zeus wizard\n")
        screen.expect("AMD-V enabled", 120)
        go_on(screen, "Storage", 120)
        fill_in(screen, trip)
        begin(screen)
        screen.expect("> Install Xen and the toolstack", 120)
        other.check(HANG_UP)
        assert "running" in other.check("zeus status")

        second = Screen(other)
        other.send("TERM=vt220 zeus wizard; echo wizard''-left\n")
        second.expect("Zeus installer: Installation", 120)
        second.expect("+ Make the partition of the storage repository", 120)
        second.expect("Zeus installer: Ready", 600)
        second.press("tab", "enter")
        second.expect("The countdown is stopped")
        second.press("ctrl c")
        second.expect("Leave the wizard?")
        second.press("tab", "enter")
        other.expect("wizard-left\n", 60)
        assert other.check("zeus status").startswith("state: ready-to-reboot\n")
        assert other.check("pgrep -fc 'zeus_installer wizard' || true").strip() == "0"
