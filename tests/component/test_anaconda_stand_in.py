"""A tiny add-on on the stand-in for pyanaconda, driven by the small Boss; `make test-anaconda` puts it on Anaconda.

So this holds both: what add-ons may count on, and that the stand-in is no easier than what it stands for.
"""

from collections.abc import Iterator

import pytest
from dasbus.error import DBusError

from tests.anaconda.boss import Wanted, names_of, run_task
from tests.anaconda.dialogs import Dialog, Era, Kind
from tests.anaconda.installer import Installer, installer
from tests.anaconda.kickstart import Message, Report
from tests.anaconda.modules import Device, Modules
from tests.anaconda.queue import Stage
from tests.anaconda.sample import SAMPLE

DISK = Device(id="DISK-1", name="sda", size=100, free=7)
ROOT = Device(id="PART-1", name="sda1", type="partition", format="ext4", mount_point="/", parents=["DISK-1"])


@pytest.fixture
def sample() -> Iterator[Installer]:
    with installer(SAMPLE) as running:
        yield running


def section(*lines: str) -> str:
    return "\n".join(["%addon org_example_sample", *lines, "%end", ""])


def read(sample: Installer, text: str) -> Report:
    return sample.boss.read_kickstart(sample.kickstart(text))


def test_a_section_without_all_lines_loses_blank_ones_and_comments_and_counts_on(sample: Installer) -> None:
    assert read(sample, "lang en_US\n\n" + section("# why", "one", "", "two")) == Report()
    assert list(sample.module.Numbers) == [2, 3]


def test_an_error_is_placed_at_the_header_of_its_section(sample: Installer) -> None:
    text = "lang en_US\n\n" + section("one", "", "nonsense")
    assert read(sample, text) == Report(
        errors=(Message(text="Sample knows no nonsense.", file=f"{sample.directory}/ks.cfg", line=3),)
    )
    assert list(sample.module.Numbers) == []
    assert not sample.module.Kickstarted


def test_two_sections_feed_the_same_data_and_lines_count_through_both(sample: Installer) -> None:
    assert read(sample, section("one") + "lang en_US\n" + section("two", "nonsense")).errors[0].line == 5
    assert read(sample, section("one") + "lang en_US\n" + section("two")) == Report()
    assert (list(sample.module.Numbers), sample.module.Ends, sample.module.Kickstarted) == ([2, 5], 2, True)


def test_words_of_the_header(sample: Installer) -> None:
    assert read(sample, '%addon org_example_sample --a "b c" # d\n%end\n') == Report()
    assert list(sample.module.Arguments) == ["--a", "b", "c"]  # Boss takes the quotes away
    assert [error.text for error in read(sample, "%addon org_example_sample --bad\n%end\n").errors] == [
        "Sample takes no --bad."
    ]


def test_an_included_file_is_named_by_the_whole_sections_in_it(sample: Installer) -> None:
    inner = sample.kickstart("# first\n" + section("nonsense"), "inner.ks")
    [error] = read(sample, f"lang en_US\n%include {inner}\n").errors
    assert (error.file, error.line) == (str(inner), 2)


def test_lines_that_a_section_includes_count_as_its_own(sample: Installer) -> None:
    inner = sample.kickstart("one\nnonsense\n", "inner.ks")
    [error] = read(sample, section(f"%include {inner}")).errors
    assert (error.file, error.line) == (f"{sample.directory}/ks.cfg", 1)


def test_warnings_have_no_place(sample: Installer) -> None:
    assert read(sample, section("warn")) == Report(warnings=(Message(text="Sample warns.", file="", line=0),))


def test_an_exception_that_is_not_pykickstarts_ends_the_reading(sample: Installer) -> None:
    with pytest.raises(DBusError, match=r"^Sample breaks\.$") as caught:
        read(sample, section("break"))
    assert caught.value.dbus_name == "org.fedoraproject.Anaconda.Error"


def test_sections_of_other_names_and_a_missing_end_never_reach_the_module(sample: Installer) -> None:
    assert read(sample, "%addon org_example_smaple\nnonsense\n%end\n%addon\n%end\n") == Report()
    assert not sample.module.Kickstarted
    assert read(sample, "%addon org_example_sample\none\n").errors == (
        Message(text="Section %addon does not end with %end.", file=f"{sample.directory}/ks.cfg", line=2),
    )


def test_a_section_is_written_back(sample: Installer) -> None:
    assert sample.boss.generate_kickstart() == ""
    read(sample, section("require one", "# gone", "step two"))
    assert sample.boss.generate_kickstart() == section("require one", "step two").strip()


def test_requirements(sample: Installer) -> None:
    read(sample, section("require one", "require two"))
    assert sample.boss.collect_requirements() == [
        Wanted(type="package", name="one", reason="Sample"),
        Wanted(type="package", name="two", reason="Sample"),
        Wanted(type="group", name="core", reason=""),
    ]


