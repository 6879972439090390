"""The lab xapi's passwords, with the real libpam and libcrypt."""

import subprocess
from pathlib import Path

import pytest

from tests.lab.xapi.auth import Pam, ShadowFile


def service(directory: Path, module: str) -> Pam:
    (directory / "xapi").write_text(f"auth required {module}\naccount required {module}\n")
    return Pam(directory=directory)


def test_pam_says_yes_and_no(tmp_path: Path) -> None:
    assert service(tmp_path, "pam_permit.so").accepts("root", "anything")
    assert not service(tmp_path, "pam_deny.so").accepts("root", "anything")


def test_pam_is_given_the_password(tmp_path: Path) -> None:
    program = tmp_path / "check"
    program.write_text('#!/bin/sh\nread -r given\n[ "$given" = "se cret$" ]\n')
    program.chmod(0o755)
    (tmp_path / "xapi").write_text(
        f"auth required pam_exec.so expose_authtok {program}\naccount required pam_permit.so\n"
    )
    assert Pam(directory=tmp_path).accepts("root", "se cret$")
    assert not Pam(directory=tmp_path).accepts("root", "secret")


def test_without_its_file_pam_lets_nobody_in(tmp_path: Path) -> None:
    assert not Pam(directory=tmp_path).accepts("root", "anything")


@pytest.mark.parametrize("method", ["-5", "-6"])
def test_shadow_hashes_are_checked(tmp_path: Path, method: str) -> None:
    hashed = subprocess.run(["openssl", "passwd", method, "secret"], capture_output=True, text=True, check=True).stdout
    shadow = tmp_path / "shadow"
    shadow.write_text(f"root:{hashed.strip()}:1::::::\nlocked:!:1::::::\nempty::1::::::\n")
    users = ShadowFile(shadow)
    assert users.accepts("root", "secret")
    assert not users.accepts("root", "Secret")
    assert not any(users.accepts(user, "") for user in ("root", "locked", "empty", "absent"))
