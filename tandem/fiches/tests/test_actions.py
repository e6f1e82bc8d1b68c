"""Versions, reports, thanks, what moderation hides; and the alerts that follow."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tandem.comptes.models import Compte
from tandem.fiches import actions, jobs, queries
from tandem.fiches.models import Change, Fiche, Thanks, Version
from tandem.fiches.rules import (
    AUTHOR_KEPT_AFTER_LEAVING,
    NEWS_KEPT,
    AlertKind,
    HideReason,
    Texts,
)
from tandem.fiches.tests.factories import change_of, version_of
from tandem.journal.models import Entry
from tandem.kernel.refusals import NotAllowed
from tandem.referentiels.models import Demarche
from tandem.structures.models import Acteur, Affectation
from tandem.structures.queries import acteur_from
from tandem.structures.rules import ActeurKind
from tandem.structures.tests.factories import AffectationFactory

pytestmark = pytest.mark.django_db
SLUG = "carte-identite-pre-demande"
OTHER = "passeport-pre-demande"
HOUR = timedelta(hours=1)


@pytest.fixture
def acteur(alice: Affectation) -> Acteur:
    return acteur_from(alice)


@pytest.fixture
def diane(charlie: Affectation) -> Affectation:
    """Référente elsewhere."""
    return AffectationFactory.create(structure=charlie.structure, referent=True)


def as_operator(compte: Compte) -> Acteur:
    return Acteur(kind=ActeurKind.OPERATOR, compte=compte)


class TestWriteVersion:
    def test_is_read_by_everyone_with_the_structure_and_no_name(
        self, alice: Affectation, charlie: Affectation, at: datetime
    ) -> None:
        version = version_of(alice, SLUG, "La bonne colonne.", at=at)
        sheet = queries.sheet_of(acteur_from(charlie), SLUG)
        assert (sheet.version, sheet.texts.traps) == (version, "La bonne colonne.")
        assert version.structure == alice.structure
        entry = Entry.objects.get(event="fiches.version_written")
        assert entry.facts == {"demarche": SLUG, "number": 1}

    def test_twice_with_the_same_form_writes_once(self, alice: Affectation, at: datetime) -> None:
        """S-24."""
        key = uuid4()
        first = version_of(alice, SLUG, "Une fois", at=at, key=key)
        assert version_of(alice, SLUG, "Une fois", at=at, key=key) == first
        assert Version.objects.count() == 1

    def test_over_one_that_was_not_read_is_refused(
        self, acteur: Acteur, alice: Affectation, charlie: Affectation, at: datetime
    ) -> None:
        version_of(charlie, SLUG, "D’abord", at=at)
        demarche = Demarche.objects.get(slug=SLUG)
        with pytest.raises(actions.WrittenMeanwhile):
            actions.write_version(
                acteur=acteur,
                demarche=demarche,
                texts=Texts(traps="Sans lire"),
                based_on=0,
                key=uuid4(),
                at=at,
            )
        assert Version.objects.count() == 1

    @pytest.mark.parametrize("traps", ["", " \u200b", "Pareil"])
    def test_empty_or_unchanged_is_refused(
        self, alice: Affectation, at: datetime, traps: str
    ) -> None:
        version_of(alice, SLUG, "Pareil", at=at)
        with pytest.raises(actions.FicheRefused):
            version_of(alice, SLUG, traps, at=at)

    def test_by_someone_who_may_not_act_is_refused(self, ccas: object, at: datetime) -> None:
        """P-04."""
        eve = AffectationFactory.create(structure=ccas, charte=False)
        with pytest.raises(queries.FicheUnknown):
            queries.sheet_of(acteur_from(eve), SLUG)
        demarche = Demarche.objects.get(slug=SLUG)
        with pytest.raises(NotAllowed):
            actions.write_version(
                acteur=acteur_from(eve),
                demarche=demarche,
                texts=Texts(traps="Sans charte"),
                based_on=0,
                key=uuid4(),
                at=at,
            )
        with pytest.raises(NotAllowed):
            actions.thank(acteur=acteur_from(eve), demarche=demarche, at=at)
        with pytest.raises(NotAllowed):
            change_of(eve, SLUG, "Sans charte", at=at)

    def test_never_changes_once_written(self, alice: Affectation, at: datetime) -> None:
        version_of(alice, SLUG, "Avant", at=at)
        version_of(alice, SLUG, "Après", at=at + HOUR)
        rows = queries.versions_of(Demarche.objects.get(slug=SLUG))
        assert [(v.number, v.traps) for v in rows] == [(2, "Après"), (1, "Avant")]
        shown = queries.compared(list(rows), None)
        assert [p.kind for p in shown[0].traps] == ["removed", "added"]
        assert [p.kind for p in shown[1].traps] == ["added"]


class TestAnAlert:
    def test_reaches_whoever_opened_the_demarche_before_it_until_a_new_version(
        self, alice: Affectation, charlie: Affectation, at: datetime
    ) -> None:
        change_of(charlie, SLUG, "Le site a changé d’adresse.", at=at + HOUR)
        later = at + 2 * HOUR
        alerts = queries.alerts_since([SLUG, OTHER], at, at=later)
        assert [(a.slug, a.kind, a.words) for a in alerts] == [
            (SLUG, AlertKind.REPORTED, "Le site a changé d’adresse.")
        ]
        assert alerts[0].structure == charlie.structure.name
        assert queries.alerts_since([OTHER], at, at=later) == []
        assert queries.alerts_since([SLUG], later, at=later) == []
        version_of(alice, SLUG, "La nouvelle adresse est écrite.", at=later)
        assert Change.objects.get().resolved_at == later
        assert queries.alerts_since([SLUG], at, at=later) == []

    def test_tells_a_sheet_written_again_for_thirty_days(
        self, alice: Affectation, at: datetime
    ) -> None:
        version_of(alice, SLUG, "Un", at=at)
        assert queries.alerts_since([SLUG], at - HOUR, at=at) == []
        version_of(alice, SLUG, "Deux", at=at + HOUR)
        version_of(alice, SLUG, "Trois", at=at + 2 * HOUR)
        end = at + 2 * HOUR + NEWS_KEPT
        told = queries.alerts_since([SLUG], at - HOUR, at=end)
        assert [(a.kind, a.at) for a in told] == [(AlertKind.REWRITTEN, at + 2 * HOUR)]
        assert queries.alerts_since([SLUG], at - HOUR, at=end + HOUR) == []

    def test_asks_two_queries_whatever_the_number_of_demarches(
        self, alice: Affectation, at: datetime
    ) -> None:
        slugs = list(Demarche.objects.order_by("slug").values_list("slug", flat=True)[:20])
        for slug in slugs:
            change_of(alice, slug, "Ça a changé", at=at)
        with CaptureQueriesContext(connection) as ran:
            assert len(queries.alerts_since(slugs, at, at=at)) == 20
        assert len(ran) == 2

    def test_said_twice_by_one_form_is_said_once(self, alice: Affectation, at: datetime) -> None:
        """S-24."""
        key = uuid4()
        change_of(alice, SLUG, "Un", at=at, key=key)
        change_of(alice, SLUG, "Un", at=at, key=key)
        assert Change.objects.count() == 1


class TestThanks:
    def test_count_once_for_each_aidant(
        self, acteur: Acteur, alice: Affectation, charlie: Affectation, at: datetime
    ) -> None:
        demarche = version_of(alice, SLUG, "Utile", at=at).fiche.demarche
        assert actions.thank(acteur=acteur, demarche=demarche, at=at)
        assert not actions.thank(acteur=acteur, demarche=demarche, at=at)
        elsewhere = AffectationFactory.create(structure=charlie.structure, compte=alice.compte)
        assert not actions.thank(acteur=acteur_from(elsewhere), demarche=demarche, at=at)
        assert actions.thank(acteur=acteur_from(charlie), demarche=demarche, at=at)
        sheet = queries.sheet_of(acteur, SLUG)
        assert (sheet.thanks, sheet.thanked) == (2, True)
        with pytest.raises(IntegrityError), transaction.atomic():
            Thanks.objects.create(fiche=Fiche.objects.get(), compte=alice.compte, at=at)

    def test_for_nothing_written_are_refused(self, acteur: Acteur, at: datetime) -> None:
        with pytest.raises(actions.FicheRefused):
            actions.thank(acteur=acteur, demarche=Demarche.objects.get(slug=SLUG), at=at)


class TestHideText:
    def test_shows_the_version_before_again(
        self, alice: Affectation, bea: Affectation, at: datetime
    ) -> None:
        version_of(alice, SLUG, "Bien", at=at)
        wrong = version_of(alice, SLUG, "Madame P. habite au 3", at=at + HOUR)
        acteur = acteur_from(bea)
        actions.hide_text(acteur=acteur, what=wrong, reason=HideReason.PERSONAL, at=at + 2 * HOUR)
        sheet = queries.sheet_of(acteur, SLUG)
        assert (sheet.texts.traps, sheet.number) == ("Bien", 1)
        entry = Entry.objects.get(event="fiches.hidden")
        assert entry.facts == {"demarche": SLUG, "what": "version", "reason": "personal"}
        # Numbers go on: the one hidden is not given twice.
        assert version_of(alice, SLUG, "Mieux", at=at + 3 * HOUR).number == 3

    def test_silences_a_report(self, charlie: Affectation, oscar: Compte, at: datetime) -> None:
        change = change_of(charlie, SLUG, "Achetez chez moi", at=at)
        actions.hide_text(acteur=as_operator(oscar), what=change, reason=HideReason.HOSTILE, at=at)
        assert queries.alerts_since([SLUG], at, at=at) == []

    @pytest.mark.parametrize("who", ["alice", "bob", "diane", "charlie"])
    def test_by_an_aidant_or_a_referent_elsewhere_is_refused(
        self, alice: Affectation, at: datetime, who: str, request: pytest.FixtureRequest
    ) -> None:
        version = version_of(alice, SLUG, "À nous", at=at)
        acteur = acteur_from(request.getfixturevalue(who))
        with pytest.raises(NotAllowed):
            actions.hide_text(acteur=acteur, what=version, reason=HideReason.WRONG, at=at)
        with pytest.raises(queries.FicheUnknown):
            queries.hideable(acteur, version.public_id)
        version.refresh_from_db()
        assert version.hidden_at is None

    def test_twice_is_refused(self, alice: Affectation, oscar: Compte, at: datetime) -> None:
        version = version_of(alice, SLUG, "Une fois", at=at)
        acteur = as_operator(oscar)
        actions.hide_text(acteur=acteur, what=version, reason=HideReason.WRONG, at=at)
        with pytest.raises(NotAllowed):
            actions.hide_text(acteur=acteur, what=version, reason=HideReason.WRONG, at=at)


class TestShowAgain:
    """What was hidden by mistake comes back; what the operator hid, only by the operator."""

    def test_gives_the_text_back_and_says_so_in_the_journal(
        self, alice: Affectation, bea: Affectation, at: datetime
    ) -> None:
        version_of(alice, SLUG, "Bien", at=at)
        version = version_of(alice, SLUG, "Mieux", at=at + HOUR)
        acteur = acteur_from(bea)
        actions.hide_text(acteur=acteur, what=version, reason=HideReason.WRONG, at=at + HOUR)
        assert list(queries.showable_versions(acteur)) == [version]
        actions.show_text(acteur=acteur, what=version, at=at + 2 * HOUR)

        assert queries.sheet_of(acteur, SLUG).texts.traps == "Mieux"
        entry = Entry.objects.get(event="fiches.shown_again")
        assert entry.facts == {"demarche": SLUG, "what": "version"}
        assert not queries.showable_versions(acteur).exists()
        version.refresh_from_db()
        assert (version.hidden_at, version.hide_reason, version.hidden_by) == (None, "", "")

    def test_gives_a_report_back_by_the_operator(
        self, charlie: Affectation, oscar: Compte, at: datetime
    ) -> None:
        change = change_of(charlie, SLUG, "Le site a changé", at=at)
        operator = as_operator(oscar)
        actions.hide_text(acteur=operator, what=change, reason=HideReason.WRONG, at=at)
        actions.show_text(acteur=operator, what=change, at=at)
        assert len(queries.alerts_since([SLUG], at, at=at)) == 1

    def test_of_what_the_operator_hid_is_refused_to_a_referent(
        self, alice: Affectation, bea: Affectation, oscar: Compte, at: datetime
    ) -> None:
        version = version_of(alice, SLUG, "Publicité", at=at)
        actions.hide_text(acteur=as_operator(oscar), what=version, reason=HideReason.HOSTILE, at=at)
        with pytest.raises(NotAllowed):
            actions.show_text(acteur=acteur_from(bea), what=version, at=at)
        with pytest.raises(queries.FicheUnknown):
            queries.showable(acteur_from(bea), version.public_id)
        assert not Entry.objects.filter(event="fiches.shown_again").exists()

    @pytest.mark.parametrize("who", ["alice", "diane", "charlie"])
    def test_by_an_aidant_or_a_referent_elsewhere_is_refused(
        self, alice: Affectation, bea: Affectation, at: datetime, who: str, request: pytest.FixtureRequest
    ) -> None:  # fmt: skip
        version = version_of(alice, SLUG, "À nous", at=at)
        actions.hide_text(acteur=acteur_from(bea), what=version, reason=HideReason.WRONG, at=at)
        with pytest.raises(NotAllowed):
            actions.show_text(acteur=acteur_from(request.getfixturevalue(who)), what=version, at=at)
        version.refresh_from_db()
        assert version.hidden_at == at

    def test_of_what_is_shown_is_refused(
        self, alice: Affectation, oscar: Compte, at: datetime
    ) -> None:
        version = version_of(alice, SLUG, "Là", at=at)
        with pytest.raises(NotAllowed):
            actions.show_text(acteur=as_operator(oscar), what=version, at=at)


class TestTime:
    def test_forgets_the_author_who_left_and_keeps_the_text(
        self, alice: Affectation, bob: Affectation, at: datetime
    ) -> None:
        """P-20: authors are kept for moderation, and no longer."""
        version_of(alice, SLUG, "Par alice", at=at)
        version_of(bob, OTHER, "Par bob", at=at)
        change_of(alice, OTHER, "Changé", at=at)
        Affectation.objects.filter(pk=alice.pk).update(ended_at=at)
        end = at + AUTHOR_KEPT_AFTER_LEAVING
        assert actions.forget_authors(at=end - timedelta(seconds=1)) == 0
        assert jobs.authors(end) == "2 texts"
        assert [v.author for v in Version.objects.order_by("pk")] == [None, bob]
        assert queries.sheet_of(acteur_from(bob), SLUG).texts.traps == "Par alice"
