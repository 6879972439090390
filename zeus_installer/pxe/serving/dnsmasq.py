"""dnsmasq's configuration for a bench: addresses, boot programs by the kind of firmware, TFTP. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final, Literal

from zeus_installer.pxe.serving.place import Place

# Client system architectures of DHCP option 93 (IANA, "Processor Architecture Types"). 7 is what x86-64 UEFI firmware
# sends, 9 what RFC 4578 had meant for it.
_BIOS: Final = (0,)
_UEFI: Final = (7, 9)
_UEFI_HTTP: Final = (16,)

Loader = Literal["auto", "grub"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """What firmware is given, as paths in the tree; None is what the tree does not have."""

    bios: str | None
    uefi: str | None
    ipxe: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lan:
    """What dnsmasq serves. Without `range` another server gives addresses, and only boot programs are told (proxy)."""

    place: Place
    base_url: str
    programs: Programs
    range: tuple[IPv4Address, IPv4Address] | None
    loader: Loader = "auto"


def configuration(lan: Lan, *, tree: Path, leases: Path) -> str:
    """Give the file. Names are not served, and nothing of this machine's own configuration is read."""
    return "".join(f"{line}\n" for line in _lines(lan, tree, leases))


def _lines(lan: Lan, tree: Path, leases: Path) -> Iterator[str]:
    yield from ("keep-in-foreground", "log-facility=-", "port=0", f"interface={lan.place.interface}")
    yield from ("except-interface=lo", "bind-interfaces", f"dhcp-leasefile={leases}")
    # Its leases end with it: whoever had an address of it before may keep it.
    yield "dhcp-authoritative"
    network = lan.place.address.network
    if lan.range is not None:
        yield f"dhcp-range={lan.range[0]},{lan.range[1]},{network.netmask},1h"
    else:
        yield f"dhcp-range={network.network_address},proxy,{network.netmask}"
    for tag, kinds in (("bios", _BIOS), ("uefi", _UEFI), ("uefi-http", _UEFI_HTTP)):
        yield from (f"dhcp-match=set:{tag},option:client-arch,{kind}" for kind in kinds)
    yield "dhcp-userclass=set:ipxe,iPXE"
    yield from ("enable-tftp", f"tftp-root={tree}")
    yield from _assigned(lan) if lan.range is not None else _offered(lan)


def _assigned(lan: Lan) -> Iterator[str]:
    """Boot programs beside an address."""
    others = ""
    if lan.loader == "auto" and lan.programs.ipxe:
        yield f"dhcp-boot=tag:ipxe,{lan.base_url}/{lan.programs.ipxe}"
        others = ",tag:!ipxe"
    if lan.programs.bios:
        yield f"dhcp-boot=tag:bios{others},{lan.programs.bios}"
    if lan.programs.uefi:
        yield f"dhcp-boot=tag:uefi{others},{lan.programs.uefi}"
        yield f"dhcp-boot=tag:uefi-http{others},{lan.base_url}/{lan.programs.uefi}"
        # Without this word UEFI does not take the answer for one about HTTP (UEFI specification, HTTP boot).
        yield f"dhcp-option-force=tag:uefi-http{others},option:vendor-class,HTTPClient"


def _offered(lan: Lan) -> Iterator[str]:
    """Boot programs beside somebody else's addresses. dnsmasq does not do that for UEFI HTTP boot."""
    others = ""
    if lan.loader == "auto" and lan.programs.ipxe:
        others = "tag:!ipxe,"
        for kind in ("X86PC", "BC_EFI", "X86-64_EFI"):
            yield f'pxe-service=tag:ipxe,{kind},"Zeus",{lan.base_url}/{lan.programs.ipxe}'
    if lan.programs.bios:
        yield f'pxe-service={others}X86PC,"Zeus",{lan.programs.bios}'
    if lan.programs.uefi:
        for kind in ("BC_EFI", "X86-64_EFI"):
            yield f'pxe-service={others}{kind},"Zeus",{lan.programs.uefi}'
