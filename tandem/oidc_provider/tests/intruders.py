"""Others who would go on with the connexion that Alice took."""

from collections.abc import Callable
from typing import Any

from tandem.comptes.tests.factories import login
from tandem.oidc_provider.tests.story import Story, make_aidant, make_structure

Intruder = Callable[[Story], Any]


def another_browser(story: Story) -> Any:
    """Alice herself, elsewhere: she has not the cookie of the browser that arrived."""
    return login(story.client_class(), story.compte)


def another_session(story: Story) -> Any:
    """The same browser and the same Alice, logged in anew."""
    return login(with_cookie(story), story.compte)


def a_colleague(story: Story) -> Any:
    return login(with_cookie(story), make_aidant(story.structure, "Bob").compte)


def an_aidant_elsewhere(story: Story) -> Any:
    elsewhere = make_structure("Mairie de Redon", "21350236200014")
    return login(with_cookie(story), make_aidant(elsewhere, "Charlie").compte)


def with_cookie(story: Story) -> Any:
    """A browser that holds the cookie of the one that arrived."""
    browser = story.client_class()
    for name, cookie in story.browser.cookies.items():
        if "cnx" in name:
            browser.cookies[name] = cookie.value
    return browser


INTRUDERS = [another_browser, another_session, a_colleague, an_aidant_elsewhere]
