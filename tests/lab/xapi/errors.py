"""The failures that a XenAPI caller sees: a code and its parameters, all strings."""

# Numbers of sm's drivers that xapi gives a code of their own; every other n is SR_BACKEND_FAILURE_<n>.
_NAMED_BACKEND_FAILURES = {16: "SR_DEVICE_IN_USE", 39: "SR_NOT_EMPTY"}


class XapiError(Exception):
    """A failure as it goes over the wire."""

    def __init__(self, code: str, *params: str) -> None:
        super().__init__(code, *params)
        self.code = code
        self.params = params

    @property
    def description(self) -> list[str]:
        """The `ErrorDescription` of the answer."""
        return [self.code, *self.params]


class BackendFailure(XapiError):  # noqa: N818 (named as XenAPI does)
    """A storage driver's failure, by its number in sm's table of errors (XE_SR_ERRORCODES.xml)."""

    def __init__(self, number: int, reason: str, output: str = "") -> None:
        if number in _NAMED_BACKEND_FAILURES:
            super().__init__(_NAMED_BACKEND_FAILURES[number])
        else:
            super().__init__(f"SR_BACKEND_FAILURE_{number}", "", reason, output)
        self.number = number
        self.reason = reason


class StartupRefused(Exception):  # noqa: N818 (not an error of the program)
    """The machine lacks what xapi needs to start; the text says what."""


def handle_invalid(cls: str, ref: str) -> XapiError:
    """No object of that class has that reference."""
    return XapiError("HANDLE_INVALID", cls, ref)
