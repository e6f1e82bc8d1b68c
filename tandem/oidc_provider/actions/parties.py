"""Who may ask us for an identity, and the keys we sign with: the operator's acts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction as database

from tandem.journal.actions import record
from tandem.journal.rules import Author, Subject
from tandem.kernel.crypto import blind_index, random_token
from tandem.kernel.refusals import Refusal
from tandem.oidc_provider import events, queries
from tandem.oidc_provider.actions.release import SECRET_DOMAIN
from tandem.oidc_provider.models import RelyingParty, SigningKey
from tandem.oidc_provider.rules import jose
from tandem.oidc_provider.rules.choices import (
    ASYMMETRIC,
    KEY_OVERLAP,
    KEY_PREPUBLICATION,
    SECRET_MIN_LENGTH,
    Alg,
    ClientAuth,
)
from tandem.oidc_provider.rules.protocol import SCOPES, origin_of
from tandem.referentiels.rules import REP_SCOPES


class RelyingPartyRefused(Refusal):
    """The relying party cannot be added or found; the message says what to correct."""

    status = 422
    code = "relying_party_refused"


@dataclass(frozen=True)
class NewRelyingParty:
    """What an operator says of a relying party. The secret is never printed."""

    client_id: str
    name: str
    redirect_uris: Sequence[str]
    post_logout_uris: Sequence[str] = ()
    follow_origins: Sequence[str] = ()
    themes: Sequence[str] = ()
    scopes: Sequence[str] = SCOPES
    id_token_alg: str = Alg.ES256.value
    userinfo_alg: str = ""
    accepts_act: bool = False
    secret: str = field(default="", repr=False)
    public_key: dict[str, object] | None = None


def add_relying_party(
    *, author: Author, asked: NewRelyingParty, at: datetime
) -> tuple[RelyingParty, str]:
    """Add a relying party; gives it with its secret, shown once ("" when it proves itself by a key).

    Makes the signing keys its algorithms need.

    Raises:
        RelyingPartyRefused: what to correct.
    """
    _check(asked)
    public_key = None if asked.public_key is None else _read_key(asked.public_key)
    needs_secret = public_key is None or Alg.HS256 in {asked.id_token_alg, asked.userinfo_alg}
    secret = (asked.secret or random_token(32)) if needs_secret else ""
    with database.atomic():
        if RelyingParty.objects.filter(client_id=asked.client_id).exists():
            raise RelyingPartyRefused("Cet identifiant existe déjà.")
        party = RelyingParty(
            client_id=asked.client_id,
            name=asked.name,
            auth_method=ClientAuth.SECRET_POST
            if public_key is None
            else ClientAuth.PRIVATE_KEY_JWT,
            secret_hash=blind_index(secret, domain=SECRET_DOMAIN) if public_key is None else "",
            public_key=public_key,
            redirect_uris=list(asked.redirect_uris),
            post_logout_uris=list(asked.post_logout_uris),
            follow_origins=list(asked.follow_origins),
            themes=list(asked.themes),
            scopes=list(asked.scopes),
            id_token_alg=asked.id_token_alg,
            userinfo_alg=asked.userinfo_alg,
            accepts_act=asked.accepts_act,
            created_at=at,
        )
        # Recoverable only where HS256 signs with it (decision 6).
        party.secret = secret if party.uses_hs256 else None
        party.save()
        for alg in ASYMMETRIC:
            if alg in {party.id_token_alg, party.userinfo_alg} and not _has_key(alg, at):
                _new_key(alg, signs_from=at, at=at)
        _journal_added(party, author, at)
    return party, secret


def _check(asked: NewRelyingParty) -> None:
    wrong_themes = set(asked.themes) - set(REP_SCOPES)
    uris = [*asked.redirect_uris, *asked.post_logout_uris]
    problems = {
        "L’identifiant a de 3 à 80 lettres sans accent, chiffres, tirets ou points.": not queries.CLIENT_ID.fullmatch(
            asked.client_id
        ),
        "Il faut un nom et au moins une adresse de retour.": not asked.name.strip()
        or not asked.redirect_uris,
        "Une adresse est en https, sans fragment, sans identifiant et sans espace.": not all(
            map(is_safe_uri, uris)
        ),
        "Une origine s’écrit https://exemple.fr, sans chemin.": not all(
            is_safe_uri(one) and origin_of(one) == one for one in asked.follow_origins
        ),
        "Thème inconnu.": bool(wrong_themes),
        "Il faut openid, et seulement des scopes connus.": "openid" not in asked.scopes
        or not set(asked.scopes) <= set(SCOPES),
        "Algorithme inconnu.": not {asked.id_token_alg, asked.userinfo_alg or "ES256"}
        <= set(Alg.values),
        f"Un secret a au moins {SECRET_MIN_LENGTH} caractères.": 0
        < len(asked.secret)
        < SECRET_MIN_LENGTH,
    }
    for sentence, wrong in problems.items():
        if wrong:
            raise RelyingPartyRefused(sentence)


def is_safe_uri(uri: str) -> bool:
    """An https address to compare byte for byte; http on the loopback where the installation allows it."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return False
    if not uri.isascii() or not uri.isprintable() or any(c in uri for c in " \\\"'<>*;,"):
        return False
    loopback = (
        parts.scheme == "http"
        and settings.TANDEM_ALLOW_LOOPBACK
        and (host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost"))
    )
    https = parts.scheme == "https" and bool(host)
    return (https or loopback) and not parts.fragment and "#" not in uri and "@" not in parts.netloc


def _read_key(document: object) -> jose.Jwk:
    try:
        return jose.read_public_key(document)
    except jose.InvalidToken:
        raise RelyingPartyRefused(
            "La clé publique est un JWK, EC P-256 ou RSA d’au moins 2048 bits, sans partie privée."
        ) from None


def _journal_added(party: RelyingParty, author: Author, at: datetime) -> None:
    record(
        events.RELYING_PARTY_ADDED,
        author=author,
        subject=Subject("oidc_provider.relying_party", party.public_id),
        at=at,
        facts={
            "client_id": party.client_id,
            "themes": list(party.themes),
            "id_token_alg": party.id_token_alg,
            "userinfo_alg": party.userinfo_alg,
            "accepts_act": party.accepts_act,
        },
    )


def disable_relying_party(*, author: Author, client_id: str, at: datetime) -> RelyingParty:
    """Stop a relying party: at once, codes and tokens under way included.

    Raises:
        RelyingPartyRefused: unknown, or stopped already.
    """
    with database.atomic():
        changed = RelyingParty.objects.filter(client_id=client_id, disabled_at=None).update(
            disabled_at=at
        )
        if not changed:
            raise RelyingPartyRefused("Aucun service actif ne porte cet identifiant.")
        party = RelyingParty.objects.get(client_id=client_id)
        record(
            events.RELYING_PARTY_DISABLED,
            author=author,
            subject=Subject("oidc_provider.relying_party", party.public_id),
            at=at,
            facts={"client_id": party.client_id},
        )
    return party


def rotate_keys(*, author: Author, at: datetime, at_once: bool = False) -> list[SigningKey]:
    """A new key for each algorithm in use; the old one signs until the new takes over, and stays published.

    `at_once`: the old key may have leaked: it neither signs nor is published any more.
    """
    made: list[SigningKey] = []
    with database.atomic():
        for alg in ASYMMETRIC:
            if not _has_key(alg, at) and alg.value not in queries.signing_algs():
                continue
            takes_over = at + KEY_PREPUBLICATION if _has_key(alg, at) and not at_once else at
            old = SigningKey.objects.filter(alg=alg, published_until=None)
            old.update(
                signs_until=takes_over, published_until=at if at_once else takes_over + KEY_OVERLAP
            )
            if at_once:
                SigningKey.objects.filter(alg=alg, published_until__gt=at).update(
                    signs_until=at, published_until=at
                )
            made.append(_new_key(alg, signs_from=takes_over, at=at))
        for key in made:
            record(
                events.SIGNING_KEY_ROTATED,
                author=author,
                subject=Subject("oidc_provider.signing_key", key.public_id),
                at=at,
                facts={"kid": key.kid, "alg": key.alg},
            )
    return made


def _has_key(alg: Alg, at: datetime) -> bool:
    return queries.published_keys(at).filter(alg=alg, signs_from__lte=at).exists()


def _new_key(alg: Alg, *, signs_from: datetime, at: datetime) -> SigningKey:
    kid, public, private = jose.new_key(alg)
    key = SigningKey(kid=kid, alg=alg, public_jwk=public, created_at=at, signs_from=signs_from)
    key.private_jwk = queries.dump_key(private)
    key.save()
    return key
