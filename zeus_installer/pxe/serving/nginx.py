"""nginx's configuration for a bench: the tree over plain HTTP, and the way to the receiver of reports. Pure."""

import grp
import pwd
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Final

from zeus_installer.pxe.serving.reports import LARGEST

# As whom files are read: whoever may be served may be read by everybody.
USER: Final = "nobody"
_TEMPORARY: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Where reports are taken: a port and a path of the server; by TLS with a `certificate` (its key is beside it)."""

    port: int
    path: str
    certificate: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What nginx serves: the tree below `path` ("" or "/…") of a port, and reports."""

    address: IPv4Address
    port: int
    path: str
    reports: Listener | None


def configuration(site: Site, *, private: Path) -> str:
    """Give the file. `private` has the link `tree`, and the socket `reports` of the receiver."""
    return "".join(f"{line}\n" for line in _lines(site, private))


def _lines(site: Site, private: Path) -> Iterator[str]:
    group = grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name
    yield from ("daemon off;", f"user {USER} {group};", f"pid {private}/nginx.pid;", "error_log stderr error;")
    yield from ("worker_processes 1;", "events { worker_connections 1024; }", "http {")
    yield 'log_format zeus escape=json \'{"address":"$remote_addr","path":"$uri","status":$status}\';'
    yield from ("access_log /dev/stdout zeus;", "server_tokens off;", "sendfile on;", "tcp_nopush on;")
    yield from ("default_type application/octet-stream;", f"client_max_body_size {LARGEST};")
    yield from (f"{name}_temp_path {private}/{name};" for name in _TEMPORARY)
    own = site.reports
    plain = [own] if own and own.port == site.port and own.certificate is None else []
    yield from _server(f"{site.address}:{site.port}", private, plain, files=site.path)
    if own and not plain:
        yield from _server(f"{site.address}:{own.port}", private, [own], files=None)
    yield "}"


def _server(listen: str, private: Path, reports: list[Listener], *, files: str | None) -> Iterator[str]:
    secure = [own.certificate for own in reports if own.certificate is not None]
    yield from ("server {", f"listen {listen}{' ssl' if secure else ''};")
    for certificate in secure:
        yield from (f"ssl_certificate {certificate};", f"ssl_certificate_key {certificate};")
    for own in reports:
        yield f"location = {own.path} {{"
        yield from (f"proxy_pass http://unix:{private}/reports;", "proxy_set_header X-Real-IP $remote_addr;", "}")
    if files is None:
        yield "location / { return 404; }"
    else:
        yield f"location {files}/ {{ alias {private}/tree/; limit_except GET {{ deny all; }} }}"
    yield "}"
