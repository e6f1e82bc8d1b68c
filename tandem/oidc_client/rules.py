"""Words of an identification: the identity received, and every reason why none was. No network, no database."""

# ruff: noqa: S105  # reasons named after a token are no secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tandem.kernel.refusals import Refusal

ATTEMPT_LIFETIME: Final = timedelta(minutes=10)
# After its end, for support: then the row is purged.
ATTEMPT_KEPT: Final = timedelta(hours=24)
# FranceConnect's own session ends after 30 minutes: a logout that returns later proves nothing.
LOGOUT_LIFETIME: Final = timedelta(minutes=30)


@dataclass(frozen=True)
class PivotIdentity:
    """The civil identity checked by FranceConnect against the RNIPP, in its own formats.

    `birthdate` keeps a presumed date as it stands in the register when FranceConnect says it (`1946-00-00`,
    FS-08); `birthplace` is empty for a person born abroad; `gender` is female, male or unspecified.
    """

    given_names: str
    family_name: str
    birthdate: str
    gender: str
    birthplace: str
    birthcountry: str
    preferred_name: str = ""
    email: str = ""


@dataclass(frozen=True)
class VerifiedIdentity:
    """Who answered, how surely, and where the browser must go at once to close FranceConnect's session.

    `logout_url` carries the ID token: redirect to it, never store nor log it.
    """

    sub: str
    acr: str
    identity: PivotIdentity
    logout_url: str


@dataclass(frozen=True)
class Completed:
    """What a return brings: the reference given at the departure, and the identity received."""

    reference: UUID
    identity: VerifiedIdentity


class Reason(StrEnum):
    """Why an identification did not end: one word per fault, the same in rows, logs and tests."""

    # The return of the browser.
    RETURN_MALFORMED = "return_malformed"
    RETURN_UNKNOWN = "return_unknown"
    RETURN_REPLAYED = "return_replayed"
    RETURN_LATE = "return_late"
    OTHER_BROWSER = "other_browser"
    OTHER_PURPOSE = "other_purpose"
    OTHER_ADDRESS = "other_address"
    OTHER_PROVIDER = "other_provider"
    CANCELLED = "cancelled"
    PROVIDER_ERROR = "provider_error"
    # FranceConnect does not answer, or publishes nonsense.
    CIRCUIT_OPEN = "circuit_open"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    ANSWER_UNUSABLE = "answer_unusable"
    SERVER_ERROR = "server_error"
    DISCOVERY_MALFORMED = "discovery_malformed"
    DISCOVERY_ISSUER = "discovery_issuer"
    DISCOVERY_ADDRESS = "discovery_address"
    KEYS_MALFORMED = "keys_malformed"
    # The exchange of the code.
    CLIENT_REFUSED = "client_refused"
    CODE_REFUSED = "code_refused"
    TOKEN_MALFORMED = "token_malformed"
    TOKEN_TYPE = "token_type"
    ACCESS_TOKEN_MISSING = "access_token_missing"
    ID_TOKEN_MISSING = "id_token_missing"
    # The ID token.
    ID_TOKEN_MALFORMED = "id_token_malformed"
    ID_TOKEN_ALGORITHM = "id_token_algorithm"
    ID_TOKEN_KEY = "id_token_key"
    ID_TOKEN_SIGNATURE = "id_token_signature"
    ID_TOKEN_ISSUER = "id_token_issuer"
    ID_TOKEN_AUDIENCE = "id_token_audience"
    ID_TOKEN_PARTY = "id_token_party"
    ID_TOKEN_EXPIRED = "id_token_expired"
    ID_TOKEN_ISSUED_AT = "id_token_issued_at"
    ID_TOKEN_NOT_YET = "id_token_not_yet"
    ID_TOKEN_NONCE = "id_token_nonce"
    ID_TOKEN_LEVEL = "id_token_level"
    ID_TOKEN_SUBJECT = "id_token_subject"
    ID_TOKEN_ACCESS_HASH = "id_token_access_hash"
    # The signed userinfo.
    USERINFO_REFUSED = "userinfo_refused"
    USERINFO_UNSIGNED = "userinfo_unsigned"
    USERINFO_MALFORMED = "userinfo_malformed"
    USERINFO_ALGORITHM = "userinfo_algorithm"
    USERINFO_KEY = "userinfo_key"
    USERINFO_SIGNATURE = "userinfo_signature"
    USERINFO_ISSUER = "userinfo_issuer"
    USERINFO_AUDIENCE = "userinfo_audience"
    USERINFO_EXPIRED = "userinfo_expired"
    USERINFO_SUBJECT = "userinfo_subject"
    # The identity itself.
    IDENTITY_NAME = "identity_name"
    IDENTITY_BIRTHDATE = "identity_birthdate"
    IDENTITY_GENDER = "identity_gender"
    IDENTITY_BIRTHPLACE = "identity_birthplace"
    IDENTITY_BIRTHCOUNTRY = "identity_birthcountry"
    IDENTITY_OPTIONAL = "identity_optional"


_NO_SUCH_RETURN = _(
    "Ce retour de FranceConnect ne correspond à aucune identification en cours. Recommencez l’identification."
)
_SENTENCES: Final = {
    Reason.CANCELLED: _(
        "L’identification a été arrêtée avant la fin : rien n’a été enregistré. Recommencez l’identification."
    ),
    Reason.RETURN_LATE: _(
        "Plus de dix minutes ont passé depuis le départ vers FranceConnect. Recommencez l’identification."
    ),
    Reason.RETURN_REPLAYED: _(
        "Cette identification a déjà servi : elle ne sert qu’une fois. Recommencez l’identification."
    ),
    Reason.OTHER_BROWSER: _(
        "Cette identification a commencé dans un autre navigateur. Reprenez là où elle a commencé."
    ),
    Reason.RETURN_MALFORMED: _NO_SUCH_RETURN,
    Reason.RETURN_UNKNOWN: _NO_SUCH_RETURN,
    Reason.OTHER_PURPOSE: _NO_SUCH_RETURN,
    Reason.OTHER_ADDRESS: _NO_SUCH_RETURN,
    Reason.CLIENT_REFUSED: _(
        "FranceConnect ne reconnaît pas cette installation de Tandem. Prévenez l’assistance ; "
        "en attendant, le mandat sur papier reste possible."
    ),
}
_UNREADABLE_IDENTITY = _(
    "L’identité reçue de FranceConnect est incomplète (code « %(code)s »). Prévenez l’assistance ; "
    "en attendant, le mandat sur papier reste possible."
)
_UNVERIFIED = _(
    "La réponse reçue n’a pas pu être vérifiée : rien n’a été enregistré. Recommencez l’identification ; "
    "si cela se répète, donnez à l’assistance le code « %(code)s »."
)


def sentence(reason: Reason) -> str:
    """What to tell the aidant and the usager, who sit before the screen together."""
    common = _UNREADABLE_IDENTITY if reason.value.startswith("identity_") else _UNVERIFIED
    return str(_SENTENCES.get(reason, common)) % {"code": reason.value}


class IdentificationRefused(Refusal):
    """FranceConnect's answer cannot be used; the message says what to do, `reason` says why."""

    code = "identification_refused"

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(sentence(reason))


class FranceConnectUnavailable(Refusal):
    """FranceConnect does not answer, or publishes what cannot be trusted: the paper road stays open."""

    status = 503
    code = "franceconnect_unavailable"

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(
            gettext(
                "FranceConnect ne répond pas pour le moment. Le brouillon est gardé : réessayez dans quelques minutes, "
                "ou faites un mandat sur papier."
            )
        )
