"""anaconda.conf, as far as an add-on asks it."""

import os
from configparser import ConfigParser
from pathlib import Path
from typing import Final

DEFAULT: Final = "/etc/anaconda/anaconda.conf"


class TargetSection:
    """What is installed to."""

    def __init__(self, parser: ConfigParser) -> None:
        self._parser = parser

    @property
    def system_root(self) -> str:
        """Where the new system is mounted."""
        return self._parser.get("Installation Target", "system_root", fallback="/mnt/sysroot")

    @property
    def is_hardware(self) -> bool:
        """Whether the target is this machine, and neither an image nor a directory."""
        return self._parser.get("Installation Target", "type", fallback="HARDWARE") == "HARDWARE"


class AnacondaConfiguration:
    """The file that the main process wrote for the others, else the default one; without a file the defaults."""

    def __init__(self) -> None:
        parser = ConfigParser(interpolation=None)
        path = os.environ.get("ANACONDA_CONFIG_TMP", DEFAULT)
        self._sources = parser.read([path if Path(path).exists() else DEFAULT])
        self.target = TargetSection(parser)

    def get_sources(self) -> list[str]:
        """The files that were read."""
        return list(self._sources)


conf = AnacondaConfiguration()
