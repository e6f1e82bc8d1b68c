"""The little web server of the stand-ins."""

from pathlib import Path

import httpx
import pytest

from simulateurs import web
from simulateurs.web import Markup, Request, Response, Router, fill, join, start

pytestmark = pytest.mark.loopback


class TestFill:
    def test_escapes_what_it_is_given(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(web, "PAGES", tmp_path)
        (tmp_path / "p.html").write_text("<p title='$a'>$b</p>")

        made = fill("p.html", a="'><script>", b=join([Markup("<b>"), Markup("</b>")]))

        assert made == "<p title='&#x27;&gt;&lt;script&gt;'><b></b></p>"

    def test_refuses_a_value_that_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(web, "PAGES", tmp_path)
        (tmp_path / "p.html").write_text("$a")

        with pytest.raises(KeyError):
            fill("p.html")


class TestServer:
    def test_answers_by_method_and_path(self) -> None:
        router = Router(
            [
                (
                    "POST",
                    "/{one}/x",
                    lambda request, one: Response(f"{one} {request.value('b')}".encode()),
                )
            ]
        )

        with start(router, port=0) as running:
            url = f"http://127.0.0.1:{running.port}"
            posted = httpx.post(f"{url}/rose/x?b=query", data={"b": "form"})
            answers = [
                httpx.get(f"{url}/rose/x"),
                httpx.get(f"{url}/none"),
                httpx.get(f"{url}/a.b/x"),
            ]
            large = httpx.post(f"{url}/rose/x", content=b"x" * 100_001)
            style = httpx.get(f"{url}/simulateur.css")

        assert (posted.status_code, posted.text) == (200, "rose form")
        assert [answer.status_code for answer in answers] == [405, 404, 404]
        assert large.status_code == 413
        assert style.headers["content-type"].startswith("text/css")
        assert posted.headers["cache-control"] == "no-store"
        assert posted.headers["x-frame-options"] == "DENY"

    def test_writes_no_address_in_its_log(self, capfd: pytest.CaptureFixture[str]) -> None:
        """Addresses hold codes and tokens."""
        with start(Router([]), port=0) as running:
            httpx.get(f"http://127.0.0.1:{running.port}/retour?code=secret-code")

        assert "secret-code" not in "".join(capfd.readouterr())

    def test_keeps_repeated_parameters_and_ignores_broken_cookies(self) -> None:
        seen: list[Request] = []

        def app(request: Request) -> Response:
            seen.append(request)
            return Response()

        with start(app, port=0) as running:
            url = f"http://127.0.0.1:{running.port}/?a=1&a=2&b="
            httpx.get(url, headers={"Cookie": "a=1; b=2"})
            httpx.get(url, headers={"Cookie": "a[]=1; =\x01"})

        assert seen[0].query == [("a", "1"), ("a", "2"), ("b", "")]
        assert seen[0].cookies == {"a": "1", "b": "2"}
        assert isinstance(seen[1].cookies, dict)


class TestPages:
    def test_all_say_that_nothing_is_real(self) -> None:
        for layout in ("franceconnect", "administration", "console"):
            made = fill(f"{layout}/page.html", title="T", content=Markup("<p></p>"))
            assert "Simulateur — aucune donnée réelle" in made
            assert "<script" not in made
            assert '<html lang="fr">' in made
