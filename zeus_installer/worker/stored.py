"""The plan and the store that an order is about."""

from collections.abc import Mapping
from typing import cast

from zeus_installer.engine.store import Store
from zeus_installer.plan import Plan, restore
from zeus_installer.system.codec import Json
from zeus_installer.system.errors import UsageError
from zeus_installer.worker import orders
from zeus_installer.worker.orders import Order, asked


def plan_of(order: Order) -> Plan:
    """Give the plan that the order brings, in the shape in which it is stored."""
    try:
        return restore(cast("Mapping[str, object]", asked(order, "plan")))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError("order.plan", "the order's plan is not a stored plan") from error


def store_of(order: Order) -> Store:
    """Give the store of the system that the order is about."""
    return Store(orders.target(order))


def steps_of(plan: Plan) -> list[Json]:
    """Give what a viewer must know of the steps."""
    return [{"id": step.id, "title": step.title, "half": step.half} for step in plan.steps]
