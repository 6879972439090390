"""What the administrator is told when a kernel comes or goes, on roots with and without boot sets."""

import subprocess
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[2] / "zeus_installer/firstboot/95-zeus.install"
DOM0 = "6.12.5-200.fc45.x86_64"
OTHER = "6.17.1-300.fc45.x86_64"


def host(root: Path, *, current: str, previous: str | None = None, done: bool = True) -> Path:
    boot = root / "boot/zeus"
    boot.mkdir(parents=True)
    (boot / "current").symlink_to(f"sets/{current}")
    if previous:
        (boot / "previous").symlink_to(f"sets/{previous}")
    (root / "var/lib/zeus").mkdir(parents=True)
    if done:
        (root / "var/lib/zeus/done").touch()
    return root


def hook(root: Path, *arguments: str) -> tuple[str, str]:
    """What it prints and what it warns of; kernel-install goes on after it, whatever it finds."""
    done = subprocess.run(
        ["/bin/sh", HOOK, *arguments], env={"ZEUS_ROOT": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    return done.stdout, done.stderr


def warning(who: str, kernel: str, link: str) -> str:
    return (
        f"zeus: warning: {who} boots Linux {kernel} from its boot set (/boot/zeus/{link}), which needs the modules "
        f"that are removed now: install Linux {kernel} again before the next reboot\n"
    )


def test_a_new_kernel_is_not_that_of_dom0(tmp_path: Path) -> None:
    root = host(tmp_path, current=f"4.20.0-{DOM0}")
    assert hook(root, "add", OTHER, "/boot/id/x", f"/usr/lib/modules/{OTHER}/vmlinuz") == (
        f"zeus: dom0 goes on booting its boot set 4.20.0-{DOM0} (/boot/zeus/current); "
        f"Linux {OTHER} has its own entry in GRUB's menu, without Xen\n",
        "",
    )
    assert hook(root, "add", DOM0) == ("", "")


def test_a_removed_kernel_takes_the_modules_of_a_set_away(tmp_path: Path) -> None:
    root = host(tmp_path, current=f"4.20.0-{OTHER}.2", previous=f"4.19.1-{DOM0}", done=False)
    assert hook(root, "remove", OTHER) == ("", warning("dom0", OTHER, "current"))
    assert hook(root, "remove", DOM0) == ("", warning("GRUB's entry zeus-xen-previous", DOM0, "previous"))
    assert hook(root, "remove", "6.1.0-1.fc45.x86_64") == ("", "")


def test_a_kernel_is_told_from_one_that_is_called_alike(tmp_path: Path) -> None:
    root = host(tmp_path, current="4.20.0-6.12.2")
    assert hook(root, "remove", "6.12") == ("", warning("dom0", "6.12", "current"))
    (root / "usr/lib/modules/6.12.2").mkdir(parents=True)
    assert hook(root, "remove", "6.12") == ("", "")
    assert hook(root, "remove", "6.12.2") == ("", warning("dom0", "6.12.2", "current"))


@pytest.mark.parametrize("arguments", [("add", OTHER), ("remove", OTHER), ("inspect", OTHER), ("add",), ()])
def test_other_machines_are_told_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert hook(tmp_path, *arguments) == ("", "")


def test_an_unfinished_host_is_told_nothing_of_a_new_kernel(tmp_path: Path) -> None:
    assert hook(host(tmp_path, current=f"4.20.0-{DOM0}", done=False), "add", OTHER) == ("", "")
