"""Answers that exist already, as what the operator would have typed: the wizard then begins with them. Pure.

Disks are not among it: they are picked by hand, where what is on them is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from zeus_installer.answers.model import Answers, Host, Management, Network, NicRule, Packages, Repo, Static, Storage
from zeus_installer.screens.draft import Draft
from zeus_installer.system.codec import Json, encode

_MOST_REPOS = 5
_MOST_KEYS = 20


@dataclass(slots=True)
class FoundDraft(Draft):
    """A draft that begins with `answers`, as long as nobody has typed anything; `origin` is where they are from."""

    answers: Answers = field(default_factory=Answers)
    origin: str = ""
    began: bool = False

    def load(self) -> tuple[dict[str, Json], str]:
        """Give what was kept, else what the answers say."""
        kept = Draft.load(self)
        if kept[0]:
            return kept
        self.began = True
        return inputs_of(self.answers), ""

    @property
    def told(self) -> Sequence[tuple[Literal["", "warn"], str]]:
        """Say where the fields got their texts from, and what the screens have no fields for."""
        if not self.began:
            return ()
        lines: list[tuple[Literal["", "warn"], str]] = [
            ("", f"The screens begin with the answers of {self.origin}. Nothing is done before you say so.")
        ]
        left = without_field(self.answers)
        if left:
            lines += [
                ("", ""),
                ("warn", f"They also have {', '.join(left)}, which you choose here anew, or which no screen has."),
                ("", "To carry them out as they are: zeus install --answers FILE"),
            ]
        return lines


def inputs_of(answers: Answers) -> dict[str, Json]:
    """Give the inputs, by the names of their fields."""
    host, packages = answers.host, answers.packages
    texts: dict[str, Json] = {
        "hostname": host.hostname,
        "password_hash": host.root_password_hash.reveal() if host.root_password_hash else None,
        "timezone": host.timezone,
        "sr_type": answers.storage.sr_type,
        "space": answers.storage.space,
        "raid": answers.storage.raid,
        "backend": answers.network.backend,
        "source": packages.source,
        "unsigned": packages.allow_unsigned or None,
        "accept_pv": "cpu.virtualization" in answers.checks.accept or None,
        "no_trial": None if answers.boot.trial else True,
    }
    texts |= {f"key {number}": key for number, key in enumerate(host.ssh_keys[:_MOST_KEYS])}
    for number, repo in enumerate(packages.repos[:_MOST_REPOS]):
        texts |= {f"repo {number}": repo.baseurl, f"key of repo {number}": repo.gpgkey}
    return {
        name: value for name, value in (texts | dict(_network(answers.network.management))).items() if value is not None
    }


def without_field(answers: Answers) -> Sequence[str]:
    """Give the keys of what the inputs do not say."""
    return list(dict.fromkeys(_differences(encode(answers), encode(_shown(answers)))))


def _network(management: Management) -> Iterator[tuple[str, Json]]:
    rule = management.nic
    if rule is not None and rule.bond is not None:
        yield "bond", True
        yield "members", [*rule.bond.members]
        yield "mode", rule.bond.mode
    elif rule is not None and rule.mac is not None:
        yield "nic", [rule.mac]
    for family, wanted in (("ipv4", management.ipv4), ("ipv6", management.ipv6)):
        if isinstance(wanted, Static):
            yield family, "static"
            yield f"{family}_address", wanted.address
            yield f"{family}_gateway", wanted.gateway
        else:
            yield family, wanted
    yield "vlan", None if management.vlan is None else str(management.vlan)
    yield "dns", ", ".join(management.dns) or None
    yield "ntp", ", ".join(management.ntp) or None


def _shown(answers: Answers) -> Answers:
    """Give the answers with a default for all that no field has."""
    storage, management, packages = answers.storage, answers.network.management, answers.packages
    rule = management.nic if management.nic is not None and management.nic.match is None else None
    accepted = tuple(check for check in answers.checks.accept if check == "cpu.virtualization")
    return Answers(
        host=Host(
            hostname=answers.host.hostname,
            root_password_hash=answers.host.root_password_hash,
            ssh_keys=answers.host.ssh_keys[:_MOST_KEYS],
            timezone=answers.host.timezone,
        ),
        storage=Storage(sr_type=storage.sr_type, space=storage.space, raid=storage.raid),
        network=Network(
            backend=answers.network.backend,
            management=replace(management, nic=NicRule(mac=rule.mac, bond=rule.bond) if rule is not None else None),
        ),
        packages=Packages(
            source=packages.source,
            allow_unsigned=packages.allow_unsigned,
            # The id is a name and no more.
            repos=tuple(
                Repo(id=one.id, baseurl=one.baseurl, gpgkey=one.gpgkey) for one in packages.repos[:_MOST_REPOS]
            ),
        ),
        boot=replace(Answers().boot, trial=answers.boot.trial),
        checks=replace(answers.checks, accept=accepted),
    )


def _differences(said: Json, shown: Json, key: str = "") -> Iterator[str]:
    if isinstance(said, dict) and isinstance(shown, dict):
        known: Mapping[str, Json] = shown
        for name, value in said.items():
            yield from _differences(value, known.get(name), f"{key}.{name}".lstrip("."))
    elif said != shown:
        yield key
