"""Scripts: ours have the same stages, and each is pinned by its SHA-256, which these files do not have."""

import shlex
from collections.abc import Mapping
from typing import Final, get_args

from zeus_installer.answers.model import Stage
from zeus_installer.answers.problems import did_you_mean, nearest
from zeus_installer.convert.document import Element
from zeus_installer.convert.draft import Hook
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.messages import said, shown
from zeus_installer.convert.reading import Reading, attribute

STAGES: Final[tuple[str, ...]] = get_args(Stage)
_OLD: Final[Mapping[str, str]] = {
    "post-install-script": "filesystem-populated",
    "install-failed-script": "installation-complete",
}
_INSIDE: Final = "Zeus runs it inside the new system, without the mount point as its argument"
# What else differs; besides, a hook that fails stops an installation of ours, and theirs goes on.
_DIFFERS: Final[Mapping[str, str]] = {
    "installation-start": "under Anaconda Zeus runs it when the system is installed",
    "packages-installed": _INSIDE,
    "filesystem-populated": _INSIDE,
    "installation-complete": "Zeus runs it in the finished host, and after a failure not at all",
}


def convert_hooks(reading: Reading, checksums: Mapping[str, str]) -> None:
    """Convert `script` and the two elements that it replaced. `checksums` has the SHA-256 of URLs, by URL."""
    draft = reading.draft
    for script in reading.all("script"):
        stage = attribute(script, "stage").lower()
        if stage in STAGES:
            _convert(reading, script, stage, checksums)
        elif stage:
            meant = did_you_mean(nearest(stage, STAGES))
            text = f"<script> is never run: XCP-ng and XenServer have no stage {said(stage)}{meant}; it is left out"
            draft.warning(script.line, text)
        if stage == "packages-installed" and reading.dialect is Dialect.XCP_NG:
            draft.warning(script.line, 'stage="packages-installed" is XenServer\'s alone: XCP-ng never runs it')
    for name, stage in _OLD.items():
        scripts = reading.all(name)
        if len(scripts) > 1:
            text = (
                f"<{name}> is there {len(scripts)} times: XCP-ng and XenServer run none of them, and they are left out"
            )
            draft.warning(scripts[0].line, text)
            continue
        for script in scripts:
            _convert(reading, script, stage, checksums)
            if name == "install-failed-script":
                text = f"<{name}> runs after success too there, after success alone here: [report] tells a failure"
                draft.warning(script.line, text)


def _convert(reading: Reading, script: Element, stage: str, checksums: Mapping[str, str]) -> None:
    draft, url = reading.draft, script.text
    if not url:
        draft.error(script.line, f"<{script.name}> names no script")
        return
    if attribute(script, "type").lower() == "nfs" and not url.startswith("nfs://"):
        url = f"nfs://{url}"
    hook = Hook(line=script.line, stage=stage, url=url, sha256=checksums.get(url))
    draft.hooks.append(hook)
    what = f"<{script.name}> {shown(url)}"
    if not hook.is_fetched:
        draft.warning(
            script.line,
            f"{what} is written down as a comment: hooks are fetched by http:// and https:// alone",
            "put the script on a web server",
        )
    elif hook.sha256 is None:
        draft.warning(
            script.line,
            f"{what} is written down as a comment: a hook is pinned by its SHA-256",
            f"complete [[hooks]] with what this prints: {_command(url)}\nor convert with --sha256 URL=HEX",
        )
    draft.note(script.line, f"{what}: {_DIFFERS[stage]}", "a hook that fails stops the installation")


def _command(url: str) -> str:
    """Give the command that prints the checksum; the answers have it too, with what is hidden here."""
    return f"curl -fsS {shlex.quote(shown(url))} | sha256sum"
