"""Writes of entrainement: begin, practise a use, start over, forget."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tandem.accompagnements.actions import Wanted, follow_demarche, open_besoin
from tandem.comptes.actions import use_gesture, verify_gesture
from tandem.comptes.rules import GestureResponse
from tandem.entrainement import events, permissions, queries
from tandem.entrainement.queries import Rows
from tandem.entrainement.rules import use_act
from tandem.fichiers.actions import erase_file
from tandem.journal.actions import record
from tandem.journal.rules import SYSTEM, Author, Event, Subject
from tandem.kernel.refusals import Refusal
from tandem.mandats.actions import record_use
from tandem.mandats.models import Autorisation, Usage
from tandem.mandats.queries import fresh_confirmation, needs_confirmation
from tandem.mandats.rules import UseWay
from tandem.referentiels.models import Demarche
from tandem.structures.actions import open_practice
from tandem.structures.models import Acteur, Affectation, CharteAcceptance, Structure
from tandem.structures.queries import acteur_from
from tandem.usagers.actions import welcome_fictitious
from tandem.usagers.fictitious import PEOPLE, Fictitious
from tandem.usagers.models import Usager

# What each comes for: a démarche of the catalogue.
_FOLLOWED: Final = {
    "rose": "declaration-revenus",
    "andrei": "caf-declaration-trimestrielle-rsa",
    "amina": "caf-aide-logement",
}
# The place itself stays: whoever practises is in it.
_STAY: Final = (Structure, Affectation, CharteAcceptance)


class PracticeRefused(Refusal):
    """This belongs to a sandbox, and this is none."""


def begin(*, acteur: Acteur, at: datetime) -> Affectation:
    """Open one's own sandbox, with its people when there is nobody yet.

    Raises:
        NotAllowed: they work nowhere.
    """
    with transaction.atomic():
        place = open_practice(acteur=acteur, at=at)
        there = acteur_from(place)
        if not Usager.objects.filter(structure=place.structure).exists():
            _fill(there, at)
            _trace(events.PRACTICE_BEGUN, there.author, place.structure, at)
    return place


def start_over(*, acteur: Acteur, at: datetime) -> None:
    """Forget everything done in the sandbox, and begin again with the same people.

    Raises:
        PracticeRefused: not in a sandbox.
    """
    if not permissions.may_wipe(acteur) or acteur.structure is None:
        raise PracticeRefused(_("Il n’y a rien à effacer : vous n’êtes pas en entraînement."))
    with transaction.atomic():
        wipe(acteur.structure, at=at)
        _fill(acteur, at)
        _trace(events.PRACTICE_WIPED, acteur.author, acteur.structure, at)


def purge_sandboxes(*, at: datetime) -> int:
    """Empty the sandboxes filled more than a month ago; how many. The next exercise begins afresh."""
    wiped = 0
    for structure in queries.old_sandboxes(at=at):
        with transaction.atomic():
            wipe(structure, at=at)
            author = Author(SYSTEM.kind, None, structure.public_id)
            _trace(events.PRACTICE_WIPED, author, structure, at)
        wiped += 1
    return wiped


def wipe(structure: Structure, *, at: datetime) -> None:
    """Everything that hangs from a sandbox, its files too. Its lines of the journal stay, in its own chain.

    Raises:
        PracticeRefused: a true structure, or a row that belongs to one.
    """
    locked = Structure.objects.select_for_update(of=("self",)).get(pk=structure.pk)
    if not permissions.is_erasable(locked):
        raise PracticeRefused(_("Seul un entraînement s’efface ainsi."))
    rows = queries.rows_of(locked)
    _refuse_true_rows(rows, locked)
    files = queries.files_of(rows)
    for model, keys in rows.items():
        if model not in _STAY:
            # Foreign keys are checked at the end of the transaction, when all of it is gone: no order is needed.
            doomed = model._base_manager.filter(pk__in=keys)
            doomed._raw_delete(doomed.db)  # noqa: SLF001 - PROTECT is for true rows
    for stored in files:
        erase_file(stored, at=at)
        stored.delete()


def _refuse_true_rows(rows: Rows, sandbox: Structure) -> None:
    for model, keys in rows.items():
        if any(field.name == "structure" for field in model._meta.fields):
            elsewhere = model._base_manager.filter(pk__in=keys).exclude(structure=sandbox.pk)
            if elsewhere.exists():
                raise PracticeRefused(_("Quelque chose de vrai tient à cet entraînement."))


def _fill(acteur: Acteur, at: datetime) -> None:
    # Who was there last is first in the list: they came one after the other.
    for rank, person in enumerate(PEOPLE):
        _welcome(acteur, person, at - timedelta(minutes=rank))


def _welcome(acteur: Acteur, person: Fictitious, at: datetime) -> None:
    usager = welcome_fictitious(acteur=acteur, person=person, at=at)
    besoin = open_besoin(acteur=acteur, words=str(person.comes_for), usager=usager, at=at)
    demarche = Demarche.objects.select_related("theme").filter(slug=_FOLLOWED[person.key]).first()
    if demarche is not None:
        follow_demarche(acteur=acteur, wanted=Wanted(demarche=demarche), besoin=besoin, at=at)


def practise_use(
    *,
    acteur: Acteur,
    autorisation: Autorisation,
    presence: str,
    absence_reason: str,
    service: str,
    key: UUID,
    response: GestureResponse,
    at: datetime,
) -> Usage:
    """Do as if connecting for someone fictitious: the same questions and gesture, and no identity goes anywhere.

    The same `key` twice (a double click) is one use, and asks for no second gesture (S-24).

    Raises:
        PracticeRefused: not in the sandbox of this line.
        UseRefused: a condition of the mandat does not hold.
        GestureRefused: the second factor was not shown.
    """
    compte = acteur.compte
    if compte is None or not acteur.is_practising or autorisation.structure != acteur.structure:
        raise PracticeRefused(_("Un exercice ne se fait que dans son entraînement."))
    done = Usage.objects.filter(transaction=key, autorisation=autorisation).first()
    if done is not None:
        return done
    gesture = verify_gesture(compte=compte, act=use_act(key), response=response, at=at)
    with transaction.atomic():
        use_gesture(gesture=gesture, compte=compte, act=use_act(key), at=at)
        return record_use(
            acteur=acteur,
            autorisation=autorisation,
            presence=presence,
            absence_reason=absence_reason,
            service_declared=service,
            relying_party="",
            transaction=key,
            # Money and justice ask the person each time, for false as for true (P-06).
            confirmation=fresh_confirmation(autorisation, at=at)
            if needs_confirmation(autorisation)
            else None,
            at=at,
            elsewhere=UseWay.COUNTER,
        )


def _trace(event: Event, author: Author, structure: Structure, at: datetime) -> None:
    record(event, author=author, subject=Subject("structure", structure.public_id), at=at)
