"""The port over libdnf5 (Fedora 43 and later). Only the child process imports it.

What has to be watched, by trial with 5.4: an option that does not exist is accepted and does nothing; a callback object
that Python forgets, or that raises, aborts the process; why a download failed is in no exception, only in a callback.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import libdnf5
import libdnf5.base
import libdnf5.comps
import libdnf5.exception
import libdnf5.repo
import libdnf5.rpm
import libdnf5.transaction

from zeus_installer.packages.libdnf5_callbacks import Downloads, Transaction
from zeus_installer.packages.port import Item, PackageFile, Repository, Request, Resolution
from zeus_installer.packages.problems import classified, missing, problem, scriptlets
from zeus_installer.packages.progress import DownloadMeter
from zeus_installer.system.events import Reporter

_ERRORS = (libdnf5.exception.Error, libdnf5.exception.NonLibdnf5Exception, RuntimeError)
_RESULTS = libdnf5.base.Transaction


class Libdnf5:
    """One `libdnf5.base.Base` for one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._root = Path(request.root)
        self._base = libdnf5.base.Base()
        self._own = [repo.id for repo in request.repos]
        self._kept: list[object] = []
        self._configure()

    def load(self, report: Reporter) -> None:
        """Read the installed packages and all metadata."""
        meter = DownloadMeter(report)
        self._watch_downloads(meter)
        try:
            self._configure_repositories()
            self._base.get_repo_sack().load_repos()
        except _ERRORS as error:
            raise classified("repositories", [str(error), *meter.failures], otherwise="packages.unreachable") from error

    def resolve(self) -> Resolution:
        """Choose the vendor's packages one by one, then let the solver find what they need."""
        request, goal = self._request, libdnf5.base.Goal(self._base)
        lost = [name for name in request.vendor if not self._want_vendors(goal, name)]
        if lost:
            raise missing(lost, where=self._own)
        lost = [name for name in request.support if not (self._installed(name) or self._want(goal, name))]
        if lost:
            raise missing(lost, where=self._enabled())
        skipped = [name for name in request.optional if not (self._want_vendors(goal, name) or self._want(goal, name))]
        skipped += [f"@{group}" for group in request.groups if not self._want_group(goal, group)]
        self._transaction = goal.resolve()
        if self._transaction.get_problems() != libdnf5.base.GoalProblem_NO_PROBLEM:
            said = self._transaction.get_resolve_logs_as_strings()
            raise classified("the set cannot be installed", said, otherwise="packages.dependency")
        coming, leaving = self._inbound(), self._outbound()
        names = {*request.vendor, *request.support, *request.optional}
        return Resolution(
            items=tuple(sorted((self._item(package) for package in coming), key=lambda item: item.nevra)),
            members=tuple(self._members(names, coming, leaving)),
            leaving=tuple(sorted(package.get_nevra() for package in leaving)),
            skipped=tuple(skipped),
        )

    def download(self, report: Reporter) -> tuple[PackageFile, ...]:
        """Fetch what is not in the cache."""
        meter = DownloadMeter(report)
        self._watch_downloads(meter)
        coming = self._inbound()
        meter.total = sum(package.get_download_size() for package in coming)
        try:
            self._transaction.download()
        except _ERRORS as error:
            raise classified("download", [str(error), *meter.failures], otherwise="packages.unreachable") from error
        return tuple(
            PackageFile(
                path=package.get_package_path(),
                nevra=package.get_nevra(),
                repo=package.get_repo_id(),
                location=package.get_location(),
                check=bool(package.is_pkg_gpgcheck_enabled()),
                keys=tuple(package.get_repo().get_config().gpgkey),
            )
            for package in coming
        )

    def run(self, report: Reporter) -> None:
        """Run the transaction and look at what became of every item."""
        watch = Transaction(report)
        self._keep(watch)
        self._transaction.set_callbacks(libdnf5.rpm.TransactionCallbacksUniquePtr(watch))
        self._transaction.set_description("zeus install")
        try:
            result = self._transaction.run()
        except _ERRORS as error:
            raise classified("rpm", str(error)) from error
        broken = [
            f"{item.get_package().get_nevra()} was not installed"
            for item in self._transaction.get_transaction_packages()
            if item.get_state() == libdnf5.transaction.TransactionItemState_ERROR
        ]
        if watch.errors:
            said = [self._transaction.get_last_script_output(), *self._transaction.get_rpm_messages()]
            raise scriptlets([*watch.errors, *broken], said)
        if result == _RESULTS.TransactionRunResult_ERROR_LOCK:
            raise problem("packages.locked", "another process uses the package database")
        if broken or result != _RESULTS.TransactionRunResult_SUCCESS:
            said = [*self._transaction.get_transaction_problems(), *self._transaction.get_rpm_messages(), *broken]
            raise classified("rpm", said or _RESULTS.transaction_result_to_string(result))

    def fetch(self, url: str) -> bytes:
        """Fetch with dnf's own proxy and certificates."""
        place = Path(self._base.get_config().cachedir) / "zeus-fetched"
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            self.fetch_to(url, place)
            return place.read_bytes()
        finally:
            place.unlink(missing_ok=True)

    def fetch_to(self, url: str, place: Path) -> None:
        """Fetch with dnf's own proxy and certificates."""
        downloader = libdnf5.repo.FileDownloader(self._base)
        downloader.add(url, str(place))
        try:
            downloader.download()
        except (*_ERRORS, OSError) as error:
            raise classified(url, str(error), otherwise="packages.unreachable") from error

    def close(self) -> None:
        """Nothing is open beyond the life of the base."""

    def _configure(self) -> None:
        """Read the target's own configuration and set what differs."""
        config, request = self._base.get_config(), self._request
        written = Path(request.scratch) if request.scratch else self._root
        set_option(config, "installroot", str(self._root))
        set_option(config, "plugins", False)
        self._base.load_config()
        for name, value in {
            "cachedir": str(written / "var/cache/libdnf5"),
            "system_cachedir": str(written / "var/cache/libdnf5"),
            # libdnf5 puts the root before the log's directory by itself, if it is not there already.
            "logdir": str(written / "var/log") if request.scratch else "/var/log",
            "assumeyes": True,
            "keepcache": True,
            "exit_on_lock": True,
            "timeout": request.timeout,
            "retries": request.retries,
            "max_parallel_downloads": request.parallel,
        }.items():
            set_option(config, name, value)
        if request.releasever:
            self._base.get_vars().set("releasever", request.releasever)
        self._base.setup()

    def _configure_repositories(self) -> None:
        """The target's own repositories, less what the vendor's must not be replaced by, and the vendor's."""
        sack = self._base.get_repo_sack()
        if self._request.others is None:
            sack.create_repos_from_system_configuration()
        for wanted in self._request.others or ():
            self._set(sack.create_repo(wanted.id), wanted)
        present = {repo.get_id(): repo for repo in libdnf5.repo.RepoQuery(self._base)}
        for repo in present.values():
            config = repo.get_config()
            set_option(config, "excludepkgs", [*config.excludepkgs, *self._request.excludes])
        for wanted in self._request.repos:
            self._set(present.get(wanted.id) or sack.create_repo(wanted.id), wanted)

    def _set(self, repo: Any, wanted: Repository) -> None:  # noqa: ANN401 - libdnf5 has no types
        repo.enable()
        for name, value in {
            "baseurl": [self._base.get_vars().substitute(wanted.baseurl)],
            "priority": wanted.priority,
            "excludepkgs": [],
            "includepkgs": list(wanted.includes),
            "skip_if_unavailable": False,
            "pkg_gpgcheck": bool(wanted.keys),
            "gpgkey": list(wanted.keys),
            # When it is collected it must be what is fetched beside it.
            **({"metadata_expire": 0} if self._request.collect else {}),
        }.items():
            set_option(repo.get_config(), name, value)

    def _watch_downloads(self, meter: DownloadMeter) -> None:
        watch = Downloads(meter)
        self._keep(watch)
        self._base.set_download_callbacks(libdnf5.repo.DownloadCallbacksUniquePtr(watch))

    def _keep(self, watch: object) -> None:
        """Hold on to a callback object: C++ will call it after Python would have forgotten it."""
        self._kept.append(watch)

    def _query(self, name: str) -> Any:  # noqa: ANN401 - libdnf5 has no types
        query = libdnf5.rpm.PackageQuery(self._base)
        query.filter_name([name])
        return query

    def _installed(self, name: str) -> bool:
        query = self._query(name)
        query.filter_installed()
        return not query.empty()

    def _enabled(self) -> Iterator[str]:
        query = libdnf5.repo.RepoQuery(self._base)
        query.filter_enabled(True)
        yield from (repo.get_id() for repo in query if repo.get_type() == libdnf5.repo.Repo.Type_AVAILABLE)

    def _want(self, goal: Any, name: str) -> bool:  # noqa: ANN401
        query = self._query(name)
        query.filter_available()
        if query.empty():
            return False
        goal.add_rpm_install(name)
        return True

    def _want_group(self, goal: Any, group: str) -> bool:  # noqa: ANN401
        name = group.removeprefix("^")
        if name != group:
            query = libdnf5.comps.EnvironmentQuery(self._base)
            query.filter_environmentid(name)
        else:
            query = libdnf5.comps.GroupQuery(self._base)
            query.filter_groupid(name)
        if query.empty():
            return False
        goal.add_group_install(name, libdnf5.transaction.TransactionItemReason_USER)
        return True

    def _want_vendors(self, goal: Any, name: str) -> bool:  # noqa: ANN401
        """Ask for the newest build in the vendor's repositories, be it older than what is installed."""
        query = self._query(name)
        query.filter_available()
        query.filter_repo_id(self._own)
        query.filter_arch(["noarch", self._base.get_vars().get_value("arch"), "x86_64"])
        query.filter_priority()
        query.filter_latest_evr()
        found = next(iter(query), None)
        if found is None:
            return False
        same = self._query(name)
        same.filter_installed()
        same.filter_nevra([found.get_nevra()])
        if any(package.get_build_time() != found.get_build_time() for package in same):
            goal.add_rpm_reinstall(found)
        else:
            goal.add_rpm_install(found)
        return True

    def _inbound(self) -> list[Any]:
        return self._moved(libdnf5.transaction.transaction_item_action_is_inbound)

    def _outbound(self) -> list[Any]:
        return self._moved(libdnf5.transaction.transaction_item_action_is_outbound)

    def _moved(self, way: Callable[[int], bool]) -> list[Any]:
        return [item.get_package() for item in self._transaction.get_transaction_packages() if way(item.get_action())]

    def _members(self, names: set[str], coming: Sequence[Any], leaving: Sequence[Any]) -> Iterator[str]:
        arriving = {package.get_name(): package.get_nevra() for package in coming if package.get_name() in names}
        gone = {package.get_nevra() for package in leaving}
        query = libdnf5.rpm.PackageQuery(self._base)
        query.filter_installed()
        query.filter_name(sorted(names))
        for package in query:
            if package.get_name() not in arriving and package.get_nevra() not in gone:
                yield package.get_nevra()
        yield from sorted(arriving.values())

    @staticmethod
    def _item(package: Any) -> Item:  # noqa: ANN401
        return Item(
            name=package.get_name(),
            nevra=package.get_nevra(),
            repo=package.get_repo_id(),
            download=package.get_download_size(),
            size=package.get_install_size(),
        )


def set_option(config: Any, name: str, value: object) -> None:  # noqa: ANN401
    """Set an option that must exist: libdnf5 accepts any name, and a misspelt check would then not be made."""
    if not hasattr(config, name):
        raise AttributeError(f"libdnf5 has no option {name}")
    setattr(config, name, value)
