"""Step `verify_host`: the proof that this is a working XenAPI host, before the boot default is changed for good."""

from dataclasses import dataclass, replace
from ipaddress import IPv4Interface
from typing import ClassVar, Literal, Self

from zeus_installer.answers.model import Static
from zeus_installer.boot.dom0 import dom0_resources
from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.commit_boot import CommitBoot
from zeus_installer.steps.context import Context
from zeus_installer.steps.create_sr import CreateSr
from zeus_installer.steps.past import steps_marked
from zeus_installer.system.errors import ExitStatus, ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target
from zeus_installer.verify.host import verify
from zeus_installer.verify.model import Expectations


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyHost(Step):
    """Run every check of the host, and fail with all that is wrong."""

    id: ClassVar[str] = "verify_host"
    title: ClassVar[str] = "Verify the host"
    half: ClassVar[Literal["dom0"]] = "dom0"

    expected: Expectations

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Expect what the plan asks for."""
        return cls(expected=expectations(context))

    def describe(self) -> Change:
        """Nothing is changed."""
        return Change(changes=("verify Xen, dom0, services, XenAPI, storage, management network and HTTPS",))

    def is_done(self, target: Target) -> bool:  # noqa: ARG002 - the proof is wanted anew each time
        """Never: what was proved before a reboot says nothing of now."""
        return False

    def apply(self, target: Target, report: Reporter) -> None:
        """Run the checks; the evidence of each goes into the events."""
        results = verify(target, self._expected_now(target))
        for result in results:
            (report.log if result.ok else report.warning)(f"{result.id}: {result.evidence}")
        failed = [result for result in results if not result.ok]
        if failed:
            raise ZeusError(
                "verify.failed",
                f"this host does not work, {len(failed)} of {len(results)} checks failed:"
                + "".join(f"\n  {result.id}: {result.evidence}" for result in failed),
                hint="; ".join(f"{result.id}: {result.remedy}" for result in failed if result.remedy),
                status=ExitStatus.NOT_VERIFIED,
            )

    def _expected_now(self, target: Target) -> Expectations:
        """After a power cut in the middle of the commit, the boot default may be either."""
        if CommitBoot.id in steps_marked(target, "begin"):
            return replace(self.expected, default_boot=None)
        return self.expected


def expectations(context: Context) -> Expectations:
    """Give what a host made from `context` must be like while its boot is still on trial, or committed."""
    answers = context.answers
    static = answers.network.management.ipv4
    storage = CreateSr.from_context(context) if CreateSr.wanted(context) else None
    return Expectations(
        host_uuid=context.identity.host,
        dom0_memory=dom0_resources(answers.boot, context.machine).memory,
        management_mac=context.nics[0].mac,
        management_address=str(IPv4Interface(static.address).ip) if isinstance(static, Static) else None,
        sr_type=storage.sr_type if storage else None,
        sr_device=storage.device if storage else None,
        backend=answers.network.backend,
        default_boot="linux" if answers.boot.trial else "xen",
    )
