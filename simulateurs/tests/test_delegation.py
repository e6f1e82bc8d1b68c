"""An aidant through the stand-in FranceConnect, before a Tandem that answers at once or misbehaves."""

import json

import pytest

from simulateurs.tests.conftest import Identify, Scene, error_code
from simulateurs.tests.fake_tandem import CLIENT_ID, CLIENT_SECRET, unsigned

pytestmark = pytest.mark.loopback


class TestAidant:
    def test_acts_and_the_administration_knows_it(self, scene: Scene, act: Identify) -> None:
        """FI-04, FS-11: the label received is shown."""
        act("caf")
        browser = scene.browser
        assert "un aidant, par Tandem" in browser.page.text
        browser.submit(browser.page.form(button="Continuer"))

        assert "Bonjour Rose Marie MARTIN" in browser.page.text
        assert "Un aidant agit pour cette personne" in browser.page.text
        assert "Social-Santé" in browser.page.text

    def test_is_asked_for_as_the_real_one_asks(self, scene: Scene, act: Identify) -> None:
        """FI-01, FI-02, FI-08: exact parameters, 64 hexadecimal digits, client_secret_post, no PKCE."""
        act("caf")

        [asked] = scene.tandem.asked
        claims = json.loads(asked.pop("claims"))
        for name in ("state", "nonce"):
            assert len(bytes.fromhex(asked.pop(name))) == 32
        assert asked == {
            "client_id": CLIENT_ID,
            "scope": "openid profile email birth",
            "response_type": "code",
            "redirect_uri": scene.fc.config.callback_url,
            "acr_values": "eidas1",
            "prompt": "login",
        }
        labels = ["Social-Santé", "Famille-Scolarité"]
        assert claims == {"id_token": {"rep_scope": {"essential": True, "values": labels}}}
        [form] = scene.tandem.forms
        assert (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        assert "code_verifier" not in form

    def test_is_asked_with_an_empty_list_for_a_service_without_scope(
        self, scene: Scene, act: Identify
    ) -> None:
        """FI-02, and decision 9 on the other side."""
        act("ville")

        claims = json.loads(scene.tandem.asked[0]["claims"])
        assert claims["id_token"]["rep_scope"]["values"] == []
        scene.browser.submit(scene.browser.page.form(button="Continuer"))
        assert "Un aidant agit" in scene.browser.page.text

    def test_is_refused_at_a_service_outside_the_mandat(self, scene: Scene, act: Identify) -> None:
        """FI-04: Y600020."""
        act("impots")

        assert error_code(scene) == "Y600020"

    def test_is_refused_outside_the_mandat_by_single_sign_on_too(
        self, scene: Scene, act: Identify
    ) -> None:
        act("caf")
        scene.browser.go(scene.url("impots"))
        scene.browser.submit(scene.browser.page.form(button="Se connecter"))

        assert error_code(scene) == "Y600020"

    def test_logs_out_of_everything(self, scene: Scene, act: Identify) -> None:
        """FI-19, FS-10: the service, FranceConnect, then Tandem, and back."""
        act("caf")
        browser = scene.browser
        browser.submit(browser.page.form(button="Continuer"))
        browser.submit(browser.page.form(button="Se déconnecter"))

        assert "Vous êtes déconnecté" in browser.page.text
        [logout] = scene.tandem.logouts
        assert logout.keys() == {"id_token_hint", "state", "client_id", "post_logout_redirect_uri"}
        browser.go(scene.url("caf"))
        browser.submit(browser.page.form(button="Se connecter"))
        assert "Choisir un compte" in browser.page.text

    def test_who_is_refused_by_tandem_may_choose_again(self, scene: Scene, act: Identify) -> None:
        """FI-17: the state is checked first, then the error."""
        scene.tandem.callback = {"code": None, "error": "access_denied"}
        act("caf")

        assert "Choisir un compte" in scene.browser.page.text

    @pytest.mark.parametrize(
        ("callback", "code"),
        [
            ({"state": None}, "Y020021"),
            ({"state": ""}, "Y020021"),
            ({"state": "f" * 64}, "Y020022"),
            ({"code": None}, "Y020025"),
            ({"code": ""}, "Y020025"),
            ({"state": "f" * 64, "error": "access_denied"}, "Y020022"),
            ({"iss": "http://elsewhere.example"}, "Y020026"),
        ],
        ids=str,
    )
    def test_comes_back_with_the_right_state(
        self, scene: Scene, act: Identify, callback: dict[str, str | None], code: str
    ) -> None:
        """FI-17, FI-20."""
        scene.tandem.callback = callback
        act("caf")

        assert error_code(scene) == code

    @pytest.mark.parametrize(
        ("claims", "code"),
        [
            ({"iss": "http://127.0.0.1"}, "Y020026"),
            ({"aud": "other"}, "Y020026"),
            ({"aud": ["franceconnect-simule"]}, "Y020026"),
            ({"nonce": "0" * 64}, "Y020026"),
            ({"sub": "rosé"}, "Y020026"),
            ({"sub": ["a"]}, "Y020026"),
            ({"exp": 1_793_610_000}, "Y020026"),
            ({"exp": "soon"}, "Y020026"),
            ({"iat": 1_793_610_001}, "Y020026"),
            ({"nbf": 1_793_610_001}, "Y020026"),
            ({"acr": "eidas0"}, "Y100001"),
            ({"acr": "loa3"}, "Y100018"),
            ({"rep_scope": []}, "Y600020"),
            ({"rep_scope": "Social-Santé"}, "Y600020"),
            ({"rep_scope": ["Justice"]}, "Y600020"),
        ],
        ids=str,
    )
    def test_is_refused_when_the_id_token_is_wrong(
        self, scene: Scene, act: Identify, claims: dict[str, object], code: str
    ) -> None:
        """FI-04, FI-05, FI-06: no clock tolerance at all."""
        scene.tandem.id_token.update(claims)
        act("caf")

        assert error_code(scene) == code

    def test_is_refused_when_the_id_token_is_not_signed(self, scene: Scene, act: Identify) -> None:
        scene.tandem.token_text = unsigned
        act("caf")

        assert error_code(scene) == "Y020026"

    def test_is_refused_when_the_key_is_not_published(self, scene: Scene, act: Identify) -> None:
        for _ in range(2):
            former = scene.tandem.signer
            scene.tandem.signer = type(former)()
        scene.tandem.token_text = former.sign
        act("caf")

        assert error_code(scene) == "Y020026"

    def test_is_refused_when_the_code_is(self, scene: Scene, act: Identify) -> None:
        scene.tandem.token_status = 400
        act("caf")

        assert error_code(scene) == "Y020026"

    @pytest.mark.parametrize(
        ("identity", "code"),
        [
            ({"sub": "another"}, "Y020027"),
            ({"iss": "http://127.0.0.1"}, "Y020027"),
            ({"aud": "other"}, "Y020027"),
            ({"birthdate": "12/03/1955"}, "Y000007"),
            ({"email": ""}, "Y000007"),
            ({"given_name": "Rose"}, "Y010008"),
            (
                {
                    "given_name": "Jeanne",
                    "family_name": "ROUSSEL",
                    "birthdate": "1931-02-08",
                    "birthplace": "59350",
                },
                "Y010015",
            ),
        ],
        ids=str,
    )
    def test_is_refused_when_the_identity_is_wrong(
        self, scene: Scene, act: Identify, identity: dict[str, str], code: str
    ) -> None:
        """FI-11, FI-12, FI-13."""
        scene.tandem.userinfo.update(identity)
        act("caf")

        assert error_code(scene) == code

    def test_is_refused_when_the_userinfo_is_not_signed(self, scene: Scene, act: Identify) -> None:
        """FI-11: application/jwt when an algorithm is registered."""
        scene.tandem.userinfo_type = "application/json"
        act("caf")

        assert error_code(scene) == "Y020027"

    def test_is_refused_when_the_register_finds_two(self, scene: Scene, act: Identify) -> None:
        people = scene.fc.config.people
        object.__setattr__(scene.fc.config, "people", (*people, people[0]))
        act("caf")

        assert error_code(scene) == "Y010006"
