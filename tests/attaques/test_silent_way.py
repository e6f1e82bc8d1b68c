"""The way of an identity leaves no token and no name behind it (S-43, S-44)."""

import io
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import pytest

from conftest import StrictClient
from tandem.comptes.tests.factories import totp_code
from tandem.envois.actions import send_due
from tandem.kernel import clock as door
from tandem.oidc_provider.tests.story import REDIRECT, SECRET, Story
from tests.attaques.listening import heard, told, whole_table


@pytest.fixture
def console() -> Iterator[io.StringIO]:
    """What the process writes during the test."""
    with heard() as written:
        yield written


class Watched(StrictClient):
    """A browser, and what was asked through it: addresses, then answers."""

    asked: list[str] = []
    answers: list[Any] = []

    def request(self, **request: Any) -> Any:
        """As it is sent."""
        path = str(request["PATH_INFO"])
        self.asked.append(f"{path}?{unquote_plus(request.get('QUERY_STRING', ''))}")
        response = super().request(**request)
        self.answers.append(response)
        return response


@pytest.fixture
def watched(db: None, clock: Any) -> Story:
    """The story, in browsers that remember."""
    Watched.asked, Watched.answers = [], []
    return Story(client_class=Watched)


def walk(story: Story) -> dict[str, str]:
    """The whole way, errors included; every secret that was made or sent, by its name."""
    code_typed = totp_code(story.compte, door.now())
    story.walk()
    tokens = story.exchange().json()
    assert story.userinfo(tokens["access_token"]).status_code == 200
    # A replay, a wrong secret, an unknown token: refusals are told too.
    assert story.exchange().status_code == 400
    assert story.exchange(client_secret="wrong-" + SECRET).status_code == 401
    assert story.userinfo(tokens["access_token"]).status_code == 401
    cookies = {name: cookie.value for name, cookie in story.browser.cookies.items()}
    send_due(at=door.now(), worker="w")
    return {
        "code": story.code,
        "access token": tokens["access_token"],
        "id token": tokens["id_token"],
        "secret": SECRET,
        "typed": f"={code_typed}",
        "given names": story.rose.given_names,
        "family name": story.rose.family_name,
        "email": story.rose.email,
        **cookies,
    }


def to_the_party(response: Any) -> bool:
    """The one answer whose address holds a code, since the protocol says so: ours to the relying party."""
    return str(response.get("Location", "")).startswith(REDIRECT)


class TestTheWayOfAnIdentity:
    def test_leaves_no_token_and_no_name_behind(self, watched: Story, console: io.StringIO) -> None:
        """S-44: neither in what was asked, nor where browsers were sent, nor on the console, nor in the journal."""
        secrets = walk(watched)

        assert all(len(value) >= 6 for value in secrets.values())
        asked = "\n".join(Watched.asked)
        assert [name for name, value in secrets.items() if value in asked] == []
        sent = [r for r in Watched.answers if not to_the_party(r)]
        assert len(sent) == len(Watched.answers) - 1
        held = {v for n, v in secrets.items() if n not in watched.browser.cookies}
        assert [told(one, tuple(held)) for one in sent if told(one, tuple(held))] == []
        assert [name for name, value in secrets.items() if value in console.getvalue()] == []
        assert [
            name for name, value in secrets.items() if value in whole_table("journal_entry")
        ] == []

    def test_is_kept_by_no_cache(self, watched: Story) -> None:
        """S-43: every answer of it, the protocol's included."""
        walk(watched)

        kept = [r for r in Watched.answers if "no-store" not in r.get("Cache-Control", "")]
        public = {"/oidc/jwks", "/.well-known/openid-configuration"}
        assert [r.request["PATH_INFO"] for r in kept if r.request["PATH_INFO"] not in public] == []

    def test_gives_the_code_to_the_party_alone(self, watched: Story) -> None:
        walk(watched)

        [answer] = [r for r in Watched.answers if watched.code in r.get("Location", "")]
        assert urlsplit(answer["Location"]).netloc == urlsplit(REDIRECT).netloc
        assert not answer.content

    def test_that_would_speak_is_heard(self, watched: Story, console: io.StringIO) -> None:
        """A-23: one line too many."""
        secrets = walk(watched)
        logging.getLogger("tandem.oidc_provider").warning("exchanged %s", watched.code)

        assert [n for n, value in secrets.items() if value in console.getvalue()] == ["code"]
