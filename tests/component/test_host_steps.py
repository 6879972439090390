"""Identity, network and services on a scratch root, with the real systemctl, chpasswd, LVM and sh."""

import dataclasses
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.component.loops import loop_disk, run
from tests.unit.test_host_steps import EVERYTHING, HASH, context
from zeus_installer.answers.model import Answers
from zeus_installer.host import essentials, lvm, units
from zeus_installer.machine.model import Nic
from zeus_installer.steps.base import Step
from zeus_installer.steps.context import Context
from zeus_installer.steps.host_identity import HostIdentity
from zeus_installer.steps.management_network import ManagementNetwork
from zeus_installer.steps.services import FIRST_BOOT, OPEN_VSWITCH, Services
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Reporter, silent
from zeus_installer.system.target import Target

UNIT = "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
STATIC = "[Unit]\nDescription=x\n[Service]\nExecStart=/bin/true\n"
PACKAGED = "/usr/lib/systemd/system"


@pytest.fixture
def target(tmp_path: Path) -> Target:
    """A small host: users, a time zone, a file that others own too."""
    target = Target(tmp_path / "root")
    target.write_atomic("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
    target.write_atomic("/etc/shadow", "root:*:19000:0:99999:7:::\n", mode=0o600)
    target.write_atomic("/usr/share/zoneinfo/Europe/Prague", "")
    target.write_atomic("/etc/sysconfig/xencommons", "# Xen\nXENSTORED_TRACE=no\n")
    target.write_atomic("/etc/lvm/lvm.conf", 'devices {\n    global_filter = [ "r|/dev/drbd.*|" ]\n}\n')
    target.write_atomic("/etc/lvm/lvmlocal.conf", 'local {\n    system_id = "host"\n}\n')
    return target


def files_of(target: Target) -> dict[str, str]:
    """Give every file and link of the target with its content."""
    found = {}
    for path in sorted(target.root.rglob("*")):
        if path.is_symlink():
            found[str(path.relative_to(target.root))] = f"-> {path.readlink()}"
        elif path.is_file():
            found[str(path.relative_to(target.root))] = path.read_text()
    return found


def apply(step: Step, target: Target) -> list[str]:
    """Apply a step and give its warnings."""
    events: list[Event] = []
    step.apply(target, Reporter(events.append, run="test"))
    return [event.title for event in events if event.result is not None]


def test_identity_is_written_and_written_again(target: Target) -> None:
    step = HostIdentity.from_context(context(EVERYTHING))
    assert not step.is_done(target)
    assert apply(step, target) == []
    assert step.is_done(target)
    first = files_of(target)
    apply(step, target)
    assert files_of(target) == first
    assert target.read("/etc/sysconfig/xencommons") == f"# Xen\nXENSTORED_TRACE=no\nXEN_DOM0_UUID={step.dom0}\n"
    assert target.read("/etc/hostname") == "xen1.example.org\n"
    assert target.read("/etc/xensource/network.conf") == "bridge\n"
    assert target.read("/etc/xensource/pool.conf") == "master"
    assert (target.read("/etc/shadow") or "").startswith(f"root:{HASH}:")
    assert target.read("/root/.ssh/authorized_keys") == "ssh-ed25519 AAAA admin\n"
    assert target.path("/root/.ssh/authorized_keys").stat().st_mode & 0o777 == 0o600
    assert target.path("/etc/localtime").readlink() == Path("../usr/share/zoneinfo/Europe/Prague")
    assert "auth       include      system-auth\n" in (target.read("/etc/pam.d/xapi") or "")


@pytest.mark.parametrize(
    "path",
    [
        "/etc/xensource-inventory",
        "/etc/sysconfig/xencommons",
        "/etc/xensource/network.conf",
        "/etc/pam.d/xapi",
        "/etc/lvm/lvmlocal.conf",
        "/etc/lvm/master/lvm.conf",
        "/etc/localtime",
        "/root/.ssh/authorized_keys",
        "/etc/shadow",
    ],
)
def test_identity_misses_each_of_its_files(target: Target, path: str) -> None:
    step = HostIdentity.from_context(context(EVERYTHING))
    apply(step, target)
    target.remove(path)
    assert not step.is_done(target)


def test_a_packages_pam_file_and_other_keys_stay(target: Target) -> None:
    target.write_atomic("/etc/pam.d/xapi", "auth required pam_unix.so\n")
    target.write_atomic("/root/.ssh/authorized_keys", "ssh-rsa BBBB other")
    apply(HostIdentity.from_context(context(EVERYTHING)), target)
    assert target.read("/etc/pam.d/xapi") == "auth required pam_unix.so\n"
    assert target.read("/root/.ssh/authorized_keys") == "ssh-rsa BBBB other\nssh-ed25519 AAAA admin\n"


def test_keys_alone_are_warned_of(target: Target) -> None:
    step = dataclasses.replace(HostIdentity.from_context(context(EVERYTHING)), root_password_hash=None)
    assert apply(step, target) == ["root gets SSH keys alone: XenAPI takes passwords only, so it has no remote login"]


def test_an_unknown_time_zone(target: Target) -> None:
    step = dataclasses.replace(HostIdentity.from_context(context(EVERYTHING)), timezone="Europe/Atlantis")
    with pytest.raises(ZeusError) as caught:
        apply(step, target)
    assert caught.value.message == "host.timezone: this system knows no time zone Europe/Atlantis"


def test_identity_wants_the_essentials(target: Target) -> None:
    with pytest.raises(ZeusError) as caught:
        HostIdentity.from_context(context(Answers())).verify(target)
    assert caught.value.message.startswith(
        f"XenAPI would not start: {len(essentials.find_missing(target))} of the things that it cannot do without"
    )


def lvm_settings(directory: Path) -> dict[str, str]:
    """Give what the real LVM makes of a configuration directory."""
    command = ["lvmconfig", "--validate"]
    environment = {**os.environ, "LVM_SYSTEM_DIR": str(directory), "LVM_SUPPRESS_FD_WARNINGS": "1"}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    done = subprocess.run(["lvmconfig"], check=True, capture_output=True, text=True, env=environment)
    return dict(line.strip().split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def test_lvm_understands_both_configurations(target: Target) -> None:
    apply(HostIdentity.from_context(context(EVERYTHING)), target)
    assert lvm_settings(target.path("/etc/lvm")) == {
        "global_filter": '["r|^/dev/disk/by-id/ata-S1-part1$|","r|/dev/drbd.*|"]',
        "system_id": '"host"',
    }
    assert lvm_settings(target.path("/etc/lvm/master")) == {
        "use_devicesfile": "0",
        "auto_activation_volume_list": "[]",
        "monitoring": "0",
        "event_activation": "0",
        "backup": "0",
        "archive": "0",
    }


def test_revert_gives_the_hosts_lvm_back(target: Target) -> None:
    step = HostIdentity.from_context(context(EVERYTHING))
    before = target.read("/etc/lvm/lvmlocal.conf")
    apply(step, target)
    step.revert(target, silent())
    assert target.read("/etc/lvm/lvmlocal.conf") == before


def test_the_hosts_lvm_does_not_see_the_sr_and_sm_does(target: Target, tmp_path: Path) -> None:
    target.write_atomic("/etc/lvm/lvm.conf", "")
    target.write_atomic(lvm.MASTER_PATH, lvm.MASTER)
    with loop_disk(tmp_path / "disk") as disk:
        run("pvcreate", "--devices", str(disk.path), "-y", str(disk.path))

        def physical_volumes(directory: str) -> str:
            environment = {**os.environ, "LVM_SYSTEM_DIR": str(target.path(directory)), "LVM_SUPPRESS_FD_WARNINGS": "1"}
            command = ["pvs", "--noheadings", "-o", "pv_name"]
            return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

        assert str(disk.path) in physical_volumes("/etc/lvm").split()
        lvm.ignore_on_host(target, str(disk.path))
        assert str(disk.path) not in physical_volumes("/etc/lvm").split()
        assert str(disk.path) in physical_volumes("/etc/lvm/master").split()


@pytest.fixture
def network() -> ManagementNetwork:
    return ManagementNetwork.from_context(context(Answers()))


def test_the_network_is_written_and_taken_away(target: Target, network: ManagementNetwork) -> None:
    before = files_of(target)
    apply(network, target)
    assert network.is_done(target)
    new = sorted(files_of(target).keys() - before.keys())
    links = ["zeus-dom0-firewall.service", "zeus-dom0-network.service", "zeus-plain-resolv.service"]
    assert new == sorted(
        [file.path[1:] for file in network.files]
        + [f"etc/systemd/system/multi-user.target.wants/{link}" for link in links]
    )
    network.revert(target, silent())
    assert files_of(target) == before


def test_revert_in_dom0_gives_resolv_conf_back(target: Target, network: ManagementNetwork) -> None:
    apply(network, target)
    target.link_atomic("/etc/zeus/resolv.conf", "../run/systemd/resolve/stub-resolv.conf")
    target.write_atomic("/etc/resolv.conf", "nameserver 192.0.2.53\n")
    network.revert(target, silent())
    assert target.path("/etc/resolv.conf").readlink() == Path("../run/systemd/resolve/stub-resolv.conf")
    assert not target.exists("/etc/zeus/resolv.conf")


def test_dhcp_wants_dhclient(target: Target, network: ManagementNetwork) -> None:
    with pytest.raises(ZeusError) as caught:
        network.verify(target)
    assert caught.value.code == "network.dhclient"
    target.write_atomic("/sbin/dhclient", "")
    network.verify(target)
    ManagementNetwork.from_context(context(EVERYTHING)).verify(target)


def test_systemd_understands_our_units(target: Target, network: ManagementNetwork) -> None:
    apply(network, target)
    programs = ("/usr/bin/install", "/usr/bin/mv", "/bin/sh", "/usr/bin/firewall-cmd")
    for program in programs:
        target.write_atomic(program, "", mode=0o755)
    for name in ("systemd-udev-settle.service", "network-pre.target", "multi-user.target", "firewalld.service"):
        target.write_atomic(f"{PACKAGED}/{name}", "[Unit]\nDescription=x\n" + (STATIC if "service" in name else ""))
    for name in ("basic", "sysinit", "shutdown"):
        target.write_atomic(f"{PACKAGED}/{name}.target", "[Unit]\nDescription=x\n")
    ours = [str(target.path(file.path)) for file in network.files if file.path.endswith(".service")]
    command = ["systemd-analyze", f"--root={target.root}", "--recursive-errors=no", "--man=no", "verify", *ours]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


class FakeKernel:
    """Interfaces as directories, and an `ip` that renames them as the kernel does: never onto another."""

    def __init__(self, root: Path, interfaces: dict[str, str]) -> None:
        self.interfaces = root / "net"
        self.programs = root / "bin"
        self.programs.mkdir()
        for name, mac in interfaces.items():
            (self.interfaces / name / "device").mkdir(parents=True)
            (self.interfaces / name / "address").write_text(f"{mac}\n")
        ip = self.programs / "ip"
        ip.write_text(
            "#!/bin/sh\n"
            f'cd {self.interfaces} || exit 1\n[ "$5" = name ] || exit 0\n'
            '[ ! -e "$6" ] || { echo "RTNETLINK answers: File exists" >&2; exit 2; }\nmv "$4" "$6"\n'
        )
        ip.chmod(0o755)

    def run(self, script: Path, names: Path) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}"}
        command = ["sh", str(script), str(names), str(self.interfaces)]
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    def names(self) -> dict[str, str]:
        return {path.name: (path / "address").read_text().strip() for path in sorted(self.interfaces.iterdir())}


A, B, C = "52:54:00:00:00:01", "52:54:00:00:00:02", "52:54:00:00:00:03"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"eth0": A, "eth1": B}, {"eth0": A, "eth1": B}),
        ({"eth0": B, "eth1": A}, {"eth0": A, "eth1": B}),
        ({"enp1s0": A, "enp2s0": B}, {"eth0": A, "eth1": B}),
        ({"eth0": C, "eth1": A, "eth2": B}, {"eth0": A, "eth1": B, "other0": C}),
        ({"zeus1": A, "eth1": B}, {"eth0": A, "eth1": B}),
        ({"eth5": B}, {"eth1": B}),
    ],
    ids=["right already", "swapped", "predictable names", "a stranger has the name", "interrupted", "one is gone"],
)
def test_nics_get_their_names(
    tmp_path: Path, network: ManagementNetwork, before: dict[str, str], after: dict[str, str]
) -> None:
    target = Target(tmp_path / "root")
    apply(network, target)
    kernel = FakeKernel(tmp_path, before)
    done = kernel.run(target.path("/etc/zeus/name-nics"), target.path("/etc/zeus/nics"))
    assert kernel.names() == after
    assert done.returncode == 0


