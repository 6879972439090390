"""The lab's xapi over its real sockets, asked by the real SDK; the machine below it is only written down."""

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import XenAPI

from tests.lab.xapi import faults, networkd, resources

REPOSITORY = Path(__file__).parents[2]
HOST_UUID = "1c0ffee0-0000-0000-0000-000000000001"
DOM0_UUID = "1c0ffee0-0000-0000-0000-0000000000d0"
INVENTORY = {
    "INSTALLATION_UUID": HOST_UUID,
    "CONTROL_DOMAIN_UUID": DOM0_UUID,
    "MANAGEMENT_INTERFACE": "",
    "MANAGEMENT_ADDRESS_TYPE": "IPv4",
    "BUILD_NUMBER": "42",
    "PRODUCT_VERSION": "9.0",
}
# crypt(3) of "secret", made by: openssl passwd -6 -salt lab secret
ROOT_SHADOW = subprocess.run(
    ["openssl", "passwd", "-6", "-salt", "lab", "secret"], capture_output=True, text=True, check=True
).stdout.strip()


class Server:
    """A lab xapi below a root of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.process: subprocess.Popen[str] | None = None
        self.port = free_port()

    def write(self, name: str, content: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def write_inventory(self, values: Mapping[str, str]) -> None:
        self.write("etc/xensource-inventory", "".join(f"{key}='{value}'\n" for key, value in values.items()))

    def inventory(self) -> dict[str, str]:
        lines = (self.root / "etc/xensource-inventory").read_text().splitlines()
        return {key: value.strip("'") for key, _, value in (line.partition("=") for line in lines)}

    def order(self, **kinds: Any) -> None:
        """Order faults."""
        self.write("etc/xapi-lab-faults.json", json.dumps(kinds))

    def command(self) -> list[str]:
        own = ["--root", str(self.root), "--machine-effects", "none", "--auth", "shadow"]
        net = ["--https-port", str(self.port), "--https-address", "127.0.0.1", "--bad-password-delay", "0"]
        return [sys.executable, "-m", "tests.lab.xapi.main", *own, *net]

    def start(self) -> None:
        self.process = subprocess.Popen(self.command(), cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: self.answers() or self.process.poll() is not None)  # type: ignore[union-attr]

    def stop(self, number: int = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(number)
        self.process.communicate(timeout=10)
        return self.process.returncode

    def restart(self) -> None:
        self.stop()
        self.start()

    def answers(self) -> bool:
        try:
            self.call("session.login_with_password", "root", "")
        except (OSError, XenAPI.Failure):
            return False
        return True

    def proxy(self) -> XenAPI.Session:
        url = "http://" + str(self.root / "var/lib/xcp/xapi").replace("/", "_")
        return XenAPI.Session(url, transport=XenAPI.XenAPI.UDSTransport())

    def session(self) -> XenAPI.Session:
        session = self.proxy()
        session.login_with_password("root", "")
        return session

    def call(self, method: str, *params: Any) -> Any:
        """One call as it stands, without the SDK's session."""
        answer = getattr(self.proxy(), method)(*params)
        if answer["Status"] == "Success":
            return answer["Value"]
        raise XenAPI.Failure(answer["ErrorDescription"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.05)


@contextmanager
def failing(*description: str) -> Iterator[None]:
    with pytest.raises(XenAPI.Failure) as caught:
        yield
    assert caught.value.details == list(description)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a complete root, not started. Its path has no "_": the SDK's socket URL has no way to say one."""
    with tempfile.TemporaryDirectory(prefix="labxapi-") as scratch:
        root = Path(scratch) / "root"
        root = Path(scratch.replace("_", "-")) / "root" if "_" in scratch else root
        made = Server(root)
        furnish(made)
        yield made
        if made.process and made.process.poll() is None:
            made.stop()


def furnish(server: Server) -> None:
    """Put what xapi checks for into the root."""
    for place in (*resources.EXECUTABLES.values(), *resources.FILES.values()):
        server.write(place.lstrip("/") if place.startswith("/") else f"usr/bin/{place}", "")
    for place in resources.DIRECTORIES.values():
        (server.root / place.lstrip("/")).mkdir(parents=True, exist_ok=True)
    server.write_inventory(INVENTORY)
    server.write("etc/shadow", f"daemon:*:1::::::\nroot:{ROOT_SHADOW}:1::::::\n")


@pytest.fixture
def running(server: Server) -> Server:
    server.start()
    return server


@pytest.fixture
def xenapi(running: Server) -> Any:
    return running.session().xenapi


@pytest.fixture
def disk(running: Server) -> str:
    running.write("disk", "")
    return str(running.root / "disk")


def create_sr(xenapi: Any, config: Mapping[str, str], *, type_: str = "ext") -> str:
    host = xenapi.host.get_all()[0]
    ref: str = xenapi.SR.create(host, config, "0", "Local storage", "", type_, "user", False, {})
    return ref


# Identity and start


def test_host_and_dom0_are_those_of_the_inventory(xenapi: Any) -> None:
    host = xenapi.host.get_by_uuid(HOST_UUID)
    record = xenapi.host.get_record(host)
    assert xenapi.VM.get_uuid(record["control_domain"]) == DOM0_UUID
    assert record["software_version"]["build_number"] == "42"
    assert xenapi.pool.get_master(xenapi.pool.get_all()[0]) == host


@pytest.mark.parametrize("key", ["INSTALLATION_UUID", "CONTROL_DOMAIN_UUID", "MANAGEMENT_ADDRESS_TYPE", "BUILD_NUMBER"])
def test_a_missing_inventory_key_refuses_the_start(server: Server, key: str) -> None:
    server.write_inventory({name: value for name, value in INVENTORY.items() if name != key})
    ended = subprocess.run(server.command(), cwd=REPOSITORY, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr == f"xapi: Missing inventory key: {key} (in {server.root}/etc/xensource-inventory)\n"


def test_another_hosts_database_refuses_the_start(running: Server) -> None:
    running.stop()
    other = HOST_UUID.replace("c0ffee", "decade")
    running.write_inventory({**INVENTORY, "INSTALLATION_UUID": other})
    ended = subprocess.run(running.command(), cwd=REPOSITORY, capture_output=True, text=True)
    said = f"xapi: the database is that of host {HOST_UUID}, the inventory says INSTALLATION_UUID='{other}'\n"
    assert (ended.returncode, ended.stderr) == (1, said)


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("usr/bin/vhd-tool", "vhd-tool (vhd-tool)"),
        ("etc/xensource/pool.conf", "pool_config_file (/etc/xensource/pool.conf)"),
        ("opt/xensource/www", "web-dir (/opt/xensource/www)"),
    ],
)
def test_a_missing_resource_refuses_the_start(server: Server, place: str, name: str) -> None:
    path = server.root / place
    path.rmdir() if path.is_dir() else path.unlink()
    ended = subprocess.run(server.command(), cwd=REPOSITORY, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"xapi: Cannot access {name}. Please either add to /etc/xapi.conf a line ")