def test_tasks_report_and_give_a_result(sample: Installer) -> None:
    read(sample, section("step one", "step two", "step three"))
    [task] = sample.boss.collect_tasks("InstallWithTasks")
    said: list[str] = []
    assert (names_of([task]), task.Steps, task.Progress, task.IsRunning) == (["Do it"], 2, (0, ""), False)
    with pytest.raises(DBusError, match=r"^The result is not provided\.$") as caught:
        task.GetResult()
    assert caught.value.dbus_name == "org.fedoraproject.Anaconda.NoResultError"
    run_task(task, said.append)
    assert (said, task.Progress, task.GetResult().unpack()) == (["one", "two", "three"], (2, "three"), 3)


def test_a_task_that_was_cancelled_before_its_start_does_nothing(sample: Installer) -> None:
    read(sample, section("step one", "fail ValueError never"))
    [task] = sample.boss.collect_tasks("InstallWithTasks")
    task.Cancel()
    run_task(task)
    assert task.Progress == (0, "")


def test_the_order_of_an_installation(sample: Installer) -> None:
    read(sample, section("step installing", "require one"))
    seen: list[str] = []
    hooks = {stage: lambda stage=stage: seen.append(stage) for stage in Stage}
    outcome = sample.installation(hooks=hooks, kernels=["6.1", "6.2"]).run()
    assert seen == list(Stage)
    assert outcome.begun == [
        "Look around",
        Stage.STORAGE,
        Stage.PRE_INSTALL,
        Stage.PAYLOAD,
        "configure the boot loader",
        Stage.BOOTLOADER,
        Stage.AFTER_PAYLOAD,
        Stage.SYSTEM,
        "Do it",
        Stage.INITRAMFS,
        Stage.KICKSTART,
        Stage.POST,
        Stage.LOGS,
    ]
    assert (outcome.said, outcome.dialogs, outcome.complete) == (["installing"], [], True)
    assert [wanted.name for wanted in outcome.requirements] == ["one", "core"]
    assert sample.modules.boot_arguments == ["kernel=6.1", "kernel=6.2"]
    written = sample.root / "root/anaconda-ks.cfg"
    assert written.read_text() == "# Generated by Anaconda\n" + section("step installing", "require one").strip()
    assert written.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("kind", "el10", "f44", "f45"),
    [
        ("PayloadInstallationError", Kind.FATAL, Kind.BUG, Kind.FATAL),
        ("StorageInstallationError", Kind.FATAL_AND_BUG, Kind.BUG, Kind.FATAL),
        ("NonCriticalInstallationError", Kind.QUESTION, Kind.BUG, Kind.QUESTION),
        ("BootloaderInstallationError", Kind.QUESTION, Kind.BUG, Kind.QUESTION),
        ("InstallationError", Kind.BUG, Kind.BUG, Kind.FATAL),
        ("ValueError", Kind.BUG, Kind.BUG, Kind.FATAL),
    ],
)
def test_errors_of_tasks_keep_their_class_and_words(
    sample: Installer, kind: str, el10: Kind, f44: Kind, f45: Kind
) -> None:
    read(sample, section(f"fail {kind} No: that is not possible."))
    for era, expected in ((Era.EL10, el10), (Era.F44, f44), (Era.F45, f45)):
        outcome = sample.installation(era=era).run()
        assert (outcome.dialogs, outcome.complete) == ([Dialog(kind=expected, text="No: that is not possible.")], False)
        assert outcome.begun[-1] == "Do it"


def test_only_questions_can_be_answered_with_going_on(sample: Installer) -> None:
    read(sample, section("fail NonCriticalInstallationError No."))
    assert sample.installation(ignore=True).run().complete
    assert not sample.installation(ignore=True, era=Era.F44).run().complete
    read(sample, section("fail PayloadInstallationError No."))
    assert not sample.installation(ignore=True).run().complete


def test_where_nobody_can_be_asked_every_error_ends_the_installation(sample: Installer) -> None:
    read(sample, section("fail NonCriticalInstallationError No."))
    outcome = sample.installation(ignore=True, interactive=False).run()
    assert (outcome.dialogs, outcome.complete) == ([Dialog(kind=Kind.NOBODY, text="No.")], False)


def test_the_other_modules_answer() -> None:
    modules = Modules(hostname="host1", ignored_disks=["DISK-2"], devices=[DISK, ROOT])
    with installer(SAMPLE, modules=modules) as sample:
        assert list(sample.module.Surroundings) == [
            f"{sample.root}",
            "host1",
            "DISK-2",
            "PART-1 is partition",
            "7 bytes free",
        ]
        assert not sample.module.Alone
        sample.modules.devices = []
        with pytest.raises(DBusError):
            _ = sample.module.Surroundings


def test_an_addon_that_does_not_start_is_left_out_silently() -> None:
    with installer(SAMPLE, environment={"SAMPLE_DIES": "1"}) as sample:
        assert (list(sample.boss.modules), list(sample.boss.dropped)) == ([], [SAMPLE.service])
        assert read(sample, section("nonsense")) == Report()
        assert sample.installation().run().complete
