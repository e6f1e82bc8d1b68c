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
    """Keep a structure to these thèmes (empty: all), at once and on mandats already signed. Twice is once.

    Raises:
        StructureRefused: a thème is not in the catalogue.
        NotAllowed: the acteur does not manage this structure.
    """
    if not permissions.may_manage_people(acteur, structure):
        raise NotAllowed(_("Seul un référent de la structure peut choisir ses thèmes."))
    structure.allowed_themes = wanted = _known(themes)
    others = Structure.objects.filter(pk=structure.pk).exclude(allowed_themes=wanted)
    if not others.update(allowed_themes=wanted):
        return structure
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
    """Keep one person to these thèmes (empty: as the structure), at once and on mandats already signed. Twice is once.

    Raises:
        StructureRefused: a thème is not in the catalogue.
        AffectationRefused: the affectation has ended.
        NotAllowed: the acteur does not manage this structure.
    """
    if not permissions.may_manage_people(acteur, affectation.structure):
        raise NotAllowed(_("Seul un référent de la structure peut choisir les thèmes d’un aidant."))
    affectation.allowed_themes = wanted = _known(themes)
    live = Affectation.objects.live().filter(pk=affectation.pk)
    if not live.exclude(allowed_themes=wanted).update(allowed_themes=wanted):
        if live.exists():
            return affectation
        raise AffectationRefused(_("Cette affectation est déjà arrêtée."))
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
