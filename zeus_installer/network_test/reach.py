"""What lies behind the addresses: the name servers and the repositories."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from zeus_installer.checks.model import Finding, failed, passed, unknown, warning
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dns import Address, Answer, Kind, Status, is_name
from zeus_installer.network_test.names import ask
from zeus_installer.network_test.outcome import Check, Way, not_tested
from zeus_installer.network_test.port import Place
from zeus_installer.network_test.repository import Door, Reached, knock, status_words
from zeus_installer.system.errors import sentence_list

_KINDS = {4: Kind.A, 6: Kind.AAAA}
_MOST_ADDRESSES = 2  # of each family


@dataclass(slots=True)
class Resolver:
    """Looks names up over the ways that there are; `alive` are the servers that have answered."""

    ways: Sequence[Way]
    deadline: Deadline
    alive: list[Address] = field(default_factory=list)

    def way_to(self, target: Address) -> Way | None:
        """Give the first way that reaches `target`."""
        return next((way for way in self.ways if way.reaches(target)), None)

    @property
    def limit(self) -> str:
        """Why something cannot be reached."""
        return next((way.limit for way in self.ways if way.limit), "no address of the same family to reach it from")

    def ask(self, server: Address, name: str) -> tuple[Answer, ...]:
        """Ask one server for what the ways can use of `name`; for the root, who serves it. Silence is no answer."""
        way = self.way_to(server)
        kinds = [_KINDS[way.address.version] for way in self.ways] if name else [Kind.NS]
        answers: list[Answer] = []
        for kind in dict.fromkeys(kinds):
            answer = ask(server, name, kind, place=way.place, deadline=self.deadline) if way is not None else None
            if answer is None:
                break
            answers.append(answer)
        return tuple(answers)

    def targets(self, host: str) -> list[tuple[Address, Place]]:
        """Give the addresses of a host that can be reached, and from where."""
        reached = ((address, self.way_to(address)) for address in self.addresses(host))
        return [(address, way.place) for address, way in reached if way is not None]

    def addresses(self, host: str) -> list[Address]:
        """Give the addresses of a host that the ways can use, wherever they are."""
        literal = literal_address(host)
        if literal is not None:
            return [literal]
        for server in self.alive:
            answers = self.ask(server, host) if is_name(host) else ()
            if any(answer.addresses for answer in answers):
                return [address for answer in answers for address in answer.addresses[:_MOST_ADDRESSES]]
        return []


def check_dns(servers: Sequence[Address], name: str, resolver: Resolver) -> Finding:
    """Ask every name server for `name` (the root without one)."""
    if not servers:
        remedy = "name one in network.management.dns, or in the DHCP server's or router's settings"
        return warning(Check.DNS, "no name server is known", remedy=remedy)
    reached = [server for server in servers if resolver.way_to(server) is not None]
    if not reached:
        return not_tested(Check.DNS, resolver.limit)
    answers = {server: resolver.ask(server, name) for server in reached}
    resolver.alive.extend(server for server in reached if answers[server])
    verdicts = {server: judge_answers(answers[server], name) for server in reached}
    seen = "\n".join(f"the name server {server} {said}" for server, (_, said) in verdicts.items())
    good = sum(good for good, _ in verdicts.values())
    if good == len(servers):
        return passed(Check.DNS, seen)
    left = [server for server in servers if server not in verdicts]
    seen += "".join(f"\nthe name server {server} was not asked: no way there" for server in left)
    remedy = "check the addresses of the name servers, and that they know the name"
    return warning(Check.DNS, seen, remedy=remedy) if good else failed(Check.DNS, seen, remedy=remedy)


def judge_answers(answers: Sequence[Answer], name: str) -> tuple[bool, str]:
    """Say whether a server is of use, and what it said."""
    if not answers:
        return False, "does not answer"
    if not name:
        return True, "answers"  # whatever it makes of the root: a server of a closed site may know of none
    addresses = [str(address) for answer in answers for address in answer.addresses[:_MOST_ADDRESSES]]
    status = max(answer.status for answer in answers)
    if addresses:
        return True, f"answers: {name} is {sentence_list(addresses)}"
    if status == Status.NO_SUCH_NAME:
        return False, f"answers: there is no {name}"
    if status != Status.OK:
        known = {member.value: member.name.replace("_", " ").lower() for member in Status}
        return False, f"answers with an error ({known.get(status, status)})"
    return False, f"answers: {name} has no address that can be used here"


def check_repository(door: Door, resolver: Resolver) -> Finding:
    """Ask for a repository's metadata. Any answer of a working server will do: the address may be a pattern."""
    targets = resolver.targets(door.host)
    if not targets:
        return not_tested(Check.REPOSITORY, f"{_why_not(door.host, resolver)} ({door.shown})")
    reached = knock(door, targets, resolver.deadline)
    if reached is None:
        return unknown(Check.REPOSITORY, f"{door.shown}: not tested: no time left", remedy="test again")
    return judge_repository(door, reached)


def judge_repository(door: Door, reached: Reached) -> Finding:
    """Say what came of asking a repository."""
    if reached.status is None:
        return failed(
            Check.REPOSITORY,
            f"{door.shown} cannot be reached at {reached.address}: {reached.trouble}",
            remedy="check the address of the repository, the gateway, and firewalls on the way",
        )
    seen = f"{door.shown} answers at {reached.address}: {status_words(reached.status)}"
    if reached.status >= 500:
        return failed(Check.REPOSITORY, seen, remedy="look at the repository's server, or name another repository")
    return passed(Check.REPOSITORY, seen)


def _why_not(host: str, resolver: Resolver) -> str:
    if literal_address(host) is not None:
        return resolver.limit
    if not resolver.alive:
        return "no name server answers"
    return resolver.limit if resolver.addresses(host) else f"no name server knows {host}"


def literal_address(host: str) -> Address | None:
    """Give the address that `host` is, if it is one."""
    try:
        return ip_address(host)
    except ValueError:
        return None
