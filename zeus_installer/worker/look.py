"""Order `look`: what the machine is, and what stands against it before anything was answered."""

from pathlib import Path

from zeus_installer.answers.model import Answers
from zeus_installer.checks.registry import run_checks
from zeus_installer.machine.which import read_machine
from zeus_installer.sources.loader import load
from zeus_installer.system.codec import Json, encode
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order, path


def look(order: Order, _channel: Channel) -> Json:
    """Load the file `machine`, or probe `root`; check it for the default answers and their package source."""
    machine = read_machine(file=path(order, "machine"), root=path(order, "root") or Path("/"))
    findings = run_checks(machine, None, source=load(Answers().packages.source))
    return {"machine": encode(machine), "findings": encode(findings)}
