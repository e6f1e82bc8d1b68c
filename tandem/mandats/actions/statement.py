"""What the person signs, gathered once, to be frozen (P-01)."""

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from tandem.mandats import texts
from tandem.mandats.actions.signing import Signing
from tandem.mandats.queries.verification import ALPHABET, CODE_LENGTH
from tandem.mandats.rules import Agreement, ConsentMethod, ContactKind, Duree, Presence
from tandem.mandats.snapshot import SCHEMA, instant, new_salt
from tandem.referentiels.queries import ScopeDescription, describe_scopes, place_name
from tandem.structures.models import Affectation, Structure
from tandem.usagers.models import Usager
from tandem.usagers.queries import proven_channel
from tandem.usagers.rules import ChannelKind, Holder, Piece, Rung


def new_verification_code() -> str:
    """An unguessable code that a clerk can type from the paper."""
    return "".join(secrets.choice(ALPHABET) for _i in range(CODE_LENGTH))


def statement_of(
    *,
    signing: Signing,
    usager: Usager,
    consent: ConsentMethod,
    ends_at: datetime,
    at: datetime,
    named: Iterable[Affectation] = (),
) -> dict[str, Any]:
    """Everything the mandat states, as it will be read in three years."""
    agreement, structure = signing.agreement, signing.affectation.structure
    return {
        "schema": SCHEMA,
        "salt": new_salt(),
        "usager": _person(usager),
        "structure": _structure(structure),
        "aidants": {
            "team": not agreement.aidants,
            "signed_by": _name(signing.affectation),
            "named": [_name(affectation) for affectation in named],
        },
        "lines": [_line(found, agreement) for found in describe_scopes(agreement.scopes)],
        "duree": {"key": agreement.duree, "label": str(Duree(agreement.duree).label)},
        "signed_at": instant(at),
        "ends_at": instant(ends_at),
        "timezone": structure.timezone,
        "channel": _channel(usager, agreement),
        "stop": how_to_stop(structure),
        "text": _text(agreement),
        "identity": {
            "rung": usager.rung,
            "established_at": instant(usager.rung_established_at),
            "acr": agreement.identity.get("acr", ""),
            **_piece(usager),
        },
        "consent": {
            "method": consent.value,
            "given_at": instant(signing.identified_at or at),
            "points": dict(agreement.points),
            **_paper(signing),
        },
        "verification_code": new_verification_code(),
        "renews": signing.renews.seal if signing.renews else None,
        "transferred_from": signing.transferred_from.seal if signing.transferred_from else None,
    }


def _piece(usager: Usager) -> dict[str, str]:
    """The document of identity that was seen: its kind, the day and by whom; nothing else is known of it (P-32)."""
    step = usager.rung_steps.order_by("-established_at", "-pk").first()
    if usager.rung != Rung.PIECE_VUE or step is None or step.piece_seen_on is None:
        return {}
    return {
        "piece": str(Piece(step.piece).label),
        "piece_seen_on": step.piece_seen_on.isoformat(),
        "piece_seen_by": _name(step.established_by),
    }


def _paper(signing: Signing) -> dict[str, Any]:
    """What was noted of the sheet signed by hand (P-35, P-44); what it never allows is stated too (P-32)."""
    paper = signing.handwritten
    if paper is None:
        return {}
    days = {"printed_on": paper.printed_on.isoformat(), "signed_on": paper.signed_on.isoformat()}
    return {"paper": {**asdict(paper), **days, "franceconnect": False}}


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


def _line(found: ScopeDescription, agreement: Agreement) -> dict[str, Any]:
    ways = agreement.presence[found.scope]
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


def _channel(usager: Usager, agreement: Agreement) -> dict[str, str]:
    """How the person is told: kind, holder, and enough of the value to recognise it."""
    if agreement.contact_kind == ContactKind.KNOWN:
        known = proven_channel(usager)
        if known is not None:
            return {
                "kind": known.kind,
                "holder": known.holder,
                "hint": mask(known.kind, known.value),
            }
    if agreement.contact_kind in {ContactKind.SMS, ContactKind.EMAIL}:
        hint = mask(agreement.contact_kind, agreement.contact_value)
        return {"kind": agreement.contact_kind, "holder": agreement.contact_holder, "hint": hint}
    return {"kind": ContactKind.PAPER.value, "holder": Holder.PERSON.value, "hint": ""}


def mask(kind: str, value: str) -> str:
    """Enough of a number or of an address for its owner to recognise it."""
    if kind == ChannelKind.EMAIL:
        name, _at, domain = value.partition("@")
        return f"{name[:1]}•••@{domain}"
    return f"•• •• •• •• {value[-2:]}"


def _text(agreement: Agreement) -> dict[str, Any]:
    read = texts.text(agreement.text_version, agreement.text_name)
    signed = texts.text(agreement.text_version, texts.SIGNED)
    return {
        "version": read.version,
        "name": read.name,
        "language": read.language,
        "facile": read.facile,
        "sha256": read.sha256,
        "signed_sha256": signed.sha256,
        "reader": agreement.reader,
        "interpreter": agreement.interpreter,
    }
