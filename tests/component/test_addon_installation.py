"""Zeus in an installation: what it makes of Anaconda's plans, when it works, and what its errors come to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from dasbus.typing import get_native

from tests.anaconda.boss import run_task
from tests.anaconda.dialogs import Dialog, Era, Kind
from tests.anaconda.installer import Installer
from tests.anaconda.kickstart import Report
from tests.anaconda.modules import Nic
from tests.anaconda.queue import Stage
from tests.anaconda.zeus import (
    DATA,
    NIC,
    ROOT,
    SYSTEM,
    answers_in,
    check,
    findings,
    read,
    repository,
    section,
    zeus,
)

GIB = 1 << 30
HASH = "$6$zeus$" + "a" * 86
GPT = "GPT table with partition 1 (nothing known) and partition 2 (ext4)"
FIRST_DISK = "disk, serial LABSYSTEM, 17.2 GB, /dev/vda"
SECOND_DISK = "disk, serial DATA, 21.5 GB, /dev/vdb"
LOST = f"everything on {FIRST_DISK}; on it now: {GPT}"
NO_ZEUS = Dialog(
    kind=Kind.FATAL,
    text="Zeus: the installed system has no /usr/bin/zeus: nothing would finish the host in dom0\n\n"
    "What to do: name a repository that has zeus-installer, by a repo line in the kickstart",
)


@pytest.fixture
def answers(tmp_path: Path) -> str:
    """Answers that are enough."""
    return "version = 1\n" + repository(tmp_path / "repository")


@pytest.fixture
def wanted(answers: str) -> Iterator[Installer]:
    """An installer that was told to make a host."""
    with zeus() as installing:
        assert read(installing, section(answers)) == Report()
        yield installing


# Anaconda's plans.


def test_disks_that_anaconda_uses_are_not_for_the_repository(wanted: Installer) -> None:
    check(wanted)
    assert findings(wanted)["storage.disk"] == ("pass", f"{SECOND_DISK}: empty", "")
    wanted.modules.selected_disks = [SYSTEM.id, DATA.id]
    check(wanted)
    assert findings(wanted)["storage.disk"][0] == "fail"
    assert [one["reason"] for one in get_native(wanted.module.Disks)] == ["is one that the installer uses"] * 2
    wanted.modules.ignored_disks = [DATA.id]
    check(wanted)
    assert findings(wanted)["storage.disk"] == ("pass", f"{SECOND_DISK}: empty", "")
    wanted.modules.ignored_disks, wanted.modules.protected_devices = [], [DATA.id]
    check(wanted)
    assert findings(wanted)["storage.disk"] == ("pass", f"{SECOND_DISK}: empty", "")


def test_a_disk_that_both_claim(answers: str) -> None:
    with zeus() as installing:
        text = 'version = 1\n[storage]\nwipe = "listed-disks"\ndisks = [{ serial = "LABSYSTEM" }]\n'
        read(installing, section(text + answers.partition("\n")[2]))
        check(installing)
        assert findings(installing)["storage.disk"] == (
            "fail",
            f"storage.disks names {FIRST_DISK}, which Anaconda may use for the system",
            'leave it to Zeus: ignoredisk --drives=vda, or the disk not selected; or say space = "free-space"',
        )
        assert list(installing.module.Destroys) == []


def test_disk_names_of_anacondas_before_device_ids(answers: str) -> None:
    """EL 10: an id is the kernel's name (pyanaconda/modules/storage/devicetree/viewer.py of 40.22)."""
    devices = [
        replace(SYSTEM, id="vda"),
        replace(DATA, id="vdb"),
        replace(ROOT, id="vda2", parents=["vda"]),
    ]
    with zeus(devices=devices, selected_disks=["vda"]) as installing:
        read(installing, section(answers))
        check(installing)
        assert findings(installing)["storage.disk"] == ("pass", f"{SECOND_DISK}: empty", "")
        assert findings(installing)["boot.one_shot"][0] == "pass"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (9 * GIB, ("pass", f"{FIRST_DISK}: the partitioning leaves 9.66 GB to the storage repository", "")),
        (
            GIB - 1,
            (
                "fail",
                f"{FIRST_DISK}: the partitioning leaves 1.07 GB, less than 1 GiB, the least for an SR",
                "give / a size instead of --grow (autopart takes all), or name another disk in storage.disks",
            ),
        ),
    ],
)
def test_what_the_partitioning_leaves(answers: str, left: int, expected: tuple[str, str, str]) -> None:
    with zeus(devices=[replace(SYSTEM, free=left), DATA, ROOT]) as installing:
        text = 'version = 1\n[storage]\nspace = "free-space"\n'
        read(installing, section(text + answers.partition("\n")[2]))
        check(installing)
        assert findings(installing)["storage.disk"] == expected
        installing.modules.devices = [SYSTEM, DATA]  # a spoke looks before there is a plan
        check(installing)
        assert findings(installing)["storage.disk"] == (
            "unknown",
            f"{FIRST_DISK}: what the partitioning leaves of it is not known",
            "",
        )


