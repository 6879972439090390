"""An installation of packages with dnf4 or libdnf5 set up the way Anaconda does it: a program, run by the Python that
has the binding.

Written from pyanaconda/modules/payloads/payload/dnf: dnf_manager.py (_create_base, read_system_repositories,
restore_system_repositories, add_repository, _run_transaction) and initialization.py (_load_source), 40.22 for dnf4 and
44.35 for libdnf5.
"""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`source` is the address of a `url` command, or None for the closest mirror; `named` are the `repo --name=` ones
    without an address, `given` those with one."""

    root: str
    directories: list[str]
    named: list[str]
    packages: list[str]
    source: str | None = None
    given: dict[str, str] | None = None


def with_dnf4(job: Job) -> dict[str, Any]:
    import dnf
    import dnf.exceptions

    base = dnf.Base()
    conf = base.conf
    conf.cachedir, conf.logdir, conf.gpgcheck, conf.installroot = (
        f"{job.root}/cache",
        f"{job.root}/tmp",
        False,
        job.root,
    )
    conf.persistdir, conf.reposdir, conf.releasever = f"{job.root}/var/lib/dnf", job.directories, "44"
    base.read_all_repos()
    enabled = [repo.id for repo in base.repos.iter_enabled()]
    base.repos.all().disable()
    given = dict(job.given or {})
    if job.source:
        given = {"anaconda": job.source, **given}
    else:
        for name in enabled:
            base.repos[name].enable()
    for name, url in given.items():
        repo = dnf.repo.Repo(name, conf)
        repo.baseurl = [url]
        base.repos.pop(name, None)
        base.repos.add(repo)
    for name in job.named:
        base.repos[name].enable()
    try:
        base.fill_sack(load_system_repo=False)
        for package in job.packages:
            base.install(package)
        base.resolve()
        coming = list(base.transaction.install_set)
        base.download_packages(coming)
        base.do_transaction()
    except dnf.exceptions.Error as error:
        return {"error": str(error)}
    return {"installed": {package.name: [package.version, package.repoid] for package in coming}}


def with_libdnf5(job: Job) -> dict[str, Any]:
    import libdnf5

    base = libdnf5.base.Base()
    base.load_config()
    config = base.get_config()
    config.reposdir, config.cachedir, config.installroot = job.directories, f"{job.root}/cache", job.root
    config.pkg_gpgcheck, config.logdir = False, "/tmp/"
    base.get_vars().set("releasever", "44")
    base.setup()
    sack = base.get_repo_sack()
    sack.create_repos_from_system_configuration()
    query = libdnf5.repo.RepoQuery(base)
    query.filter_enabled(True)
    enabled = [repo.get_id() for repo in query]
    for repo in query:
        repo.disable()
    by_id = {repo.get_id(): repo for repo in libdnf5.repo.RepoQuery(base)}
    given = dict(job.given or {})
    if job.source:
        given = {"anaconda": job.source, **given}
    else:
        for name in enabled:
            by_id[name].enable()
    for name, url in given.items():
        repo = by_id[name] if name in by_id else sack.create_repo(name)
        repo.get_config().baseurl = [url]
    for name in job.named:
        by_id[name].enable()
    sack.load_repos(libdnf5.repo.Repo.Type_AVAILABLE)
    goal = libdnf5.base.Goal(base)
    for package in job.packages:
        goal.add_install(package)
    transaction = goal.resolve()
    if transaction.get_problems():
        return {"error": "\n".join(transaction.get_resolve_logs_as_strings())}
    coming = [item.get_package() for item in transaction.get_transaction_packages()]
    transaction.download()
    result = transaction.run()
    if result != libdnf5.base.Transaction.TransactionRunResult_SUCCESS:
        problems = [transaction.transaction_result_to_string(result), *transaction.get_transaction_problems()]
        return {"error": "\n".join([*problems, *transaction.get_gpg_signature_problems()])}
    return {"installed": {package.get_name(): [package.get_version(), package.get_repo_id()] for package in coming}}


if __name__ == "__main__":
    binding = {"dnf4": with_dnf4, "libdnf5": with_libdnf5}[sys.argv[1]]
    job = Job(**json.loads(sys.argv[2]))
    for directory in ("tmp", "var"):
        Path(job.root, directory).mkdir(exist_ok=True)
    result = binding(job)
    # libdnf5 writes to the standard output too: the last line is ours.
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
    os._exit(0)
