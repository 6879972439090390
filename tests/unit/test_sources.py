"""Package sources are data: the one that comes with Zeus is whole, and a wrong one is told exactly what is wrong."""

from pathlib import Path

import pytest

from zeus_installer.answers.model import Repo
from zeus_installer.sources.loader import load, names, parse
from zeus_installer.sources.model import KernelProvider
from zeus_installer.system.errors import RefusedError, UsageError


def test_xapi_names_the_systems_of_a_host() -> None:
    source = load("xapi")
    assert source.systems == {
        "xen": ("xen-hypervisor", "xen-libs", "xen-dom0-libs", "xen-tools", "xen-dom0-tools"),
        "xapi": (
            *("xapi-core", "xapi-xe", "message-switch", "forkexecd", "xenopsd", "xenopsd-xc", "squeezed", "xcp-rrdd"),
            *("xcp-networkd", "xapi-storage-script", "vhd-tool", "qcow-stream-tool", "xcp-featured"),
            *("python3-xcp-libs", "xcp-emu-manager"),
        ),
        "sm": ("sm",),
        "blktap": ("blktap",),
    }
    assert source.support == (
        *("openvswitch", "lvm2", "stunnel", "ethtool", "bridge-utils", "dhcp-client"),
        *("grub2-pc-modules", "grub2-efi-x64-modules"),
    )
    assert source.groups == {"pv-guests": ("linux-guest-loader",)}
    assert source.distribution_excludes == ("xen", "xen-*")
    assert source.repos == ()
    assert source.required == (*source.vendor, *source.support)


@pytest.mark.parametrize(
    ("system", "kernel"),
    [
        ("fedora", KernelProvider(provider="distribution", packages=("kernel-core",))),
        ("almalinux", KernelProvider(provider="source", packages=("kernel",))),
    ],
)
def test_the_kernel_depends_on_the_system(system: str, kernel: KernelProvider) -> None:
    assert load("xapi").kernel_for(system) == kernel


def test_a_system_without_a_dom0_kernel_is_refused() -> None:
    with pytest.raises(RefusedError) as caught:
        load("xapi").kernel_for("debian")
    assert str(caught.value) == (
        "package source xapi names no dom0 kernel for debian\n"
        "hint: it serves fedora, rhel, almalinux, centos and rocky: install on one of these, or name another source in"
        " packages.source"
    )


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(UsageError) as caught:
        load("xpai")
    assert caught.value.message == "there is no package source 'xpai' (did you mean 'xapi'?)"
    assert caught.value.hint == "known sources: xapi; a file is named by its path"
    assert names() == ("xapi",)


def test_a_file_is_a_source_too(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('systems.xen = ["xen"]\n[[repos]]\nid = "a"\nbaseurl = "https://a.example"\n')
    source = load(str(file))
    assert (source.name, source.vendor) == ("own", ("xen",))
    assert source.repos == (Repo(id="a", baseurl="https://a.example"),)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(f"{tmp_path}/none.toml")
    assert caught.value.message == f"package source {tmp_path}/none.toml: No such file or directory"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "a"\nsytems = 1\n', "2: error: sytems is not a key of a package source (did you mean 'systems'?)"),
        ('[systems]\n\nxen = "xen"\n', "3: error: systems.xen must be a list"),
        ('support = [\n"lvm2",\n3]\n', "3: error: support[1] must be a string"),
        ("groups = []\n", "1: error: groups must be a table"),
        ("[kernels]\nfedora = {}\n", "2: error: kernels.fedora.provider must be one of distribution and source"),
        (
            "[kernels.fedora]\nprovider = 1\n",
            "2: error: kernels.fedora.provider must be one of distribution and source",
        ),
        ('[[repos]]\nbaseurl = "http://a"\n', "1: error: repos[0].id must be a string"),
        ('[[repos]]\nid = "a"\nbaseurl = "b"\npriority = true\n', "4: error: repos[0].priority must be a whole number"),
        ('[[repos]]\nid = "a"\nbaseurl = "b"\nurl = ""\n', "4: error: repos[0].url is not a key of a package source"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, name="own", file="own.toml")
    assert caught.value.message.removeprefix("own.toml:") in (message, message + " (did you mean 'baseurl'?)")


def test_toml_that_is_none() -> None:
    with pytest.raises(UsageError) as caught:
        parse("title =\n", name="own", file="own.toml")
    assert caught.value.message == "own.toml: error: Invalid value (at line 1, column 8)"
