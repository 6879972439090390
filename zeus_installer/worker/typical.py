"""How long things take on a usual server, in seconds: the ground of estimates, and the beat of a rehearsal."""

from typing import Final

# What a step takes apart from its parts.
STEPS: Final = {
    "fetch_hooks": 1.0,
    "hook_installation_start": 5.0,
    "release_disks": 3.0,
    "partition_sr": 3.0,
    "install_packages": 6.0,
    "hook_packages_installed": 5.0,
    "host_identity": 2.0,
    "management_network": 1.0,
    "services": 3.0,
    "hook_filesystem_populated": 5.0,
    "boot_entry": 25.0,
    "arm_trial_boot": 1.0,
    "wait_for_xapi": 30.0,
    "configure_management": 15.0,
    "create_sr": 18.0,
    "host_settings": 2.0,
    "verify_host": 4.0,
    "hook_installation_complete": 5.0,
    "commit_boot": 1.0,
}
OTHER_STEP: Final = 5.0

PARTS: Final = {
    "install_packages": {
        "metadata": 8.0,
        "resolve": 2.0,
        "download": 30.0,
        "signatures": 3.0,
        "transaction": 70.0,
    },
}

# Parts that wait for the network: they say nothing of how fast the machine is.
NETWORK_PARTS: Final = frozenset({"metadata", "download"})

REPORT: Final = 1.0
REBOOT: Final = 60.0
DOWNLOAD_BYTES: Final = 330_000_000


def of_step(step: str) -> float:
    """Give what a step takes with all of its parts."""
    return STEPS.get(step, OTHER_STEP) + sum(PARTS.get(step, {}).values())
