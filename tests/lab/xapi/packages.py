"""The toolstack's RPMs for the lab: the vendor's names, the lab's server, and stand-ins that say that they are."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.lab.rpms import Directory, Entry, File, Link, Rpm
from tests.lab.xapi.resources import DIRECTORIES
from tests.lab.xapi.services import STAND_INS, TOOLSTACK, program_text, unit_text

HERE: Final = Path(__file__).parent
UNITS: Final = "/usr/lib/systemd/system"
SERVER: Final = "/opt/xensource/libexec/lab-xapi"

XAPI_VERSION: Final = "26.1.3"
VERSIONS: Final[Mapping[str, str]] = {
    "sm": "4.1.12",
    "blktap": "4.0.8",
    "xcp-featured": "1.1.8",
    "python3-xcp-libs": "3.0.4",
    "xcp-emu-manager": "1.2.0",
    "createrepo_c": "1.1.2",
    "dracut": "103",
}

# Programs that must be there and that nothing in the lab runs.
COMMANDS: Final[Mapping[str, str]] = {
    "xapi-core": (
        "/opt/xensource/libexec/pbis-force-domain-leave /opt/xensource/libexec/block_device_io "
        "/opt/xensource/libexec/qcow2-to-stdout.py /usr/lib64/xen/bin/qemu-img "
        "/opt/xensource/libexec/fence /opt/xensource/libexec/host-bugreport-upload "
        "/opt/xensource/libexec/xe-syslog-reconfigure /opt/xensource/libexec/logs-download "
        "/opt/xensource/libexec/update-mh-info /opt/xensource/libexec/upload-wrapper "
        "/opt/xensource/libexec/host-backup /opt/xensource/libexec/host-restore /opt/xensource/bin/xsh "
        "/opt/xensource/bin/static-vdis /opt/xensource/libexec/xen-cmdline "
        "/opt/xensource/libexec/alert-certificate-check /opt/xensource/libexec/gencert "
        "/opt/xensource/libexec/set-iscsi-initiator"
    ),
    "vhd-tool": "/usr/bin/vhd-tool /usr/libexec/xapi/sparse_dd",
    "qcow-stream-tool": "/usr/bin/qcow-stream-tool",
    "xenopsd": (
        "/usr/libexec/xenopsd/vif /usr/libexec/xenopsd/setup-vif-rules /usr/libexec/xenopsd/setup-pvs-proxy-rules"
    ),
    # Vendors' Xen has xenguest; the distribution's, which the lab's is made of, has none.
    "xenopsd-xc": "/usr/bin/list_domains /usr/libexec/xen/bin/xenguest",
    "xcp-emu-manager": "/usr/libexec/xen/bin/emu-manager",
    "sm": "/opt/xensource/sm/EXTSR /opt/xensource/sm/LVMSR /opt/xensource/sm/udevSR",
    "blktap": "/usr/bin/tapdisk /usr/bin/tap-ctl /usr/bin/vhd-util",
    "createrepo_c": "/usr/bin/createrepo_c /usr/bin/modifyrepo_c",
    "dracut": "/usr/bin/dracut",
}
REQUIRES: Final[Mapping[str, Sequence[str]]] = {
    "xapi-core": (
        *("xapi-xe", "message-switch", "forkexecd", "xenopsd-xc", "squeezed", "xcp-rrdd", "xcp-networkd"),
        *("xapi-storage-script", "vhd-tool", "qcow-stream-tool", "python3-xcp-libs", "sm", "xen-hypervisor"),
        *("python3", "openssl", "busybox", "iproute", "e2fsprogs", "lvm2", "createrepo_c", "dracut"),
    ),
    "xenopsd-xc": ("xenopsd", "xcp-emu-manager", "xen-dom0-tools", "openvswitch", "e2fsprogs", "zstd"),
    "xcp-networkd": ("ethtool", "bridge-utils", "dhcp-client", "openvswitch"),
    "sm": ("blktap", "lvm2"),
}
NAMES: Final = (
    *("xapi-core", "xapi-xe", "message-switch", "forkexecd", "xenopsd", "xenopsd-xc", "squeezed", "xcp-rrdd"),
    *("xcp-networkd", "xapi-storage-script", "vhd-tool", "qcow-stream-tool", "xcp-featured", "python3-xcp-libs"),
    *("xcp-emu-manager", "sm", "blktap", "createrepo_c", "dracut"),
)


def rpms() -> Sequence[Rpm]:
    """Every RPM of the toolstack."""
    return [package(name) for name in NAMES]


def package(name: str) -> Rpm:
    """One RPM: what is the lab's own, the stand-ins of its services and of its commands."""
    files = {**dict(commands(name)), **dict(services(name)), **OWN.get(name, {})}
    if name == "xapi-core":
        files |= {**dict(core_files()), **dict(server_files())}
    daemons = any(one.package == name for one in STAND_INS) or name == "xapi-core"
    return Rpm(
        name=name,
        version=VERSIONS.get(name, XAPI_VERSION),
        summary=f"{name} of the Zeus lab (stand-in)",
        files=files,
        requires=REQUIRES.get(name, ()),
        scripts={"posttrans": "[ ! -d /run/systemd/system ] || systemctl daemon-reload || :"} if daemons else {},
    )


def commands(name: str) -> Iterator[tuple[str, Entry]]:
    """Programs that only say that they are not real, and fail."""
    for path in COMMANDS.get(name, "").split():
        text = f'#!/bin/sh\necho "{Path(path).name}: a stand-in of the Zeus lab, which does nothing" >&2\nexit 1\n'
        yield path, File(content=text, mode=0o755)


