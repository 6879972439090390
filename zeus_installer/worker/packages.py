"""Order `packages`: can the package set be had, and, with `download`, here it is."""

from zeus_installer.checks.packages import check_and_download, check_repositories
from zeus_installer.sources.loader import load
from zeus_installer.system.codec import Json, encode
from zeus_installer.worker import orders
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order, flag


def check_packages(order: Order, channel: Channel) -> Json:
    """Ask the repositories; download into the cache that the installation takes packages from, when that is wanted."""
    answers, machine = orders.answers(order), orders.machine(order)
    ask = check_and_download if flag(order, "download") else check_repositories
    source = load(answers.packages.source)
    finding = ask(answers, source, machine, target=orders.target(order), report=channel.reporter())
    return {"finding": encode(finding)}
