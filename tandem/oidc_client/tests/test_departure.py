"""Leaving for FranceConnect: what the address says, and what stays here."""

import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.db import transaction

from tandem.oidc_client.models import Attempt
from tandem.oidc_client.rules import FranceConnectUnavailable, Reason
from tandem.oidc_client.tests.conftest import AFTER_LOGOUT_URI, BINDING, RETURN_URI, Journey
from tandem.oidc_client.tests.provider import SUB

pytestmark = pytest.mark.loopback


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query, strict_parsing=True)


class TestDeparture:
    def test_asks_with_the_allowed_parameters_and_no_other(self, journey: Journey) -> None:
        """FS-01, FS-02, decision 4: no PKCE, no max_age, no login_hint; each parameter once."""
        url = journey.leave()

        query = query_of(url)
        assert url.startswith(f"{journey.provider.issuer}/authorize?")
        assert set(query) == {
            "response_type", "client_id", "redirect_uri", "scope", "acr_values", "state", "nonce",
        }  # fmt: skip
        assert all(len(values) == 1 for values in query.values())
        assert query["scope"] == ["openid identite_pivot preferred_username email idp_birthdate"]
        assert (query["response_type"], query["acr_values"]) == (["code"], ["eidas1"])
        assert query["redirect_uri"] == [RETURN_URI]

    def test_draws_new_unguessable_secrets_each_time(self, journey: Journey) -> None:
        """FS-01, S-04: a nonce of 22 characters at least; 256 bits each."""
        first, second = query_of(journey.leave()), query_of(journey.leave())

        secrets = {first["state"][0], first["nonce"][0], second["state"][0], second["nonce"][0]}
        assert len(secrets) == 4
        assert all(len(secret) >= 43 for secret in secrets)

    def test_keeps_no_secret_in_clear(self, journey: Journey) -> None:
        """S-04: state, nonce and the browser's secret stand in the row by their hash alone."""
        query = query_of(journey.leave())

        [row] = Attempt.objects.values()
        kept = " ".join(str(value) for value in row.values())
        for secret in (query["state"][0], query["nonce"][0], BINDING):
            assert secret not in kept
            assert hashlib.sha256(secret.encode()).hexdigest() in kept
        assert row["reference"] == journey.reference
        assert row["post_logout_uri"] == AFTER_LOGOUT_URI

    @pytest.mark.parametrize("binding", ["", "short"])
    def test_needs_a_secret_of_the_browser(self, journey: Journey, binding: str) -> None:
        """S-04: a browser that lost its session must not match a departure that had none."""
        with pytest.raises(ValueError, match="binding"):
            journey.leave(binding=binding)

        assert not Attempt.objects.exists()

    def test_reads_the_discovery_document_once(self, journey: Journey) -> None:
        journey.leave()
        journey.leave()

        assert journey.provider.calls == ["/api/v2/.well-known/openid-configuration"]

    @pytest.mark.django_db(transaction=True)
    def test_never_speaks_inside_a_transaction(self, journey: Journey) -> None:
        """A row waiting for the network would hold its locks: the mistake explodes where it is made."""
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            journey.leave()

        assert not Attempt.objects.exists()


class TestDiscovery:
    @pytest.mark.parametrize(
        ("document", "reason"),
        [
            ({"issuer": "https://elsewhere.example/api/v2"}, Reason.DISCOVERY_ISSUER),
            ({"issuer": None}, Reason.DISCOVERY_ISSUER),
            ({"issuer": ["http://127.0.0.1/api/v2"]}, Reason.DISCOVERY_ISSUER),
            ({"token_endpoint": "https://elsewhere.example/token"}, Reason.DISCOVERY_ADDRESS),
            ({"token_endpoint": "http://[broken/token"}, Reason.DISCOVERY_ADDRESS),
            ({"userinfo_endpoint": "file:///etc/passwd"}, Reason.DISCOVERY_ADDRESS),
            ({"end_session_endpoint": 5}, Reason.DISCOVERY_MALFORMED),
            ({"jwks_uri": None}, Reason.DISCOVERY_MALFORMED),
        ],
    )
    def test_is_not_followed_when_it_leads_elsewhere(
        self, journey: Journey, document: dict[str, object], reason: Reason
    ) -> None:
        """R-17, FI-16 read from the other side: exact issuer, and every address at its origin."""
        journey.provider.discovery = document

        with pytest.raises(FranceConnectUnavailable) as refused:
            journey.leave()

        assert refused.value.reason == reason
        assert not Attempt.objects.exists()

    @pytest.mark.parametrize(
        ("answer", "reason"),
        [
            ((200, "text/html", b"<html>"), Reason.DISCOVERY_MALFORMED),
            ((200, "application/json", b"[]"), Reason.DISCOVERY_MALFORMED),
            ((404, "application/json", b"{}"), Reason.DISCOVERY_MALFORMED),
            ((302, "text/html", b""), Reason.ANSWER_UNUSABLE),
            ((200, "application/json", b'"' + b"x" * 1_100_000 + b'"'), Reason.ANSWER_UNUSABLE),
            ((500, "text/html", b""), Reason.SERVER_ERROR),
            ((429, "text/html", b""), Reason.SERVER_ERROR),
        ],
        ids=["html", "list", "absent", "redirect", "huge", "broken", "busy"],
    )
    def test_says_unavailable_when_it_cannot_be_read(
        self, journey: Journey, answer: tuple[int, str, bytes], reason: Reason
    ) -> None:
        """R-17."""
        journey.provider.broken["/api/v2/.well-known/openid-configuration"] = answer

        with pytest.raises(FranceConnectUnavailable) as refused:
            journey.leave()

        assert refused.value.reason == reason
        assert "papier" in refused.value.message

    def test_may_stand_at_an_address_of_its_own(self, journey: Journey) -> None:
        """Told by the operator: our own calls may then go there too, the browser never."""
        back = journey.provider.origin.replace("127.0.0.1", "localhost")
        settings.TANDEM_FRANCECONNECT["discovery_url"] = f"{back}/elsewhere.json"
        journey.provider.discovery = {"token_endpoint": f"{back}/api/v2/token"}
        journey.provider.aliases["/elsewhere.json"] = "/api/v2/.well-known/openid-configuration"

        assert journey.whole().identity.sub == SUB

    def test_never_sends_the_browser_to_that_address(self, journey: Journey) -> None:
        back = journey.provider.origin.replace("127.0.0.1", "localhost")
        settings.TANDEM_FRANCECONNECT["discovery_url"] = f"{back}/elsewhere.json"
        journey.provider.discovery = {"authorization_endpoint": f"{back}/api/v2/authorize"}
        journey.provider.aliases["/elsewhere.json"] = "/api/v2/.well-known/openid-configuration"

        with pytest.raises(FranceConnectUnavailable) as refused:
            journey.leave()

        assert refused.value.reason == Reason.DISCOVERY_ADDRESS
