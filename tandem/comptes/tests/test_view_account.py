"""One's own pages, and the challenge of a gesture."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import Resolver404, URLPattern, resolve

from tandem.comptes import actions, urls, urls_allauth
from tandem.comptes.gesture_fields import GestureFieldsMixin
from tandem.comptes.models import Challenge, Compte, OpenSession
from tandem.comptes.rules import factor_act
from tandem.comptes.tests.conftest import Clock
from tandem.comptes.tests.factories import PASSWORD, passkey_of, recovery_code, totp_code
from tandem.envois.models import Message

GESTURE = "/comptes/geste/"
PASSWORD_PAGE = "/comptes/mot-de-passe/"
NEW = "champ violon tempête facteur"


class TestEveryPage:
    @pytest.mark.parametrize(
        "route", [*urls.urlpatterns, *urls_allauth.urlpatterns], ids=lambda r: str(r.name)
    )
    def test_declares_its_access(self, route: URLPattern) -> None:
        """Law 4: 23 routes, 9 of them open to everyone; allauth brings no other."""
        assert isinstance(route, URLPattern)
        public = {
            "login", "account_login", "second_factor", "login_passkey", "login_options",
            "logout", "logged_out", "activation", "activation_link",
        }  # fmt: skip
        expected = "public" if route.name in public else "compte"
        assert getattr(route.callback, "access", "") == expected

    @pytest.mark.parametrize(
        "path",
        [
            "/comptes/",
            "/comptes/facteurs/",
            "/comptes/facteurs/application/",
            "/comptes/facteurs/cle/",
            "/comptes/facteurs/secours/",
            f"/comptes/facteurs/{UUID(int=7)}/retirer/",
            PASSWORD_PAGE,
            "/comptes/prolonger/",
        ],
    )
    def test_of_a_compte_sends_a_stranger_to_the_entrance_and_back(
        self, client: Client, db: None, path: str
    ) -> None:
        answer = client.get(path)

        assert answer.status_code == 302
        assert answer["Location"] == f"/comptes/connexion/?next={path}"

    @pytest.mark.parametrize(
        "name", ["signup", "email", "password/reset", "2fa", "social", "login"]
    )
    def test_of_allauths_own_is_absent(self, name: str) -> None:
        with pytest.raises(Resolver404):
            resolve(f"/comptes/{name}/")


class TestTheAccountPage:
    def test_shows_factors_codes_and_sessions(
        self, bob: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        page = client_of(bob).get("/comptes/").content.decode()

        assert "Clé de test" in page
        assert "10 codes encore utilisables" in page
        assert "C’est celle où vous êtes" in page
        assert "Il vous reste" not in page

    def test_never_shows_the_factors_of_another(
        self, alice: Compte, bob: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        assert "Clé de test" not in client_of(alice).get("/comptes/").content.decode()


class TestThePassword:
    def change(self, browser: Client, **changes: Any) -> Any:
        form = {"present": PASSWORD, "password": NEW, "again": NEW, **changes}
        return browser.post(PASSWORD_PAGE, form)

    def test_changes_with_the_present_one_and_a_gesture_and_closes_the_rest(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        """ASVS 6.2.2, 6.2.3, 7.4.3."""
        browser, other = client_of(alice), client_of(alice)
        answer = self.change(browser, geste_code=totp_code(alice, clock.now))
        assert answer["Location"] == "/comptes/"

        alice.refresh_from_db()
        assert alice.check_password(NEW)
        assert browser.get("/comptes/").status_code == 200
        assert OpenSession.objects.filter(compte=alice).count() == 1
        assert other.get("/comptes/").status_code == 302
        assert "mot de passe" in Message.objects.get().body

    def test_goes_on_being_one_session_after_the_change(
        self, alice: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(alice)
        self.change(browser, geste_code=totp_code(alice, clock.now))
        for _number in range(3):
            clock.move(minutes=2)
            assert browser.get("/comptes/").status_code == 200

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({}, "tapez un code"),
            ({"geste_code": "000000"}, "n’est pas le bon"),
            ({"present": "autre chose", "geste_code": "right"}, "actuel n’est pas le bon"),
            ({"password": "court", "again": "court", "geste_code": "right"}, "12 caractères"),
            ({"again": "autre chose", "geste_code": "right"}, "différents"),
        ],
    )
    def test_does_not_change_otherwise(
        self,
        alice: Compte,
        client_of: Callable[[Compte], Client],
        clock: Clock,
        changes: dict[str, Any],
        words: str,
    ) -> None:
        """S-08."""
        if changes.get("geste_code") == "right":
            changes = {**changes, "geste_code": totp_code(alice, clock.now)}
        answer = self.change(client_of(alice), **changes)

        assert answer.status_code == 422
        assert words in answer.content.decode()
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)


class TestTheChallengeOfAGesture:
    def test_is_made_for_the_act_of_the_page(
        self, bob: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        act = f"mandat.sign:{uuid4()}"
        answer = client_of(bob).post(GESTURE, {"act": act})

        options = answer.json()["publicKey"]
        assert options["rpId"] == "tandem.example"
        assert options["userVerification"] == "required"
        challenge = Challenge.objects.get()
        assert (challenge.compte, challenge.act, challenge.used_at) == (bob, act, None)

    @pytest.mark.parametrize("act", ["", "x", "mandat.sign", "a:b c", "a:" + "b" * 200, "A:b"])
    def test_is_made_for_nothing_else(
        self, bob: Compte, client_of: Callable[[Compte], Client], act: str
    ) -> None:
        answer = client_of(bob).post(GESTURE, {"act": act})

        assert answer.status_code == 422
        assert "Rechargez" in answer.json()["message"]
        assert not Challenge.objects.exists()

    def test_says_to_type_a_code_to_who_has_no_passkey(
        self, alice: Compte, client_of: Callable[[Compte], Client]
    ) -> None:
        answer = client_of(alice).post(GESTURE, {"act": "mandat.sign:x"})

        assert (answer.status_code, "Tapez un code" in answer.json()["message"]) == (422, True)

    def test_is_made_thirty_times_a_minute(
        self, bob: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(bob)
        for _number in range(30):
            browser.post(GESTURE, {"act": "mandat.sign:x"})

        assert browser.post(GESTURE, {"act": "mandat.sign:x"}).status_code == 429

    def test_ends_in_a_gesture(
        self, bob: Compte, client_of: Callable[[Compte], Client], clock: Clock
    ) -> None:
        browser = client_of(bob)
        options = browser.post(GESTURE, {"act": factor_act(bob.public_id)}).json()
        page = browser.post(
            "/comptes/facteurs/secours/", {"geste_credential": passkey_of(bob).get(options)}
        )

        assert page.content.decode().count("<code>") == 10


class _ActForm(GestureFieldsMixin):
    """A form of a room above."""


class TestTheFieldsOfAGesture:
    def render(self, rf: RequestFactory, compte: Compte, form: _ActForm) -> str:
        request = rf.get("/")
        request.user = compte
        return render_to_string(
            "comptes/geste.html", {"form": form, "act": "mandat.sign:x"}, request
        )

    def test_are_shown_by_the_partial_and_not_by_the_form(
        self, rf: RequestFactory, alice: Compte
    ) -> None:
        form = _ActForm()

        assert "geste_" not in str(form)
        html = self.render(rf, alice, form)
        assert html.count('name="geste_code"') == html.count('name="geste_credential"') == 1
        assert '<label for="id_geste_code">' in html
        assert 'autocomplete="one-time-code"' in html
        assert 'data-act="mandat.sign:x"' in html

    def test_offer_the_passkey_to_who_has_one(
        self, rf: RequestFactory, alice: Compte, bob: Compte
    ) -> None:
        assert "data-passkey-start" in self.render(rf, bob, _ActForm())
        assert "data-passkey-start" not in self.render(rf, alice, _ActForm())

    def test_keep_what_was_typed_beside_a_refusal_but_the_code(
        self, rf: RequestFactory, alice: Compte
    ) -> None:
        form = _ActForm({"geste_code": "123456", "geste_credential": "{}"})
        assert form.is_valid()
        form.refuse_gesture(actions.GestureRefused("Attendez le suivant."))
        html = self.render(rf, alice, form)

        assert "Attendez le suivant." in html
        assert "123456" not in html
        assert 'aria-invalid="true"' in html

    def test_give_the_response_that_actions_take(self) -> None:
        form = _ActForm({"geste_code": recovery_code(0)})
        assert form.is_valid()

        assert form.gesture_response.code == recovery_code(0)
        assert recovery_code(0) not in repr(form.gesture_response)
