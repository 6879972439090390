"""What the network is tested up to."""

from collections.abc import Sequence
from io import StringIO

import pytest

from tests.component.test_cli import machine
from zeus_installer.system.codec import encode
from zeus_installer.worker import network
from zeus_installer.worker.channel import Channel

REPO = {"id": "xapi", "baseurl": "https://packages.example.org/", "gpgkey": "https://packages.example.org/key"}


@pytest.mark.parametrize(("more", "asked"), [({}, [REPO["baseurl"]]), ({"offline": "/run/install/repo/zeus"}, [])])
def test_an_offline_set_needs_no_repository(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, str], asked: Sequence[str]
) -> None:
    tested: list[Sequence[str]] = []

    def note(*_: object, repositories: Sequence[str], **__: object) -> tuple[()]:
        tested.append(repositories)
        return ()

    monkeypatch.setattr(network, "test_network", note)
    answers = {"version": 1, "packages": {"repos": [REPO], **more}}
    network.try_network({"answers": answers, "machine": encode(machine())}, Channel(StringIO()))
    assert tested == [asked]
