"""The step `install_packages`: complete after any interruption, and safe from the next `dnf upgrade`."""

import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab.forky import forky
from tests.lab.scratch import Host, Served, our_python
from zeus_installer.packages.record import Record
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter, Result
from zeus_installer.system.target import Target

XEN = ("xen", "xen-*")


@pytest.fixture(scope="module")
def python() -> Sequence[str]:
    return our_python()


@pytest.fixture(scope="module", params=["dnf", "dnf5"])
def dnf(request: pytest.FixtureRequest) -> Sequence[str]:
    """The program that an administrator uses."""
    return ("dnf",) if request.param == "dnf" else forky("dnf5")


@pytest.fixture
def step(host: Host, key: Path, served: Served) -> InstallPackages:
    request = host.request(served.url, key, "xapi-core", "xen-libs", support=("lvm2",), excludes=XEN)
    return InstallPackages(request=replace(request, root="/"))


@pytest.fixture
def target(host: Host) -> Target:
    return Target(host.root)


def run(step: InstallPackages, host: Host) -> None:
    step.apply(Target(host.root), Reporter(host.events.append, run="test"))


def test_the_set_stands_and_the_step_is_done(step: InstallPackages, host: Host, target: Target) -> None:
    before = target.read("/etc/yum.repos.d/fedora.repo") or ""
    assert not step.is_done(target)
    run(step, host)
    step.verify(target)
    assert step.is_done(target)
    assert {"xapi-core-26.1", "xen-libs-4.19", "lvm2-2.04"} <= set(host.installed())
    assert (target.read("/etc/yum.repos.d/zeus-xapi.repo") or "").splitlines() == [
        *("[zeus-xapi]", "name=Zeus: xapi", f"baseurl={step.request.repos[0].baseurl}", "enabled=1", "priority=10"),
        *("gpgcheck=1", "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-zeus-xapi"),
    ]
    mark = "# added by Zeus: the distribution's builds must not replace the vendor's"
    assert target.read("/etc/yum.repos.d/fedora.repo") == before.replace(
        "[fedora]\n", f"[fedora]\n{mark}\nexcludepkgs=xen xen-*\n"
    )
    assert any(line.startswith("repository zeus-xapi is signed by ") for line in host.logged())


def test_it_survives_the_plan_file(step: InstallPackages) -> None:
    assert decode(InstallPackages, encode(step)) == step


def test_it_tells_what_it_will_do(step: InstallPackages, key: Path) -> None:
    repo = step.request.repos[0]
    assert step.describe().changes == (
        "install xapi-core and xen-libs from zeus-xapi",
        f"repository zeus-xapi: {repo.baseurl}, signed with the key at {key.as_uri()}",
        "install lvm2 where missing",
        "exclude xen xen-* from the distribution's repositories",
    )
    unsigned = replace(step.request, repos=(replace(repo, keys=()),))
    assert (
        f"repository zeus-xapi: {repo.baseurl}, NOT SIGNED (packages.allow_unsigned)"
        in InstallPackages(request=unsigned).describe().changes
    )


def test_an_optional_package_that_nobody_has_is_reported(step: InstallPackages, host: Host, target: Target) -> None:
    step = InstallPackages(request=replace(step.request, optional=("linux-guest-loader",)))
    run(step, host)
    warnings = [event.title for event in host.events if event.result is Result.WARNING]
    assert warnings == ["linux-guest-loader: no repository has it; skipped"]
    assert step.is_done(target)


def test_a_reset_in_the_middle_of_rpms_work_is_made_good(step: InstallPackages, host: Host, target: Target) -> None:
    step = InstallPackages(request=replace(step.request, vendor=("killer", "xen-libs", "xapi-core")))
    with pytest.raises(ZeusError, match="killed by SIGKILL"):
        run(step, host)
    assert not step.is_done(target)
    run(step, host)
    assert step.is_done(target)
    step.verify(target)
    assert {"killer-1", "xapi-core-26.1", "xen-libs-4.19", "lvm2-2.04"} <= set(host.installed())
    # Each scriptlet has run to its end once as a first installation; xen-libs's was done before, and is done again.
    assert sorted((target.read("/var/notes") or "").splitlines()) == ["killer 1", "xen-libs 1", "xen-libs 1"]


