"""The sample's service: its section has lines `require NAME`, `step TEXT`, `fail CLASS TEXT` and `break`."""

import builtins
import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

from dasbus.identifier import DBusServiceIdentifier
from dasbus.server.interface import dbus_interface
from dasbus.typing import Bool, Int, List, Str, Variant, get_variant
from pyanaconda.core.configuration.anaconda import conf
from pyanaconda.core.dbus import DBus
from pyanaconda.core.kickstart import KickstartSpecification
from pyanaconda.core.kickstart.addon import AddonData
from pyanaconda.core.signal import Signal
from pyanaconda.modules.common.base import KickstartModuleInterface, KickstartService
from pyanaconda.modules.common.constants.namespaces import ADDONS_NAMESPACE
from pyanaconda.modules.common.constants.objects import BOOTLOADER, DEVICE_TREE, DISK_SELECTION
from pyanaconda.modules.common.constants.services import NETWORK, STORAGE
from pyanaconda.modules.common.containers import TaskContainer
from pyanaconda.modules.common.errors import installation
from pyanaconda.modules.common.structures.requirement import Requirement
from pyanaconda.modules.common.task import Task, TaskInterface
from pyanaconda.modules.common.util import is_module_available
from pykickstart.errors import KickstartParseError, KickstartParseWarning

SAMPLE = DBusServiceIdentifier(namespace=(*ADDONS_NAMESPACE, "Sample"), message_bus=DBus)


class SampleData(AddonData):
    """Keeps the lines as they come, with the numbers that come with them."""

    def __init__(self) -> None:
        super().__init__()
        self.arguments: list[str] = []
        self.numbers: list[int] = []
        self.lines: list[str] = []
        self.ends = 0

    def handle_header(self, args: Sequence[str], line_number: int | None = None) -> None:
        if "--bad" in args:
            raise KickstartParseError("Sample takes no --bad.", lineno=line_number)
        self.arguments += args

    def handle_line(self, line: str, line_number: int | None = None) -> None:
        text = line.strip()
        self.numbers.append(line_number or 0)
        self.lines.append(text)
        if text == "break":
            raise ValueError("Sample breaks.")
        if text == "warn":
            warnings.warn("Sample warns.", KickstartParseWarning, stacklevel=2)
        if text == "nonsense":
            raise KickstartParseError("Sample knows no nonsense.", lineno=line_number)

    def handle_end(self) -> None:
        self.ends += 1

    def __str__(self) -> str:
        return "\n".join(["%addon org_example_sample", *self.lines, "%end", ""]) if self.lines else ""


class SampleKickstart(KickstartSpecification):
    """One section."""

    addons: ClassVar[dict[str, Any]] = {"org_example_sample": SampleData}


class SampleTask(Task):
    """Does what its lines say; its result is how many they are."""

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        super().__init__()
        self._name = name
        self._lines = lines

    @property
    def name(self) -> str:
        return self._name

    @property
    def steps(self) -> int:
        return 2

    def run(self) -> int:
        for line in self._lines:
            word, _, rest = line.partition(" ")
            if word == "step":
                self.report_progress(rest, step_size=1)
            if word == "fail":
                kind, _, text = rest.partition(" ")
                raise (getattr(installation, kind, None) or getattr(builtins, kind))(text)
        return len(self._lines)

    def for_publication(self) -> Any:
        return SampleTaskInterface(self)


class SampleTaskInterface(TaskInterface):
    """Gives the number to the bus."""

    @staticmethod
    def convert_result(value: Any) -> Variant:
        return get_variant(Int, value)


@dbus_interface(SAMPLE.interface_name)
class SampleInterface(KickstartModuleInterface):
    """The module, with one property."""

    def connect_signals(self) -> None:
        super().connect_signals()
        self.watch_property("Numbers", self.implementation.numbers_changed)

    @property
    def Numbers(self) -> List[Int]:
        """The numbers that came with the lines."""
        return self.implementation.data.numbers

    @property
    def Arguments(self) -> List[Str]:
        """The words of the headers."""
        return self.implementation.data.arguments

    @property
    def Ends(self) -> Int:
        """How many sections ended."""
        return self.implementation.data.ends

    @property
    def Surroundings(self) -> List[Str]:
        """What the rest of Anaconda says."""
        return self.implementation.surroundings()

    @property
    def Alone(self) -> Bool:
        """Whether Boss knows nobody."""
        return not is_module_available(SAMPLE)


class Sample(KickstartService):
    """The service."""

    def __init__(self) -> None:
        super().__init__()
        self.data = SampleData()
        self.numbers_changed = Signal()

    def publish(self) -> None:
        TaskContainer.set_namespace(SAMPLE.namespace)
        DBus.publish_object(SAMPLE.object_path, SampleInterface(self))
        DBus.register_service(SAMPLE.service_name)

    @property
    def kickstart_specification(self) -> type[KickstartSpecification]:
        return SampleKickstart

    def process_kickstart(self, data: Any) -> None:
        self.data = data.addons.org_example_sample
        self.numbers_changed.emit()

    def setup_kickstart(self, data: Any) -> None:
        data.addons.org_example_sample.lines = self.data.lines

    def collect_requirements(self) -> list[Requirement]:
        wanted = [line.split()[1] for line in self.data.lines if line.startswith("require ")]
        packages = [Requirement.for_package(name, reason="Sample") for name in wanted]
        return [*packages, *([Requirement.for_group("core")] if wanted else [])]

    def configure_with_tasks(self) -> list[Task]:
        return [SampleTask("Look around", [])]

    def configure_bootloader_with_tasks(self, kernel_versions: Sequence[str]) -> list[Task]:
        STORAGE.get_proxy(BOOTLOADER).ExtraArguments = [f"kernel={version}" for version in kernel_versions]
        return []

    def install_with_tasks(self) -> list[Task]:
        return [SampleTask("Do it", self.data.lines)]

    def surroundings(self) -> list[str]:
        disks, tree = STORAGE.get_proxy(DISK_SELECTION), STORAGE.get_proxy(DEVICE_TREE)
        root = tree.GetMountPoints()["/"]
        return [
            conf.target.system_root,
            NETWORK.get_proxy().Hostname,
            *disks.IgnoredDisks,
            f"{root} is {tree.GetDeviceData(root)['type'].get_string()}",
            f"{tree.GetDiskFreeSpace(tree.GetDisks())} bytes free",
        ]