def test_a_bridge_with_the_address_of_a_nic_is_left_alone(tmp_path: Path, network: ManagementNetwork) -> None:
    target = Target(tmp_path / "root")
    apply(network, target)
    kernel = FakeKernel(tmp_path, {"br0": A, "eth0": A, "eth1": B})
    (kernel.interfaces / "br0" / "device").rmdir()
    kernel.run(target.path("/etc/zeus/name-nics"), target.path("/etc/zeus/nics"))
    assert kernel.names() == {"br0": A, "eth0": A, "eth1": B}


@pytest.fixture
def host(target: Target) -> Iterator[Target]:
    """A host with some of the toolstack's units, some enabled by their package, and some that xapi does not go with."""
    for name in (
        "xapi.service",
        "xcp-networkd.service",
        "xcp-rrdd-cpu.service",
        "openvswitch.service",
        "xendomains.service",
    ):
        target.write_atomic(f"{PACKAGED}/{name}", UNIT)
    for name in ("message-switch.service", "ovs-vswitchd.service", "network-init.service", "storage-init.service"):
        target.write_atomic(f"{PACKAGED}/{name}", STATIC)
    run("systemctl", f"--root={target.root}", "enable", "xapi.service", "xendomains.service")
    yield target


def enabled(target: Target) -> set[str]:
    return {path.name for path in target.path("/etc/systemd/system/multi-user.target.wants").iterdir()}


