"""What is read from a request, and what is said in an answer: no database here."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tandem.oidc_provider.rules import protocol
from tandem.oidc_provider.rules.protocol import ProtocolError, read_authorize
from tandem.referentiels.rules import REP_SCOPES

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
# As FranceConnect sends it (FI-01): no PKCE.
FRANCECONNECT = {
    "client_id": ["franceconnect"],
    "scope": ["openid profile email birth"],
    "response_type": ["code"],
    "redirect_uri": ["https://fc.example/api/v2/oidc-callback"],
    "state": ["a" * 64],
    "nonce": ["b" * 64],
    "acr_values": ["eidas1"],
    "prompt": ["login"],
    "claims": [
        json.dumps({"id_token": {"rep_scope": {"essential": True, "values": ["Social-Santé"]}}})
    ],
}


def read(**changes: list[str] | None) -> protocol.AuthorizeRequest:
    values = {**FRANCECONNECT, **changes}
    return read_authorize(
        {name: value for name, value in values.items() if value is not None},
        registered_scopes=protocol.SCOPES,
    )


def claims(rep_scope: object) -> list[str]:
    return [json.dumps({"id_token": {"rep_scope": rep_scope}})]


class TestARequestIsRead:
    def test_as_franceconnect_sends_it(self) -> None:
        """FI-01."""
        asked = read()

        assert asked == protocol.AuthorizeRequest(
            state="a" * 64,
            nonce="b" * 64,
            scopes=("openid", "profile", "email", "birth"),
            rep_scopes=("Social-Santé",),
            code_challenge="",
        )

    @pytest.mark.parametrize("values", [[], ["Transports-Mobilité", "Justice"]])
    def test_with_any_list_of_labels_or_none(self, values: list[str]) -> None:
        """FI-02: neither is an error of format."""
        assert read(claims=claims({"essential": True, "values": values})).rep_scopes == tuple(
            values
        )

    def test_with_a_label_nobody_knows_which_then_matches_no_theme(self) -> None:
        """FI-02, P-07: asked for something that is not ours is not the same as asked for nothing."""
        assert read(claims=claims({"values": ["Astrologie"]})).rep_scopes == (
            protocol.UNKNOWN_LABEL,
        )

    @pytest.mark.parametrize(
        "sent", [None, [""], ["{}"], ['{"id_token": null}'], claims(None), ['{"userinfo": {}}']]
    )
    def test_without_any_perimetre(self, sent: list[str] | None) -> None:
        """Decision 9: not declared."""
        assert read(claims=sent).rep_scopes == ()

    def test_with_unknown_parameters_tolerated(self) -> None:
        assert read(ui_locales=["fr"], idp_hint=["x"], made_up=["1"]).state == "a" * 64

    def test_with_scopes_limited_to_those_known_and_registered(self) -> None:
        """S-07."""
        asked = read_authorize(
            {**FRANCECONNECT, "scope": ["openid profile email birth phone address"]},
            registered_scopes=("openid", "birth"),
        )

        assert asked.scopes == ("openid", "birth")

    def test_with_the_ten_labels_of_franceconnect(self) -> None:
        """FI-03: byte for byte."""
        assert set(REP_SCOPES.values()) == {
            "Papier-Citoyenneté-Elections", "Famille-Scolarité", "Social-Santé", "Travail-Formation",
            "Logement", "Transports-Mobilité", "Argent-Impots-Consommation", "Justice",
            "Etranger-Europe", "Loisirs-Sport-Culture",
        }  # fmt: skip


REFUSED: list[tuple[str, dict[str, list[str] | None], str]] = [
    ("response type absent", {"response_type": None}, "unsupported_response_type"),
    ("implicit", {"response_type": ["id_token"]}, "unsupported_response_type"),
    ("hybrid", {"response_type": ["code id_token"]}, "unsupported_response_type"),
    ("token in the fragment", {"response_mode": ["fragment"]}, "invalid_request"),
    ("form_post", {"response_mode": ["form_post"]}, "invalid_request"),
    ("request object", {"request": ["x.y.z"]}, "request_not_supported"),
    ("empty request object", {"request": [""]}, "request_not_supported"),
    ("request_uri", {"request_uri": ["https://evil.example"]}, "request_uri_not_supported"),
    ("registration", {"registration": ["{}"]}, "registration_not_supported"),
    ("no nonce", {"nonce": None}, "invalid_request"),
    ("empty nonce", {"nonce": [""]}, "invalid_request"),
    ("nonce of 513", {"nonce": ["n" * 513]}, "invalid_request"),
    ("nonce with a null byte", {"nonce": ["abc\x00def"]}, "invalid_request"),
    ("nonce not ASCII", {"nonce": ["né"]}, "invalid_request"),
    ("no state", {"state": None}, "invalid_request"),
    ("state with a line break", {"state": ["a\r\nb"]}, "invalid_request"),
    ("state twice", {"state": ["a", "b"]}, "invalid_request"),
    ("nonce twice", {"nonce": ["a", "a"]}, "invalid_request"),
    ("claims twice", {"claims": ["{}", "{}"]}, "invalid_request"),
    ("an unknown parameter twice", {"made_up": ["1", "2"]}, "invalid_request"),
    ("no openid", {"scope": ["profile"]}, "invalid_scope"),
    ("no scope", {"scope": None}, "invalid_scope"),
    ("prompt none", {"prompt": ["none"]}, "interaction_required"),
    ("only a higher level", {"acr_values": ["eidas2 eidas3"]}, "unmet_authentication_requirements"),
    ("claims not JSON", {"claims": ["{"]}, "invalid_request"),
    ("claims a list", {"claims": ["[]"]}, "invalid_request"),
    ("claims a text", {"claims": ['"id_token"']}, "invalid_request"),
    ("id_token a list", {"claims": ['{"id_token": []}']}, "invalid_request"),
    ("rep_scope a list", {"claims": claims(["Justice"])}, "invalid_request"),
    ("rep_scope true", {"claims": claims(True)}, "invalid_request"),
    ("values a text", {"claims": claims({"values": "Justice"})}, "invalid_request"),
    ("values of numbers", {"claims": claims({"values": [1]})}, "invalid_request"),
    ("values of lists", {"claims": claims({"values": [["Justice"]]})}, "invalid_request"),
    ("value a list", {"claims": claims({"value": ["Justice"]})}, "invalid_request"),
    ("essential a text", {"claims": claims({"essential": "true"})}, "invalid_request"),
    ("a member twice", {"claims": ['{"id_token": null, "id_token": {}}']}, "invalid_request"),
    ("a very deep claims", {"claims": ['{"id_token":' * 900]}, "invalid_request"),
    ("a huge claims", {"claims": ['{"x":"' + "a" * 5000 + '"}']}, "invalid_request"),
    (
        "PKCE plain",
        {"code_challenge": ["c" * 43], "code_challenge_method": ["plain"]},
        "invalid_request",
    ),
    ("PKCE without method", {"code_challenge": ["c" * 43]}, "invalid_request"),
    ("PKCE method alone", {"code_challenge_method": ["S256"]}, "invalid_request"),
    (
        "PKCE too short",
        {"code_challenge": ["c" * 42], "code_challenge_method": ["S256"]},
        "invalid_request",
    ),
]


class TestARequestIsRefused:
    @pytest.mark.parametrize(("why", "changes", "error"), REFUSED, ids=[r[0] for r in REFUSED])
    def test_with_its_own_code(
        self, why: str, changes: dict[str, list[str] | None], error: str
    ) -> None:
        """FI-16, FI-18, FI-23."""
        with pytest.raises(ProtocolError) as refused:
            read(**changes)

        assert refused.value.error == error

    @given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=60), max_size=3)))
    def test_or_read_but_never_anything_else(self, sent: dict[str, list[str]]) -> None:
        """FI-21: hostile input never breaks."""
        assert outcome({**FRANCECONNECT, **sent})

    @given(st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id_token", "rep_scope", "values", "value", "essential"]), inner),
        max_leaves=12,
    ))  # fmt: skip
    def test_whatever_json_the_claims_hold(self, sent: object) -> None:
        """FI-18, FI-21: forged and list-valued claims."""
        asked = outcome({**FRANCECONNECT, "claims": [json.dumps(sent)]})

        known = {*REP_SCOPES.values(), protocol.UNKNOWN_LABEL}
        assert asked == "invalid_request" or set(asked.rep_scopes) <= known  # type: ignore[union-attr]  # the other outcome


def outcome(values: dict[str, list[str]]) -> protocol.AuthorizeRequest | str:
    """The request, or the code of its refusal."""
    try:
        return read_authorize(values, registered_scopes=protocol.SCOPES)
    except ProtocolError as refused:
        return refused.error


class TestPkce:
    VERIFIER = "v" * 43
    CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest()).rstrip(b"=").decode()

    @pytest.mark.parametrize(
        ("challenge", "verifier", "matches"),
        [
            ("", "", True),
            (CHALLENGE, VERIFIER, True),
            (CHALLENGE, "", False),
            (CHALLENGE, "w" * 43, False),
            (CHALLENGE, CHALLENGE, False),
            ("", VERIFIER, False),
            (CHALLENGE, "v" * 42, False),
            (CHALLENGE, "é" * 43, False),
        ],
    )
    def test_is_enforced_when_used_and_only_then(
        self, challenge: str, verifier: str, matches: bool
    ) -> None:
        """FI-23."""
        assert protocol.verifier_matches(challenge, verifier) is matches


class TestAnAnswer:
    def test_keeps_the_query_of_the_redirect_uri(self) -> None:
        to = protocol.redirect_with("https://rp.example/back?a=1", {"code": "c d", "state": ""})

        assert urlsplit(to).netloc == "rp.example"
        assert parse_qs(urlsplit(to).query) == {"a": ["1"], "code": ["c d"]}

    @pytest.mark.parametrize("act", [None, {"sub": "p", "siret": "26210001000018", "mandat": "m"}])
    def test_in_the_id_token_says_exactly_this(self, act: dict[str, str] | None) -> None:
        """FI-04, FI-05, FI-06, FI-14, decision 8: no nbf, no identity, one label, five minutes."""
        said = protocol.id_token_claims(
            issuer="https://tandem.example", client_id="fc", sub="f" * 64, nonce="n", theme="social", act=act, at=AT
        )  # fmt: skip

        expected: dict[str, object] = {
            "iss": "https://tandem.example",
            "sub": "f" * 64,
            "aud": "fc",
            "iat": 1793610000,
            "exp": 1793610300,
            "nonce": "n",
            "acr": "eidas1",
            "rep_scope": ["Social-Santé"],
        }
        assert said == (expected if act is None else {**expected, "act": act})

    def test_of_discovery_offers_nothing_more_than_we_do(self) -> None:
        """FI-16."""
        said = protocol.discovery("https://tandem.example", algs=["ES256"])

        assert said["issuer"] == "https://tandem.example"
        assert said["response_types_supported"] == ["code"]
        assert said["id_token_signing_alg_values_supported"] == ["ES256"]
        assert said["claims_parameter_supported"] is True
        assert said["request_parameter_supported"] is False
        assert said["request_uri_parameter_supported"] is False
        assert "none" not in json.dumps(said)


class TestATokenRequest:
    GOOD = {
        "grant_type": ["authorization_code"],
        "code": ["c"],
        "redirect_uri": ["https://rp.example"],
    }

    def test_is_read(self) -> None:
        assert protocol.read_token_request(self.GOOD) == protocol.TokenRequest(
            "c", "https://rp.example", ""
        )

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"grant_type": ["refresh_token"]}, "unsupported_grant_type"),
            ({"grant_type": ["password"]}, "unsupported_grant_type"),
            ({"grant_type": []}, "unsupported_grant_type"),
            ({"code": ["a", "b"]}, "invalid_request"),
            ({"code": [""]}, "invalid_request"),
            ({"code": ["a\x00"]}, "invalid_request"),
            ({"code": ["é"]}, "invalid_request"),
            ({"redirect_uri": []}, "invalid_request"),
            ({"made_up": ["1", "1"]}, "invalid_request"),
        ],
    )
    def test_is_refused(self, changes: dict[str, list[str]], error: str) -> None:
        """FI-08, FI-10 (no refresh token), FI-18."""
        with pytest.raises(ProtocolError) as refused:
            protocol.read_token_request({**self.GOOD, **changes})

        assert refused.value.error == error
