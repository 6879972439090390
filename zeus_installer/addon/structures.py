"""What the service tells its spokes, in D-Bus structures."""

from dasbus.structure import DBusData
from dasbus.typing import Str

from zeus_installer.addon.choices import Choice
from zeus_installer.checks.model import Finding


class FindingData(DBusData):
    """A finding of the checks."""

    def __init__(self) -> None:
        self._id = self._verdict = self._seen = self._remedy = ""

    @property
    def id(self) -> Str:
        """Its stable name."""
        return self._id

    @id.setter
    def id(self, value: Str) -> None:
        self._id = value

    @property
    def verdict(self) -> Str:
        """One of pass, warning, fail and unknown."""
        return self._verdict

    @verdict.setter
    def verdict(self, value: Str) -> None:
        self._verdict = value

    @property
    def seen(self) -> Str:
        """What was seen; may have several lines."""
        return self._seen

    @seen.setter
    def seen(self, value: Str) -> None:
        self._seen = value

    @property
    def remedy(self) -> Str:
        """What to do about it."""
        return self._remedy

    @remedy.setter
    def remedy(self, value: Str) -> None:
        self._remedy = value

    @classmethod
    def of(cls, finding: Finding) -> "FindingData":
        """Make it from a finding."""
        data = cls()
        data.id, data.verdict, data.seen, data.remedy = finding.id, finding.verdict, finding.seen, finding.remedy
        return data


class ChoiceData(DBusData):
    """A disk or a NIC that can be picked, or that cannot and why."""

    def __init__(self) -> None:
        self._value = self._title = self._reason = ""

    @property
    def value(self) -> Str:
        """What the property that picks it is set to."""
        return self._value

    @value.setter
    def value(self, value: Str) -> None:
        self._value = value

    @property
    def title(self) -> Str:
        """What it is, for people."""
        return self._title

    @title.setter
    def title(self, value: Str) -> None:
        self._title = value

    @property
    def reason(self) -> Str:
        """Why it cannot be picked; empty when it can."""
        return self._reason

    @reason.setter
    def reason(self, value: Str) -> None:
        self._reason = value

    @classmethod
    def of(cls, choice: Choice) -> "ChoiceData":
        """Make it from a choice."""
        data = cls()
        data.value, data.title, data.reason = choice.value, choice.title, choice.reason
        return data
