"""Headers on every response, refusals as pages."""

from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from tandem.ui.middleware import HEADERS, SecurityHeadersMiddleware

pytestmark = pytest.mark.urls("tandem.ui.tests.urls")

PAGES = [
    ("/composants/", 200),
    ("/favicon.ico", 200),
    ("/robots.txt", 200),
    ("/ailleurs/", 302),
    ("/absente/", 404),
    ("/nulle/part/", 404),
    ("/refus/409/", 409),
    ("/refus/429/", 429),
    ("/refus/503/", 503),
]


class TestEveryAnswer:
    @pytest.mark.parametrize(("path", "status"), PAGES)
    def test_carries_every_header(self, client: Client, path: str, status: int) -> None:
        """S-46 (3.4.1 to 3.4.6 of ASVS)."""
        response = client.get(path, secure=True)
        assert response.status_code == status
        for name, value in HEADERS.items():
            assert response.headers[name] == value
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "max-age=31536000" in response.headers["Strict-Transport-Security"]

    def test_carries_them_when_tandem_breaks(self, client: Client) -> None:
        client.raise_request_exception = False
        response = client.get("/panne/", secure=True)
        assert response.status_code == 500
        for name, value in HEADERS.items():
            assert response.headers[name] == value

    def test_carries_them_on_the_way_to_https(self, settings: Settings) -> None:
        settings.SECURE_SSL_REDIRECT = True
        response = Client().get("/composants/")
        assert response.status_code == 301
        assert set(HEADERS) <= set(response.headers)

    @pytest.mark.django_db
    def test_carries_them_on_static_files(self, settings: Settings, tmp_path: Path) -> None:
        (tmp_path / "tandem.css").write_text("body{}")
        settings.STATIC_ROOT = tmp_path
        response = Client().get("/static/tandem.css", secure=True)
        assert response.status_code == 200
        assert set(HEADERS) <= set(response.headers)
        assert "no-store" not in response.headers["Cache-Control"]
        assert b"".join(response) == b"body{}"
        response.close()

    def test_closes_the_device_but_for_the_passkey(self) -> None:
        policy = HEADERS["Permissions-Policy"]
        for name in ("camera", "geolocation", "microphone", "payment", "usb"):
            assert f"{name}=()" in policy
        assert "publickey-credentials-get=(self)" in policy


class TestCaches:
    @pytest.mark.django_db
    def test_keep_nothing_of_someone_who_has_a_session(self, client: Client) -> None:
        """S-43: even what a view declared cacheable."""
        client.cookies[site_settings.SESSION_COOKIE_NAME] = "x"
        for path in ("/composants/", "/cles/", "/ailleurs/", "/nulle/part/"):
            assert client.get(path, secure=True).headers["Cache-Control"] == "no-store"

    def test_keep_no_page_by_default(self, client: Client) -> None:
        """S-43: a page with a form is never kept."""
        assert client.get("/composants/", secure=True).headers["Cache-Control"] == "no-store"

    def test_may_keep_what_a_view_says_for_everyone(self, client: Client) -> None:
        assert client.get("/cles/", secure=True).headers["Cache-Control"] == "public, max-age=60"

    def test_never_lose_the_age_of_a_static_file_to_a_session(self, rf: RequestFactory) -> None:
        def static(_request: HttpRequest) -> HttpResponse:
            return HttpResponse(headers={"Cache-Control": "public, max-age=9, immutable"})

        request = rf.get("/static/ui/tandem.0a1b.css")
        request.COOKIES[site_settings.SESSION_COOKIE_NAME] = "x"
        response = SecurityHeadersMiddleware(static)(request)
        assert response.headers["Cache-Control"] == "public, max-age=9, immutable"


class TestARefusal:
    @pytest.mark.parametrize("status", [409, 429, 503])
    def test_is_a_calm_page_with_its_own_status(self, client: Client, status: int) -> None:
        response = client.get(f"/refus/{status}/", secure=True)
        html = response.content.decode()
        assert response.status_code == status
        assert "Attendez &lt;b&gt;un peu&lt;/b&gt;." in html
        assert "Que faire" in html

    @pytest.mark.parametrize("status", [429, 503])
    def test_says_when_to_come_back(self, client: Client, status: int) -> None:
        assert int(client.get(f"/refus/{status}/", secure=True).headers["Retry-After"]) > 0

    def test_is_not_a_way_to_hide_a_failure(self, client: Client) -> None:
        with pytest.raises(RuntimeError):
            client.get("/panne/", secure=True)
