"""The answers: golden files with exact errors, the schema, TOML out and in again, the reference."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.answers_strategies import ANSWERS
from zeus_installer.answers.dump import dump
from zeus_installer.answers.keys import KEYS
from zeus_installer.answers.model import (
    Answers,
    Boot,
    DiskMatch,
    DiskRule,
    Management,
    Network,
    NicMatch,
    NicRule,
    Packages,
    Repo,
    Static,
    Storage,
)
from zeus_installer.answers.reader import locate, parse_answers, read_answers
from zeus_installer.answers.reference import reference
from zeus_installer.answers.schema import json_schema
from zeus_installer.answers.sizes import parse_size_rule
from zeus_installer.system.errors import ExitStatus, UsageError

FIXTURES = Path(__file__).parents[1] / "fixtures" / "answers"
BAD = sorted((FIXTURES / "bad").glob("*.toml"))
GOOD = sorted((FIXTURES / "good").glob("*.toml"))
SCHEMA = jsonschema.Draft202012Validator(json_schema())


def errors_of(text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        parse_answers(text, "answers.toml")
    return caught.value.message.splitlines()


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_bad_answers_get_exactly_these_errors(file: Path) -> None:
    with pytest.raises(UsageError) as caught:
        parse_answers(file.read_text(), file.name)
    assert str(caught.value) + "\n" == file.with_suffix(".txt").read_text()
    assert caught.value.status == ExitStatus.USAGE


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.stem)
def test_good_answers_are_good_for_the_schema_too(file: Path) -> None:
    read_answers(file)
    SCHEMA.validate(tomllib.loads(file.read_text()))


def test_five_lines_suffice() -> None:
    file = FIXTURES / "good" / "five-lines.toml"
    assert len(file.read_text().splitlines()) == 5
    repo = Repo(id="xapi", baseurl="http://192.0.2.1/xapi")
    assert read_answers(file) == Answers(packages=Packages(repos=(repo,), allow_unsigned=True))


def test_every_key_is_read() -> None:
    answers = read_answers(FIXTURES / "good" / "everything.toml")
    assert answers.host.hostname == "xen1.example.org"
    assert str(answers.host.root_password_hash) == "********"
    match = DiskMatch(size=">=200G", model="MZ7LH480", rotational=False, transport="sata", empty=False)
    assert answers.storage == Storage(sr_type="lvm", disks=(DiskRule(match=match),), wipe="listed-disks")
    assert answers.network == Network(
        backend="bridge",
        management=Management(
            nic=NicRule(mac="52:54:00:12:34:56"),
            ipv4=Static(address="192.0.2.10/24", gateway="192.0.2.1"),
            dns=("192.0.2.53", "2001:db8::53"),
        ),
    )
    assert answers.boot == Boot(dom0_memory=4096, dom0_vcpus=4, trial=False, deadline=900)
    assert answers.checks.accept == ("cpu.virtualization",)
    assert answers.report is not None
    assert answers.report.url.reveal() == "https://zeus:geheim@fleet.example.org/reports"
    assert "geheim" not in repr(answers)
    assert [(hook.stage, hook.url) for hook in answers.hooks] == [
        ("installation-start", "http://192.0.2.1/start.sh"),
        ("installation-complete", "https://192.0.2.1/done.sh"),
    ]


def test_other_ways_to_write_it() -> None:
    answers = read_answers(FIXTURES / "good" / "no-local-sr.toml")
    assert answers.storage.sr_type == "none"
    assert answers.network.management.nic == NicRule(match=NicMatch(link=True, driver="e1000e"))


@given(ANSWERS)
def test_answers_survive_toml(answers: Answers) -> None:
    text = dump(answers)
    assert parse_answers(text, "answers.toml") == answers
    SCHEMA.validate(tomllib.loads(text))


def test_dump_leaves_defaults_out() -> None:
    assert dump(Answers(boot=Boot(trial=False))) == "version = 1\n\n[boot]\ntrial = false\n"


@given(st.text() | st.text(alphabet="version=1[]{}\"'.,\n #ab", max_size=60))
def test_no_text_is_more_than_a_usage_error(text: str) -> None:
    try:
        parse_answers(text, "answers.toml")
    except UsageError as error:
        assert all(line.startswith(("answers.toml:", "  ")) for line in error.message.split("\n"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(KEYS[Storage])), inner),
    max_leaves=6,
)


@given(st.sampled_from(["host", "storage", "network", "packages", "boot", "checks", "report", "hooks"]), JSON)
def test_what_the_schema_refuses_the_reader_refuses(table: str, data: Any) -> None:
    """The reader is the stricter one: it takes nothing that the schema would not."""
    plain = without_none(data)
    if SCHEMA.is_valid({"version": 1, table: plain}):
        return
    with pytest.raises(UsageError):
        parse_answers(f"version = 1\n{table} = {toml(plain)}\n", "answers.toml")


def without_none(data: Any) -> Any:
    match data:
        case None:
            return "null"
        case list():
            return [without_none(item) for item in data]
        case dict():
            return {key: without_none(value) for key, value in data.items()}
        case _:
            return data


def toml(data: Any) -> str:
    match data:
        case bool():
            return str(data).lower()
        case str():
            return '"' + "".join(f"\\U{ord(character):08x}" for character in data) + '"'
        case list():
            return "[" + ", ".join(map(toml, data)) + "]"
        case dict():
            return "{" + ", ".join(f"{key} = {toml(value)}" for key, value in data.items()) + "}"
        case float():
            return str(data) if "e" not in str(data) else f"{data:e}"
        case _:
            return str(data)


def test_secrets_stay_out_of_errors() -> None:
    text = 'version = 1\n[host]\nroot_password_hash = "hunter2"\n[packages]\nsource = ["x"]\n'
    text += 'repos = [{ id = "a", baseurl = "htp://bob:hunter2@example.org", gpgkey = "file:///k" }]\n'
    assert "hunter2" not in "".join(errors_of(text))


@pytest.mark.parametrize(
    "password_hash",
    [
        "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7",
        "$5$rounds=5000$saltsalt$" + "A" * 43,
        "$2b$12$" + "A" * 53,
    ],
)
def test_hashes_of_crypt(password_hash: str) -> None:
    answers = parse_answers(f"version = 1\nhost.root_password_hash = '{password_hash}'", "answers.toml")
    assert answers.host.root_password_hash is not None
    assert answers.host.root_password_hash.reveal() == password_hash


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("192.0.2.10/24", True),
        ("192.0.2.10/31", True),
        ("192.0.2.255/24", False),
        ("192.0.2.0/24", False),
        ("192.0.2.10", False),
        ("192.0.2.10/255.255.255.0", False),
        ("192.0.2.10/33", False),
        ("192.0.2.10/32", False),
        ("127.0.0.1/8", False),
        ("224.0.0.1/24", False),
    ],
)
def test_addresses_of_hosts(address: str, *, good: bool) -> None:
    text = f'version = 1\n[network.management]\nipv4 = {{ address = "{address}" }}\n'
    if good:
        assert parse_answers(text, "answers.toml").network.management.ipv4 == Static(address=address)
    else:
        assert errors_of(text) == [
            f'answers.toml:3: error: network.management.ipv4.address is "{address}", '
            'wants the address of a host with its prefix length like "192.0.2.10/24"'
        ]


def test_host_names_have_limits() -> None:
    label = "a" * 63
    assert parse_answers(f'version = 1\nhost.hostname = "{label}"', "f").host.hostname == label
    for name in (label + "a", f"{label}.b", "-a", "a-", "a..b", ""):
        assert f'host.hostname is "{name[:60]}' in errors_of(f'version = 1\nhost.hostname = "{name}"')[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_answers(tmp_path / "answers.toml")
    assert caught.value.message == f"{tmp_path}/answers.toml: No such file or directory"


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_bytes(b"version = 1\n# \xff\n")
    with pytest.raises(UsageError) as caught:
        read_answers(file)
    assert caught.value.message == f"{file}:2: error: byte 0xff is not UTF-8"


def test_nesting_and_numbers_without_end() -> None:
    assert errors_of("a = " + "[" * 100_000) == ["answers.toml:1: error: lists and tables are nested too deeply"]
    assert errors_of("version = " + "1" * 10_000)[0].startswith(
        "answers.toml:1: error: not TOML, somewhere in the file: "
    )


def test_an_error_of_a_check_gets_its_line(tmp_path: Path) -> None:
    file = tmp_path / "answers.toml"
    file.write_text('version = 1\n[storage]\ndisks = [\n  { serial = "A" },\n]\n')
    error = locate(UsageError("storage.disks", "storage.disks[0] matches 0 disks, wants 1", hint="look"), file)
    assert str(error) == f"{file}:4: error: storage.disks[0] matches 0 disks, wants 1\nhint: look"
    assert locate(UsageError("network.nic", "network.management.nic"), file).message.startswith(f"{file}:1: error: ")


@pytest.mark.parametrize(
    ("text", "size", "holds"),
    [
        (">=200G", 200 * 10**9, True),
        (">200G", 200 * 10**9, False),
        ("<=1.5 TB", 15 * 10**11, True),
        ("< 1GiB", 2**30 - 1, True),
        ("512", 512, True),
        ("=1K", 1001, False),
    ],
)
def test_size_rules(text: str, size: int, *, holds: bool) -> None:
    rule = parse_size_rule(text)
    assert rule is not None
    assert rule.holds(size) is holds


@pytest.mark.parametrize("text", ["", "big", "=>1G", "1i", "1 GG", "-1G", "1e3"])
def test_no_size_rules(text: str) -> None:
    assert parse_size_rule(text) is None


def test_every_key_of_the_model_is_explained() -> None:
    for kind, keys in KEYS.items():
        assert list(keys) == [field.name for field in dataclasses.fields(kind)]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_the_reference_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "answers.md"
    assert page.read_text() == reference(), "run: python -m zeus_installer.answers.reference > docs/answers.md"
