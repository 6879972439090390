"""The options of `zeus pxe serve` and `zeus pxe certificate`, and what they do."""

import argparse
import sys
from pathlib import Path
from typing import Final

from zeus_installer.pxe.serving.certificate import make_certificate
from zeus_installer.pxe.serving.serve import Order, serve
from zeus_installer.pxe.serving.show import choose
from zeus_installer.system.errors import ExitStatus
from zeus_installer.web.places import spaced_fingerprint

# Where reports go when nobody says otherwise: not 443, which a server of this machine's own may have.
_PORT: Final = 8443


def add_serve(options: argparse.ArgumentParser) -> None:
    """Add those of `serve`."""
    options.add_argument("directory", type=Path, metavar="DIR", help="the tree that `zeus pxe render` made")
    options.add_argument("--interface", metavar="NAME", help="where; else the interface that has the tree's address")
    options.add_argument("--netns", metavar="NAME", help="in this network namespace")
    options.add_argument("--address", metavar="CIDR", help="give the interface this address for as long as it serves")
    options.add_argument("--dhcp-range", metavar="FIRST,LAST", help="give addresses; no other server does")
    options.add_argument("--proxy", action="store_true", help="give boot programs only; another server gives addresses")
    options.add_argument(
        "--loader",
        choices=("auto", "grub"),
        default="auto",
        help="what boots: iPXE where the firmware has it, else GRUB; or always GRUB",
    )
    options.add_argument("--certificate", type=Path, metavar="FILE", help="of the receiver of reports by https")
    options.add_argument(
        "--until-done", action="store_true", help="end when every host has ended; status 4: not all well"
    )
    options.add_argument("--json", action="store_true", help="print a line of JSON for each change")


def run_serve(arguments: argparse.Namespace) -> ExitStatus:
    """Serve."""
    order = Order(
        directory=arguments.directory,
        interface=arguments.interface,
        netns=arguments.netns,
        address=arguments.address,
        dhcp_range=arguments.dhcp_range,
        proxy=arguments.proxy,
        loader=arguments.loader,
        certificate=arguments.certificate,
        until_done=arguments.until_done,
    )
    return serve(order, choose(for_programs=arguments.json))


def add_certificate(options: argparse.ArgumentParser) -> None:
    """Add those of `certificate`."""
    options.add_argument("file", type=Path, metavar="FILE", help="where to write the certificate and its key")
    options.add_argument("--address", metavar="ADDRESS", required=True, help="of the server that takes reports")


def run_certificate(arguments: argparse.Namespace) -> ExitStatus:
    """Make it, and print what the answers have to say of it."""
    fingerprint = make_certificate(arguments.file, arguments.address)
    url = f"https://{arguments.address}:{_PORT}/reports"
    sys.stdout.write(f'[report]\nurl = "{url}"\nfingerprint = "{spaced_fingerprint(fingerprint)}"\n')
    return ExitStatus.DONE
