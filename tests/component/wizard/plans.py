"""The plan that a saved answer file makes, in the words that the summary has for it."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOCAL_SR: Final = re.compile(r"localsr-[0-9a-f]{8}")
# What verdicts are called on the screen, the worst first.
_MARKS: Final = {"fail": "FAIL", "warning": "warning", "unknown": "not known"}


def zeus(*arguments: str | Path) -> str:
    """What a command says when all is well."""
    done = subprocess.run(
        [sys.executable, "-m", "zeus_installer", *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def told(machine: Path, answers: Path) -> Sequence[str]:
    """What the summary says of the plan: destroyed and to be known, packages, the steps of both halves."""
    plan = json.loads(zeus("plan", "--json", "--machine", machine, "--answers", answers))
    destroyed = [sentence for step in plan["steps"] for sentence in step["destroys"]]
    notable = [finding for verdict in _MARKS for finding in plan["findings"] if finding["verdict"] == verdict]
    known = [word for finding in notable for word in _words(finding)]
    return [
        same_each_time(text)
        for text in (
            " ".join(["Destroyed", *(destroyed or ["nothing"]), "To know", *known, "Packages"]),
            ", ".join(plan["packages"]["install"]),
            " ".join(["Now, in plain Linux", *_steps(plan, "linux"), "After the reboot, in dom0"]),
            " ".join(["After the reboot, in dom0", *_steps(plan, "dom0"), "──"]),
        )
    ]


def same_each_time(text: str) -> str:
    """The text without what is made anew with each plan, and with lines put together."""
    return " ".join(_LOCAL_SR.sub("localsr-#", _UUID.sub("#", text)).split())


def _words(finding: Mapping[str, Any]) -> Sequence[str]:
    return [_MARKS[finding["verdict"]], finding["seen"], *(["→", finding["remedy"]] if finding["remedy"] else [])]


def _steps(plan: Mapping[str, Any], half: str) -> Sequence[str]:
    return [word for step in plan["steps"] if step["half"] == half for word in (step["title"], *step["changes"])]
