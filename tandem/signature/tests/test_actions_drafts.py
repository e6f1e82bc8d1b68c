from datetime import datetime, timedelta
from typing import Any

import pytest

from tandem.kernel import periodic
from tandem.mandats.actions import IdentityRefused, MandatRefused, NotAllowed
from tandem.mandats.tests.cast import ActeurOf
from tandem.mandats.tests.factories import (
    ANDREI,
    signed_mandat,
    usager_of,
    verified,
)
from tandem.oidc_client.rules import Completed
from tandem.signature import actions, jobs, queries
from tandem.signature.models import Draft
from tandem.signature.rules import DRAFT_LIFETIME, Answers, Step
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import ANONYMOUS, Acteur, Affectation
from tandem.usagers.actions import erase_usager
from tandem.usagers.models import Usager


@pytest.fixture
def draft(acteur: Acteur, at: datetime) -> Any:
    return actions.start_draft(acteur=acteur, usager=None, at=at)


class TestStarting:
    def test_freezes_the_structure_and_lasts_a_day(
        self, draft: Draft, alice: Affectation, at: datetime
    ) -> None:
        assert draft.affectation == alice
        assert draft.expires_at == at + timedelta(hours=24)
        assert queries.answers_of(draft) == Answers()

    def test_again_gives_the_untouched_one_and_another_when_it_was_used(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        """S-24."""
        assert actions.start_draft(acteur=acteur, usager=None, at=at) == draft
        actions.save_answers(acteur=acteur, draft=draft, at=at, scopes=("theme:logement",))
        assert actions.start_draft(acteur=acteur, usager=None, at=at) != draft

    def test_is_closed_to_who_may_not_act(
        self, alice: Affectation, as_acteur: ActeurOf, at: datetime
    ) -> None:
        Affectation.objects.filter(pk=alice.pk).update(habilite_at=None)

        for nobody in (as_acteur(alice), ANONYMOUS):
            with pytest.raises(NotAllowed):
                actions.start_draft(acteur=nobody, usager=None, at=at)


class TestAnswering:
    def test_other_demarches_forgets_what_followed_from_the_former(
        self, acteur: Acteur, at: datetime
    ) -> None:
        answers = complete_answers(["demarche:cheque-energie"], duree="acte")
        draft = ready_draft(acteur, at=at, answers=answers)

        row = actions.save_answers(
            acteur=acteur, draft=draft, at=at, scopes=("demarche:cheque-energie", "theme:social")
        )

        kept = queries.answers_of(row)
        assert kept.presence == {"demarche:cheque-energie": ["presence"]}
        assert (kept.duree, kept.identity, row.identified_at) == ("", {}, None)

    def test_is_kept_encrypted(self, acteur: Acteur, at: datetime) -> None:
        ready_draft(acteur, at=at)

        raw = Draft.objects.values_list("content", flat=True).get()

        assert "Lefèvre" not in repr(raw)

    def test_is_refused_to_others_after_a_day_and_once_signed(
        self, acteur: Acteur, bob: Affectation, draft: Draft, as_acteur: ActeurOf, at: datetime
    ) -> None:
        answer: dict[str, Any] = {"draft": draft, "scopes": ("theme:logement",)}
        with pytest.raises(NotAllowed):
            actions.save_answers(acteur=as_acteur(bob), at=at, **answer)
        with pytest.raises(MandatRefused, match="n’existe plus"):
            actions.save_answers(acteur=acteur, at=at + timedelta(hours=24), **answer)
        ready = ready_draft(acteur, at=at)
        actions.sign_draft(acteur=acteur, draft=ready, gesture=None, at=at)
        with pytest.raises(MandatRefused, match="déjà signé"):
            actions.save_answers(acteur=acteur, draft=ready, at=at, scopes=("theme:social",))

    @pytest.mark.parametrize(
        ("protected", "alone"), [("", "alone"), ("none", ""), ("not_asked", "alone")]
    )
    def test_the_two_questions_wants_two_answers(
        self, acteur: Acteur, draft: Draft, at: datetime, protected: str, alone: str
    ) -> None:
        with pytest.raises(MandatRefused, match="deux questions"):
            actions.answer_protection_questions(
                acteur=acteur, draft=draft, protected=protected, alone=alone, at=at
            )


class TestIdentifying:
    def test_waits_for_the_questions_before(
        self, acteur: Acteur, draft: Draft, at: datetime
    ) -> None:
        with pytest.raises(MandatRefused, match="reste des questions"):
            actions.begin_identification(
                acteur=acteur,
                draft=draft,
                binding="b" * 32,
                redirect_uri="r",
                post_logout_uri="p",
                at=at,
            )

    def receive(
        self,
        acteur: Acteur,
        draft: Draft,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
        identity: Any = None,
    ) -> Any:
        done = Completed(reference=draft.public_id, identity=identity or verified())
        monkeypatch.setattr(
            "tandem.signature.actions.drafts.oidc.complete_identification", lambda **_asked: done
        )
        return actions.receive_identity(
            acteur=acteur, params={}, binding="b", redirect_uri="r", at=at
        )

    def test_keeps_the_identity_and_leaves_franceconnect_at_once(
        self, acteur: Acteur, at: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Decision 5: the address of the logout is what the caller gets."""
        draft = ready_draft(
            acteur, at=at, answers=complete_answers(identity={}, identity_confirmed=False)
        )

        where = self.receive(acteur, draft, at, monkeypatch)

        draft.refresh_from_db()
        assert where == "https://fc.example/out"
        assert queries.answers_of(draft).identity["family_name"] == "Lefèvre"
        assert queries.step_of(draft, at=at) is Step.IDENTITY
        assert "out" not in repr(queries.answers_of(draft).identity)

    def test_for_a_draft_that_is_gone_still_leaves_franceconnect(
        self,
        acteur: Acteur,
        bob: Affectation,
        as_acteur: ActeurOf,
        at: datetime,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        draft = ready_draft(
            acteur, at=at, answers=complete_answers(identity={}, identity_confirmed=False)
        )

        assert self.receive(as_acteur(bob), draft, at, monkeypatch) == "https://fc.example/out"

        draft.refresh_from_db()
        assert queries.answers_of(draft).identity == {}

    def test_as_someone_the_structure_knows_opens_their_file(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        draft = ready_draft(acteur, at=at, answers=complete_answers(identity_confirmed=False))

        row = actions.confirm_identity(acteur=acteur, draft=draft, at=at)

        assert row.usager == rose

    def test_by_the_same_civil_identity_under_another_sub_is_the_same_person(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        """FS-07."""
        identity = complete_answers().identity | {"sub": "c" * 66}
        answers = complete_answers(identity=identity, identity_confirmed=False)
        draft = ready_draft(acteur, at=at, usager=rose, answers=answers)

        assert actions.confirm_identity(acteur=acteur, draft=draft, at=at).usager == rose

    def test_too_long_ago_is_asked_again(self, acteur: Acteur, at: datetime) -> None:
        draft = ready_draft(acteur, at=at, answers=complete_answers(identity_confirmed=False))

        with pytest.raises(IdentityRefused, match="dix minutes"):
            actions.confirm_identity(acteur=acteur, draft=draft, at=at + timedelta(minutes=10))


class TestRenewingByCode:
    def test_needs_a_channel_of_the_persons_own(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, at=at)
        draft = actions.start_renewal(acteur=acteur, mandat=mandat, at=at)

        with pytest.raises(MandatRefused, match="moyen de contact prouvé"):
            actions.send_renewal_code(acteur=acteur, draft=draft, at=at)

    def test_is_not_for_a_new_mandat(self, acteur: Acteur, at: datetime) -> None:
        draft = ready_draft(acteur, at=at)

        for ask in (
            lambda: actions.send_renewal_code(acteur=acteur, draft=draft, at=at),
            lambda: actions.receive_renewal_code(acteur=acteur, draft=draft, code="1", at=at),
        ):
            with pytest.raises(MandatRefused, match="FranceConnect"):
                ask()

    def test_keeps_the_lines_and_the_duree(
        self, acteur: Acteur, rose: Usager, at: datetime
    ) -> None:
        mandat = signed_mandat(acteur, rose, ["theme:logement", "theme:social"], at=at)

        draft = actions.start_renewal(acteur=acteur, mandat=mandat, at=at)

        answers = queries.answers_of(draft)
        assert answers.scopes == ("theme:logement", "theme:social")
        assert answers.duree == "mois"
        assert draft.usager == rose


def test_what_signing_would_change_is_said_for_this_person_only(
    acteur: Acteur, rose: Usager, at: datetime
) -> None:
    signed_mandat(acteur, rose, ["theme:argent"], at=at)
    andrei = usager_of(acteur, at=at, identity=ANDREI, sub="b" * 66)
    answers = complete_answers(["demarche:declaration-revenus"])

    changes = queries.changes_by(answers, usager=rose, at=at)

    assert changes is not None
    assert (changes.difference.removed, changes.difference.added) == (
        ("theme:argent",),
        ("demarche:declaration-revenus",),
    )
    assert queries.changes_by(answers, usager=andrei, at=at) is None
    assert queries.changes_by(answers, usager=None, at=at) is None


class TestForgetting:
    def test_a_draft_after_a_day_identity_included(self, acteur: Acteur, at: datetime) -> None:
        ready_draft(acteur, at=at)

        assert jobs.purge(at + DRAFT_LIFETIME - timedelta(seconds=1)) == "0 drafts"
        assert jobs.purge(at + DRAFT_LIFETIME) == "1 drafts"
        assert not Draft.objects.exists()

    def test_the_drafts_of_a_person_erased(
        self, acteur: Acteur, bea: Affectation, rose: Usager, as_acteur: ActeurOf, at: datetime
    ) -> None:
        """P-22."""
        ready_draft(acteur, at=at, usager=rose)

        erase_usager(acteur=as_acteur(bea), usager=rose, at=at)

        assert not Draft.objects.exists()

    def test_is_work_of_the_worker(self) -> None:
        assert "signature.purge_drafts" in periodic.jobs()
