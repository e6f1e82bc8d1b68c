"""A provider that misbehaves in one way at a time: each way is refused with its own reason (S-04, FS-05, R-17)."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from tandem.oidc_client.models import Attempt
from tandem.oidc_client.rules import FranceConnectUnavailable, IdentificationRefused, Reason
from tandem.oidc_client.tests.conftest import AT, Journey
from tandem.oidc_client.tests.provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    Provider,
    Token,
    new_key,
    sign,
    unsigned,
)

pytestmark = pytest.mark.loopback

NOW = int(AT.timestamp())
OTHER_KEY = new_key("k1")
RSA = RSAKey.generate_key(2048, parameters={"kid": "k1"})
OUR_SECRET = OctKey.import_key(CLIENT_SECRET)
CRITICAL = b'{"alg":"ES256","kid":"k1","crit":["b64"],"b64":false}'
OWN_KEY = b'{"alg":"ES256","jwk":{"kty":"EC"}}'
PLAIN = json.dumps({"sub": "ab" * 32 + "v1"}).encode()
HUGE = b"[" + b" " * 20_000_000
Spoil = Callable[[Provider], object]


def id_token(**claims: Any) -> Spoil:
    return lambda p: p.id_token.claims.update(claims)


def id_token_without(claim: str) -> Spoil:
    return lambda p: p.id_token.removed.add(claim)


def userinfo(**claims: Any) -> Spoil:
    return lambda p: p.userinfo.claims.update(claims)


def userinfo_without(claim: str) -> Spoil:
    return lambda p: p.userinfo.removed.add(claim)


def token_answer(**members: Any) -> Spoil:
    return lambda p: p.token_response.update(members)


def broken(path: str, status: int, media_type: str, body: bytes) -> Spoil:
    return lambda p: p.broken.update({f"/api/v2/{path}": (status, media_type, body)})


def nameless(p: Provider) -> None:
    """A key is chosen by its name: having none in common is not having the same."""
    p.published[0].pop("kid")
    p.id_token.header.pop("kid")


def refused_token(status: int, error: str) -> Spoil:
    return broken("token", status, "application/json", json.dumps({"error": error}).encode())


def cut_signature(which: str) -> Spoil:
    def spoil(p: Provider) -> None:
        getattr(p, which).raw = lambda claims: sign(claims, p.key, {"alg": "ES256", "kid": "k1"})[
            :-9
        ]

    return spoil


def published(*keys: Any) -> Spoil:
    def spoil(p: Provider) -> None:
        p.published = list(keys)

    return spoil


def raw(which: str, make: Callable[[dict[str, Any]], str]) -> Spoil:
    return lambda p: setattr(getattr(p, which), "raw", make)


def header(which: str, **members: Any) -> Spoil:
    def spoil(p: Provider) -> None:
        token: Token = getattr(p, which)
        token.header = {k: v for k, v in {**token.header, **members}.items() if v is not None}

    return spoil


def signed_with(which: str, key: ECKey | RSAKey | OctKey, algorithm: str) -> Spoil:
    def spoil(p: Provider) -> None:
        token: Token = getattr(p, which)
        token.key, token.header["alg"] = key, algorithm

    return spoil


def signed_bytes(which: str, payload: bytes) -> Spoil:
    """A right signature around what is not an object."""

    def spoil(p: Provider) -> None:
        getattr(p, which).raw = lambda _: sign(payload, p.key, {"alg": "ES256", "kid": "k1"})

    return spoil


def forged_header(which: str, text: bytes) -> Spoil:
    """A header that is not what a library would write, before a valid-looking rest."""
    start = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    return raw(which, lambda _: f"{start}.e30.c2ln")


def public(key: ECKey, **members: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), "kid": "k1", "use": "sig", "alg": "ES256", **members}


FAULTS: list[tuple[str, Spoil, Reason]] = [
    # The keys.
    ("keys that are not JSON", broken("jwks", 200, "text/html", b"<p>"), Reason.KEYS_MALFORMED),
    ("an empty key set", published(), Reason.KEYS_MALFORMED),
    ("keys in an object", lambda p: setattr(p, "jwks", {"keys": {"k1": {}}}), Reason.KEYS_MALFORMED),
    ("keys that are texts", published("k1"), Reason.KEYS_MALFORMED),
    ("keys out of order", broken("jwks", 503, "text/plain", b""), Reason.SERVER_ERROR),
    ("two keys of one name", published(public(new_key()), public(new_key())), Reason.ID_TOKEN_KEY),
    ("a key for encryption", lambda p: p.published[0].update(use="enc"), Reason.ID_TOKEN_KEY),
    ("a key for another algorithm", lambda p: p.published[0].update(alg="ES512"), Reason.ID_TOKEN_KEY),
    ("a key of another curve", published(public(new_key("k1", "P-384"))), Reason.ID_TOKEN_KEY),
    ("a point outside the curve", lambda p: p.published[0].update(x="AAAA"), Reason.ID_TOKEN_KEY),
    ("an RSA key", published({**RSA.as_dict(private=False), "kid": "k1"}), Reason.ID_TOKEN_KEY),
    ("a key of wrong types", lambda p: p.published[0].update(x=[1], y=None), Reason.ID_TOKEN_KEY),
    # The exchange.
    ("a refused client", refused_token(401, "invalid_client"), Reason.CLIENT_REFUSED),
    ("a refused code", refused_token(400, "invalid_grant"), Reason.CODE_REFUSED),
    ("a refusal that is not JSON", broken("token", 400, "text/html", b"no"), Reason.CODE_REFUSED),
    ("an answer 204", broken("token", 204, "text/html", b""), Reason.CODE_REFUSED),
    ("a server error", broken("token", 502, "text/html", b""), Reason.SERVER_ERROR),
    ("a redirection of the exchange", broken("token", 302, "text/html", b""), Reason.ANSWER_UNUSABLE),
    ("tokens of 20 MB", broken("token", 200, "application/json", HUGE), Reason.ANSWER_UNUSABLE),
    ("keys of 20 MB", broken("jwks", 200, "application/json", HUGE), Reason.ANSWER_UNUSABLE),
    ("a userinfo of 20 MB", broken("userinfo", 200, "application/jwt", HUGE), Reason.ANSWER_UNUSABLE),
    ("keys elsewhere", broken("jwks", 302, "text/html", b""), Reason.ANSWER_UNUSABLE),
    ("a userinfo elsewhere", broken("userinfo", 307, "text/html", b""), Reason.ANSWER_UNUSABLE),
    ("too many requests", broken("token", 429, "text/html", b""), Reason.SERVER_ERROR),
    ("tokens that are not JSON", broken("token", 200, "text/html", b"<p>"), Reason.TOKEN_MALFORMED),
    ("tokens in a list", broken("token", 200, "application/json", b"[]"), Reason.TOKEN_MALFORMED),
    ("tokens nested for ever", broken("token", 200, "application/json", b"[" * 90_000), Reason.TOKEN_MALFORMED),
    ("another type of token", token_answer(token_type="DPoP"), Reason.TOKEN_TYPE),
    ("no type of token", token_answer(token_type=None), Reason.TOKEN_TYPE),
    ("no access token", token_answer(access_token=None), Reason.ACCESS_TOKEN_MISSING),
    ("an access token in a list", token_answer(access_token=["a"]), Reason.ACCESS_TOKEN_MISSING),
    ("an access token with a new line", token_answer(access_token="a\r\nX: y"), Reason.ACCESS_TOKEN_MISSING),
    ("no ID token", token_answer(id_token=None), Reason.ID_TOKEN_MISSING),
    ("an ID token in an object", token_answer(id_token={}), Reason.ID_TOKEN_MISSING),
    # The form and signature of the ID token.
    ("a text that is no token", token_answer(id_token="not-a-token"), Reason.ID_TOKEN_MALFORMED),
    ("an encrypted token", token_answer(id_token="a.b.c.d.e"), Reason.ID_TOKEN_MALFORMED),
    ("a token with accents", token_answer(id_token="é.é.é"), Reason.ID_TOKEN_MALFORMED),
    ("a header that is a list", forged_header("id_token", b'["alg"]'), Reason.ID_TOKEN_MALFORMED),
    ("a header that is a text", forged_header("id_token", b'"alg kid"'), Reason.ID_TOKEN_MALFORMED),
    ("a header too long", forged_header("id_token", b'{"a":"' + b"x" * 3000 + b'"}'), Reason.ID_TOKEN_MALFORMED),
    ("a critical header", forged_header("id_token", CRITICAL), Reason.ID_TOKEN_MALFORMED),
    ("a payload that is a list", signed_bytes("id_token", b"[1]"), Reason.ID_TOKEN_MALFORMED),
    ("a payload that is not JSON", signed_bytes("id_token", b"sub"), Reason.ID_TOKEN_MALFORMED),
    ("an empty ID token", token_answer(id_token=""), Reason.ID_TOKEN_MISSING),
    ("algorithm none", raw("id_token", unsigned), Reason.ID_TOKEN_ALGORITHM),
    ("HS256 with our secret", signed_with("id_token", OUR_SECRET, "HS256"), Reason.ID_TOKEN_ALGORITHM),
    ("RS256", signed_with("id_token", RSA, "RS256"), Reason.ID_TOKEN_ALGORITHM),
    ("no key identifier", header("id_token", kid=None), Reason.ID_TOKEN_KEY),
    ("a token and a key both without identifier", nameless, Reason.ID_TOKEN_KEY),
    ("an unknown key identifier", header("id_token", kid="k9"), Reason.ID_TOKEN_KEY),
    ("a key brought by the token", forged_header("id_token", OWN_KEY), Reason.ID_TOKEN_KEY),
    ("another key under the same name", signed_with("id_token", OTHER_KEY, "ES256"), Reason.ID_TOKEN_SIGNATURE),
    ("a signature cut", cut_signature("id_token"), Reason.ID_TOKEN_SIGNATURE),
    # The claims of the ID token.
    ("another issuer", id_token(iss="https://elsewhere.example/api/v2"), Reason.ID_TOKEN_ISSUER),
    ("an issuer with a slash more", lambda p: p.id_token.claims.update(iss=p.issuer + "/"), Reason.ID_TOKEN_ISSUER),
    ("an issuer in a list", lambda p: p.id_token.claims.update(iss=[p.issuer]), Reason.ID_TOKEN_ISSUER),
    ("no issuer", id_token_without("iss"), Reason.ID_TOKEN_ISSUER),
    ("another audience", id_token(aud="another-client"), Reason.ID_TOKEN_AUDIENCE),
    ("an audience beside ours", id_token(aud=[CLIENT_ID, "another-client"]), Reason.ID_TOKEN_AUDIENCE),
    ("an audience in an object", id_token(aud={CLIENT_ID: 1}), Reason.ID_TOKEN_AUDIENCE),
    ("no audience", id_token_without("aud"), Reason.ID_TOKEN_AUDIENCE),
    ("another authorised party", id_token(azp="another-client"), Reason.ID_TOKEN_PARTY),
    ("an expired token", id_token(exp=NOW - 31), Reason.ID_TOKEN_EXPIRED),
    ("an expiry in text", id_token(exp=str(NOW + 60)), Reason.ID_TOKEN_EXPIRED),
    ("an expiry that is true", id_token(exp=True), Reason.ID_TOKEN_EXPIRED),
    ("an expiry without end", id_token(exp=1e300), Reason.ID_TOKEN_EXPIRED),
    ("no expiry", id_token_without("exp"), Reason.ID_TOKEN_EXPIRED),
    ("a token of tomorrow", id_token(iat=NOW + 31), Reason.ID_TOKEN_ISSUED_AT),
    ("a token of long ago", id_token(iat=NOW - 301), Reason.ID_TOKEN_ISSUED_AT),
    ("no instant of issue", id_token_without("iat"), Reason.ID_TOKEN_ISSUED_AT),
    ("a token not valid yet", id_token(nbf=NOW + 31), Reason.ID_TOKEN_NOT_YET),
    ("a beginning in text", id_token(nbf="now"), Reason.ID_TOKEN_NOT_YET),
    ("another nonce", id_token(nonce="another-nonce-of-the-same-length-as-the-right-1"), Reason.ID_TOKEN_NONCE),
    ("a nonce in a list", id_token(nonce=["a"]), Reason.ID_TOKEN_NONCE),
    ("no nonce", id_token_without("nonce"), Reason.ID_TOKEN_NONCE),
    ("a lower level", id_token(acr="eidas0"), Reason.ID_TOKEN_LEVEL),
    ("a level in a list", id_token(acr=["eidas1"]), Reason.ID_TOKEN_LEVEL),
    ("no level", id_token_without("acr"), Reason.ID_TOKEN_LEVEL),
    ("the hash of another access token", id_token(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), Reason.ID_TOKEN_ACCESS_HASH),
    ("a subject in a list", id_token(sub=["ab" * 32 + "v1"]), Reason.ID_TOKEN_SUBJECT),
    ("a subject of another form", id_token(sub="42"), Reason.ID_TOKEN_SUBJECT),
    ("a subject followed by a line", id_token(sub="ab" * 32 + "v1\n"), Reason.ID_TOKEN_SUBJECT),
    ("no subject", id_token_without("sub"), Reason.ID_TOKEN_SUBJECT),
    # The userinfo.
    ("a refused access token", broken("userinfo", 401, "text/plain", b""), Reason.USERINFO_REFUSED),
    ("a userinfo out of order", broken("userinfo", 500, "text/plain", b""), Reason.SERVER_ERROR),
    ("an unsigned userinfo", broken("userinfo", 200, "application/json", PLAIN), Reason.USERINFO_UNSIGNED),
    ("a userinfo with accents", broken("userinfo", 200, "application/jwt", "é".encode()), Reason.USERINFO_MALFORMED),
    ("a userinfo that is no token", broken("userinfo", 200, "application/jwt", b"hello"), Reason.USERINFO_MALFORMED),
    ("a userinfo that is a list", signed_bytes("userinfo", b"[1]"), Reason.USERINFO_MALFORMED),
    ("a userinfo of algorithm none", raw("userinfo", unsigned), Reason.USERINFO_ALGORITHM),
    ("a userinfo in HS256", signed_with("userinfo", OUR_SECRET, "HS256"), Reason.USERINFO_ALGORITHM),
    ("a userinfo of an unknown key", header("userinfo", kid="k9"), Reason.USERINFO_KEY),
    ("a userinfo of another key", signed_with("userinfo", OTHER_KEY, "ES256"), Reason.USERINFO_SIGNATURE),
    ("a userinfo of another issuer", userinfo(iss="https://elsewhere.example"), Reason.USERINFO_ISSUER),
    ("a userinfo without issuer", userinfo_without("iss"), Reason.USERINFO_ISSUER),
    ("a userinfo for another", userinfo(aud="another-client"), Reason.USERINFO_AUDIENCE),
    ("a userinfo without audience", userinfo_without("aud"), Reason.USERINFO_AUDIENCE),
    ("an expired userinfo", userinfo(exp=NOW - 31), Reason.USERINFO_EXPIRED),
    ("the userinfo of another person", userinfo(sub="cd" * 32 + "v1"), Reason.USERINFO_SUBJECT),
    ("a userinfo with a subject in a list", userinfo(sub=["ab" * 32 + "v1"]), Reason.USERINFO_SUBJECT),
    ("a userinfo without subject", userinfo_without("sub"), Reason.USERINFO_SUBJECT),
    # The identity.
    ("no family name", userinfo_without("family_name"), Reason.IDENTITY_NAME),
    ("an empty given name", userinfo(given_name=" "), Reason.IDENTITY_NAME),
    ("a given name in a list", userinfo(given_name=["Rose"]), Reason.IDENTITY_NAME),
    ("a name of 257 letters", userinfo(family_name="A" * 257), Reason.IDENTITY_NAME),
    ("a name that turns the line", userinfo(family_name="MAR\u202eTIN"), Reason.IDENTITY_NAME),
    ("a name on two lines", userinfo(family_name="MAR\nTIN"), Reason.IDENTITY_NAME),
    ("no date of birth", userinfo_without("birthdate"), Reason.IDENTITY_BIRTHDATE),
    ("a date in French", userinfo(birthdate="12/03/1955"), Reason.IDENTITY_BIRTHDATE),
    ("a thirteenth month", userinfo(birthdate="1955-13-01"), Reason.IDENTITY_BIRTHDATE),
    ("a presumed date of another year", userinfo(idp_birthdate="1946-00-00"), Reason.IDENTITY_BIRTHDATE),
    ("another gender", userinfo(gender="f"), Reason.IDENTITY_GENDER),
    ("no gender", userinfo_without("gender"), Reason.IDENTITY_GENDER),
    ("a place in words", userinfo(birthplace="Paris"), Reason.IDENTITY_BIRTHPLACE),
    ("no country", userinfo_without("birthcountry"), Reason.IDENTITY_BIRTHCOUNTRY),
    ("a country in letters", userinfo(birthcountry="FR"), Reason.IDENTITY_BIRTHCOUNTRY),
    ("an e-mail in a list", userinfo(email=["rose@example.org"]), Reason.IDENTITY_OPTIONAL),
    ("a name of use with a control", userinfo(preferred_username="DU\x00VAL"), Reason.IDENTITY_OPTIONAL),
]  # fmt: skip


class TestMisbehavingProvider:
    @pytest.mark.parametrize(
        ("spoil", "reason"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
    )
    def test_is_refused_with_its_own_reason(
        self, journey: Journey, spoil: Spoil, reason: Reason
    ) -> None:
        """S-04, FS-04, FS-05, FS-07, R-17: one fault at a time, the rest being right."""
        params = journey.provider.authorize(journey.leave())
        spoil(journey.provider)

        with pytest.raises((IdentificationRefused, FranceConnectUnavailable)) as refused:
            journey.come_back(params)

        assert isinstance(refused.value, IdentificationRefused | FranceConnectUnavailable)
        assert refused.value.reason == reason
        assert refused.value.message.endswith(".")
        attempt = Attempt.objects.get()
        assert (attempt.refused_for, attempt.consumed_at) == (reason, AT)

    def test_covers_every_reason_an_answer_may_give(self) -> None:
        """A check without its fault would be a check nobody has seen bite."""
        prefixes = (
            "id_token_",
            "userinfo_",
            "identity_",
            "token_",
            "access_",
            "client_",
            "code_",
            "keys_",
        )
        named = {reason for reason in Reason if reason.value.startswith(prefixes)}

        assert named - {fault[2] for fault in FAULTS} == set()

    def test_does_not_put_the_answer_in_the_refusal(self, journey: Journey) -> None:
        """Law of the house: no personal value in a message nor in an exception."""
        journey.provider.identity["birthdate"] = "12/03/1955"

        with pytest.raises(IdentificationRefused) as refused:
            journey.whole()

        text = f"{refused.value} {refused.value.args} {refused.value.message}"
        assert "1955" not in text
        assert "MARTIN" not in text
