from datetime import datetime, timedelta

import pytest

from tandem.journal.models import Entry, Secret
from tandem.structures.models import Acteur, Affectation, Structure
from tandem.structures.tests.cast import ActeurOf
from tandem.usagers import actions
from tandem.usagers.models import Usager
from tandem.usagers.queries import is_usable, signing_refusal, use_refusal
from tandem.usagers.rules import FreezeReason, Protected
from tandem.usagers.tests.factories import UsagerFactory

pytestmark = pytest.mark.django_db
NEXT_DAY = timedelta(hours=24)


@pytest.fixture
def acteur(alice: Affectation, as_acteur: ActeurOf) -> Acteur:
    return as_acteur(alice)


class TestFreezing:
    @pytest.mark.parametrize("reason", FreezeReason)
    def test_stops_every_use_from_that_instant(
        self, reason: FreezeReason, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-36, S-33: a photograph taken before does not count."""
        before = Usager.objects.get(pk=rose.pk)
        assert is_usable(before, at)

        actions.freeze_usager(acteur=acteur, usager=rose, reason=reason, at=at)

        assert not is_usable(before, at)
        assert "suspendu" in (signing_refusal(before, at) or "")

    def test_says_why_to_nobody_in_the_journal(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-36: the reason is erasable, and no line shown to the person holds it."""
        actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)

        [line] = Entry.objects.all()
        assert (line.event, line.facts, line.about) == ("usagers.frozen", {}, rose.public_id)
        assert [s.value for s in Secret.objects.filter(entry=line)] == ["doubt"]

    def test_twice_is_refused(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)

        with pytest.raises(actions.UsagerRefused):
            actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DISPUTE, at=at)

    def test_is_not_for_a_stranger(
        self, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.freeze_usager(
                acteur=as_acteur(charlie), usager=rose, reason=FreezeReason.DOUBT, at=at
            )
        assert is_usable(rose, at)


class TestThawing:
    @pytest.fixture
    def frozen(self, acteur: Acteur, rose: Usager, at: datetime) -> Usager:
        return actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DISPUTE, at=at)

    def test_is_refused_the_same_day_to_the_one_who_froze(
        self, acteur: Acteur, frozen: Usager, at: datetime
    ) -> None:
        """S-20: two persons, or a day."""
        with pytest.raises(actions.NotAllowed):
            actions.thaw_usager(
                acteur=acteur, usager=frozen, at=at + NEXT_DAY - timedelta(seconds=1)
            )
        assert not is_usable(frozen, at)

        actions.thaw_usager(acteur=acteur, usager=frozen, at=at + NEXT_DAY)
        assert is_usable(frozen, at + NEXT_DAY)

    @pytest.mark.parametrize("who", ["bob", "bea"])
    def test_is_for_a_colleague_or_the_referent(
        self,
        who: str,
        frozen: Usager,
        as_acteur: ActeurOf,
        at: datetime,
        request: pytest.FixtureRequest,
    ) -> None:
        thawed = actions.thaw_usager(
            acteur=as_acteur(request.getfixturevalue(who)), usager=frozen, at=at
        )

        assert (thawed.frozen_at, thawed.freeze_reason, thawed.stopped_by) == (None, "", None)
        assert is_usable(frozen, at)
        assert Entry.objects.order_by("-pk")[0].event == "usagers.thawed"

    def test_is_for_the_referent_who_froze(
        self, rose: Usager, bea: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        frozen = actions.freeze_usager(
            acteur=as_acteur(bea), usager=rose, reason=FreezeReason.DOUBT, at=at
        )

        assert actions.thaw_usager(acteur=as_acteur(bea), usager=frozen, at=at).frozen_at is None

    def test_is_not_for_a_stranger(
        self, frozen: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.thaw_usager(acteur=as_acteur(charlie), usager=frozen, at=at + NEXT_DAY)
        assert not is_usable(frozen, at)

    def test_of_a_file_that_is_open_is_refused(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        with pytest.raises(actions.UsagerRefused):
            actions.thaw_usager(acteur=acteur, usager=rose, at=at)


class TestADeath:
    def test_once_known_stops_everything(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        """P-37."""
        actions.record_death(acteur=acteur, usager=rose, at=at)

        assert "décès" in (use_refusal(rose, at) or "")
        rose.refresh_from_db()
        assert rose.died_known_at == at
        with pytest.raises(actions.UsagerRefused):
            actions.record_death(acteur=acteur, usager=rose, at=at)
        with pytest.raises(actions.UsagerRefused):
            actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)

    def test_does_not_thaw(
        self, acteur: Acteur, rose: Usager, bea: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        actions.record_death(acteur=acteur, usager=rose, at=at)

        with pytest.raises(actions.UsagerRefused):
            actions.thaw_usager(acteur=as_acteur(bea), usager=rose, at=at)
        assert not is_usable(rose, at)

    def test_recorded_by_mistake_is_corrected_by_another(
        self, acteur: Acteur, rose: Usager, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """A-11."""
        actions.record_death(acteur=acteur, usager=rose, at=at)
        with pytest.raises(actions.NotAllowed):
            actions.correct_death(acteur=acteur, usager=rose, at=at)

        actions.correct_death(acteur=as_acteur(bob), usager=rose, at=at)

        assert is_usable(rose, at)
        with pytest.raises(actions.UsagerRefused):
            actions.correct_death(acteur=as_acteur(bob), usager=rose, at=at)

    def test_corrected_leaves_a_former_freeze(
        self, acteur: Acteur, rose: Usager, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DISPUTE, at=at)
        actions.record_death(acteur=acteur, usager=rose, at=at)
        actions.correct_death(acteur=as_acteur(bob), usager=rose, at=at)

        assert "suspendu" in (use_refusal(rose, at) or "")

    def test_recorded_over_a_freeze_hides_neither_who_froze_nor_who_recorded(
        self, acteur: Acteur, rose: Usager, bob: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """S-20: each undoes what the other did, and nobody their own the same day."""
        actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DISPUTE, at=at)
        actions.record_death(acteur=as_acteur(bob), usager=rose, at=at)
        with pytest.raises(actions.NotAllowed):
            actions.correct_death(acteur=as_acteur(bob), usager=rose, at=at)

        corrected = actions.correct_death(acteur=acteur, usager=rose, at=at)

        assert corrected.stopped_by == acteur.affectation
        with pytest.raises(actions.NotAllowed):
            actions.thaw_usager(acteur=acteur, usager=rose, at=at)
        actions.thaw_usager(acteur=as_acteur(bob), usager=rose, at=at)
        assert is_usable(rose, at)

    def test_is_not_recorded_by_a_stranger(
        self, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.record_death(acteur=as_acteur(charlie), usager=rose, at=at)
        assert is_usable(rose, at)


class TestTheQuestionOfProtection:
    def test_is_asked_before_signing(self, acteur: Acteur, ccas: Structure, at: datetime) -> None:
        """P-34."""
        usager = UsagerFactory.create(
            structure=ccas, protected=Protected.NOT_ASKED, protected_asked_at=None
        )
        assert "Demandez" in (signing_refusal(usager, at) or "")

        answered = actions.answer_protection(
            acteur=acteur, usager=usager, answer=Protected.NONE, at=at
        )

        assert signing_refusal(answered, at) is None

    def test_freezes_at_once_when_there_is_a_measure(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """P-34: a later measure stops the mandats already signed."""
        answered = actions.answer_protection(
            acteur=acteur, usager=rose, answer=Protected.PROTECTION, at=at
        )

        assert (answered.frozen_at, answered.freeze_reason) == (at, FreezeReason.PROTECTION)
        assert not is_usable(rose, at)
        [line] = Entry.objects.all()
        assert line.facts == {}

    def test_keeps_the_file_shut_while_the_measure_stands(
        self, acteur: Acteur, rose: Usager, bea: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        frozen = actions.answer_protection(
            acteur=acteur, usager=rose, answer=Protected.PROTECTION, at=at
        )
        with pytest.raises(actions.UsagerRefused):
            actions.thaw_usager(acteur=as_acteur(bea), usager=frozen, at=at)

        actions.answer_protection(acteur=acteur, usager=frozen, answer=Protected.NONE, at=at)
        assert not is_usable(rose, at)
        actions.thaw_usager(acteur=as_acteur(bea), usager=frozen, at=at)
        assert is_usable(rose, at)

    def test_keeps_a_former_reason_to_freeze(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        frozen = actions.freeze_usager(acteur=acteur, usager=rose, reason=FreezeReason.DOUBT, at=at)

        again = actions.answer_protection(
            acteur=acteur, usager=frozen, answer=Protected.PROTECTION, at=at
        )

        assert again.freeze_reason == FreezeReason.DOUBT

    @pytest.mark.parametrize(
        ("birthdate", "refused"),
        [("2008-11-02", False), ("2008-11-03", True), ("2008-11-01", False)],
    )
    def test_is_not_answered_against_the_birthdate(
        self, birthdate: str, refused: bool, acteur: Acteur, ccas: Structure, at: datetime
    ) -> None:
        """P-33: the boundary, a day each side."""
        usager = UsagerFactory.create(structure=ccas, birthdate=birthdate)
        if refused:
            with pytest.raises(actions.UsagerRefused):
                actions.answer_protection(
                    acteur=acteur, usager=usager, answer=Protected.NONE, at=at
                )
        else:
            actions.answer_protection(acteur=acteur, usager=usager, answer=Protected.NONE, at=at)
        assert (signing_refusal(usager, at) is None) != refused

    def test_counts_the_days_where_the_structure_is(self, acteur: Acteur, ccas: Structure) -> None:
        """P-33: 23:30 in Paris on the eve is already the birthday in Nouméa."""
        usager = UsagerFactory.create(structure=ccas, birthdate="2008-11-03")
        eve = datetime.fromisoformat("2026-11-02T22:30:00+00:00")
        assert signing_refusal(usager, eve)

        Structure.objects.filter(pk=ccas.pk).update(timezone="Pacific/Noumea")
        assert signing_refusal(Usager.objects.get(pk=usager.pk), eve) is None

    def test_has_an_answer(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        with pytest.raises(actions.UsagerRefused):
            actions.answer_protection(acteur=acteur, usager=rose, answer=Protected.NOT_ASKED, at=at)

    def test_of_a_minor_refuses_signing(self, acteur: Acteur, rose: Usager, at: datetime) -> None:
        answered = actions.answer_protection(
            acteur=acteur, usager=rose, answer=Protected.MINOR, at=at
        )

        assert "mineure" in (signing_refusal(answered, at) or "")

    def test_is_not_for_a_stranger(
        self, rose: Usager, charlie: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        with pytest.raises(actions.NotAllowed):
            actions.answer_protection(
                acteur=as_acteur(charlie), usager=rose, answer=Protected.PROTECTION, at=at
            )
        assert is_usable(rose, at)


class TestAPersonWhoIsGone:
    def test_may_not_be_used(self, rose: Usager, at: datetime) -> None:
        Usager.objects.filter(pk=rose.pk).update(erased_at=at, sub_index="", identity_index="")
        assert "effacé" in (use_refusal(rose, at) or "")

        Usager.objects.filter(pk=rose.pk).delete()
        assert not is_usable(rose, at)