def drop_ins(target: Target) -> dict[str, str]:
    found = target.path("/etc/systemd/system").glob("*.d/50-zeus-dom0.conf")
    return {path.parent.name.removesuffix(".d"): path.read_text().splitlines()[1] for path in found}


def test_services_count_in_dom0_only(host: Target) -> None:
    step = Services.from_context(context(Answers()))
    assert not step.is_done(host)
    apply(step, host)
    assert step.is_done(host)
    yes, no = "ConditionKernelCommandLine=zeus.dom0", "ConditionKernelCommandLine=!zeus.dom0"
    assert drop_ins(host) == {
        "xapi.service": yes,
        "xcp-networkd.service": yes,
        "xcp-rrdd-cpu.service": yes,
        "message-switch.service": yes,
        "openvswitch.service": yes,
        "ovs-vswitchd.service": yes,
        "xendomains.service": no,
    }
    toolstack = {"xapi.service", "xcp-networkd.service", "xcp-rrdd-cpu.service", "openvswitch.service"}
    assert enabled(host) == {*toolstack, "xendomains.service"}


def test_upstreams_first_boot_never_runs(host: Target) -> None:
    apply(Services(backend="openvswitch"), host)
    for name in FIRST_BOOT:
        assert units.is_masked(host, f"{name}.service")
        assert host.read(f"/var/lib/misc/ran-{name}") == ""
    states = subprocess.run(
        ["systemctl", f"--root={host.root}", "is-enabled", "network-init.service", "storage-init.service"],
        capture_output=True,
        text=True,
    )
    assert states.stdout.split() == ["masked", "masked"]


