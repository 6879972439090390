"""Asking the repositories before Anaconda writes anything: real servers, one of which wants to know who asks."""

import base64
import http.server
import threading
from collections.abc import Iterator

import pytest

from zeus_installer.addon.repositories import check_reachable
from zeus_installer.answers.model import Answers, Packages, Repo
from zeus_installer.checks.model import Finding
from zeus_installer.machine.model import Os
from zeus_installer.sources.loader import load

LOGIN = "Basic " + base64.b64encode(b"ada:gehe@im").decode()


class Asking(http.server.BaseHTTPRequestHandler):
    """Serves everything to whoever gives the login, and logs nothing."""

    def do_GET(self) -> None:
        self.send_response(200 if self.headers.get("Authorization") == LOGIN else 401)
        self.end_headers()
        self.wfile.write(b"content")

    def log_message(self, *_words: object) -> None:  # type: ignore[override]
        pass


@pytest.fixture
def place() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Asking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def ask(url: str) -> Finding:
    answers = Answers(packages=Packages(repos=(Repo(id="xapi", baseurl=url, gpgkey=f"{url}/key"),)))
    return check_reachable(answers, load("xapi"), Os(id="fedora"))


def test_the_user_and_the_password_of_an_address_are_given_to_the_server(place: str) -> None:
    assert ask(f"http://ada:gehe%40im@{place}").seen == "xapi: can be reached"


def test_a_password_is_not_shown_where_it_was_wrong(place: str) -> None:
    seen = ask(f"http://ada:falsch@{place}").seen
    hidden = f"http://ada:********@{place}"
    assert seen == (f"xapi: {hidden}/repodata/repomd.xml: the server says 401; xapi: {hidden}/key: the server says 401")


def test_nobody_there() -> None:
    assert "connection refused" in ask("http://127.0.0.1:9").seen
