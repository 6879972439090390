"""The steps that write who the host is: made from a plan, told to people, stored and read back."""

import dataclasses
import json
import re

import pytest

from zeus_installer.answers.model import Answers, DiskRule, Host, Management, Network, NicRule, Static, Storage
from zeus_installer.machine.model import Cpu, Disk, Firmware, Iommu, Kernel, Machine, Memory, Nic, Os, Xen
from zeus_installer.sources.model import Source
from zeus_installer.steps import management_network, services
from zeus_installer.steps.base import Step
from zeus_installer.steps.context import Context, Identity
from zeus_installer.steps.host_identity import HostIdentity
from zeus_installer.steps.management_network import ManagementNetwork
from zeus_installer.steps.services import Services
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import UsageError
from zeus_installer.system.secrets import Secret

NICS = (
    Nic(name="enp2s0", mac="52:54:00:00:00:02", bus="0000:02:00.0"),
    Nic(name="enp1s0", mac="52:54:00:00:00:01", bus="0000:01:00.0"),
)
DISK = Disk(name="sdb", path="/dev/sdb", size=10**12, serial="S1", links=("/dev/disk/by-id/ata-S1",))
HASH = "$6$saltsalt$" + "A" * 86


def context(answers: Answers, *, nics: tuple[Nic, ...] = NICS[:1]) -> Context:
    machine = Machine(
        cpu=Cpu(vendor=None, model=None, threads=None),
        iommu=Iommu(kind=None, state=None),
        firmware=Firmware(type=None),
        memory=Memory(bytes=None),
        xen=Xen(running=False),
        kernel=Kernel(release=None),
        os=Os(id=None),
        disks=(DISK,),
        nics=NICS,
    )
    identity = Identity(host="11111111-1111-4111-8111-111111111111", dom0="22222222-2222-4222-8222-222222222222")
    disks = () if answers.storage.sr_type == "none" else (DISK,)
    source = Source(name="xapi")
    return Context(answers=answers, machine=machine, source=source, disks=disks, nics=nics, identity=identity)


EVERYTHING = Answers(
    host=Host(
        hostname="xen1.example.org",
        root_password_hash=Secret(HASH),
        ssh_keys=("ssh-ed25519 AAAA admin",),
        timezone="Europe/Prague",
    ),
    storage=Storage(disks=(DiskRule(serial="S1"),)),
    network=Network(
        backend="bridge",
        management=Management(
            nic=NicRule(mac="52:54:00:00:00:02"),
            ipv4=Static(address="192.0.2.10/24", gateway="192.0.2.1"),
            dns=("192.0.2.53",),
        ),
    ),
)


@pytest.mark.parametrize("answers", [Answers(), EVERYTHING], ids=["defaults", "everything"])
@pytest.mark.parametrize("kind", [HostIdentity, ManagementNetwork, Services])
def test_steps_are_stored_and_read_back(kind: type[Step], answers: Answers) -> None:
    step = kind.from_context(context(answers))
    assert decode(kind, json.loads(json.dumps(encode(step)))) == step


def test_identity_tells_what_it_writes() -> None:
    change = HostIdentity.from_context(context(EVERYTHING)).describe()
    assert [file.path for file in change.files] == [
        "/etc/xensource-inventory",
        "/etc/xensource/network.conf",
        "/etc/xensource/pool.conf",
        "/etc/lvm/master/lvm.conf",
        "/etc/hostname",
    ]
    assert change.changes == (
        "/etc/sysconfig/xencommons: XEN_DOM0_UUID=22222222-2222-4222-8222-222222222222",
        "/etc/pam.d/xapi: written if no package has it",
        "SELinux labels restored on all of these",
        "/etc/lvm/lvmlocal.conf: the host's own LVM leaves /dev/disk/by-id/ata-S1-part1 alone",
        "time zone: Europe/Prague",
        "root's password: the one of the answers",
        "SSH keys that may log in as root: 1 added where missing",
    )
    assert HASH not in repr(change)


