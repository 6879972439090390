"""Check `hooks`: can they be fetched, and are they what the answers say? Asked before anything is written."""

from typing import Final

from zeus_installer.answers.model import Answers, Hook
from zeus_installer.checks.model import Finding, failed, passed
from zeus_installer.host.hooks import fetch_hook
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.secrets import redact

ID: Final = "hooks"
# Somebody may be waiting; when it comes to the installation, there is more time.
_SECONDS: Final = 15.0


def check_hooks(answers: Answers) -> tuple[Finding, ...]:
    """Fetch each of them, and forget it again; without hooks there is nothing to say."""
    hooks = answers.hooks
    troubles = tuple(dict.fromkeys(trouble for hook in hooks if (trouble := _trouble(hook))))
    if troubles:
        remedy = "correct [[hooks]], or the server; the hooks are fetched before anything is changed"
        return (failed(ID, "; ".join(troubles), remedy=remedy),)
    if not hooks:
        return ()
    count = f"{len(hooks)} hook{'' if len(hooks) == 1 else 's'}"
    return (passed(ID, f"{count} can be fetched, with the SHA-256 of the answers"),)


def _trouble(hook: Hook) -> str:
    try:
        fetch_hook(hook, seconds=_SECONDS)
    except ZeusError as error:
        return redact(error.message)
    return ""
