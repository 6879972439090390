"""What xapi cannot start without: executables, files and directories.

Names and places are those of xen-api (ocaml/xapi/xapi_globs.ml); each can be moved by a line `name = path` in
`/etc/xapi.conf` or `/etc/xapi.conf.d/*.conf`. A path without a slash is looked for in xapi's list of directories.
"""

from collections.abc import Iterator, Mapping

from tests.lab.xapi.errors import StartupRefused
from tests.lab.xapi.paths import Paths

SEARCH = (
    "/opt/xensource/bin",
    "/opt/xensource/libexec",
    "/usr/libexec/xapi",
    "/opt/xensource/debug",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
)

EXECUTABLES: Mapping[str, str] = {
    "busybox": "busybox",
    "pbis-force-domain-leave-script": "pbis-force-domain-leave",
    "redo-log-block-device-io": "block_device_io",
    "sparse_dd": "sparse_dd",
    "vhd-tool": "vhd-tool",
    "qcow_to_stdout": "/opt/xensource/libexec/qcow2-to-stdout.py",
    "qcow_stream_tool": "qcow-stream-tool",
    "qemu-img": "/usr/lib64/xen/bin/qemu-img",
    "fence": "fence",
    "host-bugreport-upload": "host-bugreport-upload",
    "set-hostname": "set-hostname",
    "xe-syslog-reconfigure": "xe-syslog-reconfigure",
    "logs-download": "logs-download",
    "update-mh-info": "update-mh-info",
    "upload-wrapper": "upload-wrapper",
    "host-backup": "host-backup",
    "host-restore": "host-restore",
    "xe": "xe",
    "xe-toolstack-restart": "xe-toolstack-restart",
    "xsh": "xsh",
    "static-vdis": "static-vdis",
    "xen-cmdline-script": "/opt/xensource/libexec/xen-cmdline",
    "list_domains": "/usr/bin/list_domains",
    "systemctl": "systemctl",
    "alert-certificate-check": "alert-certificate-check",
    "gencert": "gencert",
    "openssl_path": "openssl",
    "set-iscsi-initiator": "/opt/xensource/libexec/set-iscsi-initiator",
    "createrepo-cmd": "/usr/bin/createrepo_c",
    "modifyrepo-cmd": "/usr/bin/modifyrepo_c",
    "rpm-cmd": "rpm",
    "depmod": "depmod",
    "dracut": "dracut",
    "udevadm": "udevadm",
}
FILES: Mapping[str, str] = {
    "pool_config_file": "/etc/xensource/pool.conf",
    "db-config-file": "/etc/xensource/db.conf",
    "udhcpd-skel": "/etc/xensource/udhcpd.skel",
}
DIRECTORIES: Mapping[str, str] = {
    "sm-dir": "/opt/xensource/sm",
    "web-dir": "/opt/xensource/www",
    "cluster-stack-root": "/usr/libexec/xapi/cluster-stack",
    "gpg-homedir": "/opt/xensource/gpg",
    "post-install-scripts-dir": "/opt/xensource/packages/post-install-scripts",
}


def check_resources(paths: Paths) -> None:
    """Find all of them. Raises StartupRefused, naming the first that is missing, as xapi does."""
    moved = _configured(paths)
    for kinds in (EXECUTABLES, FILES, DIRECTORIES):
        for name, default in kinds.items():
            wanted = moved.get(name, default)
            if not any(paths.at(place).exists() for place in _places(wanted)):
                raise StartupRefused(
                    f"Cannot access {name} ({wanted}). Please either add to /etc/xapi.conf a line {name} = <path>, "
                    "or install what brings it"
                )


def _places(wanted: str) -> Iterator[str]:
    if wanted.startswith("/"):
        yield wanted
    else:
        yield from (f"{directory}/{wanted}" for directory in SEARCH)


def _configured(paths: Paths) -> Mapping[str, str]:
    files = [paths.at("/etc/xapi.conf"), *sorted(paths.at("/etc/xapi.conf.d").glob("*.conf"))]
    settings = {}
    for file in files:
        if not file.exists():
            continue
        for line in file.read_text(encoding="utf-8").splitlines():
            name, equals, value = line.partition("=")
            if equals and not name.lstrip().startswith("#"):
                settings[name.strip()] = value.strip()
    return settings