def services(name: str) -> Iterator[tuple[str, Entry]]:
    """Units and programs of the stand-ins that run."""
    for one in STAND_INS:
        if one.package == name:
            yield f"{UNITS}/{one.unit}", File(content=unit_text(one))
            yield one.program, File(content=program_text(one), mode=0o755)


def server_files() -> Iterator[tuple[str, Entry]]:
    """The server's own code, under the package names that it has here."""
    yield f"{SERVER}/tests/__init__.py", File()
    yield f"{SERVER}/tests/lab/__init__.py", File()
    only_here = {HERE / "packages.py", HERE / "services.py"}
    for source in sorted({*HERE.rglob("*.py"), HERE / "model.toml"} - only_here):
        yield f"{SERVER}/tests/lab/xapi/{source.relative_to(HERE)}", File(source=source)


def program(name: str) -> File:
    """A program from `files/`."""
    return File(source=HERE / "files" / name, mode=0o755)


def core_files() -> Iterator[tuple[str, Entry]]:
    """What xapi-core has besides stand-ins: programs, configuration, directories, units."""
    yield "/opt/xensource/bin/xapi", program("xapi")
    yield "/opt/xensource/bin/xapi-wait-init-complete", program("xapi-wait-init-complete")
    yield "/opt/xensource/libexec/lab-udhcpc", program("lab-udhcpc")
    yield "/opt/xensource/libexec/set-hostname", script('hostname "$1" && echo "$1" >/etc/hostname')
    yield "/opt/xensource/bin/xe-toolstack-restart", script(f"exec systemctl restart {' '.join(TOOLSTACK)}")
    yield "/etc/xensource/pool.conf", File(content="master", config=True)
    yield "/etc/xensource/db.conf", File(content="[/var/lib/xcp/state.db]\nformat:xml\n", config=True)
    yield "/etc/xensource/udhcpd.skel", File(content="# stand-in of the Zeus lab\n")
    # Debian's udevadm is not where Fedora has it.
    conf = "# name = path: where xapi finds what it needs\nudevadm = /usr/bin/udevadm\n"
    yield "/etc/xapi.conf", File(content=conf, config=True)
    own = [path for name, path in DIRECTORIES.items() if name != "sm-dir"]
    for path in (*own, "/var/lib/xcp", "/etc/xapi.conf.d", "/etc/xapi.d/plugins"):
        yield path, Directory()
    yield from core_units()


def script(line: str) -> File:
    """A one-line shell program."""
    return File(content=f"#!/bin/sh\n{line}\n", mode=0o755)


def core_units() -> Iterator[tuple[str, Entry]]:
    """The units that are real here, and upstream's first boot, which nothing stops but a mask or its stamp."""
    for name, text in CORE_UNITS.items():
        yield f"{UNITS}/{name}", File(content=text)
    yield (
        f"{UNITS}/xapi-init-complete.target.requires/xapi-wait-init-complete.service",
        Link("../xapi-wait-init-complete.service"),
    )
    for name in ("network-init", "storage-init"):
        unit = f"{name}.service"
        yield f"{UNITS}/{unit}", File(content=FIRST_BOOT.format(name=name))
        yield f"{UNITS}/xapi-init-complete.target.wants/{unit}", Link(f"../{unit}")
        mark = f'echo "{name} ran" >/var/lib/misc/lab-ran-{name} && : >/var/lib/misc/ran-{name}'
        yield f"/opt/xensource/libexec/{name}", script(mark)


FIRST_BOOT: Final = """\
[Unit]
Description=Stand-in of the lab: upstream's first boot, {name}
Requires=xapi.service
After=xapi.service xapi-init-complete.target
ConditionPathExists=!/var/lib/misc/ran-{name}

[Service]
Type=oneshot
ExecStart=/opt/xensource/libexec/{name}
"""
CORE_UNITS: Final[Mapping[str, str]] = {
    "xapi.service": f"""\
[Unit]
Description=XenAPI server (the lab's)
PartOf=toolstack.target
After=network-pre.target openvswitch.service {" ".join(one.unit for one in STAND_INS if "xapi.service" in one.before)}
After=proc-xen.mount xenstored.service xen-init-dom0.service

[Service]
ExecStart=/opt/xensource/bin/xapi
Restart=on-failure
KillMode=process

[Install]
WantedBy=multi-user.target
""",
    "xapi-wait-init-complete.service": """\
[Unit]
Description=Wait for the toolstack to be up
Wants=xapi.service
After=xapi.service
Before=xapi-init-complete.target

[Service]
Type=oneshot
ExecStart=/opt/xensource/bin/xapi-wait-init-complete 300
RemainAfterExit=yes

[Install]
RequiredBy=xapi-init-complete.target
""",
    "xapi-init-complete.target": """\
[Unit]
Description=The toolstack is up
After=xapi-wait-init-complete.service

[Install]
WantedBy=multi-user.target
""",
    "toolstack.target": f"""\
[Unit]
Description=The toolstack
Wants={" ".join(TOOLSTACK)}

[Install]
WantedBy=multi-user.target
""",
}
# What other packages have besides stand-ins.
OWN: Final[Mapping[str, Mapping[str, Entry]]] = {
    "xapi-xe": {"/opt/xensource/bin/xe": program("xe"), "/usr/bin/xe": Link("/opt/xensource/bin/xe")},
    "sm": {"/opt/xensource/sm": Directory()},
    "python3-xcp-libs": {
        "/usr/lib/python3/dist-packages/xcp/__init__.py": File(content='"""A stand-in of the Zeus lab."""\n')
    },
}
