"""Two files of a person become one while colleagues work on the second: nobody is cut off (R-10, ADR 0013).

On PostgreSQL two acts that take the same rows crosswise stop each other; here each statement keeps its row a while.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tandem.acces.actions import end_acces, mark_steps, open_acces
from tandem.acces.models import Acces
from tandem.acces.rules import Keyboard, Outcome, Road
from tandem.accompagnements.actions import Wanted, add_step, follow_demarche, open_besoin
from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.accompagnements.rules import EtapeKind, Next, NextMove, Step
from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.courriers.actions import settle_courrier
from tandem.courriers.models import Courrier
from tandem.courriers.tests.factories import logged
from tandem.echeances.actions import add_echeance, finish_echeance
from tandem.echeances.models import Echeance
from tandem.echeances.rules import EcheanceKind, Noted
from tandem.kernel.refusals import Refusal
from tandem.kernel.tests.concurrency import at_once, shared_database
from tandem.notes.actions import withdraw_note
from tandem.notes.models import Note
from tandem.notes.tests.factories import note_of
from tandem.papier.actions import confirm_sheet, refuse_sheet
from tandem.papier.actions.sheets import write_sheet
from tandem.papier.models import Sheet
from tandem.papier.tests.factories import noted_of, paper_draft, seen_usager, waiting_sheet
from tandem.rapprochements.actions import merge_usagers
from tandem.rapprochements.models import Rapprochement
from tandem.referentiels.models import Demarche
from tandem.structures.models import SYSTEM_ACTEUR, Affectation
from tandem.structures.queries import acteur_from
from tandem.structures.tests.factories import AffectationFactory, StructureFactory
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], Any]
Prepared = Callable[[Affectation, Affectation, Usager, datetime], Act]


def shown(who: Affectation, at: datetime) -> GestureResponse:
    return GestureResponse(code=totp_code(who.compte, at))


def a_step(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    demarche = Demarche.objects.select_related("theme").get(slug="caf-rsa-demande")
    row = follow_demarche(
        acteur=acteur_from(alice), wanted=Wanted(demarche=demarche), usager=usager, at=at
    )
    return lambda: add_step(
        acteur=acteur_from(bob),
        demarche_suivie=row,
        step=Step(EtapeKind.NOTED, "Reçu."),
        then=Next(NextMove.AIDANT),
        at=at + timedelta(hours=1),
        key=uuid4(),
    )


def a_demarche_of_a_demand(
    alice: Affectation, bob: Affectation, usager: Usager, at: datetime
) -> Act:
    besoin = open_besoin(acteur=acteur_from(alice), words="La CAF", usager=usager, at=at)
    demarche = Demarche.objects.select_related("theme").get(slug="caf-rsa-demande")
    return lambda: follow_demarche(
        acteur=acteur_from(bob),
        wanted=Wanted(demarche=demarche),
        besoin=besoin,
        at=at + timedelta(hours=1),
    )


def steps_of_an_account(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    row = open_acces(
        acteur=acteur_from(alice), usager=usager, service="caf", road=Road.CREATE, at=at
    )
    return lambda: mark_steps(
        acteur=acteur_from(bob), acces=row, done=[0], at=at + timedelta(hours=1)
    )


def the_end_of_an_account(
    alice: Affectation, bob: Affectation, usager: Usager, at: datetime
) -> Act:
    row = open_acces(
        acteur=acteur_from(alice), usager=usager, service="caf", road=Road.CREATE, at=at
    )
    return lambda: end_acces(
        acteur=acteur_from(bob), acces=row, keyboard=Keyboard.PERSON, outcome=Outcome.DONE,
        at=at + timedelta(hours=1),
    )  # fmt: skip


def a_date_done(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    what = Noted(EcheanceKind.TO_DO, "Appeler", at.date() + timedelta(days=3))
    row = add_echeance(acteur=acteur_from(alice), owner=usager, noted=what, at=at)
    return lambda: finish_echeance(acteur=acteur_from(bob), echeance=row, at=at)


def a_post_settled(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    row = logged(acteur_from(alice), usager, at=at)
    return lambda: settle_courrier(acteur=acteur_from(bob), courrier=row, at=at)


def a_note_withdrawn(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    row = note_of(bob, usager, at=at)
    return lambda: withdraw_note(acteur=acteur_from(bob), note=row, at=at)


def a_sheet_confirmed(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    row = waiting_sheet(acteur_from(alice), usager, at=at)
    return lambda: confirm_sheet(acteur=acteur_from(bob), sheet=row, response=shown(bob, at), at=at)


def a_sheet_noted(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    draft = paper_draft(acteur_from(bob), usager, ("theme:etranger",), at=at)
    noted = noted_of(draft, at=at)
    return lambda: write_sheet(
        acteur=acteur_from(bob), draft=draft, noted=noted, gesture=None, at=at
    )


def a_sheet_refused(alice: Affectation, bob: Affectation, usager: Usager, at: datetime) -> Act:
    row = waiting_sheet(acteur_from(alice), usager, at=at)
    return lambda: refuse_sheet(acteur=acteur_from(bob), sheet=row, at=at)


ACTS: tuple[Prepared, ...] = (
    a_step, a_demarche_of_a_demand, steps_of_an_account, the_end_of_an_account, a_date_done, a_post_settled,
    a_note_withdrawn, a_sheet_confirmed, a_sheet_refused, a_sheet_noted,
)  # fmt: skip


@pytest.fixture
def desks(
    transactional_db: None, tmp_path: Path, settings: Any
) -> Iterator[tuple[Affectation, Affectation]]:
    settings.TANDEM_DATA_DIR = tmp_path
    with shared_database(tmp_path):
        structure = StructureFactory.create()
        yield (
            AffectationFactory.create(structure=structure),
            AffectationFactory.create(structure=structure),
        )


class TestAtTheSameInstant:
    """Every kind of act at once, each on its own row of the same file."""

    def test_two_files_become_one(
        self, desks: tuple[Affectation, Affectation], at: datetime
    ) -> None:
        """R-10: the files are one; each act is done, or refused in words."""
        alice, bob = desks
        rose = UsagerFactory.create(structure=alice.structure)
        other = seen_usager(acteur_from(alice), at=at)
        acts = [prepared(alice, bob, other, at) for prepared in ACTS]

        merged, *_acted = at_once(
            [
                lambda: merge_usagers(
                    acteur=acteur_from(alice), one=rose, other=other,
                    response=shown(alice, at), at=at,
                ),
                *acts,
            ],
            slowly=True,
        )  # fmt: skip

        assert isinstance(merged, Rapprochement)
        assert Usager.objects.get(pk=other.pk).merged_into == rose

    def test_a_person_is_erased(self, desks: tuple[Affectation, Affectation], at: datetime) -> None:
        """P-22: nothing of them is left by whoever was writing."""
        alice, bob = desks
        other = seen_usager(acteur_from(alice), at=at)
        acts = [prepared(alice, bob, other, at) for prepared in ACTS]

        erased, *_acted = at_once(
            [lambda: erase_usager(acteur=SYSTEM_ACTEUR, usager=other, at=at), *acts], slowly=True
        )

        assert not isinstance(erased, Refusal)
        assert Usager.objects.get(pk=other.pk).erased_at == at
        for model in (Acces, DemarcheSuivie, Besoin, Echeance, Courrier, Note, Sheet):
            assert not model._base_manager.filter(usager=other).exists(), model
