"""What the %pre script of our kickstarts does once the add-on is known to be there.

Run as `python3 -m zeus_installer.kickstart.prepare` in the installer (kickstart/snippets/start.ks: zeus_prepare). It
reads the answers, and before Anaconda reads anything it gives Anaconda's package manager the source's repositories, and
chooses dom0's disk by a rule. What it finds goes into small kickstarts that ours include. Whatever is wrong is said in
full, and then the installation ends.
"""

import argparse
import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NoReturn

from zeus_installer.answer_sources.find import MEDIUM, NONE, find_answers
from zeus_installer.answer_sources.search import Search
from zeus_installer.answers.kickstart import END, HEADER, section_of
from zeus_installer.answers.model import Answers, DiskRule
from zeus_installer.answers.problems import as_error
from zeus_installer.answers.reader import parse_answers, read_answers
from zeus_installer.kickstart.consent import HOW_TO_CONSENT, HOW_TO_TRUST, check_consent, check_trust
from zeus_installer.kickstart.examples import refuse_examples
from zeus_installer.kickstart.finished import refuse_finished
from zeus_installer.kickstart.made import ANSWERS, ANSWERS_TOML, DISK, REPOSITORIES, WAY
from zeus_installer.kickstart.refusals import tell
from zeus_installer.kickstart.repositories import check_offline, for_anaconda, give_repositories, repo_commands
from zeus_installer.kickstart.sections import ours, sections
from zeus_installer.kickstart.signatures import refuse_unchecked
from zeus_installer.kickstart.source import read_source
from zeus_installer.kickstart.system_disk import check_beside, choose_system_disk, disk_commands, parse_rule
from zeus_installer.kickstart.wanted import read_wanted
from zeus_installer.machine.installer import ANACONDA_ROOTS, InstallerTree
from zeus_installer.machine.model import Disk, Machine
from zeus_installer.machine.probe import probe_tree
from zeus_installer.machine.replay import load as load_machine
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.storage.text import contents, disk_name
from zeus_installer.system.errors import RefusedError, UsageError, ZeusError, sentence_list
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target
from zeus_installer.system.unattended import has_consent
from zeus_installer.web.client import PATIENT, Patience

# Where dracut leaves the kickstart (anaconda: dracut/anaconda-lib.sh).
KICKSTART: Final = Path("/run/install/ks.cfg")
# In the place of a file: the answers are to be found.
FIND: Final = "auto"
# Names the serial number of dom0's disk, over the kickstart's rule.
_DISK_WORD: Final = "zeus.system_disk="
# How a medium's kickstart goes on. Its own partitions are asked for, unless nobody is there to ask.
_ASKED: Final = "graphical\n"
_UNASKED: Final = f"cmdline\nreboot --eject\nrootpw --lock\n%include {MEDIUM}/snippets/dom0-partitions.ks\n"
# Turns the add-on on, which then asks for what it needs.
_NOTHING_SAID: Final = f"{HEADER}\nversion = 1\n{END}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to prepare: from which file, with which rule for dom0's disk, and whether nobody will be asked.

    `find`: the answers are looked for, where docs/answer-sources.md says. `may_ask`: nobody is asked when the kernel
    command line has zeus.unattended; without it Anaconda asks for what the answers leave open, or for everything.
    """

    kickstart: Path = KICKSTART
    answers: Path | None = None
    find: bool = False
    system_disk: DiskRule | None = None
    unattended: bool = False
    may_ask: bool = False
    machine: Path | None = None
    patience: Patience = PATIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The answers, who vouches for them, and what Anaconda reads them from: a section of its own kickstart or ours."""

    answers: Answers
    origin: str = ""
    authenticated: bool = True
    section: str | None = None


def prepare(order: Order, target: Target) -> Iterator[str]:
    """Do it, and tell what was done. What cannot be done is a `ZeusError`."""
    if order.may_ask:
        order = replace(order, unattended=has_consent(target))
        _write(target, WAY, _UNASKED if order.unattended else _ASKED)
    given = yield from _given(order, target)
    if given is None:
        yield "no answers were found: Anaconda asks for everything"
        for path, text in ((ANSWERS, _NOTHING_SAID), (REPOSITORIES, ""), (DISK, "")):
            _write(target, path, text)
        return
    try:
        yield from _prepare(order, given, target)
    except ZeusError as error:
        tell(given.answers, error, target)
        raise


def _prepare(order: Order, given: _Given, target: Target) -> Iterator[str]:
    answers = given.answers
    refuse_examples(answers)
    consent = has_consent(target) and given.authenticated
    if order.unattended:
        check_trust(answers, given.origin, authenticated=given.authenticated)
        check_consent(answers, consent=consent)
    refuse_unchecked(answers, target)
    machine = _look(order, target)
    source = load(answers.packages.source)
    asked = select(answers, source, machine.os)
    request = for_anaconda(asked)
    rule = None if order.may_ask and not order.unattended else _named_disk(target) or order.system_disk
    disk: Disk | None = None
    beside: Sequence[Disk] = ()
    if rule is not None:
        disk = _choose(rule, given, machine, consent=consent)
        beside = check_beside(disk, answers, machine)
        if order.unattended and order.machine is None:
            yield from refuse_finished(disk, target)
    yield from check_offline(asked)
    yield from give_repositories(request, target)
    _write(target, REPOSITORIES, repo_commands(request))
    if given.section is not None:
        _write(target, ANSWERS, given.section)
    if disk is not None:
        _write(target, DISK, disk_commands(disk))
        yield f"dom0: {disk_name(disk)}; on it: {contents(disk)}"
        yield from (f"storage repository: {disk_name(one)}; on it: {contents(one)}" for one in beside)
    elif order.may_ask:
        _write(target, DISK, "")