def test_a_resource_can_be_moved_in_the_configuration(server: Server) -> None:
    (server.root / "usr/bin/vhd-tool").rename(server.root / "usr/bin/elsewhere")
    server.write("etc/xapi.conf.d/lab.conf", "# moved\nvhd-tool = /usr/bin/elsewhere\n")
    server.start()
    assert server.answers()


def test_cookies_and_enabled_come_by_themselves(server: Server) -> None:
    server.order(enable_delay=0.5)
    server.start()
    assert (server.root / "var/run/xapi_startup.cookie").exists()
    wait_until((server.root / "var/run/xapi_init_complete.cookie").exists)
    xenapi = server.session().xenapi
    host = xenapi.host.get_all()[0]
    wait_until(lambda: xenapi.host.get_enabled(host))


def test_an_interface_without_address_is_waited_for(server: Server) -> None:
    server.write_inventory({**INVENTORY, "MANAGEMENT_INTERFACE": "xenbr0"})
    server.start()
    xenapi = server.session().xenapi
    host = xenapi.host.get_all()[0]
    wait_until(lambda: xenapi.host.get_enabled(host))
    assert not (server.root / "var/run/xapi_init_complete.cookie").exists()
    xenapi.PIF.scan(host)
    (pif,) = [ref for ref, pif in xenapi.PIF.get_all_records().items() if pif["device"] == "eth0"]
    assert xenapi.PIF.get_management(pif)
    xenapi.PIF.reconfigure_ip(pif, "DHCP", "", "", "", "")
    wait_until((server.root / "var/run/xapi_init_complete.cookie").exists)


def test_only_root_can_open_the_socket(running: Server) -> None:
    assert (running.root / "var/lib/xcp/xapi").stat().st_mode & 0o777 == 0o600


# The wire


