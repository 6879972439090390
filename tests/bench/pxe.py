"""`zeus pxe`: rendering many hosts, beside copying as many files, and a tree that many machines fetch at once."""

import asyncio
import csv
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from tests.bench.probe import TELL_PEAK, peak, seconds
from tests.bench.rows import Row
from tests.lab.machine import free_port
from tests.lab.netinst import netinst
from zeus_installer.pxe.serving.nginx import Site, configuration

MANY: Final = 10_000
FEW: Final = 1_000
CLIENTS: Final = 500
COMMON: Final = """\
version = 1
[packages]
repos = [{ id = "xapi", baseurl = "https://packages.example.org/", gpgkey = "https://packages.example.org/key" }]
"""
# What each machine fetches from its boot loader to its answers, but for the second stage, which is the link's business.
SHARED: Final = ("boot.ipxe", "boot/vmlinuz", "boot/initrd.img", ".treeinfo", "images/product.img", "zeus/zeus.ks")


def measure() -> list[Row]:
    """Measure on this machine."""
    with tempfile.TemporaryDirectory(prefix="zeus-bench-") as name:
        scratch = Path(name)
        # nginx's workers go through it.
        scratch.chmod(0o755)
        return [*measure_rendering(scratch), *measure_serving(scratch)]


def inventory(scratch: Path, hosts: int) -> Path:
    """An inventory, each host with an address, a disk and a storage repository of its own."""
    (scratch / "common.toml").write_text(COMMON)
    path = scratch / f"{hosts}.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["mac", "hostname", "address", "gateway", "system_disk", "storage.sr_type"])
        for number in range(hosts):
            high, low = divmod(number, 250)
            mac = f"52:54:00:00:{high:02x}:{low:02x}"
            address = f"10.1.{high}.{low + 2}/16"
            rows.writerow([mac, f"xen{number}.example.org", address, "10.1.255.254", f"DISK{number}", "lvm"])
    return path


def command(scratch: Path, hosts: int) -> list[str]:
    """The arguments that render it."""
    iso, out = netinst() / "netinst.iso", scratch / f"tree-{hosts}"
    words = ["--url", "http://127.0.0.1", "--answers", scratch / "common.toml", "--iso", iso, "-o", out]
    return ["pxe", "render", str(inventory(scratch, hosts)), *map(str, words)]


def measure_rendering(scratch: Path) -> Iterator[Row]:
    """Seconds for many hosts, and the memory that few and many take."""
    ours = statistics.median(seconds([sys.executable, "-m", "zeus_installer", *command(scratch, MANY)]) for _ in "123")
    copy = statistics.median(copying(scratch / f"tree-{MANY}", scratch / "copy") for _ in "123")
    yield Row(name=f"render {MANY} hosts", ours=ours, peer=copy, peer_name="cp -r of the tree", unit="s", goal="5 s")
    memory, base = (peak(telling(command(scratch, hosts))) for hosts in (MANY, FEW))
    yield Row(name="render, memory", ours=memory, peer=base, peer_name=f"{FEW} hosts", unit="MB", goal="flat")


def telling(words: list[str]) -> list[str]:
    """A command that renders, and tells how much memory it took."""
    return [sys.executable, "-c", f"from zeus_installer.__main__ import main; main({words!r}); {TELL_PEAK}"]


def copying(tree: Path, place: Path) -> float:
    """Copy a tree; seconds."""
    took = seconds(["cp", "-r", str(tree), str(place)])
    shutil.rmtree(place)
    return took


def measure_serving(scratch: Path) -> Iterator[Row]:
    """Serve the tree with nginx, and have many clients fetch what a machine fetches, all at once."""
    tree = scratch / f"tree-{MANY}"
    hosts = sorted(path.stem for path in (tree / "hosts").iterdir())[:CLIENTS]
    with serving(tree, scratch) as port:
        began = time.monotonic()
        results = asyncio.run(all_clients(port, hosts))
        took = time.monotonic() - began
    times = sorted(result for result, _ in results)
    fetched = sum(size for _, size in results) / 1e6
    wanted = sum((tree / name).stat().st_size for name in SHARED) * CLIENTS / 1e6
    rows = {
        "all have it": (took, "s"),
        "median of a client": (statistics.median(times), "s"),
        "slowest client": (times[-1], "s"),
        "together": (fetched / took, "MB/s"),
        "fetched of what was wanted": (min(1.0, fetched / wanted), ""),
    }
    for name, (figure, unit) in rows.items():
        title = f"{CLIENTS} clients: {name}"
        yield Row(name=title, ours=figure, peer=None, peer_name="", unit=unit, goal="none set")


@contextmanager
def serving(tree: Path, scratch: Path) -> Iterator[int]:
    """nginx as `zeus pxe serve` runs it, on the loopback interface; the port."""
    private = scratch / "nginx"
    private.mkdir(mode=0o711)
    (private / "tree").symlink_to(tree)
    port = free_port()
    site = Site(address=IPv4Address("127.0.0.1"), port=port, path="", reports=None)
    (private / "nginx.conf").write_text(configuration(site, private=private))
    command = ["nginx", "-p", str(private), "-c", str(private / "nginx.conf"), "-e", "stderr"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (private / "nginx.pid").exists() and process.poll() is None:
            time.sleep(0.05)
        try:
            yield port
        finally:
            process.terminate()


async def all_clients(port: int, hosts: list[str]) -> list[tuple[float, int]]:
    """Start all at once; seconds and bytes of each."""
    return await asyncio.gather(*(client(port, host) for host in hosts))


async def client(port: int, host: str) -> tuple[float, int]:
    """Fetch, one file after the other, what the machine `host` fetches; seconds, and bytes of file contents."""
    began, size = time.monotonic(), 0
    for name in (*SHARED, f"ipxe/hosts/{host}.ipxe", f"hosts/{host}.toml"):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        writer.write(f"GET /{name} HTTP/1.0\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.splitlines()[0]:
            raise RuntimeError(f"{name}: {head.splitlines()[0].decode()}")
        while block := await reader.read(1 << 20):
            size += len(block)
        writer.close()
    return time.monotonic() - began, size


if __name__ == "__main__":
    for row in measure():
        print(row.to_line())
