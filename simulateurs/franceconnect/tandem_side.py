"""Towards Tandem: FranceConnect as the client of an identity provider (identity.md section 2)."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, OctKey

from simulateurs.franceconnect.checks import ACR, FranceConnectError, check_identity
from simulateurs.franceconnect.config import (
    PROVIDER_TIMEOUT_SECONDS,
    FranceConnectConfig,
    TandemProvider,
)
from simulateurs.franceconnect.store import Identified, Interaction
from simulateurs.people import find_in_register
from simulateurs.web import caller

SCOPE = "openid profile email birth"
# Levels in their order: one lower than asked is Y100001, one unknown here Y100018 (FI-06).
LEVELS = ("eidas1", "eidas2", "eidas3")


def authorize_url(
    config: FranceConnectConfig, tandem: TandemProvider, interaction: Interaction
) -> str:
    """The request FranceConnect sends to Tandem, parameter for parameter (FI-01, FI-02); no PKCE."""
    labels = list(interaction.request.service.rep_scope)
    query = {
        "client_id": tandem.client_id,
        "scope": SCOPE,
        "response_type": "code",
        "redirect_uri": config.callback_url,
        "state": interaction.state,
        "nonce": interaction.nonce,
        "acr_values": ACR,
        "prompt": "login",
        "claims": json.dumps({"id_token": {"rep_scope": {"essential": True, "values": labels}}}),
    }
    return f"{tandem.authorize_url}?{urlencode(query)}"


def logout_url(
    config: FranceConnectConfig, tandem: TandemProvider, id_token: str, state: str
) -> str:
    """Close Tandem's session, and come back (FI-19)."""
    query = {
        "id_token_hint": id_token,
        "state": state,
        "client_id": tandem.client_id,
        "post_logout_redirect_uri": config.logout_callback_url,
    }
    return f"{tandem.logout_url}?{urlencode(query)}"


def identify(
    config: FranceConnectConfig, tandem: TandemProvider, interaction: Interaction, code: str
) -> Identified:
    """Exchange the code, check everything, find the person in the register.

    Raises:
        FranceConnectError: with FranceConnect's code for the fault.
    """
    with caller(PROVIDER_TIMEOUT_SECONDS) as http:
        tokens = _tokens(config, tandem, http, code)
        keys = _keys(tandem, http)
        id_token = _verified(tokens["id_token"], tandem.id_token_alg, tandem, keys)
        _check_id_token(config, tandem, interaction, id_token)
        userinfo = _userinfo(tandem, http, keys, tokens["access_token"])
    if not userinfo.get("sub") or userinfo.get("sub") != id_token["sub"]:
        raise FranceConnectError("Y020027", "Le sub de userinfo n’est pas celui de l’ID token.")
    check_identity(userinfo)
    return _identified(config, userinfo, id_token, tokens["id_token"])


def _tokens(
    config: FranceConnectConfig, tandem: TandemProvider, http: httpx.Client, code: str
) -> dict[str, str]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": config.callback_url,
        "client_id": tandem.client_id,
        "client_secret": tandem.client_secret,
    }
    try:
        answer = http.post(tandem.back("token"), data=form)
        found = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise FranceConnectError(
            "Y020026", "Pas de jeton du fournisseur d’identité.", 502
        ) from error
    texts = (
        {n: v for n, v in found.items() if isinstance(v, str) and v}
        if isinstance(found, dict)
        else {}
    )
    if answer.status_code != 200 or not {"id_token", "access_token"} <= texts.keys():
        raise FranceConnectError("Y020026", "Le fournisseur d’identité a refusé le code.", 502)
    return texts


def _keys(tandem: TandemProvider, http: httpx.Client) -> KeySet | None:
    if {tandem.id_token_alg, tandem.userinfo_alg} <= {"HS256", "HS512"}:
        return None
    try:
        return KeySet.import_key_set(http.get(tandem.back("jwks")).json())
    except (httpx.HTTPError, JoseError, ValueError, KeyError) as error:
        raise FranceConnectError(
            "Y020026", "Clés du fournisseur d’identité illisibles.", 502
        ) from error