def test_ints_travel_as_digits_and_void_as_nothing(running: Server, disk: str) -> None:
    session = running.call("session.login_with_password", "root", "")
    sr = create_sr(running.session().xenapi, {"device": disk})
    assert running.call("SR.get_physical_size", session, sr) == str(8 << 30)
    assert running.call("SR.set_name_label", session, sr, "new") == ""
    assert isinstance(
        running.call("host.get_servertime", session, running.call("host.get_all", session)[0]), xmlrpc.client.DateTime
    )


def test_both_paths_and_no_other(running: Server) -> None:
    assert post(running, "/RPC2", b"") == 500
    assert post(running, "/elsewhere", b"") == 404


def test_what_is_no_xml_is_a_server_error(running: Server) -> None:
    assert post(running, "/", b"<methodCall><nonsense") == 500


def post(server: Server, path: str, body: bytes) -> int:
    connection = XenAPI.XenAPI.UDSHTTPConnection(str(server.root / "var/lib/xcp/xapi").replace("/", "_"))
    connection.request("POST", path, body)
    return int(connection.getresponse().status)


def test_arity_is_checked(xenapi: Any) -> None:
    host = xenapi.host.get_all()[0]
    with failing("MESSAGE_PARAMETER_COUNT_MISMATCH", "PIF.scan", "1", "0"):
        xenapi.PIF.scan()
    with failing("MESSAGE_PARAMETER_COUNT_MISMATCH", "PIF.scan", "1", "2"):
        xenapi.PIF.scan(host, host)
    with failing("MESSAGE_PARAMETER_COUNT_MISMATCH", "SR.create", "8", "2"):
        xenapi.SR.create(host, {})


def test_methods_with_optional_parameters_take_fewer_and_more(running: Server) -> None:
    assert running.call("session.login_with_password", "root", "", "1.0", "tests", "surplus").startswith("OpaqueRef:")


def test_types_are_checked(xenapi: Any) -> None:
    host = xenapi.host.get_all()[0]
    with failing("FIELD_TYPE_ERROR", "physical_size"):
        xenapi.SR.create(host, {}, 0, "", "", "ext", "user", False, {})
    with failing("FIELD_TYPE_ERROR", "shared"):
        xenapi.SR.create(host, {}, "0", "", "", "ext", "user", "false", {})
    with failing("FIELD_TYPE_ERROR", "device_config"):
        xenapi.SR.create(host, {"device": True}, "0", "", "", "ext", "user", False, {})
    with failing("FIELD_TYPE_ERROR", "value"):
        xenapi.host.set_name_label(host, None)
    with failing("FIELD_TYPE_ERROR", "name_description"):
        xenapi.network.create({"name_label": "n", "name_description": [], "other_config": {}})
    with failing("FIELD_TYPE_ERROR", "other_config"):
        xenapi.network.create({"name_label": "n"})


def test_enums_are_checked(xenapi: Any) -> None:
    pif = scanned(xenapi)["eth0"]
    with failing("INVALID_VALUE", "mode", "dhcp"):
        xenapi.PIF.reconfigure_ip(pif, "dhcp", "", "", "", "")


def test_handles_uuids_and_names_are_checked(xenapi: Any) -> None:
    host, pool = xenapi.host.get_all()[0], xenapi.pool.get_all()[0]
    with failing("HANDLE_INVALID", "PIF", host):
        xenapi.PIF.plug(host)
    with failing("HANDLE_INVALID", "SR", "OpaqueRef:gone"):
        xenapi.pool.set_default_SR(pool, "OpaqueRef:gone")
    xenapi.pool.set_default_SR(pool, "OpaqueRef:NULL")
    with failing("UUID_INVALID", "SR", "nothing"):
        xenapi.SR.get_by_uuid("nothing")
    with failing("MESSAGE_METHOD_UNKNOWN", "SR.frobnicate"):
        xenapi.SR.frobnicate()
    with failing("MESSAGE_METHOD_UNKNOWN", "Async.session.logout"):
        xenapi.Async.session.logout()
    with failing("NOT_IMPLEMENTED", "pool.eject"):
        xenapi.pool.eject(host)


def test_the_other_spelling_of_a_method_is_taken(running: Server) -> None:
    session = running.call("session_login_with_password", "root", "")
    assert len(running.call("host_get_all", session)) == 1


# Sessions


def test_a_session_ends_with_its_logout_and_with_the_server(running: Server) -> None:
    kept = running.call("session.login_with_password", "root", "")
    ended = running.call("session.login_with_password", "root", "")
    running.call("session.logout", ended)
    with failing("SESSION_INVALID", ended):
        running.call("host.get_all", ended)
    running.restart()
    with failing("SESSION_INVALID", kept):
        running.call("host.get_all", kept)


