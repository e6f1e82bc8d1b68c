"""Pages of error: what happened, what to do, and nothing of the inside."""

import errno
import re

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import Client, RequestFactory

from tandem.ui import views
from tandem.ui.errors import WORDS, error_page

pytestmark = pytest.mark.urls("tandem.ui.tests.urls")


class TestAnErrorPage:
    @pytest.mark.parametrize("status", sorted(WORDS))
    def test_needs_no_database(self, status: int) -> None:
        """The database is closed to this test: the pages of 500 and 503 stand without it."""
        response = error_page(None, status=status)
        html = response.content.decode()
        assert response.status_code == status
        assert str(WORDS[status].title) in html
        assert "Que faire" in html
        assert 'lang="fr"' in html
        assert "<main" in html

    @pytest.mark.parametrize("status", sorted(WORDS))
    def test_speaks_in_short_sentences_and_blames_nobody(self, status: int) -> None:
        """A-09, A-13: 25 words at most."""
        words = WORDS[status]
        for text in (str(words.title), str(words.happened), str(words.advice)):
            for sentence in re.split(r"[.:!?]", text):
                assert len(sentence.split()) <= 25
            assert not re.search(r"\b(erreur|invalide|échec|incorrect)\b", text, re.IGNORECASE)

    def test_of_an_unknown_status_uses_the_words_of_its_family(self) -> None:
        assert str(WORDS[400].title) in error_page(None, status=418).content.decode()
        assert str(WORDS[500].title) in error_page(None, status=507).content.decode()

    def test_always_leads_somewhere(self) -> None:
        assert 'href="/"' in error_page(None, status=404).content.decode()


class TestTheHandlers:
    def test_show_nothing_of_the_inside(self, rf: RequestFactory) -> None:
        inside = RuntimeError("secret of the inside")
        answers = [
            views.bad_request(rf.get("/"), exception=inside),
            views.forbidden(rf.get("/"), exception=inside),
            views.not_found(rf.get("/"), exception=inside),
            views.server_error(rf.get("/")),
            views.csrf_failure(rf.get("/"), reason="secret of the inside"),
        ]
        assert [a.status_code for a in answers] == [400, 403, 404, 500, 403]
        assert not any(b"secret" in a.content for a in answers)

    @pytest.mark.parametrize(
        ("failure", "status"),
        [
            (OperationalError("connection refused"), 503),
            (InterfaceError("connection already closed"), 503),
            (OSError(errno.ENOSPC, "no space left"), 503),
            (OSError(errno.EACCES, "denied"), 500),
            (IntegrityError("duplicate"), 500),
            (RuntimeError("surprise"), 500),
        ],
    )
    def test_say_that_the_database_or_the_disk_is_away(
        self, rf: RequestFactory, failure: Exception, status: int
    ) -> None:
        """R-06, R-07, R-08: what may come back is said so, with when to try again; a defect stays one."""
        try:
            raise failure
        except type(failure):
            answer = views.server_error(rf.get("/"))
        assert answer.status_code == status
        assert ("Retry-After" in answer.headers) is (status == 503)
        assert ("n’arrive plus à lire ou à écrire" in answer.content.decode()) is (status == 503)

    def test_are_those_of_the_site(self, client: Client) -> None:
        assert "Cette page n’existe pas" in client.get("/absente/", secure=True).content.decode()

    def test_of_a_form_without_protection_says_to_reload(self) -> None:
        client = Client(enforce_csrf_checks=True)
        response = client.post("/guichet/", secure=True)
        assert response.status_code == 403
        assert "Ce formulaire est resté ouvert trop longtemps" in response.content.decode()


class TestTheFrame:
    def test_shows_the_structure_and_five_ways_at_most(self, client: Client) -> None:
        html = client.get("/guichet/", secure=True).content.decode()
        header = re.search(r"<header.*?</header>", html, re.DOTALL).group(0)  # type: ignore[union-attr]  # found or the test fails
        assert "CCAS de Bagneux" in header
        assert re.search(r'href="/structures/switch/">\s*Changer', header)
        nav = re.search(r"<nav.*?</nav>", header, re.DOTALL).group(0)  # type: ignore[union-attr]  # found or the test fails
        assert 3 <= nav.count("<li>") <= 5

    def test_has_a_way_to_the_content_and_one_main(self, client: Client) -> None:
        """RGAA 12.7, 9.2."""
        html = client.get("/guichet/", secure=True).content.decode()
        assert '<a class="skip" href="#contenu">' in html
        assert html.count("<main") == 1
        assert html.count("<h1") == 1

    def test_says_that_a_person_is_present(self, client: Client) -> None:
        assert "data-person-present" not in client.get("/guichet/", secure=True).content.decode()
        html = client.get("/guichet/?present", secure=True).content.decode()
        assert "data-person-present" in html
        assert 'value="0" aria-pressed="true"' in html

    def test_of_the_public_knows_nobody(self, client: Client) -> None:
        html = client.get("/composants/", secure=True).content.decode()
        assert "data-idle-seconds" not in html
        assert "session.js" not in html

    def test_keeps_search_engines_out_of_private_pages(self, client: Client) -> None:
        lines = client.get("/robots.txt", secure=True).content.decode().splitlines()
        assert "Disallow: /personnes/" in lines

    def test_has_an_icon_at_the_root(self, client: Client) -> None:
        response = client.get("/favicon.ico", secure=True)
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert response.content.startswith(b"<svg")