def test_services_twice_are_as_once(host: Target) -> None:
    apply(Services(backend="openvswitch"), host)
    first = files_of(host)
    apply(Services(backend="openvswitch"), host)
    assert files_of(host) == first


@pytest.mark.parametrize(
    "path",
    [
        "/etc/systemd/system/xapi.service.d/50-zeus-dom0.conf",
        "/etc/systemd/system/multi-user.target.wants/xcp-networkd.service",
        "/etc/systemd/system/storage-init.service",
        "/var/lib/misc/ran-network-init",
    ],
)
def test_services_miss_each_part(host: Target, path: str) -> None:
    apply(Services(backend="openvswitch"), host)
    host.remove(path)
    assert not Services(backend="openvswitch").is_done(host)


def test_an_open_vswitch_of_the_administrator_is_left_alone(host: Target) -> None:
    run("systemctl", f"--root={host.root}", "enable", "openvswitch.service")
    apply(Services(backend="openvswitch"), host)
    assert not {"openvswitch.service", "ovs-vswitchd.service"} & drop_ins(host).keys()
    assert Services(backend="openvswitch").is_done(host)


def test_revert_leaves_no_toolstack_in_plain_linux(host: Target) -> None:
    apply(Services(backend="openvswitch"), host)
    Services(backend="openvswitch").revert(host, silent())
    assert drop_ins(host) == {}
    assert enabled(host) == {"xendomains.service"}
    assert not any(units.is_masked(host, f"{name}.service") for name in FIRST_BOOT)
    assert list(host.path("/var/lib/misc").iterdir()) == []


def test_more_nics_than_one_hand(tmp_path: Path) -> None:
    """Twelve NICs in the wrong order, the kernel's names all taken: a ring of swaps."""
    macs = [f"52:54:00:00:00:{index:02x}" for index in range(12)]
    nics = tuple(Nic(name=f"ens{index}", mac=mac, bus=f"0000:{index:02x}:00.0") for index, mac in enumerate(macs))
    plain: Context = context(Answers(), nics=nics[:1])
    machine = dataclasses.replace(plain.machine, nics=nics)
    target = Target(tmp_path / "root")
    apply(ManagementNetwork.from_context(dataclasses.replace(plain, machine=machine)), target)
    kernel = FakeKernel(tmp_path, {f"eth{(index + 1) % 12}": mac for index, mac in enumerate(macs)})
    done = kernel.run(target.path("/etc/zeus/name-nics"), target.path("/etc/zeus/nics"))
    assert (done.returncode, done.stderr) == (0, "")
    assert kernel.names() == {f"eth{index}": mac for index, mac in enumerate(macs)}


def test_a_host_with_linux_bridges_does_without_open_vswitch() -> None:
    assert not set(OPEN_VSWITCH) & set(Services(backend="bridge").toolstack)
    assert set(OPEN_VSWITCH) <= set(Services(backend="openvswitch").toolstack)
