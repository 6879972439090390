"""A repository without packages, for Anaconda's base when all that it installs comes from others."""

import gzip
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from zeus_installer.kickstart.made import DIRECTORY
from zeus_installer.system.target import Target

EMPTY: Final = f"{DIRECTORY}/empty"
_REPO: Final = "http://linux.duke.edu/metadata/repo"
# createrepo_c's documents when there are no packages.
_DOCUMENTS: Final = {
    "primary": '<metadata xmlns="http://linux.duke.edu/metadata/common" packages="0"></metadata>',
    "filelists": '<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="0"></filelists>',
    "other": '<otherdata xmlns="http://linux.duke.edu/metadata/other" packages="0"></otherdata>',
}
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def give_empty_repository(target: Target) -> None:
    """Write it to `EMPTY`."""
    listed = "".join(_metadata(target))
    target.write_atomic(f"{EMPTY}/repodata/repomd.xml", f'{_HEAD}<repomd xmlns="{_REPO}">\n{listed}</repomd>\n')


def _metadata(target: Target) -> Iterator[str]:
    """Write the metadata, and give what the index says of each file."""
    for name, document in _DOCUMENTS.items():
        text = f"{_HEAD}{document}\n".encode()
        packed = gzip.compress(text, mtime=0)
        place = f"repodata/{name}.xml.gz"
        target.write_atomic(f"{EMPTY}/{place}", packed)
        yield (
            f'  <data type="{name}">\n'
            f'    <checksum type="sha256">{sha256(packed).hexdigest()}</checksum>\n'
            f'    <open-checksum type="sha256">{sha256(text).hexdigest()}</open-checksum>\n'
            f'    <location href="{place}"/>\n'
            f"    <timestamp>0</timestamp>\n    <size>{len(packed)}</size>\n    <open-size>{len(text)}</open-size>\n"
            "  </data>\n"
        )
