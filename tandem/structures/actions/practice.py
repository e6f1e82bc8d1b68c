"""The sandbox of a compte: a structure that does not exist, where nothing is true (A-14)."""

import base64
import secrets
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.comptes.models import Compte
from tandem.journal.actions import record
from tandem.journal.rules import Author
from tandem.kernel.refusals import NotAllowed
from tandem.structures import events, permissions
from tandem.structures.actions.doors import structure_subject
from tandem.structures.charte import CURRENT_VERSION
from tandem.structures.models import Acteur, Affectation, CharteAcceptance, Structure
from tandem.structures.rules import ActeurKind, Role

# No establishment has it: nobody takes a paper of the sandbox for a true one.
NO_SIRET: Final = "00000000000000"


@transaction.atomic
def open_practice(*, acteur: Acteur, at: datetime) -> Affectation:
    """Their place in their own sandbox, made the first time; habilité there, charte accepted there.

    Its line of the journal is in its own chain: none is written elsewhere.

    Raises:
        NotAllowed: they work nowhere.
    """
    if acteur.compte is None or not permissions.may_practise(acteur):
        raise NotAllowed(_("L’entraînement est pour les personnes d’une structure."))
    compte = Compte.objects.select_for_update(of=("self",), no_key=True).get(pk=acteur.compte.pk)
    structure = Structure.objects.active().filter(practice_of=compte).first()
    is_new = structure is None
    structure = structure or _sandbox(compte, at)
    affectation, _made = Affectation.objects.select_related("structure", "compte").get_or_create(
        compte=compte,
        structure=structure,
        ended_at=None,
        defaults={"role": Role.AIDANT, "habilite_at": at, "started_at": at},
    )
    CharteAcceptance.objects.get_or_create(
        compte=compte,
        structure=structure,
        version=CURRENT_VERSION,
        defaults={"accepted_at": at},
    )
    if is_new:
        record(
            events.PRACTICE_OPENED,
            author=Author(ActeurKind.AIDANT.value, compte.public_id, structure.public_id),
            subject=structure_subject(structure),
            at=at,
        )
    return affectation


def _sandbox(compte: Compte, at: datetime) -> Structure:
    return Structure.objects.create(
        name=_("Structure d’entraînement"),
        siret=NO_SIRET,
        address=_("1 rue de l’Exemple"),
        postcode="00000",
        city=_("Exemple-sur-Feuille"),
        search_key=base64.b64encode(secrets.token_bytes(32)).decode(),
        created_at=at,
        practice_of=compte,
    )
