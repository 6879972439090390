"""Other DHCP servers on the wire: `python -m zeus_installer.pxe.serving.rivals` prints who offers addresses on the
interface that stands on its input.

A process of its own, since the interface may be in another network namespace. It takes no lease.
"""

import contextlib
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from zeus_installer.network_test import datagrams, dhcp
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dhcp import Type
from zeus_installer.network_test.malformed import MalformedError
from zeus_installer.network_test.wire import IPV4, Wire
from zeus_installer.pxe.serving.place import Place
from zeus_installer.system.own import start_own

_CLIENT, _SERVER = 68, 67
_NOWHERE, _EVERYWHERE = IPv4Address(0), IPv4Address(0xFFFFFFFF)
# Servers try an address out before they offer it.
_PAUSES: Final = (4.0, 4.0)
_MODULE: Final = "pxe.serving.rivals"


def watch(place: Place, say: Callable[[str], object], *, gives_addresses: bool) -> subprocess.Popen[str]:
    """Ask on the wire while we serve, and say what an operator has to know. The process is the caller's to end."""
    process = start_own(_MODULE, stderr=subprocess.DEVNULL, python=place.command(sys.executable))
    thread = threading.Thread(target=lambda: _tell(_answer(process, place), place, say, gives_addresses), daemon=True)
    thread.start()
    return process


def _answer(process: subprocess.Popen[str], place: Place) -> str | None:
    """Give the server that answers, nothing when none does, None when that is not known."""
    try:
        said, _ = process.communicate(place.interface)
    except OSError:
        return None
    return said.strip() if process.returncode == 0 else None


def _tell(server: str | None, place: Place, say: Callable[[str], object], gives_addresses: bool) -> None:
    if server and gives_addresses:
        say(f"warning: another DHCP server answers on {place.interface}: {server}; --proxy leaves the addresses to it")
    if server == "" and not gives_addresses:
        say(f"warning: no DHCP server answers on {place.interface}: machines get no address; --dhcp-range gives them")


def ask(interface: str, mac: bytes) -> IPv4Address | None:
    """Ask for an address, and give the first server that offers one."""
    transaction = secrets.randbits(32)
    with Wire(interface, IPV4) as wire:
        for elapsed, pause in enumerate(_PAUSES):
            question = dhcp.write(Type.DISCOVER, transaction=transaction, mac=mac, elapsed=elapsed)
            wire.shout(datagrams.wrap(question, source=(_NOWHERE, _CLIENT), target=(_EVERYWHERE, _SERVER)))
            for packet in wire.heard(Deadline(pause)):
                with contextlib.suppress(MalformedError):
                    _, content = datagrams.unwrap(packet, port=_CLIENT)
                    reply = dhcp.read(content, transaction=transaction, mac=mac)
                    if reply.type is Type.OFFER:
                        return reply.server
    return None


def main() -> int:
    """Print the server, if there is one."""
    interface = sys.stdin.read().strip()
    text = Path(f"/sys/class/net/{interface}/address").read_text()
    server = ask(interface, bytes.fromhex(text.strip().replace(":", "")))
    sys.stdout.write(f"{server}\n" if server else "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