# Fields


def test_maps_and_sets_have_their_own_setters(xenapi: Any) -> None:
    host = xenapi.host.get_all()[0]
    xenapi.host.add_to_other_config(host, "multipathhandle", "dmp")
    with failing("MAP_DUPLICATE_KEY", "host", "other_config", HOST_UUID, "multipathhandle"):
        xenapi.host.add_to_other_config(host, "multipathhandle", "dmp")
    xenapi.host.remove_from_other_config(host, "multipathhandle")
    xenapi.host.remove_from_other_config(host, "multipathhandle")
    assert "multipathhandle" not in xenapi.host.get_other_config(host)
    xenapi.host.add_tags(host, "lab")
    xenapi.host.add_tags(host, "lab")
    assert xenapi.host.get_tags(host) == ["lab"]


def test_what_was_set_survives_a_restart_and_a_kill(running: Server) -> None:
    xenapi = running.session().xenapi
    xenapi.host.set_name_label(xenapi.host.get_all()[0], "xen1")
    running.stop(signal.SIGKILL)
    running.start()
    xenapi = running.session().xenapi
    assert xenapi.host.get_by_name_label("xen1") == xenapi.host.get_all()


def test_a_network_is_made_from_a_record(xenapi: Any) -> None:
    ref = xenapi.network.create({"name_label": "guests", "other_config": {}})
    assert xenapi.network.get_bridge(ref) == "xapi0"
    assert xenapi.network.get_MTU(ref) == "1500"
    with failing("INVALID_VALUE", "bridge", "xenbr7"):
        xenapi.network.create({"name_label": "guests", "bridge": "xenbr7", "other_config": {}})
    xenapi.network.destroy(ref)
    with failing("HANDLE_INVALID", "network", ref):
        xenapi.network.get_uuid(ref)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "hostname empty"),
        ("a" * 256, "hostname is too long"),
        ("under_score", "hostname contains invalid characters"),
        ("-dash", "hostname contains invalid characters"),
    ],
)
def test_bad_hostnames_are_refused(xenapi: Any, name: str, reason: str) -> None:
    with failing("HOST_NAME_INVALID", reason):
        xenapi.host.set_hostname_live(xenapi.host.get_all()[0], name)


def test_a_hostname_is_written(running: Server) -> None:
    xenapi = running.session().xenapi
    xenapi.host.set_hostname_live(xenapi.host.get_all()[0], "xen1.example.org")
    assert (running.root / "etc/hostname").read_text() == "xen1.example.org\n"


# Tasks and events


def finished(xenapi: Any, task: str) -> dict[str, Any]:
    wait_until(lambda: xenapi.task.get_status(task) != "pending")
    record: dict[str, Any] = xenapi.task.get_record(task)
    return record


def test_a_task_ends_with_its_result(xenapi: Any, disk: str) -> None:
    host = xenapi.host.get_all()[0]
    asynchronous = xenapi.Async
    record = finished(xenapi, asynchronous.SR.create(host, {"device": disk}, "0", "s", "", "lvm", "user", False, {}))
    assert record["status"] == "success"
    assert record["result"] == f"<value>{xenapi.SR.get_by_name_label('s')[0]}</value>"
    record = finished(xenapi, asynchronous.PIF.scan(host))
    assert (record["status"], record["result"]) == ("success", "")


def test_a_task_ends_with_its_error(xenapi: Any) -> None:
    host = xenapi.host.get_all()[0]
    task = xenapi.Async.SR.create(host, {}, "0", "s", "", "nfs4", "user", False, {})
    record = finished(xenapi, task)
    assert (record["status"], record["error_info"]) == ("failure", ["SR_UNKNOWN_DRIVER", "nfs4"])
    with failing("OPERATION_NOT_ALLOWED", "the task cannot be cancelled"):
        xenapi.task.cancel(task)
    xenapi.task.destroy(task)
    with failing("HANDLE_INVALID", "task", task):
        xenapi.task.get_status(task)


