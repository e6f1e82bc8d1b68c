"""The people of a sandbox: nobody, told nothing, never mixed with true people. A-14."""

from datetime import datetime
from typing import Any

import pytest

from tandem.envois.models import Message
from tandem.structures.actions import open_practice
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.queries import acteur_from
from tandem.usagers.actions import (
    NotAllowed,
    UsagerRefused,
    check_confirmation_code,
    declare_usager,
    fictitious_named,
    record_piece_seen,
    send_confirmation_code,
    tell_usager,
    welcome_fictitious,
)
from tandem.usagers.actions.codes import PRACTICE_CODE
from tandem.usagers.fictitious import PEOPLE
from tandem.usagers.models import Notice, SandboxRefused, Usager
from tandem.usagers.queries import proven_channel, usagers_visible_to
from tandem.usagers.rules import NoticeState, Piece, Rung
from tandem.usagers.tests.factories import UsagerFactory


@pytest.fixture
def sandbox(alice: Affectation, at: datetime) -> Acteur:
    return acteur_from(open_practice(acteur=acteur_from(alice), at=at))


@pytest.fixture
def nobody(sandbox: Acteur, at: datetime) -> Usager:
    return welcome_fictitious(acteur=sandbox, person=PEOPLE[0], at=at)


class TestSomeoneFictitious:
    def test_is_found_again_and_never_sure(
        self, sandbox: Acteur, nobody: Usager, at: datetime
    ) -> None:
        again = welcome_fictitious(acteur=sandbox, person=fictitious_named("rose"), at=at)

        assert again == nobody
        assert nobody.rung == Rung.FICTIF
        assert list(usagers_visible_to(sandbox)) == [nobody]
        assert proven_channel(nobody) is not None

    def test_is_sent_nothing(self, nobody: Usager, at: datetime) -> None:
        """A-14: 0 message; the file says what would have been told."""
        [message] = tell_usager(
            usager=nobody, message="À savoir", body="Bonjour, rien à faire.", key="k", at=at
        )

        assert message._state.adding
        assert not Message.objects.exists()
        assert Notice.objects.get(usager=nobody).state == NoticeState.SENT

    def test_reads_a_code_that_never_left(
        self, sandbox: Acteur, nobody: Usager, at: datetime
    ) -> None:
        asked: dict[str, Any] = {
            "acteur": sandbox,
            "usager": nobody,
            "purpose": f"usage:{nobody.public_id}",
        }
        send_confirmation_code(**asked, at=at)

        assert not Message.objects.exists()
        assert check_confirmation_code(**asked, code=PRACTICE_CODE, at=at).used_at == at

    def test_has_a_code_that_opens_nothing_to_true_people(
        self, alice: Affectation, rose: Usager, at: datetime
    ) -> None:
        """The code of exercises is drawn at random for them, one time in a million."""
        from tandem.usagers.actions.codes import CodeRefused
        from tandem.usagers.tests.factories import ChannelFactory

        ChannelFactory.create(usager=rose, sms=True, value="+33612345678")
        asked: dict[str, Any] = {
            "acteur": acteur_from(alice),
            "usager": rose,
            "purpose": f"usage:{rose.public_id}",
        }
        send_confirmation_code(**asked, at=at)

        with pytest.raises(CodeRefused):
            check_confirmation_code(**asked, code=PRACTICE_CODE, at=at)
        assert Message.objects.count() == 1


class TestBothWorlds:
    def test_take_no_true_person_into_a_sandbox(self, sandbox: Acteur, at: datetime) -> None:
        with pytest.raises(SandboxRefused):
            declare_usager(acteur=sandbox, given_names="Jeanne", family_name="Martin", at=at)
        with pytest.raises(SandboxRefused):
            UsagerFactory.create(structure=sandbox.structure)
        with pytest.raises(SandboxRefused, match="vraie personne"):
            UsagerFactory.create(structure=sandbox.structure, rung=Rung.FICTIF)

        assert not Usager.objects.exists()

    def test_let_nobody_fictitious_out(self, alice: Affectation, at: datetime) -> None:
        with pytest.raises(NotAllowed):
            welcome_fictitious(acteur=acteur_from(alice), person=PEOPLE[0], at=at)
        with pytest.raises(SandboxRefused):
            UsagerFactory.create(structure=alice.structure, rung=Rung.FICTIF)

        assert not Usager.objects.exists()

    def test_move_nobody_across(self, rose: Usager, nobody: Usager, mairie: Structure) -> None:
        for person, there in ((rose, nobody.structure), (nobody, rose.structure), (rose, mairie)):
            row = Usager.objects.get(pk=person.pk)
            row.structure = there
            with pytest.raises(SandboxRefused):
                row.save()
            with pytest.raises(SandboxRefused):
                row.save(update_fields=["structure"])
            with pytest.raises(SandboxRefused):
                Usager.objects.filter(pk=row.pk).update(structure=there)
            row.refresh_from_db()
            assert row.structure == person.structure

    def test_keep_someone_fictitious_fictitious(
        self, sandbox: Acteur, nobody: Usager, at: datetime
    ) -> None:
        with pytest.raises(UsagerRefused):
            record_piece_seen(
                acteur=sandbox, usager=nobody, piece=Piece.CARTE, seen_on=at.date(), at=at
            )
        nobody.refresh_from_db()
        assert nobody.rung == Rung.FICTIF

    def test_know_three_names_only(self) -> None:
        with pytest.raises(UsagerRefused):
            fictitious_named("jeanne")
