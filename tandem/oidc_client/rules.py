"""What FranceConnect must answer, and what we keep of it. Pure: no network, no database, no clock."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from tandem.kernel.refusals import Refusal

ATTEMPT_LIFETIME: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class PivotIdentity:
    """The civil identity checked by FranceConnect against the RNIPP, in its own formats.

    `birthdate` keeps a presumed date as it stands in the register (`1946-00-00`, FS-08);
    `birthplace` is empty for a person born abroad; `gender` is female, male or unspecified.
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
    reference: UUID
    identity: VerifiedIdentity


class Reason(StrEnum):
    """Why an identification did not end: one word per fault, the same in rows, logs and tests."""

    CANCELLED = "cancelled"


class IdentificationRefused(Refusal):
    """FranceConnect's answer cannot be used; the message says what to do, `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.value)


class FranceConnectUnavailable(Refusal):
    """FranceConnect does not answer, or answered wrongly too often: the paper road stays open."""

    status = 503
    code = "franceconnect_unavailable"
