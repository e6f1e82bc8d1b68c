"""Calling, coming, settling (A-15)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tandem.entraide import actions, queries
from tandem.entraide.models import Appel
from tandem.entraide.rules import APPEL_LIFETIME, clean_path
from tandem.journal.models import Entry
from tandem.mandats.tests.factories import identity_of
from tandem.signature.models import Draft
from tandem.signature.queries import DraftUnknown, answers_of, draft_of
from tandem.signature.tests.factories import complete_answers, ready_draft
from tandem.structures.models import Acteur, Affectation
from tandem.usagers.models import Usager

As = Callable[[Affectation], Acteur]


class TestCalling:
    def test_shows_to_colleagues_and_not_elsewhere(
        self,
        alice: Affectation,
        bob: Affectation,
        charlie: Affectation,
        as_acteur: As,
        at: datetime,
    ) -> None:
        """A-15; S-40: another structure hears nothing."""
        appel = actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=at)
        assert list(queries.appels_visible_to(as_acteur(bob), at=at)) == [appel]
        assert list(queries.appels_visible_to(as_acteur(charlie), at=at)) == []
        with pytest.raises(queries.AppelUnknown):
            queries.appel_for(as_acteur(charlie), appel.public_id, at=at)

    def test_twice_moves_the_same_call(
        self, alice: Affectation, bob: Affectation, as_acteur: As, at: datetime
    ) -> None:
        """S-24."""
        actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=at)
        actions.call_colleague(acteur=as_acteur(alice), path="/accueil/", at=at)
        assert [row.path for row in Appel.objects.all()] == ["/accueil/"]

    def test_alone_says_whom_to_call_instead(
        self, alice: Affectation, as_acteur: As, at: datetime
    ) -> None:
        with pytest.raises(actions.AppelRefused, match="Aide"):
            actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=at)

    def test_is_forgotten_after_half_an_hour(
        self, alice: Affectation, bob: Affectation, as_acteur: As, at: datetime
    ) -> None:
        actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=at)
        late = at + APPEL_LIFETIME
        assert not queries.appels_visible_to(as_acteur(bob), at=late).exists()
        again = actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=late)
        assert list(queries.appels_visible_to(as_acteur(bob), at=late)) == [again]
        assert Appel.objects.count() == 2
        assert actions.purge_appels(at=at + timedelta(days=1)) == 0
        assert actions.purge_appels(at=at + timedelta(days=1, seconds=1)) == 1


class TestThePath:
    @pytest.mark.parametrize(
        "path",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil",
            "javascript:1",
            "/a b",
            "/é",
            "",
            "/" * 300,
        ],
    )
    def test_of_another_site_is_not_kept(self, path: str) -> None:
        assert clean_path(path) == ""

    def test_loses_what_follows_the_question_mark(self) -> None:
        assert clean_path("/mandats/?q=Rose#haut") == "/mandats/"


class TestComing:
    def test_opens_the_same_page(
        self, alice: Affectation, bob: Affectation, as_acteur: As, at: datetime
    ) -> None:
        appel = actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=at)
        assert actions.answer_appel(acteur=as_acteur(bob), appel=appel, at=at) == "/mandats/"
        appel.refresh_from_db()
        assert appel.answered_by == bob

    def test_is_for_one_colleague_and_never_oneself(
        self, alice: Affectation, bob: Affectation, bea: Affectation, charlie: Affectation,
        as_acteur: As, at: datetime,
    ) -> None:  # fmt: skip
        bea.habilite_at = at
        bea.save()
        appel = actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=at)
        for stranger in (alice, charlie):
            with pytest.raises(actions.AppelRefused):
                actions.answer_appel(acteur=as_acteur(stranger), appel=appel, at=at)
        actions.answer_appel(acteur=as_acteur(bob), appel=appel, at=at)
        with pytest.raises(actions.AppelRefused, match="déjà"):
            actions.answer_appel(acteur=as_acteur(bea), appel=appel, at=at)

    def test_comes_too_late_once_it_is_settled(
        self, alice: Affectation, bob: Affectation, rose: Usager, as_acteur: As, at: datetime
    ) -> None:
        """The page of the colleague is older than the end of the call: the draft stays whose it is."""
        draft = ready_draft(
            as_acteur(alice), at=at, usager=rose, answers=complete_answers(("theme:papiers",))
        )
        path = f"/mandats/brouillons/{draft.public_id}/signature/"
        appel = actions.call_colleague(acteur=as_acteur(alice), path=path, at=at)
        with pytest.raises(actions.AppelRefused, match="terminé"):
            actions.answer_appel(acteur=as_acteur(bob), appel=appel, at=at + APPEL_LIFETIME)
        actions.end_appel(acteur=as_acteur(alice), appel=appel, at=at)
        with pytest.raises(actions.AppelRefused, match="terminé"):
            actions.answer_appel(acteur=as_acteur(bob), appel=appel, at=at)
        assert Draft.objects.get().affectation == alice

    def test_takes_the_mandat_in_preparation_without_the_identity(
        self, alice: Affectation, bob: Affectation, rose: Usager, as_acteur: As, at: datetime
    ) -> None:
        """A-15: nothing retyped. S-02: whoever signs saw the person identify."""
        answers = complete_answers(("theme:papiers",), identity=identity_of(rose, sub="sub"))
        draft = ready_draft(as_acteur(alice), at=at, usager=rose, answers=answers)
        path = f"/mandats/brouillons/{draft.public_id}/signature/"
        appel = actions.call_colleague(acteur=as_acteur(alice), path=path, at=at)
        actions.answer_appel(acteur=as_acteur(bob), appel=appel, at=at)
        taken = draft_of(as_acteur(bob), draft.public_id, at=at)
        assert answers_of(taken).scopes == ("theme:papiers",)
        assert answers_of(taken).identity == {}
        assert taken.identified_at is None
        with pytest.raises(DraftUnknown):
            draft_of(as_acteur(alice), draft.public_id, at=at)
        assert Entry.objects.get(event="entraide.draft_taken").author_id == bob.compte.public_id

    def test_never_takes_a_draft_that_is_not_the_caller_s(
        self,
        alice: Affectation,
        bob: Affectation,
        bea: Affectation,
        rose: Usager,
        as_acteur: As,
        at: datetime,
    ) -> None:
        """A call names somebody else's draft: it stays theirs."""
        bea.habilite_at = at
        bea.save()
        draft = ready_draft(
            as_acteur(bea), at=at, usager=rose, answers=complete_answers(("theme:papiers",))
        )
        path = f"/mandats/brouillons/{draft.public_id}/signature/"
        appel = actions.call_colleague(acteur=as_acteur(alice), path=path, at=at)
        actions.answer_appel(acteur=as_acteur(bob), appel=appel, at=at)
        assert Draft.objects.get().affectation == bea


class TestSettling:
    def test_is_for_whoever_called_or_came(
        self, alice: Affectation, bob: Affectation, bea: Affectation, as_acteur: As, at: datetime
    ) -> None:
        appel = actions.call_colleague(acteur=as_acteur(alice), path="/mandats/", at=at)
        with pytest.raises(actions.AppelRefused):
            actions.end_appel(acteur=as_acteur(bob), appel=appel, at=at)
        actions.answer_appel(acteur=as_acteur(bob), appel=appel, at=at)
        actions.end_appel(acteur=as_acteur(bob), appel=appel, at=at)
        assert not queries.appels_visible_to(as_acteur(alice), at=at).exists()
