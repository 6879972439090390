"""Order `network`: does the management network of the answers work?"""

from zeus_installer.checks.nics import choose_nics
from zeus_installer.network_test.tester import test_network
from zeus_installer.sources.loader import load
from zeus_installer.system.codec import Json, encode
from zeus_installer.worker import orders
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order


def try_network(order: Order, channel: Channel) -> Json:
    """Test the network on the NICs that the answers choose, up to the repositories."""
    answers = orders.answers(order)
    nics = choose_nics(answers, orders.machine(order))
    repos = (*load(answers.packages.source).repos, *answers.packages.repos)
    # From an offline set the installation comes without them.
    addresses = [] if answers.packages.offline else [repo.baseurl for repo in repos]
    return {"findings": encode(test_network(answers, nics, repositories=addresses, report=channel.reporter()))}
