"""The objects of the host: in memory, those that outlive the process in one JSON file too; changes numbered for events.

Every change of a lasting object is on disk before it is visible to the next caller.
"""

import copy
import json
import threading
import time
import uuid as uuids
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.lab.xapi.errors import XapiError, handle_invalid
from tests.lab.xapi.files import write_atomic
from tests.lab.xapi.model import Table

Fields = dict[str, Any]

# Sessions and tasks end with the process, as xapi's do.
_VOLATILE = frozenset({"session", "task"})

# Fields that only mirror a reference from the other side: (class, field) -> (class that refers, by which field).
_MIRRORS = {
    ("host", "PIFs"): ("PIF", "host"),
    ("host", "PBDs"): ("PBD", "host"),
    ("host", "resident_VMs"): ("VM", "resident_on"),
    ("SR", "PBDs"): ("PBD", "SR"),
    ("network", "PIFs"): ("PIF", "network"),
}


class Database:
    """All objects, by class and reference."""

    def __init__(self, path: Path, table: Table) -> None:
        self._path = path
        self._table = table
        self._changed = threading.Condition(threading.RLock())
        self._objects: dict[str, dict[str, Fields]] = {name: {} for name in table.classes}
        self._marks: dict[tuple[str, str], tuple[int, int]] = {}
        self._deleted: list[tuple[int, int, str, str]] = []
        self._held = 0
        self.generation = 1
        if path.exists():
            self._load()

    def _load(self) -> None:
        saved = json.loads(self._path.read_text(encoding="utf-8"))
        self.generation = saved["generation"]
        for cls, objects in saved["objects"].items():
            for ref, fields in objects.items():
                self._objects[cls][ref] = {**self._defaults(cls), **fields}
                self._marks[cls, ref] = (self.generation, self.generation)

    def _save(self, cls: str) -> None:
        if cls in _VOLATILE or self._held:
            return
        lasting = {name: objects for name, objects in self._objects.items() if name not in _VOLATILE}
        text = json.dumps({"generation": self.generation, "objects": lasting}, indent=1, sort_keys=True)
        write_atomic(self._path, text + "\n", mode=0o600)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Changes inside are saved together, at the end."""
        with self._changed:
            self._held += 1
            try:
                yield
            finally:
                self._held -= 1
                self._save("")

    def _defaults(self, cls: str) -> Fields:
        fields = self._table.classes[cls].fields.values()
        return {
            item.name: copy.deepcopy(item.default) if item.default is not None else self._table.zero(item.type)
            for item in fields
        }

    def _mark(self, cls: str, ref: str, *, new: bool = False) -> None:
        self.generation += 1
        created = self.generation if new else self._marks[cls, ref][0]
        self._marks[cls, ref] = (created, self.generation)

    def create(self, cls: str, fields: Mapping[str, Any]) -> str:
        """Add an object; a uuid is made unless given. Raises DB_UNIQUENESS_CONSTRAINT_VIOLATION for a uuid in use."""
        with self._changed:
            uuid = fields.get("uuid") or str(uuids.uuid4())
            if any(known["uuid"] == uuid for known in self._objects[cls].values()):
                raise XapiError("DB_UNIQUENESS_CONSTRAINT_VIOLATION", cls, "uuid", uuid)
            ref = f"OpaqueRef:{uuids.uuid4()}"
            self._objects[cls][ref] = {**self._defaults(cls), **fields, "uuid": uuid}
            self._mark(cls, ref, new=True)
            self._save(cls)
            self._changed.notify_all()
            return ref

    def update(self, cls: str, ref: str, **fields: Any) -> None:
        """Change fields of an object. Raises HANDLE_INVALID."""
        with self._changed:
            known = self._known(cls, ref)
            if all(known[name] == value for name, value in fields.items()):
                return
            known.update(fields)
            self._mark(cls, ref)
            self._save(cls)
            self._changed.notify_all()

    def delete(self, cls: str, ref: str) -> None:
        """Remove an object. Raises HANDLE_INVALID."""
        with self._changed:
            self._known(cls, ref)
            del self._objects[cls][ref]
            created, _ = self._marks.pop((cls, ref))
            self.generation += 1
            self._deleted.append((self.generation, created, cls, ref))
            self._save(cls)
            self._changed.notify_all()

    def _known(self, cls: str, ref: str) -> Fields:
        try:
            return self._objects[cls][ref]
        except KeyError:
            raise handle_invalid(cls, ref) from None

    def exists(self, cls: str, ref: str) -> bool:
        """Whether the reference is one of ours; classes that we do not serve have no objects."""
        with self._changed:
            return ref in self._objects.get(cls, {})

    def record(self, cls: str, ref: str) -> Fields:
        """A copy of an object's fields. Raises HANDLE_INVALID."""
        with self._changed:
            fields = copy.deepcopy(self._known(cls, ref))
            for (owner, name), (referrer, by) in _MIRRORS.items():
                if owner == cls:
                    fields[name] = self.where(referrer, **{by: ref})
            return fields

    def field(self, cls: str, ref: str, name: str) -> Any:
        """One field of an object. Raises HANDLE_INVALID."""
        return self.record(cls, ref)[name]

    def refs(self, cls: str) -> list[str]:
        """All objects of a class, oldest first."""
        with self._changed:
            return list(self._objects[cls])

    def where(self, cls: str, **fields: Any) -> list[str]:
        """The objects whose fields have these values."""
        with self._changed:
            return [
                ref
                for ref, known in self._objects[cls].items()
                if all(known[name] == value for name, value in fields.items())
            ]

    def only(self, cls: str) -> str:
        """The single object of a class that has one: the host, the pool."""
        (ref,) = self.refs(cls)
        return ref

    def events_since(self, mark: int) -> list[tuple[int, str, str, str]]:
        """(number, operation, class, reference) of what changed after `mark`, oldest first, one for each object."""
        with self._changed:
            found = [
                (modified, "add" if created > mark else "mod", cls, ref)
                for (cls, ref), (created, modified) in self._marks.items()
                if modified > mark
            ]
            found += [
                (number, "del", cls, ref)
                for number, created, cls, ref in self._deleted
                if number > mark and created <= mark
            ]
            return sorted(found)

    def wait_after(self, mark: int, deadline: float) -> bool:
        """Wait until something changed after `mark`; False when `deadline` (of time.monotonic) came first."""
        with self._changed:
            return self._changed.wait_for(lambda: self.generation > mark, timeout=max(0.0, deadline - time.monotonic()))
