"""A kickstart with which nothing is wrong, and ways to change it and to read what is said of it."""

from pathlib import Path

from zeus_installer.kickstart.validate import validate
from zeus_installer.machine.model import Cpu, Disk, Firmware, Iommu, Kernel, Machine, Memory, Nic, Os, Xen

GIB = 1 << 30
HASH = "$6$saltsalt$" + "A" * 86
GOOD = f"""\
lang en_US.UTF-8
keyboard --vckeymap=us
timezone --utc Etc/UTC
network --bootproto=dhcp --device=link --activate
rootpw --iscrypted {HASH}
repo --name=zeus-xapi
bootloader --timeout=5
ignoredisk --only-use=sda
clearpart --all --initlabel --disklabel=gpt --drives=sda
reqpart
part /boot --fstype=ext4 --size=2048
part / --fstype=xfs --size=32768

%packages
@core
%end

%pre --erroronfail
test -f /run/zeus/addon && echo > /run/zeus/kickstart/lib.sh && . /run/zeus/kickstart/lib.sh && zeus_prepare
%end

%addon org_xenproject_zeus
version = 1
[storage]
sr_type = "ext"
[packages]
repos = [
    {{ id = "xapi", baseurl = "https://xen.lan/xapi/", gpgkey = "https://xen.lan/key" }},
]
allow_unsigned = true
%end

%post --nochroot --erroronfail
test -f /mnt/sysroot/var/lib/zeus/anaconda.json
%end
"""


def changed(*changes: tuple[str, str]) -> str:
    """Give the good one with each of the texts, which it has once, replaced."""
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def what_is_said(directory: Path, text: str, **options: object) -> list[str]:
    """Give what there is to say of the text, which calls itself `ks`."""
    file = directory / "ks.cfg"
    file.write_text(text, newline="")
    messages = validate(file, **options)  # type: ignore[arg-type]
    return [str(message).replace(str(file), "ks") for message in messages]


MACHINE = Machine(
    cpu=Cpu(vendor=None, model=None, threads=None),
    iommu=Iommu(kind=None, state=None),
    firmware=Firmware(type=None),
    memory=Memory(bytes=None),
    xen=Xen(running=False),
    kernel=Kernel(release=None),
    os=Os(id="fedora", version_id="44"),
    disks=(
        Disk(name="sda", path="/dev/sda", size=40 * GIB, serial="SYS", links=("/dev/disk/by-id/ata-SYS",)),
        Disk(name="sdb", path="/dev/sdb", size=500 * GIB, serial="DATA", links=("/dev/disk/by-id/ata-DATA",)),
    ),
    nics=(
        Nic(name="eno1", mac="52:54:00:00:00:01", carrier=True),
        Nic(name="eno2", mac="52:54:00:00:00:02", carrier=False),
    ),
)
