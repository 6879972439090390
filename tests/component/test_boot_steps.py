"""The boot steps on a tree with GRUB's real tools and a real /boot."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.boot_host import KERNEL, UUID, add_kernel, context, machine, write, xen_image
from tests.component.grub_host import grub_host, run
from zeus_installer.answers.model import Boot
from zeus_installer.boot import sets
from zeus_installer.boot.grubcfg import Section
from zeus_installer.boot.grubenv import GrubEnv
from zeus_installer.steps.arm_trial_boot import ArmTrialBoot
from zeus_installer.steps.base import Step
from zeus_installer.steps.boot_entry import BootEntry
from zeus_installer.steps.commit_boot import CommitBoot
from zeus_installer.system.codec import decode, encode
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event, Reporter, Result, silent
from zeus_installer.system.target import Target

CUSTOM = "/boot/grub2/custom.cfg"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Target]:
    with grub_host(tmp_path) as target:
        # The target is not the running system: its own record of its command line counts.
        write(target.root, "/etc/kernel/cmdline", "root=UUID=abcd ro rd.lvm.lv=fedora/root quiet\n")
        yield target


def carry_out(step: Step, target: Target) -> None:
    """Apply as the engine does."""
    step.apply(target, silent())
    step.verify(target)
    assert step.is_done(target)


def entry() -> BootEntry:
    return BootEntry.from_context(context())


def environment(target: Target) -> dict[str, str]:
    return GrubEnv(target=target).read()


@pytest.mark.parametrize("kind", [BootEntry, ArmTrialBoot, CommitBoot])
def test_a_step_survives_the_stored_plan(kind: type[Step]) -> None:
    step = kind.from_context(context())
    assert decode(kind, json.loads(json.dumps(encode(step)))) == step


def test_the_entry_is_what_the_plan_has_shown(host: Target) -> None:
    step = BootEntry.from_context(context(on=machine(command_line="root=UUID=abcd ro rd.lvm.lv=fedora/root")))
    assert not step.is_done(host)
    carry_out(step, host)
    (file,) = step.describe().files
    assert file.diff(host.read(CUSTOM)) == ""
    assert f"--set=root {UUID}\n" in (host.read(CUSTOM) or "")


def test_the_plan_shows_the_entry_as_a_diff_that_keeps_what_others_wrote() -> None:
    (file,) = entry().describe().files
    diff = file.diff("set theirs=1\n")
    assert "-set theirs=1" not in diff
    assert "+menuentry 'Xen virtualization host' --id zeus-xen --class xen --unrestricted {\n" in diff
    assert "multiboot2 /zeus/current/xen.gz placeholder dom0_mem=1856M,max:1856M dom0_max_vcpus=1-4 watchdog " in diff


def test_root_arguments_of_a_target_come_from_its_own_entry(host: Target) -> None:
    host.remove("/etc/kernel/cmdline")
    options = "options $kernelopts rhgb quiet $tuned_params\n"
    write(host.root, "/boot/loader/entries/other.conf", f"version 1.2.3\n{options}")
    write(host.root, "/boot/loader/entries/ours.conf", f"title F\nversion {KERNEL}\n{options}")
    GrubEnv(target=host).set("kernelopts", "root=/dev/mapper/f-root ro rd.luks.uuid=luks-1")
    carry_out(entry(), host)
    assert "placeholder root=/dev/mapper/f-root ro rd.luks.uuid=luks-1 zeus.dom0 " in (host.read(CUSTOM) or "")


def test_nobody_knows_the_root_file_system(host: Target) -> None:
    host.remove("/etc/kernel/cmdline")
    with pytest.raises(ZeusError, match="no kernel command line says where the root file system is") as error:
        entry().apply(host, silent())
    assert error.value.code == "boot.root"
    assert host.read(CUSTOM) is None


def test_another_kernel_becomes_current_and_keeps_the_previous_entry(host: Target) -> None:
    carry_out(entry(), host)
    add_kernel(host.root, "6.13.0-1.fc44.x86_64")
    newer = replace(entry(), running="6.13.0-1.fc44.x86_64")
    assert not newer.is_done(host)
    carry_out(newer, host)
    assert "--id zeus-xen-previous " in (host.read(CUSTOM) or "")
    assert host.read("/boot/zeus/previous/vmlinuz") == f"kernel {KERNEL}"


def test_a_kernel_without_a_watchdog_is_told(host: Target) -> None:
    events: list[Event] = []
    entry().apply(host, Reporter(events.append, run="test"))
    told = [event.title for event in events if event.result is Result.WARNING]
    assert told == [f"Linux {KERNEL} has no CONFIG_XEN_WDT: Xen will not reset the host when dom0 freezes"]


def test_a_broken_xen_changes_nothing(host: Target) -> None:
    write(host.root, "/boot/xen-4.19.1.gz", xen_image()[:40])
    with pytest.raises(ZeusError, match=r"/boot/xen-4\.19\.1\.gz cannot be read"):
        entry().apply(host, silent())
    assert not host.exists(CUSTOM)
    assert not host.exists(sets.ZEUS)


def test_a_mistake_of_others_in_the_file_is_told_and_the_file_stays(host: Target) -> None:
    write(host.root, CUSTOM, "menuentry broken {\n")
    with pytest.raises(ZeusError) as error:
        entry().apply(host, silent())
    assert error.value.message.startswith("GRUB cannot read what /boot/grub2/custom.cfg would be: ")
    assert host.read(CUSTOM) == "menuentry broken {\n"


def test_a_default_that_is_not_saved_becomes_saved_and_stays_the_same(host: Target) -> None:
    write(host.root, "/etc/default/grub", 'GRUB_TIMEOUT=5\nGRUB_DEFAULT="my-entry"\n')
    carry_out(entry(), host)
    assert host.read("/etc/default/grub") == "GRUB_TIMEOUT=5\nGRUB_DEFAULT=saved\n"
    assert environment(host) == {"saved_entry": "my-entry"}
    assert host.read("/mkconfig.log") == "ran\n"


def test_a_system_that_is_ready_is_not_configured_anew(host: Target) -> None:
    carry_out(entry(), host)
    assert not host.exists("/mkconfig.log")
    assert not host.exists("/boot/grub2/grubenv")


def test_a_configuration_without_our_file_is_made_anew(host: Target) -> None:
    write(host.root, "/boot/grub2/grub.cfg", "set default=0\n")
    carry_out(entry(), host)
    assert host.read("/mkconfig.log") == "ran\n"


def test_a_generator_that_leaves_our_file_out_is_an_error(host: Target) -> None:
    write(host.root, "/boot/grub2/grub.cfg", "")
    write(host.root, "/template", "save_env next_entry ${saved_entry}\n")
    with pytest.raises(ZeusError, match=r"/boot/grub2/grub\.cfg has no `custom\.cfg` although it was just made anew"):
        entry().apply(host, silent())


def test_the_trial_is_armed_once_and_the_default_stays(host: Target) -> None:
    GrubEnv(target=host).set("saved_entry", "plain-id")
    carry_out(entry(), host)
    carry_out(ArmTrialBoot.from_context(context()), host)
    assert environment(host) == {"saved_entry": "plain-id", "next_entry": "zeus-xen"}


def test_after_the_trial_it_can_be_armed_again(host: Target) -> None:
    step = ArmTrialBoot.from_context(context())
    carry_out(entry(), host)
    carry_out(step, host)
    GrubEnv(target=host).unset("next_entry")  # as GRUB does
    assert not step.is_done(host)
    carry_out(step, host)


def test_without_a_trial_xen_is_the_default_at_once(host: Target) -> None:
    carry_out(entry(), host)
    carry_out(ArmTrialBoot.from_context(context(Boot(trial=False))), host)
    assert environment(host) == {"saved_entry": "zeus-xen"}


def test_an_entry_that_would_not_load_is_not_armed(host: Target) -> None:
    carry_out(entry(), host)
    write(host.root, "/boot/zeus/current/initramfs.img", "half")
    with pytest.raises(ZeusError, match=r"/boot/zeus/current/initramfs\.img is missing or not as it was written"):
        ArmTrialBoot.from_context(context()).apply(host, silent())
    assert environment(host) == {}


def test_no_entry_is_not_armed(host: Target) -> None:
    with pytest.raises(ZeusError, match=r"/boot/grub2/custom\.cfg has no entry zeus-xen"):
        ArmTrialBoot.from_context(context()).apply(host, silent())


def test_a_grubenv_that_takes_nothing_is_an_error(host: Target) -> None:
    carry_out(entry(), host)
    write(host.root, "/boot/grub2/grubenv", "not a block")
    with pytest.raises(ZeusError, match="grubenv"):
        ArmTrialBoot.from_context(context()).apply(host, silent())


def test_the_commit_makes_xen_the_default_for_kernel_updates_too(host: Target) -> None:
    write(host.root, "/etc/sysconfig/kernel", "# about\nUPDATEDEFAULT=yes\nDEFAULTKERNEL=kernel-core\n")
    step = CommitBoot.from_context(context())
    assert not step.is_done(host)
    carry_out(step, host)
    assert environment(host) == {"saved_entry": "zeus-xen"}
    assert host.read("/etc/sysconfig/kernel") == "# about\nUPDATEDEFAULT=no\nDEFAULTKERNEL=kernel-core\n"


@pytest.mark.parametrize("settings_file", [None, "UPDATEDEFAULT=yes\nDEFAULTKERNEL=kernel-core\n", "DEFAULTKERNEL=k\n"])
@pytest.mark.parametrize("default", ["plain-id", None])
@pytest.mark.parametrize("trial", [True, False])
def test_everything_can_be_undone(host: Target, settings_file: str | None, default: str | None, trial: bool) -> None:
    if settings_file is not None:
        write(host.root, "/etc/sysconfig/kernel", settings_file)
    if default is not None:
        GrubEnv(target=host).set("saved_entry", default)
    write(host.root, CUSTOM, "set theirs=1\n")
    steps = [entry(), ArmTrialBoot.from_context(context(Boot(trial=trial))), CommitBoot.from_context(context())]
    for step in steps:
        carry_out(step, host)
    for step in reversed(steps):
        step.revert(host, silent())
    assert environment(host) == ({} if default is None else {"saved_entry": default})
    assert host.read("/etc/sysconfig/kernel") == settings_file
    assert host.read(CUSTOM) == "set theirs=1\n"
    assert not host.exists(sets.ZEUS)


def test_a_target_without_grub(tmp_path: Path) -> None:
    with pytest.raises(ZeusError) as error:
        GrubEnv(target=Target(tmp_path)).set("saved_entry", "x")
    assert error.value.message == "grub2-editenv is not installed: this system is not booted by GRUB"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0\n", exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_any_word_can_stand_in_the_entry(words: list[str]) -> None:
    fields = dict.fromkeys(("xen", "dom0", "safe_xen", "safe_dom0", "linux"), tuple(words))
    run("grub-script-check", stdin=Section(uuid=words[0], path="/zeus", previous=True, **fields).render())
