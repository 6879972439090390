"""`zeus pxe serve` with the real dnsmasq and nginx, in a network of its own: what a machine gets, and what is told."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

from tests.component.lans import REPOSITORY, SERVER, Lan, ip, lan
from tests.component.pxe.serving import (
    ZEUS,
    ask,
    children,
    lease,
    make_tree,
    message,
    offers,
    post,
    public_directory,
    serving,
    zeus,
)
from zeus_installer.pxe.serving.certificate import read_fingerprint

ADDRESS = "192.0.2.9"
ERROR = {"code": "storage.disks", "message": "matches no disk\n  SAMSUNG  S1  /dev/sda", "hint": "name another"}
REFUSED = {"result": "refused", "error": ERROR}
BEGUN = {"time": "t", "run": "r", "seq": 1, "kind": "start", "path": "install/xen", "title": "Install Xen"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lan]:
    """A server, and the machine xen1."""
    with lan(tmp_path) as made:
        ip("-n", made.machine, "link", "set", "eth0", "address", "52:54:00:00:00:01")
        ip("-n", made.machine, "address", "add", f"{ADDRESS}/24", "dev", "eth0")
        yield made


@pytest.fixture
def public() -> Iterator[Path]:
    with public_directory() as directory:
        yield directory


def test_each_firmware_gets_an_address_and_its_boot_program(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public)) as served:
        bios = lease(here, "-x", "0x5d:0000")
        assert bios["ip"].startswith("192.0.2.5")
        assert (bios["bootfile"], bios["siaddr"]) == ("core.0", SERVER)
        assert lease(here, "-x", "0x5d:0007")["bootfile"] == "EFI/BOOTX64.EFI"
        by_http = lease(here, "-x", "0x5d:0010", "-V", "HTTPClient:Arch:00016")
        assert (by_http["bootfile"], by_http["vendor"]) == (f"http://{SERVER}/EFI/BOOTX64.EFI", "HTTPClient")
        for kind in ("0000", "0007"):
            ipxe = lease(here, "-x", f"0x5d:{kind}", "-x", "0x4d:69505845")
            assert ipxe["bootfile"] == f"http://{SERVER}/boot.ipxe"
        assert served.stop() == 0


def test_a_proxy_tells_what_to_boot_and_gives_no_address(here: Lan, public: Path) -> None:
    def client(kind: int, *more: bytes) -> bytes:
        name = f"PXEClient:Arch:{kind:05}:UNDI:003016".encode()
        return b"".join((bytes([60, len(name)]), name, bytes([93, 2, 0, kind]), *more))

    with serving(here, make_tree(public), dhcp=["--proxy"]):
        for kind in (7, 9):
            first, second = offers(here, ADDRESS, client(kind))
            assert (first[16:20], b"PXEClient" in first) == (bytes(4), True)
            assert b"EFI/BOOTX64.EFI" in second
        for more, program in ((b"", "core.0"), (b"\x4d\x04iPXE", f"http://{SERVER}/boot.ipxe")):
            menu = offers(here, ADDRESS, client(0, more))[1]
            # PXE's option 43: 8 are the servers of the menu's items, and 71 the item that was chosen.
            item = menu.index(b"\x08\x07") + 2
            chosen = bytes([43, 6, 71, 4]) + menu[item : item + 2] + bytes(2)
            assert program.encode() in offers(here, ADDRESS, client(0, more, chosen))[1]


def test_grub_is_for_ipxe_too_when_it_is_told_so(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public), "--loader", "grub"):
        assert lease(here, "-x", "0x5d:0000", "-x", "0x4d:69505845")["bootfile"] == "core.0"


def test_the_tree_is_served_by_http_and_tftp_and_nothing_else_is(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public)):
        lease(here, "-x", "0x5d:0007")
        assert ask(here, "busybox", "tftp", "-g", "-r", "core.0", "-l", "/dev/stdout", SERVER) == "this is core.0\n"
        get = ("curl", "-s", "--noproxy", "*")
        assert ask(here, *get, f"http://{SERVER}//EFI/BOOTX64.EFI") == "this is EFI/BOOTX64.EFI\n"
        status = (*get, "-o", "/dev/null", "-w", "%{http_code}")
        assert ask(here, *status, f"http://{SERVER}/hosts/") == "403"
        assert ask(here, *status, "-X", "PUT", f"http://{SERVER}/boot.ipxe") == "403"
        assert ask(here, *status, "--path-as-is", f"http://{SERVER}/../manifest.json") == "400"


def test_a_tree_below_a_path_and_at_another_port_is_served_there(here: Lan, public: Path) -> None:
    tree = make_tree(public, base_url=f"http://{SERVER}:8080/zeus")
    with serving(here, tree) as served:
        assert lease(here, "-x", "0x5d:0010")["bootfile"] == f"http://{SERVER}:8080/zeus/EFI/BOOTX64.EFI"
        text = ask(here, "curl", "-s", "--noproxy", "*", f"http://{SERVER}:8080/zeus/boot.ipxe")
        assert text == "this is boot.ipxe\n"
        ask(here, "curl", "-s", "--noproxy", "*", f"http://{SERVER}:8080/zeus/hosts/xen2.toml")
        served.wait_for("xen2: booting: has got hosts/xen2.toml")


def test_progress_is_told_line_by_line(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public)) as served:
        lease(here, "-x", "0x5d:0007")
        ask(here, "curl", "-s", "--noproxy", "*", f"http://{SERVER}/hosts/xen1.toml")
        served.wait_for("has got hosts/xen1.toml")
        assert post(here, message(1, "running", events=[BEGUN])) == "204"
        assert post(here, message(2, "refused", report=REFUSED)) == "204"
        assert post(here, message(1, "done", sequence=2)) == "204"
        served.wait_for("xen1: done")
        assert served.stop(signal.SIGINT) == 4
    lines = [line[9:] if line[2] == ":" else line for line in served.text.splitlines()]
    assert lines == [
        f"http://{SERVER} is served on lan0 to 2 hosts",
        "waiting for xen1 and xen2",
        "xen1: booting: has got an address",
        "xen1: booting: has got hosts/xen1.toml",
        "xen1: running: Install Xen",
        "xen2: refused",
        "  error: matches no disk",
        "    SAMSUNG  S1  /dev/sda",
        "  hint: name another",
        "xen1: done",
        "1 of 2 done, 1 failed (xen2)",
    ]


def test_json_tells_all_of_a_machine(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public), "--json") as served:
        post(here, message(2, "refused", report=REFUSED))
        served.wait_for('"refused"')
        served.stop()
    lines = [json.loads(line) for line in served.printed]
    assert [line["kind"] for line in lines] == ["note", "begin", "machine", "end"]
    del lines[2]["time"]
    assert lines[2] == {
        "kind": "machine",
        "host": "xen2",
        "serial": None,
        "macs": ["52:54:00:00:00:02"],
        "address": ADDRESS,
        "state": "refused",
        "step": None,
        "percent": None,
        "message": None,
        "error": ERROR,
        "known": True,
    }
    assert (lines[3]["summary"], len(lines[3]["machines"])) == ("0 of 2 done, 1 failed (xen2), 1 not ended", 2)


@pytest.mark.parametrize(("second", "status"), [("done", 0), ("fell-back", 4)])
def test_it_ends_when_every_host_has_ended(here: Lan, public: Path, second: str, status: int) -> None:
    with serving(here, make_tree(public), "--until-done") as served:
        post(here, message(1, "done"))
        post(here, message(2, second))
        assert served.process.wait(60) == status


def test_reports_by_https_need_the_certificate_that_the_answers_name(here: Lan, public: Path) -> None:
    pem = here.scratch / "reports.pem"
    made = zeus("pxe", "certificate", pem, "--address", SERVER)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.startswith(f'[report]\nurl = "https://{SERVER}:8443/reports"\nfingerprint = "')
    assert pem.stat().st_mode & 0o777 == 0o600
    digits = made.stdout.split('"')[3].replace(":", "").lower()
    assert digits == read_fingerprint(pem)
    tree = make_tree(public, report=made.stdout)
    with serving(here, tree, "--certificate", pem) as served:
        url = f"https://{SERVER}:8443/reports"
        assert post(here, message(1, "running"), "--cacert", str(pem), url=url) == "204"
        assert post(here, message(1, "running"), url=url) == "000"
        assert post(here, message(1, "running")) == "403"
        served.wait_for("xen1: running")


def test_reports_are_taken_from_whoever_knows_the_password(here: Lan, public: Path) -> None:
    tree = make_tree(public, report=f'[report]\nurl = "http://zeus:secret@{SERVER}/reports"\n')
    with serving(here, tree) as served:
        assert post(here, message(1, "failed")) == "401"
        assert post(here, message(1, "failed"), "--user", "zeus:wrong") == "401"
        assert post(here, message(1, "running"), "--user", "zeus:secret") == "204"
        served.stop()
        assert "secret" not in served.text
        assert "failed" not in served.text


def test_what_is_no_report_is_refused_and_changes_nothing(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public)) as served:
        assert post(here, b"{}") == "400"
        assert post(here, b"no json") == "400"
        assert post(here, b"", "-X", "GET") == "501"
        assert post(here, message(1, "running"), "-H", "Content-Length: 99999999999") == "413"
        assert served.stop() == 0
        assert served.printed[2:] == ["0 of 2 done, 2 not ended\n"]


def test_another_dhcp_server_is_warned_of(here: Lan, public: Path) -> None:
    other = here.scratch / "dnsmasq.conf"
    other.write_text(
        "port=0\ninterface=eth0\nbind-interfaces\ndhcp-range=192.0.2.100,192.0.2.110\nno-ping\nuser=root\n"
    )
    leases = f"--dhcp-leasefile={here.scratch / 'other'}"
    command = ["ip", "netns", "exec", here.machine, "dnsmasq", "--keep-in-foreground", leases, "-C", str(other)]
    with subprocess.Popen(command) as process:
        try:
            with serving(here, make_tree(public)) as served:
                served.wait_for(
                    f"warning: another DHCP server answers on lan0: {ADDRESS}; --proxy leaves the addresses to it\n"
                )
        finally:
            process.terminate()


def test_a_proxy_without_a_dhcp_server_is_warned_of(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public), dhcp=["--proxy"]) as served:
        served.wait_for("warning: no DHCP server answers on lan0: machines get no address; --dhcp-range gives them\n")


def test_a_stranger_is_shown_and_decides_nothing(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public), "--until-done") as served:
        post(here, message(9, "failed"))
        served.wait_for("52:54:00:00:00:09: failed")
        post(here, message(1, "done"))
        post(here, message(2, "done"))
        assert served.process.wait(60) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_it_is_stopped(here: Lan, public: Path, number: int) -> None:
    scratch = public / "scratch"
    scratch.mkdir(mode=0o755)
    with serving(here, make_tree(public), TMPDIR=str(scratch)) as served:
        (private,) = scratch.iterdir()
        assert set(children(served.process.pid)) >= {"dnsmasq", "nginx", "sh"}
        assert private.stat().st_mode & 0o777 == 0o711
        assert served.stop(number) == 0
    assert list(scratch.iterdir()) == []
    with serving(here, make_tree(public / "again")):
        pass


def test_nothing_is_left_when_it_is_killed(here: Lan, public: Path) -> None:
    scratch = public / "scratch"
    scratch.mkdir(mode=0o755)
    with serving(here, make_tree(public), TMPDIR=str(scratch)) as served:
        served.stop(signal.SIGKILL)
        deadline = time.monotonic() + 60
        while list(scratch.iterdir()) or ip("netns", "pids", here.server):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_an_address_is_there_for_as_long_as_it_serves(here: Lan, public: Path) -> None:
    ip("-n", here.server, "address", "flush", "dev", "lan0")
    options = ("--interface", "lan0", "--address", f"{SERVER}/24")
    with serving(here, make_tree(public), *options):
        assert f"{SERVER}/24" in ip("-n", here.server, "address", "show", "dev", "lan0")
    assert SERVER not in ip("-n", here.server, "address", "show", "dev", "lan0")


def test_a_server_that_dies_ends_it_with_the_reason(here: Lan, public: Path) -> None:
    with serving(here, make_tree(public)) as served:
        for entry in Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split():
            if Path(f"/proc/{entry}/comm").read_text() == "dnsmasq\n":
                os.kill(int(entry), signal.SIGKILL)
        assert served.process.wait(60) == 4
    assert "zeus: error: dnsmasq has ended\n" in served.text


def test_a_terminal_has_a_table_that_is_drawn_anew(here: Lan, public: Path) -> None:
    tree = make_tree(public)
    screen = pyte.Screen(100, 30)
    stream = pyte.ByteStream(screen)
    command = [*ZEUS, "pxe", "serve", str(tree), "--netns", here.server, "--dhcp-range", "192.0.2.50,192.0.2.60"]
    terminal, side = pty.openpty()
    environment = {**os.environ, "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(command, stdin=side, stdout=side, stderr=side, env=environment, cwd=REPOSITORY)
    os.close(side)

    def wait_for(text: str) -> None:
        deadline = time.monotonic() + 60
        while not any(text in line for line in screen.display):
            assert time.monotonic() < deadline, "\n".join(screen.display)
            stream.feed(os.read(terminal, 65536))

    wait_for("xen2")
    post(here, message(1, "running", events=[BEGUN, {**BEGUN, "kind": "progress", "done": 1, "total": 4}]))
    wait_for("Install Xen 25 %")
    post(here, message(2, "refused", report=REFUSED))
    wait_for("hint: name another")
    process.send_signal(signal.SIGINT)
    wait_for("1 not ended")
    assert process.wait(60) == 4
    os.close(terminal)
    assert [line.rstrip() for line in screen.display if line.strip()] == [
        f"http://{SERVER} is served on lan0 to 2 hosts",
        "HOST  MACHINE            ADDRESS    STATE    WHAT",
        f"xen1  52:54:00:00:00:01  {ADDRESS}  running  Install Xen 25 %",
        f"xen2  52:54:00:00:00:02  {ADDRESS}  refused",
        "    error: matches no disk",
        "      SAMSUNG  S1  /dev/sda",
        "    hint: name another",
        "0 of 2 done, 1 failed (xen2), 1 not ended",
    ]
