"""The steps in their order. Both halves of an installation come from this one list."""

from typing import Final

from zeus_installer.steps.arm_trial_boot import ArmTrialBoot
from zeus_installer.steps.base import Step
from zeus_installer.steps.boot_entry import BootEntry
from zeus_installer.steps.commit_boot import CommitBoot
from zeus_installer.steps.configure_management import ConfigureManagement
from zeus_installer.steps.create_sr import CreateSr
from zeus_installer.steps.fetch_hooks import FetchHooks
from zeus_installer.steps.host_identity import HostIdentity
from zeus_installer.steps.host_settings import HostSettings
from zeus_installer.steps.install_packages import InstallPackages
from zeus_installer.steps.management_network import ManagementNetwork
from zeus_installer.steps.partition_sr import PartitionSr
from zeus_installer.steps.release_disks import ReleaseDisks
from zeus_installer.steps.run_hooks import (
    HookFilesystemPopulated,
    HookInstallationComplete,
    HookInstallationStart,
    HookPackagesInstalled,
)
from zeus_installer.steps.services import Services
from zeus_installer.steps.verify_host import VerifyHost
from zeus_installer.steps.wait_for_xapi import WaitForXapi

STEPS: Final[tuple[type[Step], ...]] = (
    FetchHooks,
    HookInstallationStart,
    ReleaseDisks,
    PartitionSr,
    InstallPackages,
    HookPackagesInstalled,
    HostIdentity,
    ManagementNetwork,
    Services,
    HookFilesystemPopulated,
    BootEntry,
    ArmTrialBoot,
    WaitForXapi,
    ConfigureManagement,
    CreateSr,
    HostSettings,
    VerifyHost,
    HookInstallationComplete,
    CommitBoot,
)
