"""Reminders: to the aidant one e-mail a day with a count and a link, to the person words that do not frighten.

Each step of each date is told once: the row says which, and the outbox refuses the same key twice.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tandem.echeances.models import Echeance, EcheanceQuerySet
from tandem.echeances.rules import (
    FORGOTTEN_AFTER,
    WAITING,
    EcheanceKind,
    aidant_steps,
    person_steps,
    step_reached,
)
from tandem.envois.actions import queue_email
from tandem.envois.models import Message
from tandem.structures.models import Affectation, Structure
from tandem.ui.rules import date_words
from tandem.usagers.actions import tell_usager

# Nothing leaves before, in the structure's time zone.
FROM_HOUR = 8
_FARTHEST_STEP = timedelta(days=30)


def _near(structure: Structure, today: date) -> EcheanceQuerySet:
    return (
        Echeance.objects.open()
        .filter(
            structure=structure,
            due_on__lte=today + _FARTHEST_STEP,
            due_on__gte=today - FORGOTTEN_AFTER,
        )
        .order_by("due_on", "pk")
    )


def _awake(at: datetime) -> list[tuple[Structure, date]]:
    """The structures where the day has begun, with their day."""
    found = Structure.objects.active().true().order_by("pk")
    local = [(structure, at.astimezone(structure.zone)) for structure in found]
    return [(structure, moment.date()) for structure, moment in local if moment.hour >= FROM_HOUR]


def remind_aidants(*, at: datetime) -> int:
    """One e-mail a day to each aidant who holds a date to look at; returns how many aidants were told."""
    told = 0
    for structure, today in _awake(at):
        aidants = Affectation.objects.filter(
            structure=structure, ended_at=None, habilite_at__isnull=False, compte__is_active=True
        ).select_related("compte")
        told += sum(_remind_aidant(one, structure, today, at) for one in aidants.order_by("pk"))
    return told


@transaction.atomic
def _remind_aidant(
    affectation: Affectation, structure: Structure, today: date, at: datetime
) -> bool:
    key = f"echeances.aidant:{affectation.public_id}:{today.isoformat()}"
    rows = _near(structure, today).held_by(affectation).select_for_update(of=("self",))
    reached = []
    for row in rows:
        days = (row.due_on - today).days
        step = step_reached(aidant_steps(row.kind), days_left=days, told=row.aidant_step)
        if step is not None:
            row.aidant_step = step
            reached.append(row)
    # Told already today: what is new waits for tomorrow.
    if not reached or Message.objects.filter(key=key).exists():
        return False
    for step in {row.aidant_step for row in reached}:
        same = [row.pk for row in reached if row.aidant_step == step]
        Echeance.objects.filter(pk__in=same).update(aidant_step=step)
    count = len(reached)
    link = settings.TANDEM_SITE_URL + reverse("echeances:list")
    body = ngettext(
        "Bonjour, une date approche dans Tandem. Ouvrez votre liste : %(link)s",
        "Bonjour, %(count)s dates approchent dans Tandem. Ouvrez votre liste : %(link)s",
        count,
    ) % {"count": count, "link": link}
    queue_email(
        to=affectation.compte.email,
        subject=_("Des dates approchent dans Tandem"),
        body=body,
        key=key,
        at=at,
    )
    return True


def remind_people(*, at: datetime) -> int:
    """Tell each person, on a channel of their own, what comes; returns how many messages or lines to say.

    `usagers.tell_usager` keeps to discreet words, to proven channels and to five messages a day (S-31); without a
    channel it is kept to be told face to face or on paper.
    """
    told = 0
    for structure, today in _awake(at):
        named = Q(usager__isnull=False) | Q(demarche_suivie__usager__isnull=False)
        rows = _near(structure, today).filter(named).only("kind", "due_on", "person_step")
        # Only what is to be told is then locked, one by one.
        due = [row.pk for row in rows if _person_step(row, today) is not None]
        told += sum(_remind_person(key, today, at) for key in due)
    return told


def _person_step(row: Echeance, today: date) -> int | None:
    """The step to tell the person now; late, it is for the aidant to speak of it."""
    days = (row.due_on - today).days
    if days < (-7 if row.kind in WAITING else 0):
        return None
    return step_reached(person_steps(row.kind), days_left=days, told=row.person_step)


@transaction.atomic
def _remind_person(pk: int, today: date, at: datetime) -> bool:
    row = (
        Echeance.objects.open()
        .select_for_update(of=("self",))
        .select_related("structure", "usager__structure", "demarche_suivie__usager__structure")
        .filter(pk=pk)
        .first()
    )
    if row is None or row.person is None:
        return False
    step = _person_step(row, today)
    if step is None:
        return False
    row.person_step = step
    row.save(update_fields=["person_step"])
    title, body = person_words(row)
    # An answer awaited and what its absence means come the same day: said once.
    what = row.demarche_suivie if row.kind in WAITING and row.demarche_suivie else row
    key = f"echeances.person:{what.public_id}:{row.due_on.isoformat()}:{step}"
    tell_usager(usager=row.person, message=title, body=body, key=key, at=at)
    return True


def person_words(row: Echeance) -> tuple[str, str]:
    """What the person reads: no démarche, no service; « Rien à faire » first when so."""
    day = date_words(row.due_on)
    if row.kind in WAITING:
        return (
            _("Rien à faire pour vous"),
            _("Rien à faire. Votre aidant suit votre demande et vous dira la suite."),
        )
    if row.kind == EcheanceKind.APPOINTMENT:
        return (
            _("Votre rendez-vous"),
            _("Bonjour, vous avez un rendez-vous le %(day)s. Une question ? Appelez votre aidant.")
            % {"day": day},
        )
    return (
        _("Un petit rappel"),
        _(
            "Bonjour, une chose est à faire avant le %(day)s. "
            "Votre aidant peut la faire avec vous : appelez-le."
        )
        % {"day": day},
    )
