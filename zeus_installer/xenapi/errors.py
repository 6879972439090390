"""What goes wrong between us and xapi, as `ZeusError`s: the code is `xenapi.` and XenAPI's own word for it.

Codes and their parameters: xen-api, ocaml/idl/datamodel_errors.ml. The numbers of SR_BACKEND_FAILURE_<n>: sm,
libs/sm/core/XE_SR_ERRORCODES.xml.
"""

from collections.abc import Sequence
from typing import Final

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.secrets import redact

_SM_LOG: Final = "look at /var/log/SMlog and `journalctl -b -t SM`"
_LONGEST = 600

HINTS: Final = {
    "HOST_STILL_BOOTING": "xapi is still starting: wait a minute and go on with: zeus resume",
    "HOST_IS_SLAVE": "this host already is a member of a pool; ask the pool's coordinator",
    "HOST_HAS_NO_MANAGEMENT_IP": "xapi waits for an address: leave MANAGEMENT_INTERFACE empty in the inventory",
    "HOST_NAME_INVALID": "use letters, digits, `-` and `.` only, at most 255 of them",
    "HA_IS_ENABLED": "switch high availability off first: xe pool-ha-disable",
    "PIF_HAS_NO_NETWORK_CONFIGURATION": "the interface needs `dhcp` or a static address in [network.management]",
    "PIF_IS_MANAGEMENT_INTERFACE": "move the management network to another interface first",
    "PIF_UNMANAGED": "xcp-networkd does not manage this interface: see `bfs-interfaces` of the host",
    "INTERFACE_HAS_NO_IP": "the bridge has no address: check cable, switch port and DHCP server",
    "CANNOT_PLUG_BOND_SLAVE": "the interface belongs to a bond: name the bond",
    "INVALID_IP_ADDRESS_SPECIFIED": "correct the address in [network.management]",
    "SR_UNKNOWN_DRIVER": "the storage driver is not installed, or is not in `sm-plugins` of /etc/xapi.conf",
    "SR_DEVICE_IN_USE": "another storage repository or program uses the device; `lsblk` shows which",
    "SR_HAS_PBD": "detach the storage repository first: xe pbd-unplug",
    "SR_BACKEND_FAILURE_19": "the device does not exist or is no block device: is the disk still there?",
    "SR_BACKEND_FAILURE_42": "the device already has a storage repository: attach that one, or wipe the device",
    "SR_BACKEND_FAILURE_44": "the device is too small for a storage repository",
    "SR_BACKEND_FAILURE_47": f"the storage repository is not on the device; {_SM_LOG}",
    "SR_BACKEND_FAILURE_50": f"LVM could not make a volume; {_SM_LOG}",
    "SR_BACKEND_FAILURE_54": f"LVM could not write; {_SM_LOG}",
    "SR_BACKEND_FAILURE_55": f"the device could not be partitioned; {_SM_LOG}",
    "SR_BACKEND_FAILURE_57": f"the file system could not be made; {_SM_LOG}",
    "SR_BACKEND_FAILURE_77": f"LVM could not make the volume group, often because the device is busy; {_SM_LOG}",
    "SR_BACKEND_FAILURE_105": "sm takes the device for the system's own disk and refuses it",
    "INTERNAL_ERROR": "look at `journalctl -b -u xapi`; it may be a fault of xapi itself",
}


class ConnectionLostError(ZeusError):
    """xapi went away in the middle: whether the call was done is not known. Look, and then do what is missing."""


def failure(doing: str, method: str, details: Sequence[str]) -> ZeusError:
    """Turn what xapi answered into an error. `details` is the code and its parameters."""
    code, *params = [str(item) for item in details] or ["UNKNOWN"]
    message = f"cannot {doing}: {method} says {_shown(code, params)}"
    return ZeusError(f"xenapi.{code}", message, hint=HINTS.get(code) or _where_to_look(code))


def lost(doing: str, method: str, reason: BaseException) -> ConnectionLostError:
    """xapi cannot be reached, or went away during the call."""
    return ConnectionLostError(
        "xenapi.connection_lost",
        f"cannot {doing}: xapi went away during {method} ({redact(str(reason)) or type(reason).__name__})",
        hint="is xapi running? `systemctl status xapi`; then go on with: zeus resume",
    )


def garbled(doing: str, method: str, reason: BaseException) -> ZeusError:
    """What xapi answered is not XenAPI."""
    return ZeusError(
        "xenapi.protocol",
        f"cannot {doing}: {method} got no XenAPI answer ({redact(str(reason))})",
        hint="look at `journalctl -b -u xapi`",
    )


def timed_out(doing: str, method: str, seconds: float) -> ZeusError:
    """The call did not end in time; xapi may still be at work on it."""
    return ZeusError(
        "xenapi.timeout",
        f"cannot {doing}: {method} did not end within {seconds:g} s",
        hint="`xe task-list` shows what xapi is doing; go on with: zeus resume",
    )


def _shown(code: str, params: Sequence[str]) -> str:
    known = redact(", ".join(" ".join(param.split()) for param in params if param.strip()))
    return f"{code} ({known[:_LONGEST]})" if known else code


def _where_to_look(code: str) -> str:
    return _SM_LOG if code.startswith("SR_BACKEND_FAILURE_") else "look at `journalctl -b -u xapi`"
