"""The thèmes a structure, or one person in it, keeps to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.kernel.refusals import NotAllowed
from tandem.referentiels.queries import themes as known_themes
from tandem.structures import events, permissions
from tandem.structures.actions.doors import (
    AffectationRefused,
    StructureRefused,
    affectation_subject,
    structure_subject,
)
from tandem.structures.models import Acteur, Affectation, Structure


@transaction.atomic
def restrict_structure(
    *, acteur: Acteur, structure: Structure, themes: Iterable[str], at: datetime
) -> Structure:
    """Keep a structure to these thèmes (empty: all), at once and on mandats already signed.

    Raises:
        StructureRefused: a thème is not in the catalogue.
        NotAllowed: the acteur does not manage this structure.
    """
    if not permissions.may_manage_people(acteur, structure):
        raise NotAllowed(_("Seul un référent de la structure peut choisir ses thèmes."))
    structure.allowed_themes = _known(themes)
    structure.save(update_fields=["allowed_themes"])
    record(
        events.STRUCTURE_THEMES_RESTRICTED,
        author=acteur.author,
        subject=structure_subject(structure),
        at=at,
        facts={"themes": structure.allowed_themes},
    )
    return structure


@transaction.atomic
def restrict_affectation(
    *, acteur: Acteur, affectation: Affectation, themes: Iterable[str], at: datetime
) -> Affectation:
    """Keep one person to these thèmes (empty: as the structure), at once and on mandats already signed.

    Raises:
        StructureRefused: a thème is not in the catalogue.
        AffectationRefused: the affectation has ended.
        NotAllowed: the acteur does not manage this structure.
    """
    if not permissions.may_manage_people(acteur, affectation.structure):
        raise NotAllowed(_("Seul un référent de la structure peut choisir les thèmes d’un aidant."))
    wanted = _known(themes)
    if not Affectation.objects.live().filter(pk=affectation.pk).update(allowed_themes=wanted):
        raise AffectationRefused(_("Cette affectation est déjà arrêtée."))
    affectation.allowed_themes = wanted
    record(
        events.AFFECTATION_THEMES_RESTRICTED,
        author=acteur.author,
        subject=affectation_subject(affectation),
        at=at,
        facts={"themes": wanted},
    )
    return affectation


def _known(themes: Iterable[str]) -> list[str]:
    wanted = set(themes)
    known = [theme.key for theme in known_themes()]
    if wanted - set(known):
        raise StructureRefused(_("L’un de ces thèmes n’existe pas dans le catalogue."))
    # All of them restricts nothing: a thème added later is then open too.
    return [] if wanted == set(known) else [key for key in known if key in wanted]
