"""Check `report.server`: is what the machine tells of itself for that server's eyes alone?"""

from zeus_installer.answers.model import Answers
from zeus_installer.checks.model import Finding, warning
from zeus_installer.web.places import shown


def check_report(answers: Answers | None) -> tuple[Finding, ...]:
    """Warn of a server without TLS; there is nothing to say of others, or of none."""
    url = answers.report.url.reveal() if answers is not None and answers.report is not None else ""
    if not url.startswith("http://"):
        return ()
    seen = f"reports go to {shown(url)} without encryption: whoever is on the way can read and change them"
    return (warning("report.server", seen, remedy="name an https:// address in [report], if need be with fingerprint"),)
