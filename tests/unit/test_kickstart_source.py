"""A kickstart and the files that it includes, as one text in which every line knows where it stands."""

from pathlib import Path

import pytest

from zeus_installer.kickstart.flatten import flatten, main
from zeus_installer.kickstart.sections import answers_text, ours, sections
from zeus_installer.kickstart.source import read_source
from zeus_installer.system.errors import UsageError


def files(directory: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (directory / f"{name}.ks").write_text(text)
    return directory / "main.ks"


def messages(path: Path) -> list[str]:
    return [str(message).replace(str(path.parent), "") for message in read_source(path).messages]


def test_included_lines_stand_in_the_place_of_their_include(tmp_path: Path) -> None:
    main_file = files(
        tmp_path, main="lang C\n%include {0}/part.ks\nreboot".replace("{0}", str(tmp_path)), part="a\nb\n"
    )
    source = read_source(main_file)
    assert source.messages == ()
    assert [(Path(line.place.file).name, line.place.line, line.text) for line in source.lines] == [
        ("main.ks", 1, "lang C\n"),
        ("part.ks", 1, "a\n"),
        ("part.ks", 2, "b\n"),
        ("main.ks", 3, "reboot\n"),
    ]
    assert flatten(main_file) == "lang C\na\nb\nreboot\n"


def test_files_of_the_medium_are_looked_for_beside_the_kickstart(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/part.ks").write_text("a\n")
    main_file = files(tmp_path, main="%include /run/install/repo/zeus/snippets/part.ks\n")
    assert (flatten(main_file), messages(main_file)) == ("a\n", [])


def test_a_relative_path_is_followed_and_warned_of(tmp_path: Path) -> None:
    main_file = files(tmp_path, main="%ksappend part.ks\n", part="a\n")
    assert flatten(main_file) == "a\n"
    assert messages(main_file) == [
        "/main.ks:1: warning: part.ks: a relative path: the installer does not look beside the kickstart\n"
        "  hint: name it below /run/install/repo/ when it is on the medium, or make one file of them: "
        "python3 -m zeus_installer.kickstart.flatten FILE"
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "%include /tmp/made.ks",
            "warning: %include /tmp/made.ks: is made in the installer: what it says is not checked",
        ),
        ("%include /nowhere/a.ks", "warning: %include /nowhere/a.ks: is not here: what it says is not checked"),
        (
            "%ksappend https://install.lan/a.ks",
            "warning: %ksappend https://install.lan/a.ks: nothing is fetched: what it says is not checked",
        ),
        ("%include", "error: %include names no file"),
        ("%include main.ks", "error: %include main.ks: includes itself"),
        ('%include "', 'error: %include ": the quotation does not end'),
        ("%ksappend /nowhere", "warning: %ksappend /nowhere: is not here: what it says is not checked"),
        (
            "%include hd:LABEL=x:/a.ks",
            "error: %include hd:LABEL=x:/a.ks: only a path, or an address (https://…), can be included\n"
            "  hint: name a file of the medium by its path in the installer: /run/install/repo/…",
        ),
        (
            "%include http://me:hunter2@install.lan/a.ks",
            "warning: %include http://me:********@install.lan/a.ks: nothing is fetched: what it says is not checked",
        ),
        ("%include /" + "x" * 5000, f"warning: %include /{'x' * 5000}: is not here: what it says is not checked"),
    ],
)
def test_includes_that_cannot_be_followed(tmp_path: Path, line: str, message: str) -> None:
    main_file = files(tmp_path, main=f"lang C\n{line}\n")
    assert messages(main_file) == [f"/main.ks:2: {message}"]
    assert len(read_source(main_file).known_lines) == 2
    assert read_source(main_file).known_lines[1].text == "\n"


def test_files_that_include_one_another(tmp_path: Path) -> None:
    main_file = files(tmp_path, main=f"%include {tmp_path}/other.ks\n", other=f"%include {tmp_path}/main.ks\n")
    assert messages(main_file) == ["/other.ks:1: error: %include /main.ks: includes itself"]


def test_an_included_file_that_is_no_text(tmp_path: Path) -> None:
    main_file = files(tmp_path, main=f"%include {tmp_path}/other.ks\n", other="")
    (tmp_path / "other.ks").write_bytes(b"a\n\xff\n")
    assert messages(main_file) == ["/main.ks:1: error: %include /other.ks: line 2: byte 0xff is not UTF-8"]


def test_what_only_the_installer_has_stays_an_include(tmp_path: Path) -> None:
    main_file = files(tmp_path, main="%include /run/zeus/kickstart/disk.ks\n")
    assert flatten(main_file) == "%include /run/zeus/kickstart/disk.ks\n"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    main_file = files(tmp_path, main=f"%include {tmp_path}/other.ks\n", other="\ufefflang C\n")
    assert flatten(main_file) == "lang C\n"
    assert messages(main_file) == [
        "/other.ks:1: error: the file begins with a byte order mark: the installer takes it for a part of the first "
        "word\n  hint: save it as UTF-8 without one: sed -i '1s/^\\xEF\\xBB\\xBF//' FILE"
    ]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_source(tmp_path / "no.ks")
    assert str(caught.value) == f"{tmp_path}/no.ks: No such file or directory\nhint: name a kickstart file"


def test_flatten_is_a_program(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main_file = files(tmp_path, main="lang C\n%include /nowhere\n%include\n")
    assert main([str(main_file)]) == 2
    assert capsys.readouterr() == (
        "lang C\n%include /nowhere\n\n",
        f"{main_file}:2: warning: %include /nowhere: is not here: what it says is not checked\n"
        f"{main_file}:3: error: %include names no file\n",
    )
    assert (main([]), main([str(tmp_path / "no.ks")])) == (2, 2)
    assert capsys.readouterr().err == (
        "usage: python3 -m zeus_installer.kickstart.flatten FILE > OUT\n"
        f"zeus: error: {tmp_path}/no.ks: No such file or directory\nhint: name a kickstart file\n"
    )
    assert main(["--help"]) == 0
    assert capsys.readouterr().out == "usage: python3 -m zeus_installer.kickstart.flatten FILE > OUT\n"


def test_our_section_keeps_its_lines(tmp_path: Path) -> None:
    text = "lang C\n%addon other\nx\n%end\n%addon org_xenproject_zeus\nversion = 1\n\n# why\n[boot]\n%end\n"
    text += "%post\necho %s\n%end\n"
    found = sections(read_source(files(tmp_path, main=text)))
    assert [(section.name, section.addon) for section in found] == [
        ("%addon", "other"),
        ("%addon", "org_xenproject_zeus"),
        ("%post", None),
    ]
    (mine,) = ours(found)
    assert answers_text(mine).splitlines() == ["", "", "", "", "", "version = 1", "", "# why", "[boot]"]
    assert found[2].text == "echo %s\n"


def test_a_section_that_does_not_end(tmp_path: Path) -> None:
    found = sections(read_source(files(tmp_path, main="%packages\n@core\n%addon org_xenproject_zeus\nversion = 1\n")))
    assert [section.text for section in found] == ["@core\n", "version = 1\n"]
