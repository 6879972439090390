"""What the lab's RPMs have besides Debian's files: the lab's own files, moved files, relations, scripts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.lab.rpms import Directory, Entry, File, Link
from tests.lab.tools import words

OVERLAY: Final = Path(__file__).parent / "overlay"

# What takes time at every emulated boot and nothing here needs.
MASKED: Final = words(
    "systemd-firstboot.service systemd-hwdb-update.service ldconfig.service systemd-update-done.service "
    "systemd-journal-catalog-update.service systemd-pcrmachine.service systemd-tpm2-setup.service "
    "systemd-tpm2-setup-early.service systemd-boot-random-seed.service systemd-random-seed.service "
    "systemd-sysusers.service systemd-pstore.service systemd-hibernate-clear.service systemd-pcrphase.service "
    "systemd-pcrphase-sysinit.service systemd-udev-load-credentials.service systemd-binfmt.service "
    "systemd-ask-password-console.path systemd-ask-password-wall.path systemd-tmpfiles-clean.timer "
    "systemd-logind.service multipathd.service multipathd.socket e2scrub_reap.service e2scrub_all.timer "
    "grub-common.service mdmonitor.service dpkg-db-backup.timer fstrim.timer apt-daily.timer "
    "apt-daily-upgrade.timer mdcheck_start.timer mdcheck_continue.timer mdmonitor-oneshot.timer "
    "xfs_scrub_all.timer man-db.timer console-getty.service getty@tty1.service dev-hugepages.mount "
    "sys-fs-fuse-connections.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount "
    "proc-sys-fs-binfmt_misc.automount"
)
MASKED_GENERATORS: Final = words(
    "systemd-debug-generator systemd-gpt-auto-generator systemd-hibernate-resume-generator "
    "systemd-rc-local-generator systemd-run-generator systemd-ssh-generator systemd-system-update-generator "
    "systemd-sysv-generator systemd-tpm2-generator"
)
ENABLED: Final = {
    "multi-user.target.wants": "NetworkManager.service remote-fs.target",
    "network-online.target.wants": "NetworkManager-wait-online.service",
    "sysinit.target.wants": "lvm2-lvmpolld.socket",
    "sockets.target.wants": "dm-event.socket",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relations:
    """An RPM's relations and scripts; `{version}` and `{kernel}` stand for its version and the kernel's release."""

    requires: Sequence[str] = ()
    provides: Sequence[str] = ()
    scripts: Mapping[str, str] = field(default_factory=dict)


LDCONFIG: Final = {"posttrans": "ldconfig"}
RELATIONS: Final[Mapping[str, Relations]] = {
    "setup": Relations(),
    "lab-base": Relations(
        requires=["setup"],
        provides=[
            *("system-release = 44", "system-release(44)", "fedora-release = 44", "fedora-release-common = 44"),
            *words("/bin/sh /usr/bin/sh /bin/bash /sbin/ldconfig bash coreutils curl dbus device-mapper dmidecode"),
            *words("filesystem findutils gawk gdisk glibc gnupg2 grep gzip hostname iproute iputils kmod openssl"),
            *words("openssl-libs pciutils procps-ng psmisc python3 python3-rpm rpm sed sg3_utils shadow-utils"),
            *words("systemd systemd-udev tar tzdata util-linux zstd busybox"),
        ],
        scripts={"posttrans": "ldconfig\n[ -e /etc/machine-id ] || : > /etc/machine-id"},
    ),
    "kernel-core": Relations(
        provides=[
            *("kernel = {version}", "kernel-modules = {version}", "kernel-modules-core = {version}"),
            *("kernel-uname-r = {kernel}", "kernel-core-uname-r = {kernel}"),
        ],
        scripts={
            "posttrans": "kernel-install add {kernel} /usr/lib/modules/{kernel}/vmlinuz",
            "preun": "kernel-install remove {kernel}",
        },
    ),
    "grub2-tools": Relations(provides=["grub2-common", "grub2-tools-minimal", "grub2-tools-extra"]),
    "grub2-pc-modules": Relations(provides=["grub2-pc"]),
    "grub2-efi-x64": Relations(provides=["shim-x64"]),
    "python3-blivet": Relations(requires=["python3-pyparted"]),
    "python3-dnf": Relations(requires=["dnf"]),
    "python3-urwid": Relations(requires=["python3-typing-extensions", "python3-wcwidth"]),
    "openvswitch": Relations(scripts=LDCONFIG),
    "stunnel": Relations(scripts=LDCONFIG),
    "chrony": Relations(scripts=LDCONFIG),
    "xen-libs": Relations(scripts=LDCONFIG),
    "xen-dom0-libs": Relations(requires=["xen-libs"], scripts=LDCONFIG),
    "xen-tools": Relations(requires=["xen-libs", "xen-dom0-libs"]),
    "xen-dom0-tools": Relations(requires=["xen-hypervisor", "xen-tools"]),
}


def additions(tree: Path, kernel: str, boot: Path) -> dict[str, dict[str, Entry]]:
    """More files, by RPM. `kernel` is the kernel's release; `boot` holds what bootfiles.py made."""
    found = {directory.name: dict(overlay(directory)) for directory in OVERLAY.iterdir() if directory.is_dir()}
    found["lab-base"] |= dict(base_files())
    found["kernel-core"] |= dict(kernel_files(tree, kernel, boot))
    found["grub2-tools"] |= dict(grub_names(tree))
    found["grub2-efi-x64"] = dict(efi_files(boot))
    found["xen-hypervisor"] = dict(hypervisor_files(tree))
    found["xen-dom0-tools"] |= {f"/usr/sbin/{name}": Link(f"{XEN_BIN}/{name}") for name in DOM0_PROGRAMS}
    found["xen-tools"] = {"/var/log/xen": Directory(mode=0o750), "/var/lib/xen": Directory()}
    return found


