"""What of a session stays in the browser: its cookie, the device it knows, what logging out leaves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client

from tandem.comptes import entry
from tandem.comptes.models import Compte, OpenSession
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import PASSWORD, totp_code
from tandem.envois.models import Message
from tandem.journal.models import Entry

ACCOUNT = "/comptes/"


LOGIN = "/comptes/connexion/"


def come_in(
    client: Client, compte: Compte, at: datetime, agent: str = "Mozilla/5.0 (Windows) Firefox/140"
) -> Any:
    """Through the pages, by password and code."""
    client.post(LOGIN, {"email": compte.email, "password": PASSWORD}, HTTP_USER_AGENT=agent)
    return client.post(
        "/comptes/connexion/code/", {"geste_code": totp_code(compte, at)}, HTTP_USER_AGENT=agent
    )


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


class TestTheCookie:
    def test_is_named_and_locked(self, alice: Compte, client: Client, clock: Clock) -> None:
        """S-14."""
        come_in(client, alice, clock.now)

        for name in ("__Host-tandem-session", "__Host-tandem-device"):
            cookie = client.cookies[name]
            assert cookie["secure"]
            assert cookie["httponly"]
            assert cookie["path"] == "/"
            assert cookie["domain"] == ""
            assert cookie["samesite"] == "Lax"

    def test_changes_at_login(self, alice: Compte, client: Client, clock: Clock) -> None:
        """S-14: an identifier planted before the login is worth nothing after it."""
        client.post(LOGIN, {"email": alice.email, "password": PASSWORD})
        before = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.post("/comptes/connexion/code/", {"geste_code": totp_code(alice, clock.now)})

        after = client.cookies[settings.SESSION_COOKIE_NAME].value
        assert before != after
        assert not Session.objects.filter(session_key=before).exists()

    def test_changes_after_a_gesture_and_the_session_keeps_its_name(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """S-14: rotation at step-up; acts bound to the session's name go on (S-03)."""
        browser = client_of(alice)
        before = browser.cookies[settings.SESSION_COOKIE_NAME].value
        name = OpenSession.objects.get(compte=alice).public_id
        browser.post("/comptes/facteurs/secours/", {"geste_code": totp_code(alice, clock.now)})
        # A second click on the same page finds the session it knows.
        assert browser.cookies[settings.SESSION_COOKIE_NAME].value == before

        assert is_in(browser)
        after = browser.cookies[settings.SESSION_COOKIE_NAME].value
        assert after != before
        assert not Session.objects.filter(session_key=before).exists()
        row = OpenSession.objects.get(compte=alice)
        assert (row.public_id, row.session_key) == (name, after)
        assert browser.session[entry.SESSION_KEY]["id"] == str(name)


class TestADevice:
    def test_never_seen_is_told_by_message(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        """S-15: unknown device → second factor, always, and a notice; no fingerprint."""
        come_in(client, alice, clock.now)
        assert not Message.objects.exists()  # The very first device is no news.
        other = type(client)()
        come_in(other, alice, clock.move(seconds=30), agent="Mozilla/5.0 (iPhone) Safari/17")

        message = Message.objects.get()
        assert message.recipient == alice.email
        assert "Safari sur iPhone" in message.body

    def test_seen_before_is_silent_and_has_one_session(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        """S-13: one session per device."""
        come_in(client, alice, clock.now)
        client.post("/comptes/deconnexion/")
        come_in(client, alice, clock.move(seconds=30))
        copy = type(client)()
        copy.cookies["__Host-tandem-device"] = client.cookies["__Host-tandem-device"].value
        come_in(copy, alice, clock.move(seconds=30))

        assert not Message.objects.exists()
        assert OpenSession.objects.filter(compte=alice).count() == 1
        assert is_in(copy)
        assert not is_in(client)

    def test_of_another_compte_is_new_for_this_one(
        self, alice: Compte, oscar: Compte, client: Client, clock: Clock
    ) -> None:
        come_in(client, alice, clock.now)
        client.post("/comptes/deconnexion/")
        come_in(client, oscar, clock.now)

        assert OpenSession.objects.get(compte=oscar).device.compte == oscar


class TestLoggingOut:
    def test_asks_then_ends_everything(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        """S-43, and ASVS 14.3.1."""
        browser = client_of(alice)
        assert "Voulez-vous" in browser.get("/comptes/deconnexion/").content.decode()
        assert is_in(browser)

        answer = browser.post("/comptes/deconnexion/")

        assert answer["Location"] == "/comptes/deconnecte/"
        for page in (answer, browser.get(answer["Location"])):
            assert page["Clear-Site-Data"] == '"cache", "storage"'
        assert not is_in(browser)
        assert not OpenSession.objects.exists()
        line = Entry.objects.get(event="comptes.logged_out")
        assert line.facts_text == '{"reason":"logout"}'

    def test_pages_of_someone_logged_in_are_never_kept(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        """S-43."""
        assert client_of(alice).get(ACCOUNT)["Cache-Control"] == "no-store"
