"""What a service calls itself: token, userinfo, published documents, logout (FS-03 to FS-10)."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from simulateurs.tests.conftest import Scene

pytestmark = pytest.mark.loopback


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
