"""`tandem check`: whom Tandem speaks to, broken here in every way."""

import http.server
import smtplib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.check import network
from config.check.findings import Finding, Level
from config.tests.certificates import certificate
from config.tests.probes import AT, is_quiet, said
from tandem.kernel import clock
from tandem.kernel.http import Answer, HttpClient

pytestmark = pytest.mark.loopback


class TestTheMailServer:
    def test_answers(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        settings.TANDEM_EMAIL_URL = "smtps://u:p@mail.example"
        opened: list[object] = []

        def remember(backend: object) -> None:
            opened.append(backend)

        monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", remember)

        assert is_quiet(network.email)
        assert len(opened) == 1

    @pytest.mark.parametrize(
        ("failure", "words"),
        [
            (smtplib.SMTPAuthenticationError(535, b"no"), "refuse l'identifiant"),
            (ConnectionRefusedError(), "ne répond pas (ConnectionRefusedError)"),
            (smtplib.SMTPServerDisconnected(), "ne répond pas"),
        ],
    )
    def test_that_does_not_is_said(
        self, monkeypatch: pytest.MonkeyPatch, settings: Any, failure: Exception, words: str
    ) -> None:
        def refuse(_self: object) -> None:
            raise failure

        settings.TANDEM_EMAIL_URL = "smtps://u:hush@mail.example"
        monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", refuse)

        told = said(network.email)

        assert words in told
        assert "hush" not in told

    def test_without_tls_is_said(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        settings.TANDEM_EMAIL_URL = "smtp://mail.example"
        monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", lambda _self: True)

        assert "sans TLS" in said(network.email, Level.WARNING)

    def test_that_is_a_folder_is_said(self, settings: Any) -> None:
        settings.TANDEM_EMAIL_URL = "file:/tmp/x"
        assert "personne ne les reçoit" in said(network.email, Level.WARNING)
        settings.TANDEM_EMAIL_URL = "pigeon://x"
        assert "pas une adresse connue" in said(network.email)


class Site:
    """A public address on the loopback, in TLS; answers as told."""

    def __init__(self, folder: Path, *, days: int) -> None:
        self.status, self.headers = 200, {"Strict-Transport-Security": "max-age=31536000"}
        self.paths: list[str] = []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.paths.append(self.path)
                self.send_response(site.status)
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args: object) -> None:
                pass

        self.pem = certificate(folder, "localhost", ends=clock.now() + timedelta(days=days))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.pem)
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def findings(self) -> list[Finding]:
        return list(network.site(clock.now()))


NewSite = Callable[[int], Site]


class TestThePublicAddress:
    @pytest.fixture
    def new_site(
        self, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[NewSite]:
        made: list[Site] = []

        def new(days: int) -> Site:
            made.append(Site(tmp_path, days=days))
            settings.TANDEM_SITE_URL = f"https://localhost:{made[-1].port}"
            trusted = ssl.create_default_context(cafile=str(made[-1].pem))
            monkeypatch.setattr(network, "tls", lambda: trusted)
            return made[-1]

        yield new
        for site in made:
            site.server.shutdown()
            site.server.server_close()

    def test_answers_through_its_proxy(self, new_site: NewSite) -> None:
        site = new_site(60)

        assert [item.level for item in site.findings()] == [Level.GOOD, Level.GOOD]
        assert site.paths == ["/sante"]

    @pytest.mark.parametrize(
        ("status", "headers", "words"),
        [
            (301, {"Location": "https://localhost/sante"}, "X-Forwarded-Proto"),
            (400, {}, "TANDEM_ALLOWED_HOSTS"),
            (503, {}, "/sante répond 503"),
            (200, {}, "Strict-Transport-Security"),
            (200, {"Strict-Transport-Security": "max-age=60"}, "Strict-Transport-Security"),
        ],
    )
    def test_whose_proxy_is_badly_set_is_said(
        self, new_site: NewSite, status: int, headers: dict[str, str], words: str
    ) -> None:
        site = new_site(60)
        site.status, site.headers = status, headers

        assert any(words in item.sentence for item in site.findings() if item.level is Level.ERROR)

    def test_whose_certificate_ends_soon_is_said(self, new_site: NewSite) -> None:
        assert any("finit dans" in item.sentence for item in new_site(5).findings())

    def test_whose_certificate_nobody_signed_is_said(
        self, new_site: NewSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        site = new_site(60)
        monkeypatch.setattr(network, "tls", ssl.create_default_context)

        assert [item.level for item in site.findings()] == [Level.ERROR]
        assert "pas valable" in site.findings()[0].sentence

    def test_where_nobody_answers_is_said(self, settings: Any) -> None:
        settings.TANDEM_SITE_URL = "https://localhost:1"
        assert "ne répond pas" in said(network.site)
        settings.TANDEM_SITE_URL = "http://localhost:1"
        assert "https" in said(network.site, Level.WARNING)


class TestFranceConnect:
    @pytest.mark.parametrize(
        ("status", "body", "late", "words"),
        [
            (200, b'{"issuer": "https://fc.example/api/v2"}', 0, ""),
            (200, b'{"issuer": "https://other.example"}', 0, "TANDEM_FC_ISSUER"),
            (200, b"[]", 0, "ne répond pas"),
            (200, b"oops", 0, "ne répond pas"),
            (500, b"{}", 0, "ne répond pas"),
            (200, b'{"issuer": "https://fc.example/api/v2"}', 60, "même heure"),
        ],
    )
    def test_is_the_one_we_name_and_tells_our_time(
        self, monkeypatch: pytest.MonkeyPatch, status: int, body: bytes, late: int, words: str
    ) -> None:
        """R-17, R-18."""
        date = (AT - timedelta(seconds=late)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        answer = Answer(status, {"date": date}, body)
        monkeypatch.setattr(HttpClient, "get", lambda _self, _url: answer)

        assert words in said(network.franceconnect)
        assert is_quiet(network.franceconnect) is (words == "")
