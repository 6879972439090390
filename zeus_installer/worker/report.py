"""Order `report`: everything that tells how a run went, without secrets, in one file to take along."""

import io
import json
import tarfile
import time
from pathlib import Path

from zeus_installer.engine.journal import read_entries
from zeus_installer.engine.report import make_report
from zeus_installer.engine.status import read_status
from zeus_installer.engine.store import Store
from zeus_installer.system.codec import Json
from zeus_installer.system.errors import RefusedError, UsageError, ZeusError
from zeus_installer.system.files import write_atomic
from zeus_installer.system.secrets import redact
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order, path
from zeus_installer.worker.stored import store_of

_FOLDER = "zeus-report"


def report(order: Order, _channel: Channel) -> Json:
    """Write report, events and journal to the new file `to`, for its owner alone."""
    to = path(order, "to")
    if to is None:
        raise UsageError("order.missing", "the order report has no to")
    if to.exists() or to.is_symlink():
        # Whoever stands at the console need not have given a password.
        raise UsageError("report.exists", f"{to} is there already", hint="name another file")
    files = _files(store_of(order))
    if not files:
        raise RefusedError("report.none", "no run on this machine has left anything to report")
    try:
        write_atomic(to, _packed(files), mode=0o600)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise UsageError(
            "report.unwritable", f"{to}: {words}", hint="name a file in a directory that is there"
        ) from error
    return {"path": str(to)}


def _files(store: Store) -> dict[str, str]:
    kept = {file.name: file for file in (store.report, store.events, store.journal) if file.exists()}
    texts = {name: redact(file.read_text(errors="replace")) for name, file in kept.items()}
    if store.report.name not in texts:
        made = _made_now(store)
        if made:
            texts[store.report.name] = made
    return texts


def _made_now(store: Store) -> str:
    """The run writes its report at its end; of one that has not come so far it is made from what there is."""
    plan = store.load_plan()
    if plan is None:
        return ""
    error = read_status(store).error
    failure = ZeusError(error.code, error.message, hint=error.hint) if error else None
    made = make_report(plan, read_entries(store.journal), facts=None, failure=failure)
    return redact(json.dumps({**made, "result": "failed" if failure else None}, indent=2, ensure_ascii=False)) + "\n"


def _packed(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            data = text.encode(errors="replace")
            entry = tarfile.TarInfo(str(Path(_FOLDER) / name))
            entry.size, entry.mode, entry.mtime = len(data), 0o600, int(time.time())
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()
