"""The local storage repository on one device: found, taken back after an interruption, or made.

A power cut during SR.create can leave an SR that xapi knows and the disk has not, one that the disk has and xapi does
not know (its database reaches the disk later), or one that is half made on the disk. All end in the same state.
The order in which SR.create works: xen-api, ocaml/xapi/xapi_sr.ml.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.xenapi import sr as api
from zeus_installer.xenapi.errors import ConnectionLostError
from zeus_installer.xenapi.host import Host
from zeus_installer.xenapi.session import Session
from zeus_installer.xenapi.sr import Pbd, Sr
from zeus_installer.xenapi.waiting import wait_for

# The appliance's name for it (sm, scripts/storage-init), and the keys by which clients translate that name.
NAME: Final = "Local storage"
TRANSLATION: Final = {"i18n-key": "local-storage", "i18n-original-value-name_label": NAME}

_PLUG_ATTEMPTS = 3
_PAUSE_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSr:
    """An SR of type `kind` on `device`.

    `ours`: an SR found on the device is one that this plan made. `clear` wipes the device; None when what is on it may
    not be wiped.
    """

    session: Session
    host: Host
    device: str
    kind: str
    report: Reporter
    same_device: Callable[[str, str], bool]
    ours: bool = False
    clear: Callable[[], None] | None = None

    def find(self) -> tuple[Sr, Pbd] | None:
        """Give the SR that xapi has on the device, attached or not."""
        for pbd in api.pbds_of(self.session, self.host):
            if pbd.device and self.same_device(pbd.device, self.device):
                return api.get(self.session, pbd.sr), pbd
        return None

    def ensure(self) -> Sr:
        """Bring the SR about, attached."""
        self._wait_for_creation_under_way()
        self._forget_torn_records()
        known = self.find() or self._taken_back()
        if known is not None:
            self._complete_notes(*known)
            problem = self._attach(known[1])
            if problem is None:
                return api.get(self.session, known[0].ref)
            self._discard(known[0], problem)
        return self._created()

    def _wait_for_creation_under_way(self) -> None:
        """A run of ours that was killed may have left xapi at work."""
        with self.session.doing("see whether a storage repository is being made already"):
            wait_for(
                lambda: None if api.creations_under_way(self.session) else True,
                seconds=1800.0,
                report=self.report,
                what=lambda: "xapi is still making a storage repository",
            )

    def _forget_torn_records(self) -> None:
        """SR.create and our own taking back make the SR's record first and its PBD afterwards."""
        for sr in api.all_srs(self.session):
            if (sr.name_label, sr.type, sr.pbds) == (NAME, self.kind, []):
                self.report.log(f"forgetting the record of SR {sr.uuid}: an interruption left it without a device")
                with self.session.doing(f"forget the SR {sr.uuid}, which has no device"):
                    api.forget(self.session, sr)

    def _taken_back(self) -> tuple[Sr, Pbd] | None:
        """Introduce the SR that is on the device and that xapi does not know."""
        with self.session.doing(f"look for a storage repository on {self.device}"):
            found = api.probe(self.session, self.host, device=self.device, kind=self.kind)
        if not found:
            return None
        if len(found) > 1 or not self.ours:
            raise ZeusError(
                "storage.existing_sr",
                f"{self.device} already has a storage repository that this plan did not make: {', '.join(found)}",
                hint="attach it by hand (xe sr-introduce, pbd-create, pbd-plug), or wipe the device if its data may go",
            )
        self.report.log(f"SR {found[0]} is on {self.device} and not known to xapi: taking it back")
        with self.session.doing(f"take back the storage repository {found[0]} on {self.device}"):
            api.introduce(self.session, self.host, uuid=found[0], device=self.device, name=NAME, kind=self.kind)
        return self.find()

    def _complete_notes(self, sr: Sr, pbd: Pbd) -> None:
        """xapi attaches at its start what SR.create was at work on, complete or not."""
        if self.ours and api.lacks_notes(sr):
            with self.session.doing(f"complete the storage repository {sr.uuid} on {self.device}"):
                if pbd.attached:
                    api.unplug(self.session, pbd)
                api.note(self.session, sr)

    def _attach(self, pbd: Pbd) -> ZeusError | None:
        """Attach the SR; give the driver's complaint when it cannot."""
        problem: ZeusError | None = None
        for attempt in range(_PLUG_ATTEMPTS):
            if api.is_attached(self.session, pbd):
                return None
            if attempt:
                time.sleep(_PAUSE_SECONDS)
            try:
                with self.session.doing(f"attach the storage repository on {self.device}"):
                    api.plug(self.session, pbd)
            except ConnectionLostError:
                raise
            except ZeusError as error:
                problem = error
                self.report.warning(error.message)
        if api.is_attached(self.session, pbd):
            return None
        return problem or ZeusError(
            "storage.not_attached",
            f"the storage repository on {self.device} is not attached although xapi reports no failure",
            hint="look at /var/log/SMlog and `xe pbd-list`, then: zeus resume",
        )

    def _discard(self, sr: Sr, problem: ZeusError) -> None:
        """Give up what an interruption left half made. What may hold data is never touched: `problem` is raised."""
        half_made = problem.code.startswith("xenapi.SR_") and not sr.vdis and not TRANSLATION.keys() & sr.other_config
        if self.clear is None or not half_made:
            raise problem
        self.report.warning(f"SR {sr.uuid} on {self.device} was left half made by an interruption: made anew")
        with self.session.doing(f"forget the half-made SR {sr.uuid}"):
            api.forget(self.session, sr)
        self.clear()

    def _created(self) -> Sr:
        """Make the SR. SR.create attaches it too, and tells nobody when that fails."""
        self.report.log(f"creating the storage repository ({self.kind}) on {self.device}")
        with self.session.doing(f"create the storage repository ({self.kind}) on {self.device}"):
            ref = api.create(self.session, self.host, device=self.device, name=NAME, kind=self.kind)
        sr = api.get(self.session, ref)
        pbd = next((pbd for pbd in api.pbds_of(self.session, self.host) if pbd.sr == ref), None)
        if pbd is None:
            raise ZeusError(
                "storage.not_attached",
                f"xapi made the SR {sr.uuid} and did not connect it to this host",
                hint="look at `journalctl -b -u xapi`, then: zeus resume",
            )
        problem = self._attach(pbd)
        if problem is not None:
            raise problem
        return api.get(self.session, ref)
