"""Relying parties, our keys, and what a relying party may ask without any aidant."""

import json
import re
from datetime import datetime

from django.conf import settings
from django.db.models import CharField, DateTimeField, Q, QuerySet

from tandem.kernel.prepared import Prepared
from tandem.oidc_provider.models import RelyingParty, SigningKey
from tandem.oidc_provider.rules import jose
from tandem.oidc_provider.rules.choices import Alg
from tandem.oidc_provider.rules.jose import Jwk
from tandem.oidc_provider.rules.protocol import (
    ProtocolError,
    Values,
    origin_of,
    redirect_with,
    single,
    usable_state,
)

CLIENT_ID = re.compile(r"[A-Za-z0-9_.:-]{3,80}")


def active_relying_party(client_id: str) -> RelyingParty | None:
    """The relying party of that identifier, unless it was stopped."""
    if not CLIENT_ID.fullmatch(client_id):
        return None
    return _PARTY.first(client_id)


_PARTY = Prepared(
    lambda client_id: RelyingParty.objects.filter(client_id=client_id, disabled_at=None).order_by(),
    CharField(),
)


def party_and_redirect(values: Values) -> tuple[RelyingParty, str] | None:
    """The relying party and its redirect URI; None when no answer may be sent by a redirect (FI-18)."""
    try:
        party = active_relying_party(single(values, "client_id"))
        redirect_uri = single(values, "redirect_uri")
    except ProtocolError:
        return None
    if party is None or redirect_uri not in party.redirect_uris:
        return None
    return party, redirect_uri


def relying_parties() -> QuerySet[RelyingParty]:
    """All of them, stopped ones included, for the operator."""
    return RelyingParty.objects.order_by("client_id")


def origins_that_follow(party: RelyingParty, redirect_uri: str) -> list[str]:
    """Where a form of ours may lead: Chromium checks the whole chain of redirects (S-46)."""
    return sorted({origin_of(redirect_uri), *party.follow_origins})


def categories(party: RelyingParty) -> set[str] | None:
    """The thèmes this relying party may be given; None when all (P-07)."""
    return set(party.themes) or None


def published_keys(at: datetime) -> QuerySet[SigningKey]:
    """Keys of the JWKS: those that sign, will sign, or have signed not long ago (FI-15)."""
    return SigningKey.objects.filter(Q(published_until=None) | Q(published_until__gt=at))


def is_ready(at: datetime) -> bool:
    """Whether every relying party still open could be answered now: the keys it registered for stand (FI-24)."""
    asked = {
        alg
        for party in RelyingParty.objects.filter(disabled_at=None)
        for alg in (party.id_token_alg, party.userinfo_alg)
        if alg and alg != Alg.HS256
    }
    signing = published_keys(at).filter(
        Q(signs_until=None) | Q(signs_until__gt=at), signs_from__lte=at
    )
    return asked <= set(signing.values_list("alg", flat=True))


def signing_key(alg: Alg, at: datetime) -> SigningKey:
    """The key that signs now.

    Raises:
        SigningKey.DoesNotExist: none was made for this algorithm; `relying_party_add` makes them.
    """
    key = _SIGNING.first(alg, at)
    if key is None:
        raise SigningKey.DoesNotExist
    return key


_SIGNING = Prepared(
    lambda alg, at: (
        published_keys(at)
        .filter(Q(signs_until=None) | Q(signs_until__gt=at), alg=alg, signs_from__lte=at)
        .order_by("-signs_from", "-pk")[:1]
    ),
    CharField(),
    DateTimeField(),
)


def private_key(key: SigningKey) -> Jwk:
    """The private part, decrypted: used at once, never kept."""
    found: Jwk = json.loads(key.private_jwk)
    return found


def dump_key(private: Jwk) -> str:
    """The private part as it is encrypted."""
    return json.dumps(private, sort_keys=True)


def public_jwks(at: datetime) -> list[Jwk]:
    """Public parts only, each with its kid."""
    return [dict(key.public_jwk) for key in published_keys(at)]


def signing_algs() -> list[str]:
    """Algorithms that some active relying party uses; ES256 when there is none yet."""
    used = RelyingParty.objects.filter(disabled_at=None).values_list("id_token_alg", "userinfo_alg")
    return sorted({alg for pair in used for alg in pair if alg}) or [Alg.ES256.value]


def post_logout_redirect(values: Values, *, at: datetime) -> str | None:
    """Where the browser goes after a logout at the relying party; None when the request is not valid (FI-19).

    The hint may be expired, never forged. The address is one of those registered.
    """
    try:
        client_id, hint = single(values, "client_id"), single(values, "id_token_hint")
        uri = single(values, "post_logout_redirect_uri")
        single(values, "state")
        claimed = jose.peek_text(hint, "aud") if hint else client_id
    except (ProtocolError, jose.InvalidToken):
        return None
    party = active_relying_party(claimed)
    if party is None or (client_id and client_id != claimed) or uri not in party.post_logout_uris:
        return None
    if hint and not _is_ours(hint, party, at):
        return None
    return redirect_with(uri, {"state": usable_state(values)})


def _is_ours(hint: str, party: RelyingParty, at: datetime) -> bool:
    """Whether we signed this ID token for this relying party, with a key still published."""
    alg = Alg(party.id_token_alg)
    try:
        if alg is Alg.HS256:
            key = jose.secret_key(party.secret or "")
        else:
            kid = jose.peek_header(hint).get("kid")
            key = next(k.public_jwk for k in published_keys(at) if (k.kid, k.alg) == (kid, alg))
        claims = jose.verify(hint, alg=alg, key=key)
    except (jose.InvalidToken, StopIteration):
        return False
    return claims.get("iss") == settings.TANDEM_SITE_URL and claims.get("aud") == party.client_id
