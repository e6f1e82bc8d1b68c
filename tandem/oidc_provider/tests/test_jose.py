"""Signatures: what is accepted, and everything that is not."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jwt

from tandem.oidc_provider.rules import jose
from tandem.oidc_provider.rules.choices import Alg

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = AT.timestamp()
KID, PUBLIC, PRIVATE = jose.new_key(Alg.ES256)
_, OTHER_PUBLIC, OTHER_PRIVATE = jose.new_key(Alg.ES256)
RSA_KID, RSA_PUBLIC, RSA_PRIVATE = jose.new_key(Alg.RS256)
AUDIENCES = {"https://tandem.example", "https://tandem.example/oidc/token"}
GOOD = {
    "iss": "fs", "sub": "fs", "aud": "https://tandem.example", "exp": NOW + 60, "iat": NOW, "jti": "j" * 16,
}  # fmt: skip


class TestAKey:
    @pytest.mark.parametrize(
        ("public", "kid"), [(PUBLIC, KID), (RSA_PUBLIC, RSA_KID)], ids=["EC", "RSA"]
    )
    def test_is_published_without_its_private_part(self, public: jose.Jwk, kid: str) -> None:
        """FI-15."""
        assert public["kid"] == kid
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(public)

    @pytest.mark.parametrize(
        "document",
        [
            PRIVATE, RSA_PRIVATE, [], "x", None, {}, {"kty": "oct", "k": "c2VjcmV0"},
            {"kty": "EC", "crv": "P-256", "x": "!!", "y": "??"},
            jwk.ECKey.generate_key("P-384").as_dict(private=False),
            {"kty": "RSA", "n": str(RSA_PUBLIC["n"])[:170], "e": "AQAB"},
            jwk.OKPKey.generate_key("Ed25519").as_dict(private=False),
        ],
    )  # fmt: skip
    def test_of_a_relying_party_is_public_and_strong(self, document: object) -> None:
        """S-06."""
        with pytest.raises(jose.InvalidToken):
            jose.read_public_key(document)

    def test_of_a_relying_party_is_kept_with_its_one_algorithm(self) -> None:
        assert jose.read_public_key(PUBLIC)["alg"] == "ES256"
        assert jose.read_public_key(RSA_PUBLIC)["alg"] == "RS256"


class TestASignature:
    @pytest.mark.parametrize(
        ("alg", "private", "public"),
        [
            (Alg.ES256, PRIVATE, PUBLIC),
            (Alg.RS256, RSA_PRIVATE, RSA_PUBLIC),
            (Alg.HS256, jose.secret_key("s" * 32), jose.secret_key("s" * 32)),
        ],
    )
    def test_is_read_again(self, alg: Alg, private: jose.Jwk, public: jose.Jwk) -> None:
        token = jose.sign({"sub": "x"}, alg=alg, key=private)

        assert jose.verify(token, alg=alg, key=public) == {"sub": "x"}
        assert jose.peek_header(token).get("kid") == private.get("kid")

    def test_of_another_key_is_refused(self) -> None:
        with pytest.raises(jose.InvalidToken):
            jose.verify(jose.sign({}, alg=Alg.ES256, key=OTHER_PRIVATE), alg=Alg.ES256, key=PUBLIC)

    def test_by_hmac_with_the_public_key_is_refused(self) -> None:
        """The old confusion: our public key used as a secret."""
        secret = jwk.OctKey.import_key(json.dumps(PUBLIC))
        forged = jwt.encode(
            {"alg": "HS256", "kid": KID}, {"sub": "x"}, secret, algorithms=["HS256"]
        )

        with pytest.raises(jose.InvalidToken):
            jose.verify(forged, alg=Alg.ES256, key=PUBLIC)

    @pytest.mark.parametrize(
        "header",
        [
            {"alg": "none"}, {"alg": "ES384"}, {"alg": ["ES256"]}, {"alg": None}, {}, {"alg": "es256"},
            {"alg": "ES256", "crit": ["b64"], "b64": False}, {"alg": "ES256", "jwk": OTHER_PUBLIC},
            {"alg": "ES256", "jku": "https://evil.example"}, {"alg": "ES256", "x5u": "https://evil.example"},
        ],
    )  # fmt: skip
    def test_whose_header_asks_for_something_else_is_refused(
        self, header: dict[str, object]
    ) -> None:
        token = jose.sign({"sub": "x"}, alg=Alg.ES256, key=PRIVATE)
        forged = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()

        with pytest.raises(jose.InvalidToken):
            jose.verify(forged + token[token.index(".") :], alg=Alg.ES256, key=PUBLIC)

    @given(
        st.text(max_size=200)
        | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,90}")
    )
    def test_that_is_garbage_is_refused_and_nothing_breaks(self, token: str) -> None:
        """FI-21."""
        with pytest.raises(jose.InvalidToken):
            jose.verify(token, alg=Alg.ES256, key=PUBLIC)

    def test_of_a_payload_nested_a_thousand_times_is_refused(self) -> None:
        header = base64.urlsafe_b64encode(b'{"alg":"ES256"}').rstrip(b"=").decode()
        payload = base64.urlsafe_b64encode(b'{"a":' * 1000).rstrip(b"=").decode()

        with pytest.raises(jose.InvalidToken):
            jose.peek_text(f"{header}.{payload}.AAAA", "iss")


class TestAnAssertion:
    def test_says_who_for_whom_and_until_when(self) -> None:
        """S-06."""
        jti, until = jose.check_assertion(GOOD, client_id="fs", audiences=AUDIENCES, at=AT)

        assert jti == "j" * 16
        assert until.timestamp() == NOW + 60

    def test_may_name_both_our_addresses(self) -> None:
        """As openid-client 5 does."""
        both = {**GOOD, "aud": sorted(AUDIENCES)}

        assert jose.check_assertion(both, client_id="fs", audiences=AUDIENCES, at=AT)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("iss", "other"), ("iss", ["fs"]), ("iss", None), ("sub", "other"), ("sub", ["fs"]), ("sub", 1),
            ("aud", "https://evil.example"), ("aud", []), ("aud", None), ("aud", {"https://tandem.example": 1}),
            ("aud", ["https://tandem.example", "https://evil.example"]), ("aud", [["https://tandem.example"]]),
            ("exp", NOW), ("exp", NOW - 1), ("exp", NOW + 301), ("exp", None), ("exp", str(NOW + 60)),
            ("exp", True), ("exp", [NOW + 60]), ("exp", float("nan")), ("exp", float("inf")), ("exp", 1e300),
            ("iat", NOW + 60), ("iat", "now"), ("nbf", NOW + 60), ("jti", None), ("jti", ""), ("jti", ["j" * 16]),
            ("jti", "j" * 300),
        ],
    )  # fmt: skip
    def test_is_refused_when_one_claim_is_wrong_or_a_list(self, name: str, value: object) -> None:
        """S-06, and the list-valued claims of identity.md, 4."""
        with pytest.raises(jose.InvalidToken):
            jose.check_assertion({**GOOD, name: value}, client_id="fs", audiences=AUDIENCES, at=AT)