def test_events_tell_what_changed_since_the_token(running: Server) -> None:
    xenapi = running.session().xenapi
    event_from = getattr(xenapi.event, "from")
    first = event_from(["host"], "", 5.0)
    (event,) = first["events"]
    assert (event["class"], event["operation"], event["snapshot"]["uuid"]) == ("host", "add", HOST_UUID)
    assert first["valid_ref_counts"] == {"host": "1"}
    xenapi.host.set_name_label(event["ref"], "xen1")
    changed = event_from(["host", "task"], first["token"], 5.0)
    assert [(one["operation"], one["snapshot"]["name_label"]) for one in changed["events"]] == [("mod", "xen1")]
    assert event_from(["pool"], changed["token"], 0.1)["events"] == []


def test_events_of_one_task_end_a_wait(xenapi: Any) -> None:
    task = xenapi.task.create("lab", "")
    token = getattr(xenapi.event, "from")([f"task/{task}"], "", 5.0)["token"]
    xenapi.task.set_status(task, "success")
    (event,) = getattr(xenapi.event, "from")([f"task/{task}"], token, 30.0)["events"]
    assert event["snapshot"]["status"] == "success"
    token = getattr(xenapi.event, "from")([f"task/{task}"], "", 5.0)["token"]
    xenapi.task.destroy(task)
    (event,) = getattr(xenapi.event, "from")(["task"], token, 30.0)["events"]
    assert (event["operation"], event["ref"]) == ("del", task)


def test_bad_tokens_and_subscriptions_are_refused(xenapi: Any) -> None:
    with failing("EVENT_FROM_TOKEN_PARSE_FAILURE", "soon"):
        getattr(xenapi.event, "from")(["*"], "soon", 0.0)
    with failing("EVENT_SUBSCRIPTION_PARSE_FAILURE", "hosts"):
        getattr(xenapi.event, "from")(["hosts"], "", 0.0)


# Network


def scanned(xenapi: Any) -> dict[str, str]:
    """The PIFs by device."""
    xenapi.PIF.scan(xenapi.host.get_all()[0])
    return {pif["device"]: ref for ref, pif in xenapi.PIF.get_all_records().items()}


def test_a_scan_finds_each_interface_once(xenapi: Any) -> None:
    scanned(xenapi)
    pifs = scanned(xenapi)
    assert sorted(pifs) == ["enp2s0", "eth0"]
    networks = {device: xenapi.network.get_record(xenapi.PIF.get_network(ref)) for device, ref in pifs.items()}
    assert networks["eth0"]["bridge"] == "xenbr0"
    assert networks["eth0"]["name_label"] == "Pool-wide network associated with eth0"
    assert networks["enp2s0"]["bridge"] == "brenp2s0"
    assert xenapi.PIF.get_VLAN(pifs["eth0"]) == "-1"
    assert xenapi.PIF_metrics.get_carrier(xenapi.PIF.get_metrics(pifs["enp2s0"])) is False


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("", "255.255.255.0", "", ""), "IP"),
        (("192.0.2.300", "255.255.255.0", "", ""), "IP"),
        (("192.0.2.10", "", "", ""), "netmask"),
        (("192.0.2.10", "255.255.255.0", "gateway", ""), "gateway"),
        (("192.0.2.10", "255.255.255.0", "", "192.0.2.53,dns"), "DNS"),
    ],
)
def test_static_addresses_are_checked(xenapi: Any, arguments: tuple[str, ...], wrong: str) -> None:
    with failing("INVALID_IP_ADDRESS_SPECIFIED", wrong):
        xenapi.PIF.reconfigure_ip(scanned(xenapi)["eth0"], "Static", *arguments)


def test_management_wants_an_address_mode(xenapi: Any) -> None:
    pif = scanned(xenapi)["eth0"]
    with failing("PIF_HAS_NO_NETWORK_CONFIGURATION", pif):
        xenapi.host.management_reconfigure(pif)


def test_management_is_written_down_and_outlives_a_restart(running: Server) -> None:
    xenapi = running.session().xenapi
    pif = managed(xenapi)
    assert running.inventory()["MANAGEMENT_INTERFACE"] == "xenbr0"
    assert running.inventory()["INSTALLATION_UUID"] == HOST_UUID
    assert xenapi.host.get_address(xenapi.host.get_all()[0]) == "127.0.0.1"
    assert xenapi.host.get_management_interface(xenapi.host.get_all()[0]) == pif
    record = xenapi.PIF.get_record(pif)
    assert (record["management"], record["currently_attached"], record["IP"]) == (True, True, "127.0.0.1")
    with failing("PIF_IS_MANAGEMENT_INTERFACE", pif):
        xenapi.PIF.reconfigure_ip(pif, "None", "", "", "", "")
    with failing("PIF_IS_MANAGEMENT_INTERFACE", pif):
        xenapi.PIF.unplug(pif)
    running.restart()
    wait_until((running.root / "var/run/xapi_init_complete.cookie").exists)
    assert remote(running, "secret").xenapi.PIF.get_management(pif)


