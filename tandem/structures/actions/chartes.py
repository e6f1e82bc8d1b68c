"""Accepting the charte."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.journal.actions import record
from tandem.kernel.refusals import NotAllowed
from tandem.structures import events, permissions
from tandem.structures.actions.doors import AffectationRefused, affectation_subject
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import Acteur, CharteAcceptance


@transaction.atomic
def accept_charte(*, acteur: Acteur, version: str, at: datetime) -> CharteAcceptance:
    """Accept the current charte, by name, to act for this structure (P-04). Accepting twice is once.

    Raises:
        AffectationRefused: the text shown is no longer the current one.
        NotAllowed: not at work in an open structure.
    """
    if not permissions.may_accept_charte(acteur):
        raise NotAllowed(_("La charte s’accepte au nom d’une structure où vous travaillez."))
    if version != CURRENT_VERSION:
        raise AffectationRefused(
            _("La charte a changé pendant votre lecture. Relisez-la avant de l’accepter.")
        )
    acceptance, created = CharteAcceptance.objects.get_or_create(
        compte=acteur.compte,
        structure=acteur.structure,
        version=version,
        defaults={"accepted_at": at},
    )
    if created and acteur.affectation is not None:
        record(
            events.CHARTE_ACCEPTED,
            author=acteur.author,
            subject=affectation_subject(acteur.affectation),
            at=at,
            facts={"version": version},
        )
    return acceptance
