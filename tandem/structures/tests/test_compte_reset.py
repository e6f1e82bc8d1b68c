"""Access given back from the command line: by two people who answer for the person, and by nobody else."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from tandem.comptes import queries
from tandem.comptes.models import Compte, FactorReset
from tandem.comptes.tests.factories import CompteFactory, totp_code
from tandem.structures.models import Affectation, Structure
from tandem.structures.queries import referents_over
from tandem.structures.tests.factories import AffectationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def frozen(at: datetime) -> Iterator[datetime]:
    """The commands read the clock."""
    with time_machine.travel(at, tick=False):
        yield at


@pytest.fixture
def oscar(db: None) -> Compte:
    """An operator."""
    return CompteFactory.create(with_totp=True, is_operator=True)


@pytest.fixture
def rita(db: None) -> Compte:
    """Another operator."""
    return CompteFactory.create(with_totp=True, is_operator=True)


@pytest.fixture
def lost(alice: Affectation) -> Compte:
    """Who lost their telephone: alice, of the ccas."""
    return alice.compte


class TestTheCommand:
    def call(self, oscar: Compte, rita: Compte, lost: Compte, at: datetime, **changes: Any) -> None:
        options = {
            "demande_par": oscar.email,
            "approuve_par": rita.email,
            "preuve": "met",
            "code_demande": totp_code(oscar, at),
            "code_approuve": totp_code(rita, at),
            **changes,
        }
        call_command("compte_reset", lost.email, **options)

    def test_takes_two_named_persons_and_their_codes(
        self,
        oscar: Compte,
        rita: Compte,
        lost: Compte,
        frozen: datetime,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """S-12, from the command line."""
        self.call(oscar, rita, lost, frozen)

        reset = FactorReset.objects.get()
        assert (reset.requested_by, reset.approved_by, reset.target) == (oscar, rita, lost)
        said = capsys.readouterr().out
        assert "3 novembre 2026" in said.replace("\N{NO-BREAK SPACE}", " ")
        assert "activation" not in said

    @pytest.mark.parametrize(
        "changes",
        [
            {"approuve_par": "oscar"},
            {"demande_par": "lost"},
            {"code_demande": "000000"},
            {"code_approuve": "000000"},
            {"approuve_par": "personne@x.example"},
            {"preuve": "telephone"},
        ],
        ids=str,
    )
    def test_refuses_anything_less(
        self, oscar: Compte, rita: Compte, lost: Compte, frozen: datetime, changes: dict[str, Any]
    ) -> None:
        names = {"oscar": oscar.email, "lost": lost.email}
        changes = {key: names.get(value, value) for key, value in changes.items()}

        with pytest.raises(CommandError):
            self.call(oscar, rita, lost, frozen, **changes)
        assert not FactorReset.objects.exclude(effective_at=None).exists()
        assert queries.open_reset_of(lost) is None

    def test_asks_for_the_codes_without_showing_them(
        self,
        oscar: Compte,
        rita: Compte,
        lost: Compte,
        frozen: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        answers = iter([totp_code(oscar, frozen), totp_code(rita, frozen)])
        monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))

        self.call(oscar, rita, lost, frozen, code_demande=None, code_approuve=None)
        assert FactorReset.objects.get().approved_by == rita

    @pytest.mark.parametrize("second", ["operator", "referent"])
    def test_takes_a_referent_of_the_person_with_another(
        self, oscar: Compte, bea: Affectation, lost: Compte, frozen: datetime, second: str
    ) -> None:
        """S-12: a référent of the same structure, or an operator."""
        other = (
            oscar
            if second == "operator"
            else AffectationFactory.create(structure=bea.structure, referent=True).compte
        )

        self.call(bea.compte, other, lost, frozen)

        reset = FactorReset.objects.get()
        assert (reset.requested_by, reset.approved_by) == (bea.compte, other)

    @pytest.mark.parametrize("who", ["colleague", "referent_elsewhere"])
    @pytest.mark.parametrize("place", ["asks", "approves"])
    def test_refuses_the_colleague_and_the_referent_of_elsewhere(
        self, oscar: Compte, bob: Affectation, mairie: Structure, lost: Compte, frozen: datetime, who: str, place: str
    ) -> None:  # fmt: skip
        """S-12, S-40."""
        elsewhere = AffectationFactory.create(structure=mairie, referent=True)
        other = (bob if who == "colleague" else elsewhere).compte
        pair = (other, oscar) if place == "asks" else (oscar, other)

        with pytest.raises(CommandError, match="un exploitant, ou par un référent"):
            self.call(*pair, lost, frozen)
        assert not FactorReset.objects.exclude(approved_by=None).exists()
        assert queries.open_reset_of(lost) is None


class TestReferentsOver:
    """Who answers for someone at work: asked of the database at each reset (S-12)."""

    def test_are_those_of_the_structures_where_the_person_works_now(
        self, alice: Affectation, bob: Affectation, bea: Affectation, mairie: Structure
    ) -> None:
        elsewhere = AffectationFactory.create(structure=mairie, referent=True)
        assert referents_over(alice.compte) == {bea.compte.public_id}

        AffectationFactory.create(compte=alice.compte, structure=mairie)

        assert referents_over(alice.compte) == {bea.compte.public_id, elsewhere.compte.public_id}

    def test_never_hold_the_person_themselves(self, bea: Affectation) -> None:
        assert referents_over(bea.compte) == set()

    @pytest.mark.parametrize("change", [{"ended": True}, {"charte": False}], ids=str)
    def test_do_not_hold_someone_who_may_not_manage(
        self, ccas: Structure, alice: Affectation, change: dict[str, Any]
    ) -> None:
        AffectationFactory.create(structure=ccas, referent=True, **change)

        assert referents_over(alice.compte) == set()

    def test_do_not_hold_a_closed_compte(
        self, alice: Affectation, bea: Affectation, at: datetime
    ) -> None:
        Compte.objects.filter(pk=bea.compte.pk).update(is_active=False, deactivated_at=at)

        assert referents_over(alice.compte) == set()

    def test_do_not_hold_those_of_a_closed_structure(
        self, alice: Affectation, bea: Affectation, at: datetime
    ) -> None:
        Structure.objects.filter(pk=alice.structure.pk).update(closed_at=at)

        assert referents_over(alice.compte) == set()

    def test_end_with_the_persons_own_work(self, bea: Affectation) -> None:
        left = AffectationFactory.create(structure=bea.structure, ended=True)

        assert referents_over(left.compte) == set()