def managed(xenapi: Any, device: str = "eth0") -> str:
    pif = scanned(xenapi)[device]
    xenapi.PIF.reconfigure_ip(pif, "DHCP", "", "", "", "")
    xenapi.host.management_reconfigure(pif)
    return pif


# networkd's first start


def test_management_conf_makes_the_bridge_before_any_pif(server: Server) -> None:
    server.write("etc/firstboot.d/data/management.conf", "LABEL='eth0'\nMODE='dhcp'\n")
    server.start()
    wait_until((server.root / "var/run/xapi_init_complete.cookie").exists)
    assert server.inventory()["MANAGEMENT_INTERFACE"] == "xenbr0"
    xenapi = remote(server, "secret").xenapi
    pif = scanned(xenapi)["eth0"]
    assert xenapi.PIF.get_management(pif)
    server.restart()
    wait_until((server.root / "var/run/xapi_init_complete.cookie").exists)
    assert remote(server, "secret").xenapi.PIF.get_management(pif)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MODE='dhcp'\n", "LABEL is missing"),
        ("LABEL='eth0'\n", "MODE and MODEV6 are both missing"),
        ("# by hand\nLABEL='eth0'\nMODE='dhcp'\n", "not KEY='value': '# by hand'"),
        ("LABEL='eth0'\nMODE=\"dhcp\"\n", "MODE is '\"dhcp\"'"),
        ("LABEL='eth0'\nMODE='dhcp'\nVLAN='42'\n", "VLAN: not served by the lab"),
    ],
)
def test_a_bad_management_conf_leaves_no_bridge(server: Server, text: str, said: str) -> None:
    server.write("etc/firstboot.d/data/management.conf", text)
    server.start()
    assert server.inventory()["MANAGEMENT_INTERFACE"] == ""
    assert server.process
    server.process.terminate()
    _, errors = server.process.communicate(timeout=10)
    assert f"management.conf: {said}\n" in errors


def test_name_servers_count_only_with_a_domain() -> None:
    keys = {"MODE": "static", "IP": "192.0.2.10", "NETMASK": "255.255.255.0", "DNS": "192.0.2.53,192.0.2.54"}
    assert networkd.addressing(keys).dns == ()
    assert networkd.addressing({**keys, "DOMAIN": "example.org"}).dns == ["192.0.2.53", "192.0.2.54"]


# HTTPS


def remote(server: Server, password: str) -> XenAPI.Session:
    session = XenAPI.Session(f"https://127.0.0.1:{server.port}", ignore_ssl=True)
    session.login_with_password("root", password, "1.0", "tests")
    return session


def test_https_is_there_once_there_is_a_management_address(running: Server) -> None:
    with pytest.raises(ConnectionRefusedError):
        remote(running, "secret")
    managed(running.session().xenapi)
    assert len(remote(running, "secret").xenapi.host.get_all()) == 1


def test_a_wrong_password_is_refused_over_https(running: Server) -> None:
    managed(running.session().xenapi)
    for user, password in (("root", "wrong"), ("root", ""), ("daemon", "secret"), ("nobody", "secret")):
        session = XenAPI.Session(f"https://127.0.0.1:{running.port}", ignore_ssl=True)
        with failing("SESSION_AUTHENTICATION_FAILED", user, "Authentication failure"):
            session.login_with_password(user, password, "1.0", "tests")


def test_moving_management_drops_https_and_keeps_the_socket(running: Server) -> None:
    local = running.session().xenapi
    managed(local)
    with tls(running) as connection:
        assert is_open(connection)
        local.host.management_reconfigure(scanned(local)["eth0"])
        assert is_open(connection)
        managed(local, "enp2s0")
        assert not is_open(connection)
    assert len(local.host.get_all()) == 1
    assert running.inventory()["MANAGEMENT_INTERFACE"] == "brenp2s0"
    assert remote(running, "secret").xenapi.host.get_all() == local.host.get_all()


def test_disabled_management_leaves_only_the_socket(running: Server) -> None:
    local = running.session().xenapi
    managed(local)
    local.host.management_disable()
    with pytest.raises(ConnectionRefusedError):
        remote(running, "secret")
    assert running.inventory()["MANAGEMENT_INTERFACE"] == ""
    assert local.host.get_management_interface(local.host.get_all()[0]) == "OpaqueRef:NULL"


