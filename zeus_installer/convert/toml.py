"""A draft as an answer file: what is left out or to be completed stands in it too, as comments with their lines."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Final

from zeus_installer.answers.dump import toml_value
from zeus_installer.answers.lines import Path
from zeus_installer.convert.draft import Draft, Hook, Value, path_of
from zeus_installer.convert.messages import printable

_TABLES: Final = ("", "host", "storage", "network", "network.management", "packages")
_REPOS: Final = 'repos = [{ id = "xapi", baseurl = "https://…", gpgkey = "https://…" }]'
_CHECKSUM: Final = "…"


def render(draft: Draft, file: str) -> str:
    """Write the file. It holds secrets; `file` is where it all comes from."""
    head = _comment(f"Answers for Zeus, made by `zeus convert` of {file}; the numbers in comments are its lines.")
    parts = [head, *(_table(draft, name) for name in _TABLES), *(_hook(hook) for hook in draft.hooks)]
    return "\n".join(part for part in parts if part)


def _table(draft: Draft, name: str) -> str:
    path: Path = path_of(name) if name else ()
    table = draft.get(path) if path else draft.data
    values: Mapping[str, Value] = table if isinstance(table, dict) else {}
    own = {key: value for key, value in values.items() if f"{name}.{key}".strip(".") not in _TABLES}
    out = {str(key[-1]): value for key, value in draft.left_out.items() if key[:-1] == path}
    lines = [line for key, value in own.items() for line in _key(draft, (*path, key), value, mark="")]
    lines += [line for key, value in out.items() for line in _key(draft, (*path, key), value, mark="# ")]
    if name == "packages" and not own:
        lines += [*_remarks(draft, (*path, "repos")), f"# {_REPOS}\n"]
    if not lines:
        return ""
    return "".join([f"[{name}]\n" if name else "", *lines])


def _key(draft: Draft, path: Path, value: Value, *, mark: str) -> Iterator[str]:
    yield from _remarks(draft, path)
    yield f"{mark}{path[-1]} = {toml_value(value)}\n"


def _remarks(draft: Draft, path: Path) -> Iterator[str]:
    return (_comment(remark) for remark in draft.remarks.get(path, ()))


def _hook(hook: Hook) -> str:
    """Write a hook; without its checksum as a comment, with the command that prints it."""
    mark = "" if hook.sha256 and hook.is_fetched else "# "
    command = f"curl -fsS {shlex.quote(hook.url)} | sha256sum"
    lines = [
        _comment(
            f"{hook.line}: complete it with what this prints: {command}"
            if hook.is_fetched
            else f"{hook.line}: put the script on a web server"
        ),
        f"{mark}[[hooks]]\n",
        f"{mark}stage = {toml_value(hook.stage)}\n",
        f"{mark}url = {toml_value(hook.url)}\n",
        f"{mark}sha256 = {toml_value(hook.sha256 or _CHECKSUM)}\n",
    ]
    return "".join(lines if mark else lines[1:])


def _comment(text: str) -> str:
    return printable(f"# {text}".replace("\n", " ")) + "\n"
