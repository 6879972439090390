"""`zeus pxe`: a tree that machines boot from over the network, and a bench that serves it."""

import argparse
import sys
from pathlib import Path

from zeus_installer.cli.common import end_cleanly, make_parser
from zeus_installer.pxe.serving.options import add_certificate, add_serve, run_certificate, run_serve
from zeus_installer.system.errors import ExitStatus


def parser() -> argparse.ArgumentParser:
    """Give the options."""
    options = make_parser("pxe")
    actions = options.add_subparsers(dest="action", required=True, metavar="render|serve|certificate")
    _add_render(actions.add_parser("render", help="make a tree for an inventory of machines", allow_abbrev=False))
    add_serve(actions.add_parser("serve", help="serve a tree to a bench of a few machines", allow_abbrev=False))
    add_certificate(
        actions.add_parser("certificate", help="make one for the reports that serve takes", allow_abbrev=False)
    )
    return options


def _add_render(render: argparse.ArgumentParser) -> None:
    render.add_argument("inventory", type=Path, metavar="INVENTORY", help="the machines (TOML or CSV)")
    render.add_argument("-o", "--output", type=Path, metavar="DIR", required=True, help="the tree, replaced as a whole")
    render.add_argument("--iso", type=Path, metavar="ISO", required=True, help="the distribution's netinstall ISO")
    render.add_argument("--url", metavar="URL", help="where the tree will be found (default: of the inventory)")
    render.add_argument("--answers", type=Path, metavar="FILE", help="answers that all machines have in common")
    render.add_argument("--kickstart", type=Path, metavar="FILE", help="the kickstart (default: zeus-pxe.ks)")
    render.add_argument(
        "--append", action="append", default=[], metavar="WORDS", help="more words for the kernel; can be repeated"
    )
    render.add_argument(
        "--fingerprint", metavar="HEX", help="SHA-256 of the certificate of the server with the answers"
    )


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Render, serve, or make a certificate."""
    match arguments.action:
        case "serve":
            return run_serve(arguments)
        case "certificate":
            return run_certificate(arguments)
        case _:
            return _render(arguments)


def _render(arguments: argparse.Namespace) -> ExitStatus:
    from zeus_installer.pxe.render import Order, render

    order = Order(
        inventory=arguments.inventory,
        out=arguments.output,
        iso=arguments.iso,
        url=arguments.url,
        answers=arguments.answers,
        kickstart=arguments.kickstart,
        append=tuple(arguments.append),
        fingerprint=arguments.fingerprint,
    )
    end_cleanly()
    count = render(order, lambda text: sys.stderr.write(f"{text}\n"))
    sys.stdout.write(f"{order.out}: a tree for {count} host{'' if count == 1 else 's'}\n")
    return ExitStatus.DONE
