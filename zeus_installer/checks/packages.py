"""Check `packages.repository`: can the whole set be had? The repositories are asked, and nothing is installed.

`check_repositories` writes nothing but a scratch directory and needs no root; `check_and_download` also fetches.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace

from zeus_installer.answers.model import Answers
from zeus_installer.checks.model import Finding, failed, passed, unknown, warning
from zeus_installer.machine.model import Machine
from zeus_installer.packages import client
from zeus_installer.packages.openpgp import public_keys
from zeus_installer.packages.port import Outcome, Request
from zeus_installer.packages.selection import select
from zeus_installer.sources.model import Source
from zeus_installer.system.errors import UsageError, ZeusError, sentence_list
from zeus_installer.system.events import Reporter, silent
from zeus_installer.system.target import Target

ID = "packages.repository"


def check_repositories(
    answers: Answers, source: Source, machine: Machine, *, target: Target | None = None, report: Reporter | None = None
) -> Finding:
    """Resolve the set on `target` (the running system when left out) without installing anything.

    Answers that name no repository or an unknown group are a `UsageError`.
    """

    def ask(request: Request) -> Outcome:
        with tempfile.TemporaryDirectory(prefix="zeus-check-") as scratch:
            return client.resolve(replace(request, scratch=scratch), report or silent())

    return _check(answers, source, machine, target, ask=ask, tell=_to_download)


def check_and_download(
    answers: Answers, source: Source, machine: Machine, *, target: Target | None = None, report: Reporter | None = None
) -> Finding:
    """Make the same check, and fetch the packages into the cache of `target` that the installation takes them from.

    `report` hears of the download. Root is needed, and nothing is installed.
    """

    def ask(request: Request) -> Outcome:
        return client.download(request, report or silent())

    return _check(answers, source, machine, target, ask=ask, tell=_downloaded)


def _check(
    answers: Answers,
    source: Source,
    machine: Machine,
    target: Target | None,
    *,
    ask: Callable[[Request], Outcome],
    tell: Callable[[Outcome], str],
) -> Finding:
    root = target or Target()
    try:
        request = replace(select(answers, source, machine.os), root=str(root.root))
        outcome = ask(request)
    except UsageError:
        raise
    except ZeusError as error:
        verdict = unknown if error.code in ("packages.no_backend", "packages.locked") else failed
        return verdict(ID, error.message, remedy=error.hint)
    return _judge(request, outcome, tell(outcome))


def _to_download(outcome: Outcome) -> str:
    return f"{_size(outcome)} to download"


def _downloaded(outcome: Outcome) -> str:
    but = f" except those from {sentence_list(outcome.unchecked)}" if outcome.unchecked else ""
    return f"{_size(outcome)}, all downloaded and their signatures checked{but}"


def _size(outcome: Outcome) -> str:
    resolution = outcome.resolution
    return f"{len(resolution.items)} packages to install, {resolution.download / 1e6:.1f} MB"


def _judge(request: Request, outcome: Outcome, size: str) -> Finding:
    seen = [size, *_signers(request, outcome)]
    if outcome.resolution.skipped:
        seen.append(f"no repository has {sentence_list(outcome.resolution.skipped)}: skipped")
    unsigned = [repo.id for repo in request.repos if not repo.keys]
    if unsigned:
        seen.append(f"NOT SIGNED: {sentence_list(unsigned)}")
        return warning(ID, "; ".join(seen), remedy="name the repository's gpgkey in packages.repos")
    return passed(ID, "; ".join(seen))


def _signers(request: Request, outcome: Outcome) -> list[str]:
    return [
        f"{repo.id} is signed by {sentence_list(map(str, public_keys(outcome.keys[url])))}"
        for repo in request.repos
        for url in repo.keys
    ]
