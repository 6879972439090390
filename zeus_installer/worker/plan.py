"""Order `plan`: the plan as it will be stored, and as people look at it."""

from zeus_installer import planning
from zeus_installer.checks.model import Finding
from zeus_installer.plan import Plan, refuse_failures, store
from zeus_installer.sources.loader import load
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.codec import Json, decode, encode
from zeus_installer.system.errors import RefusedError
from zeus_installer.worker import orders
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order, flag


def plan(order: Order, _channel: Channel) -> Json:
    """Plan for the order's answers and machine. The files are compared to this machine's only if it is meant."""
    answers, machine = orders.answers(order), orders.machine(order)
    more = decode(tuple[Finding, ...], order.get("findings") or [], where="findings")
    made = planning.plan_host(answers, machine, source=load(answers.packages.source), reboot=flag(order, "reboot"))
    made = planning.with_findings(made, *more)
    return {"plan": store(made), "view": _view(made, this_machine=flag(order, "this_machine"))}


def _view(plan: Plan, *, this_machine: bool) -> Json:
    changes = [(step, step.describe()) for step in plan.steps]
    return {
        "destroys": list(plan.destroys),
        "steps": [
            {"id": step.id, "title": step.title, "half": step.half, "changes": list(change.changes)}
            for step, change in changes
        ],
        "packages": [name for step in plan.steps if isinstance(step, InstallPackages) for name in _names(step)],
        "files": [
            {"path": file.path, "diff": file.diff(planning.present_file(file.path) if this_machine else None)}
            for _, change in changes
            for file in change.files
        ],
        "findings": encode(plan.findings),
        "refused": _refused(plan),
    }


def _names(step: InstallPackages) -> tuple[str, ...]:
    return (*step.request.vendor, *step.request.support, *step.request.optional)


def _refused(plan: Plan) -> Json:
    try:
        refuse_failures(plan.findings)
    except RefusedError as error:
        return {"message": error.message, "hint": error.hint}
    return None
