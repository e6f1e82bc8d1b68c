"""A person, then an aidant, through the stand-ins, as a browser without script."""

import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from simulateurs.tests.conftest import Identify, Scene
from simulateurs.tests.fake_tandem import CLIENT_ID, CLIENT_SECRET, unsigned

pytestmark = pytest.mark.loopback


def error_code(scene: Scene) -> str:
    return next(line for line in scene.browser.page.text.splitlines() if line.startswith("Y"))


class TestPerson:
    def test_is_recognised_as_herself(self, scene: Scene, identify: Identify) -> None:
        identify("caf", "rose")

        page = scene.browser.page
        assert "Bonjour Rose Marie MARTIN" in page.text
        assert "La personne s’est connectée elle-même" in page.text
        assert "rose.martin@exemple.fr" in page.text
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


class TestServiceSide:
    def code(self, scene: Scene, slug: str = "ville") -> tuple[str, dict[str, str]]:
        """A code for Rose, and the form that would exchange it."""
        service = scene.service(slug)
        asked = {
            "client_id": service.client_id,
            "acr_values": "eidas1",
            "response_type": "code",
            "nonce": "n" * 32,
            "state": "s" * 32,
            "redirect_uri": service.redirect_uris[0],
            "scope": "openid identite_pivot idp_birthdate",
        }
        with httpx.Client(base_url=scene.fc.config.issuer) as http:
            place = http.get("/authorize", params=asked).headers["location"]
            http.post(f"{place}/demonstration", data={"person": "amina"})
            back = http.post(f"{place}/confirmation").headers["location"]
            again = http.post(f"{place}/confirmation")
        assert again.status_code == 403
        query = parse_qs(urlsplit(back).query)
        assert (query["state"], query["iss"]) == (["s" * 32], [scene.fc.config.issuer])
        form = {
            "grant_type": "authorization_code",
            "code": query["code"][0],
            "redirect_uri": service.redirect_uris[0],
            "client_id": service.client_id,
            "client_secret": service.client_secret,
        }
        return query["code"][0], form

    def test_exchanges_a_code_once(self, scene: Scene) -> None:
        """FS-03, FS-05, FS-07: signed ES256, sixty seconds, a subject of 66 characters."""
        _, form = self.code(scene)
        token_url = f"{scene.fc.config.issuer}/token"

        first, second = httpx.post(token_url, data=form), httpx.post(token_url, data=form)

        tokens = first.json()
        assert (second.status_code, second.json()) == (400, {"error": "invalid_grant"})
        assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 60)
        userinfo_url = f"{scene.fc.config.issuer}/userinfo"
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        answer = httpx.get(userinfo_url, headers=bearer)
        assert answer.headers["content-type"].startswith("application/jwt")
        assert scene.fc.signer.is_ours(answer.text)
        scene.clock.now += 60
        assert httpx.get(userinfo_url, headers=bearer).status_code == 401
        assert httpx.get(userinfo_url).status_code == 401

    @pytest.mark.parametrize(
        ("change", "status", "error"),
        [
            ({"client_secret": "wrong"}, 401, "invalid_client"),
            ({"client_secret": "é"}, 401, "invalid_client"),
            ({"client_id": "unknown"}, 401, "invalid_client"),
            ({"grant_type": "password"}, 400, "unsupported_grant_type"),
            ({"redirect_uri": "http://127.0.0.1/other"}, 400, "invalid_grant"),
            ({"code": "guessed"}, 400, "invalid_grant"),
        ],
        ids=str,
    )
    def test_refuses_the_exchange(
        self, scene: Scene, change: dict[str, str], status: int, error: str
    ) -> None:
        """FS-04."""
        _, form = self.code(scene)

        answer = httpx.post(f"{scene.fc.config.issuer}/token", data={**form, **change})

        assert (answer.status_code, answer.json()) == (status, {"error": error})

    def test_forgets_a_code_after_thirty_seconds(self, scene: Scene) -> None:
        """FS-03."""
        _, form = self.code(scene)
        scene.clock.now += 30

        assert httpx.post(f"{scene.fc.config.issuer}/token", data=form).status_code == 400

    def test_gives_a_code_to_its_service_only(self, scene: Scene) -> None:
        _, form = self.code(scene)
        other = scene.service("caf")
        stolen = {**form, "client_id": other.client_id, "client_secret": other.client_secret}

        assert httpx.post(f"{scene.fc.config.issuer}/token", data=stolen).status_code == 400

    def test_publishes_the_former_key_after_a_rotation(self, scene: Scene) -> None:
        """FS-06."""
        url = f"{scene.fc.config.issuer}/jwks"
        [before] = httpx.get(url).json()["keys"]
        scene.fc.signer.rotate()

        after = httpx.get(url).json()["keys"]
        assert len(after) == 2
        assert before in after
        assert all("d" not in key for key in after)

    def test_publishes_its_addresses(self, scene: Scene) -> None:
        base = scene.fc.config.issuer
        found = httpx.get(f"{base}/.well-known/openid-configuration").json()

        assert found["issuer"] == base
        assert found["end_session_endpoint"] == f"{base}/session/end"

    @pytest.mark.parametrize(
        "query", [{}, {"id_token_hint": "a.b.c"}, {"id_token_hint": "eyJhbGciOiJub25lIn0.e30."}]
    )
    def test_logs_out_with_its_own_token_only(self, scene: Scene, query: dict[str, str]) -> None:
        """FS-10: id_token_hint is required."""
        assert httpx.get(f"{scene.fc.config.issuer}/session/end", params=query).status_code == 400

    def test_logs_out_towards_a_known_address_only(self, scene: Scene) -> None:
        hint = scene.fc.signer.sign({"sub": "x"})
        url = f"{scene.fc.config.issuer}/session/end"

        elsewhere = httpx.get(
            url,
            params={
                "id_token_hint": hint,
                "post_logout_redirect_uri": "http://127.0.0.1/elsewhere",
            },
        )
        nowhere = httpx.get(url, params={"id_token_hint": hint})

        assert elsewhere.status_code == 400
        assert "Déconnecté" in nowhere.text


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
