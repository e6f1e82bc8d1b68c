"""Sessions: how long, how many, how they are closed.

Longer than 400 lines: the life of a session is one story, from its birth to each of its ends.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tandem.comptes import actions
from tandem.comptes.models import Compte, OpenSession
from tandem.comptes.sessions import SessionStore
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import PASSWORD, login, totp_code
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


class TestASession:
    @pytest.mark.parametrize(("minutes", "alive"), [(14, True), (15, False)])
    def test_ends_after_fifteen_minutes_without_activity(
        self,
        alice: Compte,
        client_of: Callable[[Compte], Client],
        clock: Clock,
        minutes: float,
        alive: bool,
    ) -> None:
        """S-13."""
        browser = client_of(alice)
        clock.move(minutes=minutes)

        assert is_in(browser) is alive
        assert OpenSession.objects.filter(compte=alice).exists() is alive

    def test_lives_on_while_it_is_used(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        for _number in range(6):
            clock.move(minutes=10)
            assert is_in(browser)

    def test_ends_after_ten_hours_whatever_happens(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """S-13."""
        browser = client_of(alice)
        for _number in range(59):
            clock.move(minutes=10)
            assert is_in(browser)
        clock.move(minutes=10)

        assert not is_in(browser)

    def test_is_not_written_at_every_request(
        self,
        alice: Compte,
        client_of: Callable[[Compte], Client],
        clock: Clock,
        django_assert_num_queries: Any,
    ) -> None:
        """At most one trace a minute."""
        browser = client_of(alice)
        is_in(browser)
        row = OpenSession.objects.get(compte=alice)
        clock.move(seconds=59)
        is_in(browser)
        row.refresh_from_db()
        assert row.last_seen_at == row.started_at

        clock.move(seconds=1)
        is_in(browser)
        row.refresh_from_db()
        assert row.last_seen_at == clock.now

    def test_that_ends_leads_back_to_where_one_was(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """A-07: one logs in again and goes on."""
        browser = client_of(alice)
        clock.move(minutes=20)

        answer = browser.get("/comptes/mot-de-passe/?x=1")
        assert answer["Location"] == f"{LOGIN}?fin=idle&next=%2Fcomptes%2Fmot-de-passe%2F%3Fx%3D1"
        assert "quinze minutes" in browser.get(answer["Location"]).content.decode()
        browser.post(answer["Location"], {"email": alice.email, "password": PASSWORD})
        answer = browser.post(
            "/comptes/connexion/code/", {"geste_code": totp_code(alice, clock.now)}
        )
        assert answer["Location"] == "/comptes/mot-de-passe/?x=1"

    def test_that_ends_during_a_post_leads_back_to_the_page_of_the_form(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        clock.move(minutes=20)

        answer = browser.post(
            "/comptes/sessions/fermer-les-autres/",
            HTTP_REFERER="https://tandem.example/comptes/?nom=secret",
        )

        assert answer["Location"] == f"{LOGIN}?fin=idle&next=%2Fcomptes%2F"

    def test_that_ends_forgets_an_address_that_is_none(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """R-19."""
        browser = client_of(alice)
        clock.move(minutes=20)

        answer = browser.post("/comptes/sessions/fermer-les-autres/", HTTP_REFERER="https://[")

        assert answer["Location"] == f"{LOGIN}?fin=idle"

    def test_that_ends_tells_htmx_where_to_go(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        clock.move(minutes=20)

        answer = browser.get(ACCOUNT, HTTP_HX_REQUEST="true")

        assert answer.status_code == 401
        assert answer["HX-Redirect"].startswith(LOGIN)

    def test_that_ends_leaves_public_pages_open(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        clock.move(minutes=20)

        assert browser.get("/comptes/deconnecte/").status_code == 200

    def test_that_our_entrance_did_not_open_is_none(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        """A session made by any other way (Django's own login) opens nothing."""
        client.force_login(alice)

        assert not is_in(client)

    def test_does_not_live_longer_when_the_clock_goes_back(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """R-18."""
        browser = client_of(alice)
        clock.move(hours=-1)

        assert not is_in(browser)


class TestRestingConnected:
    def test_gives_fifteen_minutes_more(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """A-07: one key to stay."""
        browser = client_of(alice)
        clock.move(minutes=14, seconds=30)
        answer = browser.post("/comptes/prolonger/", HTTP_ACCEPT="*/*")
        assert (answer.status_code, answer.json()) == (200, {"seconds": 900})

        clock.move(minutes=14, seconds=30)
        assert is_in(browser)

    def test_works_without_javascript(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        browser = client_of(alice)
        page = browser.get("/comptes/prolonger/", HTTP_ACCEPT="text/html")
        assert "Rester connecté" in page.content.decode()

        answer = browser.post(
            "/comptes/prolonger/",
            HTTP_ACCEPT="text/html",
            HTTP_REFERER="https://tandem.example/comptes/",
        )
        assert answer["Location"] == "/comptes/"

    def test_is_too_late_after_the_end(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        clock.move(minutes=16)

        assert browser.post("/comptes/prolonger/", HTTP_ACCEPT="*/*").status_code == 302


class TestClosing:
    def test_a_session_from_another_one(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """S-13: list and kill; the dead one opens nothing more, at once."""
        lost, here = client_of(alice), client_of(alice)
        lost_id = OpenSession.objects.filter(compte=alice).earliest("pk").public_id
        page = here.get(ACCOUNT).content.decode()
        assert page.count("Firefox sur Linux</h3>") == 2
        assert page.count("C’est celle où vous êtes") == 1

        here.post(f"/comptes/sessions/{lost_id}/fermer/")

        assert not is_in(lost)
        assert is_in(here)
        line = Entry.objects.filter(event="comptes.logged_out").latest("seq")
        assert (line.author_id, line.facts_text) == (alice.public_id, '{"reason":"killed"}')

    def test_the_session_of_someone_else_is_refused(
        self, alice: Compte, bob: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        browser, other = client_of(alice), client_of(bob)
        bobs = OpenSession.objects.get(compte=bob).public_id

        assert browser.post(f"/comptes/sessions/{bobs}/fermer/").status_code == 404
        assert is_in(other)

    def test_all_but_the_one_in_use(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        browsers = [client_of(alice) for _number in range(3)]

        browsers[1].post("/comptes/sessions/fermer-les-autres/")

        assert [is_in(browser) for browser in browsers] == [False, True, False]

    def test_the_compte_closes_a_hundred_sessions_within_a_second(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """S-13: deactivation kills ≤ 1 s, with 100 sessions."""
        import time

        browsers = [client_of(alice) for _number in range(100)]
        assert is_in(browsers[57])
        started = time.perf_counter()

        actions.deactivate_compte(compte=alice, author=alice.author, at=clock.now)

        assert time.perf_counter() - started < 1
        assert not OpenSession.objects.exists()
        assert not Session.objects.exists()
        assert not any(is_in(browser) for browser in browsers)

    def test_a_compte_closed_is_out_even_if_its_session_is_left(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        """S-13: the row of the compte is read at each request."""
        browser = client_of(alice)
        Compte.objects.filter(pk=alice.pk).update(is_active=False, deactivated_at=alice.created_at)

        assert not is_in(browser)

    def test_a_row_removed_ends_the_session_within_a_minute(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        OpenSession.objects.all().delete()
        clock.move(seconds=60)

        assert not is_in(browser)

    def test_what_is_over_is_purged(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        client_of(alice)
        later = clock.move(hours=11)
        kept = client_of(alice)

        assert actions.purge_sessions(at=later) == 1
        assert is_in(kept)


class TestTheStore:
    def test_changes_the_key_in_one_statement(
        self, db: None, django_assert_num_queries: Any
    ) -> None:
        """S-14: the former key opens nothing more; what the session held stays."""
        store = SessionStore()
        store["kept"] = 1
        store.create()
        former = store.session_key
        with django_assert_num_queries(1):
            store.cycle_key()

        assert store.session_key != former
        assert SessionStore(former).load() == {}
        assert SessionStore(store.session_key).load() == {"kept": 1}
        assert Session.objects.count() == 1

    def test_gives_a_key_to_one_that_has_none(self, db: None) -> None:
        store = SessionStore()
        store["kept"] = 1
        store.cycle_key()

        assert SessionStore(store.session_key).load() == {"kept": 1}

    @pytest.mark.parametrize("key", ["\0" * 32, "é" * 32, "a" * 31 + "'", "x" * 32])
    def test_opens_nothing_with_what_is_no_key(self, db: None, key: str) -> None:
        """R-19: a cookie may say anything."""
        store = SessionStore(key)

        assert store.load() == {}
        assert store.session_key is None


def test_the_fast_login_of_other_rooms_is_the_session_of_our_entrance(
    alice: Compte, client: Client, clock: Clock
) -> None:
    """What `login(client, compte)` writes is what the pages write."""
    come_in(client, alice, clock.now)
    fast = login(type(client)(), alice)

    assert set(client.session.keys()) - {"_password_reset_key"} == set(fast.session.keys())
