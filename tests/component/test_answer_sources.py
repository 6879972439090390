"""`zeus answers`: real servers, a real DHCP server, real volumes; what counts, what is refused, and what is said."""

import dataclasses
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.component.lans import MACHINE_NIC, Lan, ip, lan
from tests.component.loops import digest, loop_disk, make_table, run
from tests.component.web_server import Answer, make_certificate, site
from tests.lab.http import Broken, serve
from tests.unit.kickstart_texts import MACHINE
from zeus_installer.machine.model import Use
from zeus_installer.machine.replay import save

PROJECT = Path(__file__).parents[2]
ANSWERS = (
    'version = 1\n[packages]\nrepos = [{ id = "xapi", baseurl = "https://xen.lan/", gpgkey = "https://xen.lan/k" }]\n'
)
NOT_GIVEN = "not on the kernel command line"
NONE = "there are no answers for this machine, wherever they were looked for"
HINT = "give zeus.answers=https://… on the kernel command line, or a volume labelled ZEUS with answers.toml"
NAMES = ("52-54-00-00-00-0b.toml", "52-54-00-00-00-0a.toml", "S3Z8NB0K.toml")


@dataclass(frozen=True, slots=True)
class Done:
    """How the command ended, what it printed, and the attempts and the error that it told."""

    status: int
    out: str
    told: list[str]


Answers = Callable[..., Done]


def answers(*argv: str, before: tuple[str, ...] = (), **environment: str) -> Done:
    command = [*before, sys.executable, "-m", "zeus_installer", "answers", *argv]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=PROJECT, env={**os.environ, **environment}
    )
    return Done(done.returncode, done.stdout, done.stderr.splitlines())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine with a serial number and two NICs, the second of which it was booted from."""
    root = tmp_path / "root"
    files = {"dmi/id/product_serial": "S3Z 8NB/0K"}
    for name, mac in (("eno1", "52:54:00:00:00:0A"), ("eno2", "52:54:00:00:00:0b")):
        files |= {f"net/{name}/address": mac, f"net/{name}/device/vendor": "0x8086"}
    for path, text in files.items():
        (root / "sys/class" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "sys/class" / path).write_text(f"{text}\n")
    return root


@pytest.fixture
def find(root: Path) -> Answers:
    """Look for the answers of that machine, with these words on its kernel's command line."""

    def run(words: str, *options: str, patience: float = 0, **environment: str) -> Done:
        line = root / "proc/cmdline"
        line.parent.mkdir(exist_ok=True)
        line.write_text(f"quiet BOOTIF=01-52-54-00-00-00-0B {words}\n")
        return answers("find", "--root", str(root), "--patience", str(patience), *options, **environment)

    return run


def pinned(text: str = ANSWERS) -> str:
    return f"zeus.answers_sha256={hashlib.sha256(text.encode()).hexdigest()}"


# By the kernel command line


