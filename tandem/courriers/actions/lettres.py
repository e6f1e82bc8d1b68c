"""Letters: written from a modèle, saved version after version, sent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.models import DemarcheSuivie
from tandem.courriers import events
from tandem.courriers.actions.doors import (
    CourrierRefused,
    at_work_for,
    key_of,
    locked,
    met,
    require_own,
    trace,
)
from tandem.courriers.modeles import Modele
from tandem.courriers.models import Lettre, LettreVersion
from tandem.courriers.queries import current_version
from tandem.courriers.rules import Content, LimitUnit, Sender, SendWay, fill, to_complete
from tandem.mandats.rules import Presence
from tandem.structures.models import Acteur, Affectation
from tandem.ui.rules import date_words
from tandem.usagers.models import Usager
from tandem.usagers.rules import birthdate_words


class LettreChanged(CourrierRefused):
    """Someone saved another version meanwhile: what was typed is kept on the page, nothing is overwritten."""

    code = "lettre_changed"


@dataclass(frozen=True)
class Limit:
    """What the online form allows; counted, never imposed."""

    count: int | None = None
    unit: str = LimitUnit.CHARACTERS


@dataclass(frozen=True)
class Told:
    """What is said before the letter exists: of its text, all may be missing."""

    values: Mapping[str, str]
    sender: Sender = Sender.PERSON
    presence: Presence = Presence.PRESENCE
    recipient: str = ""
    address: str = ""
    demarche_suivie: DemarcheSuivie | None = None


@transaction.atomic
def write_lettre(
    *,
    acteur: Acteur,
    usager: Usager,
    modele: Modele,
    told: Told,
    form_key: UUID,
    at: datetime,
    overridden: Sequence[str] = (),
) -> Lettre:
    """Begin a letter from a modèle, filled with what Tandem knows and what was told. The same form gives the same.

    `overridden`: the kinds of secret the aidant said were none (P-12).

    Raises:
        CourrierRefused: the death of the person is known (P-37), or the démarche is another person's.
    """
    desk = at_work_for(acteur, usager)
    person = locked(usager)
    key = key_of(form_key, person, modele.slug, told)
    known = Lettre.objects.filter(structure=person.structure, form_key=key).first()
    if known is not None:
        return known
    _refuse_death(person)
    require_own(person, told.demarche_suivie)
    lettre = Lettre.objects.create(
        structure=person.structure,
        usager=person,
        demarche_suivie=told.demarche_suivie,
        modele=modele.slug,
        modele_version=modele.version,
        sender=told.sender,
        presence=told.presence,
        created_at=at,
        created_by=desk,
        form_key=key,
    )
    content = _first(person, desk, modele, told, at)
    _keep(lettre, content, Limit(), desk, at)
    met(person, told.presence, at)
    trace(
        events.LETTRE_WRITTEN, acteur, lettre, at,
        modele=modele.slug, sender=str(told.sender), presence=str(told.presence),
        secret_override=list(overridden),
    )  # fmt: skip
    return lettre


def _refuse_death(person: Usager) -> None:
    if person.died_known_at is not None:
        raise CourrierRefused(
            _("Le décès est enregistré : plus aucune lettre ne part au nom de la personne.")
        )


def _first(person: Usager, desk: Affectation, modele: Modele, told: Told, at: datetime) -> Content:
    """What the letter says at first: a missing value stays to be seen."""
    structure, name = person.structure, person.display_name
    recipient = told.recipient.strip() or modele.to
    live = {
        "personne": name,
        "naissance": birthdate_words(person.birthdate),
        "structure": structure.name,
        "structure_adresse": structure.postal_address,
        "structure_telephone": structure.phone,
        "ville": structure.city,
        "date": date_words(person.local_date(at)),
        "aidant": desk.compte.full_name,
        "service": recipient.split("\n")[0],
    }
    values = {**told.values, **live}
    paper = [
        structure.name,
        structure.address,
        f"{structure.postcode} {structure.city}",
        structure.phone,
    ]
    address = told.address.strip() or to_complete(_("l’adresse de la personne"))
    followed = _("Dossier suivi par %(aidant)s") % {"aidant": live["aidant"]}
    is_structure = told.sender == Sender.STRUCTURE
    return Content.cleaned(
        letterhead=""
        if told.sender == Sender.PERSON
        else "\n".join(line for line in paper if line),
        sender_lines=followed if is_structure else f"{name}\n{address}",
        recipient=recipient or to_complete(_("à qui on écrit : nom et adresse")),
        place_date=fill(_("{ville}, le {date}"), values),
        subject=fill(modele.subject, values),
        body=fill(modele.body, values),
        signature=f"{structure.name}\n{live['aidant']}" if is_structure else name,
    )


def _keep(
    lettre: Lettre, content: Content, limit: Limit, desk: Affectation, at: datetime
) -> LettreVersion:
    return LettreVersion.objects.create(
        lettre=lettre,
        number=lettre.number,
        content=asdict(content),
        limit_count=limit.count,
        limit_unit=limit.unit,
        written_at=at,
        written_by=desk,
    )


@transaction.atomic
def save_lettre(
    *,
    acteur: Acteur,
    lettre: Lettre,
    content: Content,
    limit: Limit,
    based_on: int,
    at: datetime,
    overridden: Sequence[str] = (),
) -> LettreVersion:
    """Keep what the letter says now as a version of its own; saved twice without a change, it is one.

    `based_on`: the number of the version that was on the page.

    Raises:
        LettreChanged: another version was saved meanwhile.
        CourrierRefused: the death of the person is known (P-37).
    """
    _refuse_death(locked(lettre.usager))
    desk = at_work_for(acteur, lettre.usager)
    row = Lettre.objects.select_for_update(of=("self",)).select_related("usager").get(pk=lettre.pk)
    last = current_version(row)
    same = last.says == content and (last.limit_count, last.limit_unit) == (limit.count, limit.unit)
    if same:
        return last
    if based_on != row.number:
        raise LettreChanged(
            _(
                "Cette lettre a changé entre-temps. Votre texte est gardé ici : comparez avec la lettre."
            )
        )
    row.number += 1
    row.save(update_fields=["number"])
    version = _keep(row, content, limit, desk, at)
    trace(
        events.LETTRE_CHANGED, acteur, row, at, number=row.number, secret_override=list(overridden)
    )
    return version


@transaction.atomic
def record_sent(
    *, acteur: Acteur, lettre: Lettre, sent_on: date, way: SendWay, at: datetime
) -> Lettre:
    """The letter left, as it stands now. Noted again, the day and the way are corrected; the same twice is once.

    Raises:
        CourrierRefused: that day has not come, or is before the letter.
    """
    person = locked(lettre.usager)
    at_work_for(acteur, lettre.usager)
    row = Lettre.objects.select_for_update(of=("self",)).select_related("usager").get(pk=lettre.pk)
    if not person.local_date(row.created_at) <= sent_on <= person.local_date(at):
        raise CourrierRefused(
            _("Ce jour n’est pas possible : il est entre le jour de la lettre et aujourd’hui.")
        )
    noted = (sent_on, way, row.number)
    if (row.sent_on, row.sent_way, row.sent_number) == noted:
        return row
    row.sent_on, row.sent_way, row.sent_number = noted
    row.save(update_fields=["sent_on", "sent_way", "sent_number"])
    trace(events.LETTRE_SENT, acteur, row, at, way=str(way))
    return row
