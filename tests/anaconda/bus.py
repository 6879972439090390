"""A D-Bus daemon of our own, with Anaconda's rules: nothing is allowed but what a configuration file allows."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dasbus.connection import AddressedMessageBus
from dasbus.error import ErrorMapper

# After data/dbus/anaconda-bus.conf. The test is Boss and the other modules: it may own and call their names; on a
# machine where it is not root it is also given what the add-on's own configuration gives to root. An emulated machine
# that shares its processor takes longer than the daemon's own 25 seconds to start a module.
CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>org.fedoraproject.Anaconda</type>
  <keep_umask/>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <policy user="{user}">
{allowed}
  </policy>
  <includedir>{confs}</includedir>
  <limit name="service_start_timeout">300000</limit>
</busconfig>
"""
OURS = ("org.fedoraproject.Anaconda.Boss", "org.fedoraproject.Anaconda.Modules")
ADDONS = "org.fedoraproject.Anaconda.Addons"


class PrivateBus:
    """The daemon, while the context lasts. `directory` has `services` and `confs`; its path is short (107 bytes)."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self._directory = directory
        self._environment = environment
        self._daemon: subprocess.Popen[str] | None = None
        self.address = f"unix:path={directory}/bus"

    def __enter__(self) -> Self:
        configuration = self._directory / "bus.conf"
        configuration.write_text(self._configuration())
        with (self._directory / "bus.log").open("w") as log:
            self._daemon = subprocess.Popen(
                ["dbus-daemon", "--nofork", "--print-address", f"--config-file={configuration}"],
                env={**os.environ, **self._environment},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._daemon.stdout is not None
        assert self._daemon.stdout.readline(), (self._directory / "bus.log").read_text()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        assert self._daemon is not None
        assert self._daemon.stdout is not None
        self._daemon.terminate()
        self._daemon.wait(timeout=30)
        self._daemon.stdout.close()

    def connect(self, errors: Any = None) -> Any:
        """A connection of its own; `errors` maps exceptions to names."""
        return AddressedMessageBus(self.address, error_mapper=errors or ErrorMapper())

    def _configuration(self) -> str:
        names = OURS if os.geteuid() == 0 else (*OURS, ADDONS)
        rules = [f'    <allow own_prefix="{name}"/>\n    <allow send_destination_prefix="{name}"/>' for name in names]
        return CONFIGURATION.format(
            socket=self._directory / "bus",
            services=self._directory / "services",
            confs=self._directory / "confs",
            user=pwd.getpwuid(os.geteuid()).pw_name,
            allowed="\n".join(rules),
        )