def test_boot_where_grub_cannot_write(answers: str) -> None:
    boot = replace(ROOT, id="LV-boot", name="fedora-boot", type="lvmlv", mount_point="/boot")
    with zeus(devices=[SYSTEM, DATA, ROOT, boot]) as installing:
        read(installing, section(answers))
        check(installing)
        assert findings(installing)["boot.one_shot"][:2] == (
            "fail",
            "GRUB cannot write its environment block: /boot is on LVM",
        )


def test_without_any_other_module_the_rules_of_the_answers_hold(answers: str) -> None:
    with zeus(nics=[], devices=[], selected_disks=[]) as installing:
        read(installing, section(answers))
        check(installing)
        assert findings(installing)["storage.disk"] == ("pass", f"{SECOND_DISK}: empty", "")
        assert findings(installing)["network.link"] == ("pass", "enp0s4 (52:54:00:12:34:56): link is up", "")


# Consent.


def test_nothing_is_destroyed_without_consent(answers: str) -> None:
    on_the_second = replace(ROOT, name="vdb2", parents=[DATA.id])
    with zeus(devices=[SYSTEM, DATA, on_the_second], selected_disks=[DATA.id]) as installing:
        text = 'version = 1\n[storage]\nwipe = "listed-disks"\ndisks = [{ serial = "LABSYSTEM" }]\n'
        read(installing, section(text + answers.partition("\n")[2]))
        outcome = installing.installation().run()
        assert outcome.begun == ["Check the machine for Xen"]
        assert outcome.dialogs == [
            Dialog(
                kind=Kind.FATAL,
                text="Zeus: this machine cannot become a host, 1 of 12 checks failed:\n"
                f"  storage.consent: nobody agreed yet to what will be destroyed\n  {LOST}\n\n"
                "What to do: storage.consent: agree in the Zeus screen, or boot the installer with zeus.unattended",
            )
        ]
        module = installing.module
        assert (list(module.Destroys), module.Ready) == ([LOST], False)
        module.Consent = True
        assert (module.Ready, "storage.consent" in findings(installing)) == (True, False)
        module.SrType = "lvm"
        assert (module.Ready, module.Consent) == (False, False)
        command_line = installing.machine / "proc/cmdline"
        command_line.write_text(f"{command_line.read_text().strip()} zeus.unattended\n")
        check(installing)
        assert (module.Ready, module.Consent) == (True, True)


# The order of an installation, and how it ends.


def test_checks_come_first_and_the_work_before_the_initramfs(wanted: Installer) -> None:
    seen: list[Stage] = []
    hooks = {stage: lambda stage=stage: seen.append(stage) for stage in Stage}
    outcome = wanted.installation(hooks=hooks).run()
    assert outcome.begun == [
        "Check the machine for Xen",
        Stage.STORAGE,
        Stage.PRE_INSTALL,
        Stage.PAYLOAD,
        "configure the boot loader",
        Stage.BOOTLOADER,
        Stage.AFTER_PAYLOAD,
        Stage.SYSTEM,
        "Make this system a Xen host",
    ]
    assert seen == [stage for stage in Stage if stage in outcome.begun]
    assert outcome.said == ["Checking the machine for Xen", NO_ZEUS.text.splitlines()[0]]


def test_requirements_are_those_of_the_source_and_of_ourselves(wanted: Installer) -> None:
    requirements = wanted.installation().run().requirements
    names = [one.name for one in requirements]
    assert {one.type for one in requirements} == {"package"}
    assert {one.reason for one in requirements} == {"Required by the Xen host: Xen and XenAPI (xapi)"}
    assert {"xen-hypervisor", "xapi-core", "zeus-installer", "zeus-firstboot"} <= set(names)
    assert len(names) == len(set(names))