def test_ssh_keys_alone_are_warned_of() -> None:
    keys_alone = dataclasses.replace(EVERYTHING, host=Host(ssh_keys=("ssh-ed25519 AAAA admin",)))
    changes = HostIdentity.from_context(context(keys_alone)).describe().changes
    assert changes[-1] == ("warning: root gets SSH keys alone, which XenAPI does not take: no remote login to XenAPI")


def test_without_a_local_sr_lvm_stays_as_it_is() -> None:
    answers = Answers(storage=Storage(sr_type="none"))
    assert HostIdentity.from_context(context(answers)).sr_device is None


def test_the_management_network_in_files() -> None:
    step = ManagementNetwork.from_context(context(EVERYTHING))
    files = {file.path: file.content or "" for file in step.files}
    assert list(files) == [
        "/etc/systemd/network/10-zeus-eth0.link",
        "/etc/systemd/network/10-zeus-eth1.link",
        "/etc/zeus/nics",
        "/etc/zeus/name-nics",
        "/etc/zeus/NetworkManager.conf",
        "/etc/systemd/system/zeus-dom0-network.service",
        "/etc/systemd/system/zeus-dom0-firewall.service",
        "/etc/systemd/system/zeus-plain-resolv.service",
        "/etc/firewalld/zones/zeus-management.xml",
        "/etc/sysconfig/network-scripts/interface-rename-data/zeus",
        "/etc/firstboot.d/data/management.conf",
    ]
    assert files["/etc/zeus/nics"] == "52:54:00:00:00:01 eth0\n52:54:00:00:00:02 eth1\n"
    assert "--change-interface=xenbr1\n" in files["/etc/systemd/system/zeus-dom0-firewall.service"]
    assert "LABEL='eth1'\nMODE='static'\n" in files["/etc/firstboot.d/data/management.conf"]
    assert "DNS='192.0.2.53'\nDOMAIN='example.org'\n" in files["/etc/firstboot.d/data/management.conf"]


def test_plain_linux_reads_none_of_it() -> None:
    """Whatever a service of plain Linux reads by itself carries the condition; the rest lies where nobody looks."""
    step = ManagementNetwork.from_context(context(EVERYTHING))
    for file in step.files:
        content = file.content or ""
        if file.path.endswith(".link"):
            assert "\nKernelCommandLine=zeus.dom0\n" in content
        elif file.path.endswith("zeus-plain-resolv.service"):
            assert "\nConditionKernelCommandLine=!zeus.dom0\n" in content, "its work is to undo what dom0 did"
        elif file.path.endswith(".service"):
            assert "\nConditionKernelCommandLine=zeus.dom0\n" in content
        elif file.path.endswith(".xml"):
            assert not re.search(r"<(interface|source)\b", content), "a zone without either does nothing"
        else:
            nobody = ("/etc/zeus/", "/etc/firstboot.d/data/", "/etc/sysconfig/network-scripts/interface-rename-data/")
            assert file.path.startswith(nobody)


def test_two_nics_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        ManagementNetwork.from_context(context(Answers(), nics=NICS))
    assert caught.value.message == "network.management.nic: 2 NICs are chosen, wants 1"


def test_kernel_arguments() -> None:
    assert management_network.kernel_arguments(context(Answers())) == ("module_blacklist=bridge",)
    assert management_network.kernel_arguments(context(EVERYTHING)) == ()
    assert services.kernel_arguments(context(Answers())) == ("enforcing=0",)


def test_services_tell_their_rules() -> None:
    changes = Services.from_context(context(Answers())).describe().changes
    assert changes[0].startswith("in dom0 only, where installed: proc-xen.mount, ")
    assert changes[2:] == (
        "masked, since Zeus does their work through XenAPI: network-init, storage-init, generate-iscsi-iqn, "
        "control-domain-params-init",
        "SELinux: permissive in dom0 (enforcing=0 on its kernel command line), unchanged elsewhere",
    )
