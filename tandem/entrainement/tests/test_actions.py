"""Begin, start over, forget: the sandbox alone is touched. A-14."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from tandem.accompagnements.models import Besoin, DemarcheSuivie
from tandem.comptes.rules import GestureResponse
from tandem.comptes.tests.factories import totp_code
from tandem.entrainement import actions, queries
from tandem.entrainement.actions import PracticeRefused
from tandem.envois.models import Message
from tandem.fichiers.actions import store_file
from tandem.fichiers.models import StoredFile
from tandem.journal.models import Entry
from tandem.journal.rules import Subject
from tandem.mandats.actions import UseRefused, record_paper_confirmation
from tandem.mandats.models import Autorisation, Mandat, Usage
from tandem.mandats.tests.factories import line_of, signed_mandat, use
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.queries import acteur_from
from tandem.usagers.models import Usager


@pytest.fixture
def nobody(practising: Acteur) -> Usager:
    """Rose, of the sandbox."""
    return next(one for one in queries.people_of(practising) if one.given_names == "Rose")


def _rose(practising: Acteur) -> Usager:
    return next(one for one in queries.people_of(practising) if one.given_names == "Rose")


def sign(practising: Acteur, at: datetime) -> Mandat:
    """With the fictitious Rose, through the transaction of a true signature."""
    return signed_mandat(practising, _rose(practising), at=at)


class TestBeginning:
    def test_gives_three_people_each_with_what_they_come_for(
        self, practising: Acteur, at: datetime
    ) -> None:
        people = {one.given_names for one in queries.people_of(practising)}

        assert people == {"Rose", "Andrei", "Amina"}
        assert Besoin.objects.filter(structure=practising.structure).count() == 3
        followed = DemarcheSuivie.objects.filter(structure=practising.structure)
        assert set(followed.values_list("demarche__slug", flat=True)) == {
            "declaration-revenus", "caf-declaration-trimestrielle-rsa", "caf-aide-logement",
        }  # fmt: skip

    def test_again_finds_everything_as_it_was(
        self, alice: Affectation, practising: Acteur, at: datetime
    ) -> None:
        again = actions.begin(acteur=acteur_from(alice), at=at + timedelta(days=1))

        assert again == practising.affectation
        assert Usager.objects.count() == 3


class TestStartingOver:
    def test_forgets_what_was_done_and_nothing_else(
        self, alice: Affectation, rose: Usager, practising: Acteur, at: datetime
    ) -> None:
        mine = acteur_from(alice)
        true = signed_mandat(mine, rose, at=at)
        sign(practising, at)
        actions.start_over(acteur=practising, at=at)

        assert list(Mandat.objects.all()) == [true]
        assert Usager.objects.filter(structure=alice.structure).get() == rose
        assert queries.people_of(practising).count() == 3
        assert practising.structure is not None
        assert Structure.objects.filter(pk=practising.structure.pk).exists()
        [line] = Entry.objects.filter(event="entrainement.wiped")
        assert line.chain == str(practising.structure.public_id)

    def test_erases_the_files_too(self, practising: Acteur, nobody: Usager, at: datetime) -> None:
        from tandem.accompagnements.models import Depot

        kept = store_file(
            content=b"true", name="vrai.pdf", media_type="application/pdf",
            owner=Subject("depot", uuid4()), at=at,
        )  # fmt: skip
        followed_alone(practising, nobody, at)
        assert Depot.objects.count() == 1
        actions.start_over(acteur=practising, at=at)

        assert list(StoredFile.objects.all()) == [kept]

    def test_is_refused_outside_a_sandbox(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        with pytest.raises(PracticeRefused):
            actions.start_over(acteur=acteur_from(alice), at=at)
        with pytest.raises(PracticeRefused), transaction.atomic():
            actions.wipe(alice.structure, at=at)

        assert Usager.objects.get() == rose

    def test_stops_before_a_row_that_is_true(
        self, alice: Affectation, practising: Acteur, rose: Usager, at: datetime
    ) -> None:
        """Were both worlds ever mixed behind the code, nothing true would be lost."""
        true = signed_mandat(acteur_from(alice), rose, at=at)
        Mandat.objects.filter(pk=true.pk).update(signed_by=practising.affectation)

        with pytest.raises(PracticeRefused, match="vrai"):
            actions.start_over(acteur=practising, at=at)

        assert Mandat.objects.filter(pk=true.pk).exists()


class TestAfterAMonth:
    def test_a_sandbox_is_emptied_by_itself(
        self, alice: Affectation, rose: Usager, practising: Acteur, at: datetime
    ) -> None:
        """P-20: what is not used does not stay, be it false."""
        assert actions.purge_sandboxes(at=at + timedelta(days=30)) == 0
        assert actions.purge_sandboxes(at=at + timedelta(days=32)) == 1

        assert list(Usager.objects.all()) == [rose]
        actions.begin(acteur=acteur_from(alice), at=at + timedelta(days=33))
        assert queries.people_of(practising).count() == 3


class TestAnExerciseOfConnexion:
    def test_is_written_in_the_sandbox_and_releases_nothing(
        self, practising: Acteur, alice: Affectation, at: datetime
    ) -> None:
        line = line_of(sign(practising, at))
        key = uuid4()

        usage = actions.practise_use(
            acteur=practising, autorisation=line, presence="presence", absence_reason="",
            service="impots.gouv.fr", key=key,
            response=GestureResponse(code=totp_code(alice.compte, at)), at=at,
        )  # fmt: skip

        assert usage.transaction == key
        assert not Message.objects.exists()

    def test_of_money_wants_the_paper_of_the_day_as_a_true_one(
        self, practising: Acteur, alice: Affectation, at: datetime
    ) -> None:
        """P-06, A-14: refused without it, whatever the exercise; noted, it opens this line alone."""
        scopes = ("theme:argent", "theme:justice")
        mandat = signed_mandat(practising, _rose(practising), scopes, at=at)
        money, justice = (line_of(mandat, scope) for scope in scopes)
        asked: dict[str, Any] = {
            "presence": "presence", "absence_reason": "", "service": "impots.gouv.fr",
        }  # fmt: skip
        lines = queries.lines_of(practising, at=at)
        assert {row for row, _words in queries.lines_to_confirm(lines, at=at)} == {money, justice}
        code = GestureResponse(code=totp_code(alice.compte, at))
        with pytest.raises(UseRefused, match="confirme à chaque fois"):
            actions.practise_use(
                acteur=practising, autorisation=money, key=uuid4(), response=code, at=at, **asked
            )
        record_paper_confirmation(acteur=practising, autorisation=money, at=at)
        assert [row for row, _words in queries.lines_to_confirm(lines, at=at)] == [justice]

        later = at + timedelta(minutes=2)
        usage = actions.practise_use(
            acteur=practising, autorisation=money, key=uuid4(),
            response=GestureResponse(code=totp_code(alice.compte, later)), at=later, **asked,
        )  # fmt: skip
        assert usage.confirmation is not None
        assert usage.confirmation.kind == "paper"
        assert not Message.objects.exists()

    def test_is_the_only_use_of_an_exercise(self, practising: Acteur, at: datetime) -> None:
        line = line_of(sign(practising, at))

        with pytest.raises(UseRefused, match="entraînement"):
            use(practising, line, at)
        assert not Usage.objects.exists()

    def test_is_refused_for_a_true_line(
        self, alice: Affectation, rose: Usager, practising: Acteur, at: datetime
    ) -> None:
        mine = acteur_from(alice)
        line = line_of(signed_mandat(mine, rose, at=at))
        asked: dict[str, Any] = {
            "autorisation": line, "presence": "presence", "absence_reason": "", "service": "x", "key": uuid4(),
            "response": GestureResponse(code=totp_code(alice.compte, at)), "at": at,
        }  # fmt: skip

        for acteur in (mine, practising):
            with pytest.raises(PracticeRefused):
                actions.practise_use(acteur=acteur, **asked)
        with pytest.raises(queries.NotPractising):
            queries.line_of(practising, line.public_id, at=at)
        with pytest.raises(queries.NotPractising):
            queries.line_of(mine, line.public_id, at=at)
        assert not Usage.objects.exists()
        assert Autorisation.objects.count() == 1


def followed_alone(practising: Acteur, nobody: Usager, at: datetime) -> None:
    """A démarche filed with its receipt, in the sandbox."""
    from tandem.accompagnements.actions import file_demarche
    from tandem.accompagnements.tests.factories import filing

    row = DemarcheSuivie.objects.get(usager=nobody)
    file_demarche(acteur=practising, demarche_suivie=row, filing=filing(), at=at)
