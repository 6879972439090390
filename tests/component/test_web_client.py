"""Asking real web servers: what is trusted, what is taken, what is tried again, and what is said when it goes wrong."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.component.web_server import Answer, make_certificate, site
from zeus_installer.system.errors import ZeusError
from zeus_installer.web.client import Patience, Place, fetch, post, shown

ONCE = Patience(seconds=0)
SOON = Patience(seconds=20, pause=0.01)
SERVER = "look at the server, and at the network of this machine"
PIN = "give it a certificate of an authority that this system trusts, or pin its own by its SHA-256 fingerprint"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A server's certificate, which the system does not trust."""
    file = tmp_path / "server.pem"
    make_certificate(file)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    return file


def trusted(monkeypatch: pytest.MonkeyPatch, certificate: Path) -> None:
    """Make the system trust it: OpenSSL's own variable names its authorities."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".crt")))


def fails(url: str, fingerprint: str | None = None, *, patience: Patience = ONCE, limit: int = 1000) -> ZeusError:
    with pytest.raises(ZeusError) as caught:
        fetch(Place(url, fingerprint), patience=patience, limit=limit)
    return caught.value


def said(error: ZeusError) -> tuple[str, str, str]:
    return error.code, error.message, error.hint


# What is trusted


def test_what_is_there_comes_as_it_is() -> None:
    with site(Answer(body=b"\x00answers\xff")) as there:
        assert fetch(Place(f"{there.url}/a?b=c"), patience=ONCE) == b"\x00answers\xff"
    (request,) = there.asked
    assert (request.method, request.path) == ("GET", "/a?b=c")
    assert request.headers["user-agent"].startswith("zeus-installer/")


def test_a_certificate_that_the_system_trusts(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted(monkeypatch, certificate)
    with site(Answer(body=b"answers"), certificate=certificate) as there:
        assert fetch(Place(there.url), patience=ONCE) == b"answers"


def test_a_certificate_that_nobody_trusts(certificate: Path) -> None:
    with site(certificate=certificate) as there:
        code, message, hint = said(fails(there.url, patience=SOON))
    assert (code, hint, there.asked) == ("web.certificate", PIN, [])
    assert message == f"{there.url}: its certificate is not trusted: self-signed certificate"


@pytest.mark.parametrize(("name", "host"), [("DNS:other.lan", "localhost"), ("IP:192.0.2.1", "127.0.0.1")])
def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, host: str) -> None:
    certificate = tmp_path / "other.pem"
    make_certificate(certificate, name)
    trusted(monkeypatch, certificate)
    with site(certificate=certificate, host=host) as there:
        error = fails(there.url, patience=SOON)
    assert said(error) == ("web.certificate", f"{there.url}: its certificate is for another name than {host}", PIN)
    assert there.asked == []


@pytest.mark.parametrize("form", ["with colons", "plain"])
def test_a_pinned_certificate_needs_neither_name_nor_authority(tmp_path: Path, form: str) -> None:
    fingerprint = make_certificate(tmp_path / "c.pem", "DNS:other.lan")
    if form == "plain":
        fingerprint = fingerprint.replace(":", "").lower()
    with site(Answer(body=b"answers"), certificate=tmp_path / "c.pem") as there:
        assert fetch(Place(there.url, fingerprint), patience=ONCE) == b"answers"


def test_another_certificate_than_the_pinned_one(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken even when the system trusts it, and nothing is sent to it."""
    trusted(monkeypatch, certificate)
    pinned = make_certificate(tmp_path / "old.pem")
    seen = make_certificate(certificate)
    with site(certificate=certificate) as there, pytest.raises(ZeusError) as caught:
        post(Place(there.url, pinned), b"secret", content_type="text/plain", patience=SOON)
    assert said(caught.value) == (
        "web.fingerprint",
        f"{there.url}: its certificate has the fingerprint {seen}, wants {pinned}",
        "pin the new certificate if it was exchanged; else somebody stands between",
    )
    assert there.asked == []


def test_a_fingerprint_that_is_none() -> None:
    assert said(fails("https://127.0.0.1/", "AB:CD")) == (
        "web.fingerprint",
        "AB:CD is no SHA-256 fingerprint of a certificate",
        "openssl x509 -in CERTIFICATE -noout -fingerprint -sha256 prints it",
    )


