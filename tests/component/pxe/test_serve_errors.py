"""What `zeus pxe serve` and `zeus pxe certificate` refuse, and how they say it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.component.lans import SERVER, Lan, ip, lan
from tests.component.pxe.serving import RANGE, make_tree, public_directory, serving, zeus
from zeus_installer.__main__ import main
from zeus_installer.pxe.serving import servers

OTHER_REPORT = '[report]\nurl = "https://fleet.example.org/reports"\n'


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path) as made:
        yield made


@pytest.fixture
def public() -> Iterator[Path]:
    with public_directory() as directory:
        yield directory


def refused(here: Lan, tree: Path, *options: str | Path, dhcp: str = RANGE) -> tuple[int, str]:
    """Serve what cannot be served; gives the exit status and what is said."""
    done = zeus("pxe", "serve", tree, "--netns", here.server, "--dhcp-range", dhcp, *options)
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_who_gives_addresses_must_be_said(public: Path) -> None:
    hint = "hint: --dhcp-range FIRST,LAST on a network without a DHCP server, --proxy on one that has one\n"
    done = zeus("pxe", "serve", make_tree(public))
    assert done.returncode == 2
    assert done.stderr == f"zeus: error: who gives the machines their addresses is not said\n{hint}"
    done = zeus("pxe", "serve", public / "tree", "--proxy", "--dhcp-range", RANGE)
    assert done.returncode == 2
    assert done.stderr == f"zeus: error: --proxy gives no addresses\n{hint}"


def test_a_directory_that_was_not_rendered_is_refused(here: Lan, public: Path) -> None:
    hint = "hint: zeus pxe render makes one\n"
    missing = public / "missing"
    assert refused(here, missing) == (2, f"zeus: error: {missing} is not a directory\n{hint}")
    text = f"zeus: error: {public} is no rendered tree: it has no manifest.json\n{hint}"
    assert refused(here, public) == (2, text)
    (public / "manifest.json").write_text('{"version": 7}')
    text = f"zeus: error: {public}/manifest.json is not of this version of Zeus\n{hint}"
    assert refused(here, public) == (2, text)


def test_a_tree_that_the_servers_cannot_read_is_refused(here: Lan, public: Path) -> None:
    tree = make_tree(public)
    secret = tree / "hosts/xen2.toml"
    secret.chmod(0o600)
    assert refused(here, tree) == (
        2,
        f"zeus: error: {secret} cannot be read by nobody, as whom the servers run\n"
        f"hint: chmod o+r {secret}, or put the tree elsewhere, below /srv say\n",
    )
    secret.unlink()
    secret.symlink_to("nowhere")
    text = f"zeus: error: {secret}: no such file or directory\nhint: zeus pxe render makes one\n"
    assert refused(here, tree) == (2, text)


@pytest.mark.parametrize(
    ("url", "message", "hint"),
    [
        (
            "http://192.0.2.7",
            "the tree was rendered for 192.0.2.7, which is not an address of this machine: 192.0.2.1/24 (lan0)",
            "render it for the address that it is served at, or give the interface that one: --address 192.0.2.7/24",
        ),
        (
            "http://pxe.example.org",
            "the tree was rendered for pxe.example.org, which is no IPv4 address",
            "machines that boot cannot look names up here: render it with the address that it is served at",
        ),
        ("https://192.0.2.1", "https://192.0.2.1: a bench is served by http", "render it with http://…"),
    ],
)
def test_a_tree_for_another_place_is_refused(here: Lan, public: Path, url: str, message: str, hint: str) -> None:
    ip("-n", here.server, "address", "delete", "127.0.0.1/8", "dev", "lo")
    assert refused(here, make_tree(public, base_url=url)) == (2, f"zeus: error: {message}\nhint: {hint}\n")


def test_an_interface_or_a_namespace_that_is_not_there_is_refused(here: Lan, public: Path) -> None:
    tree = make_tree(public)
    text = "zeus: error: there is no interface eth7\nhint: ip link lists them\n"
    assert refused(here, tree, "--interface", "eth7") == (2, text)
    status, text = refused(here, tree, "--netns", "nowhere")
    assert (status, text.splitlines()[0]) == (2, "zeus: error: there is no network namespace nowhere")
    assert here.server in text


def test_an_interface_without_an_address_is_refused(here: Lan, public: Path) -> None:
    ip("-n", here.server, "-4", "address", "flush", "dev", "lan0")
    assert refused(here, make_tree(public), "--interface", "lan0") == (
        2,
        "zeus: error: the interface lan0 has no IPv4 address\n"
        "hint: ip address add 192.0.2.1/24 dev lan0 gives it one, or --address 192.0.2.1/24 while it is served\n",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing", "nothing is no range of addresses\nhint: write it like 192.0.2.128,192.0.2.254"),
        ("192.0.2.9,10.0.0.1", "10.0.0.1 is not in 192.0.2.0/24, the network of lan0"),
        ("192.0.2.9,192.0.2.8", "the range 192.0.2.9 to 192.0.2.8 ends before it begins"),
        ("192.0.2.1,192.0.2.8", "the range 192.0.2.1 to 192.0.2.8 has 192.0.2.1, the address of this server"),
    ],
)
def test_a_range_that_cannot_be_given_is_refused(here: Lan, public: Path, text: str, said: str) -> None:
    assert refused(here, make_tree(public), dhcp=text) == (2, f"zeus: error: {said}\n")


def test_a_port_that_is_in_use_is_named(here: Lan, public: Path) -> None:
    tree = make_tree(public)
    with serving(here, tree):
        status, said = refused(here, tree)
    assert status == 3
    assert said.startswith("zeus: error: nginx cannot listen: ")
    assert "bind() to 192.0.2.1:80 failed (98: Address already in use)" in said
    assert said.splitlines()[-1] == (
        "hint: another server has the port: ss -lntup names it; serve on another interface, or in a namespace (--netns)"
    )


def test_another_dhcp_server_on_this_machine_is_named(here: Lan, public: Path) -> None:
    program = (
        "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.bind(('', 67)); print('up', flush=True); input()"
    )
    here.serve("sh", "-c", f'sleep 600 | {sys.executable} -c "{program}"', ready="up")
    status, said = refused(here, make_tree(public))
    assert status == 3
    assert said.startswith("zeus: error: dnsmasq cannot listen: ")


@pytest.mark.parametrize(("name", "package"), [("dnsmasq", "dnsmasq"), ("nginx", "nginx")])
def test_a_program_that_is_missing_is_named_with_its_package(
    public: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, package: str
) -> None:
    programs = public / "bin"
    programs.mkdir()
    for other in {"dnsmasq", "nginx", "ip"} - {name}:
        (programs / other).symlink_to("/bin/true")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setattr(servers, "_PATH", "")
    assert main(["pxe", "serve", str(make_tree(public)), "--proxy"]) == 3
    assert capsys.readouterr().err == (
        f"zeus: error: {name} is not installed\nhint: dnf install {package} (or apt install {package}) brings it\n"
    )


def test_root_is_needed(public: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert main(["pxe", "serve", str(make_tree(public)), "--proxy"]) == 2
    assert capsys.readouterr().err == (
        "zeus: error: zeus pxe serve has to answer DHCP, and needs root\nhint: use sudo\n"
    )


def report(fingerprint: str = "") -> str:
    pin = f'fingerprint = "{fingerprint}"\n' if fingerprint else ""
    return f'[report]\nurl = "https://{SERVER}:8443/reports"\n{pin}'


def test_reports_by_https_without_a_certificate_are_refused(here: Lan, public: Path) -> None:
    assert refused(here, make_tree(public, report=report())) == (
        2,
        "zeus: error: the machines report by https, and there is no certificate for it\n"
        "hint: --certificate FILE; zeus pxe certificate FILE --address 192.0.2.1 makes one, and says what to write "
        "into [report]\n",
    )
    pem = here.scratch / "reports.pem"
    text = f"zeus: error: {pem} has no certificate with its key\nhint: zeus pxe certificate {pem} makes one\n"
    assert refused(here, public / "tree", "--certificate", pem) == (2, text)


def test_answers_that_want_another_certificate_are_refused(here: Lan, public: Path) -> None:
    pem = here.scratch / "reports.pem"
    fingerprint = zeus("pxe", "certificate", pem, "--address", SERVER).stdout.split('"')[3]
    assert refused(here, make_tree(public, report=report("AB" * 32)), "--certificate", pem) == (
        2,
        f"zeus: error: the answers want another certificate for reports than the one in {pem}\n"
        f'hint: render the tree with [report] fingerprint = "{fingerprint}"\n',
    )
    done = zeus("pxe", "certificate", pem, "--address", SERVER)
    text = f"zeus: error: {pem} is there already\nhint: name another file, or remove it\n"
    assert (done.returncode, done.stderr) == (2, text)


@pytest.mark.parametrize(
    ("given", "note"),
    [
        ("", "the machines send no reports: [report] in the answers names a server; only what they fetch is shown"),
        (OTHER_REPORT, "the machines report to another server; only what they fetch is shown"),
    ],
)
def test_machines_that_report_elsewhere_are_served_and_that_is_said(
    here: Lan, public: Path, given: str, note: str
) -> None:
    with serving(here, make_tree(public, report=given)) as served:
        served.wait_for(note)
