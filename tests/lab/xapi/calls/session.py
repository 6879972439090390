"""session: log in and out."""

import time
from datetime import UTC, datetime

from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.xapi import Call, Handlers, Xapi


def now() -> str:
    """The time as XenAPI writes it."""
    return datetime.now(UTC).strftime("%Y%m%dT%H:%M:%SZ")


def login_with_password(xapi: Xapi, call: Call) -> str:
    """Over the unix socket any password will do: only root can open it (xen-api's xapi_session.ml)."""
    if not call.local and not xapi.authenticator.accepts(call["uname"], call["pwd"]):
        time.sleep(xapi.bad_password_delay)
        raise XapiError("SESSION_AUTHENTICATION_FAILED", call["uname"], "Authentication failure")
    return _new_session(xapi, call)


def slave_local_login_with_password(xapi: Xapi, call: Call) -> str:
    """The login that also works while the host is booting."""
    return login_with_password(xapi, call)


def _new_session(xapi: Xapi, call: Call) -> str:
    fields = {
        "this_host": xapi.host,
        "last_active": now(),
        "validation_time": now(),
        "is_local_superuser": True,
        "auth_user_name": call["uname"],
        "originator": call.get("originator", ""),
    }
    return xapi.db.create("session", fields)


def logout(xapi: Xapi, call: Call) -> None:
    xapi.db.delete("session", call.session)


MESSAGES: Handlers = {
    "session.login_with_password": login_with_password,
    "session.slave_local_login_with_password": slave_local_login_with_password,
    "session.logout": logout,
    "session.local_logout": logout,
}