def overlay(directory: Path) -> Iterator[tuple[str, Entry]]:
    """The files below tests/lab/overlay/RPM; executable as they are there, 0600 where only the owner may read."""
    for file in directory.rglob("*"):
        if file.is_file():
            path = f"/{file.relative_to(directory)}"
            secret = path.endswith(".nmconnection")
            mode = 0o600 if secret else 0o755 if file.stat().st_mode & 0o100 else 0o644
            yield path, File(source=file, mode=mode, config=path.startswith("/etc/"))


def base_files() -> Iterator[tuple[str, Entry]]:
    """Links and directories of the base system."""
    yield "/etc/os-release", Link("../usr/lib/os-release")
    yield "/etc/system-release", Link("fedora-release")
    yield "/etc/systemd/system/default.target", Link("/usr/lib/systemd/system/multi-user.target")
    yield "/var/lib/rpm", Link("../../usr/lib/sysimage/rpm")
    for path in ("/var/log/journal", "/var/cache/dnf", "/boot/efi", "/etc/yum.repos.d", "/etc/pki/rpm-gpg"):
        yield path, Directory()
    for unit in MASKED:
        yield f"/etc/systemd/system/{unit}", Link("/dev/null")
    for generator in MASKED_GENERATORS:
        yield f"/etc/systemd/system-generators/{generator}", Link("/dev/null")
    for target, units in ENABLED.items():
        for unit in units.split():
            yield f"/etc/systemd/system/{target}/{unit}", Link(f"/usr/lib/systemd/system/{unit}")


def kernel_files(tree: Path, kernel: str, boot: Path) -> Iterator[tuple[str, Entry]]:
    """Fedora keeps a kernel's files with its modules; kernel-install copies them to /boot."""
    modules = f"/usr/lib/modules/{kernel}"
    for name in ("vmlinuz", "config", "System.map"):
        yield f"{modules}/{name}", File(source=tree / f"boot/{name}-{kernel}")
    yield f"{modules}/lab-initramfs.img", File(source=boot / "initramfs.img")


def grub_names(tree: Path) -> Iterator[tuple[str, Entry]]:
    """Fedora's names of GRUB's programs and directory, beside Debian's."""
    for directory in ("usr/bin", "usr/sbin"):
        for file in (tree / directory).glob("grub-*"):
            yield f"/{directory}/grub2-{file.name.removeprefix('grub-')}", Link(file.name)
    yield "/boot/grub2", Directory(mode=0o700)
    yield "/boot/grub", Link("grub2")


def efi_files(boot: Path) -> Iterator[tuple[str, Entry]]:
    """GRUB as a UEFI program, also at the path that firmware takes when it has no boot entry."""
    for path in ("/boot/efi/EFI/fedora/grubx64.efi", "/boot/efi/EFI/BOOT/BOOTX64.EFI"):
        yield path, File(source=boot / "grubx64.efi", mode=0o700)


XEN_BIN: Final = "/usr/lib/xen-4.20/bin"
DOM0_PROGRAMS: Final = ("oxenstored", "xenstored", "xenconsoled")


def hypervisor_files(tree: Path) -> Iterator[tuple[str, Entry]]:
    """The hypervisor under the vendor's name, with its link."""
    yield "/boot/xen-4.20.gz", File(source=tree / "boot/xen-4.20-amd64.gz")
    yield "/boot/xen-4.20.config", File(source=tree / "boot/xen-4.20-amd64.config")
    yield "/boot/xen.gz", Link("xen-4.20.gz")


def without_wrappers(files: Mapping[str, Entry]) -> dict[str, Entry]:
    """Xen's programs at the paths of PATH lead to the real ones instead of to Debian's choice between versions."""
    result = dict(files)
    for path, entry in files.items():
        if isinstance(entry, Link) and entry.target.endswith("/xen-utils-wrapper"):
            name = Path(path).name
            result[path] = Link(f"{XEN_BIN}/{name}")
            if name in DOM0_PROGRAMS:
                del result[path]
    return result
