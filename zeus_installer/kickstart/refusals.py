"""What is refused in the installer is told where the answers want reports to go, too: nobody looks at its console."""

from zeus_installer.answers.model import Answers
from zeus_installer.machine.identity import read_identity
from zeus_installer.machine.tree import Tree
from zeus_installer.reporting.refusal import tell_refusal
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target


def tell(answers: Answers, error: ZeusError, target: Target) -> None:
    """Tell it, when the answers name a place. That it cannot be told changes nothing."""
    if answers.report is not None:
        tell_refusal(answers.report, read_identity(Tree(target.root)), error)
