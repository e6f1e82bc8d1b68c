"""The pages of the entrance."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory

from tandem.comptes import actions
from tandem.comptes.models import Compte, OpenSession
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import (
    PASSWORD,
    CompteFactory,
    passkey_of,
    recovery_code,
    totp_code,
)
from tandem.journal.models import Entry

LOGIN = "/comptes/connexion/"
CODE = "/comptes/connexion/code/"
PASSKEY = "/comptes/connexion/cle/"


def give_password(client: Client, compte: Compte, **extra: Any) -> Any:
    return client.post(LOGIN, {"email": compte.email, "password": PASSWORD}, **extra)


class TestTheLoginPage:
    def test_says_what_to_do_and_offers_no_sign_up(self, client: Client, db: None) -> None:
        page = client.get(LOGIN).content.decode()

        assert '<label for="id_email">' in page
        assert 'autocomplete="current-password"' in page
        assert "pas d’inscription libre" in page
        assert "/inscription" not in page

    def test_offers_a_passkey_only_once_the_browser_knows_them(
        self, client: Client, db: None
    ) -> None:
        """Without JavaScript nothing is shown that would not work."""
        page = client.get(LOGIN).content.decode()

        assert "data-passkey-ready" in page
        form = page.partition('action="/comptes/connexion/cle/"')[2].partition(">")[0]
        assert " hidden" in form

    def test_leads_to_the_second_factor_and_then_where_one_was_going(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        answer = client.post(
            f"{LOGIN}?next=/comptes/mot-de-passe/", {"email": alice.email, "password": PASSWORD}
        )
        assert answer["Location"] == CODE
        assert "Encore une étape" in client.get(CODE).content.decode()
        assert client.get("/comptes/").status_code == 302

        answer = client.post(CODE, {"geste_code": totp_code(alice, clock.now)})

        assert answer["Location"] == "/comptes/mot-de-passe/"
        assert client.get("/comptes/").status_code == 200
        line = Entry.objects.get(event="comptes.logged_in")
        assert line.author_id == line.subject_id == alice.public_id
        assert json.loads(line.facts_text) == {"method": "password.totp", "new_device": True}

    @pytest.mark.parametrize(
        "target",
        [
            "https://evil.test/",
            "//evil.test/",
            "/\\evil.test",
            "javascript:alert(1)",
            "http:evil.test",
            "evil.test",
            "/%09/evil.test\n",
        ],
    )
    def test_leads_nowhere_else(
        self, alice: Compte, client: Client, clock: Clock, target: str
    ) -> None:
        """ASVS 3.7.2: no open redirect."""
        from urllib.parse import urlsplit

        from django.utils.http import urlencode

        client.post(
            f"{LOGIN}?{urlencode({'next': target})}", {"email": alice.email, "password": PASSWORD}
        )
        answer = client.post(CODE, {"geste_code": totp_code(alice, clock.now)})

        assert urlsplit(answer["Location"]).netloc == ""
        assert not answer["Location"].startswith(("//", "/\\"))

    @pytest.mark.parametrize("email", ["known", "personne@mairie.example"])
    def test_answers_the_same_whoever_exists(
        self, alice: Compte, client: Client, clock: Clock, email: str
    ) -> None:
        """S-52: status, words and length."""
        typed = alice.email if email == "known" else email.ljust(len(alice.email), "x")
        answer = client.post(LOGIN, {"email": typed, "password": "x" * 12})

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "ne vont pas ensemble" in page
        assert "Erreur\xa0:" in page.partition("</title>")[0]
        # What was typed stays, but the password.
        assert typed in page
        assert "x" * 12 not in page.replace(typed, "")

    def test_says_when_to_come_back_after_too_many_tries(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        for _number in range(10):
            client.post(LOGIN, {"email": alice.email, "password": "x"})

        answer = give_password(client, alice)
        assert answer.status_code == 429
        assert "rien n’est bloqué" in answer.content.decode()

    def test_sends_home_who_is_already_in(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        assert client_of(alice).get(LOGIN)["Location"] == "/accueil/"

    def test_takes_no_account_of_a_session_begun_by_someone_else(
        self, alice: Compte, oscar: Compte, client: Client, clock: Clock
    ) -> None:
        """Two people on one machine: the second password replaces the first."""
        give_password(client, alice)
        give_password(client, oscar)
        client.post(CODE, {"geste_code": totp_code(oscar, clock.now)})

        assert OpenSession.objects.get().compte == oscar


class TestTheSecondStep:
    def test_is_reached_by_a_password_only(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        assert client.get(CODE)["Location"] == LOGIN
        assert client.post(CODE, {"geste_code": totp_code(alice, clock.now)})["Location"] == LOGIN

    @pytest.mark.parametrize("code", ["", "000000", "ABCD-EFGH"])
    def test_lets_nobody_in_without_the_right_code(
        self, alice: Compte, client: Client, clock: Clock, code: str
    ) -> None:
        """S-10, ASVS 6.3.3: the password alone never suffices."""
        give_password(client, alice)
        answer = client.post(CODE, {"geste_code": code})

        assert answer.status_code == 422
        assert not OpenSession.objects.exists()
        assert client.get("/comptes/").status_code == 302

    def test_lets_in_by_a_recovery_code(self, alice: Compte, client: Client, clock: Clock) -> None:
        give_password(client, alice)
        client.post(CODE, {"geste_code": recovery_code(2)})

        page = client.get("/comptes/").content.decode()
        assert "Il vous reste 2 codes de secours" in page

    def test_lets_in_by_a_passkey(self, bob: Compte, client: Client, clock: Clock) -> None:
        give_password(client, bob)
        page = client.get(CODE).content.decode()
        assert 'data-options="/comptes/connexion/cle/options/"' in page
        options = client.post(f"{PASSKEY}options/", {"etape": "2"}).json()
        assert len(options["publicKey"]["allowCredentials"]) == 1
        client.post(CODE, {"geste_credential": passkey_of(bob).get(options)})

        assert client.get("/comptes/").status_code == 200

    def test_does_not_take_the_challenge_of_a_passkey_alone(
        self, bob: Compte, client: Client, clock: Clock
    ) -> None:
        give_password(client, bob)
        options = client.post(f"{PASSKEY}options/").json()
        answer = client.post(CODE, {"geste_credential": passkey_of(bob).get(options)})

        assert answer.status_code == 422

    def test_waits_ten_minutes(self, alice: Compte, client: Client, clock: Clock) -> None:
        give_password(client, alice)
        clock.move(minutes=11)

        assert client.post(CODE, {"geste_code": totp_code(alice, clock.now)})["Location"] == LOGIN

    def test_stops_when_the_compte_is_closed_meanwhile(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        """S-13."""
        give_password(client, alice)
        actions.deactivate_compte(compte=alice, author=alice.author, at=clock.now)
        answer = client.post(CODE, {"geste_code": totp_code(alice, clock.now)})

        assert answer.status_code == 422
        assert not OpenSession.objects.exists()

    def test_shows_no_passkey_button_to_who_has_none(
        self, alice: Compte, client: Client, clock: Clock
    ) -> None:
        give_password(client, alice)

        assert "data-passkey-start" not in client.get(CODE).content.decode()


class TestAPasskeyAlone:
    def test_lets_in_and_on(self, bob: Compte, client: Client, clock: Clock) -> None:
        """S-10: key and PIN are the two factors."""
        options = client.post(f"{PASSKEY}options/").json()
        assert options["publicKey"]["userVerification"] == "required"
        assert "allowCredentials" not in options["publicKey"]
        answer = client.post(
            f"{PASSKEY}?next=/comptes/mot-de-passe/",
            {"geste_credential": passkey_of(bob).get(options)},
        )

        assert answer["Location"] == "/comptes/mot-de-passe/"
        assert client.get("/comptes/").status_code == 200
        assert (
            json.loads(Entry.objects.get(event="comptes.logged_in").facts_text)["method"]
            == "passkey"
        )

    @pytest.mark.parametrize("credential", ["", "{}", "pas du JSON"])
    def test_refused_shows_the_page_again(
        self, client: Client, db: None, clock: Clock, credential: str
    ) -> None:
        answer = client.post(PASSKEY, {"geste_credential": credential})

        assert answer.status_code == 422
        assert "pas été reconnue" in answer.content.decode()

    def test_of_someone_not_enrolled_leads_to_enrolment(
        self, client: Client, clock: Clock, db: None
    ) -> None:
        """S-11."""
        zed = CompteFactory.create(with_passkey=True)
        Compte.objects.update(enrolled_at=None, recovery_codes_left=0)
        options = client.post(f"{PASSKEY}options/").json()
        client.post(PASSKEY, {"geste_credential": passkey_of(zed).get(options)})

        assert client.get("/comptes/")["Location"] == "/comptes/facteurs/"

    def test_is_asked_so_many_times_a_minute(self, client: Client, db: None, clock: Clock) -> None:
        for _number in range(120):
            client.post(f"{PASSKEY}options/")

        assert client.post(f"{PASSKEY}options/").status_code == 429


class TestWhereARequestComesFrom:
    @pytest.mark.parametrize(
        ("proxies", "address"), [(0, "127.0.0.1"), (1, "198.51.100.9"), (2, "203.0.113.5")]
    )
    def test_is_read_from_the_trusted_proxies_alone(
        self, rf: RequestFactory, settings: Any, proxies: int, address: str
    ) -> None:
        """ASVS 15.3.4: a header that anyone may write is not believed."""
        from tandem.comptes.entry import visitor_of

        setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", proxies)  # noqa: B010 - allauth's own word
        request = rf.get("/", HTTP_X_FORWARDED_FOR="192.0.2.66, 203.0.113.5, 198.51.100.9")

        assert visitor_of(request).address == address

    def test_is_a_network_for_ipv6(self, rf: RequestFactory) -> None:
        from tandem.comptes.entry import visitor_of

        assert visitor_of(rf.get("/", REMOTE_ADDR="2001:db8:1:2:3::9")).address == "2001:db8:1:2::"

    def test_follows_the_settings_of_the_installation(self, settings: Any) -> None:
        assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == settings.TANDEM_TRUSTED_PROXIES


@pytest.mark.parametrize("path", [LOGIN, CODE, PASSKEY, "/comptes/geste/", "/comptes/deconnexion/"])
def test_forms_are_refused_without_their_token(path: str, db: None) -> None:
    """ASVS 3.5.1."""
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    assert browser.post(path, secure=True, HTTP_HOST="tandem.example").status_code == 403


@pytest.mark.parametrize("path", [PASSKEY, "/comptes/geste/", "/comptes/facteurs/secours/ranges/"])
def test_acts_are_refused_by_get(
    path: str, alice: Compte, client_of: Callable[[Compte], Client]
) -> None:
    assert client_of(alice).get(path).status_code == 405
