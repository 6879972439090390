"""Which backend there is: dnf 4 first (Enterprise Linux), else libdnf5 (Fedora). Only the child process loads one."""

from collections.abc import Callable
from importlib.util import find_spec

from zeus_installer.packages.port import Backend, BackendName, Request
from zeus_installer.packages.problems import problem


def _open_dnf4(request: Request) -> Backend:
    from zeus_installer.packages.dnf4 import Dnf4

    return Dnf4(request)


def _open_libdnf5(request: Request) -> Backend:
    from zeus_installer.packages.libdnf5 import Libdnf5

    return Libdnf5(request)


# The probed module lies inside the package: PyPI has dummies that are called `dnf` and `libdnf5`.
_BACKENDS: dict[BackendName, tuple[str, Callable[[Request], Backend]]] = {
    BackendName.DNF4: ("dnf.base", _open_dnf4),
    BackendName.LIBDNF5: ("libdnf5.base", _open_libdnf5),
}


def available() -> tuple[BackendName, ...]:
    """Give the backends that this Python can load, the preferred one first."""
    return tuple(name for name, (module, _) in _BACKENDS.items() if _is_there(module))


def open_backend(request: Request) -> Backend:
    """Open the preferred backend for `request`; having none is a `ZeusError`."""
    names = available()
    if not names:
        raise problem("packages.no_backend", "Python finds neither dnf's nor libdnf5's bindings")
    return _BACKENDS[names[0]][1](request)


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
