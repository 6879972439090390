"""A module on the bus."""

from dasbus.server.interface import dbus_interface
from dasbus.server.property import emits_properties_changed
from dasbus.server.template import InterfaceTemplate
from dasbus.typing import Bool, List, ObjPath, Str, Structure

from pyanaconda.modules.common.constants.interfaces import KICKSTART_MODULE
from pyanaconda.modules.common.containers import TaskContainer
from pyanaconda.modules.common.structures.kickstart import KickstartReport
from pyanaconda.modules.common.structures.requirement import Requirement


@dbus_interface(KICKSTART_MODULE.interface_name)
class KickstartModuleInterface(InterfaceTemplate):
    """What Boss sees of every module."""

    def connect_signals(self) -> None:
        """Tell of changes."""
        self.implementation.module_properties_changed.connect(self.flush_changes)
        self.watch_property("Kickstarted", self.implementation.kickstarted_changed)

    @property
    def KickstartCommands(self) -> List[Str]:
        """Commands that it reads."""
        return list(self.implementation.kickstart_specification.commands)

    @property
    def KickstartSections(self) -> List[Str]:
        """Sections that it reads, without the percent sign."""
        return list(self.implementation.kickstart_specification.sections)

    @property
    def KickstartAddons(self) -> List[Str]:
        """%addon sections that it reads, by their id."""
        return list(self.implementation.kickstart_specification.addons)

    @property
    def Kickstarted(self) -> Bool:
        """Whether a kickstart file said something about it."""
        return self.implementation.kickstarted

    @Kickstarted.setter
    @emits_properties_changed
    def Kickstarted(self, kickstarted: Bool) -> None:
        self.implementation.kickstarted = kickstarted

    @emits_properties_changed
    def ReadKickstart(self, kickstart: Str) -> Structure:
        """Read its part of a file; gives a report."""
        return KickstartReport.to_structure(self.implementation.read_kickstart(kickstart))

    def GenerateKickstart(self) -> Str:
        """Write its part of a file."""
        return self.implementation.generate_kickstart()

    def CollectRequirements(self) -> List[Structure]:
        """What it needs in the new system."""
        return Requirement.to_structure_list(self.implementation.collect_requirements())

    def SetLocale(self, locale: Str) -> None:
        """Speak another language from now on."""
        self.implementation.set_locale(locale)

    def ConfigureWithTasks(self) -> List[ObjPath]:
        """Tasks for the beginning."""
        return TaskContainer.to_object_path_list(self.implementation.configure_with_tasks())

    def ConfigureBootloaderWithTasks(self, kernel_versions: List[Str]) -> List[ObjPath]:
        """Tasks before the boot loader."""
        return TaskContainer.to_object_path_list(self.implementation.configure_bootloader_with_tasks(kernel_versions))

    def InstallWithTasks(self) -> List[ObjPath]:
        """Tasks in the installed system."""
        return TaskContainer.to_object_path_list(self.implementation.install_with_tasks())

    def TeardownWithTasks(self) -> List[ObjPath]:
        """Tasks for the end."""
        return TaskContainer.to_object_path_list(self.implementation.teardown_with_tasks())

    def Quit(self) -> None:
        """End the process."""
        self.implementation.stop()
