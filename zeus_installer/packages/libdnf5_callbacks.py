"""What libdnf5 calls while it works. An exception in here would abort the process: keep it simple."""

from typing import Any

import libdnf5
import libdnf5.repo
import libdnf5.rpm

from zeus_installer.packages.progress import DownloadMeter
from zeus_installer.system.events import Reporter


class Downloads(libdnf5.repo.DownloadCallbacks):  # type: ignore[misc]
    """libdnf5's download events, for the meter. Names are handed out as numbers: C++ keeps only a pointer."""

    def __init__(self, meter: DownloadMeter) -> None:
        super().__init__()
        self._meter = meter
        self._names: list[str] = []
        self._totals: list[int] = []

    def add_new_download(self, user_data: object, description: str, total_to_download: float) -> int:  # noqa: ARG002
        """Hand out the number of a new download."""
        self._names.append(description.replace("-0:", "-"))
        self._totals.append(int(total_to_download))
        return len(self._names) - 1

    def progress(self, user_cb_data: int, total_to_download: float, downloaded: float) -> int:
        """Take note of how far it is."""
        self._totals[user_cb_data] = max(int(total_to_download), self._totals[user_cb_data])
        self._meter.at(self._names[user_cb_data], int(downloaded))
        return 0

    def end(self, user_cb_data: int, status: int, msg: str) -> int:
        """Take note of its end."""
        name = self._names[user_cb_data]
        if status == libdnf5.repo.DownloadCallbacks.TransferStatus_ERROR:
            self._meter.failures.append(f"{name}: {msg}")
        else:
            self._meter.at(name, self._totals[user_cb_data])
        return 0

    def mirror_failure(self, user_cb_data: int, msg: str, url: str, metadata: str) -> int:  # noqa: ARG002
        """Take note of a try that failed."""
        self._meter.failed(self._names[user_cb_data], msg)
        return 0


class Transaction(libdnf5.rpm.TransactionCallbacks):  # type: ignore[misc]
    """libdnf5's transaction events: progress by item, errors kept."""

    def __init__(self, report: Reporter) -> None:
        super().__init__()
        self._report = report
        self._done = 0
        self._total = 0
        self.errors: list[str] = []

    def before_begin(self, total: int) -> None:
        """Take note of how many packages there are."""
        self._total = total

    def install_start(self, item: Any, total: int) -> None:  # noqa: ANN401, ARG002
        """Report the next package."""
        self._step(item.get_package().get_nevra())

    def uninstall_start(self, item: Any, total: int) -> None:  # noqa: ANN401, ARG002
        """Report the next package."""
        self._step(item.get_package().get_nevra())

    def script_error(self, item: object, nevra: Any, type: int, return_code: int) -> None:  # noqa: A002, ANN401, ARG002
        """Keep what failed."""
        script = libdnf5.rpm.TransactionCallbacks.script_type_to_string(type)
        name = libdnf5.rpm.to_nevra_string(nevra)
        self.errors.append(f"the {script} scriptlet of {name} failed")

    def unpack_error(self, item: Any) -> None:  # noqa: ANN401
        """Keep what failed."""
        self.errors.append(f"{item.get_package().get_nevra()} could not be unpacked")

    def _step(self, name: str) -> None:
        self._done += 1
        self._report.progress(name, done=self._done, total=max(self._total, self._done), unit="packages")
