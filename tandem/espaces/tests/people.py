"""People, mandats and uses for the stories of these pages, by the real identification."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.oidc_client.rules import PivotIdentity, VerifiedIdentity
from tandem.referentiels.queries import theme_key
from tandem.signature.models import Draft
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.actions import identify_usager
from tandem.usagers.models import Channel, Usager

ActeurOf = Callable[[Affectation], Acteur]
ClientOf = Callable[[Affectation], Client]


def desk(acteur: Acteur) -> Affectation:
    """Where the acteur works."""
    assert acteur.affectation is not None
    return acteur.affectation


def person(
    acteur: Acteur, *, at: datetime, given: str = "Rose Marie", family: str = "LEFEVRE"
) -> Usager:
    """Someone who has just identified with FranceConnect before this acteur."""
    identity = PivotIdentity(
        given_names=given,
        family_name=family,
        birthdate="1955-03-08",
        gender="female",
        birthplace="35238",
        birthcountry="99100",
    )
    sub = f"sub-{given}-{family}"
    verified = VerifiedIdentity(
        sub=sub, acr="eidas1", identity=identity, logout_url="https://fc.example/logout"
    )
    return identify_usager(acteur=acteur, verified=verified, at=at)


def channel(usager: Usager, acteur: Acteur, *, at: datetime, **changes: Any) -> Channel:
    """A mobile number of the person, proven."""
    values: dict[str, Any] = {
        "usager": usager,
        "kind": "sms",
        "value": "+33612345678",
        "value_index": secrets.token_hex(32),
        "holder": "person",
        "proven_at": at,
        "created_at": at,
        "created_by": acteur.affectation,
    }
    return Channel.objects.create(**{**values, **changes})


def mandat(
    usager: Usager,
    acteur: Acteur,
    *,
    at: datetime,
    days: int = 182,
    scopes: tuple[str, ...] = ("theme:logement",),
    over: bool = False,
) -> Mandat:
    """A mandat signed at that instant, one line for each scope; `over`: it reached its end."""
    ends_at = at + timedelta(days=days)
    end: dict[str, Any] = {"ended_at": ends_at, "end_kind": "expired"} if over else {}
    row = Mandat.objects.create(
        structure=usager.structure,
        usager=usager,
        signed_by=desk(acteur),
        signed_at=at,
        ends_at=ends_at,
        duree="six_mois",
        snapshot="{}",
        seal=secrets.token_hex(32),
        text_version="2026-11",
        language="fr",
        consent_method="franceconnect",
        rung="franceconnect",
        verification_code=secrets.token_hex(8),
        verification_index=secrets.token_hex(32),
        **end,
    )
    for scope in scopes:
        Autorisation.objects.create(
            mandat=row,
            structure=usager.structure,
            usager=usager,
            scope=scope,
            theme=theme_key(scope),
            presence_allowed=["presence", "telephone", "absence"],
            started_at=at,
            ends_at=ends_at,
            **end,
        )
    return row


def use(row: Mandat, acteur: Acteur, *, at: datetime, absent: bool = False) -> Usage:
    """One use of the first line of a mandat."""
    absence: dict[str, Any] = {
        "presence": "absence",
        "absence_reason": "deadline",
        "account_due_at": at + timedelta(hours=24),
    }
    return Usage.objects.create(
        autorisation=row.autorisations.earliest("pk"),
        affectation=desk(acteur),
        used_at=at,
        service_declared="caf.fr",
        relying_party="franceconnect",
        transaction=f"{secrets.randbits(128):032x}",
        **(absence if absent else {"presence": "presence"}),
    )


def draft(acteur: Acteur, *, at: datetime, usager: Usager | None = None) -> Draft:
    """A mandat begun an hour ago."""
    return Draft.objects.create(
        affectation=desk(acteur),
        usager=usager,
        started_at=at - timedelta(hours=1),
        expires_at=at + timedelta(hours=23),
    )
