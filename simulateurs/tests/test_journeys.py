"""A person through the stand-ins, as a browser without script."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from simulateurs.tests.conftest import Identify, Scene, error_code

pytestmark = pytest.mark.loopback


class TestPerson:
    def test_is_recognised_as_herself(self, scene: Scene, identify: Identify) -> None:
        identify("caf", "rose")

        page = scene.browser.page
        assert "Bonjour Rose Marie MARTIN" in page.text
        assert "La personne s’est connectée elle-même" in page.text
        assert "rose.martin@mail.example" in page.text
        assert page.data["data-acts"] == "person"

    @pytest.mark.parametrize(
        ("person", "shown"),
        [
            ("amina", "1946-01-01"),
            ("andrei", "POPESCU"),
            ("lucien", "Lucien Joseph André"),
            ("camille", "DURAND"),
        ],
    )
    def test_is_recognised_in_every_form_of_the_register(
        self, scene: Scene, identify: Identify, person: str, shown: str
    ) -> None:
        """FS-08: presumed-born (completed with 01), born abroad, without e-mail, gender unspecified."""
        identify("ville", person)

        assert shown in scene.browser.page.text

    def test_may_give_up(self, scene: Scene) -> None:
        """FS-09: access_denied comes back with the state."""
        browser = scene.browser
        browser.go(scene.url("ville"))
        browser.submit(browser.page.form(button="Se connecter"))
        browser.submit(browser.page.form(button="Revenir au service"))

        assert browser.page.status == 403
        assert "abandonnée" in browser.page.text

    def test_answers_for_the_next_one_until_franceconnect_is_closed(
        self, scene: Scene, identify: Identify
    ) -> None:
        """FS-12, decision 5: thirty minutes of single sign-on, ended by session/end alone."""
        identify("ville", "rose")
        browser = scene.browser
        browser.go(scene.url("impots"))
        browser.submit(browser.page.form(button="Se connecter"))
        assert "Rose Marie MARTIN" in browser.page.text

        browser.go(scene.url("ville"))
        browser.submit(browser.page.form(button="Se déconnecter"))
        assert "déconnecté" in browser.page.text
        browser.go(scene.url("impots"))
        browser.submit(browser.page.form(button="Se connecter"))
        assert "Choisir un compte" in browser.page.text

    def test_is_forgotten_after_thirty_minutes(self, scene: Scene, identify: Identify) -> None:
        identify("ville", "rose")
        scene.clock.now += 1801
        browser = scene.browser
        browser.go(scene.url("impots"))
        browser.submit(browser.page.form(button="Se connecter"))

        assert "Choisir un compte" in browser.page.text

    def test_cannot_finish_what_another_browser_began(self, scene: Scene) -> None:
        browser = scene.browser
        browser.go(scene.url("ville"))
        browser.submit(browser.page.form(button="Se connecter"))
        address = browser.page.url
        browser.forget()
        browser.go(address)

        assert error_code(scene) == "Y150001"

    def test_who_died_is_not_offered_and_not_accepted(self, scene: Scene) -> None:
        browser = scene.browser
        browser.go(scene.url("ville"))
        browser.submit(browser.page.form(button="Se connecter"))
        browser.go(browser.page.link("Identifiants"))
        assert "Jeanne" not in browser.page.text
        browser.submit(browser.page.form(having="person"), {"person": "jeanne"})

        assert error_code(scene) == "Y010008"


class TestAdministration:
    def test_refuses_a_return_it_did_not_begin(self, scene: Scene) -> None:
        for address in ("retour?code=c&state=s", "deconnecte?state=s"):
            scene.browser.go(scene.url("caf") + address)
            assert scene.browser.page.status == 403

    def test_refuses_a_code_of_somebody_else(self, scene: Scene) -> None:
        browser = scene.browser
        browser.go(scene.url("caf"))
        left = httpx.post(scene.url("caf") + "connexion")
        state = parse_qs(urlsplit(left.headers["location"]).query)["state"][0]
        cookies = {"simulateur-administration": left.cookies["simulateur-administration"]}

        answer = httpx.get(
            scene.url("caf") + "retour", params={"code": "guessed", "state": state}, cookies=cookies
        )

        assert answer.status_code == 403
        assert "vérifiée" in answer.text

    def test_shows_its_services_and_nothing_else(self, scene: Scene) -> None:
        browser = scene.browser
        browser.go(scene.administration.config.base_url + "/")
        assert {"CAF fictive", "Impôts fictifs", "Ville fictive"} <= {
            text.split(" Vos")[0].split(" Votre")[0] for _, text in browser.page.links
        }
        browser.go(scene.administration.config.base_url + "/inconnue/")
        assert browser.page.status == 404

    def test_logs_in_at_two_services_at_once(self, scene: Scene, identify: Identify) -> None:
        identify("ville", "rose")
        browser = scene.browser
        browser.go(scene.url("caf"))
        browser.submit(browser.page.form(button="Se connecter"))
        browser.submit(browser.page.form(button="Continuer"))
        browser.go(scene.url("ville"))

        assert "Bonjour Rose" in browser.page.text
