"""The port over dnf 4 (Enterprise Linux 10, Debian 12; still in Fedora). Only the child process imports it.

What dnf 4 does not do by itself, by its sources (4.14): make the directory of its log; check signatures; tell that a
%pre or %post failed (`do_transaction` returns normally: rpm's element is marked, the callback's `error` is called).
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import dnf
import dnf.callback
import dnf.exceptions
import dnf.rpm
import dnf.yum.rpmtrans
import libdnf.transaction
import rpm

from zeus_installer.packages.dnf4_locks import drop_stale_locks
from zeus_installer.packages.port import Item, PackageFile, Repository, Request, Resolution
from zeus_installer.packages.problems import classified, missing, problem, scriptlets
from zeus_installer.packages.progress import DownloadMeter
from zeus_installer.system.errors import sentence_list
from zeus_installer.system.events import Reporter


class Dnf4:
    """One `dnf.Base` for one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._root = Path(request.root)
        self._base = dnf.Base()
        self._own = [repo.id for repo in request.repos]
        self._configure()

    def load(self, report: Reporter) -> None:
        """Read the installed packages and all metadata."""
        meter = DownloadMeter(report)
        self._configure_repositories(_Downloads(meter))
        watch_log(meter)
        try:
            self._base.fill_sack(load_system_repo=True)
            if self._request.groups:
                self._base.read_comps(arch_filter=True)
        except dnf.exceptions.LockError as error:
            raise problem("packages.locked", str(error)) from error
        except dnf.exceptions.RepoError as error:
            raise classified("repositories", [str(error), *meter.failures], otherwise="packages.unreachable") from error

    def resolve(self) -> Resolution:
        """Choose the vendor's packages one by one, then let the solver find what they need."""
        lost = [name for name in self._request.vendor if not self._want_vendors(name)]
        if lost:
            raise missing(lost, where=self._own)
        lost = [name for name in self._request.support if not (self._installed(name) or self._want(name))]
        if lost:
            raise missing(lost, where=[repo.id for repo in self._base.repos.iter_enabled()])
        wanted = (*self._request.vendor, *self._request.optional)
        skipped = [name for name in self._request.optional if not (self._want_vendors(name) or self._want(name))]
        skipped += [f"@{group}" for group in self._request.groups if not self._want_group(group)]
        try:
            self._base.resolve(allow_erasing=False)
        except dnf.exceptions.DepsolveError as error:
            raise classified("the set cannot be installed", str(error), otherwise="packages.dependency") from error
        coming = list(self._base.transaction.install_set)
        return Resolution(
            items=tuple(sorted((self._item(package) for package in coming), key=lambda item: item.nevra)),
            members=tuple(self._members(set(wanted) | set(self._request.support), coming)),
            leaving=tuple(sorted(str(package) for package in self._base.transaction.remove_set)),
            skipped=tuple(skipped),
        )

    def download(self, report: Reporter) -> tuple[PackageFile, ...]:
        """Fetch what is not in the cache."""
        packages = list(self._base.transaction.install_set)
        meter = DownloadMeter(report)
        try:
            self._base.download_packages(packages, _Downloads(meter))
        except dnf.exceptions.LockError as error:
            raise problem("packages.locked", str(error)) from error
        except dnf.exceptions.DownloadError as error:
            raise classified("download", [str(error), *meter.failures], otherwise="packages.unreachable") from error
        except dnf.exceptions.Error as error:  # a file: repository whose packages are not what its metadata says
            bad = [str(package) for package in packages if package.verifyLocalPkg() is False]
            raise problem("packages.damaged", f"{sentence_list(bad)}: {error}") from error
        return tuple(
            PackageFile(
                path=package.localPkg(),
                nevra=str(package),
                repo=package.repoid,
                location=package.location,
                check=bool(package.repo.gpgcheck),
                keys=tuple(package.repo.gpgkey),
            )
            for package in packages
        )

    def run(self, report: Reporter) -> None:
        """Run the transaction and look at what became of every item."""
        if not all(repo.keys for repo in self._request.repos):
            # rpm 6 wants a signature on everything; what must have one was held to it before.
            rpm.addMacro("_pkgverify_level", "digest")
        display = _Display(report)
        try:
            self._base.do_transaction(display)
        except dnf.exceptions.LockError as error:
            raise problem("packages.locked", str(error)) from error
        except dnf.exceptions.Error as error:
            raise classified("rpm", [str(error), *display.errors]) from error
        broken = [
            str(item) for item in self._base.transaction if item.state == libdnf.transaction.TransactionItemState_ERROR
        ]
        if display.errors or broken:
            failures = [*display.errors, *(f"{nevra} was not installed" for nevra in broken)]
            raise scriptlets(failures, display.output)

    def fetch(self, url: str) -> bytes:
        """Fetch with dnf's own proxy and certificates."""
        with self._opened(url) as file:
            data: bytes = file.read()
        return data

    def fetch_to(self, url: str, place: Path) -> None:
        """Fetch with dnf's own proxy and certificates."""
        with self._opened(url) as file, place.open("wb") as out:
            shutil.copyfileobj(file, out)

    def close(self) -> None:
        """Close the databases."""
        self._base.close()

    @contextmanager
    def _opened(self, url: str) -> Iterator[BinaryIO]:
        try:
            with self._base.urlopen(url, mode="w+b") as file:
                yield file
        except (OSError, RuntimeError, ValueError) as error:
            raise classified(url, str(error), otherwise="packages.unreachable") from error

    def _configure(self) -> None:
        """Read the target's own configuration, then say where it lies: dnf takes all its paths as they are."""
        conf, request, root = self._base.conf, self._request, self._root
        written = Path(request.scratch) if request.scratch else root
        main = root / "etc/dnf/dnf.conf"
        if main.exists():
            conf.read(str(main), dnf.conf.PRIO_MAINCONFIG)
        conf.installroot = str(root)
        conf.reposdir = [str(root / "etc/yum.repos.d")]
        conf.cachedir = str(written / "var/cache/dnf")
        conf.persistdir = str(written / "var/lib/dnf")
        conf.logdir = str(written / "var/log")
        Path(conf.logdir).mkdir(parents=True, exist_ok=True)
        for directory in (conf.cachedir, conf.persistdir):
            drop_stale_locks(Path(directory))
        conf.substitutions.update_from_etc(installroot=str(root), varsdir=conf.varsdir)
        conf.releasever = dnf.rpm.detect_releasever(str(root)) or request.releasever or ""
        conf.plugins = False
        conf.assumeyes = True
        conf.keepcache = True
        conf.exit_on_lock = True
        conf.timeout, conf.retries = request.timeout, request.retries
        conf.max_parallel_downloads = request.parallel

    def _configure_repositories(self, progress: "_Downloads") -> None:
        """The target's own repositories, less what the vendor's must not be replaced by, and the vendor's."""
        repos, vendor = self._base.repos, {repo.id: repo for repo in self._request.repos}
        if self._request.others is None:
            self._base.read_all_repos()
        for repo in self._request.others or ():
            self._add(repo)
        for repo in list(repos.values()):
            repo.excludepkgs += self._request.excludes
            if repo.id in vendor:
                del repos[repo.id]
        for repo in vendor.values():
            self._add(repo)
        for repo in repos.iter_enabled():
            repo.set_progress_bar(progress)

    def _add(self, repo: Repository) -> None:
        added = self._base.repos.add_new_repo(repo.id, self._base.conf, [repo.baseurl], priority=repo.priority)
        added.skip_if_unavailable = False
        added.gpgcheck, added.gpgkey = bool(repo.keys), list(repo.keys)
        added.includepkgs = list(repo.includes)
        if self._request.collect:
            added.metadata_expire = 0  # it must be what is fetched beside it

    def _installed(self, name: str) -> bool:
        return bool(self._base.sack.query().installed().filterm(name=name))

    def _want(self, name: str) -> bool:
        try:
            self._base.install(name)
        except dnf.exceptions.MarkingError:
            return False
        return True

    def _want_group(self, group: str) -> bool:
        comps, name = self._base.comps, group.removeprefix("^")
        find = comps.environment_by_pattern if name != group else comps.group_by_pattern
        if find(name) is None:
            return False
        self._base.env_group_install([name], ("mandatory", "default", "conditional"))
        return True

    def _want_vendors(self, name: str) -> bool:
        """Ask for the newest build in the vendor's repositories, be it older than what is installed."""
        query = self._base.sack.query().available().filterm(name=name, reponame=self._own)
        found = [package for package in query.filterm(latest_per_arch_by_priority=True) if self._is_native(package)]
        if not found:
            return False
        same = self._base.sack.query().installed().filterm(name=name, evr=found[0].evr, arch=found[0].arch)
        if any(package.buildtime != found[0].buildtime for package in same):
            self._base.package_reinstall(found[0])
        else:
            self._base.package_install(found[0])
        return True

    def _is_native(self, package: Any) -> bool:  # noqa: ANN401 - dnf has no types
        return bool(package.arch == "noarch" or dnf.rpm.basearch(package.arch) == self._base.conf.basearch)

    def _members(self, names: set[str], coming: Sequence[Any]) -> Iterator[str]:
        arriving = {package.name: str(package) for package in coming if package.name in names}
        leaving = {str(package) for package in self._base.transaction.remove_set}
        for package in self._base.sack.query().installed().filterm(name=list(names)):
            if package.name not in arriving and str(package) not in leaving:
                yield str(package)
        yield from sorted(arriving.values())

    @staticmethod
    def _item(package: Any) -> Item:  # noqa: ANN401 - dnf has no types
        return Item(
            name=package.name,
            nevra=str(package),
            repo=package.repoid,
            download=package.downloadsize,
            size=package.installsize,
        )