def _verified(
    token: str, algorithm: str, tandem: TandemProvider, keys: KeySet | None
) -> dict[str, Any]:
    """The claims of a token signed with exactly the algorithm registered (FI-05)."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        key: Key | None
        if algorithm.startswith("HS"):
            key = OctKey.import_key(tandem.client_secret)
        else:
            key = (
                next((one for one in keys.keys if one.kid == header.get("kid")), None)
                if keys
                else None
            )
        if header.get("alg") != algorithm or key is None:
            raise FranceConnectError("Y020026", "Algorithme ou clé inattendus.", 502)
        claims = json.loads(
            jws.deserialize_compact(token, key, algorithms=[algorithm]).payload or b""
        )
    except (JoseError, ValueError) as error:
        raise FranceConnectError("Y020026", "Signature non vérifiée.", 502) from error
    if not isinstance(claims, dict):
        raise FranceConnectError("Y020026", "Jeton sans contenu.", 502)
    return claims


def _check_id_token(
    config: FranceConnectConfig,
    tandem: TandemProvider,
    interaction: Interaction,
    claims: Mapping[str, Any],
) -> None:
    """FI-05, FI-06: `iss` byte for byte, no clock tolerance at all."""
    now = int(config.now())
    expected = {"iss": tandem.issuer, "aud": tandem.client_id, "nonce": interaction.nonce}
    wrong = [name for name, value in expected.items() if claims.get(name) != value]
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub or not sub.isascii():
        wrong.append("sub")
    wrong += [name for name in ("exp", "iat") if type(claims.get(name)) is not int]
    if wrong:
        raise FranceConnectError("Y020026", "ID token non valide : " + ", ".join(wrong), 502)
    if claims["exp"] <= now or claims["iat"] > now or claims.get("nbf", now) > now:
        raise FranceConnectError("Y020026", "ID token expiré ou pas encore valide.", 502)
    acr = claims.get("acr")
    if not isinstance(acr, str) or acr not in ("eidas0", *LEVELS):
        raise FranceConnectError("Y100018", "Niveau eIDAS non pris en charge.")
    if acr not in LEVELS:
        raise FranceConnectError("Y100001", "Niveau eIDAS plus faible que demandé.")


def _userinfo(
    tandem: TandemProvider, http: httpx.Client, keys: KeySet | None, access_token: str
) -> dict[str, Any]:
    try:
        answer = http.get(
            tandem.back("userinfo"), headers={"Authorization": f"Bearer {access_token}"}
        )
        found = answer.json() if not tandem.userinfo_alg else None
    except (httpx.HTTPError, ValueError) as error:
        raise FranceConnectError(
            "Y020027", "Pas d’identité du fournisseur d’identité.", 502
        ) from error
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code != 200 or (tandem.userinfo_alg and media_type != "application/jwt"):
        raise FranceConnectError("Y020027", "Le fournisseur d’identité a refusé l’identité.", 502)
    if tandem.userinfo_alg:
        found = _verified(answer.text, tandem.userinfo_alg, tandem, keys)
        if found.get("iss") != tandem.issuer or found.get("aud") != tandem.client_id:
            raise FranceConnectError("Y020027", "Identité signée pour un autre.", 502)
    if not isinstance(found, dict):
        raise FranceConnectError("Y020027", "Identité illisible.", 502)
    return found


def _identified(
    config: FranceConnectConfig,
    userinfo: Mapping[str, Any],
    id_token: Mapping[str, Any],
    raw_id_token: str,
) -> Identified:
    found = find_in_register(config.people, dict(userinfo))
    if not found:
        raise FranceConnectError("Y010008", "Le RNIPP n’a pas trouvé cette identité.", 403)
    if len(found) > 1:
        raise FranceConnectError("Y010006", "Le RNIPP a trouvé plusieurs identités.", 403)
    if found[0].deceased:
        raise FranceConnectError("Y010015", "Cette personne est décédée.", 403)
    labels = id_token.get("rep_scope", [])
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise FranceConnectError("Y600020", "rep_scope n’est pas une liste de textes.", 403)
    return Identified(
        person=found[0],
        email=str(userinfo["email"]),
        preferred_username=str(userinfo.get("preferred_username") or ""),
        birthdate=str(userinfo["birthdate"]),
        provider="tandem",
        rep_scope=tuple(labels),
        provider_id_token=raw_id_token,
    )