def test_a_system_without_us_is_not_left_behind_as_a_host(wanted: Installer) -> None:
    assert wanted.installation(ignore=True).run().dialogs == [NO_ZEUS]
    assert not (wanted.root / "var/lib/zeus").exists()
    assert not (wanted.root / "root/anaconda-ks.cfg").exists()


@pytest.mark.parametrize(
    ("era", "kind"),
    [(Era.EL10, Kind.FATAL), (Era.F44, Kind.BUG), (Era.F45, Kind.FATAL)],
    ids=["EL10", "F44", "F45"],
)
def test_no_version_offers_to_go_on_without_a_host(wanted: Installer, era: Era, kind: Kind) -> None:
    """43 to 45.7 call every error of a task a bug; what it says is on the progress screen as well."""
    outcome = wanted.installation(era=era, ignore=True).run()
    assert (outcome.dialogs, outcome.complete) == ([replace(NO_ZEUS, kind=kind)], False)
    assert outcome.said[-1] == NO_ZEUS.text.partition("\n")[0]


def test_where_nobody_can_be_asked_the_words_are_the_same(wanted: Installer) -> None:
    assert wanted.installation(interactive=False).run().dialogs == [replace(NO_ZEUS, kind=Kind.NOBODY)]


def test_an_unfit_machine_is_told_before_anything_is_written(answers: str) -> None:
    with zeus() as installing:
        read(installing, section(answers))
        (installing.machine / "proc/cpuinfo").write_text("processor : 0\nflags : fpu lm\n")
        outcome = installing.installation().run()
        assert outcome.begun == ["Check the machine for Xen"]
        [dialog] = outcome.dialogs
        assert dialog.kind is Kind.FATAL
        assert dialog.text.startswith("Zeus: this machine cannot become a host, ")
        assert "\n  cpu.virtualization: " in dialog.text


def test_a_repository_that_is_not_there(wanted: Installer, tmp_path: Path) -> None:
    (tmp_path / "repository/key").unlink()
    [dialog] = wanted.installation().run().dialogs
    place = (tmp_path / "repository/key").as_uri()
    assert dialog.text == (
        "Zeus: this machine cannot become a host, 1 of 11 checks failed:\n"
        f"  packages.repository: xapi: {place}: no such file or directory\n\n"
        "What to do: packages.repository: correct packages.repos, or give the installer a network"
    )


# The network that Anaconda was given.


def test_the_nic_that_anaconda_has_up_is_the_management_nic(answers: str) -> None:
    other = Nic(name="enp0s9", mac="52:54:00:00:00:09", active=False)
    with zeus(nics=[NIC, other]) as installing:
        read(installing, section(answers))
        check(installing)
        assert findings(installing)["network.link"] == ("pass", "enp0s4 (52:54:00:12:34:56): link is up", "")
        assert installing.module.Nic == ""
        assert "network" not in answers_in(installing.boss.generate_kickstart())


# Secrets.


def test_secrets_are_in_no_log_no_finding_no_dialog_and_no_list_of_processes() -> None:
    with zeus() as installing:
        address = "http://ada:geheim@127.0.0.1:9/xapi"
        host = f'[host]\nroot_password_hash = "{HASH}"\n'
        repo = f'[[packages.repos]]\nid = "xapi"\nbaseurl = "{address}"\ngpgkey = "{address}/key"\n'
        assert read(installing, section(f"version = 1\n{host}{repo}")) == Report()
        shown: list[str] = []

        def look(said: str) -> None:
            processes = [path.read_text(errors="replace") for path in Path("/proc").glob("[0-9]*/cmdline")]
            shown.extend([said, *processes])

        task = installing.boss.proxy(installing.addon.service, installing.module.CheckWithTask())
        run_task(task, look)
        shown += [text for finding in findings(installing).values() for text in finding]
        shown += [installing.module.Status, *installing.module.Destroys]
        shown += [dialog.text for dialog in installing.installation().run().dialogs]
        assert len(shown) > 20
        shown.append(installing.log)
        assert [text for text in shown if "geheim" in text or HASH in text] == []
        assert answers_in(installing.boss.generate_kickstart())["host"] == {"root_password_hash": HASH}


def test_secrets_are_in_no_error_of_the_section() -> None:
    with zeus() as installing:
        repo = '[[packages.repos]]\nid = "xapi"\nbaseurl = "ftp://ada:geheim@example.org/"\n'
        [error] = read(installing, section(f"version = 1\n{repo}")).errors
        assert "geheim" not in error.text + installing.log
