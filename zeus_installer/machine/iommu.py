"""The IOMMU: ACPI's tables, what the kernel made of them, and whether the command line turns it off.

The kernel registers /sys/class/iommu/{dmar,ivhd}N for units that it uses. Xen renames DMAR (to XMAR) once it owns the
units and leaves IVRS; it tells of passthrough in its capabilities (`hvm_directio`), which only its toolstack can
read.
"""

from zeus_installer.machine.model import Iommu, IommuState, Xen
from zeus_installer.machine.tree import Tree

_TABLES = "sys/firmware/acpi/tables"
_UNITS = "sys/class/iommu"
_GROUPS = "sys/kernel/iommu_groups"
_KIND_OF_TABLE = {"DMAR": "vt-d", "XMAR": "vt-d", "IVRS": "amd-vi"}
_KIND_OF_UNIT = {"dmar": "vt-d", "ivhd": "amd-vi"}
_OFF_WORDS = {"vt-d": {"iommu": "off", "intel_iommu": "off"}, "amd-vi": {"iommu": "off", "amd_iommu": "off"}}
_REMAPPING_OFF = frozenset({"intremap=off", "nointremap"})
# ACPI header of 36 bytes, host address width, flags (VT-d specification, 8.1); flags bit 0: INTR_REMAP.
_DMAR_FLAGS = 37
_INTR_REMAP = 1
_ECAP_REMAPPING = 1 << 3


def probe_iommu(tree: Tree, *, xen: Xen, command_line: str) -> Iommu:
    """Read what shows of the IOMMU; under Xen only Xen's word counts for its absence."""
    tables = tree.names(_TABLES, fact="iommu.state")
    units = tree.names(_UNITS)
    groups = len(tree.names(_GROUPS)) if tree.is_dir(_GROUPS) else None
    kind = _kind(tables, units)
    if xen.running:
        return _probe_under_xen(tree, xen, kind)
    if kind is None:
        return _without_kind(tree, tables, groups)
    if units:
        state = IommuState.ACTIVE
    elif is_turned_off(kind, command_line):
        state = IommuState.OFF_ON_COMMAND_LINE
    else:
        state = IommuState.ACTIVE if groups else IommuState.TABLES_PRESENT
    remapping = _interrupt_remapping(tree, kind, state, command_line)
    if remapping is None:
        tree.note("iommu.interrupt_remapping", f"/{_TABLES} cannot be read (it needs root) and no interrupt shows it")
    return Iommu(kind=kind, state=state, interrupt_remapping=remapping, groups=groups)


def is_turned_off(kind: str, command_line: str) -> bool:
    """Whether the kernel's command line turns an IOMMU of this kind off; the last word on a matter counts."""
    off = False
    for word in command_line.split():
        name, _, values = word.partition("=")
        if name in _OFF_WORDS[kind]:
            settings = values.split(",")
            off = _OFF_WORDS[kind][name] in settings or (off and not {"on", "force"} & set(settings))
    return off


def _kind(tables: tuple[str, ...], units: tuple[str, ...]) -> str | None:
    by_unit = (kind for unit in units for prefix, kind in _KIND_OF_UNIT.items() if unit.startswith(prefix))
    by_table = (kind for table, kind in _KIND_OF_TABLE.items() if table in tables)
    return next(by_unit, None) or next(by_table, None)


def _without_kind(tree: Tree, tables: tuple[str, ...], groups: int | None) -> Iommu:
    if not tables:
        for fact in ("iommu.kind", "iommu.state", "iommu.interrupt_remapping"):
            tree.note(fact, f"/{_TABLES} lists no table")
        return Iommu(kind=None, state=IommuState.ACTIVE if groups else None, groups=groups)
    return Iommu(kind="none", state=IommuState.ABSENT, interrupt_remapping=False, groups=groups)


def _probe_under_xen(tree: Tree, xen: Xen, kind: str | None) -> Iommu:
    tree.note("iommu.interrupt_remapping", "Xen does not tell")
    if "hvm_directio" in xen.capabilities or "pv_directio" in xen.capabilities:
        if kind is None:
            tree.note("iommu.kind", "Xen does not tell")
        return Iommu(kind=kind, state=IommuState.ACTIVE)
    if kind is not None:
        return Iommu(kind=kind, state=IommuState.TABLES_PRESENT)
    for fact in ("iommu.kind", "iommu.state"):
        tree.note(fact, "under Xen the IOMMU is Xen's own, and its toolstack was not asked")
    return Iommu(kind=None, state=None)


def _interrupt_remapping(tree: Tree, kind: str, state: IommuState, command_line: str) -> bool | None:
    if _REMAPPING_OFF & set(command_line.split()):
        return False
    if kind == "vt-d" and (remapping := _from_dmar(tree)) is not None:
        return remapping
    # The kernel names remapped interrupts IR-IO-APIC and IR-PCI-MSI.
    interrupts = tree.text("proc/interrupts")
    if interrupts and (" IR-" in interrupts or state is IommuState.ACTIVE):
        return " IR-" in interrupts
    # Interrupt remapping is part of every AMD IOMMU (AMD I/O Virtualization specification, 2.2.5).
    return True if kind == "amd-vi" and state is not IommuState.OFF_ON_COMMAND_LINE else None


def _from_dmar(tree: Tree) -> bool | None:
    """Ask the table's flags and the units' extended capabilities: both must have it."""
    words = (tree.number(f"{_UNITS}/{unit}/intel-iommu/ecap", base=16) for unit in tree.names(_UNITS))
    if any(word is not None and not word & _ECAP_REMAPPING for word in words):
        return False
    table = tree.data(f"{_TABLES}/DMAR")
    if table is None or len(table) <= _DMAR_FLAGS or not table.startswith(b"DMAR"):
        return None
    return bool(table[_DMAR_FLAGS] & _INTR_REMAP)
