"""The first package repository as two lines of text: they are set one after the other, and wanted together. Pure."""

from dataclasses import dataclass
from typing import Final

from zeus_installer.answers.model import Answers, Repo

_ID: Final = "xapi"
_ANY: Final = "https://example.org/"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryTexts:
    """The addresses of the repository and of its key; empty is none."""

    baseurl: str = ""
    gpgkey: str = ""

    @classmethod
    def of(cls, answers: Answers) -> "RepositoryTexts":
        """Give those of the answers."""
        repo = next(iter(answers.packages.repos), None)
        return cls(baseurl=repo.baseurl, gpgkey=repo.gpgkey or "") if repo else cls()

    @property
    def is_half(self) -> bool:
        """Whether one is there without the other, as between two fields of a form."""
        return bool(self.baseurl) != bool(self.gpgkey)

    @property
    def whole(self) -> "RepositoryTexts":
        """Give one by which what is there can be judged: what is missing stands there as it might."""
        return RepositoryTexts(baseurl=self.baseurl or _ANY, gpgkey=self.gpgkey or _ANY)

    def repos(self, answers: Answers) -> list[dict[str, object]] | None:
        """Give `packages.repos` with this one in the first place, as the answers' data; None for no repository."""
        others = [_table(repo) for repo in answers.packages.repos[1:]]
        if self.is_half or not self.baseurl:
            return others or None
        first = _table(answers.packages.repos[0]) if answers.packages.repos else {"id": _ID}
        return [{**first, "baseurl": self.baseurl, "gpgkey": self.gpgkey}, *others]


def _table(repo: Repo) -> dict[str, object]:
    table = {"id": repo.id, "baseurl": repo.baseurl, "gpgkey": repo.gpgkey, "priority": repo.priority}
    return {key: value for key, value in table.items() if value is not None}
