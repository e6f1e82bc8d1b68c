"""Towards services: the token and userinfo endpoints, the published documents (FS-03 to FS-08)."""

import hmac
import json
import logging
from typing import Any

from simulateurs.franceconnect.checks import SCOPE_CLAIMS
from simulateurs.franceconnect.config import CODE_SECONDS, TOKEN_SECONDS, FranceConnectConfig
from simulateurs.franceconnect.store import Code, Expiring, Identified
from simulateurs.franceconnect.tokens import ALGORITHM, Signer, id_token_claims, subject_of
from simulateurs.web import Request, Response

logger = logging.getLogger(__name__)


class ServiceSide:
    """What a service calls itself, behind the browser's back."""

    def __init__(self, config: FranceConnectConfig, signer: Signer) -> None:
        self.config = config
        self.signer = signer
        self.codes: Expiring[Code] = Expiring(CODE_SECONDS, config.now)
        self._access_tokens: Expiring[Code] = Expiring(TOKEN_SECONDS, config.now)

    def discovery(self, _request: Request) -> Response:
        """Addresses of the browser at the public address, of services at the inner one."""
        front, back = self.config.issuer, self.config.back_issuer
        return _json(
            {
                "issuer": front,
                "authorization_endpoint": f"{front}/authorize",
                "token_endpoint": f"{back}/token",
                "userinfo_endpoint": f"{back}/userinfo",
                "jwks_uri": f"{back}/jwks",
                "end_session_endpoint": f"{front}/session/end",
                "response_types_supported": ["code"],
                "subject_types_supported": ["pairwise"],
                "acr_values_supported": ["eidas1"],
                "scopes_supported": list(SCOPE_CLAIMS),
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "userinfo_signing_alg_values_supported": [ALGORITHM],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
                "claims_parameter_supported": True,
                "authorization_response_iss_parameter_supported": True,
            }
        )

    def jwks(self, _request: Request) -> Response:
        """Public keys only."""
        return _json(self.signer.public_keys())

    def token(self, request: Request) -> Response:
        """A code against tokens: client_secret_post, thirty seconds, once (FS-03, FS-04)."""
        service = self.config.service(request.value("client_id"))
        given = request.value("client_secret").encode()
        if service is None or not hmac.compare_digest(given, service.client_secret.encode()):
            return _json({"error": "invalid_client"}, 401)
        if request.value("grant_type") != "authorization_code":
            return _json({"error": "unsupported_grant_type"}, 400)
        code = self.codes.take(request.value("code"))
        if (
            code is None
            or code.request.service != service
            or code.request.redirect_uri != request.value("redirect_uri")
        ):
            return _json({"error": "invalid_grant"}, 400)
        access_token = self._access_tokens.put(code)
        logger.info("token issued to %s", service.client_id)
        return _json(
            {
                "access_token": access_token,
                "token_type": "Bearer",
                "expires_in": TOKEN_SECONDS,
                "scope": " ".join(code.request.scope),
                "id_token": self.signer.sign(self._id_token(code, access_token)),
            }
        )

    def _id_token(self, code: Code, access_token: str) -> dict[str, Any]:
        asked, who = code.request.id_token_claims, code.identified
        extra: dict[str, Any] = {}
        if "amr" in asked:
            extra["amr"] = ["fc"]
        # How an administration can know that an aidant acts (FS-11); absent when the person is there.
        if "rep_scope" in asked and who.rep_scope:
            extra["rep_scope"] = list(who.rep_scope)
        service = code.request.service
        return id_token_claims(
            self.config,
            service,
            sub=subject_of(who.person, service.entity or service.client_id),
            nonce=code.request.nonce,
            access_token=access_token,
            extra=extra,
        )

    def userinfo(self, request: Request) -> Response:
        """The identity of the scopes asked, signed (FS-05)."""
        kind, _, token = request.authorization.partition(" ")
        code = self._access_tokens.get(token) if kind == "Bearer" else None
        if code is None:
            refused = _json({"error": "invalid_token"}, 401)
            refused.headers.append(("WWW-Authenticate", 'Bearer error="invalid_token"'))
            return refused
        service = code.request.service
        claims = {
            "sub": subject_of(code.identified.person, service.entity or service.client_id),
            **released(code.identified, code.request.scope),
            "iss": self.config.issuer,
            "aud": service.client_id,
            "iat": int(self.config.now()),
        }
        return Response(
            self.signer.sign(claims).encode(), media_type="application/jwt; charset=utf-8"
        )


def released(who: Identified, scope: tuple[str, ...]) -> dict[str, Any]:
    """The register's identity, a presumed date completed with 01, limited to the scopes (FS-08)."""
    person = who.person
    everything = {
        "given_name": " ".join(person.given_names),
        "given_name_array": list(person.given_names),
        "family_name": person.family_name,
        "birthdate": person.completed_birthdate,
        "gender": person.gender,
        "birthplace": person.birthplace,
        "birthcountry": person.birthcountry,
        "preferred_username": who.preferred_username,
        "email": who.email,
        "idp_birthdate": who.birthdate,
        "idp_id": who.provider,
    }
    allowed = {name for one in scope for name in SCOPE_CLAIMS[one]}
    # Empty: the provider gave none, and FranceConnect sends none; the birthplace alone may be sent empty.
    return {n: v for n, v in everything.items() if n in allowed and (v or n == "birthplace")}


def _json(value: object, status: int = 200) -> Response:
    return Response(
        json.dumps(value, ensure_ascii=False).encode(), status, "application/json; charset=utf-8"
    )
