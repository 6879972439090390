"""The add-on's service: it holds the wishes and what the checks found, and hands Anaconda its tasks."""

import logging
from dataclasses import replace
from typing import Final

from pyanaconda.core.configuration.anaconda import conf
from pyanaconda.core.dbus import DBus
from pyanaconda.core.signal import Signal
from pyanaconda.modules.common.base import KickstartService
from pyanaconda.modules.common.containers import TaskContainer
from pyanaconda.modules.common.structures.requirement import Requirement

from zeus_installer import __version__
from zeus_installer.addon.checking import CONSENT, Consent
from zeus_installer.addon.constants import ZEUS
from zeus_installer.addon.inquiry import Inquiry, inquire
from zeus_installer.addon.look import look
from zeus_installer.addon.repositories import check_reachable
from zeus_installer.addon.repository import RepositoryTexts
from zeus_installer.addon.service.interface import ZeusInterface
from zeus_installer.addon.service.kickstart import ZeusData, ZeusKickstart, ZeusSection
from zeus_installer.addon.service.surroundings import look_around
from zeus_installer.addon.service.tasks import CheckTask, InstallTask
from zeus_installer.addon.wishes import Key, Wishes
from zeus_installer.answers.kickstart import ADDON_ID
from zeus_installer.checks.hooks import check_hooks
from zeus_installer.machine.os_release import probe_os
from zeus_installer.machine.tree import Tree
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target
from zeus_installer.system.unattended import has_consent

log: Final = logging.getLogger(__name__)

# What the installed system needs of ours to finish the host in dom0.
_OURS: Final = ("zeus-installer", "zeus-firstboot")
_REPOS: Final[Key] = ("packages", "repos")
# Tells scripts of a kickstart that the service has started.
_SIGN: Final = "/run/zeus/addon"


class ZeusService(KickstartService):
    """The service. Without a section in the kickstart and without a spoke that says so it does nothing at all."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = Signal()
        self._enabled = False
        self._agreed: frozenset[str] = frozenset()
        self._wishes = Wishes()
        self._repository = RepositoryTexts()
        self._inquiry: Inquiry | None = None

    def publish(self) -> None:
        """Go onto the bus."""
        TaskContainer.set_namespace(ZEUS.namespace)
        DBus.publish_object(ZEUS.object_path, ZeusInterface(self))
        DBus.register_service(ZEUS.service_name)
        Target().write_atomic(_SIGN, f"{__version__}\n")

    @property
    def kickstart_specification(self) -> type[ZeusKickstart]:
        """What of a kickstart is ours."""
        return ZeusKickstart

    def get_kickstart_parser(self, handler: object) -> object:
        """Give Anaconda's parser with a section that leaves no line out."""
        parser = super().get_kickstart_parser(handler)
        parser.registerSection(ZeusSection(handler))
        return parser

    def process_kickstart(self, data: object) -> None:
        """Take what the section says."""
        given = _data_of(data).given
        if given is not None:
            self._wishes = Wishes(given.data)
            self._repository = RepositoryTexts.of(self._wishes.answers)
            self._enabled = True
            self._judge()

    def setup_kickstart(self, data: object) -> None:
        """Have the section written that makes such a host again."""
        if self._enabled:
            _data_of(data).answers = self._wishes.answers

    def collect_requirements(self) -> list[Requirement]:
        """Give the packages that Anaconda's payload is to install in its one transaction."""
        if not self._enabled:
            return []
        answers = self._wishes.answers
        try:
            source = load(answers.packages.source)
            request = select(answers, source, probe_os(Tree(Target().root)))
        except ZeusError as error:
            log.error("no requirements: %s", redact(str(error)))  # the checks refuse the installation for it
            return []
        reason = f"Required by the Xen host: {source.title}"
        return [Requirement.for_package(name, reason) for name in (*request.vendor, *request.support, *_OURS)]

    def configure_with_tasks(self) -> list[CheckTask]:
        """Give the checks, which come before anything is written."""
        return [self._check_task(strict=True)] if self._enabled else []

    def install_with_tasks(self) -> list[InstallTask]:
        """Give the work. Anaconda asks for it before it runs anything: what to do is found out when it runs."""
        return [InstallTask(conf.target.system_root, self._latest)] if self._enabled else []

    def check_with_task(self) -> CheckTask:
        """Give a task that looks again, and refuses nothing."""
        return self._check_task(strict=False)

    @property
    def enabled(self) -> bool:
        """Whether this installation becomes a Xen host."""
        return self._enabled

    def set_enabled(self, enabled: bool) -> None:
        """Switch it on or off."""
        self._enabled = enabled
        self.changed.emit()

    @property
    def consent(self) -> bool:
        """Whether somebody agreed to what will be destroyed."""
        destroys = self._inquiry.destroys if self._inquiry else ()
        agreed = self._may_destroy
        return agreed is None or (bool(destroys) and set(destroys) <= agreed)

    def set_consent(self, consent: bool) -> None:
        """Agree to what the last look said, or take it back."""
        self._agreed = frozenset(self._inquiry.destroys) if consent and self._inquiry else frozenset()
        self._judge()

    @property
    def wishes(self) -> Wishes:
        """What is wanted."""
        return self._wishes

    def wish(self, key: Key, value: object) -> None:
        """Want something. A `WrongValueError` leaves everything as it was; consent was to something else."""
        self._wishes.set(key, value)
        self._agreed = frozenset()
        self._judge()

    @property
    def repository(self) -> RepositoryTexts:
        """The first package repository, as far as it was told."""
        return self._repository

    def set_repository(self, texts: RepositoryTexts) -> None:
        """Want another one. Half of one is kept, and is none yet."""
        answers = self._wishes.answers
        if texts.is_half:
            self._wishes.check(_REPOS, texts.whole.repos(answers))
        if self._inquiry is not None:
            self._inquiry = replace(self._inquiry, noted=())  # others were asked
        self.wish(_REPOS, texts.repos(answers))
        self._repository = texts

    @property
    def inquiry(self) -> Inquiry | None:
        """What the last look found; None before the first."""
        return self._inquiry

    @property
    def _may_destroy(self) -> Consent:
        return None if has_consent(Target()) else self._agreed

    def _judge(self) -> None:
        if self._inquiry is not None:
            self._inquiry = self._inquiry.again(self._wishes, self._may_destroy)
        self.changed.emit()

    def _check_task(self, *, strict: bool) -> CheckTask:
        task = CheckTask(self._look, strict=strict)
        task.stopped_signal.connect(self._announce)
        return task

    def _announce(self) -> None:
        """Have the properties announced that changed without a caller who set them."""
        self.changed.emit()
        self.module_properties_changed.emit()

    def _latest(self) -> Inquiry:
        return self._inquiry or self._look()

    def _look(self) -> Inquiry:
        """Look at the machine: seconds of work, in a task's thread."""
        target = Target(root=Target().path(conf.target.system_root))
        machine = look(target)
        inquiry = inquire(machine, self._wishes, look_around(machine), self._may_destroy)
        answers = inquiry.answers
        # What cannot be installed here need not be asked for, and takes its time where there is no network.
        if all(finding.id == CONSENT for finding in inquiry.failures):
            source = load(answers.packages.source)
            inquiry = inquiry.with_noted(check_reachable(answers, source, machine.os), *check_hooks(answers))
        # Somebody may have wished something else meanwhile.
        self._inquiry = inquiry.again(self._wishes, self._may_destroy)
        return self._inquiry


def _data_of(handler: object) -> ZeusData:
    data: ZeusData = getattr(handler.addons, ADDON_ID)  # type: ignore[attr-defined]
    return data
