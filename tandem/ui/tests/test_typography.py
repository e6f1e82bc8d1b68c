"""French spaces do not break a line, and nothing else moves."""

from django.http import HttpResponse
from django.test import RequestFactory

from tandem.ui.typography import FrenchSpacesMiddleware, french_spaces

NBSP = "\N{NO-BREAK SPACE}"


class TestFrenchSpaces:
    def test_hold_the_sign_and_its_word_together(self) -> None:
        assert french_spaces("<p>Où aller ?</p>") == f"<p>Où aller{NBSP}?</p>"
        assert french_spaces("<p>« Signer » : oui ; non !</p>") == (
            f"<p>«{NBSP}Signer{NBSP}»{NBSP}: oui{NBSP}; non{NBSP}!</p>"
        )

    def test_hold_across_a_tag(self) -> None:
        assert french_spaces("<b>Nom</b> : Rose") == f"<b>Nom</b>{NBSP}: Rose"

    def test_leave_attributes_and_what_was_typed(self) -> None:
        page = (
            '<input value="a : b"><textarea name="t">dit : « oui »</textarea><a title="x ?">y</a>'
        )
        assert french_spaces(page) == page

    def test_leave_addresses_hours_and_indentation(self) -> None:
        page = "<p>http://x.example :80 14:05\n  : suite</p>"
        assert french_spaces(page) == page


class TestTheMiddleware:
    def test_touches_pages_alone(self) -> None:
        def answer(kind: str) -> HttpResponse:
            return FrenchSpacesMiddleware(
                lambda _request: HttpResponse("Quoi ?", content_type=kind)
            )(RequestFactory().get("/"))

        assert answer("text/html; charset=utf-8").content.decode() == f"Quoi{NBSP}?"
        assert answer("application/json").content == b"Quoi ?"

    def test_says_the_length_of_what_leaves(self) -> None:
        """Counted before the spaces, it would cut the end of the page."""

        def answer(page: str) -> HttpResponse:
            counted = HttpResponse(page, headers={"Content-Length": str(len(page.encode()))})
            return FrenchSpacesMiddleware(lambda _request: counted)(RequestFactory().get("/"))

        for page in ("Quoi ? Où ? Quand ?", "Rien."):
            response = answer(page)
            assert response.headers["Content-Length"] == str(len(response.content))
