"""Screen 10, the host's status page, once it is finished: who it is, and how to connect."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from zeus_installer.screens import run
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Button, Line, Note, Screen
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines, size_of

# Seconds after which a console shows its login prompt again.
_LONGEST: Final = 900


def _facts(desk: Desk) -> Sequence[Line]:
    host: Mapping[str, Any] | None = desk.host
    if host is None:
        return job_lines(desk.jobs.get("host"))
    addresses = [address for found in (host.get("addresses") or {}).values() for address in found]
    sr = host.get("sr")
    attached = "attached" if sr and sr["attached"] else "NOT ATTACHED"
    rows = (
        ("Host", host.get("hostname")),
        ("Addresses", ", ".join(addresses) or None),
        ("XenAPI", host.get("xapi")),
        ("Xen", host.get("xen")),
        ("Storage", f"{sr['type']}, {size_of(sr['size'])}, {attached}" if sr else None),
        ("Certificate", host.get("certificate_sha256")),
    )
    lines: list[Line] = [("good", "This machine is a verified XenAPI host."), ("", "")]
    lines += [("", f"{name}\t{value if value is not None else 'not known'}") for name, value in rows]
    bare = host.get("address") or (addresses[0].partition("/")[0] if addresses else "ADDRESS")
    place = f"[{bare}]" if ":" in bare else bare
    lines += [("", ""), ("title", "How to connect")]
    lines += [
        ("", f"  XenAPI clients: https://{place}, user root"),
        ("", f"  shell: ssh root@{bare}, then: xe host-list"),
    ]
    return lines


def _enter(wizard: Wizard) -> None:
    run.see_host(wizard)
    if wizard.desk.console:
        # The boot is not over while the wizard has a console.
        wizard.face.after(_LONGEST, wizard.face.leave)


SCREEN: Final = Screen(
    id="status",
    title="Host",
    items=(Note(lines=_facts),),
    buttons=(Button(label="Log", press=Wizard.show_log, help="All that the run has said, full screen."),),
    forward="Login prompt",
    proceed=lambda wizard: wizard.face.leave(),
    enter=_enter,
    can_go_back=False,
)