def tls(server: Server) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(socket.create_connection(("127.0.0.1", server.port)))


def is_open(connection: ssl.SSLSocket) -> bool:
    """Whether a call on the connection is answered; the connection is kept by both sides."""
    body = xmlrpc.client.dumps(("no session",), "host.get_all").encode()
    try:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: lab\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        with connection.makefile("rb") as answer:
            return b"200 OK" in answer.readline() and b"SESSION_INVALID" in read_body(answer)
    except OSError:
        return False


def read_body(answer: BinaryIO) -> bytes:
    headers = http.client.parse_headers(answer)
    return answer.read(int(headers["Content-Length"]))


def test_the_certificate_is_made_once(running: Server) -> None:
    certificate = running.root / "etc/xensource/xapi-ssl.pem"
    before = certificate.read_text()
    assert certificate.stat().st_mode & 0o777 == 0o600
    running.restart()
    assert certificate.read_text() == before
    xenapi = running.session().xenapi
    managed(xenapi)
    shown = xenapi.host.get_server_certificate(xenapi.host.get_all()[0])
    assert ssl.get_server_certificate(("127.0.0.1", running.port)).split() == shown.split()


# Storage


@pytest.mark.parametrize("type_", ["ext", "lvm"])
def test_an_sr_is_made_plugged_and_measured(xenapi: Any, disk: str, type_: str) -> None:
    sr = xenapi.SR.get_record(create_sr(xenapi, {"device": disk}, type_=type_))
    assert (sr["type"], sr["physical_size"]) == (type_, str(8 << 30))
    (pbd,) = sr["PBDs"]
    assert xenapi.PBD.get_currently_attached(pbd) is True
    assert xenapi.PBD.get_device_config(pbd) == {"device": disk}


def test_a_failed_create_leaves_no_records(xenapi: Any, disk: str) -> None:
    with failing("SR_UNKNOWN_DRIVER", "zfs"):
        create_sr(xenapi, {"device": disk}, type_="zfs")
    with failing("SR_BACKEND_FAILURE_90", "", "The request is missing the device parameter", ""):
        create_sr(xenapi, {})
    missing = disk + "2"
    with failing("SR_BACKEND_FAILURE_19", "", f"The device {missing} does not exist or is not a block device", ""):
        create_sr(xenapi, {"device": missing})
    assert xenapi.SR.get_all() == xenapi.PBD.get_all() == []


def test_a_device_holds_one_sr(xenapi: Any, disk: str) -> None:
    create_sr(xenapi, {"device": disk})
    with failing("SR_DEVICE_IN_USE"):
        create_sr(xenapi, {"device": disk}, type_="lvm")


def test_an_sr_is_forgotten_found_and_attached_again(running: Server, disk: str) -> None:
    xenapi = running.session().xenapi
    host = xenapi.host.get_all()[0]
    sr = create_sr(xenapi, {"device": disk})
    uuid = xenapi.SR.get_uuid(sr)
    with failing("SR_HAS_PBD", sr):
        xenapi.SR.forget(sr)
    xenapi.PBD.unplug(xenapi.SR.get_PBDs(sr)[0])
    xenapi.SR.forget(sr)
    assert xenapi.PBD.get_all() == []
    assert xenapi.SR.probe(host, {"device": disk}, "lvm", {}) == "<SRlist />"
    found = f"<UUID>{uuid}</UUID><Devlist>{disk}</Devlist><size>{8 << 30}</size>"
    assert xenapi.SR.probe(host, {"device": disk}, "ext", {}) == f"<SRlist><SR>{found}</SR></SRlist>"
    again = xenapi.SR.introduce(uuid, "Local storage", "", "ext", "user", False, {})
    pbd = xenapi.PBD.create({"host": host, "SR": again, "device_config": {"device": disk}})
    with failing("PBD_EXISTS", again, host, pbd):
        xenapi.PBD.create({"host": host, "SR": again, "device_config": {"device": disk}})
    xenapi.PBD.plug(pbd)
    with failing("OPERATION_NOT_ALLOWED", "PBD is currently attached"):
        xenapi.PBD.destroy(pbd)
    with failing("SR_UUID_EXISTS", uuid):
        xenapi.SR.introduce(uuid, "", "", "ext", "user", False, {})