@pytest.mark.parametrize("name", NAMES)
def test_answers_by_mac_and_serial_number(find: Answers, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(ANSWERS)
    with serve(tmp_path) as url:
        found = find(f"zeus.answers={url}/ {pinned()}")
    assert found == Done(0, ANSWERS, [f"zeus.answers: {url}/{name} has answers (authenticated)"])


def test_the_nic_that_it_was_booted_from_comes_first(find: Answers, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text(ANSWERS)
    log: list[str] = []
    with serve(tmp_path, log=log) as url:
        assert find(f"zeus.answers={url} {pinned()}").status == 0
    assert log == [f"GET {NAMES[0]}"]


def test_answers_in_one_file(find: Answers, tmp_path: Path) -> None:
    (tmp_path / "all.toml").write_text(ANSWERS)
    output = tmp_path / "here.toml"
    with serve(tmp_path) as url:
        assert find(f"zeus.answers={url}/all.toml {pinned()}", "-o", str(output)).out == ""
    assert (output.read_text(), output.stat().st_mode & 0o777) == (ANSWERS, 0o600)


def test_a_server_that_has_none_for_this_machine(find: Answers, root: Path, tmp_path: Path) -> None:
    """The kernel command line named it: the medium is not looked at."""
    (root / "run/install/repo/zeus").mkdir(parents=True)
    (root / "run/install/repo/zeus/answers.toml").write_text(ANSWERS)
    log: list[str] = []
    with serve(tmp_path, log=log) as url:
        found = find(f"zeus.answers={url}/hosts/ {pinned()}")
    assert found == Done(
        2,
        "",
        [
            "zeus.answers: there are no answers for this machine; asked for:",
            "zeus: error: there are no answers for this machine; asked for:",
            *(f"  {url}/hosts/{name}" for name in NAMES),
            "hint: put the answers of this machine on the server under one of these names",
        ],
    )
    assert log == [f"GET hosts/{name}" for name in NAMES]


def test_a_server_in_trouble_is_asked_again(find: Answers, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(ANSWERS)
    log: list[str] = []
    with serve(tmp_path, faults={"a.toml": Broken()}, log=log) as url:
        found = find(f"zeus.answers={url}/a.toml {pinned()}", patience=1.5)
    assert found.status == 4
    assert found.told[-2] == f"zeus: error: {url}/a.toml: the server says 503 Service Unavailable"
    assert len(log) > 1


def test_answers_that_somebody_changed(find: Answers, tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(changed := ANSWERS + "# more\n")
    with serve(tmp_path) as url:
        found = find(f"zeus.answers={url}/a.toml {pinned()}")
    sums = [hashlib.sha256(text.encode()).hexdigest() for text in (changed, ANSWERS)]
    assert (found.status, found.out) == (2, "")
    assert found.told[1:] == [
        f"zeus: error: these are not the answers that were meant: {url}/a.toml has the checksum {sums[0]}, and "
        f"zeus.answers_sha256 is {sums[1]}",
        "hint: compare: sha256sum of the file on the server, and the kernel command line",
    ]


@pytest.mark.parametrize("word", ["zeus.answers", "zeus.answers_post"])
def test_plain_http_needs_a_checksum(find: Answers, word: str) -> None:
    found = find(f"{word}=http://me:secret@127.0.0.1:1/a.toml")
    assert found.status == 2
    assert found.told[-2:] == [
        f"zeus: error: {word}: http://127.0.0.1:1/a.toml: the answers would come over plain http: anybody on the way "
        "could change them",
        "hint: give zeus.answers_sha256=CHECKSUM on the kernel command line, or use https",
    ]


@pytest.mark.parametrize("place", ["ftp://a/", "/a.toml", "hd:sda1", "hd:LABEL=X"])
def test_what_is_no_place(find: Answers, place: str) -> None:
    found = find(f"zeus.answers={place}")
    assert found.status == 2
    assert found.told[-2].startswith("zeus: error: zeus.answers")
    assert found.told[-2].endswith((f"={place} is no place for answers", f": {place} is no place"))


@pytest.mark.parametrize(("body", "why"), [(b"a\n\xff", "byte 0xff in line 2 is not UTF-8"), (b"x" * 2_000_000, "")])
def test_what_is_no_text(find: Answers, body: bytes, why: str) -> None:
    checksum = hashlib.sha256(body).hexdigest()
    with site(Answer(body=body)) as there:
        found = find(f"zeus.answers={there.url}/a.toml zeus.answers_sha256={checksum}")
    error = f"no answers: {why}" if why else "the answer has more than 1048576 bytes"
    assert found.told[-2] == f"zeus: error: {there.url}/a.toml: {error}"


def test_a_pinned_certificate(find: Answers, tmp_path: Path) -> None:
    fingerprint = make_certificate(tmp_path / "c.pem", "DNS:install.lan")
    with site(Answer(body=ANSWERS.encode()), certificate=tmp_path / "c.pem") as there:
        found = find(f"zeus.answers={there.url}/a.toml zeus.answers_fingerprint={fingerprint}")
        assert found == Done(0, ANSWERS, [f"zeus.answers: {there.url}/a.toml has answers (authenticated)"])
        found = find(f"zeus.answers={there.url}/a.toml zeus.answers_fingerprint={'0' * 64}")
    assert (found.status, found.out) == (4, "")
    assert f"its certificate has the fingerprint {fingerprint}, wants 00:00:" in found.told[-2]


def test_a_file_of_this_system(find: Answers, root: Path) -> None:
    (root / "media").mkdir()
    (root / "media/a.toml").write_text(ANSWERS)
    (root / "media/S3Z8NB0K.toml").write_text(ANSWERS)
    assert find("zeus.answers=file:///media/a.toml").told == ["zeus.answers: /media/a.toml has answers (authenticated)"]
    assert find("zeus.answers=file:///media/").told == [
        "zeus.answers: /media/S3Z8NB0K.toml has answers (authenticated)"
    ]
    assert find("zeus.answers=file:///nowhere/").told[1:] == [
        "zeus: error: zeus.answers: file:///nowhere/: no answers for this machine there"
    ]


# Nowhere, and on the medium


def test_no_answers_anywhere(find: Answers) -> None:
    tried = [
        f"zeus.answers: {NOT_GIVEN}",
        "volume ZEUS: there is no volume labelled ZEUS",
        "DHCP option 224: not asked: that takes root",
        f"zeus.answers_post: {NOT_GIVEN}",
        "medium: no answers in /run/install/repo/zeus",
    ]
    assert find("") == Done(2, "", [*tried, f"zeus: error: {NONE}", f"hint: {HINT}"])


def test_no_answers_wanted(find: Answers) -> None:
    assert find("zeus.answers=none") == Done(
        2, "", ["zeus.answers: none are wanted", f"zeus: error: {NONE}", f"hint: {HINT}"]
    )


@pytest.mark.parametrize("name", ["answers.toml", "S3Z8NB0K.toml"])
def test_answers_on_the_medium(find: Answers, root: Path, name: str) -> None:
    (root / "run/install/repo/zeus").mkdir(parents=True)
    (root / "run/install/repo/zeus/answers.toml").write_text("version = 1\n")
    (root / "run/install/repo/zeus" / name).write_text(ANSWERS)
    found = find("")
    assert (found.status, found.out) == (0, ANSWERS)
    assert found.told[-1] == f"medium: /run/install/repo/zeus/{name} has answers (authenticated)"


def test_a_link_does_not_lead_off_the_medium(find: Answers, root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(ANSWERS)
    (root / "run/install/repo/zeus").mkdir(parents=True)
    (root / "run/install/repo/zeus/answers.toml").symlink_to(tmp_path / "secret")
    assert find("").status == 2


# By telling a server


def test_a_server_is_told_which_machine_this_is(find: Answers) -> None:
    with site(Answer(status=503), Answer(body=ANSWERS.encode())) as there:
        found = find(f"zeus.answers_post={there.url}/answers {pinned()}", patience=20)
    assert (found.status, found.out) == (0, ANSWERS)
    assert found.told[-1] == f"zeus.answers_post: {there.url}/answers has answers (authenticated)"
    first, second = there.asked
    assert (first.method, first.path, first.headers["content-type"]) == ("POST", "/answers", "application/json")
    assert first.body == second.body
    told = json.loads(first.body)
    assert set(told) == {"version", "machine", "disks", "nics", "findings"}
    assert told["machine"] == {
        "serial": "S3Z 8NB/0K",
        "uuid": None,
        "product": None,
        "manufacturer": None,
        "macs": ["52:54:00:00:00:0a", "52:54:00:00:00:0b"],
        "boot_mac": "52:54:00:00:00:0b",
        "firmware": None,
        "cpu": None,
        "threads": None,
        "memory": None,
    }
    assert [nic["mac"] for nic in told["nics"]] == ["52:54:00:00:00:0a", "52:54:00:00:00:0b"]
    assert {"id": "memory", "verdict": "unknown"}.items() <= next(
        finding for finding in told["findings"] if finding["id"] == "memory"
    ).items()


def test_what_a_server_would_be_told(root: Path) -> None:
    shown = json.loads(answers("inquiry", "--root", str(root)).out)
    assert shown["machine"]["serial"] == "S3Z 8NB/0K"
    assert answers("names", "--root", str(root)).out == "".join(f"{name}\n" for name in sorted(NAMES))


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(status=410), Answer(status=204), Answer(body=b"\n")])
def test_a_server_that_has_nothing_for_it(find: Answers, answer: Answer) -> None:
    with site(answer) as there:
        found = find(f"zeus.answers_post={there.url}/ {pinned()}")
    assert found.status == 2
    assert found.told[-2:] == [
        f"zeus: error: {there.url}/ has no answers for this machine: serial S3Z 8NB/0K, 52:54:00:00:00:0a and "
        "52:54:00:00:00:0b",
        "hint: look at the server's log: what it was sent is there",
    ]


# On a volume


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Make a disk whose only partition has a labelled file system, with files in it; gives the partition."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(kind: str, label: str, **files: str) -> str:
            number = len(list(tmp_path.glob("*.img")))
            image = tmp_path / f"{number}.img"
            device = stack.enter_context(loop_disk(image))
            make_table(device, "+")
            (partition,) = device.partitions()
            folder = tmp_path / f"files{number}"
            folder.mkdir()
            for name, text in files.items():
                (folder / f"{name}.toml").write_text(text)
            where = str(partition.path)
            if kind == "ext4":
                run("mkfs.ext4", "-q", "-L", label, "-d", str(folder), where)
            else:
                run(f"mkfs.{kind}", "-q" if kind == "xfs" else "-f", "-L", label, where)
                mount = tmp_path / f"mount{number}"
                mount.mkdir()
                run("mount", "-t", kind, where, str(mount))
                run("cp", "-r", f"{folder}/.", str(mount))
                run("umount", str(mount))
            return where

        yield make


# Without a network: sysfs shows the interfaces of whoever has mounted it.
ALONE = ("unshare", "--net", "--mount", "sh", "-c", 'mount -t sysfs none /sys && exec "$0" "$@"')


def here(words: str = "") -> Done:
    """Look on this machine, which has no link that DHCP could be asked on."""
    return answers("find", "--command-line", words, before=ALONE)


@pytest.mark.parametrize(("kind", "label"), [("ext4", "ZEUS"), ("ext4", "Zeus"), ("xfs", "zeus"), ("btrfs", "ZEUS")])
def test_answers_on_a_volume(volume: Callable[..., str], tmp_path: Path, kind: str, label: str) -> None:
    where = volume(kind, label, answers=ANSWERS)
    before = digest(tmp_path / "0.img")
    found = here()
    assert (found.status, found.out) == (0, ANSWERS)
    assert found.told == [
        f"zeus.answers: {NOT_GIVEN}",
        f"volume ZEUS: answers.toml on {where} ({label}) has answers (authenticated)",
    ]
    assert digest(tmp_path / "0.img") == before
    assert where not in Path("/proc/mounts").read_text()
    assert not list(Path("/run").glob("zeus-look-*"))


def test_a_journal_that_was_not_played_back_stays_so(volume: Callable[..., str], tmp_path: Path) -> None:
    """A medium that was pulled out: mounting it as usual would write to it."""
    where = volume("ext4", "ZEUS", answers=ANSWERS)
    run("debugfs", "-w", "-R", "feature needs_recovery", where)
    before = digest(tmp_path / "0.img")
    assert here().out == ANSWERS
    assert digest(tmp_path / "0.img") == before


def test_the_answers_of_this_machine_come_before_those_for_all(volume: Callable[..., str]) -> None:
    volume("ext4", "ZEUS", **{"answers": "version = 1\n", "52-54-00-00-00-99": ANSWERS})
    assert here("BOOTIF=01-52-54-00-00-00-99").out == ANSWERS


def test_a_volume_that_is_mounted_already(volume: Callable[..., str], tmp_path: Path) -> None:
    where = volume("ext4", "ZEUS", answers=ANSWERS)
    (tmp_path / "there").mkdir()
    run("mount", where, str(tmp_path / "there"))
    try:
        assert here().out == ANSWERS
    finally:
        run("umount", str(tmp_path / "there"))


def test_volumes_without_answers_are_passed_over(volume: Callable[..., str]) -> None:
    where = volume("ext4", "ZEUS")
    found = here()
    assert found.status == 2
    assert found.told[1] == f"volume ZEUS: {where} is labelled ZEUS, and has no answers for this machine"
    assert found.told[2] == "DHCP option 224: not asked: no NIC has a link"


def test_a_volume_that_nobody_can_read(tmp_path: Path) -> None:
    with loop_disk(tmp_path / "swap.img") as device:
        run("mkswap", "-L", "ZEUS", str(device.path))
        found = here()
    assert found.status == 2
    assert found.told[1] == f"volume ZEUS: {device.path} is labelled ZEUS, and swap is not read"


def test_two_volumes_with_answers(volume: Callable[..., str]) -> None:
    first, second = (volume("ext4", "ZEUS", answers=ANSWERS) for _ in range(2))
    found = here()
    assert found.status == 2
    assert found.told[-2:] == [
        f"zeus: error: volume ZEUS: {first} and {second} are both labelled ZEUS, and both have answers",
        "hint: take one out",
    ]


def test_a_volume_that_the_command_line_names(volume: Callable[..., str]) -> None:
    where = volume("ext4", "SETUP", one=ANSWERS, answers="version = 1\n")
    assert here("zeus.answers=hd:LABEL=SETUP:/one.toml").told == [
        f"zeus.answers: /one.toml on {where} has answers (authenticated)"
    ]
    assert here(f"zeus.answers=hd:{where}:/").out == "version = 1\n"
    assert here("zeus.answers=hd:LABEL=SETUP:/two.toml").told[1:] == [
        "zeus: error: zeus.answers: hd:LABEL=SETUP:/two.toml: no answers for this machine there"
    ]
    assert here("zeus.answers=hd:LABEL=NO:/").told[1:] == [
        "zeus: error: zeus.answers: hd:LABEL=NO:/: there is no volume of that name",
        "hint: look at the output of blkid",
    ]


# By DHCP

POOL = "--dhcp-range=192.0.2.50,192.0.2.60,1h"
OFFERED = "DHCP option 224: 192.0.2.1 names {} (on eth0)"


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path) as made:
        ip("-n", made.machine, "address", "add", "192.0.2.200/24", "dev", MACHINE_NIC)
        yield made


def in_lan(net: Lan, words: str = "") -> Done:
    inside = ("ip", "netns", "exec", net.machine)
    return answers("find", "--command-line", words, "--patience", "0", before=inside)


def serve_in_lan(net: Lan, tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "a.toml").write_text(ANSWERS)
    command = (sys.executable, "-u", "-m", "http.server", "--directory", folder, "80")
    return net.serve(*command, ready="Serving")


def test_dhcp_names_an_address(net: Lan, tmp_path: Path) -> None:
    """It is asked for without taking a lease; the checksum tells forged answers from ours."""
    log = net.dnsmasq(POOL, "--dhcp-option=224,http://192.0.2.1/a.toml")
    serve_in_lan(net, tmp_path)
    before = net.state()
    found = in_lan(net, pinned())
    assert (found.status, found.out) == (0, ANSWERS)
    assert found.told[2:] == [
        OFFERED.format("http://192.0.2.1/a.toml"),
        "DHCP option 224: http://192.0.2.1/a.toml has answers (authenticated)",
    ]
    said = log.read_text()
    assert [said.count(f"{kind}(lan0)") for kind in ("DHCPOFFER", "DHCPREQUEST", "DHCPACK")] == [1, 0, 0]
    assert (net.scratch / "leases").read_text() == ""
    assert net.state() == before


def test_what_comes_by_dhcp_is_not_authenticated(net: Lan, tmp_path: Path) -> None:
    make_certificate(tmp_path / "c.pem", "IP:192.0.2.1")
    net.dnsmasq(POOL, "--dhcp-option=224,https://192.0.2.1/a.toml")
    net.serve(sys.executable, "-u", "-c", _TLS, tmp_path / "c.pem", ANSWERS, ready="ready")
    inside = ("ip", "netns", "exec", net.machine)
    found = answers("find", "--command-line", "", before=inside, SSL_CERT_FILE=str(tmp_path / "c.crt"))
    assert (found.status, found.out) == (0, ANSWERS)
    assert found.told[-1] == "DHCP option 224: https://192.0.2.1/a.toml has answers (not authenticated)"


_TLS = """
import http.server, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = sys.argv[2].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
server = http.server.ThreadingHTTPServer(("", 443), Handler)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(sys.argv[1])
server.socket = tls.wrap_socket(server.socket, server_side=True)
print("ready")
server.serve_forever()
"""


def test_plain_http_by_dhcp_needs_a_checksum(net: Lan) -> None:
    net.dnsmasq(POOL, "--dhcp-option=224,http://192.0.2.1/a.toml")
    found = in_lan(net)
    assert found.status == 2
    assert found.told[-2].startswith("zeus: error: DHCP option 224: http://192.0.2.1/a.toml: the answers would come")


@pytest.mark.parametrize("option", ["224,/etc/passwd", "224,file:///etc/passwd", "224,1.2.3.4", "224,hd:LABEL=X:/"])
def test_dhcp_can_name_a_web_address_and_nothing_else(net: Lan, option: str) -> None:
    net.dnsmasq(POOL, f"--dhcp-option={option}")
    found = in_lan(net)
    assert found.status == 2
    assert found.told[-2:] == [
        "zeus: error: DHCP option 224 of 192.0.2.1, on eth0, is no web address",
        "hint: let the server send https://HOST/PATH/ and nothing else, or not send it",
    ]


def test_a_dhcp_server_that_names_none(net: Lan) -> None:
    net.dnsmasq(POOL)
    found = in_lan(net)
    assert found.status == 2
    assert found.told[2] == "DHCP option 224: 192.0.2.1 offers no option 224 (asked on eth0)"


def test_the_second_nic_names_one(net: Lan) -> None:
    net.plug("eth1", "lan1")
    ip("-n", net.server, "address", "add", "198.51.100.1/24", "dev", "lan1")
    net.dnsmasq("--interface=lan1", "--dhcp-range=198.51.100.50,198.51.100.60", "--dhcp-option=224,http://a/")
    found = in_lan(net)
    assert found.told[2] == "DHCP option 224: 198.51.100.1 names http://a/ (on eth1)"


# What the installer's script makes of them

WIPE = ANSWERS + '[storage]\nwipe = "listed-disks"\ndisks = [{ serial = "DATA" }]\n'
UNSIGNED = ANSWERS + "allow_unsigned = true\n"
REFUSED = 'storage.wipe is "listed-disks", and nobody vouches for these answers: https://192.0.2.1/a.toml came by DHCP'
PIN = (
    "hint: give zeus.answers_sha256= or zeus.answers_fingerprint= on the kernel command line: answers that anybody "
    "could have forged may destroy nothing"
)
# In a system whose kernel was started with other words, and in which nothing outlives the test.
IN_INSTALLER = 'mount -t tmpfs none /run && mount --bind "$0" /proc/cmdline && exec "$@"'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WIPE, f"{REFUSED}\n{PIN}\n"),
        # dom0's disk is not empty.
        (UNSIGNED + '[storage]\ndisks = [{ serial = "DATA" }]\n', f"  is not empty\n{PIN}\n"),
    ],
)
def test_answers_that_anybody_could_have_forged_destroy_nothing(net: Lan, tmp_path: Path, text: str, said: str) -> None:
    make_certificate(tmp_path / "c.pem", "IP:192.0.2.1")
    net.dnsmasq(POOL, "--dhcp-option=224,https://192.0.2.1/a.toml")
    net.serve(sys.executable, "-u", "-c", _TLS, tmp_path / "c.pem", text, ready="ready")
    (tmp_path / "cmdline").write_text("zeus.unattended\n")
    used = dataclasses.replace(MACHINE.disks[0], table="gpt", uses=(Use(kind="filesystem", name="ext4"),))
    save(dataclasses.replace(MACHINE, disks=(used, MACHINE.disks[1])), tmp_path / "machine.json")
    done = subprocess.run(
        [
            *("ip", "netns", "exec", net.machine, "unshare", "--mount"),
            *("sh", "-c", IN_INSTALLER, tmp_path / "cmdline"),
            *(sys.executable, "-m", "zeus_installer.kickstart.prepare", "--answers", "auto", "--unattended"),
            *("--machine", tmp_path / "machine.json", "--system-disk", '{ serial = "SYS" }'),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**os.environ, "SSL_CERT_FILE": str(tmp_path / "c.crt")},
    )
    assert (done.returncode, done.stderr) == (3, "")
    assert done.stdout.endswith(said)
