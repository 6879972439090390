"""The scripts of a kickstart: whether they can run, and whether `zeus_prepare` is called so that it counts."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.unit.kickstart_texts import changed, what_is_said

Said = Callable[..., list[str]]
CALL = "test -f /run/zeus/addon && echo > /run/zeus/kickstart/lib.sh && . /run/zeus/kickstart/lib.sh && zeus_prepare"
LIBRARY = "echo /run/zeus/addon > /run/zeus/kickstart/lib.sh"
UNKNOWN = (
    "ks:{line}: error: zeus_prepare is not known in this script: it is a function of /run/zeus/kickstart/lib.sh\n"
    "  hint: add the line before it: . /run/zeus/kickstart/lib.sh"
)
UNMADE = (
    "ks:{line}: error: no script before this one has made /run/zeus/kickstart/lib.sh\n"
    "  hint: %include start.ks of Zeus's own kickstarts before this script"
)
NOT_CALLED = "ks:6: error: repo --name=zeus-xapi has no address, and no %pre script writes its .repo file"


@pytest.fixture
def said(tmp_path: Path) -> Said:
    return partial(what_is_said, tmp_path)


@pytest.mark.parametrize(
    ("script", "messages"),
    [
        (f"{LIBRARY}\n. /run/zeus/kickstart/lib.sh\nzeus_prepare --unattended > /tmp/log 2>&1", []),
        (f"{LIBRARY}\n. /run/zeus/kickstart/lib.sh\nif ! zeus_prepare \\\n  --unattended; then exit 1; fi", []),
        (f'{LIBRARY}\n. /run/zeus/kickstart/lib.sh\nzeus_prepare --system-disk "$rule"', []),
        (f"{LIBRARY}\nzeus_prepare", [UNKNOWN.format(line=20)]),
        (f"{LIBRARY}\nzeus_prepare\n. /run/zeus/kickstart/lib.sh", [UNKNOWN.format(line=20)]),
        (f"{LIBRARY}\n# zeus_prepare: not yet", [NOT_CALLED]),
        (f"{LIBRARY}\necho zeus_prepare later", [NOT_CALLED]),
        ("# /run/zeus/addon\n. /run/zeus/kickstart/lib.sh\nzeus_prepare", [UNMADE.format(line=21)]),
        (
            f"{LIBRARY}\n. /run/zeus/kickstart/lib.sh\nzeus_prepare --system-disk '{{ match = {{ sise = \"<=9\" }} }}'",
            [
                'ks:21: error: dom0\'s disk: { match = { sise = "<=9" } }: unknown key rule.match.sise (did you mean '
                '"size"?)\n  hint: write { serial = "S3Z8NB0K" } or { match = { size = "<=130G", rotational = false } }'
            ],
        ),
        (
            f"{LIBRARY}\n. /run/zeus/kickstart/lib.sh\nzeus_prepare --unatended",
            [
                "ks:21: error: zeus_prepare: unrecognized arguments: --unatended\n  hint: it takes --help, "
                "--kickstart, --answers, --system-disk, --unattended, --may-ask, --patience, --machine and "
                "--root"
            ],
        ),
    ],
)
def test_zeus_prepare(said: Said, script: str, messages: list[str]) -> None:
    found = said(changed((CALL, script)))
    guards = [text for text in found if "makes sure that the add-on is on the installer image" in text]
    assert [text if text.partition("\n")[0] not in messages else text.partition("\n")[0] for text in found] == [
        *messages,
        *guards,
    ]
    assert bool(guards) == script.startswith("#")


def test_the_script_must_come_after_that_which_makes_the_functions(said: Said) -> None:
    make = f"%pre --erroronfail\n{LIBRARY}\n%end\n"
    prepare = "%pre --erroronfail\n. /run/zeus/kickstart/lib.sh\nzeus_prepare\n%end\n"
    old = f"%pre --erroronfail\n{CALL}\n%end\n"
    assert said(changed((old, make + prepare))) == []
    assert said(changed((old, make.replace("> ", ">") + prepare))) == []
    assert said(changed((old, prepare + make))) == [UNMADE.format(line=20)]


def test_a_failure_of_zeus_prepare_must_count(said: Said) -> None:
    assert said(changed(("%pre --erroronfail", "%pre"))) == [
        "ks:18: error: zeus_prepare in a %pre without --erroronfail: Anaconda would go on after its failure\n"
        "  hint: write: %pre --erroronfail"
    ]


def test_enterprise_linux_checks_no_signatures(said: Said) -> None:
    text = changed(("allow_unsigned = true\n", ""))
    hint = "say allow_unsigned = true in [packages]; or install a plain system and run zeus install there"
    what = (
        "packages: the Anaconda of this release checks no signatures, whatever gpgkey says; zeus_prepare refuses that"
    )
    assert said(text) == [f"ks:26: warning: {what} (RHEL10)\n  hint: {hint}"]
    assert said(text, versions=("RHEL10",)) == [f"ks:26: error: {what}\n  hint: {hint}"]
    assert said(text, versions=("F44", "F45")) == []


def test_line_ends_of_windows(said: Said) -> None:
    remedy = r"  hint: sed -i 's/\r$//' ks"
    what = "error: line ends of Windows (CR LF): a shell takes the CR for a part of the last word"
    text = changed(("test -f /mnt/sysroot/var/lib/zeus/anaconda.json\n", "test -f /x/zeus/anaconda.json\r\nexit\r\n"))
    assert said(text) == [f"ks:34: {what}\n{remedy}"]
    python = changed(
        ("%post --nochroot", "%post --interpreter=/usr/bin/python3"), ("anaconda.json\n", "anaconda.json\r\n")
    )
    assert said(python) == []