def watch_log(meter: DownloadMeter) -> None:
    """Tell the meter of metadata that could not be had: dnf has no callback for it, it only logs `error: WHY (URL).`"""

    class Watch(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if message.startswith("error: "):
                meter.failed("metadata", message.removeprefix("error: ").rstrip("."))

    log = logging.getLogger("dnf")
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(Watch())


class _Downloads(dnf.callback.DownloadProgress):  # type: ignore[misc]
    """dnf's download events, for the meter."""

    def __init__(self, meter: DownloadMeter) -> None:
        super().__init__()
        self._meter = meter

    def start(self, total_files: int, total_size: int, total_drpms: int = 0) -> None:  # noqa: ARG002
        self._meter.total = total_size or None

    def progress(self, payload: Any, done: float) -> None:  # noqa: ANN401
        self._meter.at(str(payload), int(done))

    def end(self, payload: Any, status: int | None, err_msg: str | None) -> None:  # noqa: ANN401
        if status == dnf.callback.STATUS_MIRROR:
            self._meter.failed(str(payload), err_msg or "failed")
        elif status in (dnf.callback.STATUS_OK, dnf.callback.STATUS_ALREADY_EXISTS):
            self._meter.at(str(payload), payload.download_size)


class _Display(dnf.yum.rpmtrans.TransactionDisplay):  # type: ignore[misc]
    """dnf's transaction events: progress by item, errors and scriptlet output kept."""

    def __init__(self, report: Reporter) -> None:
        super().__init__()
        self._report = report
        self._last = 0
        self.errors: list[str] = []
        self.output: list[str] = []

    def progress(self, package: Any, action: int, ti_done: int, ti_total: int, ts_done: int, ts_total: int) -> None:  # noqa: ANN401, ARG002
        if package and ts_done and ts_done != self._last and action in dnf.transaction.FORWARD_ACTIONS:
            self._last = ts_done
            self._report.progress(str(package), done=ts_done, total=ts_total, unit="packages")

    def scriptout(self, msgs: bytes | str | None) -> None:
        if msgs:
            self.output.append(msgs if isinstance(msgs, str) else msgs.decode(errors="replace"))

    def error(self, message: str) -> None:
        self.errors.append(message)
