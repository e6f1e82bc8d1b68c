"""What a relying party does behind the browser: code against token, token against identity."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError
from django.db import transaction as database

from tandem.journal.actions import record
from tandem.kernel import limits
from tandem.kernel.crypto import blind_index, random_token
from tandem.oidc_provider import events, queries
from tandem.oidc_provider.actions.connexion import (
    about,
    journal_refusal,
    locked,
    subject_of,
)
from tandem.oidc_provider.models import (
    AccessToken,
    AuthorizationCode,
    RelyingParty,
    Transaction,
    UsedAssertion,
)
from tandem.oidc_provider.rules import identity, jose
from tandem.oidc_provider.rules.binding import sha256
from tandem.oidc_provider.rules.choices import ACCESS_TOKEN_LIFE, Alg, ClientAuth, Step
from tandem.oidc_provider.rules.protocol import (
    ProtocolError,
    TokenRequest,
    Values,
    id_token_claims,
    read_token_request,
    single,
    verifier_matches,
)
from tandem.referentiels.rules import REP_SCOPES
from tandem.structures import queries as structures_queries
from tandem.structures.models import Acteur

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_BYTES = 32
# A minute, for one name from one address.
CLIENT_FAILURES = 10


@dataclass(frozen=True)
class Userinfo:
    """The identity to send: a signed JWT when the relying party registered an algorithm, else JSON."""

    claims: dict[str, str]
    signed: str = ""


def exchange_code(*, values: Values, address: str, at: datetime) -> dict[str, object]:
    """A code against an access token and an ID token, once (FI-08, FI-09, S-01).

    Any presentation of a code by an authenticated relying party uses it; a second one kills the token. `address`
    is where the request comes from: failures are counted there.

    Raises:
        ProtocolError: to answer in JSON. What was consumed stays so.
    """
    party = _authenticated(values, address, at)
    asked = read_token_request(values)
    with database.atomic():
        answer = _redeem(party, asked, at)
    if isinstance(answer, ProtocolError):
        raise answer
    return answer


def _redeem(
    party: RelyingParty, asked: TokenRequest, at: datetime
) -> dict[str, object] | ProtocolError:
    # Locked before anything else, by all: on PostgreSQL a conditional update that changes nothing may
    # keep the row it waited for, and two replays would then hold code and token crosswise.
    code = (
        AuthorizationCode.objects.select_for_update(of=("self",))
        .select_related("transaction")
        .filter(code_hash=sha256(asked.code))
        .order_by()
        .first()
    )
    if code is None:
        return ProtocolError("invalid_grant")
    # Of a hundred at once, one changes the row.
    first = AuthorizationCode.objects.filter(pk=code.pk, used_at=None).update(used_at=at)
    # Neither the code's transaction, nor what it was for, ever changes once confirmed.
    row = code.transaction
    if not first:
        _kill(code, row, _acteur_of(row), at)
        return ProtocolError("invalid_grant")
    wrong = (
        row.relying_party_id != party.pk
        or asked.redirect_uri != row.redirect_uri
        or code.expires_at <= at
        or not verifier_matches(row.code_challenge, asked.code_verifier)
    )
    if wrong:
        return ProtocolError("invalid_grant")
    row = locked(row)
    acteur = _acteur_of(row)
    found = queries.obstacle(row, acteur=acteur, session_id=row.session_id, at=at, reread=False)
    if found is not None:
        journal_refusal(row, acteur, Step.TOKEN, found, at)
        return ProtocolError("invalid_grant")
    return _tokens(code, row, at)


def _acteur_of(row: Transaction) -> Acteur:
    """The aidant who confirmed, as the database knows them now: read once the rows are held, for this step alone."""
    if row.affectation_id is None:
        raise AssertionError("a code is issued for an aidant")
    acteur = structures_queries.acteur_now(row.affectation_id)
    # What the answer says of them is what was just read.
    if acteur.compte is not None and acteur.compte.pk == row.compte_id:
        row.compte = acteur.compte
    if acteur.structure is not None and acteur.structure.pk == row.structure_id:
        row.structure = acteur.structure
    return acteur


def _kill(code: AuthorizationCode, row: Transaction, acteur: Acteur, at: datetime) -> None:
    """A code came twice: the token of the first time dies, and the journal says it once (FI-09)."""
    AccessToken.objects.filter(code=code, revoked_at=None).update(revoked_at=at)
    if AuthorizationCode.objects.filter(pk=code.pk, replayed_at=None).update(replayed_at=at):
        record(
            events.CODE_REPLAYED,
            author=acteur.author,
            subject=subject_of(row),
            at=at,
            about=about(row),
            facts={
                "transaction": str(row.public_id),
                "relying_party": row.relying_party.client_id,
            },
        )


def _tokens(code: AuthorizationCode, row: Transaction, at: datetime) -> dict[str, object]:
    if row.usager is None or row.autorisation is None:
        raise AssertionError("a code is issued for an usager and an autorisation")
    party = row.relying_party
    claims = id_token_claims(
        issuer=settings.TANDEM_SITE_URL,
        client_id=party.client_id,
        sub=queries.subject_of(party, row.usager),
        nonce=row.nonce,
        theme=row.autorisation.theme,
        act=queries.act_of(row),
        at=at,
    )
    token = random_token(TOKEN_BYTES)
    AccessToken.objects.create(
        code=code, token_hash=sha256(token), created_at=at, expires_at=at + ACCESS_TOKEN_LIFE
    )
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(ACCESS_TOKEN_LIFE.total_seconds()),
        "id_token": _signed(party, Alg(party.id_token_alg), claims, at),
        "scope": " ".join(row.scopes),
    }


def _signed(party: RelyingParty, alg: Alg, claims: jose.Claims, at: datetime) -> str:
    if alg is Alg.HS256:
        return jose.sign(claims, alg=alg, key=jose.secret_key(party.secret or ""))
    return jose.sign(claims, alg=alg, key=queries.private_key(queries.signing_key(alg, at)))


def answer_userinfo(*, token: str, request_hash: str, at: datetime) -> Userinfo:
    """The identity, once; the retry of the same request is answered the same, and journaled once (FI-11).

    Raises:
        ProtocolError: 401, nothing released.
    """
    with database.atomic():
        answer = _userinfo(token, request_hash, at)
    if isinstance(answer, ProtocolError):
        raise answer
    return answer


def _userinfo(token: str, request_hash: str, at: datetime) -> Userinfo | ProtocolError:
    refused = ProtocolError("invalid_token", status=401)
    held = (
        AccessToken.objects.select_for_update(of=("self",))
        .select_related("code__transaction")
        .filter(token_hash=sha256(token), revoked_at=None, expires_at__gt=at)
        .order_by()
        .first()
    )
    if held is None:
        return refused
    if held.used_at is not None and held.request_hash != request_hash:
        AccessToken.objects.filter(pk=held.pk).update(revoked_at=at)
        return refused
    row = locked(held.code.transaction)
    acteur = _acteur_of(row)
    found = queries.obstacle(row, acteur=acteur, session_id=row.session_id, at=at, reread=False)
    if found is not None:
        AccessToken.objects.filter(pk=held.pk).update(revoked_at=at)
        journal_refusal(row, acteur, Step.USERINFO, found, at)
        return refused
    answer = _identity(row, at)
    if held.used_at is None:
        AccessToken.objects.filter(pk=held.pk).update(used_at=at, request_hash=request_hash)
        _journal_release(row, acteur, at)
    return answer


def _identity(row: Transaction, at: datetime) -> Userinfo:
    if row.usager is None:
        raise AssertionError("a token is issued for an usager")
    party = row.relying_party
    claims = identity.claims(
        queries.person_of(row.usager),
        sub=queries.subject_of(party, row.usager),
        # Registered scopes are read again: what was taken away meanwhile is not given (S-07).
        scopes=[scope for scope in row.scopes if scope in party.scopes],
    )
    if not party.userinfo_alg:
        return Userinfo(claims)
    signed = {**claims, "iss": settings.TANDEM_SITE_URL, "aud": party.client_id}
    return Userinfo(claims, _signed(party, Alg(party.userinfo_alg), signed, at))


def _journal_release(row: Transaction, acteur: Acteur, at: datetime) -> None:
    theme = "" if row.autorisation is None else row.autorisation.theme
    record(
        events.IDENTITY_RELEASED,
        author=acteur.author,
        subject=subject_of(row),
        at=at,
        about=about(row),
        facts={
            "transaction": str(row.public_id),
            "relying_party": row.relying_party.client_id,
            "scopes": list(row.scopes),
            "theme": theme if theme in REP_SCOPES else None,
            # Decision 9: an administration without périmètre is said so.
            "perimetre_declared": bool(row.rep_scopes),
        },
    )


def _authenticated(values: Values, address: str, at: datetime) -> RelyingParty:
    """The relying party, unless this address failed too often in its name during the minute (S-16).

    Counted by name and by address: whoever guesses a secret from one place stops nobody elsewhere, and a
    minute later nobody at all.

    Raises:
        ProtocolError: 401, invalid_client; 429, without a look at what was given.
    """
    client_id = _client_named(values)
    failures = f"oidc.client:{client_id.encode('utf-8', 'replace').decode()}:{address}"
    if not limits.hit(failures, limit=CLIENT_FAILURES - 1, window=60, cost=0):
        raise ProtocolError("temporarily_unavailable", "too many failures", status=429)
    try:
        return _party_of(client_id, values, at)
    except ProtocolError:
        # Outside any transaction: what is refused is counted.
        limits.hit(failures, limit=CLIENT_FAILURES, window=60)
        raise


def _client_named(values: Values) -> str:
    """In whose name the request speaks: nothing of it is believed yet."""
    assertion = single(values, "client_assertion")
    client_id = single(values, "client_id")
    return _claimed_issuer(assertion) if not client_id and assertion else client_id


def _party_of(client_id: str, values: Values, at: datetime) -> RelyingParty:
    """The relying party, by the one way it registered (S-06, FI-08).

    Raises:
        ProtocolError: invalid_client, 401: which part was wrong is not said.
    """
    refused = ProtocolError("invalid_client", status=401)
    secret, assertion = single(values, "client_secret"), single(values, "client_assertion")
    party = queries.active_relying_party(client_id)
    # Computed and compared even for an unknown client: the answer takes the same time.
    given = blind_index(secret.encode("utf-8", "replace").decode(), domain=SECRET_DOMAIN)
    expected = "" if party is None else party.secret_hash
    matches = hmac.compare_digest(given, expected or "0" * 64)
    if party is None or (secret and assertion):
        raise refused
    if party.auth_method == ClientAuth.PRIVATE_KEY_JWT:
        _check_assertion(party, values, at)
        return party
    if not matches or assertion:
        raise refused
    return party


SECRET_DOMAIN = "oidc_provider.client_secret"  # noqa: S105 — the name of an index


def _claimed_issuer(assertion: str) -> str:
    try:
        return jose.peek_text(assertion, "iss")
    except jose.InvalidToken:
        return ""


def _check_assertion(party: RelyingParty, values: Values, at: datetime) -> None:
    refused = ProtocolError("invalid_client", status=401)
    if single(values, "client_assertion_type") != ASSERTION_TYPE or party.public_key is None:
        raise refused
    issuer = settings.TANDEM_SITE_URL
    try:
        claims = jose.verify(
            single(values, "client_assertion"),
            alg=Alg(party.public_key["alg"]),
            key=party.public_key,
        )
        jti, expires_at = jose.check_assertion(
            claims,
            client_id=party.client_id,
            audiences={issuer, f"{issuer}/oidc/token"},
            at=at,
        )
    except jose.InvalidToken:
        raise refused from None
    try:
        with database.atomic():
            UsedAssertion.objects.create(
                jti_hash=sha256(f"{party.client_id}\0{jti}"), expires_at=expires_at
            )
    except IntegrityError:
        raise refused from None
