"""What dpkg knows of a Debian tree: packages, versions, dependencies, and which package a file came from."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MERGED = ("/bin/", "/sbin/", "/lib/", "/lib64/")


@dataclass(frozen=True, slots=True)
class Deb:
    """One installed package; `depends` has each alternative's first installed name."""

    name: str
    version: str
    depends: Sequence[Sequence[str]]
    provides: Sequence[str]


@dataclass(frozen=True, slots=True)
class Debs:
    """All of a tree's packages and the owner of each path (paths as after the /usr merge)."""

    packages: Mapping[str, Deb]
    owners: Mapping[str, str]

    def closure(self, names: Iterable[str]) -> set[str]:
        """The packages and all that they depend on."""
        providers = {name: deb.name for deb in self.packages.values() for name in (*deb.provides, deb.name)}
        found: set[str] = set()
        todo = [providers[name] for name in names]
        while todo:
            name = todo.pop()
            if name not in found:
                found.add(name)
                for alternatives in self.packages[name].depends:
                    todo += [providers[other] for other in alternatives if other in providers][:1]
        return found

    def version(self, name: str) -> str:
        """The upstream version, in characters that rpm takes."""
        upstream = self.packages[name].version.split(":")[-1].rsplit("-", 1)[0]
        return re.sub(r"[^A-Za-z0-9.+~]", ".", upstream)


def read_debs(tree: Path) -> Debs:
    """Read the tree's dpkg database."""
    paragraphs = (tree / "var/lib/dpkg/status").read_text().split("\n\n")
    packages = {deb.name: deb for deb in map(parse_paragraph, filter(str.strip, paragraphs))}
    owners = {}
    for listing in (tree / "var/lib/dpkg/info").glob("*.list"):
        package = listing.stem.split(":")[0]
        owners.update({merged(line): package for line in listing.read_text().splitlines() if line != "/."})
    return Debs(packages, owners)


def parse_paragraph(text: str) -> Deb:
    """One paragraph of dpkg's status file."""
    fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", text, re.MULTILINE))
    depends = ", ".join(fields[key] for key in ("Pre-Depends", "Depends") if key in fields)
    return Deb(
        name=fields["Package"],
        version=fields["Version"],
        depends=[[bare(name) for name in group.split("|")] for group in depends.split(",") if group.strip()],
        provides=[bare(name) for name in fields.get("Provides", "").split(",") if name.strip()],
    )


def bare(relation: str) -> str:
    """`libc6:any (>= 2.36)` → libc6."""
    return re.split(r"[\s(:]", relation.strip(), maxsplit=1)[0]


def merged(path: str) -> str:
    """A path with its first component as after the /usr merge."""
    return f"/usr{path}" if path.startswith(MERGED) else path
