"""The people of a sandbox (A-14)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.kernel.refusals import NotAllowed
from tandem.structures.models import Acteur
from tandem.usagers.actions.doors import UsagerRefused, at_work
from tandem.usagers.actions.identity import identify_usager
from tandem.usagers.fictitious import PEOPLE, Fictitious
from tandem.usagers.models import Channel, Usager
from tandem.usagers.queries import channel_index
from tandem.usagers.rules import CHANNEL_SETTLES, Holder


@transaction.atomic
def welcome_fictitious(*, acteur: Acteur, person: Fictitious, at: datetime) -> Usager:
    """Someone fictitious comes to the sandbox; how they are told is proven since long.

    Raises:
        NotAllowed: not in a sandbox.
    """
    desk = at_work(acteur)
    if not desk.structure.is_practice:
        raise NotAllowed(_("Les personnes fictives restent dans l’entraînement."))
    usager = identify_usager(acteur=acteur, verified=person.verified, at=at)
    if person.channel_kind is not None:
        Channel.objects.get_or_create(
            usager=usager,
            kind=person.channel_kind,
            value_index=channel_index(person.channel_kind, person.channel_value),
            defaults={
                "value": person.channel_value,
                "holder": Holder.PERSON,
                "created_at": at - CHANNEL_SETTLES,
                "created_by": desk.affectation,
                "proven_at": at,
            },
        )
    return usager


def fictitious_named(key: str) -> Fictitious:
    """One of the people of a sandbox.

    Raises:
        UsagerRefused: none has this name.
    """
    found = next((person for person in PEOPLE if person.key == key), None)
    if found is None:
        raise UsagerRefused(_("Choisissez une des trois personnes fictives."))
    return found
