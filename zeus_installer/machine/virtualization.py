"""Hardware virtualization: telling `disabled by firmware` from `absent` and from `hidden`.

Facts. CPUID leaf 1 ECX bit 5 is VMX, leaf 0x80000001 ECX bit 2 is SVM; firmware that turns them off leaves both
visible (Intel SDM 3C 24.7, AMD APM 2 15.4). It locks IA32_FEATURE_CONTROL (0x3A: bit 0 lock, bit 2 VMX outside SMX)
or sets SVMDIS (bit 4) in VM_CR (0xC0010114). Linux takes the flag out of /proc/cpuinfo then: since 5.6 on Intel
(feat_ctl.c), since 6.6 on AMD (amd.c). So a missing flag alone is either, and a flag alone is only as good as the
kernel is young.
"""

from dataclasses import dataclass

from zeus_installer.machine.cpuid import Registers
from zeus_installer.machine.cpuinfo import Cpuinfo
from zeus_installer.machine.model import VirtualizationState, Xen

VT_X = "vt-x"
AMD_V = "amd-v"
NONE = "none"

_FEATURE_CONTROL = 0x3A
_VM_CR = 0xC0010114
_SECONDARY_CONTROLS = 0x48B  # IA32_VMX_PROCBASED_CTLS2; bit 33: "enable EPT" may be set
_KIND_OF_VENDOR = {
    "GenuineIntel": VT_X,
    "CentaurHauls": VT_X,
    "Shanghai": VT_X,
    "AuthenticAMD": AMD_V,
    "HygonGenuine": AMD_V,
}
_FLAG_OF_KIND = {VT_X: "vmx", AMD_V: "svm"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen; None is "not known".

    `capable`: CPUID has the bit. `flagged`: /proc/cpuinfo has the flag. `locked_off`: the firmware has turned it off.
    `guest`: the machine runs under a hypervisor. `paging`: EPT or NPT is shown by CPUID or an MSR, `paging_flagged`:
    by a flag.
    """

    kind: str | None
    foreign: bool = False
    guest: bool = False
    xen: Xen
    capable: bool | None = None
    flagged: bool | None = None
    locked_off: bool | None = None
    paging: bool | None = None
    paging_flagged: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the evidence amounts to. Where `state` is None, `reason` says why."""

    kind: str | None
    state: VirtualizationState | None
    paging: bool | None = None
    reason: str = ""


def gather(cpuinfo: Cpuinfo, registers: Registers, *, vendor: str | None, guest: bool, xen: Xen) -> Evidence:
    """Collect the evidence from flags, CPUID and MSRs."""
    flags = cpuinfo.flags
    basic, extended = (registers.cpuid and registers.cpuid.leaf(number) for number in (1, 0x80000001))
    vmx = bool(basic and basic.ecx & 1 << 5)
    svm = bool(extended and extended.ecx & 1 << 2)
    kind = VT_X if vmx else AMD_V if svm else _kind_of_flags(flags) or _KIND_OF_VENDOR.get(vendor or "")
    # Without the extended leaf nothing is known of SVM.
    known = basic is not None and (vmx or extended is not None or kind == VT_X)
    return Evidence(
        kind=kind,
        foreign=cpuinfo.foreign,
        guest=guest or bool(basic and basic.ecx & 1 << 31) or "hypervisor" in (flags or ()),
        xen=xen,
        capable=(vmx or svm) if known else None,
        flagged=None if flags is None else bool({"vmx", "svm"} & flags),
        locked_off=_locked_off(registers, kind),
        paging=_paging(registers, kind, svm=svm),
        paging_flagged=None if flags is None else bool({"ept", "npt"} & (flags | cpuinfo.vmx_flags)),
    )


def judge(evidence: Evidence) -> Judgement:
    """Say what hardware virtualization guests can have."""
    if evidence.foreign:
        return Judgement(kind=NONE, state=VirtualizationState.ABSENT, paging=False)
    if evidence.xen.running:
        return _judge_under_xen(evidence)
    if evidence.locked_off and evidence.capable is not False:
        return Judgement(
            kind=evidence.kind, state=VirtualizationState.DISABLED_BY_FIRMWARE, paging=_second_level_paging(evidence)
        )
    if evidence.capable or evidence.flagged:
        return _judge_capable(evidence)
    if evidence.guest and (evidence.capable, evidence.flagged) != (None, None):
        return Judgement(kind=NONE, state=VirtualizationState.HIDDEN_BY_HYPERVISOR)
    if evidence.capable is False:
        return Judgement(kind=NONE, state=VirtualizationState.ABSENT, paging=False)
    if evidence.paging_flagged and evidence.kind == AMD_V:
        # Linux clears only "svm" and leaves what belongs to it.
        return Judgement(kind=AMD_V, state=VirtualizationState.DISABLED_BY_FIRMWARE, paging=True)
    if evidence.flagged is False:
        return Judgement(
            kind=NONE, state=None, reason="without CPUID (needs root), absent cannot be told from disabled by firmware"
        )
    return Judgement(kind=None, state=None, reason="neither CPUID nor the flags in /proc/cpuinfo can be read")


def _judge_capable(evidence: Evidence) -> Judgement:
    paging = _second_level_paging(evidence)
    if evidence.locked_off is False or evidence.flagged:
        return Judgement(kind=evidence.kind, state=VirtualizationState.ENABLED, paging=paging)
    if evidence.flagged is False:
        return Judgement(kind=evidence.kind, state=VirtualizationState.DISABLED_BY_FIRMWARE, paging=paging)
    return Judgement(
        kind=evidence.kind,
        state=None,
        paging=paging,
        reason="CPUID has it, but neither the MSRs nor /proc/cpuinfo tell whether the firmware allows it",
    )


def _second_level_paging(evidence: Evidence) -> bool | None:
    if evidence.paging or evidence.paging_flagged:
        return True
    # Linux shows EPT and NPT only beside their virtualization: without it, their absence says nothing.
    return False if evidence.flagged else evidence.paging


def _judge_under_xen(evidence: Evidence) -> Judgement:
    """Xen masks VMX and SVM from dom0, but names the guests that it can run."""
    capabilities = evidence.xen.capabilities
    if not evidence.xen.dom0:
        return Judgement(kind=NONE, state=VirtualizationState.HIDDEN_BY_HYPERVISOR)
    if any(word.startswith("hvm") for word in capabilities):
        nested = "hap" in capabilities if "hvm" in capabilities else None
        return Judgement(kind=evidence.kind, state=VirtualizationState.ENABLED, paging=nested)
    if capabilities:
        reason = "Xen runs no HVM guests: hardware virtualization is absent or disabled by firmware"
        return Judgement(kind=NONE, state=None, reason=reason)
    return Judgement(kind=None, state=None, reason="Xen's capabilities cannot be read")


def _kind_of_flags(flags: frozenset[str] | None) -> str | None:
    return next((kind for kind, flag in _FLAG_OF_KIND.items() if flag in (flags or ())), None)


def _locked_off(registers: Registers, kind: str | None) -> bool | None:
    if kind == AMD_V:
        control = registers.msr(_VM_CR)
        return None if control is None else bool(control & 1 << 4)
    if kind == VT_X:
        control = registers.msr(_FEATURE_CONTROL)
        # Unlocked is as good as on: the kernel or Xen sets the bit itself.
        return None if control is None else control & 0b101 == 0b001
    return None


def _paging(registers: Registers, kind: str | None, *, svm: bool) -> bool | None:
    if kind == AMD_V and svm and registers.cpuid is not None:
        leaf = registers.cpuid.leaf(0x8000000A)
        return None if leaf is None else bool(leaf.edx & 1)
    if kind == VT_X:
        controls = registers.msr(_SECONDARY_CONTROLS)
        return bool(controls >> 33 & 1) if controls else None
    return None
