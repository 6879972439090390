"""The network test where the kernel has VLANs: on a plain NIC, and on one whose VLAN is in use already."""

import json
from collections.abc import Iterator

import pytest

from tests.lab.http import serve
from tests.lab.images import running
from tests.lab.product import install_product, pack_product
from tests.lab.vm import Vm

pytestmark = [pytest.mark.vm, pytest.mark.timeout(900)]

# The far end is a network namespace: 192.0.2.1 on VLAN 42, with a repository; nothing answers untagged.
FAR_END = """
ip netns add far
ip link add eth9 type veth peer name lan0 netns far
ip link set eth9 up
ip -n far link set lo up
ip -n far link set lan0 up
ip -n far link add lan0.42 link lan0 type vlan id 42
ip -n far address add 192.0.2.1/24 dev lan0.42
ip -n far link set lan0.42 up
mkdir -p /srv/repo/repodata
touch /srv/repo/repodata/repomd.xml
systemd-run -q ip netns exec far python3 -m http.server 80 -d /srv/repo
until ip netns exec far curl -sSf http://192.0.2.1/ >/dev/null 2>&1; do sleep 0.2; done
"""
TRY = """\
import json
from zeus_installer.answers.model import Answers, Management, Network, Static
from zeus_installer.machine.model import Nic
from zeus_installer.network_test import tester
from zeus_installer.system.codec import encode
from zeus_installer.system.events import silent
wanted = Management(ipv4=Static(address="192.0.2.9/24", gateway="192.0.2.1"), vlan=42)
answers, nics = Answers(network=Network(management=wanted)), (Nic(name="eth9", mac=None),)
print(json.dumps(encode(tester.test_network(answers, nics, repositories=["http://192.0.2.1/"], report=silent()))))
"""
WELL = {
    "network.link": "pass",
    "network.address": "pass",
    "network.conflict": "pass",
    "network.gateway": "pass",
    "network.dns": "warning",
    "network.repository": "pass",
}


@pytest.fixture(scope="module")
def vm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vm]:
    scratch = tmp_path_factory.mktemp("network")
    pack_product(scratch / "zeus.tar")
    with serve(scratch) as url, running(scratch) as guest:
        install_product(guest, url)
        guest.console.write_file("/root/try.py", TRY)
        for line in FAR_END.strip().splitlines():
            guest.check(line)
        yield guest


def state(vm: Vm) -> str:
    """What the test must leave as it was."""
    return vm.check("ip -d link show dev eth9; ip -br address; ip route; ip -d link show type vlan")


def verdicts(vm: Vm) -> dict[str, str]:
    before = state(vm)
    found = json.loads(vm.check("python3 /root/try.py", timeout=120))
    assert state(vm) == before
    return {finding["id"]: finding["verdict"] for finding in found}


def test_a_vlan(vm: Vm) -> None:
    assert verdicts(vm) == WELL


def test_a_vlan_that_is_in_use(vm: Vm) -> None:
    """The kernel hands its frames to the interface that there is: the test has to go over that."""
    vm.check("ip link add eth9.42 link eth9 type vlan id 42 && ip link set eth9.42 up && sleep 3")
    assert verdicts(vm) == WELL