@pytest.mark.parametrize("left", [b"", b"\0" * 6], ids=["empty", "zeros"])
def test_settings_that_a_reset_has_emptied_come_back(
    step: InstallPackages, host: Host, target: Target, left: bytes
) -> None:
    """rpm would keep the empty file as one that an administrator has changed."""
    step = InstallPackages(request=replace(step.request, vendor=("killer", "xen-libs", "xapi-core")))
    with pytest.raises(ZeusError, match="killed by SIGKILL"):
        run(step, host)
    target.path("/etc/xen.conf").write_bytes(left)
    run(step, host)
    assert target.read("/etc/xen.conf") == "a = b\n"
    assert not target.exists("/etc/xen.conf.rpmnew")


def test_a_file_that_was_lost_comes_back_and_a_changed_setting_stays(
    step: InstallPackages, host: Host, target: Target
) -> None:
    run(step, host)
    target.path("/usr/bin/xapi").write_bytes(b"")
    target.path("/etc/xen.conf").write_text("a = c\n")
    assert not step.is_done(target)
    with pytest.raises(ZeusError, match="files differ from what the package has"):
        step.verify(target)
    run(step, host)
    assert step.is_done(target)
    assert target.path("/usr/bin/xapi").stat().st_size == 400_000
    assert target.read("/etc/xen.conf") == "a = c\n"


def test_half_installed_packages_are_kept_until_they_can_be_had_again(
    step: InstallPackages, host: Host, target: Target, served: Served
) -> None:
    run(step, host)
    target.path("/usr/bin/xapi").unlink()
    target.remove("/var/cache")
    served.faults.nothing = True
    with pytest.raises(ZeusError) as caught:
        run(step, host)
    assert caught.value.code == "packages.unreachable"
    assert "xapi-core-26.1" in host.installed()


def test_revert_gives_the_distribution_its_packages_back(step: InstallPackages, host: Host, target: Target) -> None:
    before = target.read("/etc/yum.repos.d/fedora.repo")
    run(step, host)
    step.revert(target, Reporter(host.events.append, run="test"))
    assert target.read("/etc/yum.repos.d/fedora.repo") == before
    assert not target.exists("/etc/yum.repos.d/zeus-xapi.repo")
    assert not target.exists("/etc/pki/rpm-gpg/RPM-GPG-KEY-zeus-xapi")
    assert Record(host.root).members == ()
    assert not step.is_done(target)


@pytest.mark.parametrize("options", [[], ["--disablerepo=zeus-*"]], ids=["both-repositories", "vendor-unreachable"])
def test_a_plain_dnf_upgrade_leaves_the_vendors_xen(
    step: InstallPackages, host: Host, dnf: Sequence[str], options: list[str]
) -> None:
    run(step, host)
    upgrade(dnf, host, *options)
    assert "xen-libs-4.19" in host.installed()


def test_without_the_step_the_upgrade_would_have_taken_the_distributions(
    step: InstallPackages, host: Host, target: Target, dnf: Sequence[str]
) -> None:
    run(step, host)
    step.revert(target, Reporter(host.events.append, run="test"))
    upgrade(dnf, host)
    assert "xen-libs-4.21" in host.installed()


@pytest.mark.parametrize("kept", [True, False], ids=["with-overrides", "without"])
def test_repositories_that_are_the_distributions_own_files(
    step: InstallPackages, host: Host, target: Target, kept: bool
) -> None:
    """Fedora 45 has its .repo files in /usr: what they say is overridden, and without that the upgrade would come."""
    packaged = target.path("/usr/share/dnf5/repos.d/fedora.repo")
    packaged.parent.mkdir(parents=True)
    present = target.path("/etc/yum.repos.d/fedora.repo")
    text = present.read_text()
    run(step, host)
    assert step.is_done(target)
    packaged.write_text(text)
    present.unlink()
    if not kept:
        target.remove("/etc/dnf/repos.override.d")
    upgrade(forky("dnf5"), host, "--disablerepo=zeus-*")
    assert ("xen-libs-4.19" if kept else "xen-libs-4.21") in host.installed()


def upgrade(dnf: Sequence[str], host: Host, *options: str) -> None:
    """What an administrator types, below the scratch root."""
    command = [*dnf, "-y", f"--installroot={host.root}", "--releasever=44", *options, "upgrade"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
