"""Mandats for the stories of any room: really signed, below the gesture.

rose = usager_of(acteur, at=at)                       # identified by FranceConnect in acteur's structure
mandat = signed_mandat(acteur, rose, at=at)           # one thème, one month
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import uuid4

from tandem.mandats import texts
from tandem.mandats.actions import Signing, record_use, sign_agreement
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.rules import POINTS, Agreement
from tandem.oidc_client.rules import PivotIdentity, VerifiedIdentity
from tandem.structures.models import Acteur
from tandem.usagers.actions import identify_usager
from tandem.usagers.actions.identity import sub_index
from tandem.usagers.models import Usager

ROSE = PivotIdentity(
    given_names="Rose Marie",
    family_name="Lefèvre",
    birthdate="1955-03-12",
    gender="female",
    birthplace="35238",
    birthcountry="99100",
    preferred_name="",
    email="rose@exemple.fr",
)
ANDREI = PivotIdentity(
    given_names="Andrei",
    family_name="Popescu",
    birthdate="1980-07-01",
    gender="male",
    birthplace="",
    birthcountry="99114",
)
SUB = "a" * 64 + "v1"


def verified(identity: PivotIdentity = ROSE, *, sub: str = SUB) -> VerifiedIdentity:
    """What FranceConnect answers for this person."""
    return VerifiedIdentity(
        sub=sub, acr="eidas1", identity=identity, logout_url="https://fc.example/out"
    )


def usager_of(
    acteur: Acteur, *, at: datetime, identity: PivotIdentity = ROSE, sub: str = SUB
) -> Usager:
    """The person, identified by FranceConnect in the acteur's structure."""
    return identify_usager(acteur=acteur, verified=verified(identity, sub=sub), at=at)


def agreement(
    scopes: Sequence[str] = ("theme:logement",),
    *,
    duree: str = "mois",
    ways: Sequence[str] = ("presence",),
    **changes: Any,
) -> Agreement:
    """What a person agreed to: every question answered."""
    values: dict[str, Any] = {
        "scopes": tuple(scopes),
        "duree": duree,
        "presence": {scope: list(ways) for scope in scopes},
        "protected": "none",
        "alone": "alone",
        "contact_kind": "paper",
        "text_version": texts.current_version(),
        "text_name": "fr",
        "reader": "person",
        "points": dict.fromkeys(POINTS, "understood"),
        "identity": {"sub": SUB, "acr": "eidas1", **asdict(ROSE)},
    }
    return Agreement(**(values | changes))


def identity_of(usager: Usager, *, sub: str) -> dict[str, str]:
    """The identity FranceConnect would answer for someone already known."""
    names = ("given_names", "family_name", "birthdate", "gender", "birthplace", "birthcountry")
    values = {name: str(getattr(usager, name)) for name in names}
    extra = {"preferred_name": usager.preferred_name, "email": usager.email}
    return {"sub": sub, "acr": "eidas1"} | values | extra


def signed_mandat(
    acteur: Acteur,
    usager: Usager,
    scopes: Sequence[str] = ("theme:logement",),
    *,
    duree: str = "mois",
    ways: Sequence[str] = ("presence",),
    at: datetime,
    **changes: Any,
) -> Mandat:
    """A mandat signed by this person, through the transaction of `sign_agreement`."""
    assert acteur.affectation is not None
    known = usager.sub_index
    sub = f"story-{usager.public_id}"
    Usager.objects.filter(pk=usager.pk).update(sub_index=sub_index(sub))
    chosen = agreement(
        scopes, duree=duree, ways=ways, identity=identity_of(usager, sub=sub), **changes
    )
    signing = Signing(acteur.affectation, chosen, usager, identified_at=at)
    mandat = sign_agreement(acteur=acteur, signing=signing, at=at)
    Usager.objects.filter(pk=usager.pk).update(sub_index=known)
    usager.refresh_from_db()
    return mandat


def line_of(mandat: Mandat, scope: str | None = None) -> Autorisation:
    """One line of a mandat: the one asked, or the only one."""
    rows = Autorisation.objects.select_related(
        "mandat__structure", "mandat__usager", "usager__structure"
    )
    return rows.get(mandat=mandat) if scope is None else rows.get(mandat=mandat, scope=scope)


def use(acteur: Acteur, line: Autorisation, at: datetime, **changes: Any) -> Usage:
    """One use of a line, by default in presence, through FranceConnect."""
    values: dict[str, Any] = {
        "presence": "presence",
        "absence_reason": "",
        "service_declared": "Caisse d’allocations familiales",
        "relying_party": "franceconnect",
        "transaction": uuid4(),
        "confirmation": None,
    }
    return record_use(acteur=acteur, autorisation=line, at=at, **(values | changes))