def _given(order: Order, target: Target) -> Generator[str, None, _Given | None]:
    """Read or find the answers. None: there are none, and Anaconda may ask."""
    if not order.find:
        answers = read_answers(order.answers) if order.answers else _section(order.kickstart)
        return _Given(answers=answers, section=section_of(answers) if order.answers else None)
    search = Search(target=target, patience=order.patience, trusted_only=not order.unattended)
    try:
        found = find_answers(search)
    except ZeusError as error:
        yield from map(str, search.tried)
        if error.code == NONE and order.may_ask and not order.unattended:
            return None
        raise
    yield from map(str, found.tried)
    _write(target, ANSWERS_TOML, found.text)
    answers = parse_answers(found.text, found.origin)
    yield f"the answers are {found.origin}"
    return _Given(answers=answers, origin=found.origin, authenticated=found.authenticated, section=section_of(answers))


def _choose(rule: DiskRule, given: _Given, machine: Machine, *, consent: bool) -> Disk:
    try:
        return choose_system_disk(rule, given.answers, machine, consent=consent)
    except RefusedError as error:
        # Whoever has consented already must hear why that does not count.
        if error.hint == HOW_TO_CONSENT and not given.authenticated:
            raise RefusedError(error.code, error.message, hint=HOW_TO_TRUST) from error
        raise


def _section(kickstart: Path) -> Answers:
    """Read our section of the kickstart."""
    source = read_source(kickstart)
    mine = ours(sections(source))
    if len(mine) != 1:
        raise UsageError(
            "kickstart.section",
            f"{kickstart} has {len(mine) or 'no'} {HEADER} section{'s' if len(mine) > 1 else ''}, wants one",
            hint=f"put the answers between {HEADER} and %end",
        )
    wanted, messages = read_wanted(source, mine[0])
    if wanted is None or messages:
        raise as_error(map(str, messages))
    return wanted.answers


def _look(order: Order, target: Target) -> Machine:
    return load_machine(order.machine) if order.machine else probe_tree(InstallerTree(target.root, ANACONDA_ROOTS))


def _named_disk(target: Target) -> DiskRule | None:
    words = (target.read("/proc/cmdline") or "").split()
    serials = [word.removeprefix(_DISK_WORD) for word in words if word.startswith(_DISK_WORD)]
    return DiskRule(serial=serials[-1]) if serials and serials[-1] else None


def _write(target: Target, path: str, text: str) -> None:
    target.write_atomic(path, text, mode=0o600)


class _Options(argparse.ArgumentParser):
    """Options whose faults are errors like all others."""

    def error(self, message: str) -> NoReturn:
        known = sentence_list(name for name in self._option_string_actions if name.startswith("--"))
        raise UsageError("kickstart.prepare", f"zeus_prepare: {message}", hint=f"it takes {known}")


def _parser() -> argparse.ArgumentParser:
    options = _Options(prog="prepare", description="Prepare the installer.", allow_abbrev=False)
    options.add_argument("--kickstart", type=Path, default=KICKSTART, help="the kickstart that has our section")
    options.add_argument("--answers", metavar="FILE", help="answers that stand in a file of their own; auto: find them")
    options.add_argument("--system-disk", metavar="RULE", help="dom0's disk, as in storage.disks")
    options.add_argument("--unattended", action="store_true", help="nobody will be asked")
    options.add_argument(
        "--may-ask", action="store_true", help="ask, unless zeus.unattended is on the kernel command line"
    )
    options.add_argument(
        "--patience", type=float, default=PATIENT.seconds, help="how many seconds to ask a server again"
    )
    options.add_argument("--machine", type=Path, help="a machine that `zeus probe --save` wrote")
    options.add_argument("--root", type=Path, default=Path("/"), help="the root directory of the installer")
    return options


def order_of(words: Sequence[str]) -> tuple[Order, Path]:
    """Read what stands behind `zeus_prepare`: the order, and the installer's root. A fault is a `UsageError`."""
    given = _parser().parse_args(words)
    order = Order(
        kickstart=given.kickstart,
        answers=Path(given.answers) if given.answers not in (None, FIND) else None,
        find=given.answers == FIND,
        system_disk=parse_rule(given.system_disk) if given.system_disk else None,
        unattended=given.unattended,
        may_ask=given.may_ask,
        machine=given.machine,
        patience=replace(PATIENT, seconds=given.patience),
    )
    return order, given.root


def main(words: Sequence[str]) -> int:
    """Prepare, print what was done, and give the exit status."""
    try:
        order, root = order_of(words)
        for sentence in prepare(order, Target(root=root)):
            sys.stdout.write(redact(f"Zeus: {sentence}\n"))
    except ZeusError as error:
        sys.stdout.write(redact(f"{error}\n"))
        return error.status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
