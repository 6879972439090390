"""Where the machines of a tree send their reports, by their answers, and whether that is here."""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from zeus_installer.answers.model import Report
from zeus_installer.pxe.serving.certificate import read_fingerprint
from zeus_installer.pxe.serving.nginx import Listener
from zeus_installer.system.errors import UsageError
from zeus_installer.web.places import credentials, shown, spaced_fingerprint, split

_PATH: Final = re.compile(r"(/[0-9A-Za-z._~-]+)+")
_HOW: Final = "zeus pxe certificate FILE --address {} makes one, and says what to write into [report]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where reports are taken here, with which header, if any; or why none are, as a sentence."""

    listener: Listener | None
    authorization: str | None = None
    note: str | None = None


def find_told(reports: Iterable[Report | None], address: IPv4Address, certificate: Path | None) -> Told:
    """Find out. What the answers and the options do not agree on is a `UsageError`."""
    given = list(reports)
    named = {(report.url.reveal(), report.fingerprint) for report in given if report is not None}
    here = {one for one in named if split(one[0]).hostname == str(address)}
    if not here:
        where = "send no reports: [report] in the answers names a server" if not named else "report to another server"
        return Told(listener=None, note=f"the machines {where}; only what they fetch is shown")
    if len(here) > 1:
        places = ", ".join(sorted(shown(url) for url, _ in here))
        raise UsageError(
            "pxe.report",
            f"the machines report to different places here: {places}",
            hint="give all of them one [report]",
        )
    ((url, fingerprint),) = here
    silent = len(given) - sum(report is not None and report.url.reveal() == url for report in given)
    parts = split(url)
    if not _PATH.fullmatch(parts.path) or parts.query:
        raise UsageError("pxe.report", f"{shown(url)} has no path that can be served", hint="write /reports")
    secure = parts.scheme == "https"
    if secure:
        _check_certificate(certificate, fingerprint, address)
    pair = credentials(parts)
    return Told(
        listener=Listener(
            port=parts.port or (443 if secure else 80),
            path=parts.path,
            certificate=certificate if secure else None,
        ),
        authorization=f"Basic {b64encode(pair.encode()).decode()}" if pair else None,
        note=f"{silent} of {len(given)} machines do not report here" if silent else None,
    )


def _check_certificate(certificate: Path | None, fingerprint: str | None, address: IPv4Address) -> None:
    if certificate is None:
        raise UsageError(
            "pxe.certificate",
            "the machines report by https, and there is no certificate for it",
            hint=f"--certificate FILE; {_HOW.format(address)}",
        )
    own = read_fingerprint(certificate)
    if fingerprint is not None and fingerprint.replace(":", "").lower() != own:
        raise UsageError(
            "pxe.certificate",
            f"the answers want another certificate for reports than the one in {certificate}",
            hint=f'render the tree with [report] fingerprint = "{spaced_fingerprint(own)}"',
        )
