"""Our hashes against the machine's own tools: `openssl` and `chpasswd`."""

import subprocess
from pathlib import Path

import pytest

from zeus_installer.host.administrators import read_administrators
from zeus_installer.host.passwords import hash_password, matches
from zeus_installer.system.secrets import Secret
from zeus_installer.system.target import Target

PASSWORD = "Staple-7 žluť"


def output_of(*argv: str, stdin: str) -> str:
    return subprocess.run(argv, input=stdin, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("method", ["-6", "-5", "-1"])
def test_a_hash_of_openssl_matches(method: str) -> None:
    hashed = output_of("openssl", "passwd", method, "-stdin", stdin=f"{PASSWORD}\n")
    assert matches(Secret(PASSWORD), hashed)
    assert not matches(Secret(PASSWORD.upper()), hashed)


def test_openssl_makes_the_same_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    # openssl knows no yescrypt.
    monkeypatch.setattr("zeus_installer.host.passwords.METHODS", ((b"$6$", 0),))
    hashed = hash_password(Secret(PASSWORD)).reveal()
    salt = hashed.split("$")[2]
    assert output_of("openssl", "passwd", "-6", "-salt", salt, "-stdin", stdin=f"{PASSWORD}\n") == hashed


@pytest.mark.parametrize("method", ["SHA512", "YESCRYPT"])
def test_who_has_a_password_of_chpasswd_is_admitted(tmp_path: Path, method: str) -> None:
    target = Target(tmp_path)
    target.write_atomic("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n")
    target.write_atomic("/etc/shadow", "root:*:19000:0:99999:7:::\n", mode=0o600)
    assert read_administrators(target).root_locked
    output_of("chpasswd", "--root", str(tmp_path), "--crypt-method", method, stdin=f"root:{PASSWORD}\n")
    found = read_administrators(target)
    assert found.names == ("root",)
    assert found.admits(Secret(PASSWORD))
    assert not found.admits(Secret(PASSWORD.lower()))
