"""What the person signs, gathered once, to be frozen (P-01)."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tandem.mandats import texts
from tandem.mandats.models import Draft
from tandem.mandats.queries.verification import ALPHABET, CODE_LENGTH
from tandem.mandats.rules import Answers, ConsentMethod, ContactKind, Duree, Presence
from tandem.mandats.snapshot import SCHEMA, instant, new_salt
from tandem.referentiels.queries import ScopeDescription, describe_scopes, place_name
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager
from tandem.usagers.queries import proven_channel
from tandem.usagers.rules import ChannelKind, Holder


def new_verification_code() -> str:
    """An unguessable code that a clerk can type from the paper."""
    return "".join(secrets.choice(ALPHABET) for _i in range(CODE_LENGTH))


def statement_of(
    *,
    draft: Draft,
    answers: Answers,
    usager: Usager,
    consent: ConsentMethod,
    ends_at: datetime,
    at: datetime,
    named: Iterable[Affectation] = (),
) -> dict[str, Any]:
    """Everything the mandat states, as it will be read in three years."""
    structure = draft.affectation.structure
    return {
        "schema": SCHEMA,
        "salt": new_salt(),
        "usager": _person(usager),
        "structure": _structure(structure),
        "aidants": {
            "team": not answers.aidants,
            "signed_by": _name(draft.affectation),
            "named": [_name(affectation) for affectation in named],
        },
        "lines": [_line(found, answers) for found in describe_scopes(answers.scopes)],
        "duree": {"key": answers.duree, "label": str(Duree(answers.duree).label)},
        "signed_at": instant(at),
        "ends_at": instant(ends_at),
        "timezone": structure.timezone,
        "channel": _channel(usager, answers),
        "stop": how_to_stop(structure),
        "text": _text(answers),
        "identity": {
            "rung": usager.rung,
            "established_at": instant(usager.rung_established_at),
            "acr": answers.identity.get("acr", ""),
        },
        "consent": {
            "method": consent.value,
            "given_at": instant(draft.identified_at or at),
            "points": dict(answers.points),
        },
        "verification_code": new_verification_code(),
        "renews": draft.renews.seal if draft.renews else None,
        "transferred_from": draft.transferred_from.seal if draft.transferred_from else None,
    }


def how_to_stop(structure: Structure) -> list[str]:
    """How the person stops the mandat, in plain sentences."""
    ways = [
        _("Au guichet de %(name)s, %(address)s.")
        % {"name": structure.name, "address": structure.postal_address}
    ]
    if structure.phone:
        ways.append(_("Par téléphone, au %(phone)s.") % {"phone": structure.phone})
    ways.append(_("En montrant cette feuille dans une autre structure qui utilise Tandem."))
    ways.append(_("Vous n’avez pas à dire pourquoi. L’arrêt est immédiat."))
    return ways


def _person(usager: Usager) -> dict[str, str]:
    names = ("given_names", "family_name", "preferred_name", "birthdate", "gender", "birthplace")
    person = {name: str(getattr(usager, name)) for name in (*names, "birthcountry")}
    place = usager.birthplace or usager.birthcountry
    return person | {"birthplace_name": place_name(place) if place else ""}


def _structure(structure: Structure) -> dict[str, str]:
    return {
        name: str(getattr(structure, name))
        for name in ("name", "siret", "address", "postcode", "city", "phone", "email")
    }


def _name(affectation: Affectation) -> str:
    return f"{affectation.compte.given_name} {affectation.compte.family_name}"


def _line(found: ScopeDescription, answers: Answers) -> dict[str, Any]:
    ways = answers.presence[found.scope]
    return {
        "scope": found.scope,
        "theme": found.theme,
        "theme_title": found.theme_title,
        "title": found.title,
        "description": found.description,
        "examples": list(found.examples),
        "pictogram": found.pictogram,
        "service": found.service,
        "presence": list(ways),
        "presence_labels": [str(Presence(way).label) for way in ways],
        "absence_allowed": Presence.ABSENCE in ways,
    }


def _channel(usager: Usager, answers: Answers) -> dict[str, str]:
    """How the person is told: kind, holder, and enough of the value to recognise it."""
    if answers.contact_kind == ContactKind.KNOWN:
        known = proven_channel(usager)
        if known is not None:
            return {
                "kind": known.kind,
                "holder": known.holder,
                "hint": mask(known.kind, known.value),
            }
    if answers.contact_kind in {ContactKind.SMS, ContactKind.EMAIL}:
        hint = mask(answers.contact_kind, answers.contact_value)
        return {"kind": answers.contact_kind, "holder": answers.contact_holder, "hint": hint}
    return {"kind": ContactKind.PAPER.value, "holder": Holder.PERSON.value, "hint": ""}


def mask(kind: str, value: str) -> str:
    """Enough of a number or of an address for its owner to recognise it."""
    if kind == ChannelKind.EMAIL:
        name, _at, domain = value.partition("@")
        return f"{name[:1]}•••@{domain}"
    return f"•• •• •• •• {value[-2:]}"


def _text(answers: Answers) -> dict[str, Any]:
    read = texts.text(answers.text_version, answers.text_name)
    signed = texts.text(answers.text_version, texts.SIGNED)
    return {
        "version": read.version,
        "name": read.name,
        "language": read.language,
        "facile": read.facile,
        "sha256": read.sha256,
        "signed_sha256": signed.sha256,
        "reader": answers.reader,
        "interpreter": answers.interpreter,
    }
