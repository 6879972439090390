"""The dnsmasq and nginx files of docs/pxe.md, run as they stand there but for addresses, names and places."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.component.lans import REPOSITORY, SERVER, Lan, lan
from tests.component.pxe.conftest import COMMON, run_zeus
from tests.component.pxe.serving import ask, lease, public_directory

MACHINES = f"""\
[site]
url = "http://{SERVER}/zeus"
answers = "common.toml"

[[hosts]]
mac = "52:54:00:00:00:01"
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Lan]:
    with lan(tmp_path) as made:
        yield made


def recipe(language: str, tree: Path) -> str:
    """A file of the page, for the network of the test."""
    match = re.search(rf"^```{language}\n(.*?)^```", (REPOSITORY / "docs/pxe.md").read_text(), re.DOTALL | re.MULTILINE)
    assert match
    text = match[1].replace("/srv/zeus", str(tree)).replace("eth1", "lan0").replace("10.0.0.1:", f"{SERVER}:")
    return re.sub(r"\b10\.0\.0\.(\d+)", r"192.0.2.\1", text)


@contextmanager
def server(here: Lan, *command: str | Path) -> Iterator[None]:
    with subprocess.Popen(["ip", "netns", "exec", here.server, *map(str, command)]) as process:
        try:
            yield
        finally:
            process.terminate()


def test_the_recipe_serves_a_rendered_tree(here: Lan, iso: Path, tmp_path: Path) -> None:
    with public_directory() as public, ExitStack() as servers:
        (public / "common.toml").write_text(COMMON)
        (public / "machines.toml").write_text(MACHINES)
        assert run_zeus("pxe", "render", "machines.toml", "-o", "tree", "--iso", iso, cwd=public).returncode == 0
        tree = public / "tree"
        (tmp_path / "dnsmasq.conf").write_text(recipe("dnsmasq", tree))
        nginx = f"daemon off; pid {tmp_path}/pid; events {{}} http {{ access_log off; {recipe('nginx', tree)} }}"
        (tmp_path / "nginx.conf").write_text(nginx)
        leases = f"--dhcp-leasefile={tmp_path}/leases"
        servers.enter_context(server(here, "dnsmasq", "--keep-in-foreground", leases, "-C", tmp_path / "dnsmasq.conf"))
        servers.enter_context(server(here, "nginx", "-c", tmp_path / "nginx.conf", "-e", "stderr"))
        bios, uefi = lease(here, "-x", "0x5d:0000"), lease(here, "-x", "0x5d:0007")
        for given in (bios, uefi):
            got = tmp_path / "got"
            ask(here, "busybox", "tftp", "-g", "-r", given["bootfile"], "-l", got, SERVER)
            assert got.read_bytes() == (tree / given["bootfile"]).read_bytes()
        by_http = lease(here, "-x", "0x5d:0010", "-V", "HTTPClient:Arch:00016")
        assert by_http["vendor"] == "HTTPClient"
        ipxe = lease(here, "-x", "0x5d:0007", "-x", "0x4d:69505845")
        for url, path in ((by_http["bootfile"], "EFI/BOOT/BOOTX64.EFI"), (ipxe["bootfile"], "boot.ipxe")):
            assert fetched(here, url, tmp_path / "file") == (tree / path).read_bytes()
        # What comes next on the way, as the script says it.
        script = (tree / "ipxe/hosts/52-54-00-00-00-01.ipxe").read_text()
        urls = re.findall(r"http://\S+/(?:vmlinuz|initrd.img|zeus.ks|hosts/\S+)", script)
        assert len(urls) == 4
        for url in urls:
            assert len(fetched(here, url, tmp_path / "file")) > 0
        shutil.rmtree(tree)


def fetched(here: Lan, url: str, place: Path) -> bytes:
    """Fetch by HTTP, once the server listens."""
    for _ in range(50):
        place.unlink(missing_ok=True)
        ask(here, "curl", "-sf", "--noproxy", "*", "-o", place, url)
        if place.exists():
            return place.read_bytes()
        time.sleep(0.1)
    raise AssertionError(f"{url} is not served")
