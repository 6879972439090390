"""The small kickstarts that are made in the installer (by `prepare`), and what each can say."""

from collections.abc import Mapping
from typing import Final, Literal

Topic = Literal["answers", "disks", "other", "repositories"]

DIRECTORY: Final = "/run/zeus/kickstart"
ANSWERS: Final = f"{DIRECTORY}/answers.ks"
DISK: Final = f"{DIRECTORY}/disk.ks"
REPOSITORIES: Final = f"{DIRECTORY}/repos.ks"
WAY: Final = f"{DIRECTORY}/way.ks"
ANSWERS_TOML: Final = f"{DIRECTORY}/answers.toml"
TOPICS: Final[Mapping[str, Topic]] = {ANSWERS: "answers", DISK: "disks", REPOSITORIES: "repositories", WAY: "disks"}
