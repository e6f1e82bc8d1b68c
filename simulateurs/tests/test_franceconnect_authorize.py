"""What the stand-in accepts from a service, and what it refuses as the real one (FS-01, FS-02)."""

from typing import Any

import pytest

from simulateurs.franceconnect.checks import (
    FranceConnectError,
    ServiceError,
    check_authorize,
    check_identity,
)
from simulateurs.franceconnect.config import FranceConnectConfig, Service
from simulateurs.tests.fake_tandem import ROSE

BACK = "http://localhost:9999/retour"
SERVICE = Service("s", "secret", "Service", (BACK,), (), may_ask_claims=True)
PLAIN = Service("plain", "secret", "Service", (BACK,), ())
CONFIG = FranceConnectConfig("http://localhost:9998", (SERVICE, PLAIN))
REQUEST = {
    "client_id": "s",
    "acr_values": "eidas1",
    "response_type": "code",
    "nonce": "n" * 22,
    "state": "s" * 64,
    "redirect_uri": BACK,
    "scope": "openid identite_pivot preferred_username email",
}


def ask(**changes: str | None) -> Any:
    params = {name: value for name, value in {**REQUEST, **changes}.items() if value is not None}
    return check_authorize(CONFIG, list(params.items()))


class TestAuthorize:
    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"acr_values": "eidas1 eidas2"},
            {"prompt": "login consent"},
            {"idp_hint": "x", "ui_locales": "fr"},
            {"claims": '{"id_token":{"amr":{"essential":true},"rep_scope":{"essential":true}}}'},
            {"scope": "openid profile birth idp_birthdate amr idp_id"},
        ],
    )
    def test_accepts_what_the_real_one_accepts(self, changes: dict[str, str]) -> None:
        """FS-01, FS-02, FS-11; a redirect address on the loopback is the one difference."""
        assert ask(**changes).redirect_uri == BACK

    @pytest.mark.parametrize(
        "changes",
        [
            {"code_challenge": "c" * 43},
            {"code_challenge_method": "S256"},
            {"max_age": "0"},
            {"login_hint": "rose@example.org"},
            {"request": "x"},
            {"response_mode": "query"},
            {"display": "page"},
            {"nonce": "n" * 21},
            {"nonce": None},
            {"state": None},
            {"acr_values": None},
            {"response_type": None},
            {"scope": None},
            {"client_id": None},
            {"redirect_uri": None},
            {"prompt": "none"},
            {"prompt": "select_account"},
            {"redirect_uri": "javascript:alert(1)"},
        ],
        ids=str,
    )
    def test_shows_y030007_for_anything_else(self, changes: dict[str, str | None]) -> None:
        """FS-01: nothing is sent to an address that was not checked."""
        with pytest.raises(FranceConnectError) as refused:
            ask(**changes)

        assert refused.value.code == "Y030007"

    def test_refuses_a_parameter_given_twice(self) -> None:
        with pytest.raises(FranceConnectError):
            check_authorize(CONFIG, [*REQUEST.items(), ("scope", "openid")])

    @pytest.mark.parametrize("changes", [{"client_id": "other"}, {"redirect_uri": BACK + "/x"}])
    def test_never_redirects_a_stranger(self, changes: dict[str, str]) -> None:
        with pytest.raises(FranceConnectError) as refused:
            ask(**changes)

        assert refused.value.code == "invalid_client"

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"scope": "profile"}, "invalid_scope"),
            ({"scope": "openid address"}, "invalid_scope"),
            ({"scope": "openid phone"}, "invalid_scope"),
            ({"acr_values": "eidas2"}, "invalid_request"),
            ({"claims": "{"}, "invalid_request"),
            ({"claims": "[]"}, "invalid_request"),
            ({"claims": '{"id_token":{"email":null}}'}, "invalid_request"),
            (
                {"client_id": "plain", "claims": '{"id_token":{"rep_scope":null}}'},
                "invalid_request",
            ),
        ],
    )
    def test_tells_the_service_with_its_state(self, changes: dict[str, str], error: str) -> None:
        """FS-02, FS-09, FS-11: address and phone left in v2; claims need an authorisation."""
        with pytest.raises(ServiceError) as refused:
            ask(**changes)

        assert refused.value.params["error"] == error
        assert refused.value.params["state"] == REQUEST["state"]
        assert refused.value.redirect_uri == BACK


class TestIdentityFormat:
    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"birthdate": "1955-03-00"},
            {"birthdate": "1955-00-00"},
            {"gender": "unspecified"},
            {"birthplace": "2B033"},
            {"birthcountry": "99352", "birthplace": ""},
            {"preferred_username": "DUVAL"},
            {"preferred_username": ""},
        ],
    )
    def test_is_accepted(self, change: dict[str, str]) -> None:
        """FI-12."""
        assert check_identity({**ROSE, **change}) is None  # type: ignore[func-returns-value]  # nothing is the answer

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"given_name": ""}, "given_name"),
            ({"given_name": "x" * 257}, "given_name"),
            ({"given_name": ["Rose"]}, "given_name"),
            ({"family_name": "<b>"}, "family_name"),
            ({"birthdate": "12/03/1955"}, "birthdate"),
            ({"birthdate": "1955"}, "birthdate"),
            ({"gender": "f"}, "gender"),
            ({"birthcountry": "FR"}, "birthcountry"),
            ({"birthplace": ""}, "birthplace"),
            ({"birthplace": "Paris"}, "birthplace"),
            ({"email": "a..b@x.org"}, "email"),
            ({"email": ""}, "email"),
            ({"email": None}, "email"),
            ({"preferred_username": 5}, "preferred_username"),
        ],
    )
    def test_is_refused_with_y000007(self, change: dict[str, object], named: str) -> None:
        """FI-12: the page names the claim and never its value."""
        with pytest.raises(FranceConnectError) as refused:
            check_identity({**ROSE, **change})

        assert refused.value.code == "Y000007"
        assert refused.value.why == f"Identité reçue non valide : {named}"