def test_a_fingerprint_without_tls() -> None:
    assert said(fails("http://127.0.0.1/", "0" * 64)) == (
        "web.fingerprint",
        "http://127.0.0.1/: a fingerprint is given, and http has no certificate",
        "use https, or leave the fingerprint out",
    )


def test_a_server_that_does_not_speak_tls() -> None:
    with site() as there:
        url = there.url.replace("http:", "https:")
        assert said(fails(url)) == ("web.tls", f"{url}: it does not speak TLS as we do", SERVER)


# Redirects


def test_redirects_are_followed(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted(monkeypatch, certificate)
    moved = [Answer(status=status, headers={"Location": f"/{status}"}) for status in (301, 302, 303, 307, 308)]
    with site(*moved, Answer(body=b"answers"), certificate=certificate) as there:
        assert fetch(Place(f"{there.url}/a"), patience=ONCE) == b"answers"
    assert [request.path for request in there.asked] == ["/a", "/301", "/302", "/303", "/307", "/308"]


def test_nobody_is_sent_from_tls_to_where_others_listen(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted(monkeypatch, certificate)
    with (
        site() as plain,
        site(Answer(status=302, headers={"Location": f"{plain.url}/x"}), certificate=certificate) as there,
    ):
        assert said(fails(there.url, patience=SOON)) == (
            "web.redirect",
            f"{there.url}: the server sends us on to {plain.url}/x, without TLS",
            "let it send us to an https address",
        )
    assert plain.asked == []


def test_a_redirect_to_another_server_must_be_pinned_too(tmp_path: Path) -> None:
    pinned = make_certificate(tmp_path / "a.pem")
    other = make_certificate(tmp_path / "b.pem")
    with (
        site(certificate=tmp_path / "b.pem") as elsewhere,
        site(Answer(status=302, headers={"Location": elsewhere.url}), certificate=tmp_path / "a.pem") as there,
    ):
        error = fails(there.url, pinned)
    assert error.message == f"{elsewhere.url}: its certificate has the fingerprint {other}, wants {pinned}"


@pytest.mark.parametrize("target", ["ftp://a/", "https://", "file:///etc/passwd", "http://a b/"])
def test_a_redirect_that_leads_nowhere(target: str) -> None:
    with site(Answer(status=302, headers={"Location": target})) as there:
        error = fails(there.url)
    assert error.code == "web.redirect"
    assert error.message == f"{there.url}: the server sends us on to {target}, which is no web address"


def test_redirects_without_an_end() -> None:
    with site(Answer(status=302, headers={"Location": "/"})) as there:
        assert said(fails(f"{there.url}/")) == (
            "web.redirect",
            f"{there.url}/: the server sends us on and on",
            "look at the server",
        )
    assert len(there.asked) == 6


def test_a_post_is_sent_on_only_as_a_post() -> None:
    with site(Answer(status=307, headers={"Location": "/b"}), Answer(body=b"got it")) as there:
        assert post(Place(there.url), b"{}", content_type="application/json", patience=ONCE) == b"got it"
    assert [(one.method, one.path, one.body) for one in there.asked] == [("POST", "/", b"{}"), ("POST", "/b", b"{}")]
    assert there.asked[1].headers["content-type"] == "application/json"
    with site(Answer(status=302, headers={"Location": "/b"})) as there, pytest.raises(ZeusError) as caught:
        post(Place(f"{there.url}/"), b"{}", content_type="application/json", patience=ONCE)
    assert caught.value.message == f"{there.url}/: the server says 302 Found"


# Users and passwords


def test_user_and_password_are_sent_and_never_shown() -> None:
    with site(Answer(status=403)) as there:
        url = there.url.replace("://", "://me:s%40cret@") + "/a?token=s%40cret"
        error = fails(url)
    assert there.asked[0].headers["authorization"] == "Basic bWU6c0BjcmV0"
    assert (there.asked[0].path, there.asked[0].headers["host"]) == ("/a?token=s%40cret", there.url[7:])
    assert said(error) == (
        "web.status",
        f"{there.url}/a?…: the server says 403 Forbidden",
        "look at the user and the password in the address, and at what the server allows",
    )
    assert "cret" not in repr(Place(url))


def test_a_password_does_not_go_to_another_server() -> None:
    with site() as elsewhere, site(Answer(status=302, headers={"Location": elsewhere.url})) as there:
        fetch(Place(there.url.replace("://", "://me:secret@")), patience=ONCE)
    assert "authorization" not in elsewhere.asked[0].headers


# How much


@pytest.mark.parametrize("length", [None, 11])
def test_more_than_is_wanted(length: int | None) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n"
    with site(Answer(raw=chunked) if length is None else Answer(body=b"0" * length)) as there:
        assert said(fails(there.url, limit=10, patience=SOON)) == (
            "web.too_big",
            f"{there.url}: the answer has more than 10 bytes",
            "is it the right address?",
        )


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    with site(Answer(body=b"ans", length=7), Answer(body=b"answers")) as there:
        assert fetch(Place(there.url), patience=SOON) == b"answers"
    with site(Answer(body=b"ans", length=7)) as there:
        assert said(fails(there.url)) == ("web.broken", f"{there.url}: the answer broke off", SERVER)


# What passes by itself


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_server_that_needs_time(status: int) -> None:
    with site(Answer(status=status), Answer(status=status, headers={"Retry-After": "0"}), Answer(body=b"a")) as there:
        assert fetch(Place(there.url), patience=SOON) == b"a"
    assert len(there.asked) == 3


@pytest.mark.parametrize("status", [204, 400, 401, 404, 410, 501])
def test_what_does_not_pass_is_asked_once(status: int) -> None:
    with site(Answer(status=status)) as there:
        if status == 204:
            assert fetch(Place(there.url), patience=SOON) == b""
        else:
            assert f"{there.url}: the server says {status} " in fails(there.url, patience=SOON).message
    assert len(there.asked) == 1


def test_patience_has_an_end() -> None:
    with site(Answer(status=503, headers={"Retry-After": "3600"})) as there:
        assert fails(there.url, patience=SOON).message == f"{there.url}: the server says 503 Service Unavailable"
    assert len(there.asked) == 1


def test_nobody_listens() -> None:
    with site() as there:
        pass
    assert said(fails(there.url)) == ("web.refused", f"{there.url}: connection refused", SERVER)


def test_a_server_that_comes_late(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted(monkeypatch, certificate)
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        outcome: list[bytes] = []
        asking = threading.Thread(
            target=lambda: outcome.append(fetch(Place(f"http://127.0.0.1:{port}"), patience=SOON)), daemon=True
        )
        asking.start()
        reserved.settimeout(60)
        reserved.listen()
        connection, _ = reserved.accept()
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na")
        connection.close()
        asking.join()
    assert outcome == [b"a"]


def test_a_name_that_nobody_knows() -> None:
    assert said(fails("https://nowhere.invalid/a")) == (
        "web.name",
        "https://nowhere.invalid/a: the name nowhere.invalid is not known",
        "look at the name, and at the name servers",
    )


@contextmanager
def silent() -> Iterator[str]:
    """A server that takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_server_that_says_nothing() -> None:
    with silent() as url:
        error = fails(url, patience=Patience(seconds=0, silence=0.2))
    assert said(error) == ("web.timeout", f"{url}: the server does not answer in time", SERVER)


def test_a_server_that_never_comes_to_an_end() -> None:
    """A byte now and then does not keep a try alive."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                try:
                    while True:
                        connection.sendall(b"x")
                        time.sleep(0.05)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        error = fails(url, patience=Patience(seconds=0, transfer=0.5))
    assert said(error) == ("web.timeout", f"{url}: the server does not answer in time", SERVER)


def test_what_is_no_http() -> None:
    with site(Answer(raw=b"SSH-2.0-OpenSSH_9.2\r\n")) as there:
        assert said(fails(there.url)) == (
            "web.no_http",
            f"{there.url}: the answer is not HTTP",
            "is it the right address?",
        )


@pytest.mark.parametrize(
    "url", ["ftp://a/", "https://", "http://a:x/", "/a", "http://a/ b", "http://a/\n", "http://ä/"]
)
def test_what_is_no_address(url: str) -> None:
    assert said(fails(url)) == ("web.address", f"{shown(url)} is no web address", "write https://HOST/PATH")


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with site() as proxy, site(Answer(body=b"a")) as there:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert fetch(Place(there.url), patience=ONCE) == b"a"
    assert proxy.asked == []
    assert os.environ["http_proxy"] == proxy.url
