"""Are the repositories of the answers there? Asked before anything is written; the whole set is resolved later."""

import platform
from base64 import b64encode
from typing import Final
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from zeus_installer.answers.model import Answers, Repo
from zeus_installer.checks.model import Finding, failed, passed, warning
from zeus_installer.kickstart.signatures import refuse_unchecked
from zeus_installer.machine.model import Os
from zeus_installer.packages.offline import taken_offline
from zeus_installer.packages.selection import select
from zeus_installer.sources.model import Source
from zeus_installer.system.errors import RefusedError, ZeusError, sentence_list
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target

_ID: Final = "packages.repository"
_SECONDS: Final = 15.0


def check_reachable(answers: Answers, source: Source, system: Os) -> Finding:
    """Ask each repository for its metadata and its key."""
    try:
        request = select(answers, source, system)
        offline = taken_offline(request, platform.machine())
    except ZeusError as error:
        return failed(_ID, error.message, remedy=error.hint)
    if offline is not None:
        return passed(_ID, f"{offline.directory} has {len(offline.set.packages)} packages")
    repos = (*source.repos, *answers.packages.repos)
    troubles = [trouble for repo in repos for trouble in _troubles(repo, system)]
    if troubles:
        return failed(_ID, "; ".join(troubles), remedy="correct packages.repos, or give the installer a network")
    return passed(_ID, f"{sentence_list(repo.id for repo in repos)}: can be reached")


def check_signatures(answers: Answers, installer: Target) -> tuple[Finding, ...]:
    """Warn, for the host's report, where Anaconda installed without looking at signatures. `installer`: its root."""
    try:
        refuse_unchecked(answers, installer)
    except RefusedError as error:
        return (warning("packages.signatures", error.message, remedy=error.hint),)
    return ()


def _troubles(repo: Repo, system: Os) -> list[str]:
    urls = [f"{repo.baseurl.rstrip('/')}/repodata/repomd.xml", *([repo.gpgkey] if repo.gpgkey else [])]
    urls = [_without_variables(url, system) for url in urls]
    return [f"{repo.id}: {redact(url)}: {trouble}" for url in urls if (trouble := _trouble(url))]


def _without_variables(url: str, system: Os) -> str:
    """Put in what dnf puts in (dnf.conf(5))."""
    release = (system.version_id or "").partition(".")[0]
    for name, value in {"releasever": release, "basearch": platform.machine(), "arch": platform.machine()}.items():
        url = url.replace(f"${{{name}}}", value).replace(f"${name}", value)
    return url


def _trouble(url: str) -> str:
    try:
        with urlopen(_request(url), timeout=_SECONDS) as answer:  # noqa: S310 - the schema takes http, https and file
            answer.read(1)
    except HTTPError as error:
        return f"the server says {error.code}"
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        return str(getattr(reason, "strerror", None) or reason).lower()
    return ""


def _request(url: str) -> Request:
    """Make a request of an address that may have a user and a password in it, as dnf's may."""
    parts = urlsplit(url)
    login, _, place = parts.netloc.rpartition("@")
    request = Request(urlunsplit(parts._replace(netloc=place)))  # noqa: S310 - see above
    if login:
        request.add_header("Authorization", f"Basic {b64encode(unquote(login).encode()).decode()}")
    return request
