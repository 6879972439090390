"""The machines that record.py boots and records, as data: what each has, and the commands that make it so."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tests.lab.disk import Firmware

GIB: Final = 1024**3
OLD_STORAGE: Final = "VG_XenStorage-6f1d1c2e-3a0b-4d5c-8e9f-0a1b2c3d4e5f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """A disk of the machine beside the system's; `size` is bytes. `model` and `rotating` are for SATA and SCSI.

    `model` has at most 40 characters for SATA and 16 for SCSI; `serial` 20, and 36 for SCSI.
    """

    serial: str
    size: int = 4 * GIB
    bus: Literal["virtio", "nvme", "sata", "scsi"] = "virtio"
    sector: int = 512
    model: str = "DISK"
    wwn: int | None = None
    rotating: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A machine, and the commands that make it what it is to be. `arguments` are QEMU's, after all others.

    `unplugged` are the QEMU names of network cards without a link; `nic0` is the card that every machine has.
    """

    cpu: str = "max,-rdtscp"
    firmware: Firmware = "bios"
    disks: Sequence[Extra] = ()
    arguments: str = ""
    unplugged: Sequence[str] = ()
    kernel_words: str = ""
    commands: Sequence[str] = ()


RECORDINGS: Final = {
    "nvme-4kn-vtd": Recording(
        firmware="uefi",
        disks=[
            Extra(serial="NVME512", bus="nvme", size=200 * GIB),
            Extra(serial="NVME4KN", bus="nvme", size=400 * GIB, sector=4096),
            Extra(serial="VIRTIO4KN", sector=4096),
        ],
        arguments="-device intel-iommu,intremap=off",
        kernel_words="intel_iommu=on",
        commands=[
            r"printf 'label: gpt\n,1G,L\n,,V\n' | sfdisk -q /dev/nvme1n1",
            "mkfs.xfs -q /dev/nvme1n1p1",
        ],
    ),
    "leftovers": Recording(
        cpu="max,-rdtscp,-svm,-hypervisor",
        disks=[
            *(Extra(serial=serial) for serial in ("RAID-A", "RAID-B", "VOLUMES", "ENCRYPTED", "FILES", "TABLE")),
            Extra(serial="EMPTY", size=20 * GIB),
        ],
        commands=[
            "yes | mdadm --create /dev/md127 --level=1 --metadata=1.2 --raid-devices=2 --name=old --bitmap=internal "
            "/dev/vdb /dev/vdc",
            "pvcreate -q /dev/vdd && vgcreate -q old-host /dev/vdd && lvcreate -q -y -L 1G -n root old-host",
            "vgchange -q -an old-host",
            "echo secret | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /dev/vde -",
            "mkfs.ext4 -q /dev/vdf",
            "echo label: gpt | sfdisk -q /dev/vdg",
        ],
    ),
    "four-nics": Recording(
        cpu="max,-rdtscp,-svm",
        arguments=(
            "-netdev hubport,id=port1,hubid=1 -device e1000e,netdev=port1,mac=52:54:00:00:00:02,romfile= "
            "-netdev hubport,id=port2,hubid=1 -device e1000e,netdev=port2,mac=52:54:00:00:00:03,romfile= "
            "-netdev hubport,id=port3,hubid=2 -device e1000e,netdev=port3,mac=52:54:00:00:00:04,romfile=,id=nic3"
        ),
        unplugged=["nic3"],
        commands=[
            "for name in /sys/class/net/e*; do ip link set ${name##*/} up; done",
            # Which of the cards asks for an address by DHCP is chance.
            "ip address replace 10.0.2.15/24 dev $(grep -l 34:56$ /sys/class/net/*/address | cut -d/ -f5)",
            "ip address add 192.0.2.2/24 dev $(grep -l 00:02$ /sys/class/net/*/address | cut -d/ -f5)",
            "ip address add 198.51.100.3/24 dev $(grep -l 00:03$ /sys/class/net/*/address | cut -d/ -f5)",
        ],
    ),
    "amd-iommu": Recording(
        disks=[Extra(serial="DATA", size=20 * GIB)],
        arguments="-device amd-iommu",
        kernel_words="noapic",
        commands=[],
    ),
    "no-disk": Recording(),
    "two-empty-disks": Recording(
        firmware="uefi",
        disks=[
            Extra(
                serial="S45PNA0M512345",
                size=480 * GIB,
                bus="sata",
                model="SAMSUNG MZ7LH480HAHQ",
                wwn=0x5002538E10512345,
            ),
            Extra(
                serial="S45PNA0M512346",
                size=480 * GIB,
                bus="sata",
                model="SAMSUNG MZ7LH480HAHQ",
                wwn=0x5002538E10512346,
            ),
            Extra(
                serial="WDC1234Z",
                size=2048 * GIB,
                bus="sata",
                model="ST2000NM0008-2F3100",
                wwn=0x5000C500A1B2C3D4,
                rotating=True,
            ),
        ],
    ),
    "no-link": Recording(
        disks=[Extra(serial="DATA", size=100 * GIB)],
        arguments=(
            "-netdev hubport,id=port1,hubid=1 -device e1000e,netdev=port1,mac=52:54:00:00:00:02,romfile=,id=nic1"
        ),
        unplugged=["nic0", "nic1"],
        commands=["for name in /sys/class/net/e*; do ip link set ${name##*/} up; done"],
    ),
    "busy": Recording(
        disks=[
            Extra(serial="SERVICES", size=200 * GIB),
            Extra(serial="SWAP", size=16 * GIB),
            Extra(serial="OLD-STORAGE", size=1024 * GIB),
            Extra(serial="SPARE", size=200 * GIB),
        ],
        commands=[
            "pvcreate -q /dev/vdb && vgcreate -q services /dev/vdb && lvcreate -q -y -L 40G -n data services",
            "mkfs.ext4 -q -E lazy_itable_init=1 /dev/services/data",
            "mkdir -p /srv && mount /dev/services/data /srv",
            "mkswap -q /dev/vdc && swapon /dev/vdc",
            # As XenServer's LVM storage leaves it: the metadata's volume and a virtual disk.
            f"pvcreate -q /dev/vdd && vgcreate -q {OLD_STORAGE} /dev/vdd",
            f"lvcreate -q -y -L 4M -n MGT {OLD_STORAGE}",
            f"lvcreate -q -y -L 8G -n VHD-2f3a9c1e-7d54-4b0e-9a3f-6c1d2e8b7a90 {OLD_STORAGE}",
        ],
    ),
    "odd-names": Recording(
        disks=[
            Extra(serial="BLANKS  IN IT"),
            Extra(serial="GRÖSSE ÄÖ/ß", bus="nvme", size=200 * GIB),
            Extra(
                serial="TWENTY-CHARACTERS-20",
                bus="sata",
                size=100 * GIB,
                model='A "MODEL" <OF> FORTY! & [CHARACTERS] #40',
            ),
            Extra(
                serial="SERIAL-OF-MORE-THAN-THIRTY-LETTER.36",
                bus="scsi",
                size=100 * GIB,
                model="SIXTEEN LETTERS!",
            ),
            Extra(serial="EMPTY", size=100 * GIB),
        ],
        # The line may be in no UTF-8 locale: what is not ASCII is written as octal numbers.
        commands=[
            r"mkfs.ext4 -q -L $'Gr\303\266\303\237e' /dev/vdb",
            r"mkdir -p $'/srv/Daten f\303\274r M\303\274ller'",
            r"mount /dev/vdb $'/srv/Daten f\303\274r M\303\274ller'",
            r"printf 'label: gpt\nsize=1G, type=L, name=\"Daten f\303\274r alle\"\n' | sfdisk -q /dev/nvme0n1",
            r"mkfs.xfs -q -L $'\346\227\245\346\234\254' /dev/nvme0n1p1",
            "pvcreate -q /dev/sda && vgcreate -q old--host+a_b.c /dev/sda",
            "lvcreate -q -y -L 1G -n ro--ot old--host+a_b.c",
        ],
    ),
}
