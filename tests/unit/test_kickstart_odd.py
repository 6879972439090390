"""No kickstart is too odd to be told what is wrong with it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.kickstart_texts import GOOD
from zeus_installer.kickstart.parser import known_versions
from zeus_installer.kickstart.validate import VERSIONS, validate
from zeus_installer.system.errors import UsageError


def test_a_release_that_pykickstart_does_not_know() -> None:
    assert known_versions(VERSIONS) == VERSIONS
    for name, meant in (("F404", ' (did you mean "F44"?)'), ("RHEL9", ' (did you mean "RHEL11"?)'), ("DEVEL", "")):
        with pytest.raises(UsageError) as caught:
            known_versions([name])
        assert caught.value.message == f"there are no rules for kickstarts of release {name}{meant}"
        assert caught.value.hint.startswith("name one of F40, F41, F42, F43, ")


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"%", b"%end", b"%addon", b"%include", b"\n\n", "\u2028%addon\x0c".encode()]
)
def test_odd_files(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "odd.ks"
    file.write_bytes(data)
    assert all(str(message).startswith(f"{file}:") for message in validate(file))


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "odd.ks"
    file.write_bytes(b"lang C\n# \xff\n")
    with pytest.raises(UsageError) as caught:
        validate(file)
    assert str(caught.value) == f"{file}:2: error: byte 0xff is not UTF-8\n  hint: save it as UTF-8"


LINES = GOOD.splitlines(keepends=True)
PIECES = st.sampled_from(
    [
        *LINES,
        *("%end\n", "%addon\n", "%addon org_xenproject_zeus\n", "%include /nowhere\n", "%ksappend x\n", "%include\n"),
        *('part "\n', "network --device\n", "rootpw\n", "autopart --type=x\n", "raid / --device=md0 --level=9 a\n"),
        *(
            "[[packages.repos]]\n",
            'disks = [{ serial = "1" }]\n',
            "-\n",
            "@^\n",
            "part / --size=99999999999999999999\n",
        ),
        *("clearpart --all\n", "logvol / --vgname=a --name=b --size=1\n", "repo --name=a\n", "\\\n", "repo --bad='\n"),
    ]
)
MUTATED = st.lists(
    st.tuples(st.sampled_from(["drop", "insert", "swap", "cut"]), st.integers(0, 60), PIECES), max_size=8
)


@given(MUTATED, st.text(max_size=20))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_kickstart_is_too_odd(tmp_path: Path, edits: list[tuple[str, int, str]], tail: str) -> None:
    lines = list(LINES)
    for kind, number, piece in edits:
        where = number % (len(lines) or 1)
        match kind:
            case "drop":
                del lines[where : where + 1]
            case "insert":
                lines.insert(where, piece)
            case "swap":
                lines[where : where + 1] = [piece]
            case _:
                lines[where : where + 1] = [line[: number // 2] for line in lines[where : where + 1]]
    file = tmp_path / "ks.cfg"
    file.write_text("".join(lines) + tail)
    for message in validate(file, versions=("F45",)):
        assert str(message).startswith(f"{file}:")
        assert message.level in ("error", "warning")
