"""A machine that is only written down: for tests of the server's logic without LVM, bridges or root."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.xapi.effects.ports import Address, Addressing, FoundSr, Nic, Sizes
from tests.lab.xapi.errors import BackendFailure
from tests.lab.xapi.files import write_atomic

GIB = 1 << 30


class Record:
    """What has been "done", in a file, so that it outlives the server as the real thing would."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, dict[str, str]]:
        return json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}

    def write(self, data: Mapping[str, Mapping[str, str]]) -> None:
        write_atomic(self._path, json.dumps(data, indent=1) + "\n")


class RecordedDriver:
    """Storage of one type; a device is any existing file, and holds one repository."""

    def __init__(self, record: Record, type_: str) -> None:
        self._record = record
        self._type = type_

    def create(self, uuid: str, config: Mapping[str, str]) -> None:
        known = self._record.read()
        for device in config["device"].split(","):
            if not Path(device).exists():
                raise BackendFailure(19, f"The device {device} does not exist or is not a block device")
            known[device] = {"uuid": uuid, "type": self._type}
        self._record.write(known)

    def destroy(self, uuid: str, config: Mapping[str, str]) -> None:
        del config
        self._record.write({device: sr for device, sr in self._record.read().items() if sr["uuid"] != uuid})

    def attach(self, uuid: str, config: Mapping[str, str]) -> None:
        known = self._record.read()
        if any(known.get(device, {}).get("uuid") != uuid for device in config["device"].split(",")):
            raise BackendFailure(47, f"The repository {uuid} is not on {config['device']}")

    def detach(self, uuid: str) -> None:
        pass

    def sizes(self, uuid: str) -> Sizes:
        del uuid
        return Sizes(total=8 * GIB, used=4 << 20)

    def probe(self, config: Mapping[str, str]) -> Sequence[FoundSr]:
        sr = self._record.read().get(config["device"])
        if sr is None or sr["type"] != self._type:
            return []
        return [FoundSr(uuid=sr["uuid"], devices=[config["device"]], size=8 * GIB)]


class RecordedNetwork:
    """Two NICs; every bridge that is to have an address has 127.0.0.1, so that HTTPS can be tried."""

    def __init__(self, hostname: Path) -> None:
        self._hostname = hostname
        self._up: dict[str, Addressing] = {}

    def nics(self) -> Sequence[Nic]:
        return [
            Nic(device="eth0", mac="52:54:00:00:00:01", mtu=1500, carrier=True),
            Nic(device="enp2s0", mac="52:54:00:00:00:02", mtu=1500, carrier=False),
        ]

    def up(self, bridge: str, nic: str, addressing: Addressing) -> None:
        del nic
        self._up[bridge] = addressing

    def down(self, bridge: str, nic: str) -> None:
        del nic
        self._up.pop(bridge, None)

    def address(self, bridge: str) -> Address | None:
        addressing = self._up.get(bridge)
        if addressing is None or addressing.mode == "None":
            return None
        return Address(ip="127.0.0.1", netmask="255.0.0.0", gateway=addressing.gateway, dns=addressing.dns)

    def set_hostname(self, name: str) -> None:
        write_atomic(self._hostname, name + "\n")