def test_a_destroyed_sr_is_not_found(xenapi: Any, disk: str) -> None:
    sr = create_sr(xenapi, {"device": disk})
    xenapi.PBD.unplug(xenapi.SR.get_PBDs(sr)[0])
    xenapi.SR.destroy(sr)
    assert xenapi.SR.probe(xenapi.host.get_all()[0], {"device": disk}, "ext", {}) == "<SRlist />"


def test_pbds_are_plugged_at_the_start(running: Server, disk: str) -> None:
    xenapi = running.session().xenapi
    create_sr(xenapi, {"device": disk})
    (pbd,) = xenapi.PBD.get_all()
    xenapi.PBD.unplug(pbd)
    running.restart()
    assert running.session().xenapi.PBD.get_currently_attached(pbd) is True


def test_caching_wants_a_disabled_host_and_ext(running: Server, disk: str) -> None:
    xenapi = running.session().xenapi
    host = xenapi.host.get_all()[0]
    wait_until(lambda: xenapi.host.get_enabled(host))
    ext = create_sr(xenapi, {"device": disk})
    running.write("disk2", "")
    lvm = create_sr(xenapi, {"device": f"{disk}2"}, type_="lvm")
    with failing("HOST_NOT_DISABLED"):
        xenapi.host.enable_local_storage_caching(host, ext)
    xenapi.host.disable(host)
    with failing("SR_OPERATION_NOT_SUPPORTED", lvm):
        xenapi.host.enable_local_storage_caching(host, lvm)
    xenapi.host.enable_local_storage_caching(host, ext)
    assert xenapi.host.get_local_cache_sr(host) == ext


# Faults


def test_never_ready_answers_that_it_boots(server: Server) -> None:
    server.order(never_ready=True)
    server.process = subprocess.Popen(server.command(), cwd=REPOSITORY, stderr=subprocess.PIPE, text=True)
    wait_until((server.root / "var/lib/xcp/xapi").exists)
    wait_until(lambda: code_of(server) == "HOST_STILL_BOOTING")
    assert not (server.root / "var/run/xapi_startup.cookie").exists()


def code_of(server: Server) -> str:
    try:
        server.call("session.login_with_password", "root", "")
    except XenAPI.Failure as error:
        return str(error.details[0])
    except OSError:
        return ""
    return "none"


def test_an_ordered_error_comes_as_often_as_ordered(running: Server, disk: str) -> None:
    error = {"method": "SR.create", "code": "SR_BACKEND_FAILURE_55", "params": ["", "no space", ""], "times": 2}
    running.order(errors=[error])
    xenapi = running.session().xenapi
    for _ in range(2):
        with failing("SR_BACKEND_FAILURE_55", "", "no space", ""):
            create_sr(xenapi, {"device": disk})
    create_sr(xenapi, {"device": disk})


def test_an_ordered_delay_holds_one_method_and_no_other(running: Server) -> None:
    running.order(delays={"SR.create": 3600})
    xenapi = running.session().xenapi
    task = xenapi.Async.SR.create(xenapi.host.get_all()[0], {}, "0", "s", "", "ext", "user", False, {})
    assert xenapi.SR.get_all() == []
    assert xenapi.task.get_status(task) == "pending"


def test_the_server_dies_when_ordered_and_what_it_did_stays(running: Server, disk: str) -> None:
    running.order(die=[{"method": "SR.create", "call": 1, "when": "after"}])
    with pytest.raises(OSError):
        create_sr(running.session().xenapi, {"device": disk})
    assert running.process
    assert running.process.wait(timeout=10) == faults.DEATH
    running.start()
    xenapi = running.session().xenapi
    assert len(xenapi.SR.get_all()) == 1
    running.write("disk2", "")
    create_sr(xenapi, {"device": f"{disk}2"})


def test_a_created_sr_can_be_left_unplugged(running: Server, disk: str) -> None:
    running.order(sr_create_leaves_pbd_unplugged=True)
    xenapi = running.session().xenapi
    create_sr(xenapi, {"device": disk})
    (pbd,) = xenapi.PBD.get_all()
    assert xenapi.PBD.get_currently_attached(pbd) is False
    xenapi.PBD.plug(pbd)
    assert xenapi.PBD.get_currently_attached(pbd) is True


def test_an_order_that_is_not_understood_refuses_the_start(server: Server) -> None:
    server.order(explode=True)
    ended = subprocess.run(server.command(), cwd=REPOSITORY, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr == f"xapi: {server.root}/etc/xapi-lab-faults.json: unknown keys: explode\n"
