"""What the stand-in is told: the services it knows, and Tandem."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from simulateurs.people import PEOPLE, Person

CODE_SECONDS: Final = 30
TOKEN_SECONDS: Final = 60
SESSION_SECONDS: Final = 1800
# Every answer of an identity provider within six seconds, or none (FI-08).
PROVIDER_TIMEOUT_SECONDS: Final = 6

DELEGATION_SCOPES: Final = (
    "Papier-Citoyenneté-Elections", "Famille-Scolarité", "Social-Santé", "Travail-Formation", "Logement",
    "Transports-Mobilité", "Argent-Impots-Consommation", "Justice", "Etranger-Europe", "Loisirs-Sport-Culture",
)  # fmt: skip


@dataclass(frozen=True)
class Service:
    """A service that identifies its users through FranceConnect."""

    client_id: str
    client_secret: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_uris: tuple[str, ...]
    # The legal entity: one `sub` per entity (FS-07). Empty: the service alone.
    entity: str = ""
    # Périmètres declared for delegated use; empty: none declared.
    rep_scope: tuple[str, ...] = ()
    # May ask `amr` and `rep_scope` in its ID token (FS-11).
    may_ask_claims: bool = False
    # A service of aidants does not offer aidants as identity provider.
    offers_tandem: bool = True


@dataclass(frozen=True)
class TandemProvider:
    """Tandem, as an identity provider registered without discovery (FI-15)."""

    issuer: str
    client_id: str
    client_secret: str
    # Where our own calls go, when it is not the address the browser knows.
    back_url: str = ""
    id_token_alg: str = "ES256"
    # Empty: unsigned JSON.
    userinfo_alg: str = "ES256"

    @property
    def authorize_url(self) -> str:
        return f"{self.issuer}/oidc/authorize"

    @property
    def logout_url(self) -> str:
        return f"{self.issuer}/oidc/logout"

    def back(self, path: str) -> str:
        """The address of an endpoint for our own calls."""
        return f"{self.back_url or self.issuer}/oidc/{path}"


@dataclass(frozen=True)
class FranceConnectConfig:
    """One stand-in: its public address, whom it knows, and its clock."""

    base_url: str
    services: tuple[Service, ...]
    tandem: TandemProvider | None = None
    people: tuple[Person, ...] = PEOPLE
    # Where services make their own calls, when it is not `base_url`.
    back_url: str = ""
    now: Callable[[], float] = time.time

    @property
    def issuer(self) -> str:
        return f"{self.base_url}/api/v2"

    @property
    def back_issuer(self) -> str:
        return f"{self.back_url or self.base_url}/api/v2"

    @property
    def callback_url(self) -> str:
        """Where Tandem sends the aidant back: the redirect URI to register there."""
        return f"{self.issuer}/oidc-callback"

    @property
    def logout_callback_url(self) -> str:
        """Where Tandem's logout comes back: the post-logout URI to register there."""
        return f"{self.issuer}/client/logout-callback"

    def service(self, client_id: str) -> Service | None:
        """The service of this identifier."""
        return next((service for service in self.services if service.client_id == client_id), None)


def read_config(file: Path) -> FranceConnectConfig:
    """The configuration written in a JSON file."""
    given: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    services = tuple(_service(one) for one in given.pop("services"))
    tandem = given.pop("tandem", None)
    return FranceConnectConfig(
        services=services, tandem=TandemProvider(**tandem) if tandem else None, **given
    )


def _service(given: dict[str, Any]) -> Service:
    lists = ("redirect_uris", "post_logout_uris", "rep_scope")
    return Service(**{**given, **{name: tuple(given[name]) for name in lists if name in given}})
