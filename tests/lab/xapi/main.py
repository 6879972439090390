"""The lab's xapi as a program.

Started by xapi.service in dom0; in tests with `--root` and `--machine-effects none`, which touch nothing but that root.
"""

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.lab.xapi.auth import Authenticator, Pam, ShadowFile
from tests.lab.xapi.db import Database
from tests.lab.xapi.effects.lvm import ExtDriver, LvmDriver
from tests.lab.xapi.effects.network import HostNetwork, bridging
from tests.lab.xapi.effects.none import Record, RecordedDriver, RecordedNetwork
from tests.lab.xapi.effects.ports import NetworkPort, SrDriver
from tests.lab.xapi.effects.udev import UdevDriver
from tests.lab.xapi.errors import StartupRefused
from tests.lab.xapi.model import load_table
from tests.lab.xapi.paths import Paths
from tests.lab.xapi.start import run_forever
from tests.lab.xapi.xapi import Xapi


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until told to end. Status 1, with the reason on stderr, when the machine lacks what xapi needs."""
    args = _parser().parse_args(argv)
    logging.basicConfig(level=args.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    paths = Paths(args.root)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        run_forever(build(paths, args), https_port=args.https_port, https_address=args.https_address, wait=ended.wait)
    except StartupRefused as error:
        print(f"xapi: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xapi", description="The lab's stand-in for xapi")
    parser.add_argument("--root", type=Path, default=Path("/"), help="where the host's files are")
    parser.add_argument("--machine-effects", choices=("real", "none"), default="real")
    parser.add_argument("--auth", choices=("pam", "shadow"), default="pam", help="shadow: ROOT/etc/shadow")
    parser.add_argument("--https-port", type=int, default=443)
    parser.add_argument("--https-address", help="listen here instead of on the management address")
    parser.add_argument("--bad-password-delay", type=float, default=5.0, metavar="SECONDS")
    parser.add_argument("--address-timeout", type=float, default=60.0, metavar="SECONDS")
    parser.add_argument("--log-level", choices=("debug", "info", "warning"), default="info")
    return parser


def build(paths: Paths, args: argparse.Namespace) -> Xapi:
    """Put the server together; nothing is opened but the database."""
    table = load_table()
    authenticator: Authenticator = Pam() if args.auth == "pam" else ShadowFile(paths.at("/etc/shadow"))
    real = args.machine_effects == "real"
    return Xapi(
        paths=paths,
        table=table,
        db=Database(paths.state, table),
        drivers=_real_drivers() if real else _recorded_drivers(paths),
        network=_real_network(paths) if real else RecordedNetwork(paths.at("/etc/hostname")),
        authenticator=authenticator,
        bad_password_delay=args.bad_password_delay,
        address_timeout=args.address_timeout,
    )


def _real_drivers() -> Mapping[str, SrDriver]:
    return {"ext": ExtDriver(), "lvm": LvmDriver(), "udev": UdevDriver()}


def _recorded_drivers(paths: Paths) -> Mapping[str, SrDriver]:
    record = Record(paths.at("/var/lib/xcp/lab-devices.json"))
    return {"ext": RecordedDriver(record, "ext"), "lvm": RecordedDriver(record, "lvm"), "udev": UdevDriver()}


def _real_network(paths: Paths) -> NetworkPort:
    backend = paths.network_backend
    return HostNetwork(bridging(backend.read_text(encoding="utf-8").strip() if backend.exists() else "openvswitch"))


if __name__ == "__main__":
    sys.exit(main())
