"""Which services the stand-in shows, and how FranceConnect knows them."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulateurs.franceconnect.config import Service


@dataclass(frozen=True)
class AdministrationService:
    """One site of one administration. `scope_labels`: its périmètres for delegated use; empty: none declared."""

    slug: str
    name: str
    welcome: str
    client_id: str
    client_secret: str
    scope_labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class AdministrationConfig:
    """The stand-in's public address, its services, and FranceConnect's address.

    `fc_back_issuer`: where our own calls to FranceConnect go, when it is not the address the browser knows.
    """

    base_url: str
    services: tuple[AdministrationService, ...]
    fc_issuer: str
    fc_back_issuer: str = ""
    now: Callable[[], float] = time.time

    def callback_url(self, service: AdministrationService) -> str:
        return f"{self.base_url}/{service.slug}/retour"

    def after_logout_url(self, service: AdministrationService) -> str:
        return f"{self.base_url}/{service.slug}/deconnecte"

    def registrations(self) -> tuple[Service, ...]:
        """What to register at the stand-in FranceConnect."""
        return tuple(
            Service(
                client_id=one.client_id,
                client_secret=one.client_secret,
                name=one.name,
                redirect_uris=(self.callback_url(one),),
                post_logout_uris=(self.after_logout_url(one),),
                rep_scope=one.scope_labels,
                may_ask_claims=True,
            )
            for one in self.services
        )


def default_services() -> tuple[AdministrationService, ...]:
    """Three sites: social, taxes, and one without périmètre. Secrets are drawn at each start."""

    def site(slug: str, name: str, welcome: str, *labels: str) -> AdministrationService:
        return AdministrationService(
            slug, name, welcome, f"fictif-{slug}", secrets.token_urlsafe(32), labels
        )

    return (
        site("caf", "CAF fictive", "Vos allocations et vos déclarations.", "Social-Santé", "Famille-Scolarité"),
        site("impots", "Impôts fictifs", "Votre déclaration de revenus et vos avis.", "Argent-Impots-Consommation"),
        site("ville", "Ville fictive", "Vos demandes à la mairie."),
    )  # fmt: skip


def read_config(file: Path) -> AdministrationConfig:
    """The configuration written in a JSON file."""
    given: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    services = tuple(
        AdministrationService(**{**one, "scope_labels": tuple(one.get("scope_labels", ()))})
        for one in given.pop("services")
    )
    return AdministrationConfig(services=services, **given)
